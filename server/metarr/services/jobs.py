"""Jobs: bring many items up to date, in the background, so that a kill at any moment loses nothing.

What is done is told by marks that commit with their items; a job that was cut off goes on where no mark is. Nothing
but the `Runner` knows what the work runs on.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import structlog

from metarr.clock import Clock
from metarr.domain.fields import FIELDS
from metarr.domain.model import Answered, Kind, NotAsked, NotFound, Outcome, Reason, Skip, Unavailable
from metarr.errors import CannotDo, DatabaseUnusable, InvalidInput, MetarrError, NobodyAnswered, NoSuchThing, Violation
from metarr.fetch.contract import Lane
from metarr.services.aggregate import Aggregator
from metarr.services.config import ConfigReader
from metarr.services.enrich import Enriched, Enricher, Wish
from metarr.services.library import Library, Reference
from metarr.services.planner import PATIENCE, Planner
from metarr.services.roster import Roster
from metarr.services.runner import Runner, Stopped
from metarr.services.standing import Standing
from metarr.services.unheard import answered, nobody
from metarr.store import jobs, pending
from metarr.store.database import Connection, Database
from metarr.store.jobs import Candidate, Done, Job, JobState, Scope, Tally, Waiting

log = structlog.get_logger(__name__)

BATCH = 500
MOST_RUNNING = 4
"""Jobs that run at once; others wait in the order of their arrival."""

FLUSH_EVERY = 1.0
"""Seconds between two storings of a running job's progress."""

LOOK_AGAIN = timedelta(minutes=1)
"""Until the next look at what waits, where the database could not be used."""

UNHEARD = frozenset(Reason) | {Skip.PLANNED, "partial"}
"""Why an answer that is still wanting makes a job degraded. A title that has no id there, or is unknown, does not."""


@dataclass(frozen=True)
class Order:
    """What a job shall do. `scope` None: these items; `request_id` "": every order is a new one."""

    scope: Scope
    auto: bool = False
    force: bool = False
    providers: frozenset[str] = frozenset()
    request_id: str = ""
    cause: str = "owner"


