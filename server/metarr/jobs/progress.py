"""How far a job is, as it is stored: while it runs, and at its end."""

from typing import Protocol

import structlog

from metarr.asking.roster import Roster
from metarr.clock import Clock
from metarr.domain.values import Kind
from metarr.jobs.summary import verdict
from metarr.store import jobs
from metarr.store.database import Connection, Database
from metarr.store.jobs import Job, JobKind, JobState, Waiting

log = structlog.get_logger(__name__)


class Running(Protocol):
    """What is to be known of a job that runs. `flushed_at`: when its progress was stored last, in monotonic seconds."""

    job: Job
    total: int
    flushed_at: float

    def over(self) -> bool: ...


class JobProgress:
    """Stores the progress and the end of jobs. Thread-safe."""

    def __init__(self, database: Database, roster: Roster, clock: Clock) -> None:
        self._database = database
        self._roster = roster
        self._clock = clock

    def flush(self, run: Running, every: float = 0.0) -> None:
        """Store how far a job is, unless that was done less than so many seconds ago."""
        now = self._clock.monotonic()
        if now - run.flushed_at < every or run.over():
            return
        run.flushed_at = now
        with self._database.begin() as connection:
            tally = jobs.tally(connection, run.job.id)
            jobs.change(connection, run.job.id, tally=tally, total=max(run.total, tally.done))

    def finish(self, job: Job) -> None:
        """Note that a job went through all its items."""
        with self._database.read() as connection:
            state, why = verdict(jobs.tally(connection, job.id), self._waiting(connection, job))
        self.end(job, state, why)

    def end(self, job: Job, state: JobState, detail: str) -> None:
        """Note the end of a job, unless it has ended before."""
        with self._database.begin() as connection:
            self.put_end(connection, job, state, detail)
        log.info("job_ended", job=job.id, state=str(state), detail=detail)

    def put_end(self, connection: Connection, job: Job, state: JobState, detail: str) -> None:
        """The same within the caller's transaction."""
        tally = jobs.tally(connection, job.id)
        # What came or went meanwhile: who did all that there was to do took as many items as were done.
        through = {"total": tally.done} if state in (JobState.COMPLETE, JobState.DEGRADED) else {}
        jobs.change(
            connection,
            job.id,
            tally=tally,
            waiting=self._waiting(connection, job),
            detail=detail[:1000],
            finished_at=self._clock.now(),
            state=state,
            **through,
        )
        jobs.forget_unchanged(connection, job.id)

    def _waiting(self, connection: Connection, job: Job) -> tuple[Waiting, ...]:
        """What its items wait for, of the providers that it was to ask and that are asked at all."""
        if job.kind is not JobKind.ENRICH:
            return ()
        asked = {configured.id for configured in self._roster.all() if any(not configured.skip(kind) for kind in Kind)}
        asked &= set(job.providers) or asked
        return tuple(each for each in jobs.waiting(connection, job.id) if each.provider in asked)
