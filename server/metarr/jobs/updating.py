"""What a job of the kind update does: edits its items by the owner's hand."""

from collections.abc import Iterator, Sequence

import structlog

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.fields import fields_of
from metarr.domain.item import MediaItem
from metarr.domain.values import Kind
from metarr.errors import CannotDo, DatabaseUnusable, Stopped
from metarr.jobs.progress import JobProgress
from metarr.jobs.run import FLUSH_EVERY, Run
from metarr.library.commit import commit_all
from metarr.library.edit import Edit, edited
from metarr.store import items, jobs
from metarr.store.database import Database
from metarr.store.jobs import Done, DoneMark, Job, JobEdit, JobItem

log = structlog.get_logger(__name__)

TOGETHER = 50
"""Items that are edited at once: other writers hardly wait."""


class UpdateWork:
    """Thread-safe."""

    def __init__(self, database: Database, progress: JobProgress, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._progress = progress
        self._config = config
        self._clock = clock

    def kinds(self, job: Job) -> frozenset[Kind]:
        return frozenset(Kind)

    def through(self, run: Run, batches: Iterator[list[JobItem]]) -> None:
        edit = run.job.edit or JobEdit()
        if edit.most_items is not None and run.job.started_at is None:
            refuse_more(run.total, edit.most_items)
        for batch in batches:
            ids = [item.id for item in batch]
            for start in range(0, len(ids), TOGETHER):
                if run.over():
                    return
                self._some(run, edit, ids[start : start + TOGETHER])
                self._progress.flush(run, FLUSH_EVERY)

    def _some(self, run: Run, edit: JobEdit, ids: Sequence[int]) -> None:
        """Some items at once; where one of them spoils that, one by one."""
        try:
            self._edit(run, edit, ids)
        except (Stopped, DatabaseUnusable):
            raise
        except Exception:  # one item must not end the job
            if len(ids) > 1:
                for item_id in ids:
                    self._some(run, edit, [item_id])
                return
            log.exception("item_failed", job=run.job.id, item=ids[0])
            detail = "internal error; the daemon's log tells what happened"
            with self._database.begin() as connection:
                if run.over():
                    raise Stopped from None
                jobs.mark(connection, run.job.id, {ids[0]: DoneMark(Done.FAILED, detail=detail)})

    def _edit(self, run: Run, edit: JobEdit, ids: Sequence[int]) -> None:
        """Items and marks in one transaction; those that are gone by now are left out."""
        sync_fields, now = self._config.read().sync_fields, self._clock.now()
        with self._database.begin() as connection:
            if run.over():
                raise Stopped
            live = [item for item in items.get_many(connection, ids).values() if item.deleted_at is None]
            pairs = [(item, edited(item, _fitted(edit, item), now)) for item in live]
            changed = [(before, after) for before, after in pairs if after != before]
            commit_all(connection, changed, now=now, sync_fields=sync_fields, job_id=run.job.id)
            jobs.mark_changed(connection, run.job.id, [item.id for item, _ in changed])
            jobs.mark_unchanged(connection, run.job.id, [before.id for before, after in pairs if after == before])


def refuse_more(meant: int, ordered: int) -> None:
    """Raises CannotDo where a job would take more items than the owner saw."""
    if meant > ordered:
        text = f"{meant} items are meant by now, more than the {ordered} that it was ordered for; nothing was changed"
        raise CannotDo(text, reason="MORE_ITEMS")


def _fitted(edit: JobEdit, item: MediaItem) -> Edit:
    """As an item of this kind can be edited."""
    own = frozenset(field.name for field in fields_of(item.kind))
    return Edit(
        lock=own.intersection(edit.lock),
        unlock=own.intersection(edit.unlock),
        lock_all=edit.lock_all,
        unlock_all=edit.unlock_all,
        monitored=edit.monitored,
    )
