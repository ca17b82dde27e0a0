"""EnrichmentService."""

from metarr.clock import Clock
from metarr.rpc.context import Context, seconds_left
from metarr.rpc.convert import change_message, item_message, outcome_message
from metarr.rpc.errors import BaseServicer
from metarr.rpc.validate import Check
from metarr.services.enrich import Enriched, Enricher, Wish
from metarr.v1 import enrichment_service_pb2 as pb
from metarr.v1.enrichment_service_pb2_grpc import EnrichmentServiceServicer


class Enrichment(BaseServicer, EnrichmentServiceServicer):
    """Brings items of the library up to date."""

    def __init__(self, enricher: Enricher, known_providers: frozenset[str], clock: Clock) -> None:
        self.clock = clock
        self._enricher = enricher
        self._known = known_providers

    def Enrich(self, request: pb.EnrichRequest, context: Context) -> pb.EnrichResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            wish = Wish(
                deadline=self.clock.monotonic() + seconds_left(context),
                auto=check.known_enum("mode", request.mode, pb.EnrichmentMode) == pb.ENRICHMENT_MODE_AUTO,
                fresh_after=self.clock.now() if request.force_refresh else None,
                providers=check.providers("providers", request.providers, self._known),
                dry_run=request.dry_run,
            )
        return enriched_message(self._enricher.enrich(reference, wish))


def enriched_message(enriched: Enriched) -> pb.EnrichResponse:
    """What came of an enrichment."""
    return pb.EnrichResponse(
        item=item_message(
            enriched.item,
            waiting={decision.field: decision.waiting for decision in enriched.decisions},
            pending=enriched.pending,
        ),
        changes=[change_message(change) for change in enriched.changes],
        outcomes=[outcome_message(provider, outcome) for provider, outcome in sorted(enriched.outcomes.items())],
        requires_player_sync=bool(enriched.sync_reason),
        sync_reason=enriched.sync_reason,
        skipped=enriched.skipped,
    )
