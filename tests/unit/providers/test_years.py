"""The year of the first release, as each provider itself says it, and the day that it comes from."""

from typing import Any

import pytest

from metarr.domain.values import Kind
from metarr.providers.reading import Malformed, first_year
from mutations import changed

MOVIE, SERIES = Kind.MOVIE, Kind.SERIES


@pytest.mark.parametrize(
    ("provider", "kind", "changes", "year", "day"),
    [
        ("tmdb", MOVIE, {"release_date": "1987-08-28"}, 1987, "1987-08-28"),
        ("tmdb", MOVIE, {"release_date": "1987-08-28T00:00:00.000Z"}, 1987, "1987-08-28"),
        ("tmdb", MOVIE, {"release_date": ""}, None, ""),
        ("tmdb", MOVIE, {"release_date": "1987-08-28", "release_dates": ...}, 1987, "1987-08-28"),
        ("tmdb", SERIES, {"first_air_date": "2011-04-17"}, 2011, "2011-04-17"),
        ("tmdb", SERIES, {"first_air_date": None}, None, ""),
        ("omdb", MOVIE, {"Year": "1987", "Released": "28 Aug 1987"}, 1987, "1987-08-28"),
        ("omdb", MOVIE, {"Year": "1987", "Released": "02 Mar 2018"}, 1987, ""),
        ("omdb", MOVIE, {"Year": "1987", "Released": "N/A"}, 1987, ""),
        ("omdb", MOVIE, {"Year": "1987", "Released": 7}, 1987, ""),
        ("omdb", MOVIE, {"Year": "N/A"}, None, ""),
        ("omdb", SERIES, {"Year": "2008–2013", "Released": "20 Jan 2008"}, 2008, "2008-01-20"),
        ("omdb", SERIES, {"Year": "2011–", "Released": "N/A"}, 2011, ""),
        ("tvdb", MOVIE, {"year": "2010"}, 2010, "2010-05-16"),
        ("tvdb", MOVIE, {"year": 2010}, 2010, "2010-05-16"),
        ("tvdb", MOVIE, {"year": "2009"}, 2009, ""),
        ("tvdb", MOVIE, {"year": "2010", "releases": 7, "first_release": None}, 2010, ""),
        ("tvdb", MOVIE, {"year": None}, None, ""),
        ("tvdb", SERIES, {"year": "2015", "firstAired": "2015-03-02"}, 2015, "2015-03-02"),
        ("tvdb", SERIES, {"year": "2015", "firstAired": ""}, 2015, ""),
        ("tvdb", SERIES, {"year": ""}, None, ""),
    ],
)
def test_the_year_is_the_provider_s_own(
    provider: str, kind: Kind, changes: dict[str, Any], year: int | None, day: str
) -> None:
    fragment = changed(provider, kind, "US", **changes).read()
    assert (fragment.values.get("year"), fragment.year_day) == (year, day)
    assert ("year" in fragment.empty) is (year is None)


@pytest.mark.parametrize(
    ("provider", "kind", "changes"),
    [
        ("tmdb", MOVIE, {"release_date": ...}),
        ("tmdb", MOVIE, {"release_date": 1987}),
        ("tmdb", SERIES, {"first_air_date": "soon"}),
        ("tmdb", SERIES, {"first_air_date": "1492-10-12"}),
        ("omdb", MOVIE, {"Year": ...}),
        ("omdb", MOVIE, {"Year": "soon"}),
        ("omdb", MOVIE, {"Year": "9999"}),
        ("tvdb", MOVIE, {"year": ...}),
        ("tvdb", SERIES, {"year": [2015]}),
        ("tvdb", SERIES, {"year": True}),
    ],
)
def test_a_year_that_is_none_is_unread(provider: str, kind: Kind, changes: dict[str, Any]) -> None:
    fragment = changed(provider, kind, "US", **changes).read()
    assert "year" in fragment.unread
    assert fragment.year_day == ""


def test_a_re_release_is_another_year_s_date() -> None:
    there = [{"type": 3, "release_date": "1988-03-04T00:00:00.000Z", "certification": ""}]
    released = {"results": [{"iso_3166_1": "US", "release_dates": there}]}
    fragment = changed("tmdb", MOVIE, release_date="1987-08-28", release_dates=released).read()
    assert (fragment.values["release_date"], fragment.values["year"]) == ("1988-03-04", 1987)


@pytest.mark.parametrize(
    ("raw", "year"),
    [("2008", 2008), ("2008–2013", 2008), ("2011–", 2011), ("2011-2012", 2011), (2008, 2008),
     ("0000", None), ("", None), ("N/A", None), (None, None)],
)  # fmt: skip
def test_the_first_year_of_several(raw: Any, year: int | None) -> None:
    assert first_year(raw) == year


@pytest.mark.parametrize("raw", ["08", "20080101", "soon", "year 2008", 208, True, [], 2008.5])
def test_what_is_no_year_is_malformed(raw: Any) -> None:
    with pytest.raises(Malformed):
        first_year(raw)
