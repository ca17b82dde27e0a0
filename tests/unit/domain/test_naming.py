"""What items are called."""

import pytest

from metarr.domain.item import Place
from metarr.domain.naming import called
from metarr.domain.values import Kind


@pytest.mark.parametrize(
    ("kind", "title", "year", "place", "expected"),
    [
        (Kind.MOVIE, "Heat", 1995, Place(), "Heat (1995)"),
        (Kind.MOVIE, "Heat", 0, Place(), "Heat"),
        (Kind.SERIES, "Dallas (US)", 1978, Place(), "Dallas (US) (1978)"),
        (Kind.MOVIE, "", 1995, Place(), ""),
        (Kind.SEASON, "Season 1", 2017, Place(series="Dark", season=1), "Dark, season 1"),
        (Kind.SEASON, "Extras", 0, Place(series="Dark", season=0), "Dark, specials"),
        (Kind.SEASON, "Season 1", 0, Place(season=1), "season 1"),
        (Kind.SEASON, "Book One", 0, Place(series="Avatar"), "Avatar, Book One"),
        (Kind.EPISODE, "Lies", 2017, Place(series="Dark", season=1, episode=2), "Dark S01E02 Lies"),
        (Kind.EPISODE, "", 0, Place(series="Dark", season=1, episode=2), "Dark S01E02"),
        (Kind.EPISODE, "One", 0, Place(series="One Piece", season=21, episode=1015), "One Piece S21E1015 One"),
        (Kind.EPISODE, "Special", 0, Place(series="Dark", season=0, episode=0), "Dark S00E00 Special"),
        (Kind.EPISODE, "Lies", 0, Place(season=1, episode=2), "S01E02 Lies"),
        (Kind.EPISODE, "Lies", 0, Place(series="Dark", episode=2), "Dark E02 Lies"),
        (Kind.EPISODE, "Lies", 0, Place(series="Dark"), "Dark Lies"),
        (Kind.EPISODE, "Lies", 0, Place(), "Lies"),
    ],
)
def test_an_item_is_called_as_people_call_it(kind: Kind, title: str, year: int, place: Place, expected: str) -> None:
    assert called(kind, title, year, place) == expected
