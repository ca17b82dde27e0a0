"""Connections as they come: what they may make the HTTP door wait for, and that nobody else waits for it."""

import contextlib
import os
import resource
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from certificates import self_signed
from doors.rpc.servicers import FakeHealth, FakeLibrary
from kodi_host import wait_for
from metarr.errors import TokenRequired
from metarr.rpc.doors import lobby
from metarr.rpc.doors.http import HttpServer

pytestmark = pytest.mark.slow

GET_HEALTH = "/metarr.v1.HealthService/GetHealth"
HEAD = f"POST {GET_HEALTH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
WHOLE = f"{HEAD}Content-Length: 2\r\n\r\n{{}}".encode()
LAST = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
PATIENCE = 20.0
"""Seconds that only a failure uses up."""


class Caller:
    """Connections to one door."""

    def __init__(self, server: HttpServer, opened: ExitStack) -> None:
        self.server, self._opened = server, opened

    def connect(self, *sent: bytes) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        for each in sent:
            made.sendall(each)
        return self.take(made)

    def take(self, connection: socket.socket) -> socket.socket:
        """To be closed at the end."""
        return self._opened.enter_context(connection)

    def ask(self) -> bytes:
        """The status of a call through a connection of its own."""
        return everything(self.connect(LAST))[9:12]

    def waiting(self) -> int:
        return len(self.server._server._connections._waiting)


@contextmanager
def door(**options: Any) -> Iterator[Caller]:
    server = HttpServer([FakeLibrary(), FakeHealth()], **{"threads": 1, **options})
    server.start()
    with ExitStack() as opened:
        opened.callback(server.stop, 1)
        yield Caller(server, opened)


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            said += piece
    return said


def body_of_a_hundred(said: bytes) -> bytes:
    return f"{HEAD}Content-Length: 100\r\n\r\n".encode() + said


@pytest.mark.parametrize(
    "said",
    [
        b"",
        HEAD.encode(),
        body_of_a_hundred(b""),
        body_of_a_hundred(b"{"),
        f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n".encode(),
    ],
    ids=["nothing", "half a head", "a head", "half a body", "half a piece"],
)
def test_who_says_half_of_it_keeps_nobody_waiting(said: bytes) -> None:
    with door() as callers:
        for _ in range(5):
            callers.connect(said)
        assert callers.ask() == b"200"


def test_a_request_that_comes_byte_by_byte_is_answered() -> None:
    with door() as callers:
        connection = callers.connect()
        for byte in LAST:
            connection.send(bytes([byte]))
        assert everything(connection).startswith(b"HTTP/1.1 200")


def test_requests_that_come_at_once_are_answered_in_turn() -> None:
    with door() as callers:
        assert everything(callers.connect(WHOLE + b"\r\n" + WHOLE + LAST)).count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("HEAD_SECONDS", b"", b""),
        ("HEAD_SECONDS", HEAD.encode(), b"HTTP/1.1 408"),
        ("BODY_SECONDS", body_of_a_hundred(b"{"), b"HTTP/1.1 408"),
        ("IDLE_SECONDS", WHOLE, b"HTTP/1.1 200"),
    ],
)
def test_every_wait_has_an_end(monkeypatch: pytest.MonkeyPatch, name: str, said: bytes, told: bytes) -> None:
    monkeypatch.setattr(lobby, name, 0.05)
    monkeypatch.setattr(lobby, "LINGER_SECONDS", 0.05)
    with door() as callers:
        connection = callers.connect(said)
        answer = everything(connection)
        assert answer.startswith(told)
        assert bool(answer) == bool(told)
        wait_for(lambda: callers.waiting() == 0, "the end of the connection", pause=0.01)


def test_who_drips_gains_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(lobby, "LINGER_SECONDS", 0.1)
    begun = time.monotonic()
    with door() as callers, contextlib.suppress(OSError):
        connection = callers.connect(HEAD.encode())
        while time.monotonic() - begun < PATIENCE:
            connection.send(b"x")
            time.sleep(0.02)
    assert time.monotonic() - begun < PATIENCE


