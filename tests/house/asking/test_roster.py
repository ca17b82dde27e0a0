"""The limits that a provider's channel works by."""

import pytest

from metarr.asking.roster import MOST_WORKERS, SLOW_ANSWER, limits_in_force
from metarr.fetch.contract import Limits


@pytest.mark.parametrize("per_second", [0, 0.5, 3, 25, 33, 50, 64])
@pytest.mark.parametrize("declared", [1, 16])
def test_the_owners_limit_is_reached_though_every_answer_is_slow(per_second: float, declared: int) -> None:
    limits = limits_in_force(Limits(workers=declared), {"requests_per_second": per_second})
    assert limits.per_second == per_second
    assert limits.workers >= declared
    assert limits.workers / SLOW_ANSWER >= per_second


def test_no_limit_of_the_owners_makes_more_workers_than_a_provider_should_see() -> None:
    assert limits_in_force(Limits(), {"requests_per_second": 100_000}).workers == MOST_WORKERS


def test_where_the_owner_sets_nothing_the_providers_own_limits_count() -> None:
    assert limits_in_force(Limits(per_second=4, daily_quota=7, workers=3), {}) == Limits(
        per_second=4, daily_quota=7, workers=3
    )
