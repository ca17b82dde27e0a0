"""A machine that has no thread or memory to spare for a while: jobs wait and go on, and nothing fails by it."""

import errno
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fakes import FakeClock
from harness import House
from house.jobs.test_jobs import EVERYTHING, add_movies, at_work, until
from house.jobs.test_lost_database import later
from metarr.errors import CannotDo, NothingToSpare, scarcity
from metarr.jobs.runner import AGAIN, ThreadRunner
from metarr.jobs.summary import ended
from metarr.library import merging
from metarr.store.jobs import JobState

pytestmark = pytest.mark.slow

NO_THREAD = "can't start new thread"


class Machine:
    """Refuses threads whose names begin so as long as it has none to spare."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.full, self.refused, really = False, 0, threading.Thread.start

        def start(thread: threading.Thread) -> None:
            if self.full and thread.name.startswith(name):
                self.refused += 1
                raise RuntimeError(NO_THREAD)
            really(thread)

        monkeypatch.setattr(threading.Thread, "start", start)


@pytest.fixture
def busy(home: House) -> Iterator[House]:
    with at_work(home):
        yield home


@pytest.mark.parametrize("name", ["work", "timed", "fetch"])
def test_a_job_waits_for_threads_and_goes_on(busy: House, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    machine = Machine(monkeypatch, name)
    add_movies(busy, 6)
    machine.full = True
    job = busy.services.jobs.submit(EVERYTHING)
    until(later(busy, lambda: machine.refused), "a refusal")
    assert not ended(busy.services.jobs.get(job.id))
    machine.full = False
    until(later(busy, lambda: ended(busy.services.jobs.get(job.id))), "the end of the job")
    done = busy.services.jobs.get(job.id)
    assert (done.detail, done.state) == ("", JobState.COMPLETE)
    assert (done.tally.done, done.tally.failed) == (6, 0)


def test_a_job_waits_for_memory_and_goes_on(busy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_movies(busy, 6)
    merge, left = merging.merge, [3]

    def merged(*given: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise MemoryError
        return merge(*given, **more)

    monkeypatch.setattr(merging, "merge", merged)
    job = busy.services.jobs.submit(EVERYTHING)
    until(later(busy, lambda: ended(busy.services.jobs.get(job.id))), "the end of the job")
    done = busy.services.jobs.get(job.id)
    assert (done.state, done.tally.done, done.tally.failed) == (JobState.COMPLETE, 6, 0)
    assert left[0] < 0


def test_what_a_pool_did_not_take_is_not_done_and_leaves_room(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, machine, done = ThreadRunner(FakeClock(), 1), Machine(monkeypatch, "work"), []
    machine.full = True
    for _ in range(3):
        with pytest.raises(RuntimeError, match=NO_THREAD):
            runner.do(lambda: done.append("never"))
    assert runner.under_way() == 0
    machine.full = False
    told = threading.Event()
    runner.do(told.set)
    assert told.wait(10)
    assert done == []
    runner.stop()
    runner.join()


def test_who_keeps_the_time_outlives_a_lack_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    runner, machine, done = ThreadRunner(clock), Machine(monkeypatch, "timed"), threading.Event()
    runner.start()
    machine.full = True
    runner.do_at(clock.now(), done.set)
    until(lambda: machine.refused, "a refusal")
    machine.full = False
    # Again and again: it may have looked at the clock before or after.
    until(lambda: clock.advance(AGAIN) or done.is_set(), "the work")
    runner.stop()
    runner.join()


@pytest.mark.parametrize(
    ("error", "scarce"),
    [
        (MemoryError(), True),
        (RuntimeError(NO_THREAD), True),
        (OSError(errno.EMFILE, "Too many open files"), True),
        (NothingToSpare("so"), True),
        (RuntimeError("cannot schedule new futures after shutdown"), False),
        (OSError(errno.ENOENT, "No such file"), False),
        (CannotDo("no"), False),
    ],
)
def test_what_the_machine_lacks_is_told_from_what_is_wrong(error: Exception, scarce: bool) -> None:
    assert (scarcity(error) is not None) is scarce
