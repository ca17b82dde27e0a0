"""A database that goes away in the middle of the work, and comes back: nothing ends for good by it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest

from fakes import FakeClock
from harness import House, house
from house.jobs.test_jobs import EVERYTHING, add_movies, at_work, finished, run, until
from metarr.app import start_background
from metarr.clock import SystemClock
from metarr.errors import DatabaseUnusable
from metarr.jobs.jobs import LOOK_AGAIN
from metarr.jobs.runner import ThreadRunner
from metarr.jobs.summary import ended
from metarr.store.jobs import JobState
from postgres import Cluster
from simulators import Simulators
from tiers import slow_but


class Gate:
    """Stands before a database: open, shut, or shut from the n-th write on. The test's own thread always gets in."""

    def __init__(self, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shut = threading.Event()
        self.refused = 0
        self._own = threading.current_thread()
        self._writes: int | None = None
        self._counting = threading.Lock()
        for name in ("begin", "read"):
            monkeypatch.setattr(home.database, name, self._guarded(getattr(home.database, name), name == "begin"))

    def shut_after(self, writes: int) -> None:
        self._writes = writes

    def open(self) -> None:
        with self._counting:
            self._writes = None
            self.shut.clear()

    def _guarded(self, begin: Callable[[], AbstractContextManager[Any]], writes: bool) -> Callable[[], Any]:
        @contextmanager
        def guarded() -> Iterator[Any]:
            if threading.current_thread() is not self._own:
                self._pass(writes)
            with begin() as connection:
                yield connection

        return guarded

    def _pass(self, writes: bool) -> None:
        with self._counting:
            if writes and self._writes is not None:
                self._writes -= 1
                if self._writes < 0:
                    self.shut.set()
            if self.shut.is_set():
                self.refused += 1
                raise DatabaseUnusable("the server is away")


@pytest.fixture
def gate(home: House, monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(home, monkeypatch)


@pytest.fixture
def busy(home: House, gate: Gate) -> Iterator[House]:
    with at_work(home):
        yield home


def at_rest(home: House) -> bool:
    """Whether nothing is under way: no thread but the one that keeps the time."""
    runner = home.services.runner
    assert isinstance(runner, ThreadRunner)
    return runner.under_way() == 0 and len(runner._threads) <= 1


def later(home: House, true: Callable[[], bool]) -> Callable[[], bool]:
    """The condition. Where it is not met and nothing is under way, as much time passes as jobs wait to look again."""
    clock = home.clock
    assert isinstance(clock, FakeClock)

    def met() -> bool:
        if true():
            return True
        if at_rest(home):
            clock.advance(LOOK_AGAIN.total_seconds())
        return False

    return met


@pytest.mark.parametrize("writes", slow_but([0, 5], [0, 1, 3, 5, 9, 17]))
def test_a_job_waits_and_goes_on(busy: House, gate: Gate, writes: int) -> None:
    add_movies(busy, 12)
    gate.shut_after(writes)
    job = busy.services.jobs.submit(EVERYTHING)
    until(lambda: gate.refused or ended(busy.services.jobs.get(job.id)), "a refusal")
    until(lambda: at_rest(busy), "the end of the attempt")
    gate.open()

    until(later(busy, lambda: ended(busy.services.jobs.get(job.id))), "the end of the job")
    done = busy.services.jobs.get(job.id)
    assert (done.detail, done.state) == ("", JobState.COMPLETE)
    assert (done.tally.done, done.tally.failed, done.tally.deferred) == (12, 0, 0)


def test_the_queue_of_a_provider_is_still_looked_at(busy: House, gate: Gate) -> None:
    [item_id] = add_movies(busy, 1)
    busy.simulators.fault("omdb", "error_500", count=1)
    run(busy)
    assert busy.awaited(item_id).keys() == {"omdb"}
    before = gate.refused
    gate.shut.set()
    until(later(busy, lambda: gate.refused > before + 8), "looks at a database that is away")
    gate.open()
    until(later(busy, lambda: not busy.awaited(item_id)), "the answer")


@pytest.mark.slow
def test_a_job_outlives_a_restart_of_the_server(
    postgres: Cluster, simulators: Simulators, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metarr.jobs.jobs.LOOK_AGAIN", LOOK_AGAIN / 600)
    with (
        postgres.database() as database,
        house(simulators, tmp_path, SystemClock(), ("tmdb", "omdb"), database) as home,
        ExitStack() as running,
    ):
        add_movies(home, 60)
        start_background(home.services, running)
        job = home.services.jobs.submit(EVERYTHING)
        until(lambda: len(home.rows("job_items")["job_items"]) >= 10, "the first marks")
        postgres.restart()
        done = finished(home, job)
        assert (done.detail, done.state) == ("", JobState.COMPLETE)
        assert (done.tally.done, done.tally.failed) == (60, 0)
        assert len(home.rows("change_sets")["change_sets"]) == 60
