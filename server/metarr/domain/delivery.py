"""What a player has to take in: what it holds, what of that is Metarr's, and what its owner changed there (design 7).

Values are plain JSON here (`domain.plain`), as players tell and take them; None is "nothing". The external ids travel
as one more field, an object by type.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from metarr.domain.checked import checked_value
from metarr.domain.consent import IDS, Consent, SyncPolicy
from metarr.domain.equality import same, text_key
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.item import OWNER, MediaItem, below_providers
from metarr.domain.plain import plain_value
from metarr.domain.values import Kind, Struct


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
    UNION = "union"
    """Beside it, whatever it is."""


class FieldState(Struct, frozen=True, kw_only=True):
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

    @property
    def own(self) -> Any:
        """What the host held before it took anything of Metarr's."""
        return self.before if self.ours else self.host


FieldStates = Mapping[str, FieldState]

_NOTHING = FieldState()


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
    catalogued = [field.name for field in fields_of(kind) if field.name in named]
    return (*catalogued, IDS) if IDS in named else tuple(catalogued)


def value_of(item: MediaItem, field: str, takes: Collection[str] = ()) -> Any:
    """What Metarr has to tell a player that takes these fields, plain; None: nothing.

    Votes without their rating are nothing. To a player that takes no year, such as Kodi, the date is what tells it.
    """
    if field == IDS:
        return item.id_values() or None
    if field == "release_date" and "year" not in takes and (day := day_of_the_year(item)):
        return day
    stored = item.fields.get(field)
    if stored is None or stored.value is None:
        return None
    beside = FIELDS[field].beside
    return plain_value(stored.value) if not beside or value_of(item, beside) is not None else None


def value_for(item: MediaItem, field: str, takes: Collection[str], state: "FieldState") -> Any:
    """What a player whose entry holds this is to have of a field; None: nothing.

    A name that players alone tell, of a title that nobody identified, is nothing until it was ever written: "Man of
    Steel" out of a folder's name says which film it is no better in a file beside it, and keeps others from asking.
    """
    is_name = field in _NAMES and item.kind in _NAMED and not item.identifying_ids() and is_hearsay(item, field)
    return None if is_name and not state.ours and not state.forced else value_of(item, field, takes)


def is_hearsay(item: MediaItem, field: str) -> bool:
    """Whether players and files alone tell what an item has there."""
    stored = item.fields.get(field)
    return stored is not None and bool(stored.sources) and all(map(below_providers, stored.sources))


_NAMES, _NAMED = ("title", "year"), (Kind.MOVIE, Kind.SERIES)


def day_of_the_year(item: MediaItem) -> str:
    """The day that the year comes from, where the release lies in another year: of a film of 1987 that came to the
    owner's country in 2018. "" where the date itself tells the year, or its owner typed it."""
    released, year = item.fields.get("release_date"), item.fields.get("year")
    if released is None or year is None or not isinstance(released.value, str) or year.value is None:
        return ""
    typed = year.sources == (OWNER,)
    if released.value[:4] == str(year.value) or (released.sources == (OWNER,) and not typed):
        return ""
    return year.day or (f"{year.value}-01-01" if typed else "")


def wanted(item: MediaItem, states: FieldStates, takes: Iterable[str], consent: Consent) -> dict[str, Any]:
    """By field what Metarr wants to stand on the player, of what its owner lets it write; None: nothing.

    Votes without their rating mean nothing: where the rating is the player's own, and stays, they are left out.
    """
    takes = tuple(takes)
    by_field = {field: states.get(field, _NOTHING) for field in consent.among(takes)}
    values = {
        field: _part(field, value_for(item, field, takes, state), state, consent) for field, state in by_field.items()
    }
    return {field: value for field, value in values.items() if _rated(field, values, states, consent)}


def _part(field: str, value: Any, state: FieldState, consent: Consent) -> Any:
    """What of a value has a place beside what is the player's own: of ids that are filled, those of other types."""
    if field != IDS or value is None or consent.of(field) is not SyncPolicy.FILL or state.forced:
        return value
    own = state.own if isinstance(state.own, Mapping) else {}
    return {id_type: text for id_type, text in value.items() if own.get(id_type, text) == text} or None


