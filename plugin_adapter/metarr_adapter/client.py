"""The one client of the daemon's HTTP door: Connect in JSON, plain dictionaries in and out."""

from __future__ import annotations

import json
import random as chance
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from metarr_adapter import answer
from metarr_adapter.address import parse
from metarr_adapter.connection import Connection
from metarr_adapter.errors import Closed, RpcError, TimedOut, Unreachable
from metarr_adapter.stream import KIND, Stream, envelope, next_message

TIMEOUT = 30.0
CONNECT_TIMEOUT = 5.0
SILENCE = 25.0
"""Seconds without a word after which a stream counts as broken. The daemon says every 10 that it lives."""
ATTEMPTS = 4
MOST_BYTES = 16 * 1024 * 1024

_KEPT = 8.0
"""Seconds that a connection is kept for another call. The daemon gives it up after 10."""
_BACK_OFF = 0.25
_PASSING = frozenset({"refused", "network", "lost", "gateway"})
"""Why the daemon may be out of reach for a moment only, such as while it starts again."""


class Client:
    """Calls the daemon at `address`, written as its owner types it (`address.parse`). Safe for many threads.

    `token`: the access token, "" for none. `ca_file`: the certificates in PEM that vouch for the daemon's; "" stands
    for those that this machine trusts. Times are in seconds; `timeout` is for a whole call with all its `attempts`.
    `monotonic`, `sleep` and `random` (0 to 1) stand for time and chance.
    Raises BadAddress, and ValueError for a token that can be none.
    """

    def __init__(
        self,
        address: str,
        token: str = "",
        *,
        ca_file: str = "",
        timeout: float = TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
        attempts: int = ATTEMPTS,
        most_bytes: int = MOST_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self.address = parse(address)
        self._headers = _headers(str(self.address.plain), token)
        self._ca_file = ca_file
        self._tls: ssl.SSLContext | None = None
        self._timeout, self._connect_timeout = timeout, connect_timeout
        self._attempts, self._most_bytes = attempts, most_bytes
        self._closed = threading.Event()
        self._monotonic, self._random = monotonic, random
        self._sleep = sleep or self._closed.wait
        self._lock = threading.Lock()
        self._kept: list[Connection] = []
        self._lent: set[Connection] = set()

    def __repr__(self) -> str:
        return f"Client({str(self.address)!r})"

    def __enter__(self) -> Client:  # noqa: PYI034 (Python 3.8 has no Self)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every call and stream at once, in whatever thread; such calls raise Closed, and so do later ones."""
        self._closed.set()
        with self._lock:
            kept, self._kept = self._kept, []
            for connection in self._lent:
                connection.interrupt()
        for connection in kept:
            connection.close()

    def call(
        self, method: str, message: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> dict[str, Any]:
        """Call a method, such as "metarr.v1.LibraryService/GetItem", with a message as JSON has it.

        The answer leaves out what is not set. A daemon that is away for a moment is asked again, since every method
        may be repeated. Raises RpcError.
        """
        until = self._monotonic() + (self._timeout if timeout is None else timeout)
        data, attempt = _encoded(message), 1
        while True:
            try:
                return self._ask(method, data, until)
            except RpcError as error:
                pause = _BACK_OFF * 2 ** (attempt - 1) * (0.5 + self._random())
                if attempt >= self._attempts or self._monotonic() + pause >= until or not _passing(error):
                    raise
            self._sleep(pause)
            attempt += 1

    def get(self, path: str, *, timeout: float | None = None, most_bytes: int | None = None) -> bytes:
        """What stands at a path of the daemon, such as an image. Raises RpcError."""
        until = self._monotonic() + (self._timeout if timeout is None else timeout)
        most = self._most_bytes if most_bytes is None else most_bytes
        connection = Connection(self.address, self._monotonic)
        with self._lending(connection, keep=False):
            self._open(connection, until)
            connection.until = until
            lines = [f"{name}: {value}" for name, value in self._headers.items()]
            response = connection.send("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("ascii"))
            if response.status != 200:
                answer.demand(connection, response, "", most)
            return answer.body(connection, response, most)

    def stream(self, method: str, message: Mapping[str, Any] | None = None, *, silence: float = SILENCE) -> Stream:
        """The messages of a streaming method as they come, for as long as they come.

        Nothing is sent before the first one is waited for, and nothing is tried twice. After `silence` seconds
        without a word it raises Unreachable.
        """
        connection = Connection(self.address, self._monotonic)
        return Stream(connection, self._messages(connection, method, _encoded(message), silence))

    def _ask(self, method: str, data: bytes, until: float) -> dict[str, Any]:
        kept = self._take()
        if kept is not None:
            try:
                return self._exchange(kept, method, data, until)
            except Unreachable:
                if kept.heard:
                    raise  # else the daemon gave the connection up in the meantime, and read nothing from it
        return self._exchange(Connection(self.address, self._monotonic), method, data, until)

    def _exchange(self, connection: Connection, method: str, data: bytes, until: float) -> dict[str, Any]:
        with self._lending(connection):
            self._open(connection, until)
            connection.until = until
            left = max(1, int((until - self._monotonic()) * 1000))
            more = {"Content-Type": "application/json", "Connect-Timeout-Ms": str(left)}
            response = connection.send(self._request(method, data, more))
            answer.demand(connection, response, "application/json", self._most_bytes)
            return answer.message(connection, answer.body(connection, response, self._most_bytes))

    def _messages(
        self, connection: Connection, method: str, data: bytes, silence: float
    ) -> Generator[dict[str, Any], None, None]:
        try:
            # Whoever listens may close his stream at any time, later too: nobody else gets its connection.
            with self._lending(connection, keep=False):
                self._open(connection, self._monotonic() + self._timeout)
                connection.until = self._monotonic() + silence
                response = connection.send(self._request(method, envelope(data), {"Content-Type": KIND}))
                answer.demand(connection, response, KIND, self._most_bytes)
                while (message := next_message(connection, response, self._most_bytes)) is not None:
                    yield message
                    connection.until = self._monotonic() + silence
        except Closed:
            return
        except TimedOut as error:
            raise Unreachable("timeout", f"the daemon at {self.address} fell silent") from error

    def _request(self, method: str, data: bytes, more: Mapping[str, str]) -> bytes:
        headers = {**self._headers, **more, "Content-Length": str(len(data))}
        lines = [f"POST /{method} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("ascii") + data

    def _open(self, connection: Connection, until: float) -> None:
        """Connect it, where it is new."""
        if connection.used_at is None:
            connection.until = min(until, self._monotonic() + self._connect_timeout)
            try:
                connection.open(self._context)
            except Unreachable as error:
                if error.why == "certificate":
                    self._tls = None  # its owner may mend the file
                raise

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self._ca_file or None)
            except OSError as error:
                raise Unreachable("certificate", f"{self._ca_file} holds no certificates that can be read") from error
        return self._tls

    def _take(self) -> Connection | None:
        """A connection that an earlier call left, None: there is none that is still good."""
        oldest = self._monotonic() - _KEPT
        with self._lock:
            while self._kept:
                connection = self._kept.pop()
                if connection.used_at is not None and connection.used_at >= oldest:
                    return connection
                connection.close()
        return None

    @contextmanager
    def _lending(self, connection: Connection, *, keep: bool = True) -> Iterator[None]:
        """While it lasts, `close` reaches the connection; afterwards it is kept where that is wanted, and of use."""
        with self._lock:
            self._lent.add(connection)
        try:
            if self._closed.is_set():
                raise Closed
            yield
        finally:
            connection.used_at = self._monotonic()
            with self._lock:
                self._lent.discard(connection)
                keep = keep and connection.reusable and not self._closed.is_set()
                if keep:
                    self._kept.append(connection)
            if not keep:
                connection.close()


def _headers(host: str, token: str) -> dict[str, str]:
    """What every request says. Raises ValueError, which does not repeat the token."""
    shown = token.strip()
    if not all("!" <= letter <= "~" for letter in shown):
        raise ValueError("this is no access token: it holds blanks, or letters that no token has")
    headers = {"Host": host, "User-Agent": "metarr_adapter", "Connect-Protocol-Version": "1"}
    return {**headers, "Authorization": f"Bearer {shown}"} if shown else headers


def _encoded(message: Mapping[str, Any] | None) -> bytes:
    # In ASCII, since file names may hold what UTF-8 cannot carry.
    return json.dumps(dict(message or {}), allow_nan=False, separators=(",", ":")).encode("ascii")


def _passing(error: RpcError) -> bool:
    """Whether another attempt makes sense. A daemon that gives a reason is there, and has tried already."""
    if isinstance(error, Unreachable):
        return error.why in _PASSING
    return error.code == "unavailable" and not error.reason
