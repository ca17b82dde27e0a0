"""From a servicer to what protoc generated for its service."""

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import grpc
from connectrpc.server import ConnectWSGIApplication
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

_GENERATED = "_pb2_grpc"


class Service(NamedTuple):
    """One service of the contract. `base` is the generated servicer, `stem` the generated modules' common name."""

    descriptor: ServiceDescriptor
    base: type
    stem: str

    @property
    def name(self) -> str:
        """Its full name, such as `metarr.v1.LibraryService`."""
        return str(self.descriptor.full_name)

    @property
    def methods(self) -> tuple[MethodDescriptor, ...]:
        return tuple(self.descriptor.methods)

    def add_to_server(self, servicer: object, server: grpc.Server) -> None:
        """Register the servicer with grpcio."""
        generated = importlib.import_module(self.stem + _GENERATED)
        add: Callable[[object, grpc.Server], None] = getattr(generated, f"add_{self.base.__name__}_to_server")
        add(servicer, server)

    def http_application(self, methods: object, **options: Any) -> ConnectWSGIApplication:
        """The generated WSGI application over an object with a function per method, named in snake_case."""
        generated = importlib.import_module(f"{self.stem}_connect")
        application: Callable[..., ConnectWSGIApplication] = getattr(
            generated, f"{self.descriptor.name}WSGIApplication"
        )
        return application(methods, **options)


def service_of(servicer: type) -> Service:
    """The service that a servicer class implements. Raises TypeError where it derives from no generated servicer."""
    base = next((base for base in servicer.__mro__ if base.__module__.endswith(_GENERATED)), None)
    if base is None:
        raise TypeError(f"{servicer.__name__} derives from no generated servicer")
    stem = base.__module__.removesuffix(_GENERATED)
    services = importlib.import_module(f"{stem}_pb2").DESCRIPTOR.services_by_name
    return Service(services[base.__name__.removesuffix("Servicer")], base, stem)
