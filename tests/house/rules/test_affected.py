"""How far a change of the rules reaches into the items: which of their fields it can change, and which of them it
leaves as they are."""

from typing import Any

import pytest
from msgspec.structs import replace

from harness import House, put_enriched
from metarr.domain.authority import FieldRule
from metarr.domain.values import Kind
from metarr.rules.affected import Affected, Reach
from metarr.store import authorities, items

OMDB_FIRST = {"rules": [(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))]}
TVDB_FIRST = {"rules": [(Kind.MOVIE, "title", FieldRule(providers=("tvdb",)))]}
OTHER_PRIORITY = {"priority": ("tvdb", "omdb", "tmdb", "fanart")}


@pytest.fixture
def library(home: House) -> dict[str, int]:
    """A movie and a series, enriched."""
    return put_enriched(home, "fight-club", "game-of-thrones")


def reach(home: House) -> dict[int, Reach]:
    """Of the rules in force into the items as they are."""
    with home.database.read() as connection:
        heard = home.services.gatherer.heard(home.services.config.read_in(connection))
        affected = Affected(heard, authorities.earlier(connection))
        return affected.reach(connection, items.heads(connection))


def fields(home: House) -> dict[int, set[str]]:
    return {item_id: set(each.fields) for item_id, each in reach(home).items()}


def test_rules_that_stayed_change_nothing(home: House, library: dict[str, int]) -> None:
    assert reach(home) == {item_id: Reach(frozenset(), home.item(item_id).fingerprint) for item_id in library.values()}


def test_a_field_that_listens_to_others_can_change_on_items_of_its_kind(home: House, library: dict[str, int]) -> None:
    movie, series = library.values()
    home.services.authorities.update(**OMDB_FIRST)
    assert fields(home) == {movie: {"plot"}, series: set()}
    home.services.authorities.update(**TVDB_FIRST)
    assert fields(home) == {movie: {"plot", "title"}, series: set()}
    home.services.authorities.update(resets=[(Kind.MOVIE, "plot")])
    assert fields(home) == {movie: {"title"}, series: set()}


def test_the_fingerprint_told_is_the_one_that_a_merge_leaves(home: House, library: dict[str, int]) -> None:
    home.services.authorities.update(**OMDB_FIRST)
    foretold = {item_id: each.fingerprint for item_id, each in reach(home).items()}
    for item_id in library.values():
        before = home.item(item_id)
        assert home.enrich(item_id).item.fingerprint == foretold[item_id] != before.fingerprint


def test_a_gap_that_is_filled_no_more_is_a_change_too(home: House, library: dict[str, int]) -> None:
    home.services.authorities.update(fill_gaps=False)
    movie, series = fields(home).values()
    assert "plot" in movie & series
    assert "imdb_rating" not in movie | series, "only OMDb counted before"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"fingerprint": ""}, id="it is to be merged anyway"),
        pytest.param({"fingerprint": "of rules that nobody knows"}, id="it was merged under unknown rules"),
        pytest.param({"ids": {}}, id="nobody can be asked about it"),
    ],
)
def test_what_was_not_merged_so_last_has_to_be_merged_as_a_whole(
    home: House, library: dict[str, int], change: dict[str, Any]
) -> None:
    movie, series = library.values()
    home.change(movie, lambda item: replace(item, **change))
    assert reach(home).keys() == {series}


def test_another_answer_has_to_be_merged_as_a_whole(home: House, library: dict[str, int]) -> None:
    series = library["game-of-thrones"]
    with home.database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE provider_answers SET content = 'new' WHERE provider = 'omdb' AND kind = 'movie'"
        )
    assert reach(home).keys() == {series}


def test_under_another_priority_everything_has_to_be_merged(home: House, library: dict[str, int]) -> None:
    home.services.authorities.update(**OTHER_PRIORITY)
    assert reach(home) == {}
    for item_id in library.values():
        home.enrich(item_id)
    assert fields(home) == {item_id: set() for item_id in library.values()}


def test_other_settings_of_artwork_have_to_be_merged(home: House, library: dict[str, int]) -> None:
    home.services.settings.update({"extra_fanart": 1})
    assert reach(home) == {}
