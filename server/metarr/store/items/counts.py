"""How many items there are, told fast of large libraries: nothing is counted that an index does not hold alone, and
where most items count, those that do not are taken off."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, false, func, select, true

from metarr.domain.values import Kind, Struct
from metarr.store.tables import items


class Stock(Struct, frozen=True, kw_only=True):
    """How many items of a kind there are that are not deleted, how many of them are monitored, and how many of these
    were never enriched."""

    live: int = 0
    monitored: int = 0
    untouched: int = 0

    def __add__(self, other: "Stock") -> "Stock":
        return Stock(
            live=self.live + other.live,
            monitored=self.monitored + other.monitored,
            untouched=self.untouched + other.untouched,
        )


def stock(connection: Connection) -> dict[Kind, Stock]:
    """By kind. Of 50,000 items it takes three milliseconds."""
    everything, deleted, unmonitored, untouched = (_by_kind(connection, query) for query in _COUNTS)
    by_kind = {}
    for kind, count in everything.items():
        live = count - deleted.get(kind, 0)
        monitored = live - unmonitored.get(kind, 0)
        by_kind[Kind(kind)] = Stock(live=live, monitored=monitored, untouched=untouched.get(kind, 0))
    return by_kind


def total(stocks: Iterable[Stock]) -> Stock:
    return sum(stocks, Stock())


def _by_kind(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


_OF_KIND = select(items.c.kind, func.count()).group_by(items.c.kind)
_LIVE = items.c.deleted_at.is_(None)
_COUNTS = (
    _OF_KIND,
    _OF_KIND.where(items.c.deleted_at.is_not(None)),
    _OF_KIND.where(items.c.monitored == false(), _LIVE),
    _OF_KIND.where(items.c.monitored == true(), _LIVE, items.c.last_enriched_at.is_(None)),
)
