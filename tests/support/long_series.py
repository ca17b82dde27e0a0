"""Twenty seasons of fifty episodes: the discs have each season in reverse, and a third order counts them through.

TheTVDB alone is asked."""

from collections.abc import Mapping, Sequence

import pytest
from msgspec.structs import replace

from harness import House, title
from metarr.domain.outcome import Fragment, ListedEpisode
from metarr.domain.values import Kind, Text
from metarr.fetch.contract import Http
from metarr.providers import tvdb
from metarr.providers.contract import Ask, Part
from metarr.providers.tvdb import Tvdb
from series_trees import add_episodes
from simulators import Series

SEASONS, EPISODES = 20, 50


def add_long_series(home: House, monkeypatch: pytest.MonkeyPatch) -> int:
    """All of its episodes, enriched."""

    def listed(_: Tvdb, ask: Ask, parts: Sequence[Part], http: Http) -> Mapping[Part, Fragment | None]:
        [part] = parts
        return {part: replace(tvdb_list(part.order), provider="tvdb")}

    monkeypatch.setattr(Tvdb, "listed", listed)
    monkeypatch.setattr(tvdb, "_orders", lambda record: ("aired", "dvd", "absolute"))
    for provider in ("tmdb", "omdb", "fanart"):
        home.services.providers.update(provider, False, {})
    series = home.add("oshi-no-ko")
    told_title = title("oshi-no-ko")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {season: list(range(1, EPISODES + 1)) for season in range(1, SEASONS + 1)})
    home.enrich(series)
    home.asked()
    return series


def tvdb_list(order: str) -> Fragment:
    """What is listed in an order, "" the aired one."""
    entries = []
    for place in range(SEASONS * EPISODES):
        season, number = place // EPISODES + 1, place % EPISODES + 1
        if order == "dvd":
            number = EPISODES + 1 - number
        elif order == "absolute":
            season, number = 1, place + 1
        name = (Text(value=f"Story {place}", language="ja"),)
        told_of = Fragment(provider="tvdb", kind=Kind.EPISODE, texts={"title": name}, ids={"tvdb": str(5000 + place)})
        entries.append(ListedEpisode(id=f"tvdb:{5000 + place}", season=season, number=number, fragment=told_of))
    return Fragment(provider="tvdb", kind=Kind.SEASON, listed=tuple(entries))