class _Run:
    """A job as it runs now."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.ended = threading.Event()
        self.cut_off: Exception | None = None
        self.total = 0
        self.flushed_at = 0.0
        self.changed = threading.Condition()
        self.in_flight = 0

    def cut_off_by(self, error: Exception) -> None:
        """It cannot go on, for this reason."""
        self.cut_off = error
        self.ended.set()


class Jobs:
    """Starts, runs, resumes and ends jobs. Thread-safe."""

    def __init__(
        self,
        database: Database,
        enricher: Enricher,
        aggregator: Aggregator,
        *,
        library: Library,
        roster: Roster,
        planner: Planner,
        config: ConfigReader,
        runner: Runner,
        clock: Clock,
    ) -> None:
        self._database = database
        self._enricher = enricher
        self._aggregator = aggregator
        self._library = library
        self._roster = roster
        self._planner = planner
        self._config = config
        self._runner = runner
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[int, _Run] = {}
        self._watchers: set[threading.Event] = set()
        self._stopped = False

    def start(self) -> None:
        """Go on with what was cut off, and begin with what waits."""
        self._start_waiting()

    def stop(self) -> None:
        """Begin no item any more; what is asked now is not committed."""
        self._stopped = True
        for run in list(self._running.values()):
            run.ended.set()
        self._told()

    # For callers

    def submit(self, order: Order) -> Job:
        """A new job, or the one that was started with the same request id, or the one over everything that runs now.

        Raises InvalidInput: an unknown field or provider, or a request id used for another order; NoSuchThing.
        """
        self._check(order)
        with self._database.begin() as connection:
            job = self._same(connection, order)
            if job is None:
                self._refuse_unknown(connection, order.scope)
                job = jobs.add(
                    connection,
                    Job(
                        created_at=self._clock.now(),
                        request_id=order.request_id,
                        cause=order.cause,
                        scope=order.scope,
                        auto=order.auto,
                        force=order.force,
                        providers=tuple(sorted(order.providers)),
                    ),
                )
                log.info("job_created", job=job.id, cause=job.cause)
        self._start_waiting()
        return job

    def item_id(self, reference: Reference, path: str) -> int:
        """The item that a caller names. Raises NoSuchThing."""
        with self._database.read() as connection:
            return self._library.find(connection, reference, path).id

    def get(self, job_id: int) -> Job:
        """Raises NoSuchThing."""
        with self._database.read() as connection:
            return _found(connection, job_id)

    def troubles(self, job_id: int, limit: int) -> list[tuple[int, Done, str]]:
        """Items that a job could not do, with why."""
        with self._database.read() as connection:
            return jobs.troubles(connection, job_id, limit)

    def page(self, before_id: int | None, limit: int) -> list[Job]:
        """Jobs, the latest first."""
        with self._database.read() as connection:
            return jobs.page(connection, before_id=before_id, limit=limit)

    def cancel(self, job_id: int) -> Job:
        """End a job; what is done stays done. One that has ended stays as it is. Raises NoSuchThing."""
        with self._database.begin() as connection:
            job = _found(connection, job_id)
            if ended(job):
                return job
            if job.force:
                pending.content(connection, job_id, job.created_at)
            self._put_end(connection, job, JobState.CANCELLED, "cancelled; what was done until then stays")
            # Before anybody else can write: what is committed from now on would be missing in what was counted here.
            run = self._running.get(job_id)
            if run is not None:
                run.ended.set()
        self._told()
        return self.get(job_id)

    def everything_runs(self) -> bool:
        """Whether a job over everything is under way."""
        with self._database.read() as connection:
            return any(_whole(job.scope) and not job.providers for job in jobs.under_way(connection))

    def watch(self, job_id: int, after_sequence: int, heartbeat: float) -> "Watch":
        """News of a job: what is newer than a sequence; 0: everything. Raises NoSuchThing."""
        self.get(job_id)
        return Watch(self, job_id, after_sequence, heartbeat)

    def wait(self, seconds: float, heard: threading.Event) -> None:
        """Until there may be news, or that long."""
        self._clock.wait(seconds, heard)
        heard.clear()

    def listen(self, heard: threading.Event) -> None:
        """Set the event whenever there may be news."""
        self._watchers.add(heard)

    def forget(self, heard: threading.Event) -> None:
        self._watchers.discard(heard)

    # Taking orders

    def _check(self, order: Order) -> None:
        field, provider = order.scope.missing_field, order.scope.pending_provider
        wrong = []
        if field and field not in FIELDS:
            wrong.append(Violation("filter.missing_field", f"there is no field {field[:60]!r}"))
        known = self._roster.ids()
        if provider and provider not in known:
            text = f"{provider[:60]!r} is unknown; known: {', '.join(sorted(known))}"
            wrong.append(Violation("filter.pending_provider", text))
        if wrong:
            raise InvalidInput(*wrong)

    def _same(self, connection: Connection, order: Order) -> Job | None:
        job = jobs.by_request(connection, order.request_id) if order.request_id else None
        if job is not None:
            if (job.scope, job.auto, job.force, frozenset(job.providers)) != (
                order.scope,
                order.auto,
                order.force,
                order.providers,
            ):
                text = f"was used for another request, job {job.id}"
                raise InvalidInput(Violation("request_id", text), reason="REQUEST_ID_USED")
            return job
        if not _whole(order.scope) or order.providers:
            return None
        under_way = (each for each in jobs.under_way(connection) if _whole(each.scope) and not each.providers)
        return next((each for each in under_way if _does(each, order)), None)

    def _refuse_unknown(self, connection: Connection, scope: Scope) -> None:
        for place, item_id in enumerate(scope.item_ids):
            self._library.find(connection, item_id, f"item_ids[{place}]")

    # Running

    def _start_waiting(self) -> None:
        """Start what may run, the oldest first; where the database cannot be used, look again later."""
        with self._lock:
            if self._stopped:
                return
            try:
                with self._database.read() as connection:
                    waiting = [job for job in jobs.under_way(connection) if job.id not in self._running]
            except DatabaseUnusable as error:
                self._look_again(error)
                return
            for job in waiting[: max(0, MOST_RUNNING - len(self._running))]:
                run = self._running[job.id] = _Run(job)
                self._runner.do_at(self._clock.now(), partial(self._drive, run))

    def _look_again(self, why: DatabaseUnusable) -> None:
        log.warning("jobs_wait_for_the_database", why=str(why))
        self._runner.do_at(self._clock.now() + LOOK_AGAIN, self._start_waiting)

    def _drive(self, run: _Run) -> None:
        """Run a job until it ends, or until something cuts it off: then it goes on where it was, sooner or later."""
        then = self._start_waiting
        try:
            self._to_its_end(run)
        except DatabaseUnusable as error:
            run.ended.set()
            then = partial(self._look_again, error)
        finally:
            with self._lock:
                self._running.pop(run.job.id, None)
            then()

    def _to_its_end(self, run: _Run) -> None:
        try:
            self._work(run)
        except Stopped:
            pass
        except DatabaseUnusable:
            raise
        except Exception as error:  # the owner must see that it ended, and why
            log.exception("job_failed", job=run.job.id)
            if self._stopped:
                return
            why = (
                str(error) if isinstance(error, MetarrError) else "internal error; the daemon's log tells what happened"
            )
            self._end(run, JobState.FAILED, why)

    def _work(self, run: _Run) -> None:
        kinds = self._kinds(run.job)
        if not self._begin(run, kinds):
            return
        held = self._held(run.job, run.total, kinds)
        log.info("job_started", job=run.job.id, items=run.total, held=sorted(held))
        with self._planner.holding(held):
            self._items(run, kinds, held)
            self._spend(run, held)
        if run.cut_off is not None:
            raise run.cut_off
        if not self._over(run):
            self._finish(run)

    def _begin(self, run: _Run, kinds: frozenset[Kind]) -> bool:
        """Note that a job runs. False: it was cancelled before it could."""
        now = self._clock.now()
        with self._database.begin() as connection:
            run.total = jobs.count(connection, run.job, kinds)
            begun = jobs.change(
                connection,
                run.job.id,
                state=JobState.RUNNING,
                started_at=run.job.started_at or now,
                resumed_at=now,
                resumed_with=jobs.tally(connection, run.job.id).done,
                total=run.total,
            )
        self._told()
        return begun

    def _over(self, run: _Run) -> bool:
        """Whether nothing of it is to be done or noted any more: it was cancelled or cut off, or the daemon stops."""
        return self._stopped or run.ended.is_set()

    def _kinds(self, job: Job) -> frozenset[Kind]:
        """Kinds that some provider can be asked about."""
        able = frozenset(kind for kind in Kind if any(not entry.skip(kind) for entry in self._roster.all()))
        if not able:
            raise CannotDo("no provider can be asked: enter a key first", reason="NOBODY_TO_ASK")
        return able

    def _held(self, job: Job, total: int, kinds: frozenset[Kind]) -> frozenset[str]:
        """Providers to be asked by plan, after the others: it is the others that tell which items are the newest."""
        scarce = self._planner.scarce(total, kinds)
        return scarce & frozenset(job.providers) if job.providers else scarce

    def _spend(self, run: _Run, held: frozenset[str]) -> None:
        """Ask those that were held, one after the other, as far as their quotas go."""
        job, left = run.job, sorted(held)
        # A machine's job works off all that waits; what an owner wants of some items is no business of others.
        plain = job.auto and not job.force and not job.providers
        while left:
            provider = left.pop(0)
            wish = partial(self._wish, run, held=frozenset(left), again=True)
            self._planner.spend(provider, wish, partial(self._over, run), None if plain else job.id)
            self._flush(run)

    def _items(self, run: _Run, kinds: frozenset[Kind], held: frozenset[str]) -> None:
        """Every item once, as many at a time as the runner takes; returns when the last one ended."""
        after = 0
        while not self._over(run):
            with self._database.read() as connection:
                batch = jobs.candidates(connection, run.job, kinds, after, BATCH)
            if not batch:
                break
            for item_id in self._to_do(run, batch):
                if self._over(run):
                    break
                with run.changed:
                    run.in_flight += 1
                self._runner.do(partial(self._one, run, item_id, held))
                self._flush(run, FLUSH_EVERY)
            self._flush(run, FLUSH_EVERY)
            after = batch[-1].id
        while run.in_flight and not self._stopped:
            with run.changed:
                run.changed.wait(FLUSH_EVERY)
            self._flush(run, FLUSH_EVERY)

    def _to_do(self, run: _Run, batch: list[Candidate]) -> list[int]:
        """Those of the items at which there is something to do; the others are marked here."""
        job = run.job
        if job.force or job.providers:
            return [item.id for item in batch]
        standing = Standing(self._aggregator, self._config.read(), self._clock.now())
        with self._database.read() as connection:
            skipped = standing.unchanged(connection, batch)
        if skipped:
            with self._database.begin() as connection:
                if self._over(run):
                    return []
                jobs.mark_unchanged(connection, job.id, sorted(skipped))
        return [item.id for item in batch if item.id not in skipped]

    def _one(self, run: _Run, item_id: int, held: frozenset[str]) -> None:
        try:
            if not self._over(run):
                self._enrich(run, item_id, held)
        except Stopped:
            pass
        except DatabaseUnusable as error:
            run.cut_off_by(error)
        except Exception as error:  # what cannot be noted must not be taken for done
            log.exception("item_not_noted", job=run.job.id, item=item_id)
            run.cut_off_by(error)
        finally:
            with run.changed:
                run.in_flight -= 1
                run.changed.notify_all()

    def _enrich(self, run: _Run, item_id: int, held: frozenset[str]) -> None:
        """One item; whatever comes of it, it has a mark afterwards, unless the database cannot be used or it is gone
        from the library."""
        try:
            enriched = self._enricher.enrich(item_id, self._wish(run, item_id, held))
        except NobodyAnswered as error:
            return self._mark(run, item_id, Done.DEFERRED, str(error))
        except (Stopped, DatabaseUnusable):
            raise
        except NoSuchThing:
            return None
        except MetarrError as error:
            return self._mark(run, item_id, Done.FAILED, str(error))
        except Exception:  # one item must not end the job
            log.exception("item_failed", job=run.job.id, item=item_id)
            return self._mark(run, item_id, Done.FAILED, "internal error; the daemon's log tells what happened")
        if enriched.skipped:
            self._mark(run, item_id, Done.UNCHANGED, "")
        return None

    def _wish(self, run: _Run, item_id: int, held: frozenset[str] = frozenset(), *, again: bool = False) -> Wish:
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
            held=held,
            also=partial(self._note, run=run, item_id=item_id, again=again),
        )

    def _note(self, connection: Connection, enriched: Enriched, *, run: _Run, item_id: int, again: bool) -> None:
        """The mark, within the transaction that commits the item."""
        if self._over(run):
            raise Stopped
        if again and not jobs.marked(connection, run.job.id, [item_id]):
            return
        done, detail = (Done.CHANGED if enriched.changes else Done.UNCHANGED), ""
        if not answered(enriched.outcomes):
            why = nobody(enriched.outcomes)
            done, detail = (Done.FAILED if isinstance(why, CannotDo) else Done.DEFERRED), str(why)
        jobs.mark(connection, run.job.id, item_id, done, told=_words(enriched.outcomes), detail=detail)

    def _mark(self, run: _Run, item_id: int, done: Done, detail: str) -> None:
        with self._database.begin() as connection:
            if self._over(run):
                raise Stopped
            if not jobs.marked(connection, run.job.id, [item_id]):
                jobs.mark(connection, run.job.id, item_id, done, told={}, detail=detail)

    # Progress and end

    def _flush(self, run: _Run, every: float = 0.0) -> None:
        now = self._clock.monotonic()
        if now - run.flushed_at < every or self._over(run):
            return
        run.flushed_at = now
        with self._database.begin() as connection:
            tally = jobs.tally(connection, run.job.id)
            jobs.change(connection, run.job.id, tally=tally, total=max(run.total, tally.done))
        self._told()

    def _finish(self, run: _Run) -> None:
        with self._database.read() as connection:
            tally = jobs.tally(connection, run.job.id)
            waiting = self._waiting(connection, run.job)
        degraded = tally.deferred or tally.failed or any(each.reason in UNHEARD for each in waiting)
        state = JobState.DEGRADED if degraded else JobState.COMPLETE
        self._end(run, state, _why(tally, waiting) if degraded else "")

    def _end(self, run: _Run, state: JobState, detail: str) -> None:
        with self._database.begin() as connection:
            self._put_end(connection, run.job, state, detail)
        log.info("job_ended", job=run.job.id, state=str(state), detail=detail)
        self._told()

    def _put_end(self, connection: Connection, job: Job, state: JobState, detail: str) -> None:
        """Note the end of a job, and how everything stands then, unless it has ended before."""
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
        asked = {entry.id for entry in self._roster.all() if any(not entry.skip(kind) for kind in Kind)}
        asked &= set(job.providers) or asked
        return tuple(each for each in jobs.waiting(connection, job.id) if each.provider in asked)

    def _told(self) -> None:
        for heard in tuple(self._watchers):
            heard.set()


class Watch:
    """A job as it goes on, in a `with` block: what is newer than a sequence, and itself again as a heartbeat."""

    def __init__(self, source: Jobs, job_id: int, after_sequence: int, heartbeat: float) -> None:
        self._source = source
        self._job_id = job_id
        self._sequence = after_sequence or -1  # a job that waits for its start has sequence 0, and is news, too
        self._heartbeat = heartbeat
        self._heard = threading.Event()

    def __enter__(self) -> Self:
        self._source.listen(self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        self._source.forget(self._heard)

    def next(self) -> tuple[Job, bool]:
        """The job when it has news, or after a heartbeat's time, and whether it has news."""
        job = self._source.get(self._job_id)
        if job.sequence <= self._sequence and job.state in jobs.UNDER_WAY:
            self._source.wait(self._heartbeat, self._heard)
            job = self._source.get(self._job_id)
        news = job.sequence > self._sequence
        self._sequence = max(self._sequence, job.sequence)
        return job, news

    def close(self) -> None:
        """Wake whoever waits in `next`."""
        self._heard.set()


