"""What the owner decided about a series as a whole, to be taken to another library: its order, and which entry is which
episode."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from metarr.domain.entries import KnownEntry, PairState, place_of
from metarr.domain.item import MediaItem
from metarr.domain.numbering import AIRED, Number
from metarr.domain.values import Kind
from metarr.library import reorder
from metarr.library.pairings import with_decision
from metarr.library.reorder import OrderPlan
from metarr.store import episode_entries, items, numbers
from metarr.store.database import Connection


@dataclass(frozen=True)
class DecidedEntry:
    """Which episode an entry is, by the number that its file bears; None: none of the library's."""

    provider: str
    entry: str
    number: Number | None


@dataclass(frozen=True)
class SeriesDecisions:
    """What of that is not so yet: "" for an order that is chosen already. `unplaced`: entries of which the episode is
    not there."""

    order: str = ""
    entries: tuple[tuple[KnownEntry, MediaItem | None], ...] = ()
    unplaced: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.order or self.entries)


def entries(connection: Connection, series: MediaItem) -> list[DecidedEntry]:
    """What the owner said of the entries of a series."""
    if series.kind is not Kind.SERIES:
        return []
    records = [each for each in episode_entries.of_series(connection, series.id) if each.is_decided]
    by_id = items.get_many(connection, [each.item_id for each in records if each.item_id is not None])
    return [
        DecidedEntry(each.provider, each.entry, None if each.item_id is None else place_of(by_id[each.item_id]))
        for each in records
        if each.item_id is None or (each.item_id in by_id and not by_id[each.item_id].rests)
    ]


def missing(connection: Connection, series: MediaItem, order: str, wanted: Sequence[DecidedEntry]) -> SeriesDecisions:
    """What of these decisions a series does not have yet; `order` "": nothing is said of it."""
    if not order and not wanted:
        return SeriesDecisions()
    records = {each.key: each for each in episode_entries.of_series(connection, series.id)}
    places = numbers.numbering_of(connection, series.id, series.order).library
    by_id = items.get_many(connection, places.values())
    differs, unplaced = list[tuple[KnownEntry, MediaItem | None]](), list[str]()
    for each in wanted:
        item = None if each.number is None else by_id.get(places.get(each.number, 0))
        if each.number is not None and (item is None or item.deleted_at is not None):
            unplaced.append(each.entry)
            continue
        bare = KnownEntry(provider=each.provider, entry=each.entry, state=PairState.OPEN)
        record = records.get(bare.key, bare)
        if not record.is_decided or record.item_id != (None if item is None else item.id):
            differs.append((record, item))
    return SeriesDecisions(order if order != series.order else "", tuple(differs), tuple(unplaced))


def take(
    connection: Connection,
    series: MediaItem,
    order: str,
    wanted: Sequence[DecidedEntry],
    *,
    now: datetime,
    sync_fields: Collection[str],
) -> None:
    """Have a series as decided. An order that is not known here is read by the next run, which points the numbers."""
    decisions = missing(connection, series, order, wanted)
    if decisions.order:
        plan = _planned(connection, series, order)
        reorder.reorder(connection, series, plan, now=now, sync_fields=sync_fields)
        decisions = missing(connection, series, order, wanted)  # the numbers may mean others now
    if decisions.entries:
        before = episode_entries.of_series(connection, series.id)
        after = before
        for record, item in decisions.entries:
            after = with_decision(after, record, item)
        episode_entries.write(connection, series.id, before, after)
        items.put_fingerprints(connection, {series.id: ""})


def _planned(connection: Connection, series: MediaItem, order: str) -> OrderPlan:
    if order in {AIRED, *numbers.numbering_of(connection, series.id, series.order).remembered}:
        return reorder.planned(connection, series, order, {})
    return reorder.planned_unread(connection, series, order)