def test_a_token_is_asked_for_before_any_body() -> None:
    def guard(shown: str) -> TokenRequired | None:
        return None if shown == "Bearer good" else TokenRequired("the access token is missing")

    with door(guard=guard) as callers:
        connection = callers.connect(body_of_a_hundred(b""))
        assert everything(connection).startswith(b"HTTP/1.1 401")
        good = callers.connect(
            HEAD.encode() + b"Authorization: Bearer good\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        )
        wait_for(lambda: callers.waiting() >= 1, "the wait for its body", pause=0.01)
        good.sendall(b"{}")
        assert everything(good).startswith(b"HTTP/1.1 200")


def test_who_waits_to_be_told_to_go_on_is_told() -> None:
    with door() as callers:
        connection = callers.connect(LAST.replace(b"Connection", b"Expect: 100-continue\r\nConnection")[:-2])
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert everything(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", b"400"),
        ("Content-Length: -2", b"400"),
        ("Content-Length: +2", b"400"),
        ("Content-Length: 2\r\nContent-Length: 2", b"400"),
        ("Host: 127.0.0.1\r\nContent-Length: 2", b"400"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_the_connection_closed(lines: str, status: bytes) -> None:
    with door() as callers:
        said = everything(callers.connect(f"{HEAD}{lines}\r\n\r\n{{}}".encode() + WHOLE))
        assert said[9:12] == status
        assert said.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "host",
    [
        "a@127.0.0.1",
        "localhost/x",
        "localhost?x",
        "localhost#x",
        "localhost\\x",
        "localhost:x",
        "[::1",
        "127.0.0.1 x",
        "",
    ],
)
def test_a_host_that_is_more_than_one_is_refused_and_the_connection_closed(host: str) -> None:
    with door() as callers:
        said = everything(callers.connect(WHOLE.replace(b"localhost", host.encode()) + WHOLE))
        assert said[9:12] == b"403"
        assert said.count(b"HTTP/1.1 ") == 1


def test_a_header_with_an_underscore_stands_for_no_other() -> None:
    with door() as callers:
        said = everything(
            callers.connect(LAST.replace(b"\r\n\r\n", b"\r\nContent_Length: 1\r\nSec_Fetch_Site: cross-site\r\n\r\n"))
        )
        assert said[9:12] == b"200"


def test_who_comes_when_all_places_are_taken_has_that_of_whoever_waited_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("metarr.rpc.doors.http.PLACES", 3)
    with door() as callers:
        first, *others = [callers.connect() for _ in range(3)]
        wait_for(lambda: callers.waiting() == 3, "all of them", pause=0.01)
        others.append(callers.connect())
        assert everything(first) == b""
        others[0].sendall(LAST)
        assert everything(others[0]).startswith(b"HTTP/1.1 200")


def test_one_caller_beyond_this_machine_has_a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby, "is_local", lambda _host: False)
    monkeypatch.setattr(lobby, "PER_CALLER", 2)
    with door() as callers, capture_logs() as logs:
        kept = [callers.connect() for _ in range(2)]
        assert everything(callers.connect()) == b""
        assert everything(callers.connect()) == b""
        kept[0].sendall(LAST)
        assert everything(kept[0]).startswith(b"HTTP/1.1 200")
        wait_for(lambda: callers.ask() == b"200", "the place that was given back")
    assert [told["event"] for told in logs].count("http_too_many_connections") == 1


def test_without_a_handle_nobody_is_accepted_for_a_moment_and_it_is_told_once() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with door() as callers, capture_logs() as logs:
        assert callers.ask() == b"200"
        wait_for(lambda: callers.waiting() == 0, "the end of that connection", pause=0.01)
        made = [callers.take(socket.socket()) for _ in range(3)]
        free = os.dup(0)
        os.close(free)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
            for each in made:
                each.settimeout(PATIENCE)
                each.connect(("127.0.0.1", callers.server.port))
                each.sendall(LAST)
            wait_for(lambda: any(told["event"] == "http_accepts_nobody" for told in logs), "the pause", pause=0.01)
            time.sleep(0.2)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        # Whoever was accepted before the last handle was gone may have had to make room.
        statuses = {everything(each)[9:12] for each in made}
        assert b"200" in statuses
        assert statuses <= {b"200", b""}
        assert callers.ask() == b"200"
    assert [told["event"] for told in logs].count("http_accepts_nobody") == 1


def large(size: int) -> Any:
    def web(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(size))])
        return [bytes(size)]

    return web


LARGE = 8 * 1024 * 1024


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_a_large_answer_arrives_whole(encrypted: bool, tmp_path: Any) -> None:
    tls = self_signed(tmp_path) if encrypted else None
    with door(web=large(LARGE), tls=tls) as callers:
        connection = callers.connect()
        if tls is not None:
            context = ssl.create_default_context(cafile=str(tls.certificate))
            connection = context.wrap_socket(connection, server_hostname="127.0.0.1")
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert len(everything(connection).partition(b"\r\n\r\n")[2]) == LARGE
        connection.close()


def test_who_does_not_read_keeps_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby, "HELD", LARGE + 1000)
    with door(web=large(LARGE)) as callers:
        connection = callers.connect(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(1)
        assert callers.ask() == b"200"


def test_who_reads_nothing_of_more_than_can_be_kept_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby, "UNREAD_SECONDS", 0.1)
    with door(web=large(LARGE)) as callers:
        callers.connect(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert callers.ask() == b"200"


def test_more_requests_than_may_wait_for_a_worker_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metarr.rpc.doors.http.QUEUED", 1)
    goes_on, busy = threading.Event(), threading.Event()

    def web(_environ: Any, start_response: Any) -> list[bytes]:
        busy.set()
        goes_on.wait(PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"at last"]

    asked = b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with door(web=web) as callers:
        first = callers.connect(asked)
        assert busy.wait(PATIENCE)
        second = callers.connect(asked)
        wait_for(lambda: callers.server._server.requests.qsize == 1, "the one that waits", pause=0.01)
        assert callers.ask() == b"503"
        goes_on.set()
        assert everything(first).endswith(b"at last\r\n0\r\n\r\n")
        assert everything(second).endswith(b"at last\r\n0\r\n\r\n")
