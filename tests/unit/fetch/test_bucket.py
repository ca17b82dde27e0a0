import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from metarr.errors import DeadlineTooNear
from metarr.fetch.bucket import BURST_SECONDS, TokenBucket
from metarr.fetch.contract import Cancelled, Lane

FAR = 1e9


def started(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@given(
    per_second=st.floats(0.05, 200),
    pauses=st.lists(st.floats(0, 3), min_size=1, max_size=60),
    window=st.floats(0.01, 20),
)
def test_no_stretch_of_time_holds_more_requests_than_allowed(
    per_second: float, pauses: list[float], window: float
) -> None:
    clock = FakeClock(auto=True)
    bucket = TokenBucket(per_second, clock)
    left = []
    for pause in pauses:
        clock.advance(pause)
        bucket.acquire(Lane.BATCH, FAR)
        left.append(clock.monotonic())
    allowed = per_second * (window + BURST_SECONDS) + 1
    for first in left:
        assert sum(first <= other < first + window for other in left) <= allowed + 1e-3


def test_a_steady_stream_gets_all_that_is_allowed() -> None:
    clock = FakeClock(auto=True)
    bucket, start = TokenBucket(20, clock), clock.monotonic()
    for _ in range(201):
        bucket.acquire(Lane.BATCH, FAR)
    assert clock.monotonic() - start <= 10.01


def test_an_idle_bucket_saves_up_a_quarter_of_a_second_and_no_more() -> None:
    clock = FakeClock()
    bucket = TokenBucket(8, clock)
    clock.advance(3600)
    for _ in range(2):
        bucket.acquire(Lane.BATCH, clock.monotonic())
    with pytest.raises(DeadlineTooNear):
        bucket.acquire(Lane.BATCH, clock.monotonic())


def test_without_a_limit_nobody_waits() -> None:
    clock = FakeClock()
    bucket = TokenBucket(0, clock)
    for _ in range(100):
        bucket.acquire(Lane.BATCH, clock.monotonic())
    assert clock.waits == []


def test_a_turn_that_would_come_too_late_is_refused_at_once() -> None:
    clock = FakeClock()
    bucket = TokenBucket(0.5, clock)
    bucket.acquire(Lane.BATCH, FAR)
    with pytest.raises(DeadlineTooNear):
        bucket.acquire(Lane.INTERACTIVE, clock.monotonic() + 1.9)
    assert clock.waits == []


def test_a_refused_turn_costs_no_token() -> None:
    clock = FakeClock(auto=True)
    bucket, start = TokenBucket(1, clock), clock.monotonic()
    bucket.acquire(Lane.BATCH, FAR)
    for _ in range(5):
        with pytest.raises(DeadlineTooNear):
            bucket.acquire(Lane.BATCH, clock.monotonic())
    bucket.acquire(Lane.BATCH, FAR)
    assert clock.monotonic() - start == pytest.approx(1)


def test_an_interactive_request_overtakes_batch_ones_that_wait_already() -> None:
    clock = FakeClock()
    bucket = TokenBucket(1, clock)
    bucket.acquire(Lane.BATCH, FAR)
    served: list[str] = []

    def wait_for_turn(name: str, lane: Lane) -> threading.Thread:
        def work() -> None:
            bucket.acquire(lane, FAR)
            served.append(name)

        return started(work)

    threads = []
    for count, (name, lane) in enumerate([("b1", Lane.BATCH), ("b2", Lane.BATCH), ("i", Lane.INTERACTIVE)], 1):
        threads.append(wait_for_turn(name, lane))
        clock.sleepers(count)
    clock.advance(1)
    threads[2].join(5)
    clock.sleepers(2)
    clock.advance(1)
    threads[0].join(5)
    clock.sleepers(1)
    clock.advance(1)
    threads[1].join(5)
    assert served == ["i", "b1", "b2"]


def test_a_cancelled_waiter_goes_at_once_and_leaves_its_turn_to_the_next() -> None:
    clock = FakeClock()
    bucket = TokenBucket(1, clock)
    bucket.acquire(Lane.BATCH, FAR)
    cancelled, ends = threading.Event(), []

    def work() -> None:
        with pytest.raises(Cancelled):
            bucket.acquire(Lane.BATCH, FAR, cancelled)
        ends.append("cancelled")

    thread = started(work)
    clock.sleepers(1)
    cancelled.set()
    thread.join(5)
    assert ends == ["cancelled"]
    clock.advance(1)
    bucket.acquire(Lane.BATCH, clock.monotonic())


def test_the_delay_of_a_queue_is_its_length_over_the_rate() -> None:
    clock = FakeClock()
    bucket = TokenBucket(2, clock)
    assert bucket.delay(0) == 0
    bucket.acquire(Lane.BATCH, FAR)
    assert bucket.delay(3) == pytest.approx(2.0)