def _rated(field: str, values: Mapping[str, Any], states: FieldStates, consent: Consent) -> bool:
    """Whether a rating stands, or comes to stand, for what means nothing without one."""
    rating = FIELDS[field].beside if field in FIELDS else ""
    if not rating or values[field] is None:
        return True
    value, state = values.get(rating), states.get(rating, _NOTHING)
    if value is None:
        return False
    if not differs(rating, state.host, value):
        return True
    if not state.forced and state.declined == value:
        return False
    mode = _mode(rating, value, state, consent)
    return not state.edited if mode is Mode.IF_OURS else mode is not Mode.IF_EMPTY or state.host is None


def unacknowledged(item: MediaItem, states: FieldStates, takes: Iterable[str], consent: Consent) -> list[str]:
    """The fields of which the player has not said what became of the value that Metarr has now.

    Nothing is emptied that was never Metarr's: an absence erases nothing.
    """
    return [
        field
        for field, value in wanted(item, states, takes, consent).items()
        if _due(value, states.get(field, _NOTHING))
    ]


def _due(value: Any, state: FieldState) -> bool:
    if _never_ours(value, state):
        return False
    return state.forced or value not in (state.sent, state.declined)


def _never_ours(value: Any, state: FieldState) -> bool:
    """Whether Metarr has nothing, and never had anything that was acknowledged."""
    return value is None and not state.ours


def due(
    item: MediaItem,
    states: FieldStates,
    takes: Iterable[str],
    *,
    consent: Consent,
    since: Mapping[str, Iterable[Any]],
) -> list[DueValue]:
    """What the player is to be told. `since`: by field the values that Metarr had since the last acknowledgement: told
    and written, perhaps, without the acknowledgement having come. So a field is told, too, of which the value came
    back that was acknowledged last: the host may hold one of those between."""
    values = []
    for field, value in wanted(item, states, takes, consent).items():
        state, between = states.get(field, _NOTHING), list(since.get(field, ()))
        if _due(value, state) or any(each not in (value, state.sent) for each in between):
            mode = _mode(field, value, state, consent)
            if mode is Mode.UNION:
                values.append(_beside(field, value, state, consent, between))
            else:
                values.append(DueValue(field=field, value=value, mode=mode, ours=_ours(state, between)))
    return values


def _beside(
    field: str, value: Any, state: FieldState, consent: Consent, between: Iterable[Sequence[str] | None]
) -> DueValue:
    """A list to be joined with the player's own: without what was taken away there by hand, and with what Metarr had
    put there."""
    own = state.before if state.ours and isinstance(state.before, list | tuple) else ()
    former = [each for words in (_sent(state), *between) for each in words or ()]
    kept = value or []
    if not consent.overwrite_edits and not state.forced:
        kept = [each for each in kept if each not in _lacking(_sent(state), state.host)]
    ours = [each for each in dict.fromkeys(former) if each in _lacking([each], own)]
    return DueValue(field=field, value=kept, mode=Mode.UNION, ours=(ours,) if ours else ())


def _sent(state: FieldState) -> list[str]:
    return list(state.sent) if state.ours and isinstance(state.sent, list | tuple) else []


def _lacking(words: Iterable[str], host: Any) -> list[str]:
    """Those of the words that are not there, whatever their case."""
    there = {text_key(each) for each in host or ()}
    return [each for each in words if text_key(each) not in there]


def _mode(field: str, value: Any, state: FieldState, consent: Consent) -> Mode:
    policy = consent.of(field)
    if policy is SyncPolicy.UNION:
        return Mode.UNION
    if _never_ours(value, state):
        # An absence erases nothing but what may be there of Metarr's.
        return Mode.IF_OURS
    if state.forced:
        return Mode.ALWAYS
    if state.ours:
        return Mode.ALWAYS if consent.overwrite_edits else Mode.IF_OURS
    if policy is SyncPolicy.REPLACE:
        return Mode.ALWAYS
    # Ids are filled one by one: `_part` left out those of which the player has its own.
    return Mode.IF_OURS if field == IDS else Mode.IF_EMPTY


