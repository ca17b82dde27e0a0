"""Another order of the episodes of a series: files and entries of players are other episodes from then on.

Values, locks, edits and history stay with their episodes. Nobody is asked, and all of it happens at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.domain.entries import KnownEntry, place_of
from metarr.domain.item import REPORTERS, FieldValue, MediaItem, Rule
from metarr.domain.numbering import AIRED, RESTING, EntryNumbers, Number, Numbering, in_order, unread
from metarr.domain.values import Kind
from metarr.errors import CannotDo
from metarr.library.commit import publish
from metarr.library.intake import PLACE, season_words
from metarr.library.offers import withdraw
from metarr.store import episode_entries, items, numbers, player_entries
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection

log = structlog.get_logger(__name__)

CAUSE = "order"
"""Of a change-set that records another order."""


@dataclass(frozen=True)
class OrderPlan:
    """What another order would do: what the numbers point to before and after, where ids below 0 are new items. `gone`:
    items that are deleted."""

    before: Numbering
    after: Numbering
    gone: frozenset[int] = frozenset()

    def moved(self) -> dict[Number, tuple[int, int]]:
        """By number the item that it pointed to and the one that it points to, where that is another one."""
        return {
            number: (was, self.after.library[number])
            for number, was in sorted(self.before.library.items())
            if was not in self.gone and self.after.library[number] != was
        }

    def created(self) -> int:
        return sum(1 for item in self.after.library.values() if item < 0)

    def resting(self) -> frozenset[int]:
        """Items that a file was and no file is any more."""
        return frozenset(self.before.library.values()).difference(self.after.library.values(), self.gone)


def planned(connection: Connection, series: MediaItem, order: str, orders: Mapping[str, EntryNumbers]) -> OrderPlan:
    """What another order of a series would do; `orders`: as they are listed."""
    before = numbers.numbering_of(connection, series.id, series.order)
    by_id = items.get_many(connection, before.items(), fields=())
    entries = {entry for numbered in orders.values() for entry in numbered.values()}
    own = {
        item.id: entry
        for item in by_id.values()
        for id_type, claim in item.ids.items()
        if (entry := f"{id_type}:{claim.value}") in entries
    }
    for record in episode_entries.of_series(connection, series.id):
        if record.item_id in by_id and record.entry in entries and (record.is_decided or record.item_id not in own):
            own[record.item_id] = record.entry
    return _plan(before, order, orders, own, by_id.values())


def planned_back(connection: Connection, series: MediaItem, order: str) -> OrderPlan:
    """The same without lists: what a number pointed to when the order was left. Of one that came since nothing tells
    which episode it is there: it has an item of its own."""
    before = numbers.numbering_of(connection, series.id, series.order)
    by_id = items.get_many(connection, before.items(), fields=())
    return _plan(before, order, {}, {item: f"item:{item}" for item in by_id}, by_id.values())


def planned_unread(connection: Connection, series: MediaItem, order: str) -> OrderPlan:
    """The same where the order was never read: the numbers point where they did until a run reads it."""
    before = numbers.numbering_of(connection, series.id, series.order)
    by_id = items.get_many(connection, before.items(), fields=())
    return OrderPlan(before, unread(before, order), _gone(by_id.values()))


def _plan(
    before: Numbering,
    order: str,
    orders: Mapping[str, EntryNumbers],
    own: Mapping[int, str],
    pointed: Iterable[MediaItem],
) -> OrderPlan:
    gone = _gone(pointed)
    return OrderPlan(before, in_order(before, order, orders, own, gone), gone)


def _gone(pointed: Iterable[MediaItem]) -> frozenset[int]:
    return frozenset(item.id for item in pointed if item.deleted_at is not None and not item.rests)


def point(connection: Connection, series: MediaItem, orders: Mapping[str, EntryNumbers], now: datetime) -> None:
    """Have the numbers point to what they mean in the order of a series, now that it is read."""
    plan = planned(connection, series, series.order, orders)
    _Reordering(connection, series, plan, now).do()
    items.put_fingerprints(connection, {series.id: ""})
    log.info("series_pointed", series=series.id, order=series.order, moved=len(plan.moved()), new=plan.created())


def reorder(
    connection: Connection,
    series: MediaItem,
    plan: OrderPlan,
    *,
    now: datetime,
    sync_fields: Collection[str],
    cause: str = CAUSE,
    group_id: int = 0,
) -> ChangeSet:
    """Do what is planned, within the caller's transaction. Returns the change-set that records it."""
    _Reordering(connection, series, plan, now).do()
    withdraw(connection, series.id)
    saved = items.save(connection, series, replace(series, numbering=_stored(plan.after.order), fingerprint=""))
    log.info("series_reordered", series=saved.id, order=saved.order, moved=len(plan.moved()), new=plan.created())
    change_set = ChangeSet(
        item_id=saved.id,
        at=now,
        cause=cause,
        old_numbering=series.order,
        new_numbering=saved.order,
        group_id=group_id,
    )
    return publish(connection, change_set, sync_fields)


