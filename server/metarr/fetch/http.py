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
from metarr.fetch.failure import Failure, explained
from metarr.fetch.packing import unpack
from metarr.fetch.sockets import LOOK_UP, PlainPool, Reading, TlsPool, Trip, current

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
    """A provider's pool of connections. Thread-safe. TLS is always verified; no proxies, cookies or netrc."""

    def __init__(self, connection: Connection, clock: Clock, size: int) -> None:
        """`size`: connections kept open."""
        self._connection = connection
        self._clock = clock
        self._adapter = _Adapter(pool_connections=2, pool_maxsize=size)

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
        current.reading = Reading(trip, self._clock, self._connection.read_timeout, now + EXCHANGE_SECONDS)
        # How long a silence may last, the reader below knows; it need not set again what is set already.
        timeout = (min(self._connection.connect_timeout, left), LOOK_UP)
        try:
            raw = self._adapter.send(prepared, stream=True, timeout=timeout, verify=True)
            return self._read(raw)
        except (OSError, wire.HTTPError, http.client.HTTPException, ValueError) as error:
            return explained(error, late=self._clock.monotonic() >= trip.deadline())
        finally:
            del current.reading

    def close(self) -> None:
        """Close every idle connection."""
        self._adapter.close()

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

    def get_connection_with_tls_context(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The pool for an address."""
        origin = _origin(request.url)
        pooled, pool = self._place
        if origin != pooled or pool.pool is None:  # None: closed
            pool = super().get_connection_with_tls_context(request, *args, **kwargs)
            self._place = (origin, pool)
        return pool

    def request_url(self, request: Any, proxies: Any) -> str:
        """What of an address is sent: path and query."""
        url: str = request.url
        target = url[len(_origin(url)) :].partition("#")[0]
        return target if target.startswith("/") else f"/{target}"

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=trusted())
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Always verify. The context has its authorities; requests would read its own for every connection."""
        conn.cert_reqs = "CERT_REQUIRED"

    def build_response(self, req: Any, resp: Any) -> Any:
        return resp


def _origin(url: str) -> str:
    """Scheme, host and port of an address, as they stand there."""
    start = url.find("://") + 3
    return url[: start + len(re.split(r"[/?#]", url[start:], maxsplit=1)[0])]


def _never(_record: logging.LogRecord) -> bool:
    return False


# These write addresses with their query, and so keys, to the log.
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.poolmanager", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_never)
