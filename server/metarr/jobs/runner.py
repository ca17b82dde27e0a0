"""What runs work in the background: the one place that knows how. Threads of the daemon's own process."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from metarr.clock import Clock

log = structlog.get_logger(__name__)

Work = Callable[[], None]

MOST = 64
"""Items that are worked on at once. They mostly wait for providers, which have limits of their own."""

AGAIN = 10.0
"""Seconds until the next attempt, where there was no thread to spare."""

LOOK_EVERY = 30.0
"""Seconds after which a time set is compared with the clocks again: the wall clock may be set."""


class Runner(Protocol):
    """Runs work. Nothing else may know where."""

    def do(self, work: Work) -> None:
        """Do this soon; returns as soon as there is room for it."""

    def do_at(self, moment: datetime, work: Work) -> None:
        """Do that at its time. It may take long."""

    def under_way(self) -> int:
        """How much that `do` took has not ended yet."""


@dataclass(frozen=True, eq=False)
class _Timed:
    """Work with a time, on both clocks."""

    moment: datetime
    monotonic: float
    work: Work


@dataclass(eq=False)
class _Given:
    """Work for the pool. `dropped`: whoever gave it knows that it was not taken."""

    work: Work
    dropped: bool = False


class ThreadRunner:
    """A `Runner` of threads. What is given after `stop` is not done."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._room = threading.Semaphore(most)
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="work")
        self._lock = threading.Lock()
        self._timed: list[_Timed] = []
        self._changed = threading.Event()
        self._threads: set[threading.Thread] = set()
        self._under_way = 0
        self._stopped = False

    def start(self) -> None:
        """Begin to look after what has a time."""
        self._spawn(self._keep_time, "timer")

    def do(self, work: Work) -> None:
        self._room.acquire()
        with self._lock:
            if self._stopped:
                self._room.release()
                return
            self._under_way += 1
            given = _Given(work)
            try:
                self._pool.submit(self._work, given)
            except RuntimeError:  # no thread to spare; it lies in the pool's queue all the same
                given.dropped = True
                self._under_way -= 1
                self._room.release()
                raise

    def do_at(self, moment: datetime, work: Work) -> None:
        with self._lock:
            if self._stopped:
                return
            self._timed.append(_Timed(moment, self._clock.monotonic() + self._rest(moment), work))
        self._changed.set()

    def under_way(self) -> int:
        return self._under_way

    def stop(self) -> None:
        """Begin nothing any more. What is under way goes on."""
        with self._lock:
            self._stopped = True
            self._timed.clear()
        self._changed.set()
        self._pool.shutdown(wait=False)

    def join(self, seconds: float = 4.0) -> None:
        """Wait until everything has ended, for that long at most."""
        deadline = self._clock.monotonic() + seconds
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - self._clock.monotonic()))
        ended = 0
        while ended < self._most and self._room.acquire(timeout=max(0.0, deadline - self._clock.monotonic())):
            ended += 1
        if ended:
            self._room.release(ended)
        if ended < self._most:
            log.warning("work_left_behind", under_way=self._under_way)

    def _work(self, given: "_Given") -> None:
        with self._lock:
            if given.dropped:
                return
        try:
            given.work()
        except Exception:  # whatever it was, it must not take the thread along
            log.exception("work_failed")
        finally:
            with self._lock:
                self._under_way -= 1
            self._room.release()

    def _spawn(self, work: Work, name: str) -> None:
        def run() -> None:
            try:
                work()
            except Exception:  # as above
                log.exception("work_failed")
            finally:
                with self._lock:
                    self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, name=name, daemon=True)
        with self._lock:  # whoever waits for the end shall meet no thread that has not begun
            if not self._stopped:
                thread.start()
                self._threads.add(thread)

    def _keep_time(self) -> None:
        while True:
            self._changed.clear()  # first, so that whatever happens from here on ends the wait below
            if self._stopped:
                return
            with self._lock:
                due = [timed for timed in self._timed if self._until(timed) <= 0]
                self._timed = [timed for timed in self._timed if timed not in due]
                rest = min((self._until(timed) for timed in self._timed), default=LOOK_EVERY)
            for timed in due:
                try:
                    self._spawn(timed.work, "timed")
                except RuntimeError as error:
                    log.warning("timed_work_waits", why=str(error))
                    self._put_off(timed)
            self._clock.wait(min(rest, LOOK_EVERY), self._changed)

    def _put_off(self, timed: _Timed) -> None:
        """Try again soon: without this thread nothing would be done at its time any more."""
        later = self._clock.now() + timedelta(seconds=AGAIN)
        with self._lock:
            if not self._stopped:
                self._timed.append(_Timed(later, self._clock.monotonic() + AGAIN, timed.work))

    def _until(self, timed: _Timed) -> float:
        """Seconds until something is due. Whichever clock says first that it is is believed: the wall clock may be set
        back, and the other one stands still while the machine sleeps."""
        return min(self._rest(timed.moment), timed.monotonic - self._clock.monotonic())

    def _rest(self, moment: datetime) -> float:
        return (moment - self._clock.now()).total_seconds()
