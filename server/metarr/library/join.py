"""Which title an item of the library is: corrected by the owner, two items made one, and taken apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.changes import diff, undo, without_foreign
from metarr.domain.item import OWNER, IdClaim, MediaItem
from metarr.domain.joining import disagreement
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput, NoSuchThing, Violation
from metarr.library.commit import publish
from metarr.library.reference import Reference, find
from metarr.store import episode_entries, items, joins, numbers, player_entries
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database
from metarr.store.joins import Join

log = structlog.get_logger(__name__)

JOINABLE = (Kind.MOVIE, Kind.SERIES)


def corrected(connection: Connection, item: MediaItem, ids: Mapping[str, str], path: str = "ids") -> MediaItem:
    """The item with these ids, each the owner's word, and no others; not saved.

    Unlocked values that were got under an id which it no longer has are gone, conflicts and candidates settled.
    Raises InvalidInput, its violations below `path`, where another item has one of the ids, or where neither an id
    nor a title would be left to find it by.
    """
    if not ids and not item.title:
        raise InvalidInput(Violation(path, "name at least one id: the item has no title of its own to search by"))
    owners = items.find_by_ids(connection, item.kind, ids)
    taken = [
        Violation(f"{path}.{id_type}", f"item {owner} has {id_type} {ids[id_type]} already")
        for id_type, owner in sorted(owners.items())
        if owner != item.id
    ]
    if taken:
        raise InvalidInput(*taken, reason="ID_TAKEN")
    claims = {id_type: IdClaim(value=value, source=OWNER) for id_type, value in sorted(ids.items())}
    return replace(without_foreign(item, ids), ids=claims, conflicts=(), dismissed=(), undecided=None)


def ids_to_restore(connection: Connection, item: MediaItem, change_set: ChangeSet) -> dict[str, IdClaim] | None:
    """The ids that undoing a correction brings back; None where the change-set corrected none.

    Raises CannotDo where they cannot come back: they were corrected again since, or another item has one by now.
    """
    if change_set.cause not in ("identify", "undo", "redo") or change_set.old_ids is None:
        return None
    old, new = change_set.old_ids, change_set.new_ids or {}
    if any(item.ids.get(id_type) != claim for id_type, claim in new.items()):
        raise CannotDo("the item's ids were corrected again since", reason="IDS_MOVED")
    owners = items.find_by_ids(connection, item.kind, {id_type: claim.value for id_type, claim in old.items()})
    if others := sorted({owner for owner in owners.values() if owner != item.id}):
        named = ", ".join(f"item {owner}" for owner in others)
        raise CannotDo(f"{named} has an id by now that would come back", reason="ID_TAKEN")
    return dict(old)


# Joining


def why_apart(connection: Connection, one: MediaItem, other: MediaItem) -> str:
    """Why two items must stay two, for a person to read; "" where they are to be joined."""
    if one.kind is not other.kind or one.kind not in JOINABLE:
        return "only two movies or two series can be joined"
    if joins.were_split(connection, one.id, other.id):
        return "they were taken apart before"
    if joins.have_same_child(connection, one.id, other.id):
        return "both have the same season"
    if one.order != other.order:
        return "their files go by different orders"
    return disagreement(one, other)


def join(
    connection: Connection,
    survivor: MediaItem,
    gone: MediaItem,
    after: MediaItem,
    *,
    now: datetime,
    sync_fields: Iterable[str],
    job_id: int | None = None,
) -> tuple[MediaItem, ChangeSet]:
    """Make two items one, within the caller's transaction; `after` is what the survivor is then.

    The other one's ids are the survivor's, its own id keeps leading to the survivor, and its history and what is below
    it belong there.
    """
    children = joins.move_children(connection, gone.id, survivor.id)
    numbers.move(connection, gone.id, survivor.id, items.descendants(connection, children))
    episode_entries.move(connection, gone.id, survivor.id)
    moved = joins.move_history(connection, gone.id, survivor.id)
    aliases = tuple(items.aliases(connection, gone.id))
    for id_type, value in aliases:
        items.remove_alias(connection, gone.id, id_type, value)
    # Without ids of its own no later search for a deleted item can find it and restore it beside the survivor.
    items.save(connection, gone, replace(gone, ids={}))
    items.soft_delete(connection, [gone.id], now)
    saved = items.save(connection, survivor, after)
    for id_type, value in aliases:
        items.add_alias(connection, saved, id_type, value, OWNER)
    changed = diff(survivor.fields, saved.fields)
    change_set = ChangeSet(
        item_id=saved.id,
        at=now,
        cause="join",
        changes=changed,
        job_id=job_id,
        providers=saved.last_enriched_providers,
        old_ids=survivor.ids,
        new_ids=saved.ids,
    )
    published = publish(connection, change_set, frozenset(sync_fields))
    joins.add(
        connection,
        Join(
            survivor_id=saved.id,
            joined_id=gone.id,
            at=now,
            changes=changed,
            old_ids=survivor.ids,
            new_ids=saved.ids,
            ids=gone.ids,
            change_sets=moved,
            children=children,
            aliases=aliases,
            player_items=player_entries.move(connection, gone.id, saved.id),
        ),
    )
    log.info("items_joined", item=saved.id, joined=gone.id, ids=saved.id_values())
    return saved, published


# Taking apart


@dataclass(frozen=True)
class Split:
    """Both items as they are now, and the change-set that recorded what the first one lost."""

    item: MediaItem
    split_item: MediaItem
    change_set: ChangeSet | None = None


class Splitter:
    """Takes joined items apart."""

    def __init__(self, database: Database, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._config = config
        self._clock = clock

    def split(self, reference: Reference, joined_id: int) -> Split:
        """Take one joined item out of another: it comes back as it was, with its history and what was below it.

        The other one gives back what it got by the join, as far as it still has that. They are not joined again by
        themselves. Raises NoSuchThing where they were never one.
        """
        sync_fields = self._config.read().sync_fields
        with self._database.begin_durably() as connection:
            survivor = find(connection, reference)
            link = joins.get(connection, survivor.id, joined_id)
            if link is None:
                listed = ", ".join(str(each) for each in joins.joined_to(connection, survivor.id)) or "none"
                why = f"item {joined_id} is not joined to item {survivor.id}; joined to it: {listed}"
                raise NoSuchThing("joined_item_id", why, reason="NOT_JOINED")
            if link.split_at is not None:
                return Split(item=survivor, split_item=find(connection, joined_id))
            return self._apart(connection, survivor, link, sync_fields)

    def _apart(self, connection: Connection, survivor: MediaItem, link: Join, sync_fields: frozenset[str]) -> Split:
        now = self._clock.now()
        for id_type, value in link.aliases:
            items.remove_alias(connection, survivor.id, id_type, value)
        gone = items.get(connection, link.joined_id)
        saved = items.save(connection, survivor, _given_back(survivor, link, gone))
        split = self._back(connection, link)
        joins.mark_split(connection, link, now)
        back = joins.move_children(connection, survivor.id, link.joined_id, only=link.children)
        below = items.descendants(connection, back)
        numbers.move(connection, survivor.id, link.joined_id, below)
        episode_entries.move(connection, survivor.id, link.joined_id, below)
        joins.return_history(connection, link.change_sets, link.joined_id)
        player_entries.move(connection, survivor.id, link.joined_id, only=link.player_items)
        changed = diff(survivor.fields, saved.fields)
        change_set = ChangeSet(
            item_id=saved.id,
            at=now,
            cause="split",
            changes=changed,
            old_ids=survivor.ids,
            new_ids=saved.ids,
        )
        published = publish(connection, change_set, sync_fields)
        log.info("items_split", item=saved.id, split=link.joined_id)
        return Split(item=saved, split_item=split, change_set=published)

    def _back(self, connection: Connection, link: Join) -> MediaItem:
        """The joined item with its own ids, in the library again."""
        items.revive(connection, link.joined_id)
        gone = items.get(connection, link.joined_id)
        if gone is None:
            raise AssertionError("a join without its item")
        back = items.save(connection, gone, replace(gone, ids=link.ids))
        for id_type, value in link.aliases:
            items.add_alias(connection, back, id_type, value, OWNER)
        return back


def _given_back(survivor: MediaItem, link: Join, gone: MediaItem | None) -> MediaItem:
    """The survivor without what it got by the join. What changed since stays, but not under an id that goes."""
    gained = {
        id_type
        for id_type, claim in link.new_ids.items()
        if id_type not in link.old_ids and id_type in survivor.ids and survivor.ids[id_type].value == claim.value
    }
    ids = {id_type: claim for id_type, claim in survivor.ids.items() if id_type not in gained}
    undone = undo(survivor, link.changes, redo=True).item
    foreign = gone.vetoes if gone is not None else ()
    keys = {each.key for each in gone.statements} if gone is not None else set()
    kept = without_foreign(undone, {id_type: claim.value for id_type, claim in ids.items()})
    return replace(
        kept,
        ids=ids,
        vetoes=tuple(veto for veto in kept.vetoes if veto not in foreign),
        statements=tuple(each for each in kept.statements if each.key not in keys),
    )
