"""One job as it runs: every item once, whatever it is that is done with them."""

import threading
from collections.abc import Iterator, Mapping
from typing import Protocol

import structlog

from metarr.clock import Clock
from metarr.domain.values import Kind
from metarr.jobs.progress import JobProgress
from metarr.store import jobs
from metarr.store.database import Database
from metarr.store.jobs import Job, JobItem, JobKind, JobState

log = structlog.get_logger(__name__)

BATCH = 500

FLUSH_EVERY = 1.0
"""Seconds between two storings of a running job's progress."""


class Run:
    """A job as it runs now."""

    def __init__(self, job: Job, stopping: threading.Event) -> None:
        """`stopping`: set when the daemon stops."""
        self.job = job
        self.stopping = stopping
        self.ended = threading.Event()
        self.cut_off: Exception | None = None
        self.total = 0
        self.flushed_at = 0.0
        self.changed = threading.Condition()
        self.in_flight = 0

    def add(self, items: int) -> None:
        """So many more are in flight, or fewer."""
        with self.changed:
            self.in_flight += items
            self.changed.notify_all()

    def over(self) -> bool:
        """Whether nothing of it is to be done or noted any more: it was cancelled or cut off, or the daemon stops."""
        return self.stopping.is_set() or self.ended.is_set()

    def cut_off_by(self, error: Exception) -> None:
        """It cannot go on, for this reason."""
        self.cut_off = error
        self.ended.set()


class JobWork(Protocol):
    """What a job of one kind does. Thread-safe."""

    def kinds(self, job: Job) -> frozenset[Kind]:
        """The kinds of items that it can be done with. Raises CannotDo where there are none."""

    def through(self, run: Run, batches: Iterator[list[JobItem]]) -> None:
        """Do it with all of these items; returns when nothing of it is under way any more.

        What is done has a mark, committed together with the item, so that a job that is killed goes on with the rest.
        Nothing is committed once `run.over()`. An item that it cannot be done with is marked as failed, alone; raises
        what cuts the whole job off.
        """


class Worker:
    """Does the work of jobs, of every kind. Thread-safe."""

    def __init__(
        self, database: Database, progress: JobProgress, works: Mapping[JobKind, JobWork], *, clock: Clock
    ) -> None:
        self._database = database
        self._progress = progress
        self._works = works
        self._clock = clock

    def work(self, run: Run) -> None:
        """Do all of a job that is left, and note how it ended. Whoever ends it meanwhile notes that; where the daemon
        stops, it stays under way.

        Raises CannotDo where there is nothing to do it with, and what cut it off.
        """
        work = self._works[run.job.kind]
        kinds = work.kinds(run.job)
        if not self._begin(run, kinds):
            return
        log.info("job_started", job=run.job.id, kind=str(run.job.kind), items=run.total)
        work.through(run, self._batches(run, kinds))
        if run.cut_off is not None:
            raise run.cut_off
        if not run.over():
            self._progress.finish(run.job)

    def _begin(self, run: Run, kinds: frozenset[Kind]) -> bool:
        """Note that a job runs. False: it was cancelled before it could."""
        now = self._clock.now()
        with self._database.begin() as connection:
            run.total = jobs.count(connection, run.job, kinds)
            return jobs.change(
                connection,
                run.job.id,
                state=JobState.RUNNING,
                started_at=run.job.started_at or now,
                resumed_at=now,
                resumed_with=jobs.tally(connection, run.job.id).done,
                total=run.total,
            )

    def _batches(self, run: Run, kinds: frozenset[Kind]) -> Iterator[list[JobItem]]:
        """The items that are left, each once; its progress is stored beside."""
        after = 0
        while not run.over():
            with self._database.read() as connection:
                batch = jobs.candidates(connection, run.job, kinds, after, BATCH)
            if not batch:
                break
            yield batch
            self._progress.flush(run, FLUSH_EVERY)
            after = batch[-1].id