def ended(job: Job) -> bool:
    return job.state not in jobs.UNDER_WAY


def next_attempt(job: Job) -> datetime | None:
    """When the first of a job's missing answers is asked for again."""
    return min((each.next_attempt for each in job.waiting if each.next_attempt), default=None)


def _found(connection: Connection, job_id: int) -> Job:
    job = jobs.get(connection, job_id)
    if job is None:
        raise NoSuchThing("job_id", f"there is no job {job_id}, or it was forgotten by now", reason="JOB_NOT_FOUND")
    return job


def _whole(scope: Scope) -> bool:
    return scope == Scope()


def _does(job: Job, order: Order) -> bool:
    """Whether a job over everything does all that an order for everything wants."""
    return (job.force or not order.force) and (not job.auto or order.auto)


def _words(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """By provider what came of asking it, in a word; of those that count."""
    words = {}
    for provider, outcome in outcomes.items():
        match outcome:
            case Answered(cached=True) | NotFound(cached=True):
                words[provider] = "cached"
            case Answered():
                words[provider] = "answered"
            case NotFound():
                words[provider] = "not_found"
            case Unavailable(reason=reason):
                words[provider] = str(reason)
            case NotAsked(reason=Skip.PLANNED):
                words[provider] = str(Skip.PLANNED)
            case _:
                continue
    return words


def _why(tally: Tally, waiting: Iterable[Waiting]) -> str:
    parts = []
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.deferred:
        parts.append(f"{tally.deferred} deferred: no provider could be heard")
    for each in waiting:
        if each.reason in UNHEARD:
            again = f", asked again from {each.next_attempt:%Y-%m-%d %H:%M} UTC" if each.next_attempt else ""
            parts.append(f"{each.items} wait for {each.provider} ({each.reason.replace('_', ' ')}{again})")
    return "; ".join(parts)