def _ours(state: FieldState, since: Iterable[Any]) -> tuple[Any, ...]:
    first = [state.acked] if state.ours else []
    return tuple(first + [value for value in since if value not in first])


def acknowledged(
    state: FieldState, outcome: Taken, host: Any, value: Any | UnsetType, why: str = "", *, hearsay: bool = False
) -> FieldState:
    """The field after the player said what it did with a value.

    `host`: what it read back. `value`: what Metarr had told it; unset where that is not known any more, because
    something newer is pending: then it stays unacknowledged, but what the host holds is known to be Metarr's.
    `hearsay`: players and files alone tell that value.
    """
    # What the owner wants written in any case may be wanted since then.
    forced = state.forced and value is UNSET
    if outcome is Taken.TAKEN:
        held_before = not state.ours and host is not None and host == state.host
        if held_before and (hearsay or value is UNSET):
            # Its own plot, told back to it before any provider was asked, is its own still.
            return replace(state, sent=value, declined=UNSET, outcome=outcome, why="", forced=forced)
        before = state.before if state.ours else state.host
        return FieldState(host=host, acked=host, sent=value, before=before, forced=forced)
    declined = state.declined if value is UNSET else value
    if outcome is Taken.REFUSED and host is not None and host != state.host:
        # Written, but not kept as it was: what the host made of it is no hand's.
        before = state.before if state.ours else state.host
        state = replace(state, acked=host, sent=UNSET, before=before)
    return replace(state, host=host, declined=declined, outcome=outcome, why=why[:300], forced=forced)


def reported(
    states: FieldStates, values: Mapping[str, Any], takes: Iterable[str], *, anew: bool
) -> dict[str, FieldState]:
    """The fields after the player told what it holds now.

    `anew`: the host made the entry anew, so nothing there is Metarr's any more. So it is where everything went back to
    what it was before Metarr: a library that was rebuilt from its files, not a hand that edited.
    """
    anew = anew or _all_back(states, values)
    fields = {}
    for field in takes:
        state, host = states.get(field, _NOTHING), values.get(field)
        if anew or field not in states:
            # What the host cannot take, it cannot take into a new entry either.
            refused = state.outcome is Taken.REFUSED
            fields[field] = replace(state, host=host, acked=UNSET, sent=UNSET) if refused else FieldState(host=host)
            continue
        again = _may_be_taken(state, host)
        fields[field] = replace(state, host=host, declined=UNSET if again else state.declined)
    return {field: state for field, state in fields.items() if state != _NOTHING}


def _may_be_taken(state: FieldState, host: Any) -> bool:
    """Whether what stood in the way of a value is gone: a hand edit, or a value of the host's own."""
    if state.outcome is Taken.EDITED:
        return bool(host == state.acked)
    return state.outcome is Taken.KEPT and host is None and state.host is not None


def _all_back(states: FieldStates, values: Mapping[str, Any]) -> bool:
    """Whether several values of Metarr's are gone, and all of them in favour of what was there before."""
    moved = {field: state for field, state in states.items() if state.ours and state.acked != state.before}
    return len(moved) > 1 and all(values.get(field) == state.before for field, state in moved.items())


def is_anew(before: FieldStates, after: FieldStates) -> bool:
    """Whether a report took away what was Metarr's, so that everything is to be written again."""
    return any(state.ours for state in before.values()) and not any(state.ours for state in after.values())


def retry(states: FieldStates, outcomes: Collection[Taken], *, force: Collection[str] = ()) -> dict[str, FieldState]:
    """The fields with what was not taken for one of these reasons to be sent again, and some written in any case."""
    fields = {
        field: replace(state, declined=UNSET) if state.outcome in outcomes else state for field, state in states.items()
    }
    return fields | {field: replace(fields.get(field, _NOTHING), declined=UNSET, forced=True) for field in force}


class Refusal(Struct, frozen=True, kw_only=True):
    """A field in which an entry differs from what Metarr has, for the owner to see."""

    field: str
    outcome: Taken
    host: Any
    value: Any
    why: str = ""


