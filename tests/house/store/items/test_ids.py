"""External ids and aliases: whose they are, and that nobody else can have them."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, text

from factories import NOW, item
from metarr.domain.item import IdClaim
from metarr.domain.values import Kind
from metarr.errors import InvalidInput
from metarr.store import items
from metarr.store.database import Database


def test_two_live_items_of_a_kind_cannot_have_the_same_id(connection: Connection) -> None:
    first = items.add(connection, item(ids={"imdb": "tt1", "tmdb": "5"}))
    with pytest.raises(InvalidInput) as caught:
        items.add(connection, item(ids={"imdb": "tt1", "tvdb": "9"}))
    assert caught.value.reason == "ID_TAKEN"
    assert [violation.field for violation in caught.value.violations] == ["ids.imdb"]
    assert str(first.id) in str(caught.value)
    other = items.add(connection, item(ids={"imdb": "tt2"}))
    with pytest.raises(InvalidInput, match="tt1"):
        items.save(connection, other, replace(other, ids={"imdb": IdClaim(value="tt1")}))


def test_the_database_itself_refuses_an_id_twice(database: Database) -> None:
    row = (
        "INSERT INTO external_ids (item_id, type, value, kind, source, alias, live, identifies) "
        "VALUES ({}, 'imdb', 'tt1', 'movie', 'x', false, true, true)"
    )
    with database.begin() as connection:
        first, second = items.add(connection, item()), items.add(connection, item())
        connection.execute(text(row.format(first.id)))
        with pytest.raises(Exception, match=r"(?i)unique"):
            connection.execute(text(row.format(second.id)))


def test_what_identifies_no_title_may_be_at_several_and_notes_find_none(connection: Connection) -> None:
    shared = {"anidb": "1", "sonarr": "77", "home": "x"}
    first = items.add(connection, item(Kind.SERIES, ids={"tvdb": "5", **shared}))
    second = items.add(connection, item(Kind.SERIES, ids={"tvdb": "6", **shared}))
    assert items.find_by_ids(connection, Kind.SERIES, shared) == {}
    assert items.find_by_shared_ids(connection, Kind.SERIES, shared) == [first.id, second.id]
    assert items.find_by_shared_ids(connection, Kind.MOVIE, shared) == []
    assert sorted(items.find_by_id(connection, None, "anidb", "1")) == [first.id, second.id]
    assert items.find_by_id(connection, None, "sonarr", "77") == []
    assert items.get(connection, first.id) == first


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES])
@pytest.mark.parametrize(
    "ids", [{}, {"tvdb": "5"}, {"tvdb": "6"}, {"tmdb": "5"}, {"tvdb": "5", "imdb": "tt9"}, {"tvdb": "404"}]
)
def test_a_look_up_for_a_batch_finds_what_a_single_one_does(
    connection: Connection, ids: dict[str, str], kind: Kind, *, deleted: bool
) -> None:
    items.add(connection, item(Kind.MOVIE, ids={"tvdb": "5"}))
    items.add(connection, item(Kind.SERIES, ids={"tvdb": "5", "imdb": "tt9"}))
    for _ in range(2):
        gone = items.add(connection, item(Kind.MOVIE, ids={"tvdb": "6"}))
        items.soft_delete(connection, [gone.id], NOW)
    lookup = items.IdLookup(connection, ["5", "6", "tt9", "404"])
    assert lookup.find(kind, ids, deleted=deleted) == items.find_by_ids(connection, kind, ids, deleted=deleted)
    late = items.add(connection, item(kind, ids={"tvdb": "404"}), looked_up=True)
    lookup.written(["404"])
    assert lookup.find(kind, {"tvdb": "404"}, deleted=deleted) == {"tvdb": late.id}


def test_the_same_number_may_name_a_movie_and_a_series(connection: Connection) -> None:
    movie = items.add(connection, item(Kind.MOVIE, ids={"tvdb": "5"}))
    series = items.add(connection, item(Kind.SERIES, ids={"tvdb": "5"}))
    assert items.find_by_id(connection, Kind.MOVIE, "tvdb", "5") == [movie.id]
    assert sorted(items.find_by_id(connection, None, "tvdb", "5")) == [movie.id, series.id]
    assert items.find_by_ids(connection, Kind.SERIES, {"tvdb": "5", "imdb": "tt5"}) == {"tvdb": series.id}
    assert items.find_by_ids(connection, Kind.SERIES, {}) == {}


def test_ids_are_found_by_their_own_type_only(connection: Connection) -> None:
    one = items.add(connection, item(ids={"tmdb": "1", "tvdb": "2"}))
    two = items.add(connection, item(ids={"tmdb": "2", "tvdb": "1"}))
    assert items.find_by_ids(connection, Kind.MOVIE, {"tmdb": "1", "tvdb": "1"}) == {"tmdb": one.id, "tvdb": two.id}


def test_a_corrected_id_is_free_for_another_item(connection: Connection) -> None:
    wrong = items.add(connection, item(ids={"imdb": "tt1"}))
    items.save(connection, wrong, replace(wrong, ids={"imdb": IdClaim(value="tt2")}))
    right = items.add(connection, item(ids={"imdb": "tt1"}))
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1") == [right.id]


def test_an_alias_finds_its_item_without_being_its_id(connection: Connection) -> None:
    survivor = items.add(connection, item(ids={"imdb": "tt1"}))
    items.add_alias(connection, survivor, "imdb", "tt9", "owner")
    items.add_alias(connection, survivor, "imdb", "tt1", "owner")
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt9") == [survivor.id]
    assert items.get(connection, survivor.id) == replace(survivor, aliases=frozenset({"imdb:tt9"}))
    assert items.aliases(connection, survivor.id) == [("imdb", "tt9")]
    with pytest.raises(InvalidInput, match="tt9"):
        items.add(connection, item(ids={"imdb": "tt9"}))
    items.remove_alias(connection, survivor.id, "imdb", "tt9")
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt9") == []


def test_an_alias_becomes_the_id_when_it_is_saved_as_one(connection: Connection) -> None:
    survivor = items.add(connection, item())
    items.add_alias(connection, survivor, "imdb", "tt9", "owner")
    items.save(connection, survivor, replace(survivor, ids={"imdb": IdClaim(value="tt9")}))
    assert items.aliases(connection, survivor.id) == []
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt9") == [survivor.id]
