"""EnrichmentService."""

from metarr.clock import Clock
from metarr.fetch.contract import Lane
from metarr.jobs.jobs import Jobs
from metarr.library.enrich import Enriched, Enricher, Wish
from metarr.library.history import History, NamedChangeSet
from metarr.rpc.convert import change_message, item_message, kind_message, outcome_message, timestamp
from metarr.rpc.doors.context import Context, seconds_left
from metarr.rpc.methods.jobs import JobMethods
from metarr.rpc.paging import page_token, position
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.store.changes import ChangeSet
from metarr.v1 import enrichment_service_pb2 as pb
from metarr.v1.enrichment_service_pb2_grpc import EnrichmentServiceServicer


class EnrichmentServicer(JobMethods, BaseServicer, EnrichmentServiceServicer):
    """Brings items of the library up to date."""

    def __init__(
        self, enricher: Enricher, history: History, jobs: Jobs, *, provider_ids: frozenset[str], clock: Clock
    ) -> None:
        self.clock = clock
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
        return enriched_message(self._enricher.enrich(reference, wish))

    def ListChangeSets(self, request: pb.ListChangeSetsRequest, context: Context) -> pb.ListChangeSetsResponse:
        query: list[object] = [request.item_id]
        with Check() as check:
            reference = check.reference("item_id", request.item_id) if request.item_id else None
            limit = check.page_size("page_size", request.page_size)
            last = position(check, request.page_token, query, (int,))
        page = self._history.page(reference, int(last[0]) if last else None, limit + 1)
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
            item=item_message(done.item),
            change_set=change_set_message(done.change_set) if done.change_set else None,
            refused=[pb.UndoChangeSetResponse.Refusal(field=field, why=why) for field, why in done.refused],
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
