"""What a file says again: unchanged it changes nothing, corrected it is heard, and an echo is nobody's word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from harness import House
from metarr.domain.authority import FieldRule
from metarr.domain.item import Rule
from metarr.domain.values import Kind
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries, Upserted
from scripted_providers import Scripted, scripted_house

IMDB = "tt0000001"
FILE = "/films/Night Ferry"


@pytest.fixture
def made(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[House, dict[str, Scripted]]]:
    with scripted_house(tmp_path, clock, "tmdb", "omdb") as pair:
        yield pair


@pytest.fixture
def home(made: tuple[House, dict[str, Scripted]]) -> House:
    return made[0]


@pytest.fixture
def tmdb(made: tuple[House, dict[str, Scripted]]) -> Scripted:
    return made[1]["tmdb"]


def take(home: House, *wanted: NewItem) -> list[Upserted]:
    return home.services.library.upsert(list(wanted))


def film(file: str = FILE, **more: Any) -> NewItem:
    return NewItem(**{"kind": Kind.MOVIE, "title": "Night Ferry", "year": 2001, "source": "nfo", "file": file, **more})


def identified(**more: Any) -> NewItem:
    return film(ids={"imdb": IMDB}, **more)


def listen(home: House, field: str, *sources: str, **more: bool) -> None:
    home.services.authorities.update(rules=[(Kind.MOVIE, field, FieldRule(providers=sources, **more))])


def shown(home: House, item_id: int, field: str) -> tuple[Any, str]:
    stored = home.item(item_id).fields.get(field)
    return (None, "") if stored is None else (stored.value, "+".join(stored.sources))


def unchanged(home: House, *wanted: NewItem) -> None:
    before = home.rows()
    assert not any(taken.created or taken.changed or taken.new_ids for taken in take(home, *wanted))
    assert home.rows() == before


# An unchanged file


def test_a_file_that_locks_its_data_locks_what_it_holds_and_not_what_came_later(
    made: tuple[House, dict[str, Scripted]],
) -> None:
    home, providers = made
    providers["omdb"].words[IMDB] = {"imdb_rating": 7.6}
    said = identified(fields={"plot": "Reported"}, lock_all=True)
    [first] = take(home, said)
    home.enrich(first.item.id)
    unchanged(home, said)
    assert home.item(first.item.id).locked_fields() == {"title", "plot"}


def test_what_the_owner_unlocked_or_took_away_an_unchanged_file_does_not_bring_back(home: House) -> None:
    said = identified(fields={"plot": "Reported"}, lock_all=True)
    [first] = take(home, said)
    home.services.editor.edit(first.item.id, Edit(unlock_all=True, ids={"tmdb": "5"}))
    unchanged(home, said)
    assert home.item(first.item.id).locked_fields() == frozenset()
    assert home.item(first.item.id).id_values() == {"tmdb": "5"}


def test_only_named_fields_are_locked(home: House) -> None:
    [first] = take(home, identified(fields={"plot": "P", "tagline": "T"}, lock=frozenset({"plot", "outline"})))
    assert first.item.locked_fields() == {"plot"}


# A corrected file


def test_a_corrected_file_updates_what_it_said_and_nothing_else(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's"}
    fields = {"plot": "Mine", "tagline": "Mine", "awards": "Mine", "studios": ["Mine"]}
    [first] = take(home, identified(fields=fields))
    home.enrich(first.item.id)
    home.services.editor.edit(first.item.id, Edit(fields={"awards": "Typed"}, lock=frozenset({"studios"})))
    [again] = take(home, identified(fields=dict.fromkeys(fields, "New") | {"studios": ["New"]}))
    assert again.changed
    found = {name: shown(home, first.item.id, name) for name in fields}
    assert found == {
        "plot": ("TMDB's", "tmdb"),
        "tagline": ("New", "nfo"),
        "awards": ("Typed", "owner"),
        "studios": (("Mine",), "nfo"),
    }
    changes = home.history(first.item.id)[0]
    assert (changes.cause, [change.field for change in changes.changes]) == ("import", ["tagline"])


def test_what_the_owner_typed_in_and_unlocked_gives_way_to_no_file(home: House) -> None:
    [first] = take(home, identified(fields={"tagline": "Mine"}))
    home.services.editor.edit(first.item.id, Edit(fields={"tagline": "Typed"}))
    home.services.editor.edit(first.item.id, Edit(unlock_all=True))
    take(home, identified(fields={"tagline": "New"}))
    assert shown(home, first.item.id, "tagline") == ("Typed", "owner")


def test_an_undone_correction_stays_undone_until_the_file_says_something_else(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's"}
    [first] = take(home, identified(fields={"tagline": "One"}))
    home.enrich(first.item.id)
    take(home, identified(fields={"tagline": "Two"}))
    home.services.history.undo(home.history(first.item.id)[0].id)
    unchanged(home, identified(fields={"tagline": "Two"}))
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "tagline") == ("One", "nfo")
    home.services.history.undo(home.history(first.item.id)[0].id)
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "tagline") == ("Two", "nfo")
    home.services.history.undo(home.history(first.item.id)[0].id)
    take(home, identified(fields={"tagline": "Three"}))
    assert shown(home, first.item.id, "tagline") == ("Three", "nfo")


def test_a_value_that_is_gone_from_the_file_stays(home: House) -> None:
    [first] = take(home, identified(fields={"tagline": "One"}))
    take(home, identified())
    assert shown(home, first.item.id, "tagline") == ("One", "nfo")
    unchanged(home, identified())


def test_what_a_file_locks_it_may_correct_itself(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's"}
    [first] = take(home, identified(fields={"plot": "One"}, lock_all=True))
    home.enrich(first.item.id)
    take(home, identified(fields={"plot": "Two"}, lock_all=True))
    assert shown(home, first.item.id, "plot") == ("Two", "nfo")
    assert home.item(first.item.id).fields["plot"].locked
    take(home, identified(fields={"plot": "Two"}))
    assert home.item(first.item.id).locked_fields() == frozenset()
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "plot") == ("TMDB's", "tmdb")


def test_a_lock_of_the_owner_holds_against_the_file(home: House) -> None:
    [first] = take(home, identified(fields={"plot": "One"}))
    home.services.editor.edit(first.item.id, Edit(lock=frozenset({"plot"})))
    take(home, identified(fields={"plot": "Two"}))
    assert shown(home, first.item.id, "plot") == ("One", "nfo")


LATER_LOCKED = {
    "then the file locks": [Edit(lock=frozenset({"plot"})), {"lock_all": True}],
    "after the file locked": [{"lock_all": True}, Edit(lock=frozenset({"plot"}))],
    "again, after he unlocked what the file locked": [
        {"lock_all": True},
        Edit(unlock=frozenset({"plot"})),
        Edit(lock=frozenset({"plot"})),
    ],
    "everything": [{"lock_all": True}, Edit(lock_all=True)],
    "then the file locks, unlocks, and locks again": [
        Edit(lock=frozenset({"plot"})),
        {"lock_all": True},
        {},
        {"lock_all": True},
    ],
}


@pytest.mark.parametrize("turns", LATER_LOCKED.values(), ids=LATER_LOCKED)
@pytest.mark.parametrize("then", [{"lock_all": True}, {}], ids=["locked still", "unlocked"])
def test_what_the_owner_locked_is_his_whatever_the_file_locks(
    home: House, turns: list[Any], then: dict[str, bool]
) -> None:
    [first] = take(home, identified(fields={"plot": "One"}))
    for turn in turns:
        if isinstance(turn, Edit):
            home.services.editor.edit(first.item.id, turn)
        else:
            take(home, identified(fields={"plot": "One"}, **turn))
            unchanged(home, identified(fields={"plot": "One"}, **turn))
    take(home, identified(fields={"plot": "Two"}, **then))
    assert shown(home, first.item.id, "plot") == ("One", "nfo")
    assert "plot" in home.item(first.item.id).locked_fields()


def test_what_the_owner_unlocked_stays_so_when_the_file_is_corrected(home: House) -> None:
    [first] = take(home, identified(fields={"plot": "One"}, lock_all=True))
    home.services.editor.edit(first.item.id, Edit(unlock_all=True))
    take(home, identified(fields={"plot": "Two"}, lock_all=True))
    assert shown(home, first.item.id, "plot") == ("Two", "nfo")
    assert "plot" not in home.item(first.item.id).locked_fields()


def test_a_file_that_locks_its_data_counts_before_what_providers_said(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's", "tagline": "TMDB's"}
    [first] = take(home, NewItem(Kind.MOVIE, ids={"imdb": IMDB}))
    home.enrich(first.item.id)
    said = identified(fields={"plot": "Mine", "tagline": "TMDB's"}, lock_all=True)
    take(home, said)
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "plot") == ("Mine", "nfo")
    assert home.item(first.item.id).locked_fields() == {"plot", "title"}
    unchanged(home, said)


# Which item it is


def test_a_changed_title_in_the_same_file_is_the_same_item_and_is_searched_by_that(home: House) -> None:
    [first] = take(home, film(title="Nigth Ferry"))
    [again] = take(home, film(year=2002))
    assert (again.item.id, again.created, again.changed) == (first.item.id, False, True)
    assert (again.item.title, again.item.year, shown(home, first.item.id, "title")[0]) == (
        "Night Ferry",
        2002,
        "Night Ferry",
    )
    unchanged(home, film(year=2002))


def test_a_changed_title_of_a_series_is_the_same_series_with_its_episodes(home: House) -> None:
    def show(title: str) -> list[NewItem]:
        series = NewSeries(title, file="/tv/Harbour")
        one = NewItem(Kind.EPISODE, series=series, season=1, episode=1, source="nfo", file="/tv/Harbour/1")
        return [NewItem(Kind.SERIES, title, source="nfo", file="/tv/Harbour", fields={"plot": "P"}), one]

    first = take(home, *show("Harbor"))
    again = take(home, *show("Harbour"))
    assert [each.item.id for each in again] == [each.item.id for each in first]
    assert not any(each.created for each in again)
    unchanged(home, *show("Harbour"))


def test_another_title_in_the_same_file_is_another_item(home: House) -> None:
    [first] = take(home, identified())
    [other] = take(home, film(ids={"imdb": "tt0000002"}, title="Day Ferry"))
    assert other.item.id != first.item.id
    unchanged(home, film(ids={"imdb": "tt0000002"}, title="Day Ferry"))
    assert home.item(first.item.id).statements == ()


def test_a_file_whose_id_is_corrected_in_it_is_the_same_item_and_that_title(home: House, tmdb: Scripted) -> None:
    tmdb.words |= {IMDB: {"plot": "Another film's", "genres": ("A",)}, "tt0000002": {"plot": "This film's"}}
    [first] = take(home, identified(fields={"plot": "Mine"}))
    home.enrich(first.item.id)
    right = film(ids={"imdb": "tt0000002"}, fields={"plot": "Mine"})
    [again] = take(home, right)
    assert (again.item.id, again.item.id_values()) == (first.item.id, {"imdb": "tt0000002"})
    assert (shown(home, first.item.id, "plot"), "genres" in again.item.fields) == (("Mine", "nfo"), False)
    unchanged(home, right)
    home.services.history.undo(home.history(first.item.id)[0].id)
    assert home.item(first.item.id).id_values() == {"imdb": IMDB}
    assert shown(home, first.item.id, "genres") == (("A",), "tmdb")
    unchanged(home, right)


@pytest.mark.parametrize("moved", [True, False])
def test_a_file_that_was_moved_corrects_its_id_and_one_of_two_copies_does_not(
    home: House, tmp_path: Path, *, moved: bool
) -> None:
    old = tmp_path / "Night Ferry"
    old.mkdir()
    [first] = take(home, identified(file=str(old)))
    if moved:
        old.rmdir()
    take(home, identified(file="/films/new"))
    [again] = take(home, film("/films/new", ids={"imdb": "tt0000002"}))
    assert (again.item.id == first.item.id) is moved
    assert home.item(first.item.id).id_values() == {"imdb": "tt0000002" if moved else IMDB}


def test_an_id_that_anybody_else_told_is_not_corrected_by_a_file(home: House) -> None:
    [first] = take(home, NewItem(Kind.MOVIE, "Night Ferry", 2001, {"imdb": IMDB}))
    take(home, film())
    [other] = take(home, film(ids={"imdb": "tt0000002"}))
    assert (other.created, home.item(first.item.id).id_values()) == (True, {"imdb": IMDB})


def test_a_file_whose_ids_the_owner_corrected_stays_the_item(home: House) -> None:
    [first] = take(home, identified())
    home.services.editor.edit(first.item.id, Edit(ids={"imdb": "tt0000002"}))
    unchanged(home, identified())
    [again] = take(home, identified(fields={"plot": "P"}))
    assert (again.item.id, again.item.id_values()) == (first.item.id, {"imdb": "tt0000002"})


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"year": 0}, {"year": 0}, False),
        ({"year": 0, "ids": {"imdb": IMDB}}, {"year": 0}, False),
        ({"year": 0}, {"year": 0, "ids": {"imdb": IMDB}}, False),
        ({"year": 0, "ids": {"imdb": IMDB}}, {"year": 0, "ids": {"imdb": IMDB}}, True),
        ({}, {}, True),
        ({}, {"ids": {"imdb": IMDB}}, True),
        ({"year": 0}, {"year": 0, "file": f"{FILE}/film"}, True),
        ({"year": 0, "part": "1"}, {"year": 0, "part": "1"}, True),
        ({"year": 0, "file": ""}, {"year": 0}, True),
    ],
)
def test_two_folders_of_one_title_are_one_where_ids_or_a_year_say_so(
    home: House, tmp_path: Path, first: dict[str, Any], second: dict[str, Any], same: bool
) -> None:
    mine = tmp_path / "Night Ferry"
    mine.mkdir()
    one = film(**{"file": str(mine), **first})
    two = film(**{"file": "/others/Night Ferry", **second})
    if "file" in second:
        two = film(**{**second, "file": f"{mine}/film"})
    [taken], [again] = take(home, one), take(home, two)
    assert (taken.item.id == again.item.id) is same
    unchanged(home, one, two)


def test_two_copies_of_a_film_that_differ_change_nothing_by_turns(home: House) -> None:
    one = identified(fields={"plot": "One", "tagline": "Both"})
    two = identified(file="/copies/Night Ferry", fields={"plot": "Two", "tagline": "Both"})
    [first] = take(home, one)
    home.clock.advance(60)
    take(home, two)
    assert shown(home, first.item.id, "plot") == ("Two", "nfo")
    unchanged(home, one, two)
    home.clock.advance(60)
    take(home, identified(fields={"plot": "One", "tagline": "New"}))
    assert [shown(home, first.item.id, name)[0] for name in ("plot", "tagline")] == ["Two", "New"]


def test_an_episode_that_was_renumbered_takes_its_new_place(home: House) -> None:
    def episode(season: int, number: int, **more: Any) -> NewItem:
        series = NewSeries("Harbour", 2010, {"tvdb": "81189"})
        return NewItem(Kind.EPISODE, series=series, season=season, episode=number, source="nfo", **more)

    one, two = take(home, episode(1, 1, file="/tv/a"), episode(1, 2, ids={"tvdb": "77"}, file="/tv/b"))
    [moved] = take(home, episode(2, 5, file="/tv/a"))
    [other] = take(home, episode(1, 3, ids={"tvdb": "77"}, file="/tv/b"))
    assert (moved.item.id, other.item.id) == (one.item.id, two.item.id)
    places = [home.item(each.item.id).place() for each in (one, two)]
    assert [(place.season, place.episode) for place in places] == [(2, 5), (1, 3)]
    unchanged(home, episode(2, 5, file="/tv/a"), episode(1, 3, ids={"tvdb": "77"}, file="/tv/b"))


@pytest.mark.parametrize("with_files", [True, False], ids=["files", "no files"])
def test_episodes_that_change_places_take_each_other_s(home: House, with_files: bool) -> None:
    """Two files that swap their numbers and keep their ids: an id finds an episode before a number does."""

    def episode(number: int, tvdb: str, file: str) -> NewItem:
        series = NewSeries("Harbour", 2010, {"tvdb": "81189"})
        filed = {"file": file} if with_files else {}
        return NewItem(Kind.EPISODE, series=series, season=1, episode=number, source="nfo", ids={"tvdb": tvdb}, **filed)

    first = take(home, episode(1, "901", "/tv/a"), episode(2, "902", "/tv/b"), episode(3, "903", "/tv/c"))
    swapped = episode(2, "901", "/tv/a"), episode(3, "902", "/tv/b"), episode(1, "903", "/tv/c")
    again = take(home, *swapped)
    assert [each.item.id for each in again] == [each.item.id for each in first]
    assert [home.item(each.item.id).place().episode for each in first] == [2, 3, 1]
    unchanged(home, *swapped)


def test_two_episodes_of_one_number_stay_where_they_are(home: House) -> None:
    """Nothing says which of them is wrong: none takes the place of the other, at each import anew."""

    def episode(number: int, tvdb: str, file: str) -> NewItem:
        series = NewSeries("Harbour", 2010, {"tvdb": "81189"})
        return NewItem(
            Kind.EPISODE, series=series, season=1, episode=number, source="nfo", ids={"tvdb": tvdb}, file=file
        )

    first = take(home, episode(1, "901", "/tv/a"), episode(2, "902", "/tv/b"))
    both = episode(2, "901", "/tv/a"), episode(2, "902", "/tv/b")
    take(home, *both)
    assert [home.item(each.item.id).place().episode for each in first] == [1, 2]
    unchanged(home, *both)


@pytest.mark.parametrize("name", ["Night Ferry", "Mixed/Night [Ferry]"])
def test_a_title_that_was_moved_is_the_same(home: House, tmp_path: Path, name: str) -> None:
    """Neither a year nor an id tells it from its namesakes: the old place is empty."""
    old = tmp_path / name
    old.parent.mkdir(exist_ok=True)
    video = old.parent / f"{old.name}.mkv"
    video.touch()
    [first] = take(home, film(year=0, file=str(old)))
    video.unlink()
    [again] = take(home, film(year=0, file=f"/elsewhere/{name}"))
    assert again.item.id == first.item.id


# In a field's order


def test_a_file_stands_where_the_field_s_list_names_it(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's"}
    [first] = take(home, identified(fields={"plot": "Mine"}))
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "plot") == ("TMDB's", "tmdb")
    listen(home, "plot", "nfo", "tmdb")
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "plot") == ("Mine", "nfo")
    assert home.item(first.item.id).fields["plot"].rule is Rule.FIRST
    take(home, identified(fields={"plot": "Corrected"}))
    assert shown(home, first.item.id, "plot") == ("Corrected", "nfo")


def test_why_not_the_file_is_told(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's", "tagline": "TMDB's"}
    [first] = take(home, identified(fields={"plot": "Mine"}))
    home.enrich(first.item.id)
    take(home, identified(fields={"plot": "Mine", "tagline": "TMDB's"}))
    shown_now = home.services.library.show(first.item.id, why=True)
    [of_plot] = [each for each in shown_now.runners_up["plot"] if each.provider == "nfo"]
    assert (of_plot.value, of_plot.why) == ("Mine", "stands below every provider")
    [of_tagline] = [each for each in shown_now.runners_up["tagline"] if each.provider == "nfo"]
    assert (of_tagline.value, of_tagline.why) == (None, "holds what it had from Metarr")


# Echoes


def test_an_exported_file_that_comes_back_is_nobody_s_word(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's"}
    [first] = take(home, identified(fields={"plot": "Mine"}))
    home.enrich(first.item.id)
    take(home, identified(fields={"plot": " TMDB's\n"}))
    tmdb.words[IMDB] = {"plot": "TMDB's, corrected"}
    home.clock.advance(60)
    home.enrich(first.item.id, force=True)
    assert shown(home, first.item.id, "plot") == ("TMDB's, corrected", "tmdb")
    listen(home, "plot", "nfo", "tmdb")
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "plot") == ("Mine", "nfo")


def test_a_locked_export_freezes_nothing(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"plot": "TMDB's"}
    [first] = take(home, identified())
    home.enrich(first.item.id)
    take(home, identified(fields={"plot": "TMDB's"}, lock_all=True))
    assert "plot" not in home.item(first.item.id).locked_fields()


def test_tags_are_joined_and_come_back_as_an_echo(home: House, tmdb: Scripted) -> None:
    tmdb.words[IMDB] = {"tags": ("sea", "night")}
    [first] = take(home, identified(fields={"tags": ["seen twice"]}))
    home.enrich(first.item.id)
    assert shown(home, first.item.id, "tags") == (("sea", "night", "seen twice"), "tmdb+nfo")
    unchanged(home, identified(fields={"tags": ["seen twice"]}))
    take(home, identified(fields={"tags": ["sea", "night", "seen twice", "lent"]}))
    assert shown(home, first.item.id, "tags")[0] == ("sea", "night", "seen twice", "lent")
    tmdb.words[IMDB] = {"tags": ("sea",)}
    home.clock.advance(60)
    home.enrich(first.item.id, force=True)
    assert shown(home, first.item.id, "tags") == (("sea", "seen twice", "lent"), "tmdb+nfo")
    take(home, identified(fields={"tags": ["sea", "night", "lent"]}))
    assert shown(home, first.item.id, "tags") == (("sea", "lent"), "tmdb+nfo")


def test_a_series_whose_ids_the_owner_corrected_stays_the_one_of_its_episodes(home: House) -> None:
    series = NewSeries("Harbour", 2010, {"tvdb": "81189"}, file="/tv/Harbour")
    show = NewItem(Kind.SERIES, "Harbour", 2010, {"tvdb": "81189"}, source="nfo", file="/tv/Harbour")
    one = NewItem(Kind.EPISODE, series=series, season=1, episode=1, source="nfo", file="/tv/Harbour/1")
    two = NewItem(Kind.EPISODE, series=series, season=2, episode=1, source="nfo", file="/tv/Harbour/2")
    [first, _] = take(home, show, one)
    home.services.editor.edit(first.item.id, Edit(ids={"tvdb": "5"}))
    unchanged(home, show, one)
    [added] = take(home, two)
    assert home.item(home.item(added.item.id).parent_id or 0).parent_id == first.item.id
