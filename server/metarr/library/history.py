"""What changed in the library, and taking it back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.changes import Change, undo, without_foreign
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.values import Kind
from metarr.errors import CannotDo, NoSuchThing
from metarr.library import join
from metarr.library.commit import commit
from metarr.library.names import names_of
from metarr.library.reference import Reference, find
from metarr.library.reorder import reorder_back
from metarr.store import changes, items
from metarr.store.changes import EVERY_CHANGE, ChangeFilter, ChangeSet, Selection
from metarr.store.database import Connection, Database

NOT_UNDOABLE = {"join": "take the item apart instead", "split": "let the items be joined again instead"}
"""Change-sets that more hangs on than their fields, and what to do instead."""


@dataclass(frozen=True)
class NamedChangeSet:
    """A change-set, with what its item is and is called."""

    change_set: ChangeSet
    kind: Kind
    title: str


@dataclass(frozen=True)
class TakenBack:
    """The item as it is now, the change-set of the undo (None: nothing could go back), and the refused fields with
    why."""

    item: MediaItem
    change_set: ChangeSet | None
    refused: tuple[tuple[str, str], ...] = ()


class History:
    """The change-sets of the library."""

    def __init__(self, database: Database, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._config = config
        self._clock = clock

    def page(
        self,
        reference: Reference | None,
        before_id: int | None,
        limit: int,
        which: Selection | None = None,
        *,
        fits: ChangeFilter = EVERY_CHANGE,
    ) -> list[NamedChangeSet]:
        """Change-sets, the latest first, of one item or of all, or those that are meant; those that fit.

        `undone_by` is told only while the undo stands. Raises NoSuchThing for an item that never was; those of deleted
        items are told.
        """
        with self._database.read() as connection:
            item_id = None
            if reference is not None:
                item_id = find(connection, reference, deleted=True).id
            page = changes.page(connection, item_id=item_id, before_id=before_id, limit=limit, which=which, fits=fits)
            undone = undone_now(connection, page)
            standing = [each if each.id in undone else replace(each, undone_by=None) for each in page]
            names = names_of(connection, [each.item_id for each in standing])
            return [NamedChangeSet(each, *names[each.item_id]) for each in standing]

    def undo(self, change_set_id: int) -> TakenBack:
        """Put back what a change-set changed; undoing an undo brings its values again.

        Fields that were locked or changed since stay, by name, and the rest goes back. Raises NoSuchThing; CannotDo
        where it was taken back already (`ALREADY_UNDONE`), where the item is deleted or where more than fields would
        have to go back.
        """
        sync_fields = self._config.read().sync_fields
        with self._database.begin_durably() as connection:
            change_set = _undoable(connection, change_set_id)
            return take_back(connection, change_set, change_set.changes, now=self._clock.now(), sync_fields=sync_fields)


def take_back(
    connection: Connection,
    change_set: ChangeSet,
    some: Sequence[Change],
    *,
    now: datetime,
    sync_fields: Collection[str],
    group_id: int = 0,
) -> TakenBack:
    """Put back all that a change-set changed, or some of it, within the caller's transaction. One of which only some
    went back stands. `group_id`: of the change-set that records it. Raises CannotDo as `History.undo` does."""
    check_undoable(change_set)
    item = _item(connection, change_set)
    redo = change_set.cause == "undo"
    cause = "redo" if redo else "undo"
    if change_set.new_numbering:
        reordered = reorder_back(
            connection, item, change_set, now=now, sync_fields=sync_fields, cause=cause, group_id=group_id
        )
        changes.mark_undone(connection, [change_set.id], reordered.id)
        return TakenBack(item=_item(connection, change_set), change_set=reordered)
    ids = join.ids_to_restore(connection, item, change_set)
    base = item if ids is None else replace(_under(item, ids), ids=ids)
    undone = undo(base, some, redo=redo)
    if ids is None and len(undone.refused) == len(some):
        return TakenBack(item=item, change_set=None, refused=undone.refused)
    done = commit(connection, item, undone.item, cause=cause, now=now, sync_fields=sync_fields, group_id=group_id)
    if done.change_set is not None and len(some) == len(change_set.changes):
        changes.mark_undone(connection, [change_set.id], done.change_set.id)
    return TakenBack(item=done.item, change_set=done.change_set, refused=undone.refused)


def check_undoable(change_set: ChangeSet) -> None:
    """Raises CannotDo for a change-set that more hangs on than its fields."""
    if change_set.cause in NOT_UNDOABLE:
        why = f"change-set {change_set.id} is a {change_set.cause}: {NOT_UNDOABLE[change_set.cause]}"
        raise CannotDo(why, reason="NOT_UNDOABLE")


def _undoable(connection: Connection, change_set_id: int) -> ChangeSet:
    change_set = changes.get(connection, change_set_id)
    if change_set is None:
        why = f"there is no change-set {change_set_id}, or it was forgotten by now"
        raise NoSuchThing("change_set_id", why, reason="CHANGE_SET_NOT_FOUND")
    check_undoable(change_set)
    if undone_now(connection, [change_set]):
        why = f"change-set {change_set_id} was taken back already, by change-set {change_set.undone_by}; undo that one"
        raise CannotDo(why, reason="ALREADY_UNDONE")
    return change_set


def _item(connection: Connection, change_set: ChangeSet) -> MediaItem:
    item = items.get(connection, change_set.item_id)
    if item is None or item.deleted_at is not None:
        raise CannotDo(f"item {change_set.item_id} is deleted; restore it first", reason="ITEM_DELETED")
    return item


def _under(item: MediaItem, ids: Mapping[str, IdClaim]) -> MediaItem:
    """The item without what was got under the ids that go."""
    return without_foreign(item, {id_type: claim.value for id_type, claim in ids.items()})


def undone_now(connection: Connection, change_sets: Iterable[ChangeSet]) -> set[int]:
    """Those that are taken back now: their undo was not taken back itself, and so on."""
    undoers = {each.id: each.undone_by for each in change_sets}
    wanted = set(undoers)
    while unknown := {undoer for undoer in undoers.values() if undoer is not None and undoer not in undoers}:
        undoers |= changes.undoers(connection, unknown)
    return {change_set_id for change_set_id in wanted if _links(change_set_id, undoers) % 2}


def _links(change_set_id: int, undoers: dict[int, int | None]) -> int:
    """How many undos follow one another from here: an odd number means undone, an even one redone."""
    links = 0
    while (undoer := undoers.get(change_set_id)) is not None:
        change_set_id, links = undoer, links + 1
    return links
