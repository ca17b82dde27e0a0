"""Small real proxies on loopback: HTTP (plain requests passed on, CONNECT) and SOCKS5, well or ailing."""

import contextlib
import socket
import ssl
import struct
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

Fault = Callable[[socket.socket], None]
"""What an ailing proxy does with a client's connection instead of serving it; it is closed afterwards."""

PAGE = b"<!DOCTYPE html><html><body>Welcome. Please log in.</body></html>"


def hangs(client: socket.socket) -> None:
    """Say nothing until the client goes."""
    while client.recv(65536):
        pass


def closes(client: socket.socket) -> None:
    """Go at once."""


def answers(status: int, body: bytes = PAGE, kind: str = "text/html") -> Fault:
    """Answer whatever is asked with this."""

    def answer(client: socket.socket) -> None:
        client.recv(65536)
        head = (
            f"HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        client.sendall(head.encode() + body)

    return answer


def babbles(client: socket.socket) -> None:
    """Answer in no protocol at all."""
    client.recv(65536)
    client.sendall(b"\x00\x01 hello, who is there?\r\n\r\n" * 3)


def drips(client: socket.socket) -> None:
    """Begin an answer and never come to its end: a byte each tenth of a second."""
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not _gone(client, 0.1):
        client.sendall(b"x")


def _gone(client: socket.socket, seconds: float) -> bool:
    client.settimeout(seconds)
    try:
        return not client.recv(65536)
    except TimeoutError:
        return False


def opens_and_hangs(client: socket.socket) -> None:
    """Say that the way is open, and let nothing through."""
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    hangs(client)


def opens_on_a_page(client: socket.socket) -> None:
    """Say that the way is open, and speak HTML behind it."""
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE)
    hangs(client)


class Proxy:
    """A proxy at a port of its own. `asked` tells what it was asked for; `user`: "name:password", if it wants one;
    `names`: where it finds hosts that nobody else knows; `tls`: a context with which it speaks TLS itself."""

    scheme = "http"

    def __init__(
        self,
        *,
        fault: Fault | None = None,
        user: str = "",
        names: dict[str, tuple[str, int]] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.fault, self.user, self.names, self._tls = fault, user, names or {}, tls
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.address = f"{'https' if tls else self.scheme}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def serve(self, client: socket.socket) -> None:
        """Serve one connection, by HTTP."""
        while head := _head(client):
            method, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
            self.asked.append(f"{method} {target}")
            given = next((line[27:] for line in head.split("\r\n") if line.lower().startswith(_BASIC)), "")
            if self.user and b64decode(given).decode() != self.user:
                _say(client, 407, b"who are you?", "Proxy-Authenticate: Basic realm=proxy\r\n")
            elif method == "CONNECT":
                host, _, port = target.rpartition(":")
                self._through(client, host, int(port), b"", b"HTTP/1.1 200 Connection established\r\n\r\n")
                return
            else:
                parts = urlsplit(target)
                path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
                lines = [line for line in head.split("\r\n")[1:] if not line.lower().startswith("proxy-")]
                sent = "\r\n".join([f"{method} {path} HTTP/1.1", "Connection: close", *lines, "", ""]).encode()
                length = [line[16:] for line in lines if line.lower().startswith("content-length: ")]
                sent += _read(client, int(length[0]) if length else 0)
                self._through(client, parts.hostname or "", parts.port or 80, sent, b"")
                return

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to whom the client wants to reach."""
        connection = socket.create_connection(self.names.get(host, (host.strip("[]"), port)), timeout=10)
        self._open.append(connection)
        return connection

    def _through(self, client: socket.socket, host: str, port: int, sent: bytes, opened: bytes) -> None:
        try:
            provider = self.connect(host, port)
        except OSError:
            _say(client, 502, PAGE)
            return
        with provider:
            client.sendall(opened)
            if sent:
                # One request a connection: what comes next may be for somebody else.
                provider.sendall(sent)
                status, _, rest = provider.recv(65536).partition(b"\r\n")
                client.sendall(status + b"\r\nConnection: close\r\n" + rest if status else b"")
            relay(client, provider)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            self._threads.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
            self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, ValueError):
            if self._tls is None:
                (self.fault or self.serve)(client)
                return
            with self._tls.wrap_socket(client, server_side=True) as wrapped:
                self._open.append(wrapped)
                (self.fault or self.serve)(wrapped)


_BASIC = "proxy-authorization: basic "


class SocksProxy(Proxy):
    """A SOCKS5 proxy. `asked` tells host and port, a host that it looks up itself as its name."""

    scheme = "socks5h"
    reply = 0
    """With which code of RFC 1928 it answers; 0: it makes the way."""

    def serve(self, client: socket.socket) -> None:
        methods = _read(client, _read(client, 2)[1])
        if (2 if self.user else 0) not in methods:
            client.sendall(b"\x05\xff")
            return
        client.sendall(b"\x05\x02" if self.user else b"\x05\x00")
        if self.user and not self._knows(client):
            return
        kind = _read(client, 4)[3]
        host = _host(client, kind)
        [port] = struct.unpack("!H", _read(client, 2))
        self.asked.append(f"{host}:{port}")
        reply, provider = self.reply, None
        if not reply:
            try:
                provider = self.connect(host, port)
            except socket.gaierror:
                reply = 4
            except OSError:
                reply = 5
        with provider or contextlib.nullcontext():
            client.sendall(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))
            if provider is not None:
                relay(client, provider)

    def _knows(self, client: socket.socket) -> bool:
        user = _read(client, _read(client, 2)[1])
        password = _read(client, _read(client, 1)[0])
        knows = f"{user.decode()}:{password.decode()}" == self.user
        client.sendall(b"\x01\x00" if knows else b"\x01\x01")
        return knows


@contextlib.contextmanager
def opened(proxy: Proxy) -> Iterator[Proxy]:
    """The proxy, until the block ends."""
    with contextlib.closing(proxy):
        yield proxy


def relay(one: socket.socket, other: socket.socket) -> None:
    """Pass on what either says, until one goes."""
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    back.join(10)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _head(client: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        piece = client.recv(1)
        if not piece:
            return ""
        received += piece
    return received.decode("latin-1").removesuffix("\r\n\r\n")


def _say(client: socket.socket, status: int, body: bytes, more: str = "", kind: str = "text/html") -> None:
    head = f"HTTP/1.1 {status} So\r\n{more}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    client.sendall(head.encode() + body)


def _host(client: socket.socket, kind: int) -> str:
    if kind == 1:
        return socket.inet_ntoa(_read(client, 4))
    if kind == 4:
        return socket.inet_ntop(socket.AF_INET6, _read(client, 16))
    return _read(client, _read(client, 1)[0]).decode()


def _read(client: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        piece = client.recv(length - len(read))
        if not piece:
            raise ConnectionError("the client has gone")
        read += piece
    return read
