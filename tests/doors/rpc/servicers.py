# ruff: noqa: N802
"""Small servicers on the real contract, for tests of the two doors."""

import threading
from datetime import UTC, datetime, timedelta

from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.server import ConnectWSGIApplication, EndpointSync
from grpc_health.v1 import health_pb2, health_pb2_grpc

from metarr.domain.item import MediaItem
from metarr.errors import AllLimited, AllRefused, CannotDo, InvalidInput, NobodyAnswered, NoSuchThing, VersionMoved
from metarr.errors import Violation as Wrong
from metarr.rpc.contract import Service
from metarr.rpc.convert import item_message
from metarr.rpc.doors.context import seconds_left
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.v1 import aggregation_service_pb2 as aggregation
from metarr.v1 import health_service_pb2 as health
from metarr.v1 import library_service_pb2 as library
from metarr.v1.aggregation_service_pb2_grpc import AggregationServiceServicer
from metarr.v1.health_service_pb2_grpc import HealthServiceServicer
from metarr.v1.library_service_pb2_grpc import LibraryServiceServicer


class HealthWSGIApplication(ConnectWSGIApplication):
    """As protoc-gen-connectrpc would write it."""

    path = "/grpc.health.v1.Health"

    def __init__(self, service, **options):
        endpoints = {}
        for name, method, stream in (
            ("Check", service.check, StreamType.UNARY),
            ("Watch", service.watch, StreamType.SERVER_STREAM),
        ):
            info = MethodInfo(
                name=name,
                service_name="grpc.health.v1.Health",
                input=health_pb2.HealthCheckRequest,
                output=health_pb2.HealthCheckResponse,
                idempotency_level=IdempotencyLevel.NO_SIDE_EFFECTS,
                stream_type=stream,
            )
            make = EndpointSync.unary if stream is StreamType.UNARY else EndpointSync.server_stream
            endpoints[f"{self.path}/{name}"] = make(method=info, function=method)
        super().__init__(endpoints=endpoints, **options)


HEALTH = Service(
    health_pb2.DESCRIPTOR.services_by_name["Health"],
    health_pb2_grpc.HealthServicer,
    health_pb2_grpc.add_HealthServicer_to_server,
    HealthWSGIApplication,
)
"""The standard health service: it has a stream that needs no library."""

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "k3y-that-must-not-leak"

FAILURES = {
    "missing": NoSuchThing("item_id", "there is no item missing", reason="ITEM_NOT_FOUND"),
    "moved": VersionMoved("somebody wrote in between"),
    "forbidden": CannotDo("switch a provider on first", reason="NO_PROVIDER"),
    "limited": AllLimited("every provider is limited", NOW + timedelta(seconds=90)),
    "limited_for_ever": AllLimited("every provider is limited", None),
    "refused": AllRefused("every provider refused its key"),
    "silent": NobodyAnswered("nobody answered"),
    "broken": RuntimeError(f"secret={SECRET}"),
    "wordy": InvalidInput(*(Wrong(f"items[{n}].ids[0].value", "is no imdb id: 日本語 " * 5) for n in range(500))),
}


class FixedClock:
    """It is always noon."""

    def now(self):
        return NOW

    def monotonic(self):
        return 0.0

    def wait(self, seconds, until=None):
        return True

    def jitter(self):
        return 0.0


class FakeLibrary(BaseServicer, LibraryServiceServicer):
    """GetItem fails as its item_id says, or takes until nobody waits; ListItems checks; UpsertItems is not there."""

    clock = FixedClock()

    def __init__(self):
        self.seconds_left, self.time_remaining = [], []
        self.metadata = {}
        self.ended = threading.Event()

    def GetItem(self, request, context):
        self.metadata = dict(context.invocation_metadata())
        self.seconds_left.append(seconds_left(context))
        self.time_remaining.append(context.time_remaining())
        context.add_callback(self.ended.set)
        if request.item_id == "slow":
            given_up = threading.Event()
            context.add_callback(given_up.set)
            given_up.wait(10)
        if request.item_id in FAILURES:
            raise FAILURES[request.item_id]
        return library.GetItemResponse(item=item_message(MediaItem(id=1, title=request.item_id or "Amélie", year=2001)))

    def ListItems(self, request, context):
        with Check() as check:
            check.text("title_contains", request.title_contains)
            check.page_size("page_size", request.page_size)
        return library.ListItemsResponse(total_size=len(request.title_contains))


class FakeHealth(BaseServicer, HealthServiceServicer):
    """Always well."""

    def GetHealth(self, request, context):
        return health.GetHealthResponse(status=health.GetHealthResponse.STATUS_OK, version="1.2.3", api_level=1)


class FakeAggregation(BaseServicer, AggregationServiceServicer):
    """Finds nothing."""

    def Search(self, request, context):
        return aggregation.SearchResponse()
