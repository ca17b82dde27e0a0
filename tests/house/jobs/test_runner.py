"""The runner of threads: what has a time, and its end."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from factories import NOW
from fakes import FakeClock
from metarr.jobs.runner import LOOK_EVERY, ThreadRunner

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def runner(clock: FakeClock) -> Iterator[ThreadRunner]:
    made = ThreadRunner(clock)
    made.start()
    yield made
    made.stop()
    made.join()


@pytest.mark.parametrize("back", [HOUR, 2000 * 24 * HOUR], ids=str)
def test_a_clock_that_is_set_back_delays_nothing(runner: ThreadRunner, clock: FakeClock, back: timedelta) -> None:
    done = threading.Event()
    runner.do_at(clock.now() + timedelta(seconds=20), done.set)
    clock.sleepers(1)
    clock.step_wall(-back.total_seconds())
    clock.advance(21)
    assert done.wait(10)


def test_after_a_sleep_of_the_machine_what_is_due_is_done(runner: ThreadRunner, clock: FakeClock) -> None:
    done = threading.Event()
    runner.do_at(clock.now() + HOUR, done.set)
    clock.sleepers(1)
    clock.step_wall(HOUR.total_seconds())
    clock.advance(LOOK_EVERY)
    assert done.wait(10)


def test_who_waits_for_the_end_meets_no_thread_that_was_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = ThreadRunner(FakeClock())
    start, met = threading.Thread.start, []

    def wait() -> None:
        try:
            runner.join(0)
        except RuntimeError as error:
            met.append(error)

    def start_late(thread: threading.Thread) -> None:
        if thread.name == "timed":
            waiting = threading.Thread(target=wait)
            start(waiting)
            waiting.join(0.2)  # it waits for the start, or is through
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_late)
    done = threading.Event()
    runner.start()
    runner.do_at(NOW, done.set)
    assert done.wait(10)
    runner.stop()
    runner.join()
    assert not met


def test_who_waits_for_the_end_again_is_told_of_nothing_left_behind() -> None:
    runner = ThreadRunner(FakeClock(), 2)
    runner.start()
    runner.stop()
    with capture_logs() as logs:
        for _ in range(3):
            runner.join()
    assert logs == []


def test_an_end_that_comes_just_before_a_look_at_the_time_is_not_slept_through() -> None:
    runner = ThreadRunner(FakeClock())

    class Changed(threading.Event):
        def clear(self) -> None:
            runner.stop()
            super().clear()

    runner._changed = Changed()
    runner.start()
    runner.join()
    assert not runner._threads
