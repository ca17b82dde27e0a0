"""EnrichmentService."""

from datetime import UTC, datetime

from metarr.clock import Clock
from metarr.domain.fields import FIELDS
from metarr.fetch.contract import Lane
from metarr.jobs.jobs import Jobs
from metarr.library.enrich import Enricher
from metarr.library.history import History, NamedChangeSet
from metarr.library.mass_undo import MOST_TOLD, MassUndo, UndoTally
from metarr.library.wish import Enriched, Wish
from metarr.rpc.convert import change_message, item_message, kind_message, outcome_message, timestamp
from metarr.rpc.doors.context import Context, seconds_left
from metarr.rpc.methods.jobs import JobMethods
from metarr.rpc.paging import page_token, position
from metarr.rpc.previews import Preview, with_previews
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.store.changes import CAUSES, ChangeFilter, ChangeSet, Selection, is_group
from metarr.v1 import enrichment_service_pb2 as pb
from metarr.v1.enrichment_service_pb2_grpc import EnrichmentServiceServicer


class EnrichmentServicer(JobMethods, BaseServicer, EnrichmentServiceServicer):
    """Brings items of the library up to date."""

    def __init__(
        self,
        enricher: Enricher,
        history: History,
        mass_undo: MassUndo,
        jobs: Jobs,
        *,
        provider_ids: frozenset[str],
        preview: Preview,
        clock: Clock,
    ) -> None:
        self.clock = clock
        self._preview = preview
        self._mass_undo = mass_undo
        self._jobs = jobs
        self._history = history
        self._enricher = enricher
        self._provider_ids = provider_ids

    def Enrich(self, request: pb.EnrichRequest, context: Context) -> pb.EnrichResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            auto = check.known_enum("mode", request.mode, pb.EnrichmentMode) == pb.ENRICHMENT_MODE_AUTO
            wish = Wish(
                deadline=self.clock.monotonic() + seconds_left(context),
                auto=auto,
                lane=Lane.BATCH if auto else Lane.INTERACTIVE,
                fresh_after=self.clock.now() if request.force_refresh else None,
                providers=check.providers("providers", request.providers, self._provider_ids),
                dry_run=request.dry_run,
            )
        answer = enriched_message(self._enricher.enrich(reference, wish))
        with_previews(answer.item, self._preview)
        return answer

    def ListChangeSets(self, request: pb.ListChangeSetsRequest, context: Context) -> pb.ListChangeSetsResponse:
        query: list[object] = [request.item_id, request.group_id, request.job_id, request.cause, request.field]
        query += [request.source, request.since.seconds, request.since.nanos]
        with Check() as check:
            which, fits = _of_run(check, request), _change_filter(check, request)
            reference = check.reference("item_id", request.item_id) if request.item_id else None
            limit = check.page_size("page_size", request.page_size)
            last = position(check, request.page_token, query, (int,))
        page = self._history.page(reference, int(last[0]) if last else None, limit + 1, which, fits=fits)
        shown, more = page[:limit], len(page) > limit
        return pb.ListChangeSetsResponse(
            change_sets=[_told_message(named) for named in shown],
            next_page_token=page_token(query, [shown[-1].change_set.id]) if more else "",
        )

    def UndoChangeSet(self, request: pb.UndoChangeSetRequest, context: Context) -> pb.UndoChangeSetResponse:
        with Check() as check:
            change_set_id = check.number("change_set_id", request.change_set_id)
        done = self._history.undo(change_set_id)
        return pb.UndoChangeSetResponse(
            item=with_previews(item_message(done.item), self._preview),
            change_set=change_set_message(done.change_set) if done.change_set else None,
            refused=[pb.UndoChangeSetResponse.Refusal(field=field, why=why) for field, why in done.refused],
        )

    def UndoChangeSets(self, request: pb.UndoChangeSetsRequest, context: Context) -> pb.UndoChangeSetsResponse:
        with Check() as check:
            which = self._selection(check, request)
            if request.max_items < 0:
                check.violation("max_items", "is less than 0")
            if request.max_items and not request.dry_run:
                check.violation("max_items", "is of a dry run: an undo takes back all")
            if not 0 <= request.samples <= MOST_TOLD:
                check.violation("samples", f"{request.samples} is not between 0 and {MOST_TOLD}")
        tally = self._mass_undo.undo(
            which,
            dry_run=request.dry_run,
            max_items=request.max_items,
            samples=request.samples,
            wanted=context.is_active,
        )
        return _undone_message(tally)

    def _selection(self, check: Check, request: pb.UndoChangeSetsRequest) -> Selection:
        if sum(map(bool, (request.group_id, request.job_id, request.provider))) != 1:
            check.violation("group_id", "say what to take back: group_id, job_id or provider; and only one of these")
        if request.HasField("since") != bool(request.provider):
            check.violation("since", "is required with provider, and only there")
        which = _of_run(check, request)
        if not request.provider:
            return which
        # Not asked whether there is such a provider now: what one brought that was uninstalled can be undone, too.
        provider = check.text("provider", request.provider, most=64)
        return Selection(provider=provider, since=_moment(check, "since", request))


