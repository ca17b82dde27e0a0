"""Synthetic series, made from their number alone, for benchmarks: 8 seasons of 22 episodes each.

Series n (0 <= n < 1,000) has TMDB id 3,000,000+n, IMDb id tt8nnnnnnn and TVDB id 4,000,000+n.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from .records import Episode, Season, Series, Translation

COUNT, SEASONS, EPISODES = 1000, 8, 22
_TMDB, _TVDB, _EPISODE = 3_000_000, 4_000_000, 50_000_000
_FIRST_DAY = date(1990, 9, 1)
_WORDS = "ba cor den fal gri hol jor kan lem mir nos pal quin ras sol tur vel wen yor zan"
_SYLLABLES = _WORDS.split()


def ids(n: int) -> dict[str, str]:
    """The external ids of series n, by type."""
    return {"tmdb": str(_TMDB + n), "imdb": f"tt8{n:07d}", "tvdb": str(_TVDB + n)}


def number_in(provider: str, record_id: str) -> int | None:
    """Which generated series a provider's id (tmdb, imdb, tvdb) stands for, if any."""
    if provider == "imdb":
        n = int(record_id[3:]) if record_id.startswith("tt8") and record_id[3:].isdecimal() else -1
    else:
        n = int(record_id) - (_TMDB if provider == "tmdb" else _TVDB) if record_id.isdecimal() else -1
    return n if 0 <= n < COUNT else None


@lru_cache(maxsize=COUNT)
def generated_series(n: int) -> Series:
    """Series n with all its episodes, a week apart."""
    seasons = tuple(_season(n, number) for number in range(1, SEASONS + 1))
    return Series(
        key=f"generated-series-{n}",
        title=f"Generated Series {n}",
        year=_FIRST_DAY.year,
        released=seasons[0].episodes[0].aired,
        tmdb=_TMDB + n,
        imdb=f"tt8{n:07d}",
        tvdb=_TVDB + n,
        runtime=45,
        genres=("Drama",),
        overview="A series that goes on.",
        translations=(Translation(language="de", country="DE", title=f"Serie {n}", overview="Sie geht weiter."),),
        ended=seasons[-1].episodes[-1].aired,
        networks=("Network",),
        status="Ended",
        seasons=seasons,
    )


def _season(n: int, number: int) -> Season:
    key = n * SEASONS + number
    episodes = tuple(_episode(n, number, place) for place in range(1, EPISODES + 1))
    return Season(number=number, name=f"Season {number}", tmdb=6_000_000 + key, tvdb=7_000_000 + key, episodes=episodes)


def _episode(n: int, season: int, number: int) -> Episode:
    key = (n * SEASONS + season) * 100 + number
    first, second = divmod(key * 7919 % 400, 20)
    word = f"{_SYLLABLES[first]}{_SYLLABLES[second]}".capitalize()
    aired = _FIRST_DAY + timedelta(days=365 * (season - 1) + 7 * number)
    return Episode(
        number=number,
        title=f"The {word} of {_SYLLABLES[season].capitalize()}{_SYLLABLES[number % 20]} {number}",
        aired=aired.isoformat(),
        tmdb=_EPISODE + key,
        tvdb=_EPISODE + key,
        imdb=f"tt{_EPISODE + key}",
        overview="What happens in it, in two or three sentences that somebody wrote down.",
        directors=("Ada Ashwood",),
        writers=("Bruno Dunmore",),
        guests=(("Clara Eastlake", "Neighbour"),),
    )
