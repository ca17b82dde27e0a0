"""Enriching what is below a series, through the simulators: one run asks, pairs, merges and commits all of it."""

import pytest
from msgspec.structs import replace

from factories import source_of
from fakes import FakeClock
from harness import PROVIDERS, House, title
from metarr.domain.item import IdClaim
from metarr.domain.outcome import Fragment, NotAsked, Skip
from metarr.domain.values import Kind
from metarr.errors import CannotDo, NobodyAnswered
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from metarr.providers import tvdb
from metarr.store.changes import Selection
from series_trees import add_episodes, add_series, everything, told, tree, values_of
from simulators import Series
from simulators.tmdb import season_details
from tiers import slow_but

pytestmark = pytest.mark.slow

DAY = 24 * 3600

# A series


def test_a_run_of_a_series_tells_of_all_that_is_below(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    home.asked()
    home.enrich(series)
    assert home.asked() == {
        "fanart": 1,
        "omdb": 3,
        "tmdb": 2,
        "tvdb": 4,
    }  # TMDB: a look-up, itself with both seasons; TheTVDB: a login, a look-up, itself, its list
    below = tree(home, series)
    assert told(below[1, 1], "title", "plot", "release_date", "runtime_minutes") == {
        "title": "Winter Is Coming",
        "plot": "A king rides north to ask for a favour.",
        "release_date": "2011-04-17",
        "runtime_minutes": 57,
    }
    sources = {name: source_of(below[1, 1].fields[name]) for name in ("title", "still", "imdb_rating", "tmdb_rating")}
    assert sources == {"title": "tvdb", "still": "tvdb", "imdb_rating": "omdb", "tmdb_rating": "tmdb"}
    assert below[1, 1].fields["tmdb_rating"].asked_ids == ("tmdb:1399/1/1",)
    assert told(below[2, 6], "title") == {"title": "The Old Gods and the New"}
    assert told(below[1, 0], "plot", "title") == {"plot": "A king's visit, and what comes of it.", "title": None}
    assert len(below) == 15, "nothing is added"


def test_the_art_of_a_season_is_told_with_its_series(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    home.services.providers.update("tmdb", False, {})
    home.enrich(series)
    below = tree(home, series)
    art = {place: {name: source_of(below[place, 0].fields[name]) for name in ("poster", "banner", "landscape")
           if name in below[place, 0].fields} for place in (1, 2)}  # fmt: skip
    assert art == {1: {"poster": "fanart", "banner": "fanart", "landscape": "fanart"}, 2: {"poster": "tvdb"}}
    assert below[1, 0].fields["poster"].asked_ids == ("tvdb:121361/s1",)


def test_a_second_run_asks_nobody_and_changes_nothing(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    home.enrich(series)
    before = home.rows("items", "field_values", "change_sets")
    home.asked()
    home.enrich(series)
    assert home.asked() == {}
    after = home.rows("items", "field_values", "change_sets")
    assert after["field_values"] == before["field_values"]
    assert after["change_sets"] == before["change_sets"]


def test_what_is_below_is_enriched_with_its_series(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    episode = tree(home, series)[1, 2].id
    enriched = home.enrich(episode)
    assert enriched.item.id == episode
    assert {change.field for change in enriched.changes} >= {"title", "plot"}
    assert told(tree(home, series)[2, 1], "title") == {"title": "The North Remembers"}


@pytest.mark.slow
def test_a_dry_run_keeps_nothing(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    before = everything(home, series)
    enriched = home.enrich(tree(home, series)[1, 2].id, dry_run=True)
    assert told(enriched.item, "title") == {"title": "The Kingsroad"}
    assert everything(home, series) == before


@pytest.mark.slow
def test_only_seasons_that_the_library_holds_are_asked_for(home: House) -> None:
    series = add_series(home, "game-of-thrones", seasons=(2,))
    home.asked()
    home.enrich(series)
    assert home.simulators.count("omdb", "season") == 1
    assert told(tree(home, series)[2, 1], "imdb_rating")["imdb_rating"] is not None


@pytest.mark.slow
def test_a_series_without_anything_below_costs_no_request_more(home: House) -> None:
    series = home.add("game-of-thrones")
    home.asked()
    home.enrich(series)
    assert home.asked() == {"fanart": 1, "omdb": 1, "tmdb": 2, "tvdb": 3}


def test_what_is_listed_elsewhere_is_asked_for_where_episodes_are_open(home: House) -> None:
    """TMDB has the last ones of a season in the next one, which the library does not have."""
    told_title = title("game-of-thrones")
    assert isinstance(told_title, Series)
    first, second = (season_details(told_title, season, "en") for season in told_title.seasons if season.number)
    moved = first["episodes"][3:]
    first["episodes"], places = first["episodes"][:3], range(50, 99)
    second["episodes"] += [
        {**row, "season_number": 2, "episode_number": n} for n, row in zip(places, moved, strict=False)
    ]
    home.simulators.patch("tmdb", "series", told_title.tmdb, **{"season/1": first, "season/2": second})
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.asked()
    home.enrich(series)
    assert home.asked()["tmdb"] == 3
    assert tree(home, series)[1, 5].fields["tmdb_rating"].asked_ids == ("tmdb:1399/2/51",)
    home.enrich(series)
    assert home.asked() == {}
    assert tree(home, series)[1, 5].fields["tmdb_rating"].asked_ids == ("tmdb:1399/2/51",)


@pytest.mark.slow
def test_seasons_that_do_not_come_along_are_not_asked_for_singly(home: House) -> None:
    home.services.settings.update({"languages": ["de-DE", "en-US"]})
    home.simulators.fault("tmdb", "append_ignored", path_contains="/tv/")
    series = add_series(home, "game-of-thrones")
    home.asked()
    home.enrich(series)
    assert home.asked()["tmdb"] == 3, "a look-up, itself, the seasons in the other language"
    assert "tmdb" in home.awaited(series)
    assert "tmdb_rating" not in tree(home, series)[1, 1].fields


def test_a_new_episode_has_its_series_enriched_again(home: House) -> None:
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.enrich(series)
    assert home.item(series).fingerprint
    told_title = title("game-of-thrones")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {2: [1]})
    assert not home.item(series).fingerprint
    home.asked()
    home.enrich(series)
    assert home.asked() == {"omdb": 1, "tmdb": 1}  # the new season alone: TheTVDB's list has it already
    assert told(tree(home, series)[2, 1], "title") == {"title": "The North Remembers"}


def test_an_episode_that_nobody_lists_stays_as_it_is(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    told_title = title("game-of-thrones")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {1: [99]})
    enriched = home.enrich(tree(home, series)[1, 99].id)
    assert enriched.changes == ()
    unpaired = {
        p for p, each in enriched.outcomes.items() if isinstance(each, NotAsked) and each.reason is Skip.UNPAIRED
    }
    assert unpaired == {"omdb", "tmdb", "tvdb"}
    assert home.awaited(series) == {}


def test_a_lock_keeps_a_value_of_an_episode(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    episode = tree(home, series)[1, 1]
    home.services.editor.edit(episode.id, Edit(fields={"title": "Mine"}))
    home.enrich(series)
    assert told(tree(home, series)[1, 1], "title") == {"title": "Mine"}


@pytest.mark.slow
def test_an_original_title_is_what_is_left_without_a_translation(home: House) -> None:
    series = add_series(home, "oshi-no-ko", seasons=(0, 1))
    home.enrich(series)
    below = tree(home, series)
    assert told(below[1, 1], "title") == {"title": "Mother and Children"}
    assert source_of(below[1, 6].fields["title"]) == "tmdb", "TheTVDB has no English title of it"
    assert told(below[1, 7], "title") == {"title": None}, "Episode 7 is no title"
    assert told(below[0, 1], "runtime_minutes") == {"runtime_minutes": 12}


# What fails


def test_a_failing_list_leaves_what_it_told_and_is_awaited(home: House, clock: FakeClock) -> None:
    series = add_series(home, "game-of-thrones")
    home.enrich(series)
    before = everything(home, series)
    clock.advance(8 * DAY)
    home.simulators.fault("tvdb", "list_for_dict", path_contains="/episodes/")
    home.enrich(series)
    assert values_of(everything(home, series)) == values_of(before)
    assert "tvdb" in home.awaited(series)
    assert not home.item(series).fingerprint
    home.simulators.clear_faults()
    home.lift("tvdb")
    home.asked()
    home.enrich(series)
    assert home.asked() == {"tvdb": 1}  # the list alone
    assert home.awaited(series) == {}


@pytest.mark.slow
def test_a_season_that_is_missing_is_asked_for_alone_the_next_time(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    home.simulators.fault("omdb", "list_for_dict", path_contains="Season=2")
    home.enrich(series)
    below = tree(home, series)
    assert told(below[1, 1], "imdb_rating")["imdb_rating"] is not None
    assert told(below[2, 1], "imdb_rating")["imdb_rating"] is None
    assert set(home.awaited(series)) == {"omdb"}
    home.simulators.clear_faults()
    home.lift("omdb")
    home.asked()
    home.enrich(series)
    assert home.asked() == {"omdb": 1}
    assert told(tree(home, series)[2, 1], "imdb_rating")["imdb_rating"] is not None


def test_a_language_that_fails_lets_no_text_flip(home: House, clock: FakeClock) -> None:
    home.services.settings.update({"languages": ["de-DE", "en-US"]})
    series = add_series(home, "oshi-no-ko", seasons=(1,))
    home.enrich(series)
    before = {place: told(item, "title", "plot") for place, item in tree(home, series).items()}
    clock.advance(8 * DAY)
    home.simulators.fault("tvdb", "list_for_dict", path_contains="/official/")
    home.simulators.fault("tmdb", "list_for_dict", path_contains="season")
    home.enrich(series)
    assert {place: told(item, "title", "plot") for place, item in tree(home, series).items()} == before


@pytest.mark.parametrize("kept", slow_but([0], [0, 5]))
def test_a_list_that_shrinks_is_believed_on_the_third_day(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    series = add_series(home, "game-of-thrones")
    home.enrich(series)
    whole = tvdb.parse_episodes

    def shrunken(pages: object, language: str) -> Fragment:
        listed = whole(pages, language)  # type: ignore[arg-type]
        return replace(listed, listed=listed.listed[:kept])

    monkeypatch.setattr(tvdb, "parse_episodes", shrunken)
    clock.advance(8 * DAY)
    for _ in range(2):
        home.enrich(series, force=True)
        assert told(tree(home, series)[2, 6], "title") == {"title": "The Old Gods and the New"}
        assert "tvdb" in home.awaited(series)
        clock.advance(DAY)
    home.enrich(series, force=True)
    assert "tvdb" not in home.awaited(series)
    assert told(tree(home, series)[2, 6], "title") == {"title": "The Old Gods and the New"}, "no absence erases"


@pytest.mark.slow
def test_what_is_below_is_left_alone_where_nobody_answers(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    for provider in PROVIDERS:
        home.simulators.fault(provider, "error_500")
    before = everything(home, series)
    with pytest.raises(NobodyAnswered):
        home.enrich(tree(home, series)[1, 1].id)
    assert everything(home, series) == before


def test_where_nobody_lists_episodes_there_is_nobody_to_ask_about_one(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    for provider in ("omdb", "tmdb", "tvdb"):
        home.services.providers.update(provider, False, {})
    home.change(series, lambda item: replace(item, ids={**item.ids, "tvdb": IdClaim(value="121361")}))
    with pytest.raises(CannotDo):
        home.enrich(tree(home, series)[1, 1].id)


# Pairs


def test_an_episode_is_found_by_its_own_id_before_its_number(home: House) -> None:
    """The file of what TheTVDB lists as 1x03 is numbered 1x02 here: the id counts."""
    series = title("breaking-bad")
    assert isinstance(series, Series)
    series_id = home.add("breaking-bad")
    third = next(season for season in series.seasons if season.number == 1).episodes[2]
    given = NewSeries(series.title, series.year, {"imdb": series.imdb})
    new = NewItem(Kind.EPISODE, ids={"tvdb": str(third.tvdb)}, series=given, season=1, episode=2)
    [taken] = home.services.library.upsert([new])
    home.enrich(series_id)
    assert told(home.item(taken.item.id), "title") == {"title": third.title}


def test_what_was_got_of_another_series_goes_with_its_identity(home: House) -> None:
    series = add_series(home, "shameless-uk", seasons=(1,))
    home.enrich(series)
    episode = tree(home, series)[1, 1].id
    assert "tmdb_rating" in home.item(episode).fields
    home.change(
        episode,
        lambda item: replace(
            item,
            fields={
                **item.fields,
                "tmdb_rating": replace(item.fields["tmdb_rating"], asked_ids=("tmdb:1/1/1",), value=1.0),
            },
        ),
    )
    home.enrich(series)
    assert home.item(episode).fields["tmdb_rating"].value != 1.0


def test_a_run_is_one_group_in_the_history_and_goes_back_as_one(home: House) -> None:
    series = add_series(home, "game-of-thrones")
    before = values_of(everything(home, series))
    home.enrich(series)
    groups = {
        change_set.group
        for item_id in (series, *(item.id for item in tree(home, series).values()))
        for change_set in home.history(item_id)
    }
    assert len(groups) == 1
    home.services.mass_undo.undo(Selection(group=groups.pop()))
    assert values_of(everything(home, series)) == before
    home.enrich(series)
    assert values_of(everything(home, series)) == before, "what was undone does not come back"