def _of_run(check: Check, request: pb.UndoChangeSetsRequest | pb.ListChangeSetsRequest) -> Selection:
    """The group or the job that is named."""
    group = request.group_id
    if group and not is_group(group):
        check.violation("group_id", f"{group[:60]!r} is no group of change-sets such as 17 or job-3")
    job_id = check.number("job_id", request.job_id) if request.job_id else 0
    if group and job_id and isinstance(request, pb.ListChangeSetsRequest):
        check.violation("group_id", "name a group or a job, not both")
    return Selection(group=group, job_id=job_id)


def _change_filter(check: Check, request: pb.ListChangeSetsRequest) -> ChangeFilter:
    if request.cause:
        check.one_of("cause", request.cause, CAUSES)
    if request.field and request.field not in FIELDS:
        check.violation("field", f"there is no field {request.field[:60]!r}")
    return ChangeFilter(
        cause=request.cause,
        field=request.field,
        # Not asked whether there is such a source now, as with undo.
        source=check.text("source", request.source, required=False, most=100),
        since=_moment(check, "since", request) if request.HasField("since") else None,
    )


def _moment(check: Check, field: str, request: pb.UndoChangeSetsRequest | pb.ListChangeSetsRequest) -> datetime:
    try:
        return request.since.ToDatetime(UTC)
    except (ValueError, OverflowError):
        check.violation(field, "is no time")
        return datetime.now(UTC)


def _undone_message(tally: UndoTally) -> pb.UndoChangeSetsResponse:
    return pb.UndoChangeSetsResponse(
        total_items=tally.total_items,
        items=tally.looked_at,
        changed_items=tally.items,
        change_sets=tally.change_sets,
        fields=tally.fields,
        refusals=tally.refusals,
        refused=[
            pb.UndoChangeSetsResponse.Refusal(
                item_id=str(each.item_id),
                item_title=each.title,
                field=each.field,
                why=each.why,
                change_set_id=str(each.change_set_id),
            )
            for each in tally.refused
        ],
        samples=[
            pb.UndoChangeSetsResponse.Sample(
                item_id=str(each.item_id), item_title=each.title, change=change_message(each.change)
            )
            for each in tally.samples
        ],
        group_id=tally.group,
    )


def _told_message(named: NamedChangeSet) -> pb.ChangeSet:
    message = change_set_message(named.change_set)
    message.item_kind, message.item_title = kind_message(named.kind), named.title
    return message


def change_set_message(change_set: ChangeSet) -> pb.ChangeSet:
    return pb.ChangeSet(
        id=str(change_set.id),
        item_id=str(change_set.item_id),
        changed_at=timestamp(change_set.at),
        cause=change_set.cause,
        changes=[change_message(change) for change in change_set.changes],
        requires_player_sync=change_set.requires_player_sync,
        sync_reason=change_set.sync_reason,
        providers=change_set.providers,
        undone_by=str(change_set.undone_by or ""),
        group_id=change_set.group,
        job_id=str(change_set.job_id or ""),
        old_numbering=change_set.old_numbering,
        new_numbering=change_set.new_numbering,
    )


def enriched_message(enriched: Enriched) -> pb.EnrichResponse:
    """What came of an enrichment."""
    return pb.EnrichResponse(
        item=item_message(
            enriched.item,
            waiting={decision.field: decision.waiting for decision in enriched.decisions},
            awaited=enriched.awaited,
        ),
        changes=[change_message(change) for change in enriched.changes],
        outcomes=[outcome_message(provider, outcome) for provider, outcome in sorted(enriched.outcomes.items())],
        requires_player_sync=bool(enriched.sync_reason),
        sync_reason=enriched.sync_reason,
        skipped=enriched.skipped,
    )
