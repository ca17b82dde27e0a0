"""What a player has to take in: what it holds, what of that is Metarr's, and what its owner changed there (design 7).

Values are plain JSON here (`domain.plain`), as players tell and take them; None is "nothing". The external ids travel
as one more field, an object by type.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from metarr.domain.checked import checked_value
from metarr.domain.equality import same
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.item import MediaItem
from metarr.domain.plain import plain_value
from metarr.domain.values import Kind, Struct

IDS = "ids"
"""The name by which the external ids travel."""


class SyncPolicy(StrEnum):
    """What is done with values that a player holds and that are not Metarr's."""

    UNDECIDED = ""
    REPLACE = "replace"
    FILL = "fill"


class Taken(StrEnum):
    """What a player did with a value."""

    TAKEN = "taken"
    EDITED = "edited"
    KEPT = "kept"
    REFUSED = "refused"


class Mode(StrEnum):
    """When a value is to be written where the host holds something else."""

    ALWAYS = "always"
    IF_EMPTY = "if_empty"
    IF_OURS = "if_ours"


class Held(Struct, frozen=True, kw_only=True):
    """One field of an entry of a player.

    `host`: what the host held when it was last heard of. `acked`: what it read back after it last took a value of
    Metarr's; unset: never. `sent`: that value, as Metarr has it. `before`: what it held before the first one.
    `declined`: the value that it did not take, with `outcome` and `why`; not sent again. `forced`: the owner wants
    Metarr's value there, whatever it holds.
    """

    host: Any = None
    acked: Any | UnsetType = UNSET
    sent: Any | UnsetType = UNSET
    before: Any | UnsetType = UNSET
    declined: Any | UnsetType = UNSET
    outcome: Taken = Taken.TAKEN
    why: str = ""
    forced: bool = False

    @property
    def ours(self) -> bool:
        """Whether it ever took a value of Metarr's."""
        return self.acked is not UNSET

    @property
    def edited(self) -> bool:
        """Whether somebody changed there what it took."""
        return self.ours and self.host != self.acked


HeldFields = Mapping[str, Held]

_NOTHING = Held()


class DueValue(Struct, frozen=True, kw_only=True):
    """A value to take in, as the player is told it. `value` None: to be emptied. `ours`: what the host may hold from
    Metarr."""

    field: str
    value: Any
    mode: Mode
    ours: tuple[Any, ...] = ()


