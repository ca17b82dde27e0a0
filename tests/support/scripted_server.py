"""A server that says exactly what a test tells it to, byte by byte."""

import socket
import struct
import threading
from collections.abc import Callable

from metarr.clock import Clock

Step = bytes | Callable[[socket.socket], None]
"""What a request gets: bytes, and the connection stays open; or whatever the function does, and it is closed."""


def reply(body: bytes = b'{"ok":true}', status: int = 200, length: int | None = None, **headers: str) -> bytes:
    """An HTTP answer; header names are given with underscores. `length` lies about the body."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def reset(connection: socket.socket) -> None:
    """Close so that the client sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(connection: socket.socket) -> None:
    """Say nothing until the client goes."""
    connection.recv(1)


class ScriptedServer:
    """Answers its n-th request with the n-th step, and every further one with the last."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._steps: list[Step] = [reply()]
        self._connections: list[socket.socket] = []
        self.requests: list[str] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def script(self, *steps: Step) -> None:
        self._steps = list(steps)

    def lines(self) -> list[str]:
        """The request lines so far."""
        return [request.split("\r\n", 1)[0] for request in self.requests]

    @property
    def connections(self) -> int:
        return len(self._connections)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while (step := self._read(connection)) is not None:
                    if not isinstance(step, bytes):
                        step(connection)
                        return
                    connection.sendall(step)
            except OSError:
                return

    def _read(self, connection: socket.socket) -> Step | None:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return None
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        with self._lock:
            self.requests.append((head + b"\r\n\r\n" + body).decode("latin-1"))
            return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]


class Journey:
    """A trip of the test's own; `admitted` counts its requests."""

    def __init__(self, clock: Clock, seconds: float = 30.0) -> None:
        self.cancelled = threading.Event()
        self.admitted = 0
        self._until = clock.monotonic() + seconds

    def deadline(self) -> float:
        return self._until

    def admit(self) -> None:
        self.admitted += 1
