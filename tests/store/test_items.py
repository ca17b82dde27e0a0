from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, text

from factories import NOW, item, stored
from metarr.domain.model import IdClaim, Kind, MediaItem, Rule, Veto
from metarr.errors import InvalidInput, VersionMoved
from metarr.store import items, pending
from metarr.store.database import Database
from strategies import items as any_items

VETO = Veto(field="plot", provider="tmdb", value="x")


@given(any_items())
def test_an_item_comes_back_as_it_was_added(shared: Database, new: MediaItem) -> None:
    with shared.read() as connection:
        added = items.add(connection, new)
        assert items.get(connection, added.id) == added == replace(new, id=added.id, version=1)


@given(any_items(), any_items())
def test_saving_any_item_over_any_other_leaves_exactly_the_new_one(
    shared: Database, old: MediaItem, new: MediaItem
) -> None:
    with shared.read() as connection:
        added = items.add(connection, old)
        saved = items.save(connection, added, new)
        assert items.get(connection, added.id) == saved == replace(new, id=added.id, version=2)


def test_an_unknown_item_is_none_and_left_out_of_many(connection: Connection) -> None:
    known = items.add(connection, item(title="Heat"))
    assert items.get(connection, 999) is None
    assert items.get_many(connection, [999, known.id]) == {known.id: known}


def test_many_items_come_in_the_order_asked_for_beyond_one_statement(connection: Connection) -> None:
    added = [items.add(connection, item(title=f"T{number}")).id for number in range(items.CHUNK + 5)]
    wanted = added[::-1]
    assert list(items.get_many(connection, wanted)) == wanted


def test_a_save_against_an_old_version_is_refused_and_writes_nothing(connection: Connection) -> None:
    read = items.add(connection, item(fields={"plot": stored("old")}))
    newer = items.save(connection, read, replace(read, fields={"plot": stored("newer")}))
    with pytest.raises(VersionMoved):
        items.save(connection, read, replace(read, fields={"plot": stored("late")}, ids={"imdb": IdClaim(value="tt1")}))
    assert items.get(connection, read.id) == newer


@given(st.lists(st.tuples(any_items(), any_items()), max_size=4))
def test_saving_many_items_leaves_what_saving_each_of_them_leaves(
    shared: Database, pairs: list[tuple[MediaItem, MediaItem]]
) -> None:
    with shared.read() as connection:
        # No ids: two of these items may not have the same.
        added = [(items.add(connection, replace(old, ids={})), replace(new, ids={})) for old, new in pairs]
        saved = items.save_all(connection, added)
        assert saved == [replace(new, id=old.id, version=2) for old, new in added]
        assert items.get_many(connection, [item.id for item in saved]) == {item.id: item for item in saved}


def test_many_items_are_not_saved_where_one_of_them_was_changed_since_it_was_read(connection: Connection) -> None:
    one, two = items.add(connection, item()), items.add(connection, item())
    items.save(connection, two, replace(two, title="Newer"))
    with pytest.raises(VersionMoved):
        items.save_all(connection, [(one, replace(one, title="A")), (two, replace(two, title="B"))])


def test_a_fingerprint_is_put_without_anything_else(connection: Connection) -> None:
    one, two = items.add(connection, item(fingerprint="old")), items.add(connection, item(fingerprint="old"))
    items.put_fingerprints(connection, {})
    items.put_fingerprints(connection, {one.id: "new"})
    assert items.get_many(connection, [one.id, two.id]) == {one.id: replace(one, fingerprint="new"), two.id: two}


def test_versions_are_told_of_live_items_only(connection: Connection) -> None:
    one, two = items.add(connection, item()), items.add(connection, item())
    items.save(connection, one, replace(one, title="Heat"))
    items.soft_delete(connection, [two.id], NOW)
    assert items.versions(connection, [one.id, two.id, 999]) == {one.id: 2}


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
    assert items.page(connection, title_contains="fabuleux") == [replace(listed, version=2)]


def test_items_are_found_by_the_rule_that_chose_a_value(connection: Connection) -> None:
    outside = items.add(connection, item(fields={"plot": stored("x", rule=Rule.OUTSIDE), "title": stored("y")}))
    other = items.add(connection, item(fields={"plot": stored("x")}))
    assert items.having_rule(connection, [outside.id, other.id, 999], Rule.OUTSIDE) == {outside.id}
    assert items.having_rule(connection, [other.id], Rule.OUTSIDE) == set()


def test_a_save_writes_only_the_fields_that_differ(connection: Connection) -> None:
    read = items.add(connection, item(fields={"plot": stored("old"), "tagline": stored("as it was")}))
    connection.execute(text("UPDATE field_values SET source = 'untouched' WHERE field = 'tagline'"))
    items.save(connection, read, replace(read, fields={**read.fields, "plot": stored("new")}))
    after = items.get(connection, read.id)
    assert after is not None
    assert (after.fields["plot"].value, after.fields["tagline"].source) == ("new", "untouched")


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


def test_ids_are_never_given_twice(connection: Connection) -> None:
    first = items.add(connection, item())
    connection.execute(text("DELETE FROM items"))
    assert items.add(connection, item()).id > first.id


# External ids


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
        "INSERT INTO external_ids (item_id, type, value, kind, source, alias, live) "
        "VALUES ({}, 'imdb', 'tt1', 'movie', 'x', false, true)"
    )
    with database.begin() as connection:
        first, second = items.add(connection, item()), items.add(connection, item())
        connection.execute(text(row.format(first.id)))
        with pytest.raises(Exception, match=r"(?i)unique"):
            connection.execute(text(row.format(second.id)))


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
    assert items.get(connection, survivor.id) == survivor
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


