"""Items as they come back: whole, in part, and where something cannot be read."""

from msgspec.structs import replace
from sqlalchemy import Connection, text

from factories import item, stored
from metarr.domain.item import Rule, Veto
from metarr.store import items
from metarr.store.items import ItemFilter

VETO = Veto(field="plot", providers=("tmdb",), value="x")


def test_an_unknown_item_is_none_and_left_out_of_many(connection: Connection) -> None:
    known = items.add(connection, item(title="Heat"))
    assert items.get(connection, 999) is None
    assert items.get_many(connection, [999, known.id]) == {known.id: known}


def test_many_items_come_in_the_order_asked_for_beyond_one_statement(connection: Connection) -> None:
    added = [items.add(connection, item(title=f"T{number}")).id for number in range(items.CHUNK + 5)]
    wanted = added[::-1]
    assert list(items.get_many(connection, wanted)) == wanted


def test_an_item_may_be_read_with_some_fields_and_saved_as_if_it_had_been_read_whole(connection: Connection) -> None:
    named = {
        "title": "Amélie",
        "original_title": "Le Fabuleux Destin",
        "sort_title": "Am",
        "release_date": "2001-04-25",
    }
    values = {name: stored(value) for name, value in {**named, "plot": "old", "tagline": "stays"}.items()}
    whole = items.add(connection, item(title="amelie.mkv", fields=values, vetoes=(VETO,), ids={"imdb": "tt1"}))
    (listed,) = items.page(connection)
    part = items.get_many(connection, [whole.id, 999], ["plot"])[whole.id]
    assert part == replace(whole, fields={name: values[name] for name in (*named, "plot")})
    items.save(connection, part, replace(part, fields={**part.fields, "plot": stored("new")}))
    assert items.get(connection, whole.id) == replace(whole, fields={**values, "plot": stored("new")}, version=2)
    assert items.page(connection, ItemFilter(title_contains="fabuleux")) == [replace(listed, version=2)]


def test_items_are_found_by_the_rule_that_chose_a_value(connection: Connection) -> None:
    outside = items.add(connection, item(fields={"plot": stored("x", rule=Rule.OUTSIDE), "title": stored("y")}))
    other = items.add(connection, item(fields={"plot": stored("x")}))
    assert items.having_rule(connection, [outside.id, other.id, 999], Rule.OUTSIDE) == {outside.id}
    assert items.having_rule(connection, [other.id], Rule.OUTSIDE) == set()


def test_a_value_that_this_version_cannot_read_is_passed_over_and_survives_a_save(connection: Connection) -> None:
    read = items.add(connection, item(fields={"imdb_votes": stored(12), "plot": stored("x")}))
    connection.execute(text("UPDATE field_values SET value = '\"many\"' WHERE field = 'imdb_votes'"))
    connection.execute(text("UPDATE field_values SET field = 'field_of_tomorrow' WHERE field = 'plot'"))
    seen = items.get(connection, read.id)
    assert seen is not None
    assert seen.fields == {}
    items.save(connection, seen, replace(seen, fields={"tagline": stored("y")}))
    kept = set(connection.execute(text("SELECT field FROM field_values")).scalars())
    assert kept == {"imdb_votes", "field_of_tomorrow", "tagline"}
