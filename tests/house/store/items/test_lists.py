"""Lists of items: sorted, searched, paged, and by id."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from factories import NOW, item, stored
from metarr.domain.item import IdClaim
from metarr.domain.values import Kind
from metarr.store import items
from metarr.store.database import Database
from metarr.store.items import ItemFilter, ItemOrder


def titles(page: list[items.ItemHead]) -> list[str]:
    return [head.title for head in page]


def test_lists_are_sorted_without_regard_to_case_accents_and_articles(connection: Connection) -> None:
    for title in ("Zodiac", "The Matrix", "élan", "A Beautiful Mind", "Brazil", "the"):
        items.add(connection, item(title=title))
    assert titles(items.page(connection)) == ["A Beautiful Mind", "Brazil", "élan", "The Matrix", "the", "Zodiac"]


def test_numbers_are_sorted_by_what_they_count(connection: Connection) -> None:
    wanted = [
        *("2,0", "7 Days", "The 8th Day", "12 Angry Men", "101 Dalmatians", "20,000 Leagues", "9" * 12),
        *("M1", "Movie", "Movie 2", "Movie 2 Part 3", "Movie 2 Part 10", "Movie 10", "Movie 010: Again"),
        *("Se7en", "Se10en"),
    ]
    for title in reversed(wanted):
        items.add(connection, item(title=title))
    assert titles(items.page(connection)) == wanted


def test_a_title_of_nothing_but_numbers_stays_short_enough_for_an_index(connection: Connection) -> None:
    title = "1 " * 245
    items.add(connection, item(title=title))
    assert len(items.page(connection)[0].sort_key) < len(title) + 50


def test_the_sort_title_goes_before_the_title(connection: Connection) -> None:
    items.add(connection, item(title="Zorro", fields={"sort_title": stored("AAA")}))
    items.add(connection, item(title="Brazil"))
    assert titles(items.page(connection)) == ["Zorro", "Brazil"]


def test_pages_show_every_item_once_even_those_with_the_same_title(connection: Connection) -> None:
    for number in range(11):
        items.add(connection, item(title=f"Same {number % 2}"))
    seen: list[int] = []
    after = None
    while page := items.page(connection, after=after, limit=3):
        seen += [head.id for head in page]
        after = items.position(page[-1], ItemOrder.TITLE)
    assert len(seen) == len(set(seen)) == items.count(connection) == 11


def test_what_is_shown_is_the_field_and_else_what_the_item_was_added_with(connection: Connection) -> None:
    bare = items.add(connection, item(title="matrix", year=1998))
    said = {"title": stored("Heat"), "year": stored(1995), "release_date": stored("1996-02-15")}
    items.add(connection, item(title="heat.1995.mkv", year=1900, fields=said))
    heat, matrix = items.page(connection)
    assert (heat.title, heat.year, heat.released) == ("Heat", 1995, "1996-02-15")
    assert (matrix.title, matrix.year, matrix.released) == ("matrix", 1998, "")
    items.save(connection, bare, replace(bare, fields={"title": stored("The Matrix")}))
    assert titles(items.page(connection)) == ["Heat", "The Matrix"]


@pytest.mark.parametrize(
    ("words", "found"),
    [("amelie", 1), ("AMÉLIE", 1), ("fabuleux", 1), ("given", 1), ("%", 0), ("_", 0), ("the fa", 0), ("", 2)],
)
def test_titles_are_searched_by_any_name_the_item_goes_by(connection: Connection, words: str, found: int) -> None:
    names = {"title": stored("Amélie"), "original_title": stored("Le Fabuleux Destin d'Amélie Poulain")}
    items.add(connection, item(title="Given", fields=names))
    items.add(connection, item(title="Heat"))
    fits = ItemFilter(title_contains=words)
    assert len(items.page(connection, fits)) == items.count(connection, fits) == found


def test_lists_keep_to_the_kind_the_parent_and_the_living(connection: Connection) -> None:
    series = items.add(connection, item(Kind.SERIES, title="Dark", ids={"tvdb": "1"}))
    season = items.add(connection, item(Kind.SEASON, title="Season 1", parent_id=series.id))
    gone = items.add(connection, item(title="Gone"))
    items.soft_delete(connection, [gone.id], NOW)
    assert titles(items.page(connection)) == ["Dark", "Season 1"]
    assert titles(items.page(connection, ItemFilter(kind=Kind.SERIES))) == ["Dark"]
    assert titles(items.page(connection, parent_id=series.id)) == ["Season 1"]
    assert items.page(connection, ItemFilter(kind=Kind.SERIES))[0].ids == {"tvdb": IdClaim(value="1")}
    assert items.heads_of(connection, [season.id, gone.id, 999]).keys() == {season.id, gone.id}


def test_batches_by_id_pass_every_live_item_once_while_others_are_added(database: Database) -> None:
    with database.begin() as connection:
        ids = [items.add(connection, item(title=f"T{number}", monitored=number != 3)).id for number in range(10)]
        items.soft_delete(connection, [ids[5]], NOW)
    seen: list[int] = []
    while True:
        with database.read() as connection:
            batch = items.heads(connection, after_id=seen[-1] if seen else 0, limit=4)
        if not batch:
            break
        assert len(batch) <= 4
        seen += [head.id for head in batch]
        if len(seen) == 4:
            with database.begin() as connection:
                late = items.add(connection, item(title="late")).id
    assert seen == [number for number in ids if number != ids[5]] + [late]
