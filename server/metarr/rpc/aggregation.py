"""AggregationService."""

from metarr.clock import Clock
from metarr.rpc.context import Context, seconds_left
from metarr.rpc.convert import item_message, outcome_message
from metarr.rpc.errors import BaseServicer
from metarr.rpc.validate import Check
from metarr.services.titles import AggregateWish, TitleAggregator
from metarr.v1 import aggregation_service_pb2 as pb
from metarr.v1.aggregation_service_pb2_grpc import AggregationServiceServicer


class Aggregation(BaseServicer, AggregationServiceServicer):
    """Asks the providers about a title without storing anything in the library."""

    def __init__(self, titles: TitleAggregator, known_providers: frozenset[str], clock: Clock) -> None:
        self.clock = clock
        self._titles = titles
        self._known = known_providers

    def Aggregate(self, request: pb.AggregateRequest, context: Context) -> pb.AggregateResponse:
        with Check() as check:
            ids = check.ids("ids", request.ids)
            wish = AggregateWish(
                kind=check.kind("kind", request.kind),
                ids=ids,
                title=check.text("title", request.title, required=not request.ids),
                year=check.year("year", request.year),
                providers=check.providers("providers", request.providers, self._known),
                force_refresh=request.force_refresh,
                deadline=self.clock.monotonic() + seconds_left(context),
            )
        told = self._titles.aggregate(wish)
        return pb.AggregateResponse(
            item=item_message(told.item, runners_up=told.runners_up, waiting=told.waiting),
            outcomes=[outcome_message(provider, outcome) for provider, outcome in sorted(told.outcomes.items())],
        )
