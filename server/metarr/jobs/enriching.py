"""Enriching the items of a job: every item once, many at a time, and last what short quotas allow."""

from collections.abc import Iterator, Mapping
from functools import partial

import structlog

from metarr.asking.config import ConfigReader
from metarr.asking.gather import Gatherer
from metarr.asking.nobody import answered, nobody
from metarr.asking.roster import Roster
from metarr.asking.unchanged import Unchanged
from metarr.clock import Clock
from metarr.domain.outcome import OUT_OF_ORDER, NotAsked, Outcome, Skip
from metarr.domain.values import Kind
from metarr.errors import CannotDo, DatabaseUnusable, MetarrError, NobodyAnswered, NoSuchThing, NothingToSpare, scarcity
from metarr.fetch.contract import Lane
from metarr.jobs.progress import JobProgress
from metarr.jobs.quota_queue import PATIENCE, Planner
from metarr.jobs.run import FLUSH_EVERY, Run
from metarr.jobs.runner import Runner, Stopped
from metarr.jobs.summary import words
from metarr.library.enrich import Enriched, Enricher, Wish
from metarr.store import jobs
from metarr.store.database import Connection, Database
from metarr.store.jobs import Done, Job, JobItem

log = structlog.get_logger(__name__)

WHICH_TITLE = frozenset({"TITLE_AMBIGUOUS", "TITLE_UNKNOWN"})
"""Why the words of an item name no title: the owner has to say which one it is."""

WHOSE_ID = frozenset({Skip.NO_ID, Skip.CONFLICT})
"""Why nobody can be asked about an item, until the owner says which title it is."""


