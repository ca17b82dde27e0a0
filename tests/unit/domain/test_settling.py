from typing import Any

import pytest

from factories import fragment
from metarr.domain.item import Conflict
from metarr.domain.outcome import Fragment
from metarr.domain.settling import strangers


def told(title: str, year: int, *titles: str, original: str = "") -> dict[str, Any]:
    values = {"title": title, "release_date": f"{year}-05-01"} if year else {"title": title}
    return {"values": {**values, **({"original_title": original} if original else {})}, "titles": titles}


def answers(**by_provider: dict[str, Any]) -> dict[str, Fragment]:
    return {provider: fragment(provider, **more) for provider, more in by_provider.items()}


HEAT, HEAT_TOO = told("Heat", 1995), told("HEAT", 1996)


@pytest.mark.parametrize("order", [("tmdb", "omdb", "tvdb"), ("tvdb", "omdb", "tmdb")])
def test_quite_another_title_and_year_than_two_that_agree_is_a_stranger(order: tuple[str, ...]) -> None:
    known = {"tmdb": HEAT, "omdb": HEAT_TOO, "tvdb": told("Summer Stock", 1950)}
    assert strangers(answers(**{provider: known[provider] for provider in order})) == {
        "tvdb": Conflict(id_type="title", value="Summer Stock (1950)", claimed_by="tvdb", held="HEAT (1996)")
    }


@pytest.mark.parametrize(
    "other",
    [
        told("Summer Stock", 1995),
        told("Summer Stock", 1997),
        told("Heat", 1950),
        told("Heat 2", 1950, "Heat"),
        told("Fuego", 1950, original="Heat"),
        told("Summer Stock", 0),
        {"values": {"release_date": "1950-01-01"}},
    ],
)
def test_a_title_or_a_year_that_fits_or_is_not_told_makes_no_stranger(other: dict[str, Any]) -> None:
    assert strangers(answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=other)) == {}


def test_of_two_nobody_can_tell_who_is_wrong() -> None:
    assert strangers(answers(tmdb=HEAT, tvdb=told("Summer Stock", 1950))) == {}


def test_where_nobody_agrees_with_anybody_nobody_is_a_stranger() -> None:
    assert strangers(answers(tmdb=HEAT, omdb=told("Ran", 1985), tvdb=told("Summer Stock", 1950))) == {}


def test_two_pairs_that_agree_among_themselves_are_no_strangers_to_each_other() -> None:
    other = told("Summer Stock", 1950)
    assert strangers(answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=other, fanart=other)) == {}


def test_a_date_that_is_none_counts_as_not_told() -> None:
    odd = {"values": {"title": "Summer Stock", "release_date": "soon"}}
    assert strangers(answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=odd)) == {}
