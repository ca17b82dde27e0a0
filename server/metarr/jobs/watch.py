"""Watching a job: whoever waits for news of it is woken when there may be some."""

import threading
from collections.abc import Callable
from typing import Self

from metarr.clock import Clock
from metarr.jobs.summary import ended
from metarr.store.jobs import Job


class Watchers:
    """All who wait for news of any job. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: set[threading.Event] = set()

    def tell(self) -> None:
        """There may be news."""
        for heard in tuple(self._waiting):
            heard.set()

    def wait(self, seconds: float, heard: threading.Event) -> None:
        """Until there may be news, or that long."""
        self._clock.wait(seconds, heard)
        heard.clear()

    def add(self, heard: threading.Event) -> None:
        """Set the event whenever there may be news."""
        self._waiting.add(heard)

    def remove(self, heard: threading.Event) -> None:
        self._waiting.discard(heard)


class JobWatch:
    """A job as it goes on, in a `with` block: what is newer than a sequence, and itself again as a heartbeat."""

    def __init__(self, watchers: Watchers, look: Callable[[], Job], after_sequence: int, heartbeat: float) -> None:
        """`look`: the job as it is now. `after_sequence`: 0 for everything. `heartbeat`: seconds of silence after which
        it is told again."""
        self._watchers = watchers
        self._look = look
        self._sequence = after_sequence or -1  # one that waits for its start has 0, and is news to who asks for all
        self._heartbeat = heartbeat
        self._heard = threading.Event()

    def __enter__(self) -> Self:
        self._watchers.add(self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        self._watchers.remove(self._heard)

    def next(self) -> tuple[Job, bool]:
        """The job when it has news, or after a heartbeat's time, and whether it has news."""
        job = self._look()
        if job.sequence < self._sequence:
            self._sequence = -1  # told by a database that has been replaced by a backup since: everything is news
        if job.sequence <= self._sequence and not ended(job):
            self._watchers.wait(self._heartbeat, self._heard)
            job = self._look()
        news = job.sequence > self._sequence
        self._sequence = max(self._sequence, job.sequence)
        return job, news

    def close(self) -> None:
        """Wake whoever waits in `next`."""
        self._heard.set()
