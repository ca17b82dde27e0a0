"""What changed, whether players must hear of it, and how to take it back."""

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from metarr.domain.equality import same
from metarr.domain.fields import FIELDS
from metarr.domain.item import FieldValue, MediaItem, Rule, Veto, by_providers
from metarr.domain.statement import taken_back
from metarr.domain.values import Struct

DEFAULT_SYNC_FIELDS = frozenset(name for name, field in FIELDS.items() if field.sync)
"""Fields whose change wakes the players, unless the owner chose others. Votes alone wake nobody."""


_NOTHING = FieldValue()


class Change(Struct, frozen=True, kw_only=True):
    """One field of an item before and after, with both provenances. `value` None inside: nothing stored."""

    field: str
    old: FieldValue = FieldValue()
    new: FieldValue = FieldValue()


def diff(before: Mapping[str, FieldValue], after: Mapping[str, FieldValue]) -> tuple[Change, ...]:
    """The fields whose value or lock changed, in catalogue order. A new provenance alone is no change.

    Values are compared as stored: a merge keeps the stored bytes of a value that means the same.
    """
    changes = []
    for field in FIELDS:
        old, new = before.get(field, _NOTHING), after.get(field, _NOTHING)
        if old is not new and (old.value, old.locked, old.locks_below, old.day) != (
            new.value,
            new.locked,
            new.locks_below,
            new.day,
        ):
            changes.append(Change(field=field, old=old, new=new))
    return tuple(changes)


def sync_reason(changes: Iterable[Change], sync_fields: Collection[str] = DEFAULT_SYNC_FIELDS) -> str:
    """Why players must hear of these changes, such as "Changed: plot, poster"; "" where they need not."""
    woken = [change.field for change in changes if is_told(change) and wakes(change.field, sync_fields)]
    return f"Changed: {', '.join(woken)}" if woken else ""


def is_told(change: Change) -> bool:
    """Whether players are told something else by it; a lock alone they are not."""
    return (change.old.value, change.old.day) != (change.new.value, change.new.day)


def wakes(field: str, sync_fields: Collection[str]) -> bool:
    """Whether players hear at once of another value of this field, or of the one by which they show it."""
    return field in sync_fields or (field in FIELDS and FIELDS[field].shown_by in sync_fields)


class Undone(Struct, frozen=True, kw_only=True):
    """The item after an undo, and the fields that could not go back, each with why."""

    item: MediaItem
    refused: tuple[tuple[str, str], ...] = ()


def undo(item: MediaItem, changes: Iterable[Change], *, redo: bool = False) -> Undone:
    """Put back values, sources and lock states of a change-set.

    Fields that were locked or changed since are refused by name; the rest goes back. What a provider had said
    leaves a veto, so that the next run does not bring it again; the veto on a value that is put back ends. What a file
    or a player had said is not its word any more.
    `redo`: the change-set was itself an undo, and what it took away leaves no veto.
    """
    fields, refused, vetoes, statements = dict(item.fields), [], list(item.vetoes), item.statements
    for change in changes:
        now = fields.get(change.field, FieldValue())
        if now.value != change.new.value:
            refused.append((change.field, "changed since"))
        elif now.locked != change.new.locked:
            refused.append((change.field, "locked since" if now.locked else "unlocked since"))
        else:
            vetoes = [each for each in vetoes if not _ended(each, change)]
            veto = None if redo else veto_of(change)
            vetoes += [veto] if veto is not None and veto not in vetoes else []
            fields[change.field] = change.old
            statements = taken_back(statements, change.field, change.new, change.old)
    kept = {name: stored for name, stored in fields.items() if stored != FieldValue()}
    undone = replace(item, fields=kept, vetoes=tuple(vetoes), statements=statements, fingerprint="")
    return Undone(item=undone, refused=tuple(refused))


def _ended(veto: Veto, change: Change) -> bool:
    """Whether taking this change back brings the vetoed value back on purpose."""
    return veto.field == change.field and same(change.field, veto.value, change.old.value)


def veto_of(change: Change) -> Veto | None:
    """The veto that an undone change leaves; none for what the owner, an import or a player said."""
    new = change.new
    says_something = new.value is not None or new.rule is Rule.WITHDRAWN
    if not says_something or not by_providers(new.sources) or new.value == change.old.value:
        return None
    return Veto(field=change.field, providers=new.sources, value=new.value, language=new.language)


def without_foreign(item: MediaItem, ids: Mapping[str, str]) -> MediaItem:
    """The item without the unlocked values that were got under an id that it no longer has.

    Their vetoes go as well: what was undone there was said about another title. What was got of an entry in a series'
    list, such as `tvdb:121361/3254641`, has no id of its own: the run of the series tells whether it still is this one.
    """
    typed_ids = {f"{id_type}:{value}" for id_type, value in ids.items()} | {""}
    foreign = {
        name
        for name, stored in item.fields.items()
        if not stored.locked and any("/" not in asked and asked not in typed_ids for asked in stored.asked_ids)
    }
    fields = {name: stored for name, stored in item.fields.items() if name not in foreign}
    vetoes = tuple(veto for veto in item.vetoes if veto.field not in foreign)
    return replace(item, fields=fields, vetoes=vetoes, fingerprint="")
