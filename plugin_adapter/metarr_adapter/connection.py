"""One connection to the daemon. Whatever it does ends by `until`, and another thread can end it at once."""

from __future__ import annotations

import errno
import http.client
import io
import os
import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from metarr_adapter.address import Address
from metarr_adapter.errors import BadAnswer, Closed, RpcError, TimedOut, Unreachable

_SLICE = 1.0
"""Seconds. A shutdown by another thread does not wake every wait: on some systems no reader, on none a connection that
it finds not yet begun. So who waits looks for itself."""
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN}


class Connection:
    """To be used by one thread at a time, but for `interrupt`. Every method raises RpcError.

    `tick` is called about once a second by whoever waits for an answer.
    """

    def __init__(
        self, address: Address, monotonic: Callable[[], float], tick: Callable[[], object] = lambda: None
    ) -> None:
        self.until = 0.0
        """When, by `monotonic`, whatever is done on it must have ended."""
        self.used_at: float | None = None
        """When its last request ended; None: it had none yet."""
        self.heard = False
        """Whether anything came since the last request."""
        self.address = address
        self._monotonic, self._tick = monotonic, tick
        self._socket: socket.socket | None = None
        self._response: http.client.HTTPResponse | None = None
        self._interrupted = False

    @property
    def reusable(self) -> bool:
        """Whether its last answer was read to the end, and nothing speaks against another request."""
        response = self._response
        return response is not None and response.isclosed() and not response.will_close and not self._interrupted

    def open(self, tls: Callable[[], ssl.SSLContext]) -> None:
        """Connect; `tls` is asked where the address wants encryption."""
        with self._telling(_not_opened):
            places = _places(self.address, self._left())
            for number, (family, *_, place) in enumerate(places):
                try:
                    self._connect(family, place, self._left() / (len(places) - number))
                    break
                except OSError:
                    if number == len(places) - 1:
                        raise
            if self.address.encrypted:
                self._encrypt(tls())

    def _connect(self, family: int, place: Any, seconds: float) -> None:
        self.close()
        self._socket = opened = socket.socket(family, socket.SOCK_STREAM)
        ends = self._monotonic() + seconds
        opened.setblocking(False)
        error = opened.connect_ex(place)
        if error in _UNDER_WAY:
            with selectors.DefaultSelector() as selector:
                selector.register(opened, selectors.EVENT_WRITE)
                while not selector.select(min(max(ends - self._monotonic(), 0), _SLICE)):
                    if self._interrupted:
                        raise Closed
                    if self._monotonic() >= ends:
                        raise socket.timeout
            error = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if self._interrupted:
            raise Closed
        if error:
            raise OSError(error, os.strerror(error))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _encrypt(self, context: ssl.SSLContext) -> None:
        plain = self._opened()
        plain.settimeout(self._left())
        wrapped = context.wrap_socket(plain, server_hostname=self.address.plain.host, do_handshake_on_connect=False)
        self._socket = wrapped  # before the handshake, which may be interrupted, too
        if self._interrupted:  # maybe while there were two sockets, and the other one was shut down
            raise Closed
        wrapped.do_handshake()

    def send(self, request: bytes) -> http.client.HTTPResponse:
        """Send a request and wait for the head of its answer; `read` gives the body."""
        self.heard, self._response = False, None
        with self._telling(_not_answered):
            rest = memoryview(request)
            while rest:
                self._opened().settimeout(self._left())
                rest = rest[self._opened().send(rest) :]
            response = http.client.HTTPResponse(cast("socket.socket", self), method="POST")
            response.begin()
        self._response = response
        return response

    def read(self, response: http.client.HTTPResponse, size: int) -> bytes:
        """The next `size` bytes of a body, fewer only where it ends."""
        with self._telling(_not_answered):
            piece = response.read(size)
            if len(piece) < size and response.length:
                raise http.client.IncompleteRead(piece, response.length)
        return piece

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `HTTPResponse` reads from, in the place of a socket."""
        return io.BufferedReader(_Reader(self.receive))

    def receive(self, buffer: memoryview) -> int:
        """Wait for bytes, until `until` or an interruption; returns how many came."""
        while not self._interrupted:
            self._opened().settimeout(min(self._left(), _SLICE))
            self._tick()
            with suppress(socket.timeout):
                count = self._opened().recv_into(buffer)
                self.heard = self.heard or count > 0
                return count
        return 0

    def interrupt(self) -> None:
        """End whatever is under way; it raises Closed. Safe from any thread."""
        self._interrupted = True
        if self._socket is not None:
            with suppress(OSError):  # it was never connected, or is closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back. Only for the thread that uses it."""
        if self._socket is not None:
            self._socket.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise Closed
        return self._socket

    def _left(self) -> float:
        """Seconds until `until`. Raises socket.timeout where there are none."""
        left = self.until - self._monotonic()
        if left <= 0:
            raise socket.timeout
        return left

    @contextmanager
    def _telling(self, failure: Callable[[Address, Exception], RpcError]) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise (Closed() if self._interrupted else failure(self.address, error)) from error


class _Reader(io.RawIOBase):
    def __init__(self, receive: Callable[[memoryview], int]) -> None:
        super().__init__()
        self._receive = receive

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._receive(buffer)


def _places(address: Address, seconds: float) -> list[Any]:
    """Where the host can be reached, as `socket.getaddrinfo` tells.

    That function knows no time limit, so a name is looked up in a thread of its own. Raises OSError.
    """
    with suppress(socket.gaierror):
        return socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    results: list[Any] = []

    def look_up() -> None:
        try:
            results.append(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
        except OSError as error:
            results.append(error)

    thread = threading.Thread(target=look_up, name="metarr_look_up", daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        raise socket.timeout
    if isinstance(results[0], OSError):
        raise results[0]
    return cast("list[Any]", results[0])


def _not_opened(address: Address, error: Exception) -> Unreachable:
    if isinstance(error, socket.gaierror):
        return Unreachable("name", f"no machine is known by the name {address.host}")
    if isinstance(error, (socket.timeout, TimeoutError)):
        return Unreachable("timeout", f"nobody answers at {address}: is that machine on, and does its firewall agree?")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable("certificate", f"the certificate of {address} cannot be trusted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return Unreachable("tls", f"{address} speaks no TLS that is understood here; is it http:// and not https://?")
    if isinstance(error, ConnectionRefusedError):
        return Unreachable("refused", f"no Metarr daemon listens at {address}")
    return Unreachable("network", f"there is no way to {address}: {getattr(error, 'strerror', '') or 'unknown why'}")


def _not_answered(address: Address, error: Exception) -> RpcError:
    if isinstance(error, (socket.timeout, TimeoutError)):
        return TimedOut("deadline_exceeded", f"the daemon at {address} did not answer in time")
    if isinstance(error, http.client.RemoteDisconnected):
        hint = "" if address.encrypted else "; if the daemon speaks TLS, write https:// before its address"
        return Unreachable("lost", f"{address} hung up without an answer{hint}")
    if isinstance(error, (OSError, http.client.IncompleteRead)):
        return Unreachable("lost", f"the connection to {address} broke before the answer was complete")
    return BadAnswer(f"what answers at {address} does not speak HTTP; is that the port of Metarr's HTTP door?")