def takeable(kind: Kind, fields: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that an item of the kind can have, in catalogue order, the external ids last."""
    named = frozenset(fields)
    known = [field.name for field in fields_of(kind) if field.name in named]
    return (*known, IDS) if IDS in named else tuple(known)


def value_of(item: MediaItem, field: str) -> Any:
    """What Metarr has, plain; None: nothing."""
    if field == IDS:
        return item.id_values() or None
    stored = item.fields.get(field)
    return None if stored is None or stored.value is None else plain_value(stored.value)


def unacknowledged(item: MediaItem, held: HeldFields, takes: Iterable[str]) -> list[str]:
    """The fields of which the player has not said what became of the value that Metarr has now.

    Nothing is emptied that was never Metarr's: an absence erases nothing.
    """
    return [field for field in takes if _due(value_of(item, field), held.get(field, _NOTHING))]


def _due(value: Any, held: Held) -> bool:
    if _never_ours(value, held):
        return False
    return held.forced or value not in (held.sent, held.declined)


def _never_ours(value: Any, held: Held) -> bool:
    """Whether Metarr has nothing, and never had anything that was acknowledged."""
    return value is None and not held.ours


def due(
    item: MediaItem,
    held: HeldFields,
    takes: Iterable[str],
    *,
    policy: SyncPolicy,
    overwrite_edits: bool,
    since: Mapping[str, Iterable[Any]],
) -> list[DueValue]:
    """What the player is to be told. `since`: by field the values that Metarr had since the last acknowledgement: told
    and written, perhaps, without the acknowledgement having come. So a field is told, too, of which the value came
    back that was acknowledged last: the host may hold one of those between."""
    told = []
    for field in takes:
        known, value, between = held.get(field, _NOTHING), value_of(item, field), list(since.get(field, ()))
        if _due(value, known) or any(each not in (value, known.sent) for each in between):
            mode = _mode(value, known, policy, overwrite_edits)
            told.append(DueValue(field=field, value=value, mode=mode, ours=_ours(known, between)))
    return told


def _mode(value: Any, held: Held, policy: SyncPolicy, overwrite_edits: bool) -> Mode:
    if _never_ours(value, held):
        # An absence erases nothing but what may be there of Metarr's.
        return Mode.IF_OURS
    if held.forced:
        return Mode.ALWAYS
    if held.ours:
        return Mode.ALWAYS if overwrite_edits else Mode.IF_OURS
    return Mode.ALWAYS if policy is SyncPolicy.REPLACE else Mode.IF_EMPTY


def _ours(held: Held, since: Iterable[Any]) -> tuple[Any, ...]:
    first = [held.acked] if held.ours else []
    return tuple(first + [value for value in since if value not in first])


def acknowledged(held: Held, outcome: Taken, host: Any, value: Any | UnsetType, why: str = "") -> Held:
    """The field after the player said what it did with a value.

    `host`: what it read back. `value`: what Metarr had told it; unset where that is not known any more, because
    something newer is pending: then it stays unacknowledged, but what the host holds is known to be Metarr's.
    """
    # What the owner wants written in any case may be wanted since then.
    forced = held.forced and value is UNSET
    if outcome is Taken.TAKEN:
        before = held.before if held.ours else held.host
        return Held(host=host, acked=host, sent=value, before=before, forced=forced)
    declined = held.declined if value is UNSET else value
    if outcome is Taken.REFUSED and host is not None and host != held.host:
        # Written, but not kept as it was: what the host made of it is no hand's.
        before = held.before if held.ours else held.host
        held = replace(held, acked=host, sent=UNSET, before=before)
    return replace(held, host=host, declined=declined, outcome=outcome, why=why[:300], forced=forced)


def reported(held: HeldFields, told: Mapping[str, Any], takes: Iterable[str], *, anew: bool) -> dict[str, Held]:
    """The fields after the player told what it holds now.

    `anew`: the host made the entry anew, so nothing there is Metarr's any more. So it is where everything went back to
    what it was before Metarr: a library that was rebuilt from its files, not a hand that edited.
    """
    anew = anew or _all_back(held, told)
    fields = {}
    for field in takes:
        known, host = held.get(field, _NOTHING), told.get(field)
        if anew or field not in held:
            # What the host cannot take, it cannot take into a new entry either.
            refused = known.outcome is Taken.REFUSED
            fields[field] = replace(known, host=host, acked=UNSET, sent=UNSET) if refused else Held(host=host)
            continue
        again = _may_be_taken(known, host)
        fields[field] = replace(known, host=host, declined=UNSET if again else known.declined)
    return {field: known for field, known in fields.items() if known != _NOTHING}


def _may_be_taken(held: Held, host: Any) -> bool:
    """Whether what stood in the way of a value is gone: a hand edit, or a value of the host's own."""
    if held.outcome is Taken.EDITED:
        return bool(host == held.acked)
    return held.outcome is Taken.KEPT and host is None and held.host is not None


def _all_back(held: HeldFields, told: Mapping[str, Any]) -> bool:
    """Whether several values of Metarr's are gone, and all of them in favour of what was there before."""
    moved = {field: known for field, known in held.items() if known.ours and known.acked != known.before}
    return len(moved) > 1 and all(told.get(field) == known.before for field, known in moved.items())


def is_anew(before: HeldFields, after: HeldFields) -> bool:
    """Whether a report took away what was Metarr's, so that everything is to be written again."""
    return any(known.ours for known in before.values()) and not any(known.ours for known in after.values())


def retry(held: HeldFields, outcomes: Collection[Taken], *, force: Collection[str] = ()) -> dict[str, Held]:
    """The fields with what was not taken for one of these reasons to be sent again, and some written in any case."""
    fields = {
        field: replace(known, declined=UNSET) if known.outcome in outcomes else known for field, known in held.items()
    }
    return fields | {field: replace(fields.get(field, _NOTHING), declined=UNSET, forced=True) for field in force}


class Refusal(Struct, frozen=True, kw_only=True):
    """A field in which an entry differs from what Metarr has, for the owner to see."""

    field: str
    outcome: Taken
    host: Any
    value: Any
    why: str = ""


def not_taken(item: MediaItem, held: HeldFields, takes: Iterable[str]) -> list[Refusal]:
    """What the player did not take, and what somebody changed there."""
    told = []
    for field in takes:
        known, value = held.get(field, _NOTHING), value_of(item, field)
        if _never_ours(value, known) or not differs(field, known.host, value):
            continue
        declined = known.declined is not UNSET and known.declined == value
        if known.edited or declined:
            outcome = Taken.EDITED if known.edited else known.outcome
            told.append(Refusal(field=field, outcome=outcome, host=known.host, value=value, why=known.why))
    return told


class Effect(StrEnum):
    """What a policy would do to a field of an entry."""

    NONE = ""
    FILLED = "filled"
    REPLACED = "replaced"
    KEPT = "kept"


def effect(field: str, value: Any, held: Held, *, policy: SyncPolicy, overwrite_edits: bool) -> Effect:
    """What a policy would do where an entry differs from what Metarr has."""
    if value is None or not differs(field, held.host, value):
        return Effect.NONE
    mode = _mode(value, held, policy, overwrite_edits)
    if held.edited if mode is Mode.IF_OURS else mode is Mode.IF_EMPTY and held.host is not None:
        return Effect.KEPT
    settled = held.sent == value and not held.edited
    refused = held.outcome is Taken.REFUSED and held.declined == value
    if not held.forced and (settled or refused):
        return Effect.NONE
    return Effect.FILLED if held.host is None else Effect.REPLACED


def differs(field: str, host: Any, value: Any) -> bool:
    """Whether what a host holds means something else than what Metarr has. A host's reading may be shortened: images
    without their size, collections without ids."""
    if host is None or value is None:
        return host is not value
    if field == IDS:
        return any(host.get(id_type) != known for id_type, known in value.items())
    if field not in FIELDS:
        return bool(host != value)
    try:
        one, other = checked_value(field, host), checked_value(field, value)
    except (ValueError, TypeError):
        return bool(host != value)
    if isinstance(host, Mapping) and "name" in host and "ids" not in host:
        return bool(host["name"] != value["name"])
    return not same(field, one, other)