# Lists


def titles(page: list[items.ItemHead]) -> list[str]:
    return [head.title for head in page]


def test_lists_are_sorted_without_regard_to_case_accents_and_articles(connection: Connection) -> None:
    for title in ("Zodiac", "The Matrix", "élan", "A Beautiful Mind", "Brazil", "the"):
        items.add(connection, item(title=title))
    assert titles(items.page(connection)) == ["A Beautiful Mind", "Brazil", "élan", "The Matrix", "the", "Zodiac"]


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
        after = (page[-1].sort_key, page[-1].id)
    assert len(seen) == len(set(seen)) == items.count(connection) == 11


def test_what_is_shown_is_the_field_and_else_what_the_item_was_added_with(connection: Connection) -> None:
    bare = items.add(connection, item(title="matrix", year=1998))
    items.add(
        connection,
        item(title="heat.1995.mkv", year=1900, fields={"title": stored("Heat"), "release_date": stored("1995-12-15")}),
    )
    heat, matrix = items.page(connection)
    assert (heat.title, heat.year, heat.released) == ("Heat", 1995, "1995-12-15")
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
    assert len(items.page(connection, title_contains=words)) == items.count(connection, title_contains=words) == found


def test_lists_keep_to_the_kind_the_parent_and_the_living(connection: Connection) -> None:
    series = items.add(connection, item(Kind.SERIES, title="Dark", ids={"tvdb": "1"}))
    season = items.add(connection, item(Kind.SEASON, title="Season 1", parent_id=series.id))
    gone = items.add(connection, item(title="Gone"))
    items.soft_delete(connection, [gone.id], NOW)
    assert titles(items.page(connection)) == ["Dark", "Season 1"]
    assert titles(items.page(connection, kind=Kind.SERIES)) == ["Dark"]
    assert titles(items.page(connection, parent_id=series.id)) == ["Season 1"]
    assert items.page(connection, kind=Kind.SERIES)[0].ids == {"tvdb": IdClaim(value="1")}
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


# Locks from above, deletion


def family(connection: Connection) -> tuple[MediaItem, MediaItem, MediaItem]:
    series = items.add(connection, item(Kind.SERIES, title="Dark", fields={"plot": stored("p", locked=True)}))
    season = items.add(connection, item(Kind.SEASON, parent_id=series.id, fields={"poster": stored(None, locked=True)}))
    episode = items.add(connection, item(Kind.EPISODE, parent_id=season.id, fields={"title": stored("t", locked=True)}))
    return series, season, episode


def test_locks_are_inherited_from_every_level_above(connection: Connection) -> None:
    series, season, episode = family(connection)
    read = items.get_many(connection, [series.id, season.id, episode.id])
    assert read[series.id].parent_locked == frozenset()
    assert read[season.id].parent_locked == {"plot"}
    assert read[episode.id].parent_locked == {"plot", "poster"}


def test_deleting_a_series_deletes_what_is_below_it_and_frees_its_ids(connection: Connection) -> None:
    series, season, episode = family(connection)
    other = items.add(connection, item(ids={"imdb": "tt1"}))
    pending.set_for_item(connection, season.id, {"tmdb": pending.Pending(reason="error", since=NOW, not_before=NOW)})
    assert sorted(items.soft_delete(connection, [series.id, other.id], NOW)) == [
        series.id,
        season.id,
        episode.id,
        other.id,
    ]
    assert items.soft_delete(connection, [series.id], NOW + timedelta(days=1)) == []
    assert items.page(connection) == []
    assert pending.of_items(connection, [season.id]) == {}
    deleted = items.get(connection, other.id)
    assert deleted is not None
    assert (deleted.deleted_at, deleted.version) == (NOW, 2)
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1") == []
    again = items.add(connection, item(ids={"imdb": "tt1"}))
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1", deleted=True) == [again.id, other.id]
    assert items.find_by_ids(connection, Kind.MOVIE, {"imdb": "tt1"}, deleted=True) == {"imdb": again.id}


def test_a_deleted_item_can_be_revived_unless_its_id_went_to_another(connection: Connection) -> None:
    first = items.add(connection, item(ids={"imdb": "tt1"}))
    items.soft_delete(connection, [first.id], NOW)
    items.revive(connection, first.id)
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1") == [first.id]
    assert items.count(connection) == 1
    items.soft_delete(connection, [first.id], NOW)
    items.add(connection, item(ids={"imdb": "tt1"}))
    with pytest.raises(InvalidInput, match="tt1"):
        items.revive(connection, first.id)


def test_clearing_a_fingerprint_makes_a_running_merge_repeat(connection: Connection) -> None:
    read = items.add(connection, item(fingerprint="same"))
    items.clear_fingerprints(connection, [read.id])
    now = items.get(connection, read.id)
    assert now is not None
    assert now.fingerprint == ""
    with pytest.raises(VersionMoved):
        items.save(connection, read, read)


def test_vetoes_go_when_they_are_gone_from_the_item(connection: Connection) -> None:
    veto = Veto(field="plot", provider="tmdb", value="x")
    read = items.add(connection, item(vetoes=(veto, replace(veto, provider="omdb"))))
    saved = items.save(connection, read, replace(read, vetoes=(replace(veto, provider="omdb"),)))
    assert items.get(connection, read.id) == saved
