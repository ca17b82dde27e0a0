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
from metarr.store.items import ItemFilter
from scripted_providers import Scripted, scripted_house

pytestmark = pytest.mark.slow

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
    assert home.services.library.page(ItemFilter(), parent=series.id).total == 2


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
    series = home.services.library.page(ItemFilter(kind=Kind.SERIES)).heads[0].id
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


# What ids are worth


NOTES = {"sonarr": "77", "radarr": "77", "home": "x", "eidr": "10.5240/1", "letterboxd": "ferry", "tvrage": "5"}


@pytest.mark.parametrize("note", NOTES)
def test_notes_neither_find_nor_join_nor_refuse(home: House, note: str) -> None:
    ids = {note: NOTES[note]}
    one, other = take(home, film(title="One", ids=ids), film(title="Other", ids=ids))
    assert (one.created, other.created) == (True, True)
    assert one.item.ids[note].value == other.item.ids[note].value == NOTES[note]
    [again] = take(home, film(title="One", ids={note: "changed"}))
    assert (again.item.id, again.created) == (one.item.id, False)


def test_episodes_of_two_shows_with_one_number_of_a_tool_are_two(home: House) -> None:
    alpha, beta = NewSeries("Show Alpha"), NewSeries("Show Beta")
    ids = {"sonarr": "77"}
    one, other = take(home, episode(1, series=alpha, ids=ids), episode(1, series=beta, ids=ids))
    assert one.item.id != other.item.id


@pytest.mark.parametrize("id_type", ["tmdb", "anidb", "tvmaze"])
def test_episodes_with_one_id_that_identifies_none_stay_two_and_a_changed_one_is_no_conflict(
    home: House, id_type: str
) -> None:
    one, two = take(home, episode(1, ids={id_type: "9"}), episode(2, ids={id_type: "9"}))
    assert one.item.id != two.item.id
    [again] = take(home, episode(1, ids={id_type: "10"}))
    assert again.item.id == one.item.id


def test_the_id_of_its_series_joins_no_episodes(home: House) -> None:
    ids = {"tvdb": "81189", "imdb": "tt0000009"}
    series = NewSeries("Harbour", 2010, ids)
    wanted = [episode(1, series=series, ids=ids), episode(2, series=series, ids={**ids, "imdb": "tt0000005"})]
    one, two = take(home, *wanted)
    assert one.item.id != two.item.id
    assert (one.item.ids, two.item.id_values()) == ({}, {"imdb": "tt0000005"})
    # The library knows the ids of the series, also where the file does not.
    [three] = take(home, episode(3, series=NewSeries("Harbour", 2010), ids={"tvdb": "81189"}))
    assert three.item.ids == {}


def test_two_cours_of_a_series_are_one(home: House) -> None:
    def cour(anidb: str) -> NewItem:
        return NewItem(Kind.SERIES, "Harbour", 2010, {"tvdb": "355730", "anidb": anidb}, source="nfo")

    one, two = take(home, cour("1"), cour("2"))
    assert (two.item.id, two.created) == (one.item.id, False)
    assert one.item.ids["anidb"].value == "1"


@pytest.mark.parametrize(
    ("title", "year", "same"), [("Night Ferry!", 0, True), ("Nattfergen", 2001, True), ("Day Ferry", 1999, False)]
)
def test_an_id_that_several_titles_may_have_finds_one_that_is_called_alike_or_of_the_year(
    home: House, title: str, year: int, same: bool
) -> None:
    [first] = take(home, film(ids={"anidb": "5"}))
    [second] = take(home, film(title=title, year=year, ids={"anidb": "5"}))
    assert (second.item.id == first.item.id) is same


def test_an_id_that_several_titles_may_have_joins_none_that_other_ids_tell_apart(home: House) -> None:
    [first] = take(home, film(ids={"anidb": "5", "imdb": IMDB}))
    [second] = take(home, film(ids={"anidb": "5", "imdb": OTHER}))
    assert second.item.id != first.item.id


def test_what_names_neither_a_title_nor_an_id_is_refused(home: House) -> None:
    with pytest.raises(InvalidInput) as refused:
        take(home, NewItem(Kind.MOVIE, source="nfo"), NewItem(Kind.EPISODE, series=NewSeries(), source="nfo"))
    assert [each.field for each in refused.value.violations] == ["items[0].title", "items[1].series.title"]


# What a file means


@pytest.mark.parametrize(
    ("source", "plot", "stored"),
    [("nfo", "N/A", None), ("import", " / ", None), ("", "N/A", "N/A"), ("nfo", "No", "No")],
)
def test_words_for_nothing_are_nothing_unless_the_owner_says_them(
    home: House, source: str, plot: str, stored: str | None
) -> None:
    fields = {"plot": plot, "directors": ["None", "D"], "cast": [{"name": "Unknown"}, {"name": "A"}]}
    [taken] = take(home, film(source=source, fields=fields))
    held = {name: value.value for name, value in taken.item.fields.items()}
    assert held.get("plot") == stored
    assert (held["directors"], len(held["cast"])) == ((("D",), 1) if source else (("None", "D"), 2))


@pytest.mark.parametrize(("country", "stored"), [("US", "PG-13"), ("DE", "12"), ("FR", None)])
def test_a_certification_is_that_of_the_owner_s_country(home: House, country: str, stored: str | None) -> None:
    home.services.settings.update({"country": country})
    [taken] = take(home, film(fields={"certification": "Germany:12 / US:Rated PG-13 for fog"}))
    held = taken.item.fields.get("certification")
    assert (held.value if held else None) == stored
