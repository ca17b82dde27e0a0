"""Any number of synthetic movies, made from their number alone, for benchmarks.

Movie n (0 <= n < 1,000,000) has TMDB id 1,000,000+n, IMDb id tt9nnnnnnn and TVDB movie id 2,000,000+n, and every
provider answers about it. Answers are made cheaply: a provider renders a model movie once, and the model's marks (its
ids, title, date, runtime, ratings) are replaced by those of movie n.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from .records import Movie, Translation

COUNT = 1_000_000
MODEL = 7_654_321  # the model's number, beyond the range, so that its marks occur nowhere by chance
_TMDB, _TVDB = 1_000_000, 2_000_000
_FIRST_DAY = date(1970, 1, 1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GIVEN = ("Ada", "Bruno", "Clara", "Dimitri", "Elsa", "Farid", "Greta", "Hugo", "Ines", "Jonas")
_FAMILY = ("Ashwood", "Bellweather", "Cardigan", "Dunmore", "Eastlake", "Fernsby", "Greenholm", "Hartfield")
_PEOPLE = tuple(f"{given} {family}" for family in _FAMILY for given in _GIVEN)
_LANGUAGES = (
    ("de", "DE"),
    ("fr", "FR"),
    ("es", "ES"),
    ("it", "IT"),
    ("pt", "PT"),
    ("nl", "NL"),
    ("pl", "PL"),
    ("sv", "SE"),
)
_OVERVIEW = (
    "In a town that no map agrees on, two people who have never met keep finding each other's letters in the "
    "wrong box, "
    "and what starts as a nuisance becomes the only news worth waiting for."
)


def _released(n: int) -> date:
    return date(1987, 6, 5) if n == MODEL else _FIRST_DAY + timedelta(days=n * 37 % 20_000)


def _runtime(n: int) -> int:
    return 98_765 if n == MODEL else 80 + n % 71


def _tmdb_rating(n: int) -> str:
    return "6.54321" if n == MODEL else f"{5 + n % 40 / 10 + 0.05:.2f}"


def _imdb_rating(n: int) -> str:
    return "3.21" if n == MODEL else f"{4 + n % 50 / 10:.1f}"


@lru_cache(maxsize=256)
def generated_movie(n: int) -> Movie:
    """Synthetic movie number `n`."""
    released = _released(n)
    return Movie(
        key="generated",
        title=f"Generated Movie {n}",
        year=released.year,
        tmdb=_TMDB + n,
        imdb=f"tt9{n:07d}",
        tvdb=_TVDB + n,
        released=released.isoformat(),
        runtime=_runtime(n),
        genres=("Drama", "Mystery", "Comedy"),
        countries=("US", "GB"),
        overview=f"{_OVERVIEW} This is the TMDB text of movie {n}.",
        tagline="Delivered twice.",
        short_plot=f"Two strangers read each other's letters in movie {n}.",
        full_plot=f"{_OVERVIEW} {_OVERVIEW} This is the OMDb text of movie {n}.",
        tvdb_overview=f"{_OVERVIEW} This is the TVDB text of movie {n}.",
        cast=tuple((name, f"Role {i}") for i, name in enumerate(_PEOPLE[:40])),
        directors=_PEOPLE[40:41],
        writers=_PEOPLE[41:43],
        crew=tuple((name, "Crew", f"Job {i}") for i, name in enumerate(_PEOPLE[43:73])),
        studios=("Long Letter Films", "Second Post Pictures"),
        certifications={"US": "PG-13", "DE": "12", "GB": "12A"},
        translations=tuple(
            Translation(language=language, country=country, title=f"Generated {country} {n}", overview=_OVERVIEW)
            for language, country in _LANGUAGES
        ),
        keywords=("letter", "town", "stranger"),
        tmdb_rating=float(_tmdb_rating(n)),
        tmdb_votes=4321,
        imdb_rating=_imdb_rating(n),
        imdb_votes=54_321,
        rotten_tomatoes=71,
        metacritic=62,
        awards="3 wins & 5 nominations",
        posters=("en",) * 10 + ("de", "fr", "es", None, None),
        backdrops=(None,) * 12 + ("en",),
        logos=("en", "en", "de"),
        box_office="$12,345,678",
    )


_MARKS = re.compile(rb"tt97654321|8654321|9654321|7654321|1987-06-05|05 Jun 1987|1987|98765|6\.54321|3\.21")


def fill(template: bytes, n: int) -> bytes:
    """The model's answer with movie n's values."""
    released = _released(n)
    short = f"{released.day:02d} {_MONTHS[released.month - 1]} {released.year}"
    marks = {
        b"tt97654321": f"tt9{n:07d}",
        b"8654321": str(_TMDB + n),
        b"9654321": str(_TVDB + n),
        b"7654321": str(n),
        b"1987-06-05": released.isoformat(),
        b"05 Jun 1987": short,
        b"1987": str(released.year),
        b"98765": str(_runtime(n)),
        b"6.54321": repr(float(_tmdb_rating(n))),
        b"3.21": _imdb_rating(n),
    }
    # In one pass: the number of movie 1987, once filled in, must not be taken for the model's year.
    return _MARKS.sub(lambda mark: marks[mark[0]].encode(), template)


def number_in(provider: str, record_id: str | int) -> int | None:
    """Which generated movie a provider's id (tmdb, imdb, tvdb) stands for, if any."""
    if provider == "imdb":
        text = str(record_id)
        n = int(text[3:]) if text.startswith("tt9") and len(text) == 10 and text[3:].isdecimal() else -1
    else:
        n = int(record_id) - (_TMDB if provider == "tmdb" else _TVDB)
    return n if 0 <= n < COUNT else None


def number_of_movie(movie: Movie) -> int | None:
    return movie.tmdb - _TMDB if movie.key == "generated" and movie.tmdb is not None else None
