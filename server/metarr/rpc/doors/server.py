"""The native gRPC door, with reflection and the standard health service."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NoReturn

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from metarr.errors import CannotDo, MetarrError, TooManyStreams
from metarr.rpc.doors.access import Guard, Tls
from metarr.rpc.doors.context import Context
from metarr.rpc.doors.streams import STREAM_CAP
from metarr.rpc.errors import fail, status_of
from metarr.rpc.servicer import BaseServicer

log = structlog.get_logger(__name__)

MAX_REQUEST_BYTES = 4 * 1024 * 1024
THREADS = STREAM_CAP + 16


def authority(host: str, port: int) -> str:
    """Host and port as one text, such as `127.0.0.1:7070` or `[::1]:7070`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _refuse(context: Context, error: MetarrError) -> NoReturn:
    # Neither of these errors tells a time to retry, so what the time is does not matter.
    fail(context, status_of(error, datetime.min.replace(tzinfo=UTC)))


class _Gatekeeper(grpc.ServerInterceptor):
    """Refuses every call whose authorization the guard refuses, reflection, health and unknown methods included."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Any], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        shown = [value for name, value in handler_call_details.invocation_metadata if name == "authorization"]
        refused = self._guard(str(shown[0]) if len(shown) == 1 else "")
        if refused is None:
            return continuation(handler_call_details)
        # A handler of streams answers any kind of method, and without waiting for a request.
        return grpc.stream_stream_rpc_method_handler(lambda _requests, context: _refuse(context, refused))


class _Reflection(reflection.ReflectionServicer):  # type: ignore[misc]
    """Its streams stay open as long as the caller likes, and hold a thread as every other."""

    def ServerReflectionInfo(self, request_iterator: Iterator[Any], context: Context) -> Iterator[Any]:
        try:
            with BaseServicer.streams.one_more():
                yield from super().ServerReflectionInfo(request_iterator, context)
        except TooManyStreams as error:
            _refuse(context, error)


class GrpcServer:
    """Serves servicers from `start` to `stop`. `port` 0 takes a free one; `port` tells which once started.

    With a `guard` every call has to pass it; with `tls` the door speaks nothing else.
    """

    def __init__(
        self,
        servicers: Iterable[BaseServicer],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        guard: Guard | None = None,
        tls: Tls | None = None,
        threads: int = THREADS,
    ) -> None:
        self._host, self.port, self._tls = host, port, tls
        self._health = health.HealthServicer()
        self._server = grpc.server(
            ThreadPoolExecutor(threads, thread_name_prefix="grpc"),
            interceptors=[] if guard is None else [_Gatekeeper(guard)],
            options=(
                ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
                ("grpc.so_reuseport", 0),  # else a second daemon would quietly take every other call
            ),
        )
        self._add(servicers)

    def _add(self, servicers: Iterable[BaseServicer]) -> None:
        names = [health.SERVICE_NAME, reflection.SERVICE_NAME]
        for servicer in servicers:
            service = servicer.service
            service.add_to_server(servicer, self._server)
            self._health.set(service.name, health_pb2.HealthCheckResponse.SERVING)
            names.append(service.name)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(_Reflection(names), self._server)

    def start(self) -> None:
        """Take the port and serve. Raises CannotDo where the port cannot be had."""
        address = authority(self._host, self.port)
        try:
            self.port = self._take(address)
        except RuntimeError as error:
            raise cannot_listen("gRPC", address) from error
        self._server.start()
        log.info("grpc_listening", address=authority(self._host, self.port), tls=self._tls is not None)

    def _take(self, address: str) -> int:
        if self._tls is None:
            return self._server.add_insecure_port(address)
        pair = (self._tls.key.read_bytes(), self._tls.certificate.read_bytes())
        return self._server.add_secure_port(address, grpc.ssl_server_credentials([pair]))

    def stop(self, grace: float = 5.0) -> None:
        """Refuse new calls, give running ones `grace` seconds, then end them. Returns when all have ended."""
        self._health.enter_graceful_shutdown()
        self._server.stop(grace).wait()


def cannot_listen(door: str, address: str) -> CannotDo:
    """What to tell the owner when a port cannot be had."""
    return CannotDo(
        f"cannot listen for {door} on {address}: the port is taken, perhaps by another Metarr, or the address is "
        "not one of this machine; choose another one",
        reason="CANNOT_LISTEN",
    )
