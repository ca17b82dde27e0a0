"""The orders in which the episodes of a series are listed, and choosing one."""

from collections.abc import Mapping
from dataclasses import dataclass

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.item import MediaItem
from metarr.domain.numbering import AIRED, EntryNumbers, Number, is_order
from metarr.errors import InvalidInput, Violation
from metarr.library import reorder
from metarr.library.listings import Holding, Lister, Listings, SeriesFacts
from metarr.library.pairings import find_series
from metarr.library.reference import Reference
from metarr.library.reorder import OrderPlan
from metarr.store import items
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database


@dataclass(frozen=True)
class ListedOrder:
    """An order that the episodes of a series have. `title`: what its provider calls it, "" where its name says it.
    `seasons`, `episodes`: how many are listed in it, 0 where that was not heard yet; `numbers`: how many of the numbers
    of files it has."""

    name: str
    title: str = ""
    seasons: int = 0
    episodes: int = 0
    numbers: int = 0


@dataclass(frozen=True)
class MovedNumber:
    """A number that means another episode: the item that it pointed to, and the one that it points to; None: a new one.
    `entry`: the entry of that number in the order, "" where it has none."""

    number: Number
    was: MediaItem
    now: MediaItem | None
    entry: str = ""


@dataclass(frozen=True)
class Reordered:
    """What came of it, or would: `resting`: episodes that a file was and no file is any more. `change_set` None: the
    order was chosen already, or it is only looked at. `unread`: what is in it is not known yet; the next run of the
    series asks, and points the numbers then."""

    series: MediaItem
    order: str
    moved: tuple[MovedNumber, ...] = ()
    created: int = 0
    resting: int = 0
    change_set: ChangeSet | None = None
    unread: bool = False


@dataclass(frozen=True)
class _CachedSeries:
    """What is known of a series without asking anybody."""

    series: MediaItem
    holding: Holding
    facts: SeriesFacts
    listings: Listings

    def orders(self) -> Mapping[str, EntryNumbers]:
        return self.listings.orders()

    def names(self) -> tuple[str, ...]:
        """The orders that may be chosen."""
        listed = {order for orders in self.facts.orders.values() for order in orders}
        names = {AIRED, self.series.order} | self.holding.numbering.remembered.keys() | listed
        return tuple(sorted(names, key=lambda order: (order != AIRED, order)))


class SeriesOrders:
    """The orders of the series of the library."""

    def __init__(self, database: Database, lister: Lister, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._lister = lister
        self._config = config
        self._clock = clock

    def listed(self, reference: Reference) -> tuple[MediaItem, tuple[ListedOrder, ...]]:
        """The series, and the orders that may be chosen. Raises NoSuchThing; InvalidInput for what is no series."""
        heard = self._heard(reference)
        numbers = heard.holding.numbering.library
        orders = heard.orders()
        titles = heard.facts.order_titles
        return heard.series, tuple(
            _listed(name, titles.get(name, ""), orders.get(name, {}), numbers) for name in heard.names()
        )

    def choose(self, reference: Reference, order: str, *, dry_run: bool) -> Reordered:
        """Have the files of a series go by another order; `dry_run`: only tell what that would do.

        Raises NoSuchThing; InvalidInput for what is no series, and for an order that nobody lists.
        """
        heard = self._heard(reference)
        if order not in heard.names():
            listed = ", ".join(heard.names())
            why = "nobody lists such an order of this series" if is_order(order) else "is no name of an order"
            raise InvalidInput(Violation("order", f"{order[:60]!r}: {why}, as far as is known; listed: {listed}"))
        if dry_run:
            with self._database.read() as connection:
                series = find_series(connection, heard.series.id, "item_id")
                plan = _planned(connection, series, order, heard)
                return _reordered(connection, series, plan, heard.orders(), None)
        sync_fields = self._config.read().sync_fields
        with self._database.begin_durably() as connection:
            series = find_series(connection, heard.series.id, "item_id")
            plan = _planned(connection, series, order, heard)
            if order == series.order:
                return Reordered(series, order)
            done = reorder.reorder(connection, series, plan, now=self._clock.now(), sync_fields=sync_fields)
            return _reordered(connection, find_series(connection, series.id, "item_id"), plan, heard.orders(), done)

    def _heard(self, reference: Reference) -> _CachedSeries:
        with self._database.read() as connection:
            series = find_series(connection, reference, "item_id")
        holding, facts, listings = self._lister.heard(series, self._config.read())
        return _CachedSeries(series, holding, facts, listings)


def _planned(connection: Connection, series: MediaItem, order: str, heard: _CachedSeries) -> OrderPlan:
    if order in heard.orders() or order in heard.holding.numbering.remembered:
        return reorder.planned(connection, series, order, heard.orders())
    return reorder.planned_unread(connection, series, order)


def _listed(name: str, title: str, numbered: EntryNumbers, library: Mapping[Number, int]) -> ListedOrder:
    return ListedOrder(
        name=name,
        title=title,
        seasons=len({season for season, _ in numbered}),
        episodes=len(numbered),
        numbers=len(numbered.keys() & library.keys()),
    )


def _reordered(
    connection: Connection,
    series: MediaItem,
    plan: OrderPlan,
    orders: Mapping[str, EntryNumbers],
    change_set: ChangeSet | None,
) -> Reordered:
    moved = plan.moved()
    by_id = items.get_many(connection, {item for pair in moved.values() for item in pair if item > 0})
    numbered = orders.get(plan.after.order, {})
    return Reordered(
        series=series,
        order=plan.after.order,
        moved=tuple(
            MovedNumber(number, by_id[was], by_id.get(now), numbered.get(number, ""))
            for number, (was, now) in moved.items()
        ),
        created=plan.created(),
        resting=len(plan.resting()),
        change_set=change_set,
        unread=not plan.after.is_pointed,
    )
