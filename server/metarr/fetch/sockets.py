"""Connections whose every read ends in time.

urllib3 bounds each wait for bytes, not their sum: a server that drips could hold a reader for ever. So every read from
a socket, of headers as well, goes through a reader that knows the trip's deadline.
"""

import http.client
import io
import socket
import ssl
import threading
from base64 import b64encode
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.contrib.socks import SOCKSConnection, SOCKSProxyManager

from metarr.clock import Clock
from metarr.fetch.contract import Cancelled
from metarr.proxy import Proxy

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


class Exchange(NamedTuple):
    trip: Trip
    clock: Clock
    patience: float
    latest: float

    def end(self) -> float:
        """When it must be over."""
        return min(self.trip.deadline(), self.latest)


current = threading.local()


class BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, owner: Any, reading: Exchange) -> None:
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


class Stage(Enum):
    """How far a connection came, and so whom a failure tells of."""

    PROXY = auto()
    """A proxy is being reached, or asked for the way to the provider."""
    TLS = auto()
    """The proxy says that the way is open, and TLS begins: the provider has not been heard yet."""
    OPEN = auto()
    """Nothing is between us and whoever answers, or a proxy that makes itself unseen."""


class _Staged(HTTPConnection):
    """Tells, in `current.stage`, how far it came."""

    response_class = Answer

    def connect(self) -> None:
        current.stage = Stage.OPEN if self.proxy is None else Stage.PROXY
        super().connect()
        current.stage = Stage.OPEN

    def _tunnel(self) -> None:
        super()._tunnel()
        # The proxy's answer was read by a reader that sets the shorter time it waits at once.
        self.sock.settimeout(self.timeout)
        current.stage = Stage.TLS


class _PlainConnection(_Staged):
    pass


class _PlainTlsConnection(_Staged, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _PlainTlsConnection


class _SocksConnection(SOCKSConnection):
    """The same by SOCKS, whose manners urllib3 keeps apart."""

    response_class = Answer

    def connect(self) -> None:
        current.stage = Stage.PROXY
        super().connect()
        current.stage = Stage.OPEN

    def _new_conn(self) -> Any:
        made = super()._new_conn()
        current.stage = Stage.TLS
        return made


class _SocksTlsConnection(_SocksConnection, HTTPSConnection):
    pass


class _SocksPool(HTTPConnectionPool):
    ConnectionCls = _SocksConnection


class _SocksTlsPool(HTTPSConnectionPool):
    ConnectionCls = _SocksTlsConnection


def pools(proxy: Proxy | None, context: ssl.SSLContext, **given: Any) -> PoolManager:
    """Pools of such connections, by origin, through the proxy if there is one. TLS as the context says."""
    made = manager(proxy, context, **given)
    socks = proxy is not None and proxy.is_socks
    made.pool_classes_by_scheme = (
        {"http": _SocksPool, "https": _SocksTlsPool} if socks else {"http": _PlainPool, "https": _TlsPool}
    )
    return made


def manager(proxy: Proxy | None, context: ssl.SSLContext, **given: Any) -> PoolManager:
    """Pools of urllib3's own connections, by origin, through the proxy if there is one."""
    if proxy is None:
        return PoolManager(ssl_context=context, **given)
    if proxy.is_socks:
        return SOCKSProxyManager(
            proxy.address, proxy.user or None, proxy.password or None, ssl_context=context, **given
        )
    return ProxyManager(
        proxy.address, proxy_headers=_credentials(proxy), proxy_ssl_context=context, ssl_context=context, **given
    )


def _credentials(proxy: Proxy) -> dict[str, str]:
    if not proxy.user:
        return {}
    return {"Proxy-Authorization": f"Basic {b64encode(f'{proxy.user}:{proxy.password}'.encode()).decode()}"}
