"""What is just coming out is asked for again sooner."""

from typing import Any

import pytest
from msgspec.structs import replace

from fakes import FakeClock
from harness import House
from house.jobs.test_jobs import EVERYTHING, at_work, run
from metarr.domain.outcome import Fragment
from metarr.providers import tmdb, tvdb
from series_trees import add_series
from tiers import slow_but

HOUR, DAY = 3600, 24 * 3600


def showing(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Have the second season be shown that day, as TheTVDB and TMDB say."""

    def dated(listed: Fragment) -> Fragment:
        entries = tuple(
            replace(each, fragment=replace(each.fragment, values={**each.fragment.values, "release_date": day}))
            if (each.season, each.number) == (2, 1)
            else each
            for each in listed.listed
        )
        return replace(listed, listed=entries)

    whole, seasons = tvdb.parse_episodes, tmdb.parse_seasons
    monkeypatch.setattr(tvdb, "parse_episodes", lambda pages, language: dated(whole(pages, language)))

    def dated_seasons(*given: Any) -> Any:
        return {part: listed and dated(listed) for part, listed in seasons(*given).items()}

    monkeypatch.setattr(tmdb, "parse_seasons", dated_seasons)


IS_DUE = {"tmdb": 1, "tvdb": 1}
SHOWN = [
    ("2026-12-02", 21, {}),
    ("2026-11-24", 21, IS_DUE),
    ("2026-11-24", 19, {}),
    ("2026-11-01", 21, IS_DUE),
    ("2026-10-01", 21, {}),
]
"""On a day, asked again after so many hours, which is then asked for."""


@pytest.mark.parametrize("shown", slow_but(SHOWN[:2], SHOWN))
def test_lists_with_an_episode_that_is_being_shown_are_due_the_next_day(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, shown: tuple[str, int, dict[str, int]]
) -> None:
    """The series itself, its first season and OMDb, which knows no such day, are left alone."""
    day, hours, asked = shown
    showing(monkeypatch, day)
    add_series(home, "game-of-thrones")
    with at_work(home):
        run(home, EVERYTHING)
        home.asked()
        clock.advance(hours * HOUR)
        run(home, EVERYTHING)
        assert {provider: n for provider, n in home.asked().items() if n} == asked
        run(home, EVERYTHING)
        assert home.asked() == {}


RELEASED = [("2026-10-01", 21, True), ("2026-10-01", 19, False), ("2026-08-01", 21, False), ("2027-01-01", 21, True)]
"""On a day, asked again after so many hours, and whether it is due then."""


@pytest.mark.parametrize("released", slow_but(RELEASED[:1], RELEASED))
def test_a_new_movie_is_due_the_next_day(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, released: tuple[str, int, bool]
) -> None:
    (day, hours, due), parsed = released, tmdb.parse_title

    def dated(*given: Any) -> Fragment:
        fragment = parsed(*given)
        return replace(fragment, values={**fragment.values, "release_date": day})

    monkeypatch.setattr(tmdb, "parse_title", dated)
    home.add("fight-club")
    with at_work(home):
        run(home, EVERYTHING)
        home.asked()
        clock.advance(hours * HOUR)
        run(home, EVERYTHING)
        assert home.asked() == ({"tmdb": 1} if due else {})


def test_how_soon_is_a_setting(home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    home.services.settings.update({"airing_refresh_hours": 48})
    showing(monkeypatch, "2026-11-24")
    series = add_series(home, "game-of-thrones")
    home.enrich(series)
    home.asked()
    clock.advance(47 * HOUR)
    home.enrich(series)
    assert home.asked() == {}
    clock.advance(2 * HOUR)
    home.enrich(series)
    assert home.asked().keys() == {"tmdb", "tvdb"}
