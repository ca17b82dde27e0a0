"""Jobs: bring many items up to date, in the background, so that a kill at any moment loses nothing.

What is done is told by marks that commit with their items; a job that was cut off goes on where no mark is. Nothing
but the `Runner` knows what the work runs on.
"""

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from metarr.asking.roster import Roster
from metarr.clock import Clock
from metarr.domain.values import Kind
from metarr.errors import (
    CannotDo,
    DatabaseUnusable,
    InvalidInput,
    MetarrError,
    NoSuchThing,
    NothingToSpare,
    Stopped,
    Violation,
    scarcity,
)
from metarr.jobs.progress import JobProgress
from metarr.jobs.run import Run, Worker
from metarr.jobs.runner import Runner
from metarr.jobs.summary import ended
from metarr.jobs.updating import refuse_more
from metarr.jobs.watch import JobWatch
from metarr.library.filter import checked
from metarr.library.names import names_of
from metarr.library.reference import Reference, find
from metarr.store import awaited_answers, changes, jobs
from metarr.store.database import Connection, Database
from metarr.store.jobs import Done, Job, JobEdit, JobKind, JobState, Scope

log = structlog.get_logger(__name__)

MOST_RUNNING = 4
"""Jobs that run at once; others wait in the order of their arrival."""

LOOK_AGAIN = timedelta(minutes=1)
"""Until the next look at what waits, where the database could not be used."""


@dataclass(frozen=True)
class Order:
    """What a job shall do, and with which items. `request_id` "": every order is a new one. `drop_foreign`: of an
    apply; `edit`: of an update."""

    scope: Scope
    kind: JobKind = JobKind.ENRICH
    drop_foreign: bool = False
    edit: JobEdit | None = None
    auto: bool = False
    force: bool = False
    providers: frozenset[str] = frozenset()
    request_id: str = ""
    cause: str = "owner"


@dataclass(frozen=True)
class Trouble:
    """An item that a job could not do, what it is and is called, and why. `deferred`: it is asked about by itself."""

    item_id: int
    kind: Kind
    title: str
    deferred: bool
    detail: str


