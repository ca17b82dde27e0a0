"""Lists of episodes that fail, shrink, are renumbered: nothing is lost, nothing flips, and the gap is pending."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fakes import FakeClock
from harness import House, house
from metarr.clock import SystemClock
from metarr.domain.outcome import Fragment
from metarr.errors import ProviderError, Reason, TitleNotFound
from metarr.library.enrich import Wish
from metarr.providers import tmdb, tvdb
from metarr.store.changes import Selection
from series_trees import add_series, everything, told, tree, values_of
from simulators import Simulators
from tiers import slow_but

pytestmark = pytest.mark.slow

DAY = 24 * 3600
PAGE = 5
Fault = Callable[[House, pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def small_pages(home: House) -> Iterator[None]:
    """The lists of TheTVDB have several pages here."""
    home.simulators.set_page_size("tvdb", PAGE)
    home.services.settings.update({"languages": ["de-DE", "en-US"]})
    yield
    home.simulators.set_page_size("tvdb", None)


def language_list_404(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tvdb.Tvdb.listed

    def gone(self: tvdb.Tvdb, ask: Any, parts: Any, http: Any) -> Mapping[Any, Fragment | None]:
        if parts[0].shape:
            raise TitleNotFound("404", soft=True)
        return listed(self, ask, parts, http)

    monkeypatch.setattr(tvdb.Tvdb, "listed", gone)


def page_502(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is left after all tries."""
    get = tvdb._get

    def broken(http: Any, settings: Any, path: str, params: Mapping[str, str]) -> Any:
        if params.get("page") == "1":
            raise ProviderError("502 Bad Gateway")
        return get(http, settings, path, params)

    monkeypatch.setattr(tvdb, "_get", broken)


