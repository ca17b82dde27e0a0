"""Callers that take and do not ask: silent, dripping, mute and idle connections at both doors of a daemon."""

import re
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import grpc
import requests

from metarr.v1 import health_service_pb2 as health
from metarr.v1.health_service_pb2_grpc import HealthServiceStub

SILENT, DRIPPING, MUTE, IDLE = 200, 64, 100, 1100
LIMIT = 1024
"""File handles with which a process usually begins."""
LOG_BYTES = 100_000
PATIENCE = 60.0

_METHOD = "/metarr.v1.HealthService/GetHealth"
_HEAD = f"POST {_METHOD} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
_DRIPS = (_HEAD, _HEAD + b"Content-Length: 1000\r\n\r\n", _HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n")
"""What is complete, before the rest comes byte by byte: no head, and heads."""
_NO_PROXY = [("grpc.enable_http_proxy", 0)]


class Doors(NamedTuple):
    """Of a daemon, and its log."""

    grpc: str
    http: str
    log: Path

    def ask_http(self) -> float:
        """The seconds that a call takes through a connection of its own."""
        begun = time.monotonic()
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"http://{self.http}{_METHOD}", json={}, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return time.monotonic() - begun

    def ask_grpc(self) -> float:
        """The same through the other door."""
        begun = time.monotonic()
        options = [*_NO_PROXY, ("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(self.grpc, options) as channel:
            assert HealthServiceStub(channel).GetHealth(health.GetHealthRequest(), timeout=PATIENCE).version
        return time.monotonic() - begun


@contextmanager
def daemon(folder: Path, hard: int | None = None) -> Iterator[Doors]:
    """`metarr serve` in a process of its own that begins with few handles; `hard`: and can have no more than that."""

    def limit() -> None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] if hard is None else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, most))

    command = [sys.executable, "-m", "metarr.cli", "serve", "--data-dir", str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=limit,  # noqa: PLW1509 (there are no threads yet)
        )
        try:
            assert process.stdout is not None
            native, web = re.findall(r"127\.0\.0\.1:\d+", process.stdout.readline())
            yield Doors(native, web, folder / "log")
            assert process.poll() is None, "the daemon has ended"
        finally:
            process.kill()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()


@contextmanager
def flood(doors: Doors, share: float = 1.0, *, idle_at_http: bool = False) -> Iterator[None]:
    """All of them at once, until the block ends."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(most, 8192)), most))
    with ExitStack() as opened:
        over = threading.Event()

        def connect(address: str) -> socket.socket:
            host, _, port = address.partition(":")
            return opened.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE))

        def mute() -> Iterator[bytes]:
            over.wait(PATIENCE)
            yield from ()

        for number in range(int(IDLE * share)):
            connect(doors.http if idle_at_http or number % 2 else doors.grpc)
        for _ in range(int(SILENT * share)):
            connect(doors.http)
        dripping = [connect(doors.http) for _ in range(int(DRIPPING * share))]
        for number, each in enumerate(dripping):
            each.sendall(_DRIPS[number % len(_DRIPS)])
        for number in range(int(MUTE * share)):
            # Connections of its own: grpcio would share one among all that ask the same.
            options = [*_NO_PROXY, ("grpc.use_local_subchannel_pool", 1), ("metarr.number", number)]
            channel = opened.enter_context(grpc.insecure_channel(doors.grpc, options))
            channel.stream_unary(_METHOD).future(mute(), timeout=PATIENCE)
        thread = threading.Thread(target=_drip, args=(dripping, over), name="drip")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _drip(connections: list[socket.socket], over: threading.Event) -> None:
    while not over.wait(0.3):
        for each in connections:
            try:
                each.send(b"x", socket.MSG_DONTWAIT)
            except OSError:
                continue


def flooded(folder: Path, share: float = 1.0, *, hard: int | None = None) -> list[float]:
    """The seconds that calls took through both doors in the middle of a flood."""
    with daemon(folder, hard) as doors:
        doors.ask_http(), doors.ask_grpc()
        with flood(doors, share, idle_at_http=hard is not None):
            seconds = []
            for _ in range(5):
                seconds += [doors.ask_http(), doors.ask_grpc()]
                time.sleep(0.3)
        assert doors.log.stat().st_size < LOG_BYTES, doors.log.read_text()[-3000:]
    return seconds


__all__ = ["LIMIT", "flooded"]
