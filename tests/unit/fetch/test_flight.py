import pytest

from metarr.fetch.contract import Lane
from metarr.fetch.flight import Flight


def flight() -> Flight[str]:
    return Flight("key", lambda _http: "value", Lane.BATCH, 100.0, 1.0)


def test_a_flight_has_the_best_lane_and_the_latest_deadline_of_its_waiters() -> None:
    shared = flight()
    shared.join(Lane.INTERACTIVE, 50.0, 0.0)
    assert (shared.lane, shared.deadline, shared.linger, shared.waiters) == (Lane.INTERACTIVE, 100.0, 1.0, 2)
    shared.join(Lane.BATCH, 200.0, 5.0)
    assert (shared.lane, shared.deadline, shared.linger, shared.waiters) == (Lane.INTERACTIVE, 200.0, 5.0, 3)


def test_the_first_end_counts() -> None:
    ended = flight()
    ended.land("first", None)
    ended.land(None, ValueError("second"))
    assert ended.result() == "first"
    failed = flight()
    failed.land(None, ValueError("first"))
    failed.land("second", None)
    with pytest.raises(ValueError, match="first"):
        failed.result()
