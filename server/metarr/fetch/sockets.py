"""Connections whose every read ends in time.

urllib3 bounds each wait for bytes, not their sum: a server that drips could hold a reader for ever. So every read from
a socket, of headers as well, goes through a reader that knows the trip's deadline.
"""

import http.client
import io
import socket
import threading
from typing import Any, NamedTuple, Protocol

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from metarr.clock import Clock
from metarr.fetch.contract import Cancelled

LOOK_UP = 0.25
"""Seconds of silence after which a read looks whether anybody still waits for it."""
AT_ONCE = 64 * 1024
"""Bytes that one read from a socket takes at most: most answers come as one, and every read lets other threads go
first."""


class Trip(Protocol):
    """On whose behalf something is asked."""

    @property
    def cancelled(self) -> threading.Event:
        """Set when nobody waits any more."""

    def deadline(self) -> float:
        """When it must be over, in seconds of the monotonic clock; it may move while the trip lasts."""

    def admit(self) -> None:
        """Called before each request; raises when it may not leave."""


class Reading(NamedTuple):
    trip: Trip
    clock: Clock
    patience: float
    latest: float

    def end(self) -> float:
        """When it must be over."""
        return min(self.trip.deadline(), self.latest)


current = threading.local()


class BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, owner: Any, reading: Reading) -> None:
        """`owner` keeps the socket open for as long as this is."""
        super().__init__()
        self._sock = sock
        self._owner = owner
        self._reading = reading

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        reading = self._reading
        trip, clock = reading.trip, reading.clock
        silent_until = clock.monotonic() + reading.patience
        while True:
            if trip.cancelled.is_set():
                raise Cancelled
            left = min(silent_until, reading.end()) - clock.monotonic()
            if left <= 0:
                raise TimeoutError
            wait = min(left, LOOK_UP)
            if wait != self._sock.gettimeout():
                self._sock.settimeout(wait)
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                continue

    def close(self) -> None:
        self._owner.close()
        super().close()


class Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(BoundedReader(sock, self.fp.detach(), current.reading), AT_ONCE)


class PlainConnection(HTTPConnection):
    response_class = Answer


class TlsConnection(HTTPSConnection):
    response_class = Answer


class PlainPool(HTTPConnectionPool):
    ConnectionCls = PlainConnection


class TlsPool(HTTPSConnectionPool):
    ConnectionCls = TlsConnection
