from collections.abc import Iterable
from functools import reduce
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.usage import NONE, Fate, Usage, of_one, together


def counted(answers: Iterable[float]) -> Usage:
    return reduce(together, (of_one(Fate.ANSWERED, ms / 1000) for ms in answers), NONE)


def test_requests_are_counted_by_their_fate():
    fates = [Fate.ANSWERED, Fate.FAILED, Fate.ANSWERED, Fate.LIMITED, Fate.FAILED, Fate.FAILED]
    usage = reduce(together, (of_one(fate, 0.2) for fate in fates), NONE)
    assert (usage.requests, usage.answered, usage.limited, usage.failed) == (6, 2, 1, 3)


def test_only_answers_count_for_the_time_that_one_takes():
    assert together(of_one(Fate.FAILED, 20.0), of_one(Fate.ANSWERED, 0.1)).median_ms == pytest.approx(100, rel=0.05)


@pytest.mark.parametrize(
    ("answers", "median"),
    [([], 0), ([0], 1), ([0.4], 1), ([100], 100), ([1, 1000, 50], 50), ([10, 10, 10, 9000], 10), ([600_000], 600_000)],
)
def test_the_median_is_what_half_of_them_do_not_exceed(answers, median):
    assert counted(answers).median_ms == pytest.approx(median, rel=0.05)


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=40), st.integers(0, 40))
def test_the_median_is_near_the_true_one_however_it_was_added_up(answers, at):
    usage = together(counted(answers[:at]), counted(answers[at:]))
    assert usage == counted(answers)
    assert usage.median_ms == pytest.approx(median_low(answers), rel=0.06, abs=1)
