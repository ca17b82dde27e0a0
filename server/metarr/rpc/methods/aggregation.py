"""AggregationService."""

import re

from metarr.clock import Clock
from metarr.domain.matching import Wanted
from metarr.domain.values import Kind
from metarr.library.aggregate import AggregateWish, TitleAggregator
from metarr.rpc.convert import item_message, match_message, outcome_message
from metarr.rpc.doors.context import Context, seconds_left
from metarr.rpc.previews import Preview, with_previews
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.v1 import aggregation_service_pb2 as pb
from metarr.v1.aggregation_service_pb2_grpc import AggregationServiceServicer

MOST_CANDIDATES, CANDIDATES = 50, 20
SEARCHED = (Kind.MOVIE, Kind.SERIES)


class AggregationServicer(BaseServicer, AggregationServiceServicer):
    """Asks the providers about a title without storing anything in the library."""

    def __init__(
        self, titles: TitleAggregator, provider_ids: frozenset[str], clock: Clock, *, preview: Preview
    ) -> None:
        self.clock = clock
        self._preview = preview
        self._titles = titles
        self._provider_ids = provider_ids

    def Aggregate(self, request: pb.AggregateRequest, context: Context) -> pb.AggregateResponse:
        with Check() as check:
            kind = check.kind("kind", request.kind)
            wish = AggregateWish(
                kind=kind,
                ids=check.ids("ids", request.ids, kind),
                title=check.title("title", request.title, required=not request.ids),
                year=check.year("year", request.year),
                providers=check.providers("providers", request.providers, self._provider_ids),
                force_refresh=request.force_refresh,
                deadline=self.clock.monotonic() + seconds_left(context),
                episodes=request.episodes,
            )
            if request.episodes and kind is not Kind.SERIES:
                check.violation("episodes", "only a series has episodes")
        aggregated = self._titles.aggregate(wish)
        item = item_message(aggregated.item, runners_up=aggregated.runners_up, waiting=aggregated.waiting)
        return pb.AggregateResponse(
            item=with_previews(item, self._preview),
            outcomes=[outcome_message(provider, outcome) for provider, outcome in sorted(aggregated.outcomes.items())],
            below=[with_previews(item_message(each), self._preview) for each in aggregated.below],
        )

    def Search(self, request: pb.SearchRequest, context: Context) -> pb.SearchResponse:
        with Check() as check:
            kind = check.kind("kind", request.kind)
            if kind not in SEARCHED:
                check.violation("kind", "only movies and series can be searched")
            wanted = Wanted(
                title=check.title("title", request.title),
                year=check.year("year", request.year),
                country=_country(check, request.country),
            )
            providers = check.providers("providers", request.providers, self._provider_ids)
            limit = check.page_size("limit", request.limit, default=CANDIDATES, most=MOST_CANDIDATES)
        deadline = self.clock.monotonic() + seconds_left(context)
        matches = self._titles.search(kind, wanted, deadline=deadline, providers=providers)
        return pb.SearchResponse(
            candidates=[match_message(match) for match in matches.matches[:limit]],
            outcomes=[outcome_message(provider, outcome) for provider, outcome in sorted(matches.outcomes.items())],
            clear_winner=matches.winner() is not None,
        )


def _country(check: Check, given: str) -> str:
    if given and not re.fullmatch(r"[A-Za-z]{2}", given):
        check.violation("country", f"{given[:20]!r} is no country's code of two letters, such as GB")
    return given.upper()
