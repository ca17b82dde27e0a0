"""Enriching the items of a job: every item once, many at a time, and last what short quotas allow."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

import structlog

from metarr.asking.config import ConfigReader
from metarr.asking.gather import BATCH, Gatherer
from metarr.asking.nobody import answered, nobody
from metarr.asking.roster import Roster
from metarr.asking.unchanged import Unchanged
from metarr.clock import Clock
from metarr.domain.outcome import OUT_OF_ORDER, NotAsked, Outcome, Skip
from metarr.domain.values import Kind
from metarr.errors import (
    CannotDo,
    DatabaseUnusable,
    MetarrError,
    NobodyAnswered,
    NoSuchThing,
    Stopped,
    scarcity,
)
from metarr.fetch.contract import Lane
from metarr.jobs.batches import in_batches
from metarr.jobs.progress import JobProgress
from metarr.jobs.quota_queue import PATIENCE, Planner
from metarr.jobs.run import FLUSH_EVERY, Run
from metarr.jobs.runner import Runner
from metarr.jobs.summary import words
from metarr.library.batch import Outcomes
from metarr.library.enrich import Enricher
from metarr.library.wish import Enriched, Wish
from metarr.store import jobs
from metarr.store.database import Connection, Database
from metarr.store.jobs import Done, DoneMark, Job, JobItem

log = structlog.get_logger(__name__)

AT_ONCE = 3 * BATCH
"""Items of a job that are in flight at once: while some are committed, the providers are asked about others."""

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
            wish = partial(self._wish, run, frozenset(left), again=True)
            self._planner.spend(provider, wish, run.over, None if plain else job.id)
            self._progress.flush(run)

    def _items(self, run: Run, batches: Iterator[list[JobItem]], planned: frozenset[str]) -> None:
        """Every item once, as many at a time as the runner takes; returns when the last one ended."""
        for batch in batches:
            for some in in_batches(self._to_do(run, batch), _is_by_itself):
                self._wait(run, AT_ONCE - len(some))
                if run.over():
                    break
                self._begin(run, [item.id for item in some], planned)
        self._wait(run, 0)

    def _wait(self, run: Run, most: int) -> None:
        """Until no more than so many items are in flight."""
        self._progress.flush(run, FLUSH_EVERY)
        while run.in_flight > most and not run.stopping.is_set():
            with run.changed:
                run.changed.wait(FLUSH_EVERY)
            self._progress.flush(run, FLUSH_EVERY)

    def _begin(self, run: Run, item_ids: Sequence[int], planned: frozenset[str]) -> None:
        run.add(len(item_ids))
        try:
            self._runner.do(partial(self._some, run, item_ids, planned))
        except RuntimeError as error:
            run.add(-len(item_ids))
            run.cut_off_by(error)

    def _to_do(self, run: Run, batch: list[JobItem]) -> list[JobItem]:
        """Those of the items at which there is something to do; the others are marked here."""
        job = run.job
        if job.force or job.providers:
            return batch
        standing = Unchanged(self._gatherer.heard(self._config.read()), self._clock.now())
        with self._database.read() as connection:
            skipped = standing.unchanged(connection, batch)
        if skipped:
            with self._database.begin() as connection:
                if run.over():
                    return []
                jobs.mark_unchanged(connection, job.id, sorted(skipped))
        return [item for item in batch if item.id not in skipped]

    def _some(self, run: Run, item_ids: Sequence[int], planned: frozenset[str]) -> None:
        left = len(item_ids)
        try:
            with closing(self._enriched(run, item_ids, planned)) as enriched:
                for outcomes in enriched:
                    self._settle(run, outcomes)
                    run.add(-len(outcomes))
                    left -= len(outcomes)
                    if run.over():
                        break  # nobody waits any more for what is still being asked
        except Stopped:
            pass
        except Exception as error:  # what cannot be noted must not be taken for done
            scarce = scarcity(error)
            if scarce is None and not isinstance(error, DatabaseUnusable):
                log.exception("items_not_noted", job=run.job.id, items=item_ids)
            run.cut_off_by(scarce or error)
        finally:
            run.add(-left)

    def _enriched(self, run: Run, item_ids: Sequence[int], planned: frozenset[str]) -> Generator[Outcomes]:
        if not run.over():
            yield from self._enricher.enrich_all(item_ids, self._wish(run, planned))

    def _settle(self, run: Run, outcomes: Outcomes) -> None:
        """Mark those that have no mark yet. Whatever came of an item, it has one afterwards, unless it is gone from the
        library."""
        marks = {item_id: mark for item_id, each in outcomes.items() if (mark := self._mark_of(run, item_id, each))}
        if not marks:
            return
        with self._database.begin() as connection:
            if run.over():
                raise Stopped
            marked = jobs.marked(connection, run.job.id, marks)
            jobs.mark(connection, run.job.id, {each: mark for each, mark in marks.items() if each not in marked})

    def _mark_of(self, run: Run, item_id: int, outcome: Enriched | Exception) -> DoneMark | None:
        """The mark of an item that was not committed."""
        match outcome:
            case Enriched():
                return DoneMark(Done.UNCHANGED) if outcome.skipped else None
            case NoSuchThing():
                return None
            case NobodyAnswered():
                return DoneMark(Done.DEFERRED, detail=str(outcome))
            case MetarrError():
                done = Done.UNDECIDED if outcome.reason in WHICH_TITLE else Done.FAILED
                return DoneMark(done, detail=str(outcome))
            case _:  # one item must not end the job
                log.error("item_failed", job=run.job.id, item=item_id, exc_info=outcome)
                return DoneMark(Done.FAILED, detail="internal error; the daemon's log tells what happened")

    def _wish(self, run: Run, planned: frozenset[str] = frozenset(), *, again: bool = False) -> Wish:
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
            also=partial(self._note, run=run, again=again),
        )

    def _note(self, connection: Connection, enriched: Mapping[int, Enriched], *, run: Run, again: bool) -> None:
        """The marks, within the transaction that commits the items."""
        if run.over():
            raise Stopped
        own = jobs.marked(connection, run.job.id, enriched) if again else enriched
        jobs.mark(connection, run.job.id, {item_id: _mark(enriched[item_id]) for item_id in own})


def _is_by_itself(item: JobItem) -> bool:
    return item.kind != Kind.MOVIE or not item.ids


def _mark(enriched: Enriched) -> DoneMark:
    outcomes = words(enriched.outcomes)
    if not answered(enriched.outcomes):
        done, detail = _unanswered(enriched.outcomes)
        return DoneMark(done, outcomes, detail)
    return DoneMark(Done.CHANGED if enriched.changes else Done.UNCHANGED, outcomes)


def _unanswered(outcomes: Mapping[str, Outcome]) -> tuple[Done, str]:
    """What a job makes of an item about which nobody answered, and why."""
    why = nobody(outcomes)
    if not isinstance(why, CannotDo):
        return Done.DEFERRED, str(why)
    reasons = {each.reason for each in outcomes.values() if isinstance(each, NotAsked)} - OUT_OF_ORDER
    return Done.UNDECIDED if reasons and reasons <= WHOSE_ID else Done.FAILED, str(why)
