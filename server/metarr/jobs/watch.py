"""Watching a job as it goes on."""

from collections.abc import Callable

from metarr.bell import Bell, News, Watch
from metarr.clock import Clock
from metarr.jobs.summary import ended
from metarr.store.jobs import Job


class JobWatch(Watch[Job]):
    """A job: what is newer than a sequence, and itself again as a heartbeat."""

    def __init__(
        self, bell: Bell, clock: Clock, look: Callable[[], Job], *, after_sequence: int, heartbeat: float
    ) -> None:
        """`look`: the job as it is now. `after_sequence`: 0 for everything."""
        super().__init__(bell, News.JOBS, clock, heartbeat=heartbeat)
        self._job = look
        self._sequence = after_sequence or -1  # one that waits for its start has 0, and is news to who asks for all

    def look(self) -> tuple[Job, bool]:
        job = self._job()
        # A lesser one is of a database that has been replaced by a backup since: everything is news.
        news = job.sequence != self._sequence
        self._sequence = job.sequence
        return job, news

    def is_over(self, seen: Job) -> bool:
        return ended(seen)
