"""One HTTP exchange, bounded in time and size. The only user of requests."""

import functools
import http.client
import logging
import re
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import exceptions as wire

from metarr.clock import Clock
from metarr.errors import BadAnswer, DeadlineTooNear
from metarr.fetch.contract import Connection, Response
from metarr.fetch.failure import PROXY_STATUSES, Failure, explained, explained_behind, refused
from metarr.fetch.packing import unpack
from metarr.fetch.sockets import LOOK_UP, Exchange, Stage, Trip, current, pools
from metarr.proxy import Proxy

PIECE = 64 * 1024
"""Bytes of a body that are read at once."""
EXCHANGE_SECONDS = 20.0
"""The longest that one request and its answer may take, however much time whoever waits for it has: else a provider
that drips would be waited for as long as one more caller comes."""


class Request(NamedTuple):
    """What to send. `path` is what logs call it: `url` and `headers` hold the key."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    path: str


class Exchanger:
    """A provider's pool of connections. Thread-safe. TLS is always verified; no cookies or netrc, and no proxy but the
    one that is set: the environment has no say."""

    def __init__(self, connection: Connection, clock: Clock, size: int) -> None:
        """`size`: connections kept open."""
        self._connection = connection
        self._clock = clock
        self._adapter = _Adapter(connection.proxy, size)

    def exchange(self, request: Request, trip: Trip) -> Response | Failure:
        """Send one request and read its whole answer, whatever its status. Raises Cancelled alone.

        Failures are returned, not raised: what requests raises names the address, and with it the key, and must
        not become the context of another error.
        """
        now = self._clock.monotonic()
        left = min(trip.deadline() - now, EXCHANGE_SECONDS)
        if left <= 0:
            return Failure(DeadlineTooNear("the deadline has passed"))
        prepared = PreparedRequest()
        prepared.method, prepared.url, prepared.body = request.method, request.url, request.body
        prepared.headers = request.headers  # type: ignore[assignment]  # any mapping will do
        current.reading = Exchange(trip, self._clock, self._connection.read_timeout, now + EXCHANGE_SECONDS)
        current.stage = Stage.OPEN
        # How long a silence may last, the reader below knows; it need not set again what is set already.
        timeout = (min(self._connection.connect_timeout, left), LOOK_UP)
        try:
            raw = self._adapter.send(prepared, stream=True, timeout=timeout, verify=True)
            answer = self._read(raw)
        except (OSError, wire.HTTPError, http.client.HTTPException, ValueError) as error:
            answer = explained(error, late=self._clock.monotonic() >= trip.deadline())
            if self._connection.proxy is not None:
                forwarded = self.is_forwarded(request.url)
                answer = explained_behind(self._connection.proxy, answer, error, current.stage, forwarded=forwarded)
        finally:
            del current.reading
        return self._said_by_proxy(request, answer) or answer

    def is_forwarded(self, url: str) -> bool:
        """Whether it is the proxy that answers a request for this address, in HTTP."""
        return _is_forwarded(self._connection.proxy, url)

    def close(self) -> None:
        """Close every idle connection."""
        self._adapter.close()

    def _said_by_proxy(self, request: Request, answer: Response | Failure) -> Failure | None:
        """What the proxy says for itself: no provider answers so."""
        proxy = self._connection.proxy
        if proxy is None or not isinstance(answer, Response) or not self.is_forwarded(request.url):
            return None
        return refused(proxy, answer.status) if answer.status in PROXY_STATUSES else None

    def _read(self, raw: Any) -> Response | Failure:
        pieces, size, whole = [], 0, False
        try:
            # Not unpacked here: that would believe the headers, and they lie.
            while piece := raw.read1(PIECE, decode_content=False):
                pieces.append(piece)
                size += len(piece)
                if size > self._connection.max_body:
                    return Failure(BadAnswer(f"the answer is larger than {self._connection.max_body} bytes"))
            whole = True
        finally:
            if not whole:
                raw.close()
        headers = {name.lower(): value for name, value in raw.headers.items()}
        try:
            body = unpack(b"".join(pieces), self._connection.max_body)
        except BadAnswer as error:
            return Failure(error)
        return Response(status=raw.status, headers=headers, body=body)


@functools.cache
def trusted() -> ssl.SSLContext:
    """Verifies against the system's authorities and those that requests brings along; read once, it takes a while."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


class _Adapter(HTTPAdapter):
    """Hands out urllib3's answer as it is: no cookies, and no second copy of the headers.

    All requests go to one place, but for rare redirects: its pool is found once, and no address is taken apart again.
    """

    _place: tuple[str, Any] = ("", None)

    def __init__(self, proxy: Proxy | None, size: int) -> None:
        self._proxy = proxy
        super().__init__(pool_connections=2, pool_maxsize=size)

    def get_connection_with_tls_context(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The pool for an address."""
        origin = _origin(request.url)
        pooled, pool = self._place
        if origin != pooled or pool.pool is None:  # None: closed
            pool = super().get_connection_with_tls_context(request, *args, **kwargs)
            self._place = (origin, pool)
        return pool

    def close(self) -> None:
        """Close every idle connection: urllib3 does it when nobody holds their pool any more."""
        self._place = ("", None)
        super().close()

    def request_url(self, request: Any, proxies: Any) -> str:
        """What of an address is sent: path and query; to a proxy that is to pass the request on, all of it."""
        url: str = request.url
        origin = _origin(url)
        target = url[len(origin) :].partition("#")[0]
        target = target if target.startswith("/") else f"/{target}"
        return origin + target if _is_forwarded(self._proxy, url) else target

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Pools of connections whose reads end in time, through the proxy. Requests itself knows nothing of it."""
        self.poolmanager = pools(self._proxy, trusted(), num_pools=connections, maxsize=maxsize, block=block)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Always verify. The context has its authorities; requests would read its own for every connection."""
        conn.cert_reqs = "CERT_REQUIRED"

    def build_response(self, req: Any, resp: Any) -> Any:
        return resp


def _is_forwarded(proxy: Proxy | None, url: str) -> bool:
    """A proxy passes plain HTTP on by itself, and may answer in its own words; for TLS it only makes a way, and so does
    SOCKS for anything."""
    return proxy is not None and not proxy.is_socks and url[:5].lower() == "http:"


def _origin(url: str) -> str:
    """Scheme, host and port of an address, as they stand there."""
    start = url.find("://") + 3
    return url[: start + len(re.split(r"[/?#]", url[start:], maxsplit=1)[0])]


def _never(_record: logging.LogRecord) -> bool:
    return False


# These write addresses with their query, and so keys, to the log.
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.poolmanager", "urllib3.util.retry", "socks"):
    logging.getLogger(_name).addFilter(_never)
