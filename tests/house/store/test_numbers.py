"""What the numbers of a series point to, as it is stored."""

import pytest

from factories import item
from metarr.domain.numbering import LIBRARY, Numbering
from metarr.domain.values import Kind
from metarr.store import items, numbers
from metarr.store.database import Database


@pytest.fixture
def family(database: Database) -> list[int]:
    """Two series, and three episodes."""
    with database.begin() as connection:
        series = [items.add(connection, item(Kind.SERIES, title=name)).id for name in ("One", "Other")]
        below = items.add(connection, item(Kind.SEASON, parent_id=series[0])).id
        return [*series, *(items.add(connection, item(Kind.EPISODE, parent_id=below)).id for _ in range(3))]


def test_what_differs_is_written(database: Database, family: list[int]) -> None:
    series, _, a, b, c = family
    first = Numbering(library={(1, 1): a, (1, 2): b}, remembered={"dvd": {(1, 1): b, (1, 2): a}})
    second = Numbering(order="dvd", library={(1, 1): b, (1, 3): c}, remembered={"aired": {(1, 1): a}})
    with database.begin() as connection:
        numbers.write(connection, series, Numbering(), first)
        assert numbers.numbering_of(connection, series, "aired") == first
        numbers.write(connection, series, first, second)
        assert numbers.numbering_of(connection, series, "dvd") == second
        assert numbers.of_item(connection, b) == [(LIBRARY, (1, 1))]
        assert numbers.library_of(connection, [a, b, c]) == {b: [(1, 1)], c: [(1, 3)]}


def test_a_number_is_found_as_files_bear_it_then_as_the_order_has_it(database: Database, family: list[int]) -> None:
    series, other, a, b, c = family
    with database.begin() as connection:
        numbers.point(connection, series, LIBRARY, {(1, 1): a})
        numbers.point(connection, series, "dvd", {(1, 1): b, (1, 2): c})
        assert numbers.find(connection, series, "dvd", (1, 1)) == a
        assert numbers.find(connection, series, "dvd", (1, 2)) == c
        assert numbers.find(connection, series, "aired", (1, 2)) is None
        assert numbers.find(connection, other, "dvd", (1, 1)) is None


def test_numbers_move_with_what_they_point_to_unless_there_are_such(database: Database, family: list[int]) -> None:
    series, other, a, b, c = family
    with database.begin() as connection:
        numbers.point(connection, series, LIBRARY, {(1, 1): a, (1, 2): b})
        numbers.point(connection, other, LIBRARY, {(1, 2): c})
        numbers.move(connection, series, other, [a, b])
        assert numbers.numbering_of(connection, other, "aired").library == {(1, 1): a, (1, 2): c}
        assert numbers.numbering_of(connection, series, "aired").library == {(1, 2): b}


def test_they_go_with_their_items(database: Database, family: list[int]) -> None:
    series, _, a, *_ = family
    with database.begin() as connection:
        numbers.point(connection, series, LIBRARY, {(1, 1): a})
        connection.exec_driver_sql(f"DELETE FROM items WHERE id = {a}")
        assert numbers.numbering_of(connection, series, "aired").library == {}