def reorder_back(
    connection: Connection,
    series: MediaItem,
    change_set: ChangeSet,
    *,
    now: datetime,
    sync_fields: Collection[str],
    cause: str,
    group_id: int,
) -> ChangeSet:
    """Take back what a change-set records of an order. Raises CannotDo where it was changed again since."""
    if series.order != change_set.new_numbering:
        raise CannotDo(f"the order of {series.shown_title()!r} was changed again since", reason="ORDER_MOVED")
    plan = planned_back(connection, series, change_set.old_numbering)
    return reorder(connection, series, plan, now=now, sync_fields=sync_fields, cause=cause, group_id=group_id)


class _Reordering:
    """One change of an order, within its transaction."""

    def __init__(self, connection: Connection, series: MediaItem, plan: OrderPlan, now: datetime) -> None:
        self._connection = connection
        self._series = series
        self._plan = plan
        self._now = now
        self._items = items.get_many(connection, plan.before.items())

    def do(self) -> None:
        """Point the numbers to other items, and have stand where they are to be shown what they point to."""
        connection, plan = self._connection, self._plan
        seasons, left = self._seasons()
        shown = self._shown()
        made = {item: self._new(number, seasons).id for item, number in shown.items() if item < 0}
        resting = plan.resting()
        self._place({item: number for item, number in shown.items() if item > 0}, seasons, resting)
        self._repoint_entries(made, left)
        items.soft_delete(connection, [*resting, *left.keys() - left.values()], self._now, by=RESTING)
        numbers.write(connection, self._series.id, plan.before, _named(plan.after, made))
        self._renumber_entries(shown)

    def _seasons(self) -> tuple[dict[int, int], dict[int, int]]:
        """By number the season of the order that is to be; and by season of the order before the one in its place. They
        are not the same: what is told of the second season is told of other episodes."""
        children = items.get_many(self._connection, items.children(self._connection, self._series.id))
        before = {
            number: each
            for each in children.values()
            if each.deleted_at is None and (number := each.place().season) is not None
        }
        wanted = before.keys() | {season for season, _ in self._plan.after.library}
        seasons = {number: self._season(number, before.get(number)) for number in sorted(wanted)}
        return seasons, {each.id: seasons[number] for number, each in before.items()}

    def _season(self, number: int, before: MediaItem | None) -> int:
        order = self._plan.after.order
        season_id = items.find_season(self._connection, self._series.id, number, order)
        if season_id is not None:
            items.revive(self._connection, season_id)
            return season_id
        season = MediaItem(
            kind=Kind.SEASON,
            title=season_words(number),
            parent_id=self._series.id,
            numbering=_stored(order),
            origin=before.origin if before else self._series.origin,
            monitored=before.monitored if before else self._series.monitored,
            added_at=self._now,
            fields=_place(before, season=number),
        )
        return items.add(self._connection, season).id

    def _shown(self) -> dict[int, Number]:
        """By item the number that it is to be shown at: of several the one at which it is shown now."""
        shown: dict[int, Number] = {}
        for number, item in sorted(self._plan.after.library.items()):
            if item not in shown or (item > 0 and place_of(self._items[item]) == number):
                shown[item] = number
        return {item: number for item, number in shown.items() if item not in self._plan.gone}

    def _new(self, number: Number, seasons: Mapping[int, int]) -> MediaItem:
        """An item for a number that points to no episode that is known."""
        before = self._items[self._plan.before.library[number]]
        episode = MediaItem(
            kind=Kind.EPISODE,
            parent_id=seasons[number[0]],
            origin=before.origin,
            monitored=before.monitored,
            added_at=self._now,
            fields=self._place_at(number),
        )
        return items.add(self._connection, episode)

    def _place(self, shown: Mapping[int, Number], seasons: Mapping[int, int], resting: Collection[int]) -> None:
        for item in shown:
            if self._items[item].rests:
                items.revive(self._connection, item)
        now = items.get_many(self._connection, [*shown, *resting])
        after = {item: now[item] for item in now}
        for item, number in shown.items():
            fields = _without_place(now[item].fields, self._place_at(number))
            after[item] = replace(now[item], parent_id=seasons[number[0]], fields=fields)
        for item in resting:
            after[item] = replace(now[item], fields=_without_place(now[item].fields, {}))
        items.save_all(self._connection, [(now[item], after[item]) for item in now if after[item] != now[item]])

    def _place_at(self, number: Number) -> dict[str, FieldValue]:
        """The fields of an item that is shown at a number: as whoever said it of the item that was there."""
        was = self._items.get(self._plan.before.library.get(number, 0))
        return _place(was if was is not None and place_of(was) == number else None, *number)

    def _repoint_entries(self, made: Mapping[int, int], left: Mapping[int, int]) -> None:
        """Have the entries of players that go by a number, and those of seasons, be what is there now."""
        moved = dict(left)
        pointed = {(was, number): made.get(now, now) for number, (was, now) in self._plan.moved().items()}
        entries: dict[int, int] = {}
        for entry in player_entries.numbered(self._connection, {*left, *(was for was, _ in pointed)}):
            if entry.item_id in moved:
                if moved[entry.item_id] != entry.item_id:
                    entries[entry.id] = moved[entry.item_id]
                continue
            shown = place_of(self._items[entry.item_id])
            number = shown if entry.season is None or entry.number is None else (entry.season, entry.number)
            if number is not None and (entry.item_id, number) in pointed:
                entries[entry.id] = pointed[entry.item_id, number]
        player_entries.repoint(self._connection, entries)

    def _renumber_entries(self, shown: Mapping[int, Number]) -> None:
        """Have what was found to be an episode stand under its new number, as it did under the one before."""
        before = episode_entries.of_series(self._connection, self._series.id)
        after = [
            replace(each, made_for=shown[each.item_id])
            if each.item_id is not None and each.item_id in shown and self._was_found_at(each, each.item_id)
            else each
            for each in before
        ]
        episode_entries.write(self._connection, self._series.id, before, after)

    def _was_found_at(self, record: KnownEntry, item_id: int) -> bool:
        item = self._items[item_id]
        return record.made_for is not None and (item.rests or record.made_for == place_of(item))


def _stored(order: str) -> str:
    """An order as items have it."""
    return "" if order == AIRED else order


def _named(numbering: Numbering, made: Mapping[int, int]) -> Numbering:
    """With the ids of the items that were made."""
    return replace(
        numbering,
        library={number: made.get(item, item) for number, item in numbering.library.items()},
        remembered={
            order: {number: made.get(item, item) for number, item in pointers.items()}
            for order, pointers in numbering.remembered.items()
        },
    )


def _place(was: MediaItem | None, season: int, episode: int | None = None) -> dict[str, FieldValue]:
    """The fields of a place: those of the item that was there, else as files say them."""
    said = FieldValue(sources=(REPORTERS[0],), rule=Rule.REPORTED)
    place = {name: replace(stored, locked=False) for name, stored in was.fields.items() if name in PLACE} if was else {}
    own = {"season_number": replace(said, value=season)}
    if episode is not None:
        own["episode_number"] = replace(said, value=episode)
    return own | place


def _without_place(fields: Mapping[str, FieldValue], place: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """The fields with another place; what the owner locked there stays."""
    kept = {name: stored for name, stored in fields.items() if name not in PLACE or stored.locked}
    return {**place, **kept}
