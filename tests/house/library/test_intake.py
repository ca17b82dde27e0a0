"""Taking titles into the library: which item a title is, and that nothing stored is ever replaced."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fakes import FakeClock
from harness import House
from metarr.domain.item import OWNER, FieldValue, Rule, Undecided
from metarr.domain.matching import Wanted
from metarr.domain.values import Kind
from metarr.errors import InvalidInput
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries, Upserted
from scripted_providers import Scripted, scripted_house

IMDB, OTHER = "tt0000001", "tt0000002"
SHOW = NewSeries("Harbour", 2010, {"tvdb": "81189"})


@pytest.fixture
def made(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[House, dict[str, Scripted]]]:
    with scripted_house(tmp_path, clock, "tmdb") as pair:
        yield pair


@pytest.fixture
def home(made: tuple[House, dict[str, Scripted]]) -> House:
    return made[0]


def take(home: House, *wanted: NewItem) -> list[Upserted]:
    return home.services.library.upsert(list(wanted))


def film(**more: Any) -> NewItem:
    return NewItem(**{"kind": Kind.MOVIE, "title": "Night Ferry", "year": 2001, "source": "nfo", **more})


def episode(number: int, season: int = 1, **more: Any) -> NewItem:
    return NewItem(
        **{"kind": Kind.EPISODE, "series": SHOW, "season": season, "episode": number, "source": "nfo", **more}
    )


# What an item comes with


def test_what_is_reported_is_kept_below_every_provider(made: tuple[House, dict[str, Scripted]]) -> None:
    home, providers = made
    [taken] = take(home, film(ids={"imdb": IMDB}, fields={"plot": "Reported", "tagline": "Reported"}))
    assert (taken.created, taken.new_ids) == (True, 1)
    assert taken.item.ids["imdb"].source == "nfo"
    assert taken.item.fields["plot"] == FieldValue(value="Reported", sources=("nfo",), rule=Rule.REPORTED)
    providers["tmdb"].words[IMDB] = {"plot": "TMDB's"}
    enriched = home.enrich(taken.item.id).item
    assert (enriched.fields["plot"].value, enriched.fields["tagline"].value) == ("TMDB's", "Reported")


def test_what_is_stored_stays_and_what_is_empty_is_filled(made: tuple[House, dict[str, Scripted]]) -> None:
    home, providers = made
    providers["tmdb"].words[IMDB] = {"plot": "TMDB's"}
    [first] = take(home, NewItem(Kind.MOVIE, ids={"imdb": IMDB}))
    home.enrich(first.item.id)
    home.services.editor.edit(first.item.id, Edit(fields={"tagline": None}))
    fields = {"plot": "Reported", "tagline": "Reported", "awards": "Reported"}
    [taken] = take(home, film(ids={"imdb": IMDB}, fields=fields))
    assert (taken.item.id, taken.created, taken.changed) == (first.item.id, False, True)
    held = {name: stored.value for name, stored in home.item(first.item.id).fields.items()}
    assert held == {"title": "Night Ferry", "plot": "TMDB's", "tagline": None, "awards": "Reported"}
    change_set = home.history(first.item.id)[0]
    assert (change_set.cause, [change.field for change in change_set.changes]) == ("import", ["title", "awards"])
    assert taken.item.fingerprint == ""


def test_importing_twice_changes_nothing(home: House) -> None:
    wanted = [
        film(ids={"imdb": IMDB}, fields={"plot": "P"}, lock_all=True),
        film(title="Without ids", fields={"plot": "P"}),
        film(title="Without a year", year=0),
        episode(1, ids={"tvdb": "77"}, title="One"),
        episode(2, title="Two"),
        episode(0, season=0),
        NewItem(Kind.SEASON, series=SHOW, season=3, source="nfo"),
    ]
    first = take(home, *wanted)
    before = home.rows()
    again = take(home, *wanted)
    assert home.rows() == before
    assert [taken.item.id for taken in again] == [taken.item.id for taken in first]
    assert not any(taken.created or taken.changed or taken.new_ids for taken in again)


def test_lock_all_locks_every_field_that_holds_a_value(home: House) -> None:
    [taken] = take(home, film(fields={"plot": "P", "tagline": ""}, lock_all=True))
    assert taken.item.locked_fields() == {"title", "plot"}


def test_every_fault_of_a_batch_is_named_by_its_place_and_nothing_is_taken(home: House) -> None:
    [one, two] = take(home, film(ids={"imdb": IMDB}), film(title="Other", ids={"imdb": OTHER, "tmdb": "5"}))
    before = home.rows()
    with pytest.raises(InvalidInput) as refused:
        take(
            home,
            film(title="Good"),
            film(fields={"imdb_rating": 11, "networks": ["HBO"]}),
            film(ids={"imdb": IMDB, "tmdb": "5"}),
            film(ids={"imdb": OTHER, "tmdb": "6"}),
            film(title="Bad", source="elsewhere"),
            episode(1, series=NewSeries(ids={"tvdb": "1"}), ids={"imdb": IMDB}, fields={"tagline": "x"}),
        )
    told = {violation.field: violation.description for violation in refused.value.violations}
    assert told.keys() == {
        "items[1].fields.imdb_rating",
        "items[1].fields.networks",
        "items[2].ids",
        "items[3].ids.tmdb",
        "items[4].source",
        "items[5].fields.tagline",
    }
    assert told["items[2].ids"].endswith(f"imdb {IMDB} is item {one.item.id}, tmdb 5 is item {two.item.id}")
    assert told["items[3].ids.tmdb"] == f"item {two.item.id} has tmdb 5, not 6"
    assert home.rows() == before


# Which item it is


def test_an_id_that_only_one_of_two_has_is_added(home: House) -> None:
    [first] = take(home, film(ids={"imdb": IMDB}))
    [taken] = take(home, film(ids={"imdb": IMDB, "tmdb": "5"}))
    assert (taken.item.id, taken.new_ids, taken.item.ids["imdb"].source) == (first.item.id, 1, "nfo")
    [owned] = take(home, NewItem(Kind.MOVIE, ids={"imdb": IMDB}))
    assert owned.item.ids["imdb"].source == OWNER
    [again] = take(home, film(ids={"imdb": IMDB}))
    assert again.item.ids["imdb"].source == OWNER


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({}, {}, True),
        ({}, {"ids": {"imdb": IMDB}}, True),
        ({"ids": {"imdb": IMDB}}, {}, True),
        ({"ids": {"imdb": IMDB}}, {"ids": {"tmdb": "5"}}, False),
        ({}, {"year": 2002}, False),
        ({}, {"title": "Day Ferry"}, False),
        ({}, {"kind": Kind.SERIES}, False),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_words_decide_only_where_no_id_does(
    home: House, first: dict[str, Any], second: dict[str, Any], same: bool, together: bool
) -> None:
    wanted = [film(**first), film(**second)]
    one, two = take(home, *wanted) if together else [take(home, each)[0] for each in wanted]
    assert (one.item.id == two.item.id) is same
    assert two.created is not same


def test_a_duplicate_within_a_batch_is_one_item(home: House) -> None:
    one, two = take(home, film(ids={"imdb": IMDB}), film(ids={"imdb": IMDB, "tmdb": "5"}))
    assert one.item.id == two.item.id
    assert home.item(one.item.id).id_values() == {"imdb": IMDB, "tmdb": "5"}


# Series


def test_an_episode_comes_with_its_season_and_series(home: House) -> None:
    one, two, special = take(home, episode(1, title="One"), episode(2), episode(1, season=0))
    season = home.item(home.item(one.item.id).parent_id or 0)
    series = home.item(season.parent_id or 0)
    assert (series.kind, series.title, series.id_values()) == (Kind.SERIES, "Harbour", {"tvdb": "81189"})
    assert (season.kind, season.title, season.fields["season_number"].value) == (Kind.SEASON, "Season 1", 1)
    assert home.item(two.item.id).parent_id == season.id
    assert home.item(home.item(special.item.id).parent_id or 0).title == "Specials"
    numbers = {name: home.item(two.item.id).fields[name].value for name in ("season_number", "episode_number")}
    assert numbers == {"season_number": 1, "episode_number": 2}
    assert home.services.library.page(None, "", None, 10, parent=series.id).total == 2


def test_an_episode_is_known_by_its_number_where_its_ids_are_new(home: House) -> None:
    [first] = take(home, episode(1))
    [taken] = take(home, episode(1, ids={"tvdb": "77"}))
    assert (taken.item.id, taken.new_ids) == (first.item.id, 1)
    with pytest.raises(InvalidInput):
        take(home, episode(1, ids={"tvdb": "78"}))


def test_an_episode_that_stood_alone_gets_its_series(home: House) -> None:
    [alone] = take(home, NewItem(Kind.EPISODE, ids={"tvdb": "77"}))
    assert alone.item.parent_id is None
    [taken] = take(home, episode(1, ids={"tvdb": "77"}))
    assert taken.item.id == alone.item.id
    assert taken.item.parent_id is not None


# Deleted items


def delete(home: House, item_id: int) -> None:
    home.services.editor.delete([("item_ids[0]", item_id)])


@pytest.mark.parametrize("ids", [{"imdb": IMDB}, {}])
def test_an_import_leaves_a_deleted_item_deleted_and_the_owner_restores_it(home: House, ids: dict[str, str]) -> None:
    [first] = take(home, film(ids=ids))
    delete(home, first.item.id)
    before = home.rows()
    [left] = take(home, film(ids=ids, fields={"plot": "P"}))
    assert (left.item.id, left.deleted, left.created) == (first.item.id, True, False)
    assert home.rows() == before
    [back] = take(home, film(ids=ids, source="", fields={"plot": "P"}))
    assert (back.item.id, back.restored, back.created) == (first.item.id, True, False)
    held = home.item(first.item.id)
    assert (held.deleted_at, held.fields["plot"].value) == (None, "P")


def test_an_import_adds_no_episode_to_a_deleted_series(home: House) -> None:
    [first] = take(home, episode(1))
    series = home.services.library.page(Kind.SERIES, "", None, 1).heads[0].id
    delete(home, series)
    before = home.rows()
    left = take(home, episode(1), episode(2), episode(1, season=5))
    assert all(taken.deleted for taken in left)
    assert home.rows() == before
    [back] = take(home, episode(1, source=""))
    assert (back.item.id, back.deleted, back.created) == (first.item.id, False, False)
    assert home.item(series).deleted_at is home.item(back.item.id).deleted_at is None


def test_a_live_item_counts_before_a_deleted_one(home: House) -> None:
    [gone] = take(home, film(ids={"imdb": IMDB, "tmdb": "5"}))
    delete(home, gone.item.id)
    [other] = take(home, film(title="Other", ids={"imdb": OTHER}))
    home.services.editor.edit(other.item.id, Edit(ids={"imdb": IMDB}))
    [taken] = take(home, film(ids={"imdb": IMDB, "tmdb": "5"}))
    assert (taken.item.id, taken.new_ids) == (other.item.id, 1)


# Words that may be a title


ALSO = (Wanted(title="Nachtfähre", year=2001),)


def test_other_words_that_may_be_its_title_are_kept_while_it_is_not_identified(home: House) -> None:
    [taken] = take(home, film(readings=ALSO))
    assert home.item(taken.item.id).readings == ALSO
    [again] = take(home, film(readings=ALSO))
    assert (again.created, again.changed) == (False, False)
    [other] = take(home, film(readings=()))
    assert (other.changed, home.item(taken.item.id).readings) == (False, ALSO)


def test_other_words_have_it_searched_again(home: House) -> None:
    [taken] = take(home, film())
    left = Undecided(not_before=home.clock.now())
    home.change(taken.item.id, lambda item: replace(item, undecided=left))
    assert take(home, film())[0].item.undecided == left
    [again] = take(home, film(readings=ALSO))
    assert (again.changed, again.item.readings, again.item.undecided) == (True, ALSO, None)


def test_of_an_identified_title_nobody_asks_what_its_name_may_be(home: House) -> None:
    [taken] = take(home, film(ids={"imdb": IMDB}, readings=ALSO))
    assert taken.item.readings == ()
    [again] = take(home, film(readings=ALSO))
    assert (again.item.id, again.changed) == (taken.item.id, False)
