"""The services of the contract: what protoc generated for each."""

from collections.abc import Callable
from typing import Any, NamedTuple

from connectrpc.server import ConnectWSGIApplication
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from metarr.v1 import (
    aggregation_service_connect,
    aggregation_service_pb2,
    aggregation_service_pb2_grpc,
    config_service_connect,
    config_service_pb2,
    config_service_pb2_grpc,
    enrichment_service_connect,
    enrichment_service_pb2,
    enrichment_service_pb2_grpc,
    health_service_connect,
    health_service_pb2,
    health_service_pb2_grpc,
    host_service_connect,
    host_service_pb2,
    host_service_pb2_grpc,
    library_service_connect,
    library_service_pb2,
    library_service_pb2_grpc,
    sync_service_connect,
    sync_service_pb2,
    sync_service_pb2_grpc,
)


class Service(NamedTuple):
    """One service. `base`: the generated servicer; `add_to_server(servicer, server)` registers one with grpcio;
    `http_application(methods)`: the WSGI application over an object with a function per method, in snake_case."""

    descriptor: ServiceDescriptor
    base: type
    add_to_server: Callable[[Any, Any], None]
    http_application: Callable[..., ConnectWSGIApplication]

    @property
    def name(self) -> str:
        """Its full name, such as `metarr.v1.LibraryService`."""
        return str(self.descriptor.full_name)

    @property
    def methods(self) -> tuple[MethodDescriptor, ...]:
        return tuple(self.descriptor.methods)


SERVICES = (
    Service(
        aggregation_service_pb2.DESCRIPTOR.services_by_name["AggregationService"],
        aggregation_service_pb2_grpc.AggregationServiceServicer,
        aggregation_service_pb2_grpc.add_AggregationServiceServicer_to_server,
        aggregation_service_connect.AggregationServiceWSGIApplication,
    ),
    Service(
        config_service_pb2.DESCRIPTOR.services_by_name["ConfigService"],
        config_service_pb2_grpc.ConfigServiceServicer,
        config_service_pb2_grpc.add_ConfigServiceServicer_to_server,
        config_service_connect.ConfigServiceWSGIApplication,
    ),
    Service(
        enrichment_service_pb2.DESCRIPTOR.services_by_name["EnrichmentService"],
        enrichment_service_pb2_grpc.EnrichmentServiceServicer,
        enrichment_service_pb2_grpc.add_EnrichmentServiceServicer_to_server,
        enrichment_service_connect.EnrichmentServiceWSGIApplication,
    ),
    Service(
        health_service_pb2.DESCRIPTOR.services_by_name["HealthService"],
        health_service_pb2_grpc.HealthServiceServicer,
        health_service_pb2_grpc.add_HealthServiceServicer_to_server,
        health_service_connect.HealthServiceWSGIApplication,
    ),
    Service(
        host_service_pb2.DESCRIPTOR.services_by_name["HostService"],
        host_service_pb2_grpc.HostServiceServicer,
        host_service_pb2_grpc.add_HostServiceServicer_to_server,
        host_service_connect.HostServiceWSGIApplication,
    ),
    Service(
        library_service_pb2.DESCRIPTOR.services_by_name["LibraryService"],
        library_service_pb2_grpc.LibraryServiceServicer,
        library_service_pb2_grpc.add_LibraryServiceServicer_to_server,
        library_service_connect.LibraryServiceWSGIApplication,
    ),
    Service(
        sync_service_pb2.DESCRIPTOR.services_by_name["SyncService"],
        sync_service_pb2_grpc.SyncServiceServicer,
        sync_service_pb2_grpc.add_SyncServiceServicer_to_server,
        sync_service_connect.SyncServiceWSGIApplication,
    ),
)


def service_of(servicer: type) -> Service:
    """The service that a servicer class implements. Raises TypeError where it derives from no generated servicer."""
    service = next((each for each in SERVICES if issubclass(servicer, each.base)), None)
    if service is None:
        raise TypeError(f"{servicer.__name__} derives from no generated servicer")
    return service