class Jobs:
    """Starts, runs, resumes and ends jobs. Thread-safe."""

    def __init__(
        self,
        database: Database,
        worker: Worker,
        progress: JobProgress,
        *,
        roster: Roster,
        runner: Runner,
        clock: Clock,
    ) -> None:
        self._database = database
        self._worker = worker
        self._progress = progress
        self._roster = roster
        self._runner = runner
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[int, Run] = {}
        self._stopping = threading.Event()

    def start(self) -> None:
        """Go on with what was cut off, and begin with what waits."""
        self._start_waiting()

    def stop(self) -> None:
        """Begin no item any more; what is asked now is not committed."""
        self._stopping.set()

    # For callers

    def submit(self, order: Order) -> Job:
        """A new job, or the one that was started with the same request id, or the one over everything that runs now and
        does as much.

        Raises InvalidInput: an unknown field or provider, or a request id used for another order; NoSuchThing;
        CannotDo where it would take more items than it was ordered for.
        """
        with self._database.begin_durably() as connection:
            order = dataclasses.replace(order, scope=checked(connection, order.scope, self._roster))
            job = self._same(connection, order)
            if job is None:
                self._refuse_unknown(connection, order.scope)
                self._refuse_more(connection, order)
                job = jobs.add(
                    connection,
                    Job(
                        created_at=self._clock.now(),
                        kind=order.kind,
                        drop_foreign=order.drop_foreign,
                        edit=order.edit,
                        request_id=order.request_id,
                        cause=order.cause,
                        scope=order.scope,
                        auto=order.auto,
                        force=order.force,
                        providers=tuple(sorted(order.providers)),
                    ),
                )
                log.info("job_created", job=job.id, kind=str(job.kind), cause=job.cause)
        self._start_waiting()
        return job

    def meant(self, scope: Scope) -> int:
        """How many items an order would take. Raises InvalidInput as `submit` does, and NoSuchThing."""
        with self._database.read() as connection:
            scope = checked(connection, scope, self._roster)
            self._refuse_unknown(connection, scope)
            return jobs.meant(connection, scope)

    def item_ids(self, references: Sequence[Reference], path: str) -> tuple[int, ...]:
        """The items that a caller names, each once. Raises InvalidInput with what is wrong about which."""
        ids, wrong = [], []
        with self._database.read() as connection:
            by_reference = self._ids_of(connection, references)
            for place, reference in enumerate(references):
                try:
                    item_id = by_reference.get(reference) or find(connection, reference, f"{path}[{place}]").id
                    ids.append(item_id)
                except NoSuchThing as error:
                    wrong.append(Violation(f"{path}[{place}]", str(error)))
                except InvalidInput as error:
                    wrong += error.violations
        if wrong:
            raise InvalidInput(*wrong)
        return tuple(dict.fromkeys(ids))

    def get(self, job_id: int) -> Job:
        """Raises NoSuchThing."""
        with self._database.read() as connection:
            return _stored(connection, job_id)

    def troubles(self, job_id: int, limit: int) -> list[Trouble]:
        """Items that a job could not do, with why."""
        with self._database.read() as connection:
            troubles_of = jobs.troubles(connection, job_id, limit)
            names = names_of(connection, [item_id for item_id, _, _ in troubles_of])
            return [
                Trouble(item_id, *names[item_id], deferred=done is Done.DEFERRED, detail=detail)
                for item_id, done, detail in troubles_of
            ]

    def changed_fields(self, job_id: int) -> dict[tuple[Kind, str], int]:
        """By kind and field, on how many items a job changed it."""
        with self._database.read() as connection:
            return changes.fields_of_job(connection, job_id)

    def page(
        self,
        before_id: int | None,
        limit: int,
        *,
        state: JobState | None = None,
        kind: JobKind | None = None,
    ) -> list[Job]:
        """Jobs, the latest first; only in this state and of this kind."""
        with self._database.read() as connection:
            return jobs.page(connection, state=state, kind=kind, before_id=before_id, limit=limit)

    def cancel(self, job_id: int) -> Job:
        """End a job; what is done stays done. One that has ended stays as it is. Raises NoSuchThing."""
        with self._database.begin_durably() as connection:
            job = _stored(connection, job_id)
            if ended(job):
                return job
            if job.force:
                awaited_answers.content(connection, job_id, job.created_at)
            self._progress.put_end(connection, job, JobState.CANCELLED, "cancelled; what was done until then stays")
            # Before anybody else can write: what is committed from now on would be missing in what was counted here.
            run = self._running.get(job_id)
            if run is not None:
                run.ended.set()
        return self.get(job_id)

    def everything_runs(self) -> bool:
        """Whether a job that enriches everything is under way."""
        with self._database.read() as connection:
            under_way = [job for job in jobs.under_way(connection) if job.kind is JobKind.ENRICH]
            return any(_whole(job.scope) and not job.providers for job in under_way)

    def watch(self, job_id: int, after_sequence: int, heartbeat: float) -> JobWatch:
        """News of a job: what is newer than a sequence; 0: everything. Raises NoSuchThing."""
        self.get(job_id)
        return JobWatch(
            self._database.bell,
            self._clock,
            partial(self.get, job_id),
            after_sequence=after_sequence,
            heartbeat=heartbeat,
        )

    # Taking orders

    def _same(self, connection: Connection, order: Order) -> Job | None:
        job = jobs.by_request(connection, order.request_id) if order.request_id else None
        if job is not None:
            if not (_is(job, order) or _does(job, order)):
                text = f"was used for another request, job {job.id}"
                raise InvalidInput(Violation("request_id", text), reason="REQUEST_ID_USED")
            return job
        job = next((each for each in jobs.under_way(connection) if _does(each, order)), None)
        if job is not None and order.request_id and not job.request_id:
            jobs.change(connection, job.id, request_id=order.request_id)
        return job

    def _ids_of(self, connection: Connection, references: Sequence[Reference]) -> dict[Reference, int]:
        """The items that most references name; the others are to be looked up one by one."""
        own = jobs.live(connection, [each for each in references if isinstance(each, int)])
        external = jobs.named(connection, [each for each in references if not isinstance(each, int)])
        by_reference: dict[Reference, int] = {item_id: item_id for item_id in own}
        by_reference.update((each, item_id) for each, item_id in external.items())
        return by_reference

    def _refuse_unknown(self, connection: Connection, scope: Scope) -> None:
        live = jobs.live(connection, scope.item_ids)
        for place, item_id in enumerate(scope.item_ids):
            if item_id not in live:
                find(connection, item_id, f"item_ids[{place}]")

    def _refuse_more(self, connection: Connection, order: Order) -> None:
        if order.edit is not None and order.edit.most_items is not None:
            refuse_more(jobs.meant(connection, order.scope), order.edit.most_items)

    # Running

    def _start_waiting(self) -> None:
        """Start what may run, the oldest first; where the database cannot be used, look again later."""
        with self._lock:
            if self._stopping.is_set():
                return
            try:
                with self._database.read() as connection:
                    waiting = [job for job in jobs.under_way(connection) if job.id not in self._running]
            except DatabaseUnusable as error:
                self._look_again(error)
                return
            for job in waiting[: max(0, MOST_RUNNING - len(self._running))]:
                run = self._running[job.id] = Run(job, self._stopping)
                self._runner.do_at(self._clock.now(), partial(self._drive, run))

    def _look_again(self, why: CannotDo) -> None:
        log.warning("jobs_wait", why=str(why))
        self._runner.do_at(self._clock.now() + LOOK_AGAIN, self._start_waiting)

    def _drive(self, run: Run) -> None:
        """Run a job until it ends, or until something cuts it off: then it goes on where it was, sooner or later."""
        then = self._start_waiting
        try:
            self._to_its_end(run)
        except (DatabaseUnusable, NothingToSpare) as error:
            run.ended.set()
            then = partial(self._look_again, error)
        finally:
            with self._lock:
                self._running.pop(run.job.id, None)
            then()

    def _to_its_end(self, run: Run) -> None:
        try:
            self._worker.work(run)
        except Stopped:
            pass
        except DatabaseUnusable:
            raise
        except Exception as error:  # the owner must see that it ended, and why
            if (scarce := scarcity(error)) is not None:
                raise scarce from error
            log.exception("job_failed", job=run.job.id)
            if run.stopping.is_set():
                return
            run.ended.set()
            why = (
                str(error) if isinstance(error, MetarrError) else "internal error; the daemon's log tells what happened"
            )
            self._progress.end(run.job, JobState.FAILED, why)


def _stored(connection: Connection, job_id: int) -> Job:
    job = jobs.get(connection, job_id)
    if job is None:
        raise NoSuchThing("job_id", f"there is no job {job_id}, or it was forgotten by now", reason="JOB_NOT_FOUND")
    return job


def _whole(scope: Scope) -> bool:
    return scope == Scope()


def _is(job: Job, order: Order) -> bool:
    """Whether a job is what an order wants."""
    wanted = (order.kind, order.drop_foreign, order.edit, order.scope, order.auto, order.force, order.providers)
    has = (job.kind, job.drop_foreign, job.edit, job.scope, job.auto, job.force, frozenset(job.providers))
    return has == wanted


def _does(job: Job, order: Order) -> bool:
    """Whether a job over everything does all that an order for everything wants."""
    if not (_whole(job.scope) and _whole(order.scope)) or job.providers or order.providers:
        return False
    if order.kind is not JobKind.ENRICH or job.kind is not order.kind:
        # One that runs may be done with items under rules that are others by now.
        return _is(job, order) and job.state is JobState.QUEUED
    return (job.force or not order.force) and (not job.auto or order.auto)
