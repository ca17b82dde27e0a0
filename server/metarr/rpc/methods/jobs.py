"""The methods of EnrichmentService about jobs."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import asdict

from metarr.clock import Clock
from metarr.domain.fields import FIELDS
from metarr.errors import InvalidInput, Reason
from metarr.jobs.jobs import Jobs, Order
from metarr.jobs.summary import ended, estimated_end, next_attempt, rate
from metarr.library.reference import Reference
from metarr.rpc.convert import kind_message, timestamp
from metarr.rpc.doors.context import Context
from metarr.rpc.filter import item_filter
from metarr.rpc.paging import page_token, position
from metarr.rpc.validate import Check
from metarr.store.jobs import Job, JobEdit, JobKind, JobState, Scope
from metarr.v1 import enrichment_service_pb2 as pb
from metarr.v1.common_pb2 import ItemFilter

MOST_ITEMS, MOST_TROUBLES = 10_000, 100
HEARTBEAT = 10.0
"""Seconds of silence after which a stream says that it lives: else a client that went away is never noticed."""

_STATES = {
    JobState.QUEUED: pb.Job.STATE_QUEUED,
    JobState.RUNNING: pb.Job.STATE_RUNNING,
    JobState.COMPLETE: pb.Job.STATE_COMPLETE,
    JobState.DEGRADED: pb.Job.STATE_DEGRADED,
    JobState.CANCELLED: pb.Job.STATE_CANCELLED,
    JobState.FAILED: pb.Job.STATE_FAILED,
}

_KINDS = {
    JobKind.ENRICH: pb.Job.KIND_ENRICH,
    JobKind.APPLY: pb.Job.KIND_APPLY,
    JobKind.UPDATE: pb.Job.KIND_UPDATE,
}

UPDATABLE = frozenset({"lock_fields", "unlock_fields", "lock_all", "unlock_all", "monitored"})


class JobMethods:
    """To be mixed into the servicer."""

    clock: Clock
    _jobs: Jobs
    _provider_ids: frozenset[str]

    def StartEnrichment(self, request: pb.StartEnrichmentRequest, context: Context) -> pb.StartEnrichmentResponse:
        with Check() as check:
            scope = self._scope(check, request)
            order = Order(
                scope=scope,
                auto=check.known_enum("mode", request.mode, pb.EnrichmentMode) == pb.ENRICHMENT_MODE_AUTO,
                force=request.force,
                providers=check.providers("providers", request.providers, self._provider_ids) or frozenset(),
                request_id=check.text("request_id", request.request_id, required=False, most=100),
            )
        return pb.StartEnrichmentResponse(job=job_message(self._jobs.submit(order), self.clock.now()))

    def StartApply(self, request: pb.StartApplyRequest, context: Context) -> pb.StartApplyResponse:
        with Check() as check:
            request_id = check.text("request_id", request.request_id, required=False, most=100)
        order = Order(scope=Scope(), kind=JobKind.APPLY, drop_foreign=request.drop_foreign, request_id=request_id)
        return pb.StartApplyResponse(job=job_message(self._jobs.submit(order), self.clock.now()))

    def StartUpdate(self, request: pb.StartUpdateRequest, context: Context) -> pb.StartUpdateResponse:
        with Check() as check:
            scope = self._updated(check, request)
            edit = _edit(check, request)
            request_id = check.text("request_id", request.request_id, required=False, most=100)
        if request.dry_run:
            return pb.StartUpdateResponse(items=self._jobs.meant(scope))
        order = Order(scope=scope, kind=JobKind.UPDATE, edit=edit, request_id=request_id)
        return pb.StartUpdateResponse(job=job_message(self._jobs.submit(order), self.clock.now()))

    def GetJob(self, request: pb.GetJobRequest, context: Context) -> pb.GetJobResponse:
        with Check() as check:
            job_id = check.number("job_id", request.job_id)
        job = self._jobs.get(job_id)
        return pb.GetJobResponse(
            job=job_message(job, self.clock.now()),
            troubles=[
                pb.GetJobResponse.Trouble(
                    item_id=str(each.item_id),
                    deferred=each.deferred,
                    detail=each.detail,
                    item_title=each.title,
                    item_kind=kind_message(each.kind),
                )
                for each in self._jobs.troubles(job_id, MOST_TROUBLES)
            ],
        )

    def ListJobs(self, request: pb.ListJobsRequest, context: Context) -> pb.ListJobsResponse:
        query: list[object] = ["jobs", request.state, request.kind]
        with Check() as check:
            state = check.known_enum("state", request.state, pb.Job.State)
            kind = check.known_enum("kind", request.kind, pb.Job.Kind)
            limit = check.page_size("page_size", request.page_size)
            last = position(check, request.page_token, query, (int,))
        page = self._jobs.page(
            int(last[0]) if last else None,
            limit + 1,
            state=next((each for each, number in _STATES.items() if number == state), None),
            kind=next((each for each, number in _KINDS.items() if number == kind), None),
        )
        shown, now = page[:limit], self.clock.now()
        return pb.ListJobsResponse(
            jobs=[job_message(job, now) for job in shown],
            next_page_token=page_token(query, [shown[-1].id]) if len(page) > limit else "",
        )

    def CancelJob(self, request: pb.CancelJobRequest, context: Context) -> pb.CancelJobResponse:
        with Check() as check:
            job_id = check.number("job_id", request.job_id)
        return pb.CancelJobResponse(job=job_message(self._jobs.cancel(job_id), self.clock.now()))

    def WatchJob(self, request: pb.WatchJobRequest, context: Context) -> Iterator[pb.WatchJobResponse]:
        with Check() as check:
            job_id = check.number("job_id", request.job_id)
            if request.after_sequence < 0:
                check.violation("after_sequence", "is no sequence that was told")
        with self._jobs.watch(job_id, request.after_sequence, HEARTBEAT) as watch:
            context.add_callback(watch.close)
            while context.is_active():
                job, news = watch.next()
                if news or not ended(job):
                    yield pb.WatchJobResponse(job=job_message(job, self.clock.now()), heartbeat=not news)
                if ended(job):
                    return

    def _scope(self, check: Check, request: pb.StartEnrichmentRequest) -> Scope:
        ways = [bool(request.item_ids), request.HasField("filter"), request.all]
        if sum(ways) != 1:
            check.violation("item_ids", "say which items: item_ids, a filter, or all; and only one of these")
        if request.HasField("filter"):
            return _filtered(check, request.filter)
        return Scope(item_ids=self._item_ids(check, request.item_ids))

    def _updated(self, check: Check, request: pb.StartUpdateRequest) -> Scope:
        if bool(request.item_ids) == request.HasField("filter"):
            check.violation("item_ids", "say which items: item_ids, or a filter; and only one of these")
        if request.expected_items < 0:
            check.violation("expected_items", f"{request.expected_items} is no number of items")
        if request.HasField("filter"):
            if not request.expected_items and not request.dry_run:
                check.violation("expected_items", "is required with a filter; a dry run tells how many it fits")
            return _living(check, request.filter)
        return Scope(item_ids=self._item_ids(check, request.item_ids))

    def _item_ids(self, check: Check, given: Sequence[str]) -> tuple[int, ...]:
        if len(given) > MOST_ITEMS:
            check.violation("item_ids", f"names {len(given)} items; {MOST_ITEMS} are the most")
            return ()
        references: list[Reference] = [check.reference(f"item_ids[{n}]", each) for n, each in enumerate(given)]
        unreadable = {f"item_ids[{n}]" for n, reference in enumerate(references) if reference == 0}
        try:
            return self._jobs.item_ids(references, "item_ids")
        except InvalidInput as error:
            for violation in error.violations:
                if violation.field in unreadable:
                    continue  # that is told already
                check.violation(violation.field, violation.description)
            return ()


def _filtered(check: Check, given: ItemFilter) -> Scope:
    scope = _living(check, given)
    if scope == Scope():
        check.violation("filter", "says nothing; for every item, set all")
    return scope


def _edit(check: Check, request: pb.StartUpdateRequest) -> JobEdit:
    """What the mask says is to be changed."""
    mask = check.mask("update_mask", request.update_mask, UPDATABLE)
    lock = request.lock_fields if "lock_fields" in mask else ()
    unlock = request.unlock_fields if "unlock_fields" in mask else ()
    for path, fields in (("lock_fields", lock), ("unlock_fields", unlock)):
        for place, field in enumerate(fields):
            if field not in FIELDS:
                check.violation(f"{path}[{place}]", f"there is no field {field[:60]!r}")
    for place, field in enumerate(unlock):
        if field in lock:
            check.violation(f"unlock_fields[{place}]", "is to be locked by the same edit")
    lock_all, unlock_all = "lock_all" in mask and request.lock_all, "unlock_all" in mask and request.unlock_all
    if unlock_all and (lock_all or lock):
        check.violation("unlock_all", "the same edit locks fields; unlock in an edit of its own")
    return JobEdit(
        lock=tuple(dict.fromkeys(lock)),
        unlock=tuple(dict.fromkeys(unlock)),
        lock_all=lock_all,
        unlock_all=unlock_all,
        monitored=request.monitored if "monitored" in mask else None,
        most_items=request.expected_items or None,
    )


def _living(check: Check, given: ItemFilter) -> Scope:
    scope = Scope(**asdict(item_filter(check, given)))
    if scope.deleted:
        check.violation("filter.deleted", "a job takes no deleted items")
    return scope


def job_message(job: Job, now: datetime) -> pb.Job:
    tally = job.tally
    return pb.Job(
        id=str(job.id),
        state=_STATES[job.state],
        cause=job.cause,
        created_at=timestamp(job.created_at),
        started_at=timestamp(job.started_at),
        finished_at=timestamp(job.finished_at),
        total=job.total,
        done=tally.done,
        changed=tally.changed,
        unchanged=tally.unchanged,
        deferred=tally.deferred,
        failed=tally.failed,
        undecided=tally.undecided,
        kind=_KINDS[job.kind],
        items_per_second=rate(job, now),
        estimated_end_at=timestamp(estimated_end(job, now)),
        providers=_providers(job),
        detail=job.detail,
        next_attempt_at=timestamp(next_attempt(job)),
        sequence=job.sequence,
    )


def _providers(job: Job) -> list[pb.JobProvider]:
    messages = []
    for provider in sorted({*job.tally.outcomes, *(each.provider for each in job.waiting)}):
        outcomes = job.tally.outcomes.get(provider, {})
        waiting = [each for each in job.waiting if each.provider == provider]
        again = min((each.next_attempt for each in waiting if each.next_attempt), default=None)
        unheard = {word: number for word, number in outcomes.items() if word in set(Reason)}
        left = {each.reason: each.items for each in waiting}
        messages.append(
            pb.JobProvider(
                provider=provider,
                answered=outcomes.get("answered", 0) + outcomes.get("not_found", 0),
                cached=outcomes.get("cached", 0),
                unavailable=sum(unheard.values()),
                planned=outcomes.get("planned", 0),
                waiting=sum(left.values()),
                reason=max(left or unheard, key=lambda reason: (left or unheard)[reason], default=""),
                next_attempt_at=timestamp(again),
            )
        )
    return messages
