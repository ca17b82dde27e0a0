"""The owner's hand on the library, through the services."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from factories import source_of
from fakes import FakeClock
from harness import House
from metarr.domain.item import OWNER, FieldValue, MediaItem, Rule
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, NoSuchThing, VersionMoved
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from metarr.store import items
from metarr.store.items import ItemFilter
from scripted_providers import Scripted, scripted_house

IMDB = "tt0000001"
PROVIDERS = ("tmdb", "omdb")


@pytest.fixture
def made(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[House, dict[str, Scripted]]]:
    with scripted_house(tmp_path, clock, *PROVIDERS) as pair:
        yield pair


@pytest.fixture
def home(made: tuple[House, dict[str, Scripted]]) -> House:
    return made[0]


@pytest.fixture
def tmdb(made: tuple[House, dict[str, Scripted]]) -> Scripted:
    return made[1]["tmdb"]


def movie(home: House, tmdb: Scripted, **words: Any) -> int:
    """A movie of which TMDB says these words."""
    tmdb.words[IMDB] = words
    item_id = home.services.library.upsert([NewItem(Kind.MOVIE, "Given", ids={"imdb": IMDB})])[0].item.id
    home.enrich(item_id)
    return item_id


def edit(home: House, item_id: int, **what: Any) -> MediaItem:
    return home.services.editor.edit(item_id, Edit(**what)).item


def test_an_edit_locks_its_field_and_says_who_made_it(home: House, tmdb: Scripted, clock: FakeClock) -> None:
    item_id = movie(home, tmdb, plot="Theirs", tagline="Theirs")
    done = home.services.editor.edit(item_id, Edit(fields={"plot": " Mine ", "genres": ["Drama", "drama", "Crime"]}))
    mine = FieldValue(value="Mine", sources=(OWNER,), fetched_at=clock.now(), rule=Rule.OWNER, locked=True)
    assert home.item(item_id).fields["plot"] == mine
    assert home.item(item_id).fields["genres"].value == ("Drama", "Crime")
    assert done.change_set is not None
    assert (done.change_set.cause, done.change_set.sync_reason) == ("edit", "Changed: plot")
    assert [change.field for change in done.change_set.changes] == ["plot", "genres"]
    assert home.history(item_id)[0] == done.change_set
    assert done.item.fingerprint == ""
    tmdb.words[IMDB] = {"plot": "New", "tagline": "New"}
    clock.advance(8 * 86400)
    changed = home.enrich(item_id).changes
    assert [change.field for change in changed] == ["tagline"]


def test_null_empties_and_the_lock_keeps_it_empty(home: House, tmdb: Scripted, clock: FakeClock) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    emptied = edit(home, item_id, fields={"plot": None})
    assert (emptied.fields["plot"].value, emptied.fields["plot"].locked) == (None, True)
    clock.advance(8 * 86400)
    assert home.enrich(item_id).changes == ()
    edit(home, item_id, unlock=frozenset({"plot"}))
    assert "plot" not in home.item(item_id).fields
    assert home.enrich(item_id).item.fields["plot"].value == "Theirs"


def test_unlocking_leaves_the_value_until_the_next_enrichment(home: House, tmdb: Scripted) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    edit(home, item_id, fields={"plot": "Mine"})
    unlocked = edit(home, item_id, unlock=frozenset({"plot"})).fields["plot"]
    assert (unlocked.value, unlocked.locked) == ("Mine", False)
    assert home.enrich(item_id).item.fields["plot"].value == "Theirs"


def test_fields_are_locked_as_they_are_empty_or_not(home: House, tmdb: Scripted) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    locked = edit(home, item_id, lock=frozenset({"plot", "tagline"}))
    assert (locked.fields["plot"].value, source_of(locked.fields["plot"])) == ("Theirs", "tmdb")
    assert locked.fields["tagline"] == FieldValue(locked=True)
    tmdb.words[IMDB] = {"plot": "New", "tagline": "New"}
    assert home.enrich(item_id, force=True).changes == ()


def test_lock_all_takes_what_holds_a_value_and_unlock_all_takes_everything(home: House, tmdb: Scripted) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    edit(home, item_id, fields={"tagline": None}, lock_all=True)
    assert home.item(item_id).locked_fields() == {"title", "plot", "tagline"}
    edit(home, item_id, unlock_all=True)
    assert home.item(item_id).locked_fields() == frozenset()
    assert home.item(item_id).fields.keys() == {"title", "plot"}


def test_what_changes_nothing_writes_nothing(home: House, tmdb: Scripted, clock: FakeClock) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    edit(home, item_id, fields={"plot": "Mine"})
    before = home.rows()
    clock.advance(60)
    done = home.services.editor.edit(
        item_id, Edit(fields={"plot": "Mine"}, lock=frozenset({"plot"}), unlock=frozenset({"title"}), monitored=True)
    )
    assert done.change_set is None
    assert home.rows() == before


def test_monitored_is_switched_without_a_change_set(home: House, tmdb: Scripted) -> None:
    item_id = movie(home, tmdb)
    count = len(home.history(item_id))
    assert not edit(home, item_id, monitored=False).monitored
    assert not home.item(item_id).monitored
    assert len(home.history(item_id)) == count


def test_of_two_editors_that_read_the_same_the_second_is_refused(home: House, tmdb: Scripted) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    etag = str(home.item(item_id).version)
    edit(home, item_id, fields={"plot": "First"}, etag=etag)
    with pytest.raises(VersionMoved):
        edit(home, item_id, fields={"plot": "Second"}, etag=etag)
    assert home.item(item_id).fields["plot"].value == "First"
    edit(home, item_id, fields={"plot": "Second"}, etag=str(home.item(item_id).version))
    assert home.item(item_id).fields["plot"].value == "Second"


def test_of_many_editors_at_once_exactly_one_wins(home: House, tmdb: Scripted) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    etag = str(home.item(item_id).version)

    def attempt(number: int) -> str | None:
        try:
            return str(edit(home, item_id, fields={"plot": f"Of {number}"}, etag=etag).fields["plot"].value)
        except VersionMoved:
            return None

    with ThreadPoolExecutor(8) as editors:
        written = [plot for plot in editors.map(attempt, range(8)) if plot is not None]
    assert written == [home.item(item_id).fields["plot"].value]


def test_an_edit_while_the_providers_answer_is_not_lost(home: House, tmdb: Scripted, clock: FakeClock) -> None:
    item_id = movie(home, tmdb, plot="Theirs", tagline="Theirs")
    clock.advance(8 * 86400)
    tmdb.words[IMDB] = {"plot": "New", "tagline": "New"}
    details, edited = tmdb.details, []

    def slow(ask: Any, http: Any) -> Any:
        edited.append(edit(home, item_id, fields={"plot": "Mine"}, lock=frozenset({"tagline"})))
        return details(ask, http)

    tmdb.details = slow  # type: ignore[method-assign]
    enriched = home.enrich(item_id)
    assert len(edited) == 1
    assert enriched.changes == ()
    fields = home.item(item_id).fields
    assert (fields["plot"].value, fields["tagline"].value) == ("Mine", "Theirs")
    assert home.item(item_id).version > edited[0].version


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ({"fields": {"release_date": "1999-13-01"}}, "fields.release_date"),
        ({"fields": {"imdb_rating": 11}}, "fields.imdb_rating"),
        ({"fields": {"poster": [{"url": "http://art.example/1.jpg"}]}}, "fields.poster"),
        ({"fields": {"nothing": "x"}}, "fields.nothing"),
        ({"fields": {"networks": ["HBO"]}}, "fields.networks"),
        ({"lock": frozenset({"nothing"})}, "lock_fields.nothing"),
        ({"unlock": frozenset({"still"})}, "unlock_fields.still"),
        ({"fields": {"plot": "x"}, "unlock": frozenset({"plot"})}, "unlock_fields.plot"),
        ({"lock_all": True, "unlock_all": True}, "unlock_all"),
    ],
)
def test_every_fault_is_named_by_its_path_and_nothing_is_changed(
    home: House, tmdb: Scripted, what: dict[str, Any], path: str
) -> None:
    item_id = movie(home, tmdb, plot="Theirs")
    before = home.rows()
    fields = {"tagline": "good", "awards": 5, **what.get("fields", {})}
    with pytest.raises(InvalidInput) as refused:
        edit(home, item_id, **{**what, "fields": fields})
    assert {violation.field for violation in refused.value.violations} >= {path, "fields.awards"}
    assert home.rows() == before


def test_a_lock_on_a_series_has_its_episodes_merged_again(home: House) -> None:
    series = NewSeries("Show", ids={"imdb": IMDB})
    [taken] = home.services.library.upsert([NewItem(Kind.EPISODE, ids={"imdb": "tt0000002"}, series=series, season=1)])
    episode = taken.item.id
    home.enrich(episode)
    assert home.item(episode).fingerprint != ""
    home.services.editor.edit(("imdb", IMDB), Edit(lock=frozenset({"title"})))
    assert home.item(episode).fingerprint != "", "it ends at the series"
    home.services.editor.edit(("imdb", IMDB), Edit(lock_below=True))
    assert home.item(episode).fingerprint == ""
    assert home.item(episode).parent_locked == {"title"}
    home.services.editor.edit(("imdb", IMDB), Edit(unlock_all=True))
    home.services.editor.edit(("imdb", IMDB), Edit(lock=frozenset({"title"})))
    assert home.item(episode).parent_locked == frozenset(), "another lock does not reach as far"


def test_a_lock_on_a_film_reaches_nothing(home: House) -> None:
    movie = home.services.library.upsert([NewItem(Kind.MOVIE, "Heat", 1995)])[0].item.id
    with pytest.raises(InvalidInput) as refused:
        home.services.editor.edit(movie, Edit(lock=frozenset({"plot"}), lock_below=True))
    assert [each.field for each in refused.value.violations] == ["lock_below"]


# Deleting and restoring


def family(home: House) -> dict[str, int]:
    """A series with two seasons of one episode each, by name."""
    given = NewSeries("Show", ids={"imdb": IMDB})
    taken = home.services.library.upsert(
        [
            NewItem(Kind.SERIES, "Show", ids={"imdb": IMDB}),
            NewItem(Kind.SEASON, series=given, season=1),
            NewItem(Kind.EPISODE, "One", series=given, season=1, episode=1),
            NewItem(Kind.EPISODE, "Two", series=given, season=2, episode=1),
        ]
    )
    ids = dict(zip(("series", "season", "one", "two"), (each.item.id for each in taken), strict=True))
    parent = home.item(ids["two"]).parent_id
    assert parent is not None
    return {**ids, "season 2": parent}


def deleted(home: House, ids: dict[str, int]) -> set[str]:
    return {name for name, item_id in ids.items() if home.item(item_id).deleted_at is not None}


def delete(home: House, *item_ids: Any) -> list[int]:
    return home.services.editor.delete([(f"item_ids[{n}]", each) for n, each in enumerate(item_ids)])


def restore(home: House, *item_ids: Any) -> list[int]:
    return home.services.editor.restore([(f"item_ids[{n}]", each) for n, each in enumerate(item_ids)])


def test_a_deletion_takes_what_is_below_and_restoring_brings_it_back(home: House) -> None:
    ids = family(home)
    assert set(delete(home, ("imdb", IMDB))) == set(ids.values())
    assert delete(home, ids["series"], ("imdb", IMDB)) == []
    assert home.services.library.page(ItemFilter()).total == 0
    assert set(restore(home, ("imdb", IMDB))) == set(ids.values())
    assert restore(home, ids["series"]) == []
    assert deleted(home, ids) == set()


def test_what_was_deleted_by_itself_before_stays_deleted(home: House, clock: FakeClock) -> None:
    ids = family(home)
    delete(home, ids["one"])
    clock.advance(1)
    delete(home, ids["series"])
    restore(home, ids["series"])
    assert deleted(home, ids) == {"one"}


def test_restoring_an_episode_restores_what_it_belongs_to_and_no_other_episode(home: House) -> None:
    ids = family(home)
    delete(home, ids["series"])
    assert set(restore(home, ids["one"])) == {ids["one"], ids["season"], ids["series"]}
    assert deleted(home, ids) == {"two", "season 2"}


def test_a_deleted_item_whose_id_another_one_has_by_now_is_not_restored(home: House) -> None:
    [first] = home.services.library.upsert([NewItem(Kind.MOVIE, ids={"imdb": IMDB})])
    [other] = home.services.library.upsert([NewItem(Kind.MOVIE, ids={"imdb": "tt0000002"})])
    delete(home, first.item.id, other.item.id)
    home.services.editor.restore([("item_ids[0]", other.item.id)])
    home.services.editor.edit(other.item.id, Edit(ids={"imdb": IMDB}))
    with pytest.raises(InvalidInput) as refused:
        restore(home, first.item.id)
    assert refused.value.reason == "ID_TAKEN"
    assert home.item(first.item.id).deleted_at is not None


def test_a_deleted_item_of_which_another_one_has_a_further_id_is_not_restored(home: House) -> None:
    [first] = home.services.library.upsert([NewItem(Kind.MOVIE, ids={"imdb": IMDB})])
    with home.database.begin() as connection:
        items.add_alias(connection, first.item, "imdb", "tt0000002", OWNER)
    delete(home, first.item.id)
    home.services.library.upsert([NewItem(Kind.MOVIE, ids={"tmdb": "5"})])
    home.services.editor.edit(("tmdb", "5"), Edit(ids={"imdb": "tt0000002"}))
    with pytest.raises(InvalidInput) as refused:
        restore(home, first.item.id)
    assert refused.value.reason == "ID_TAKEN"


@pytest.mark.parametrize("action", [delete, restore])
def test_an_unknown_item_is_named_and_nothing_is_done(home: House, action: Any) -> None:
    ids = family(home)
    if action is restore:
        delete(home, ids["series"])
    before = home.rows()
    with pytest.raises(NoSuchThing) as missing:
        action(home, ids["series"], 999)
    assert missing.value.violations[0].field == "item_ids[1]"
    assert home.rows() == before