def not_taken(item: MediaItem, states: FieldStates, takes: Iterable[str], consent: Consent) -> list[Refusal]:
    """What the player did not take, and what somebody changed there."""
    refusals = []
    for field, value in wanted(item, states, takes, consent).items():
        state = states.get(field, _NOTHING)
        if _never_ours(value, state) or not _misses(field, value, state, consent):
            continue
        declined = state.declined is not UNSET and state.declined == value
        if state.edited or declined:
            outcome = Taken.EDITED if state.edited else state.outcome
            refusals.append(Refusal(field=field, outcome=outcome, host=state.host, value=value, why=state.why))
    return refusals


def flags(item: MediaItem, states: Mapping[str, FieldState], takes: Iterable[str], consent: Consent) -> dict[str, bool]:
    """How an entry stands, as its row says it. What stays because its owner wants it so is no trouble."""
    outcomes = {refusal.outcome for refusal in not_taken(item, states, takes, consent)}
    return {"edited": Taken.EDITED in outcomes, "troubled": Taken.REFUSED in outcomes}


def _misses(field: str, value: Any, state: FieldState, consent: Consent) -> bool:
    """Whether the player does not have what Metarr wants to stand there."""
    if consent.of(field) is SyncPolicy.UNION:
        return bool(_lacking(value or (), state.host))
    return differs(field, state.host, value)


class Effect(StrEnum):
    """What a policy would do to a field of an entry."""

    NONE = ""
    FILLED = "filled"
    REPLACED = "replaced"
    ADDED = "added"
    """Beside what is the player's own."""
    KEPT = "kept"


def effects(
    item: MediaItem, states: FieldStates, takes: Iterable[str], consent: Consent
) -> Iterator[tuple[str, Effect, Any]]:
    """By field what would be done where an entry differs from what Metarr has, and the value that would stand then."""
    takes = tuple(takes)
    aims = wanted(item, states, takes, consent)
    for field in takes:
        state = states.get(field, _NOTHING)
        value = value_for(item, field, takes, state)
        if field not in aims or (aims[field] is None and value is not None):
            # Left to the player, or all of it stands in the way.
            if value is not None and differs(field, state.host, value) and state.host is not None:
                yield field, Effect.KEPT, value
        else:
            done, then = _effect(field, aims[field], state, consent)
            if done is not Effect.NONE:
                yield field, done, then


def _effect(field: str, value: Any, state: FieldState, consent: Consent) -> tuple[Effect, Any]:
    if value is None or not _misses(field, value, state, consent):
        return Effect.NONE, None
    mode = _mode(field, value, state, consent)
    if mode is Mode.UNION:
        added = _lacking(_beside(field, value, state, consent, ()).value, state.host)
        if not added:
            return Effect.KEPT, value
        return Effect.FILLED if state.host is None else Effect.ADDED, [*(state.host or ()), *added]
    if state.edited if mode is Mode.IF_OURS else mode is Mode.IF_EMPTY and state.host is not None:
        return Effect.KEPT, value
    settled = state.sent == value and not state.edited
    refused = state.outcome is Taken.REFUSED and state.declined == value
    if not state.forced and (settled or refused):
        return Effect.NONE, None
    if field == IDS and state.host is not None:
        # Of ids, those of other types stay.
        replaced = any(state.host.get(id_type, text) != text for id_type, text in value.items())
        return Effect.REPLACED if replaced else Effect.ADDED, {**state.host, **value}
    return Effect.FILLED if state.host is None else Effect.REPLACED, value


def differs(field: str, host: Any, value: Any) -> bool:
    """Whether what a host holds means something else than what Metarr has. A host's reading may be shortened: images
    without their size, collections without ids."""
    if host is None or value is None:
        return host is not value
    if field == IDS:
        return any(host.get(id_type) != text for id_type, text in value.items())
    if field not in FIELDS:
        return bool(host != value)
    try:
        one, other = checked_value(field, host), checked_value(field, value)
    except (ValueError, TypeError):
        return bool(host != value)
    if isinstance(host, Mapping) and "name" in host and "ids" not in host:
        return bool(host["name"] != value["name"])
    return not same(field, one, other)
