"""Connections whose callers say or read something: all of them are waited for by one thread, and none by a worker.

A connection waits here until a request is there as a whole, and a worker answers it; what its caller does not read at
once waits here, too. Every wait has an end, and there are only so many places: who comes when all are taken has the
one of whoever has waited longest.
"""

import collections
import contextlib
import errno
import io
import select
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

import structlog
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest

from metarr.logs import Seldom
from metarr.rpc.doors.access import caller, is_local
from metarr.rpc.doors.framing import MalformedRequest, RequestBody, RequestHead, read_head

log = structlog.get_logger(__name__)

HEAD_SECONDS = 10.0
"""From the first of a connection, TLS included, to the end of a request's head."""
BODY_SECONDS = 30.0
"""For a body, from the end of its head."""
IDLE_SECONDS = 10.0
"""Between two requests."""
UNREAD_SECONDS = 30.0
"""For the rest of an answer that the caller does not read at once."""
LINGER_SECONDS = 2.0
"""How long what a refused caller still sends is thrown away: else it may see a reset and no answer."""
PLACES = 512
"""Connections that may wait at once, where the handles of this process allow so many."""
PER_CALLER = 64
"""Connections that one caller beyond this machine may have."""
BODIES = 64 * 1024 * 1024
"""Bytes that all bodies that are not complete may have together."""
HELD = 512 * 1024
"""Bytes of an answer that are kept for a caller who does not read them; beyond that its worker waits."""
_PIECE = 64 * 1024
_TICK = 0.25
"""Seconds between two looks at who has waited too long."""
_NO_HANDLES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_AT_ONCE = 64
"""Connections that are accepted before those that wait are looked at again."""
_PAUSE = 1.0
"""Seconds without accepting anybody after the handles were used up."""

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class ConnectionStage(Enum):
    """What a connection waits for."""

    HANDSHAKE = "handshake"
    HEAD = "head"
    BODY = "body"
    UNREAD = "unread"
    IDLE = "idle"
    LINGER = "linger"


_FIRST_TO_GO = (ConnectionStage.IDLE, ConnectionStage.LINGER)
"""Where a place is needed."""


class _Headers(HeaderReader):
    def _allow_header(self, key_name: bytes) -> bool:
        """WSGI would take X_Y for X-Y, which whoever stands before the daemon may set or strip; and who waits to be
        told to go on has been told."""
        return b"_" not in key_name and key_name != b"Expect"


class _WholeRequest(HTTPRequest):
    """Of a connection that holds it as a whole, its body in one piece."""

    header_reader = _Headers()
    conn: "LobbyConnection"
    inheaders: dict[bytes, bytes]
    outheaders: list[tuple[bytes, bytes]]

    def read_request_headers(self) -> bool:
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        self.inheaders.pop(b"Transfer-Encoding", None)
        self.chunked_read = False
        self.inheaders[b"Content-Length"] = str(self.conn.length).encode()
        self.close_connection = self.close_connection or self.conn.cut
        return True

    def send_headers(self) -> None:
        if (b"Connection", b"close") in self.outheaders:
            self.close_connection = True
        super().send_headers()