class EnrichWork:
    """What a job does that enriches. Thread-safe."""

    def __init__(
        self,
        database: Database,
        enricher: Enricher,
        gatherer: Gatherer,
        *,
        roster: Roster,
        planner: Planner,
        config: ConfigReader,
        runner: Runner,
        clock: Clock,
        progress: JobProgress,
    ) -> None:
        self._database = database
        self._enricher = enricher
        self._gatherer = gatherer
        self._roster = roster
        self._planner = planner
        self._config = config
        self._runner = runner
        self._clock = clock
        self._progress = progress

    def kinds(self, job: Job) -> frozenset[Kind]:
        """Kinds that some provider can be asked about."""
        able = frozenset(kind for each in self._roster.all() for kind in each.provider.asks_by if not each.skip(kind))
        if not able:
            raise CannotDo("no provider can be asked: enter a key first", reason="NOBODY_TO_ASK")
        return able

    def through(self, run: Run, batches: Iterator[list[JobItem]]) -> None:
        planned = self._planned(run.job, run.total, self.kinds(run.job))
        with self._planner.leaving(planned):
            self._items(run, batches, planned)
            self._spend(run, planned)

    def _planned(self, job: Job, total: int, kinds: frozenset[Kind]) -> frozenset[str]:
        """Providers to be asked by plan, after the others: it is the others that tell which items are the newest."""
        scarce = self._planner.scarce(total, kinds)
        return scarce & frozenset(job.providers) if job.providers else scarce

    def _spend(self, run: Run, planned: frozenset[str]) -> None:
        """Ask those that were left out, one after the other, as far as their quotas go."""
        job, left = run.job, sorted(planned)
        # A machine's job works off all that waits; what an owner wants of some items is no business of others.
        plain = job.auto and not job.force and not job.providers
        while left:
            provider = left.pop(0)
            wish = partial(self._wish, run, planned=frozenset(left), again=True)
            self._planner.spend(provider, wish, run.over, None if plain else job.id)
            self._progress.flush(run)

    def _items(self, run: Run, batches: Iterator[list[JobItem]], planned: frozenset[str]) -> None:
        """Every item once, as many at a time as the runner takes; returns when the last one ended."""
        for batch in batches:
            for item_id in self._to_do(run, batch):
                if run.over():
                    break
                self._begin_one(run, item_id, planned)
                self._progress.flush(run, FLUSH_EVERY)
        while run.in_flight and not run.stopping.is_set():
            with run.changed:
                run.changed.wait(FLUSH_EVERY)
            self._progress.flush(run, FLUSH_EVERY)

    def _begin_one(self, run: Run, item_id: int, planned: frozenset[str]) -> None:
        with run.changed:
            run.in_flight += 1
        try:
            self._runner.do(partial(self._one, run, item_id, planned))
        except RuntimeError as error:
            with run.changed:
                run.in_flight -= 1
            run.cut_off_by(error)

    def _to_do(self, run: Run, batch: list[JobItem]) -> list[int]:
        """Those of the items at which there is something to do; the others are marked here."""
        job = run.job
        if job.force or job.providers:
            return [item.id for item in batch]
        standing = Unchanged(self._gatherer.heard(self._config.read()), self._clock.now())
        with self._database.read() as connection:
            skipped = standing.unchanged(connection, batch)
        if skipped:
            with self._database.begin() as connection:
                if run.over():
                    return []
                jobs.mark_unchanged(connection, job.id, sorted(skipped))
        return [item.id for item in batch if item.id not in skipped]

    def _one(self, run: Run, item_id: int, planned: frozenset[str]) -> None:
        try:
            if not run.over():
                self._enrich(run, item_id, planned)
        except Stopped:
            pass
        except (DatabaseUnusable, NothingToSpare) as error:
            run.cut_off_by(error)
        except Exception as error:  # what cannot be noted must not be taken for done
            log.exception("item_not_noted", job=run.job.id, item=item_id)
            run.cut_off_by(error)
        finally:
            with run.changed:
                run.in_flight -= 1
                run.changed.notify_all()

    def _enrich(self, run: Run, item_id: int, planned: frozenset[str]) -> None:
        """One item; whatever comes of it, it has a mark afterwards, unless the database cannot be used or it is gone
        from the library."""
        try:
            enriched = self._enricher.enrich(item_id, self._wish(run, item_id, planned))
        except NobodyAnswered as error:
            return self._mark(run, item_id, Done.DEFERRED, str(error))
        except (Stopped, DatabaseUnusable, NothingToSpare):
            raise
        except NoSuchThing:
            return None
        except MetarrError as error:
            done = Done.UNDECIDED if error.reason in WHICH_TITLE else Done.FAILED
            return self._mark(run, item_id, done, str(error))
        except Exception as error:  # one item must not end the job
            if (scarce := scarcity(error)) is not None:
                raise scarce from error
            log.exception("item_failed", job=run.job.id, item=item_id)
            return self._mark(run, item_id, Done.FAILED, "internal error; the daemon's log tells what happened")
        if enriched.skipped:
            self._mark(run, item_id, Done.UNCHANGED, "")
        return None

    def _wish(self, run: Run, item_id: int, planned: frozenset[str] = frozenset(), *, again: bool = False) -> Wish:
        """`again`: from a queue, in which there are items of others, too."""
        job = run.job
        return Wish(
            deadline=self._clock.monotonic() + PATIENCE,
            auto=job.auto,
            # What was fetched for this job before it was cut off is not asked for again.
            fresh_after=job.created_at if job.force else None,
            providers=frozenset(job.providers) or None,
            lane=Lane.BATCH,
            job_id=job.id,
            planned=planned,
            also=partial(self._note, run=run, item_id=item_id, again=again),
        )

    def _note(self, connection: Connection, enriched: Enriched, *, run: Run, item_id: int, again: bool) -> None:
        """The mark, within the transaction that commits the item."""
        if run.over():
            raise Stopped
        if again and not jobs.marked(connection, run.job.id, [item_id]):
            return
        done, detail = (Done.CHANGED if enriched.changes else Done.UNCHANGED), ""
        if not answered(enriched.outcomes):
            done, detail = _unanswered(enriched.outcomes)
        jobs.mark(connection, run.job.id, item_id, done, outcomes=words(enriched.outcomes), detail=detail)

    def _mark(self, run: Run, item_id: int, done: Done, detail: str) -> None:
        with self._database.begin() as connection:
            if run.over():
                raise Stopped
            if not jobs.marked(connection, run.job.id, [item_id]):
                jobs.mark(connection, run.job.id, item_id, done, outcomes={}, detail=detail)


def _unanswered(outcomes: Mapping[str, Outcome]) -> tuple[Done, str]:
    """What a job makes of an item about which nobody answered, and why."""
    why = nobody(outcomes)
    if not isinstance(why, CannotDo):
        return Done.DEFERRED, str(why)
    reasons = {each.reason for each in outcomes.values() if isinstance(each, NotAsked)} - OUT_OF_ORDER
    return Done.UNDECIDED if reasons and reasons <= WHOSE_ID else Done.FAILED, str(why)
