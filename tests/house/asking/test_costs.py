"""What a series costs of a quota, and what is made of that."""

from types import SimpleNamespace
from typing import Any

import pytest

from harness import House
from metarr.asking.costs import cost_of_series
from metarr.domain.freshness import DueItem
from metarr.domain.values import Kind
from metarr.providers.contract import Provider
from metarr.providers.fanart import Fanart
from metarr.providers.omdb import Omdb
from metarr.providers.tmdb import Tmdb
from metarr.providers.tvdb import Tvdb
from series_trees import add_series


def configured(provider: Provider) -> Any:
    return SimpleNamespace(provider=provider, settings={})


@pytest.mark.parametrize(
    ("provider", "counts", "cost"),
    [
        (Omdb(), {0: 3, 1: 10, 2: 10}, 3),
        (Omdb(), {}, 1),
        (Tmdb(), dict.fromkeys(range(9), 10), 1),
        (Tmdb(), dict.fromkeys(range(1, 46), 10), 3),
        (Tvdb(), {1: 10, 2: 10}, 2),
        (Fanart(), {1: 10}, 1),
    ],
)
def test_a_series_costs_as_many_requests_as_its_parts_take(
    provider: Provider, counts: dict[int, int], cost: int
) -> None:
    assert cost_of_series(configured(provider), counts) == cost


@pytest.mark.parametrize(("quota", "scarce"), [(3, set()), (2, {"omdb"})])
def test_a_quota_is_scarce_where_it_does_not_suffice_for_the_seasons(home: House, quota: int, scarce: set[str]) -> None:
    add_series(home, "game-of-thrones")
    home.services.providers.update("omdb", None, {"daily_quota": quota})
    assert home.services.planner.scarce(1, frozenset({Kind.SERIES, Kind.MOVIE})) == scarce


def test_a_forecast_counts_requests(home: House) -> None:
    add_series(home, "game-of-thrones")
    home.services.providers.update("omdb", None, {"daily_quota": 1})
    assert home.services.health.provider(home.services.providers.configured("omdb")).forecast_days == 2


def test_a_batch_ends_where_the_quota_does(home: House) -> None:
    films = [home.add(key) for key in ("fight-club", "inception")]
    series = [add_series(home, key, seasons=(1, 2)) for key in ("game-of-thrones", "breaking-bad")]
    due = [DueItem(item_id=item_id) for item_id in (*films, *series)]

    def taken(quota: int, batch: list[DueItem]) -> int:
        home.services.providers.update("omdb", None, {"daily_quota": quota})
        with home.database.read() as connection:
            return len(home.services.planner._affordable(connection, "omdb", batch))

    assert [taken(quota, due) for quota in (1, 2, 4, 5, 7, 8, 100)] == [1, 2, 2, 3, 3, 4, 4]
    assert taken(2, due[2:]) == 1, "what comes of it counts"
