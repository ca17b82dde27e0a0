"""Days and ratings of a country: from its own rows, by their kind and day, whatever sequence they come in."""

import random
from typing import Any

import pytest

from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.providers.omdb import Omdb
from metarr.providers.reading import certification, release_day
from metarr.providers.tmdb import Tmdb
from metarr.providers.tvdb import Tvdb
from mutations import changed

PREMIERE, LIMITED, CINEMA, ONLINE, DISC, TV = range(1, 7)
p = pytest.param


def told(provider: str, kind: Kind, country: str, **changes: Any) -> Fragment:
    """The hand-written answer of a provider with some parts changed, as read for an owner in that country."""
    return changed(provider, kind, country, **changes).read()


def released(*rows: tuple[str, int, str, str], own: str = "1987-08-28") -> dict[str, Any]:
    """A movie with these releases: country, type, day, certification; and TMDB's own day."""
    there: dict[str, list[dict[str, Any]]] = {}
    for country, kind, day, rating in rows:
        release = {"type": kind, "release_date": f"{day}T00:00:00.000Z", "certification": rating}
        there.setdefault(country, []).append(release)
    results = [{"iso_3166_1": country, "release_dates": releases} for country, releases in there.items()]
    return {"release_dates": {"results": results}, "release_date": own}


@pytest.mark.parametrize(
    ("rows", "own", "day"),
    [
        p([("US", CINEMA, "2010-07-16", "")], "2010-07-08", "2010-07-16", id="in the owner's cinemas"),
        p([("US", CINEMA, "2010-07-16", ""), ("US", LIMITED, "2010-07-09", "")], "", "2010-07-09", id="in few of them"),
        p([("US", PREMIERE, "2010-07-01", ""), ("US", CINEMA, "2010-07-16", "")], "", "2010-07-16",
          id="not at the festival before"),
        p([("US", PREMIERE, "2010-07-01", ""), ("US", ONLINE, "2010-06-01", "")], "", "2010-07-01",
          id="at a festival, where it was in no cinema"),
        p([("US", ONLINE, "2022-01-22", ""), ("GB", CINEMA, "2022-06-17", "")], "2022-06-17", "2022-06-17",
          id="not an online showing before"),
        p([("DK", CINEMA, "1987-08-28", ""), ("US", CINEMA, "2018-03-02", "")], "1987-08-28", "1987-08-28",
          id="not a re-release"),
        p([("DK", CINEMA, "1987-08-28", ""), ("US", CINEMA, "1988-03-04", "")], "1987-08-28", "1988-03-04",
          id="months later is no re-release"),
        p([("DK", CINEMA, "2010-01-01", ""), ("US", CINEMA, "2012-01-01", "")], "", "2012-01-01", id="730 days"),
        p([("DK", CINEMA, "2010-01-01", ""), ("US", CINEMA, "2012-01-02", "")], "", "2010-01-01", id="731 days"),
        p([("US", CINEMA, "2018-03-02", ""), ("US", CINEMA, "1988-03-04", "")], "", "1988-03-04",
          id="the first of two"),
        p([("FR", CINEMA, "1960-05-18", ""), ("IT", PREMIERE, "1960-05-10", "")], "1961-01-01", "1960-05-10",
          id="the first anywhere"),
        p([("FR", ONLINE, "2020-04-01", "")], "2020-03-01", "2020-03-01", id="TMDB's own day before other kinds"),
        p([("FR", DISC, "2020-05-01", ""), ("GB", TV, "2020-04-01", "")], "", "2020-04-01", id="any kind at last"),
        p([], "1999-03-30", "1999-03-30", id="nothing but TMDB's own day"),
        p([], "", None, id="nothing at all"),
        p([("US", CINEMA, "soon", ""), ("GB", CINEMA, "2012-02-30", "")], "2012-03-01", "2012-03-01",
          id="days that are none"),
    ],
)  # fmt: skip
def test_the_release_is_the_first_to_the_owner_s_cinemas(
    rows: list[tuple[str, int, str, str]], own: str, day: str | None
) -> None:
    for order in (rows, rows[::-1]):
        assert told("tmdb", Kind.MOVIE, "US", **released(*order, own=own)).values.get("release_date") == day


