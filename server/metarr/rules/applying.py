"""What a job of the kind apply does: merges its items again under the rules in force, from the cached answers."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import structlog

from metarr.domain.values import Kind
from metarr.errors import DatabaseUnusable, Stopped
from metarr.jobs.progress import JobProgress
from metarr.jobs.run import FLUSH_EVERY, Run
from metarr.rules.remerge import BATCH, Remerger
from metarr.store import jobs
from metarr.store.database import Connection, Database
from metarr.store.jobs import Done, DoneMark, Job, JobItem

log = structlog.get_logger(__name__)


class ApplyWork:
    """Thread-safe. Rules that change meanwhile count for the items that are left."""

    def __init__(self, database: Database, remerger: Remerger, progress: JobProgress) -> None:
        self._database = database
        self._remerger = remerger
        self._progress = progress

    def kinds(self, job: Job) -> frozenset[Kind]:
        return frozenset(Kind)

    def through(self, run: Run, batches: Iterator[list[JobItem]]) -> None:
        for batch in batches:
            ids = [item.id for item in batch]
            for start in range(0, len(ids), BATCH):
                if run.over():
                    return
                self._some(run, ids[start : start + BATCH])
                self._progress.flush(run, FLUSH_EVERY)

    def _some(self, run: Run, ids: Sequence[int]) -> None:
        """Some items at once; where one of them spoils that, one by one."""
        try:
            self._remerger.apply_to(ids, partial(self._note, run), job_id=run.job.id, drop_foreign=run.job.drop_foreign)
        except (Stopped, DatabaseUnusable):
            raise
        except Exception:  # one item must not end the job
            if len(ids) > 1:
                for item_id in ids:
                    self._some(run, [item_id])
                return
            log.exception("item_failed", job=run.job.id, item=ids[0])
            detail = "internal error; the daemon's log tells what happened"
            with self._database.begin() as connection:
                if run.over():
                    raise Stopped from None
                jobs.mark(connection, run.job.id, {ids[0]: DoneMark(Done.FAILED, detail=detail)})

    def _note(self, run: Run, connection: Connection, changed: Mapping[int, bool]) -> None:
        """The marks, within the transaction that commits the items."""
        if run.over():
            raise Stopped
        jobs.mark_changed(connection, run.job.id, [item_id for item_id, did in changed.items() if did])
        jobs.mark_unchanged(connection, run.job.id, [item_id for item_id, did in changed.items() if not did])
