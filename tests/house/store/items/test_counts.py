"""How many items there are: by what an index holds, and the same as by looking at each."""

from itertools import product

from sqlalchemy import Connection

from factories import NOW, item
from metarr.domain.values import Kind
from metarr.store import items
from metarr.store.items import Stock


def test_they_are_counted_by_kind_without_those_that_do_not_count(connection: Connection) -> None:
    for kind, deleted, monitored, enriched in product(
        (Kind.MOVIE, Kind.SERIES), (None, NOW), (True, False), (NOW, None)
    ):
        for _ in range(3):
            new = item(kind=kind, title="x", deleted_at=deleted, monitored=monitored, last_enriched_at=enriched)
            items.add(connection, new)
    items.add(connection, item(kind=Kind.SEASON, title="y"))
    counted = items.stock(connection)
    assert counted[Kind.MOVIE] == counted[Kind.SERIES] == Stock(live=12, monitored=6, untouched=3)
    assert counted[Kind.SEASON].live == 1
    assert items.total(counted.values()).live == items.count(connection) == 25


def test_of_an_empty_library_there_are_none(connection: Connection) -> None:
    assert items.stock(connection) == {}
    assert items.total(()) == Stock()