@pytest.mark.parametrize(
    ("rows", "rating"),
    [
        p([("US", ONLINE, "2010-01-01", "NC-17"), ("US", CINEMA, "2011-01-01", "R")], "R", id="that of the cinemas"),
        p([("US", LIMITED, "2010-01-01", "NR"), ("US", CINEMA, "2011-01-01", "R")], "R", id="of most of them"),
        p([("US", LIMITED, "2011-01-01", "R"), ("US", ONLINE, "2010-01-01", "NR")], "R", id="of few of them"),
        p([("US", CINEMA, "2011-01-01", "PG"), ("US", CINEMA, "2010-01-01", "R")], "R", id="the first of two"),
        p([("US", DISC, "2012-01-01", "PG"), ("US", ONLINE, "2011-01-01", "R")], "R", id="the first of others"),
        p([("US", CINEMA, "2010-01-01", ""), ("US", CINEMA, "2010-06-01", "R")], "R", id="empty ones beside it"),
        p([("US", CINEMA, "2010-01-01", "US:R")], "R", id="a country before it"),
        p([("US", CINEMA, "2010-01-01", "Rated PG-13")], "PG-13", id="a word before it"),
        p([("GB", CINEMA, "2010-01-01", "18"), ("DE", CINEMA, "2010-01-01", "16")], None, id="none of another country"),
        p([("US", CINEMA, "soon", "R"), ("US", CINEMA, "2010-01-01", "PG")], "PG", id="one without a day comes last"),
    ],
)  # fmt: skip
def test_the_certification_is_that_of_the_country_s_cinemas(
    rows: list[tuple[str, int, str, str]], rating: str | None
) -> None:
    for order in (rows, rows[::-1]):
        assert told("tmdb", Kind.MOVIE, "US", **released(*order)).values.get("certification") == rating


ROWS = [("US", kind, f"20{year:02}-01-01", rating) for kind in range(1, 7) for year, rating in ((10, "R"), (12, "PG"))]


@pytest.mark.parametrize("seed", range(20))
def test_the_sequence_of_an_answer_means_nothing(seed: int) -> None:
    rows = ROWS.copy()
    random.Random(seed).shuffle(rows)
    said = told("tmdb", Kind.MOVIE, "US", **released(*rows)).values
    assert (said["release_date"], said["certification"]) == ("2010-01-01", "R")
    ratings = [{"iso_3166_1": "US", "rating": rating} for rating in random.Random(seed).sample(["TV-MA", "TV-14"], 2)]
    assert told("tmdb", Kind.SERIES, "US", content_ratings={"results": ratings}).values["certification"] == "TV-14"
    named = [{"country": "usa", "name": each["rating"]} for each in ratings]
    assert told("tvdb", Kind.SERIES, "US", contentRatings=named).values["certification"] == "TV-14"


@pytest.mark.parametrize(
    ("releases", "first", "day"),
    [
        ([{"country": "dnk", "date": "1987-08-28"}, {"country": "usa", "date": "2018-03-02"}], None, "1987-08-28"),
        ([{"country": "usa", "date": "2018-03-02"}], {"country": "dnk", "date": "1987-08-28"}, "1987-08-28"),
        ([{"country": "dnk", "date": "1987-08-28"}, {"country": "usa", "date": "1988-03-04"}], None, "1988-03-04"),
    ],
)
def test_thetvdb_s_re_releases_are_none_either(releases: Any, first: Any, day: str) -> None:
    for order in (releases, releases[::-1]):
        said = told("tvdb", Kind.MOVIE, "US", releases=order, first_release=first)
        assert said.values["release_date"] == day


def test_no_other_country_s_certification_stands_in() -> None:
    ratings = {"results": [{"iso_3166_1": "US", "rating": "TV-MA"}]}
    assert "certification" in told("tmdb", Kind.SERIES, "DE", content_ratings=ratings).empty
    named = [{"country": "usa", "name": "TV-MA"}]
    assert "certification" in told("tvdb", Kind.SERIES, "DE", contentRatings=named).empty


@pytest.mark.parametrize(("provider", "country", "tells"), [
    (Omdb(), "US", True), (Omdb(), "DE", False), (Omdb(), "", False), (Tmdb(), "DE", True), (Tvdb(), "ZZ", True),
])  # fmt: skip
def test_omdb_alone_speaks_for_one_country(provider: Any, country: str, *, tells: bool) -> None:
    for kind in (Kind.MOVIE, Kind.SERIES):
        fields = provider.fields_for(country, kind, {})
        assert ("certification" in fields) is tells
        assert provider.fields(kind, {}) - fields <= {"certification"}


@pytest.mark.parametrize(
    ("raw", "bare"),
    [
        ("PG-13", "PG-13"), ("US:PG-13", "PG-13"), ("US: R", "R"), ("Rated R", "R"), (" 16 ", "16"),
        ("15세 이상 관람가", "15세 이상 관람가"), ("M/PG", "M/PG"), ("PG/U", "PG/U"), ("K-12", "K-12"), ("US:", None),
        ("N/A", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_certification_is_the_bare_rating(raw: str | None, bare: str | None) -> None:
    assert certification(raw) == bare


@pytest.mark.parametrize(
    ("here", "anywhere", "day"),
    [(None, None, None), (None, "2010-01-01", "2010-01-01"), ("2010-01-01", None, "2010-01-01")],
)
def test_a_release_of_one_side_is_that_one(here: str | None, anywhere: str | None, day: str | None) -> None:
    assert release_day(here, anywhere) == day
