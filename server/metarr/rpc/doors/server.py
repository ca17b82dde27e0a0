"""The native gRPC door, with reflection and the standard health service."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future
from typing import Any

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from metarr.errors import CannotDo, TooManyStreams
from metarr.handles import handles
from metarr.rpc.doors.access import Guard, Tls
from metarr.rpc.doors.native import NativeCall, NativeCalls, peer, refuse
from metarr.rpc.doors.streams import STREAMS_IN_ALL
from metarr.rpc.servicer import BaseServicer

log = structlog.get_logger(__name__)

MAX_REQUEST_BYTES = 4 * 1024 * 1024
THREADS = STREAMS_IN_ALL + 16
"""Of each door. They are made when they are needed."""
HANDSHAKE_SECONDS = 10
"""How long who connects may take until both speak HTTP/2."""
CONNECTIONS = 4096
"""As many as callers may have, where the handles of this process allow so many."""
_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
    ("grpc.max_concurrent_streams", 128),  # of one connection
    ("grpc.server_handshake_timeout_ms", HANDSHAKE_SECONDS * 1000),
    ("grpc.max_connection_idle_ms", 300_000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.so_reuseport", 0),  # else a second daemon would quietly take every other call
)


def authority(host: str, port: int) -> str:
    """Host and port as one text, such as `127.0.0.1:7070` or `[::1]:7070`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _Reflection(reflection.aio.ReflectionServicer):  # type: ignore[misc]
    """Its streams stay open as long as the caller keeps asking."""

    async def ServerReflectionInfo(self, messages: AsyncIterator[Any], call: NativeCall) -> AsyncIterator[Any]:
        try:
            with BaseServicer.streams.one_more(peer(call)):
                async for answer in super().ServerReflectionInfo(messages, call):
                    yield answer
        except TooManyStreams as error:
            await refuse(call, error)


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
        self._health = health.aio.HealthServicer()
        self._names = [health.SERVICE_NAME, reflection.SERVICE_NAME]
        self._calls = NativeCalls(guard, threads)
        for servicer in servicers:
            servicer.service.add_to_server(servicer, self._calls)
            self._names.append(servicer.service.name)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._calls)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(_Reflection(self._names), self._calls)
        self._listening: Future[int] = Future()
        self._stopping: Future[float] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="grpc", daemon=True)

    def start(self) -> None:
        """Take the port and serve. Raises CannotDo where the port cannot be had."""
        self._thread.start()
        self.port = self._listening.result()
        log.info("grpc_listening", address=authority(self._host, self.port), tls=self._tls is not None)

    def stop(self, grace: float = 5.0) -> None:
        """Refuse new calls, give running ones `grace` seconds, then end them. Returns when all have ended."""
        if not self._stopping.done():
            self._stopping.set_result(grace)
        if self._thread.ident is not None:
            self._thread.join()

    async def _serve(self) -> None:
        try:
            connections = ("grpc.max_allowed_incoming_connections", min(CONNECTIONS, handles() // 4))
            # Its own thread is begun here already: a server for which there was none crashes the process as it goes.
            grpc.aio.init_grpc_aio()
            server = grpc.aio.server(options=(*_OPTIONS, connections))
            server.add_generic_rpc_handlers((self._calls,))
            port = self._take(server)
            for name in self._names[2:]:
                await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
            await server.start()
        except BaseException as error:  # noqa: BLE001 (it belongs to whoever starts the door)
            self._listening.set_exception(error)
            return
        self._listening.set_result(port)
        grace = await asyncio.wrap_future(self._stopping)
        await self._health.enter_graceful_shutdown()
        await server.stop(grace)
        self._calls.close()

    def _take(self, server: grpc.aio.Server) -> int:
        address = authority(self._host, self.port)
        try:
            if self._tls is None:
                return server.add_insecure_port(address)
            pair = (self._tls.key.read_bytes(), self._tls.certificate.read_bytes())
            return server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
        except RuntimeError as error:
            raise cannot_listen("gRPC", address) from error


def cannot_listen(door: str, address: str) -> CannotDo:
    """What to tell the owner when a port cannot be had."""
    return CannotDo(
        f"cannot listen for {door} on {address}: the port is taken, perhaps by another Metarr, or the address is "
        "not one of this machine; choose another one",
        reason="CANNOT_LISTEN",
    )
