"""The owner's hand: values typed in, fields locked and unlocked, items deleted and restored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.checked import checked_value
from metarr.domain.conflicts import Claim, claim_of, dismissed, restored
from metarr.domain.fields import fields_of
from metarr.domain.item import OWNER, FieldValue, MediaItem, Rule
from metarr.domain.statement import with_locks_of_other
from metarr.domain.values import Kind, Value
from metarr.errors import InvalidInput, NoSuchThing, VersionMoved, Violation
from metarr.library import join
from metarr.library.commit import Committed, commit
from metarr.library.deletion import restore
from metarr.library.offers import withdraw
from metarr.library.reference import Reference, find
from metarr.store import items
from metarr.store.database import Database


@dataclass(frozen=True)
class Edit:
    """What to change on an item.

    `fields`: plain values by name, None empties; each is locked. `lock`, `unlock`: further fields, as they are.
    `lock_all`: every field that holds a value. `lock_below`: whether these locks reach what is below the item; without
    any, all that it has; None: as they are. `monitored` None: as it is. `ids`: its true external ids
    and no others; None: as they are. `etag`: the version that the editor saw, "" where that does not matter.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    lock: frozenset[str] = frozenset()
    unlock: frozenset[str] = frozenset()
    lock_all: bool = False
    unlock_all: bool = False
    lock_below: bool | None = None
    monitored: bool | None = None
    ids: Mapping[str, str] | None = None
    etag: str = ""


class Editor:
    """Writes what the owner wants; an edit always wins over a merge, for the merge commits on the row as it is then."""

    def __init__(self, database: Database, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._config = config
        self._clock = clock

    def edit(self, reference: Reference, edit: Edit) -> Committed:
        """Change one item.

        Raises NoSuchThing; VersionMoved where somebody wrote since the editor read; InvalidInput with a violation
        per fault, with nothing changed.
        """
        sync_fields = self._config.read().sync_fields
        with self._database.begin_durably() as connection:
            before = find(connection, reference)
            if edit.etag and edit.etag != str(before.version):
                raise VersionMoved(f"item {before.id} was changed since it was read; read it again and repeat")
            named = before
            if edit.ids is not None:
                named = join.corrected(connection, before, edit.ids, "ids")
            after = edited(named, edit, self._clock.now())
            if after == before:
                return Committed(item=before)
            return commit(
                connection,
                before,
                after,
                cause="edit" if after.ids == before.ids else "identify",
                now=self._clock.now(),
                sync_fields=sync_fields,
            )

    def dismiss(self, reference: Reference, claim: Claim, *, restore: bool = False) -> MediaItem:
        """Leave a conflict as it is: while the claim is the same, it is shown no more. With `restore`, show it again.

        Raises NoSuchThing for an unknown item, and for a claim that is neither in conflict nor dismissed.
        """
        with self._database.begin_durably() as connection:
            before = find(connection, reference)
            if claim not in map(claim_of, (*before.conflicts, *before.dismissed)):
                id_type, value, claimed_by = (part[:60] for part in claim)
                why = f"{claimed_by} does not claim {id_type}:{value} in conflict with item {before.id}"
                raise NoSuchThing("value", why, reason="CONFLICT_NOT_FOUND")
            after = restored(before, claim) if restore else dismissed(before, claim)
            return before if after == before else items.save(connection, before, after)

    def delete(self, references: Iterable[tuple[str, Reference]]) -> list[int]:
        """Delete items, each named with its path in the request, and all that is below them. They can be restored.

        Returns the ids of those that were not deleted before. Raises NoSuchThing, with nothing deleted.
        """
        with self._database.begin_durably() as connection:
            named = [find(connection, each, path, deleted=True).id for path, each in references]
            for item_id in named:
                withdraw(connection, item_id)
            return items.soft_delete(connection, named, self._clock.now())

    def restore(self, references: Iterable[tuple[str, Reference]]) -> list[int]:
        """Take deletions back: the items, what was deleted together with them, and what they are below of.

        Returns the ids of those that were deleted. Raises NoSuchThing; InvalidInput (`ID_TAKEN`) where another item
        has an id of theirs by now; nothing is restored then.
        """
        with self._database.begin_durably() as connection:
            named = [find(connection, each, path, deleted=True).id for path, each in references]
            return [restored for item_id in named for restored in restore(connection, item_id)]


def edited(item: MediaItem, edit: Edit, now: datetime) -> MediaItem:
    """The item as the owner wants it. Raises InvalidInput with every fault of the edit."""
    values = _checked(item, edit)
    fields = dict(item.fields)
    for name, value in values.items():
        reaches = fields.get(name, FieldValue()).locks_below
        typed = FieldValue(
            value=value, sources=(OWNER,), fetched_at=now, rule=Rule.OWNER, locked=True, locks_below=reaches
        )
        if fields.get(name) != replace(typed, fetched_at=fields.get(name, typed).fetched_at):
            fields[name] = typed
    filled = {name for name, stored in fields.items() if stored.value is not None}
    locked = edit.lock | (filled if edit.lock_all else frozenset())
    unlocked = edit.unlock | (fields.keys() if edit.unlock_all else frozenset())
    for name in locked:
        fields[name] = replace(fields.get(name, FieldValue()), locked=True)
    for name in unlocked:
        fields[name] = replace(fields.get(name, FieldValue()), locked=False, locks_below=False)
    if edit.lock_below is not None:
        reaching = locked | values.keys() or {name for name, stored in fields.items() if stored.locked}
        fields |= {name: replace(fields[name], locks_below=edit.lock_below) for name in reaching}
    after = replace(
        item,
        fields={name: stored for name, stored in fields.items() if stored.value is not None or stored.locked},
        # A value typed in ends what an undo left behind for its field.
        vetoes=tuple(veto for veto in item.vetoes if veto.field not in values),
        monitored=item.monitored if edit.monitored is None else edit.monitored,
        statements=tuple(with_locks_of_other(each, {*values, *locked, *unlocked}) for each in item.statements),
    )
    return after if after == item else replace(after, fingerprint="")


def _checked(item: MediaItem, edit: Edit) -> dict[str, Value | None]:
    names = [field.name for field in fields_of(item.kind)]
    wrong: list[Violation] = []
    values: dict[str, Value | None] = {}
    for name, raw in edit.fields.items():
        try:
            if name in names:
                values[name] = checked_value(name, raw)
            else:
                wrong.append(_unknown(item, f"fields.{name[:60]}", names))
        except ValueError as error:
            wrong.append(Violation(f"fields.{name}", str(error)))
    for path, locking in (("lock_fields", edit.lock), ("unlock_fields", edit.unlock)):
        wrong += [_unknown(item, f"{path}.{name[:60]}", names) for name in sorted(locking.difference(names))]
    both = (edit.lock | edit.fields.keys()) & edit.unlock
    wrong += [Violation(f"unlock_fields.{name[:60]}", "is to be locked by the same edit") for name in sorted(both)]
    if edit.lock_below and item.kind not in (Kind.SERIES, Kind.SEASON):
        wrong.append(Violation("lock_below", f"a {item.kind} has nothing below it"))
    if edit.unlock_all and (edit.lock_all or edit.lock or edit.fields):
        wrong.append(Violation("unlock_all", "the same edit locks fields; unlock in an edit of its own"))
    if wrong:
        raise InvalidInput(*wrong)
    return values


def _unknown(item: MediaItem, path: str, names: Iterable[str]) -> Violation:
    return Violation(path, f"a {item.kind} has no such field; known: {', '.join(names)}")