class LobbyConnection(HTTPConnection):
    """A caller's. One thread at a time uses it: that of the lobby, or a worker that answers its request."""

    RequestHandlerClass = _WholeRequest

    def __init__(self, server: Any, connection: socket.socket, address: Any, lobby: "Lobby") -> None:
        super().__init__(server, connection, lambda *_: io.BytesIO())
        self.remote_addr, self.remote_port = address[:2]
        self.who = caller(f"{address[0]}:{address[1]}")
        self.wfile = self
        self.received, self.unsent = bytearray(), bytearray()
        self.stage, self.since, self.until = ConnectionStage.HEAD, 0.0, 0.0
        self.listens = 0
        self.head, self.body = b"", RequestBody(_NO_HEAD, 0)
        self.length, self.keep, self.cut = 0, False, False
        self._lobby = lobby

    def write(self, data: bytes) -> int:
        """Part of an answer: what its caller does not read at once goes out later. Raises OSError."""
        self.unsent += data
        self.send()
        if len(self.unsent) > HELD:
            self.wait_until_read(HELD // 2, UNREAD_SECONDS)
        return len(data)

    def send(self) -> int:
        """Send what goes at once; what to wait for, 0 where all has gone."""
        while self.unsent:
            try:
                sent = self.socket.send(self.unsent[: 4 * _PIECE])
            except (BlockingIOError, ssl.SSLWantWriteError):
                return _WRITE
            except ssl.SSLWantReadError:
                return _READ
            del self.unsent[:sent]
        return 0

    def wait_until_read(self, rest: int, seconds: float) -> None:
        """Wait until no more than that is unsent."""
        end = time.monotonic() + seconds
        while (wanted := self.send()) and len(self.unsent) > rest:
            if time.monotonic() > min(end, self._lobby.end):
                raise TimeoutError("timed out")
            poll = select.poll()
            poll.register(self.socket, select.POLLIN if wanted == _READ else select.POLLOUT)
            poll.poll(_TICK * 1000)

    def close(self) -> None:
        """Its worker is done with it."""
        self._lobby.part(self)

    def shut(self) -> None:
        """Close it indeed."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)
        self.socket.close()


_NO_HEAD = RequestHead(size=0, path=b"", authorization="", length=0, waits=False)
Refuses = Callable[[RequestHead], bool]
"""Whether a request is refused whatever its body holds: then nobody waits for that."""
Answer = Callable[[MalformedRequest], bytes]
"""What to send to whom sends no request."""


class Workers(Protocol):
    """Who answers requests."""

    def give(self, connection: LobbyConnection) -> bool:
        """Have the request of a connection answered; False where too many wait for that."""

    def done(self) -> None:
        """One was answered."""


class Lobby:
    """Accepts connections and waits for what their callers say; cheroot's `ConnectionManager` in what it offers."""

    def __init__(
        self,
        server: Any,
        *,
        tls: ssl.SSLContext | None,
        most_body: int,
        places: int,
        refuses: Refuses,
        answer: Answer,
        workers: Workers,
    ) -> None:
        self._server, self._listener, self._tls = server, server.socket, tls
        self._most_body, self._places = most_body, places
        self._refuses, self._answer, self._workers = refuses, answer, workers
        self._listener.setblocking(False)
        self._waker, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, _READ)
        self._selector.register(self._woken, _READ)
        self._paused_until: float | None = None
        self._waiting: dict[LobbyConnection, None] = {}
        self._unfinished = 0
        self._callers: collections.Counter[str] = collections.Counter()
        self._back: collections.deque[LobbyConnection] = collections.deque()
        self._lock = threading.Lock()
        self._stopping, self._over, self._closed = False, threading.Event(), False
        self._over.set()
        self._looked = 0.0
        self._warn, self._tell = Seldom(log.warning), Seldom(log.info)
        self.end = float("inf")
        """When the last worker has to be done, once the door closes."""

    # For the server and its workers -------------------------------------------------------------------------------

    @property
    def can_add_keepalive_connection(self) -> bool:
        """Whether there is a place for who may ask again."""
        return len(self._waiting) < self._places * 3 // 4

    def run(self, _interval: float) -> None:
        """Wait for callers until `stop`."""
        self._over.clear()
        try:
            while not self._stopping:
                self._turn()
        finally:
            self._over.set()

    def stop(self) -> None:
        """Accept and read nothing any more; workers finish what they have."""
        self._stopping, self.end = True, time.monotonic() + self._server.shutdown_timeout
        self._wake()
        self._over.wait()

    def close(self) -> None:
        """Close whatever waits. What workers still have is closed when they are done with it."""
        with self._lock:
            self._closed = True
        for each in (*self._waiting, *self._back):
            each.shut()
        self._waiting.clear()
        self._selector.close()
        self._waker.close()
        self._woken.close()

    def put(self, connection: LobbyConnection) -> None:
        """A worker is done with a connection, whose caller may ask again."""
        connection.keep = True
        self.part(connection)

    def part(self, connection: LobbyConnection) -> None:
        """A worker is done with a connection."""
        self._workers.done()
        with self._lock:
            if not self._closed:
                self._back.append(connection)
                self._wake()
                return
        with contextlib.suppress(OSError):
            connection.wait_until_read(0, 1.0)
        connection.shut()

    # In the thread of the lobby ----------------------------------------------------------------------------------

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # it is awake, or gone
            self._waker.send(b"!", socket.MSG_DONTWAIT)

    def _turn(self) -> None:
        idle = not self._waiting and self._paused_until is None
        for key, _ in self._selector.select(None if idle else _TICK):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._woken:
                self._woken.recv(4096)
            elif key.data in self._waiting:
                self._go_on(key.data)
        while self._back:
            connection = self._back.popleft()
            self._wait(connection, ConnectionStage.UNREAD, UNREAD_SECONDS)
            self._go_on(connection)
        now = time.monotonic()
        if now - self._looked >= _TICK:
            self._looked = now
            self._end_waits(now)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                plain, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _NO_HANDLES:
                    self._pause(error)
                return
            try:
                self._admit(plain, address)
            except OSError:  # its caller has left already
                plain.close()

    def _pause(self, error: OSError) -> None:
        """Without a handle, to try again at once would be to try for ever, and to log as often."""
        self._warn("http_accepts_nobody", why=error.strerror, seconds=_PAUSE, waiting=len(self._waiting))
        self._selector.unregister(self._listener)
        self._paused_until = time.monotonic() + _PAUSE
        self._make_room()

    def _admit(self, plain: socket.socket, address: Any) -> None:
        plain.setblocking(False)
        if self._tls is not None:
            plain = self._tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        connection = LobbyConnection(self._server, plain, address, self)
        if self._callers[connection.who] >= PER_CALLER and not is_local(connection.who):
            self._warn("http_too_many_connections", caller=connection.who, most=PER_CALLER)
            connection.shut()
            return
        self._callers[connection.who] += 1
        if self._tls is not None:
            connection.ssl_env = {"wsgi.url_scheme": "https", "HTTPS": "on"}
        self._wait(connection, ConnectionStage.HEAD if self._tls is None else ConnectionStage.HANDSHAKE, HEAD_SECONDS)
        self._listen(connection, _READ)
        if len(self._waiting) > self._places:
            self._make_room()

    def _make_room(self) -> None:
        if self._waiting:
            self._drop(min(self._waiting, key=lambda each: (each.stage not in _FIRST_TO_GO, each.since)))

    def _wait(self, connection: LobbyConnection, stage: ConnectionStage, seconds: float | None = None) -> None:
        """Let it wait for something else; without seconds its end stays what it is."""
        now = time.monotonic()
        connection.stage, connection.since = stage, now
        if seconds is not None:
            connection.until = now + seconds
        self._waiting[connection] = None

    def _listen(self, connection: LobbyConnection, wanted: int) -> None:
        if connection.listens != wanted:
            change = self._selector.modify if connection.listens else self._selector.register
            change(connection.socket, wanted, connection)
            connection.listens = wanted

    def _forget(self, connection: LobbyConnection) -> None:
        if connection.listens:
            self._selector.unregister(connection.socket)
            connection.listens = 0
        self._waiting.pop(connection, None)
        self._unfinished -= len(connection.body.content)

    def _drop(self, connection: LobbyConnection) -> None:
        self._forget(connection)
        self._callers[connection.who] -= 1
        self._callers += collections.Counter()  # forgets whoever has none
        connection.shut()

    def _go_on(self, connection: LobbyConnection) -> None:
        """As far as it goes without waiting."""
        try:
            wanted = self._advance(connection)
        except MalformedRequest as error:
            self._refuse(connection, error)
        except OSError as error:
            if connection.stage is ConnectionStage.HANDSHAKE:
                why = getattr(error, "reason", "") or str(error)
                self._tell("tls_handshake_failed", remote=connection.remote_addr, why=why)
            self._drop(connection)
        else:
            if wanted:
                self._listen(connection, wanted)

    def _refuse(self, connection: LobbyConnection, error: MalformedRequest) -> None:
        connection.unsent += self._answer(error)
        connection.cut, connection.keep = True, False
        self._wait(connection, ConnectionStage.UNREAD, UNREAD_SECONDS)
        self._go_on(connection)

    def _advance(self, connection: LobbyConnection) -> int:
        """What to wait for next; 0: it is not here any more."""
        while connection in self._waiting:
            try:
                if connection.stage is ConnectionStage.HANDSHAKE:
                    connection.socket.do_handshake()
                    self._wait(connection, ConnectionStage.HEAD)
                elif connection.stage is ConnectionStage.UNREAD:
                    if wanted := connection.send():
                        return wanted
                    self._after_answer(connection)
                elif not self._request(connection):
                    self._read(connection)
            except (BlockingIOError, ssl.SSLWantReadError):
                return _READ
            except ssl.SSLWantWriteError:
                return _WRITE
        return 0

    def _after_answer(self, connection: LobbyConnection) -> None:
        if connection.keep:
            self._wait(connection, ConnectionStage.IDLE, IDLE_SECONDS)
        elif connection.cut:
            socket.socket.shutdown(connection.socket, socket.SHUT_WR)
            self._wait(connection, ConnectionStage.LINGER, LINGER_SECONDS)
        else:
            self._drop(connection)

    def _read(self, connection: LobbyConnection) -> None:
        data = connection.socket.recv(_PIECE)
        if connection.stage is ConnectionStage.LINGER:
            if not data:
                self._drop(connection)
        elif data:
            if connection.stage is ConnectionStage.IDLE:
                self._wait(connection, ConnectionStage.HEAD, HEAD_SECONDS)
            connection.received += data
        elif connection.stage is ConnectionStage.BODY or connection.received:
            raise MalformedRequest(400, "the request ended early")
        else:
            self._drop(connection)

    def _request(self, connection: LobbyConnection) -> bool:
        """Whether what was received brought the connection further, with nothing more to be read for now."""
        if connection.stage is ConnectionStage.LINGER or not connection.received:
            return False
        if connection.stage is ConnectionStage.BODY:
            return self._take(connection) and self._give(connection)
        while connection.received.startswith(b"\r\n"):
            del connection.received[:2]
        head = read_head(connection.received)
        if head is None:
            return False
        connection.head = bytes(connection.received[: head.size])
        del connection.received[: head.size]
        connection.body = RequestBody(head, self._most_body)
        if self._take(connection):
            return self._give(connection)
        if self._refuses(head):
            connection.cut = True
            return self._give(connection)
        self._wait(connection, ConnectionStage.BODY, BODY_SECONDS)
        if head.waits:
            connection.unsent += b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.send()
        return False

    def _take(self, connection: LobbyConnection) -> bool:
        """Whether the body is complete with what was received."""
        before = len(connection.body.content)
        try:
            complete = connection.body.take(connection.received)
        finally:
            self._unfinished += len(connection.body.content) - before
        if self._unfinished > BODIES:
            raise MalformedRequest(503, "too much is being sent at once; come back in a moment")
        return complete

    def _give(self, connection: LobbyConnection) -> bool:
        """The request is complete, or as complete as it has to be."""
        self._forget(connection)
        content = b"" if connection.cut else bytes(connection.body.content)
        connection.body = RequestBody(_NO_HEAD, 0)
        connection.rfile = io.BytesIO(connection.head + content)
        connection.length, connection.keep = len(content), False
        if not self._workers.give(connection):
            raise MalformedRequest(503, "too many requests at once; come back in a moment")
        return True

    def _end_waits(self, now: float) -> None:
        if self._paused_until is not None and now >= self._paused_until:
            self._paused_until = None
            self._selector.register(self._listener, _READ)
        for connection in [each for each in self._waiting if now > each.until]:
            if connection.stage is ConnectionStage.BODY or (
                connection.stage is ConnectionStage.HEAD and connection.received
            ):
                self._refuse(connection, MalformedRequest(408, "the request did not come in time"))
            else:
                self._drop(connection)