def page_repeating(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    get = tvdb._get

    def repeating(http: Any, settings: Any, path: str, params: Mapping[str, str]) -> Any:
        return get(http, settings, path, {**params, "page": "0"} if "page" in params else params)

    monkeypatch.setattr(tvdb, "_get", repeating)


def listing_only(kept: int) -> Fault:
    """Its lists have so many of their entries."""

    def fault(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = tvdb.parse_episodes

        def fewer(pages: Any, language: str) -> Fragment:
            listed = whole(pages, language)
            return replace(listed, listed=listed.listed[:kept])

        monkeypatch.setattr(tvdb, "parse_episodes", fewer)

    return fault


def season_unreadable(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home.simulators.fault("omdb", "truncated_json", path_contains="Season=2")


def appends_ignored(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home.simulators.fault("tmdb", "append_ignored", path_contains="season")


def list_404(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: tvdb.Tvdb, ask: Any, parts: Any, http: Any) -> Mapping[Any, Fragment | None]:
        raise TitleNotFound("404", soft=True)

    monkeypatch.setattr(tvdb.Tvdb, "listed", gone)


FAULTS = {
    "a list 404": (list_404, "tvdb"),
    "a language list 404": (language_list_404, "tvdb"),
    "a page 502": (page_502, "tvdb"),
    "a page repeating": (page_repeating, "tvdb"),
    "an order empty with 200": (listing_only(0), "tvdb"),
    "a list halved": (listing_only(7), "tvdb"),
    "a season unreadable": (season_unreadable, "omdb"),
    "appends ignored": (appends_ignored, "tmdb"),
}


@pytest.mark.parametrize("name", slow_but(["a language list 404", "a page 502"], list(FAULTS)))
def test_what_fails_loses_nothing_and_is_pending(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fault, provider = FAULTS[name]
    series = add_series(home, "game-of-thrones")
    home.enrich(series)
    before = everything(home, series)
    clock.advance(8 * DAY)
    with monkeypatch.context() as failing:
        fault(home, failing)
        home.enrich(series)
    assert values_of(everything(home, series)) == values_of(before)
    assert provider in home.awaited(series)
    home.simulators.clear_faults()
    for each in ("omdb", "tmdb", "tvdb"):
        home.lift(each)
    clock.advance(2 * DAY)
    home.asked()
    home.enrich(series)
    assert home.asked().keys() <= {provider, "tmdb"}, "only what failed is asked for"
    assert values_of(everything(home, series)) == values_of(before)
    assert home.awaited(series) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FAULTS))
def test_what_fails_at_first_is_there_after_the_next_run(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fault, provider = FAULTS[name]
    with monkeypatch.context() as failing:
        series = add_series(home, "game-of-thrones")
        fault(home, failing)
        home.enrich(series)
    if name != "a list halved":  # nobody can know, of the first list
        assert provider in home.awaited(series)
    home.simulators.clear_faults()
    for each in ("omdb", "tmdb", "tvdb"):
        home.lift(each)
    clock.advance(8 * DAY)
    home.enrich(series)
    below = tree(home, series)
    assert told(below[2, 6], "title", "release_date") == {
        "title": "The Old Gods and the New",
        "release_date": "2012-05-06",
    }
    assert below[2, 6].fields["imdb_rating"].value is not None
    assert below[2, 6].fields["tmdb_rating"].value is not None


@pytest.mark.parametrize("provider", ["omdb", "tvdb"])
def test_a_list_that_hangs_costs_its_own_parts_and_the_deadline_holds(
    simulators: Simulators, tmp_path: Path, provider: str
) -> None:
    """A second run, so that only the list hangs: the gap is pending, what was told stays."""
    path = {"omdb": "Season=", "tvdb": "/episodes/"}[provider]
    with house(simulators, tmp_path, SystemClock()) as home:
        series = add_series(home, "game-of-thrones")
        simulators.fault(provider, "hang", path_contains=path)
        begun = home.clock.monotonic()
        home.services.enricher.enrich(series, Wish(deadline=begun + 3.0))
        assert home.clock.monotonic() - begun < 3.5
        assert home.awaited(series)[provider].reason == Reason.TIMEOUT
        assert not home.item(series).fingerprint
        below = tree(home, series)
        assert told(below[1, 1], "title") == {"title": None if provider == "tvdb" else "Winter Is Coming"}
        simulators.clear_faults()
        home.lift(provider)
        home.enrich(series)
        first = told(tree(home, series)[1, 1], "title", "imdb_rating")
        assert first["title"] == "Winter Is Coming"
        assert first["imdb_rating"] is not None


def test_a_list_of_a_language_that_is_not_there_leaves_the_other_one(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TheTVDB has no German list, and says so: its titles are the original ones from the first run on."""
    home.services.providers.update("tmdb", False, {})
    language_list_404(home, monkeypatch)
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.enrich(series)
    assert told(tree(home, series)[1, 1], "title") == {"title": "Winter Is Coming"}


# OMDb is out in the middle of a series


@pytest.mark.parametrize("fault", slow_but(["quota_exhausted"], ["quota_exhausted", "null_body"]))
def test_a_run_in_which_omdb_stops_is_one_group_and_goes_on_where_it_stopped(
    home: House, clock: FakeClock, fault: str
) -> None:
    series = add_series(home, "game-of-thrones")
    home.simulators.fault("omdb", fault, path_contains="Season=2")
    home.enrich(series)
    below = tree(home, series)
    assert (told(below[1, 1], "imdb_rating"), told(below[2, 1], "imdb_rating")) == (
        {"imdb_rating": below[1, 1].fields["imdb_rating"].value},
        {"imdb_rating": None},
    )
    assert set(home.awaited(series)) == {"omdb"}
    home.simulators.clear_faults()
    home.lift("omdb")
    clock.advance(DAY)
    home.asked()
    home.enrich(series)
    assert home.asked() == {"omdb": 1}, "the season that is missing"
    second = tree(home, series)[2, 1]
    assert second.fields["imdb_rating"].value is not None
    [latest] = {home.history(item.id)[0].group for place, item in tree(home, series).items() if place > (2, 0)}
    home.services.mass_undo.undo(Selection(group=latest))
    assert told(tree(home, series)[2, 1], "imdb_rating") == {"imdb_rating": None}
    assert tree(home, series)[1, 1].fields["imdb_rating"] == below[1, 1].fields["imdb_rating"]


def test_what_omdb_said_is_held_while_it_is_out(home: House, clock: FakeClock) -> None:
    series = add_series(home, "game-of-thrones")
    home.enrich(series)
    before = values_of(everything(home, series))
    clock.advance(8 * DAY)
    home.simulators.fault("omdb", "quota_exhausted", path_contains="Season=2")
    home.enrich(series)
    assert values_of(everything(home, series)) == before
    assert set(home.awaited(series)) == {"omdb"}
    home.simulators.clear_faults()
    home.lift("omdb")
    clock.advance(DAY)
    home.asked()
    home.enrich(series)
    assert home.asked() == {"omdb": 1}


# Numbers and ids that change


def test_thetvdb_renumbers_and_every_file_keeps_its_episode(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.enrich(series)
    before = values_of(everything(home, series))
    whole = tvdb.parse_episodes

    def renumbered(pages: Any, language: str) -> Fragment:
        """One more before the first: all others are one higher."""
        listed = whole(pages, language)
        moved = tuple(replace(each, number=each.number + (each.season == 1)) for each in listed.listed)
        first = next(each for each in listed.listed if (each.season, each.number) == (1, 1))
        new = replace(first, id="tvdb:99999", fragment=replace(first.fragment, ids={}, texts={}, values={}))
        return replace(listed, listed=(*moved, new))

    monkeypatch.setattr(tvdb, "parse_episodes", renumbered)
    clock.advance(8 * DAY)
    home.enrich(series)
    assert values_of(everything(home, series)) == before
    moved = [each for each in home.services.pairings.of_series(series, "tvdb") if each.item is not None]
    assert [each.record.number for each in moved] == [2, 3, 4, 5, 6, 7, 8], "renumbering is listed"


@pytest.mark.parametrize("new_id", [lambda old: 7, lambda old: old + 1000], ids=["doubled", "replaced"])
def test_ids_of_tmdb_may_be_any(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, new_id: Callable[[int], int]
) -> None:
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.enrich(series)
    before = everything(home, series)
    parsed = tmdb.parse_seasons

    def others(body: Any, *more: Any) -> Any:
        for key, season in body.items():
            if key.startswith("season/"):
                for each in season["episodes"]:
                    each["id"] = new_id(each["id"])
        return parsed(body, *more)

    monkeypatch.setattr(tmdb, "parse_seasons", others)
    clock.advance(8 * DAY)
    home.enrich(series)
    assert values_of(everything(home, series)) == values_of(before)
