"""The native gRPC door, with reflection and the standard health service."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from metarr.errors import CannotDo
from metarr.rpc.contract import service_of
from metarr.rpc.errors import BaseServicer

log = structlog.get_logger(__name__)

MAX_REQUEST_BYTES = 4 * 1024 * 1024
STREAM_CAP = 16
"""Streams open at once, through either door. Each holds a thread of its door's pool, which does not grow."""
THREADS = STREAM_CAP + 16


def authority(host: str, port: int) -> str:
    """Host and port as one text, such as `127.0.0.1:7070` or `[::1]:7070`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class GrpcServer:
    """Serves servicers from `start` to `stop`. `port` 0 takes a free one; `port` tells which once started."""

    def __init__(
        self, servicers: Iterable[BaseServicer], host: str = "127.0.0.1", port: int = 0, *, threads: int = THREADS
    ) -> None:
        self._host, self.port = host, port
        self._health = health.HealthServicer()
        self._server = grpc.server(
            ThreadPoolExecutor(threads, thread_name_prefix="grpc"),
            options=(
                ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
                ("grpc.so_reuseport", 0),  # else a second daemon would quietly take every other call
            ),
        )
        self._add(servicers)

    def _add(self, servicers: Iterable[BaseServicer]) -> None:
        names = [health.SERVICE_NAME, reflection.SERVICE_NAME]
        for servicer in servicers:
            service = service_of(type(servicer))
            service.add_to_server(servicer, self._server)
            self._health.set(service.name, health_pb2.HealthCheckResponse.SERVING)
            names.append(service.name)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(names, self._server)

    def start(self) -> None:
        """Take the port and serve. Raises CannotDo where the port cannot be had."""
        address = authority(self._host, self.port)
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise cannot_listen("gRPC", address) from error
        self._server.start()
        log.info("grpc_listening", address=authority(self._host, self.port))

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
