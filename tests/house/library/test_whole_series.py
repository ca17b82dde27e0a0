"""All that is listed of a series, merged without a library."""

from typing import Any

import pytest

from harness import SECONDS, House, told
from metarr.domain.entries import number_of
from metarr.domain.item import MediaItem
from metarr.domain.numbering import DVD
from metarr.domain.values import Kind
from metarr.library.aggregate import AggregateWish
from metarr.library.edit import Edit
from series_trees import add_series, tree

pytestmark = pytest.mark.slow

STORED = ("items", "external_ids", "field_values", "change_sets", "pending_answers", "episode_entries")
BREAKING_BAD = {"tvdb": "81189"}

Below = dict[tuple[int, int | None], MediaItem]


def below(home: House, **ids: str) -> Below:
    wish = AggregateWish(
        kind=Kind.SERIES,
        ids=ids,
        title="",
        year=0,
        providers=None,
        force_refresh=False,
        deadline=home.clock.monotonic() + SECONDS,
        episodes=True,
    )
    listed = home.services.titles.aggregate(wish).below
    return {(number_of(each, "season_number") or 0, number_of(each, "episode_number")): each for each in listed}


def value(item: MediaItem, field: str) -> Any:
    stored = item.fields.get(field)
    return None if stored is None else stored.value


def merged(item: MediaItem) -> dict[str, object]:
    """What is merged, with its sources: nobody's word are the numbers."""
    return {name: each for name, each in told(item.fields).items() if not name.endswith("_number")}


def test_seasons_specials_and_episodes_are_told_and_none_is_stored(home: House) -> None:
    before = home.rows(*STORED)
    listed = below(home, **BREAKING_BAD)
    assert home.rows(*STORED) == before
    assert [place for place in listed if place[1] is None] == [(0, None), (1, None), (2, None)]
    assert value(listed[0, 2], "title") == "Wedding Day"
    assert {each.id for each in listed.values()} == {0}
    assert "tvdb" in listed[1, 1].id_values()


def test_it_says_the_same_as_an_enrichment(home: House) -> None:
    listed = below(home, **BREAKING_BAD)
    series = add_series(home, "breaking-bad")
    home.enrich(series)
    enriched = tree(home, series)
    assert {place: merged(listed[place[0], place[1] or None]) for place in enriched} == {
        place: merged(item) for place, item in enriched.items()
    }


def test_asked_again_it_asks_nobody(home: House) -> None:
    first = below(home, **BREAKING_BAD)
    home.asked()
    assert below(home, **BREAKING_BAD) == first
    assert home.asked() == {}


def test_what_the_library_has_is_told_as_it_is_there(home: House) -> None:
    series = add_series(home, "breaking-bad")
    home.enrich(series)
    episode = tree(home, series)[1, 1]
    home.services.editor.edit(episode.id, Edit(fields={"title": "The owner's own"}))
    listed = below(home, **BREAKING_BAD)
    assert (listed[1, 1].id, value(listed[1, 1], "title")) == (episode.id, "The owner's own")


def test_without_a_list_of_the_whole_the_seasons_are_asked_for(home: House) -> None:
    home.services.providers.update("tvdb", False, {})
    listed = below(home, tmdb="1399")
    assert value(listed[2, 6], "title") == "The Old Gods and the New"
    assert max(season for season, _ in listed) == 2


def test_the_numbers_are_those_of_the_order_that_was_chosen(home: House) -> None:
    series = add_series(home, "breaking-bad")
    home.enrich(series)
    aired = below(home, **BREAKING_BAD)
    home.services.orders.choose(series, DVD, dry_run=False)
    home.enrich(series)
    by_disc = below(home, **BREAKING_BAD)
    assert (value(by_disc[1, 2], "title"), value(by_disc[1, 3], "title")) == (
        value(aired[1, 3], "title"),
        value(aired[1, 2], "title"),
    )
