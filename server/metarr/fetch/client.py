"""A provider's answers as JSON: addresses, redirects, retries, the provider's own reading of what is wrong."""

import re
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import msgspec
import structlog
from msgspec.structs import replace

from metarr import __version__
from metarr.clock import Clock
from metarr.counters import REQUESTS
from metarr.domain.usage import Fate
from metarr.errors import (
    BadAnswer,
    DeadlineTooNear,
    KeyRefused,
    ProviderError,
    ProviderTimeout,
    ProxyFailed,
    QuotaExhausted,
    RateLimited,
    TitleNotFound,
)
from metarr.fetch.body import Body, read
from metarr.fetch.contract import Cancelled, Classify, Connection, Note, Response, unnoted
from metarr.fetch.failure import Failure
from metarr.fetch.http import Exchanger, Request
from metarr.fetch.sockets import Trip

log = structlog.get_logger(__name__)

RETRIES = 2
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 5.0
"""Seconds; who is told to come back later than that does not wait for it."""
REDIRECTS = 3
_TRANSIENT = frozenset({502, 503, 504})
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_SENDABLE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_SHORTEST_SECRET = 8
_PLAIN_HEADERS = {
    "User-Agent": f"Metarr/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
}
DOUBT_SECONDS = 3.0
"""For finding out whether it is a proxy that is silent."""
_NOBODY = "http://127.0.0.1:1/"


class _Suspicion:
    """A trip on nobody's behalf but that of who wonders; it counts against no limit, for no provider is asked."""

    def __init__(self, deadline: float) -> None:
        self.cancelled = threading.Event()
        self._deadline = deadline

    def deadline(self) -> float:
        return self._deadline

    def admit(self) -> None:
        return


class ProviderClient:
    """Speaks JSON with one provider. Thread-safe."""

    def __init__(  # noqa: PLR0917 (as Channel)
        self,
        provider_id: str,
        connection: Connection,
        classify: Classify,
        clock: Clock,
        size: int,
        note: Note = unnoted,
    ) -> None:
        """`size`: connections kept open. `note`: hears of every request."""
        self._provider_id = provider_id
        self._connection = connection
        self._classify = classify
        self._clock = clock
        self._note = note
        self._exchanger = Exchanger(connection, clock, size)
        self._headers = {**_PLAIN_HEADERS, **connection.headers}

    def ask(
        self,
        trip: Trip,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Decoded JSON. Raises what classify returns, any other ProviderError, and Cancelled.

        A GET is repeated at most twice, when the connection or a gateway failed and the deadline allows.
        """
        sent = {**self._headers, **(headers or {})}
        payload = None
        if body is not None:
            payload = msgspec.json.encode(body)
            sent |= {"Content-Type": "application/json", "Content-Length": str(len(payload))}
        if not all(_SENDABLE.fullmatch(value) for value in sent.values()):
            raise KeyRefused("the key holds characters that cannot be sent; enter it again")
        request = Request(method, self._url(path, params), sent, payload, path)
        for attempt in range(RETRIES + 1):
            answer, seconds = self._follow(trip, request)
            if isinstance(answer, Response):
                parsed = read(answer.body, answer.headers.get("content-type", ""))
                # Where a provider looks for an error, it finds strict JSON, if there was any at all.
                answer = replace(answer, body=parsed.utf8)
                error = self._said_by_proxy(request, answer, parsed) or self._judge(request, answer, parsed)
                if error is None:
                    self._note(Fate.ANSWERED, seconds)
                    return parsed.value
                transient = answer.status in _TRANSIENT and isinstance(error, BadAnswer)
            else:
                error, transient = answer
            if not isinstance(error, DeadlineTooNear):  # then nothing was sent
                self._note(_fate(error), seconds)
            self._redact(error, sent)
            if not transient or method != "GET" or attempt == RETRIES or not self._pause(trip, attempt, error):
                raise error
        raise AssertionError  # the last attempt returns or raises

    def before_doubts(self, deadline: float) -> float:
        """Until when to wait for an answer, so that there is time left to find out whose silence it is."""
        if self._connection.proxy is None:
            return deadline
        return max(deadline - DOUBT_SECONDS, min(deadline, self._clock.monotonic() + DOUBT_SECONDS))

    def silent_proxy(self, deadline: float) -> ProxyFailed | None:
        """Where no answer comes through a proxy: whether the proxy is as silent about what nobody has to be asked for,
        a port of its own machine at which nobody listens. A proxy that is well says at once that nobody does."""
        if self._connection.proxy is None:
            return None
        suspicion = _Suspicion(min(deadline, self._clock.monotonic() + DOUBT_SECONDS))
        answer = self._exchanger.exchange(Request("GET", _NOBODY, _PLAIN_HEADERS, None, "the proxy"), suspicion)
        if isinstance(answer, Response) or not isinstance(answer.error, ProviderTimeout):
            return None
        return ProxyFailed(f"the proxy {self._connection.proxy} does not answer, whatever it is asked for")

    def close(self) -> None:
        """Close every idle connection."""
        self._exchanger.close()

    def _url(self, path: str, params: Mapping[str, str] | None) -> str:
        base = self._connection.base_url
        if path:
            base = base.rstrip("/") + quote(path, safe=_PATH_SAFE)
        query = urlencode({**self._connection.params, **(params or {})})
        return f"{base}?{query}" if query else base

    def _follow(self, trip: Trip, request: Request) -> tuple[Response | Failure, float]:
        """One exchange, and those that its redirects ask for; and how many seconds the last one took."""
        seconds = 0.0
        for redirects in range(REDIRECTS + 1):
            if redirects:
                self._note(Fate.ANSWERED, seconds)
            trip.admit()
            answer, seconds = self._exchange(trip, request)
            location = answer.headers.get("location") if isinstance(answer, Response) else None
            if location is None or not isinstance(answer, Response) or answer.status not in _REDIRECT:
                return answer, seconds
            target = _redirected(request.url, location)
            if request.method != "GET" or target is None:
                return Failure(BadAnswer("it redirects to another place")), seconds
            request = request._replace(url=target)
        return Failure(BadAnswer("it redirects endlessly")), seconds

    def _exchange(self, trip: Trip, request: Request) -> tuple[Response | Failure, float]:
        started = self._clock.monotonic()
        answer = self._exchanger.exchange(request, trip)
        seconds = self._clock.monotonic() - started
        seen = {"provider": self._provider_id, "path": request.path, "ms": round(seconds * 1000, 1)}
        REQUESTS.labels(self._provider_id, answer.status if isinstance(answer, Response) else "none").inc()
        if isinstance(answer, Response):
            log.debug("http_answer", **seen, status=answer.status, bytes=len(answer.body))
        else:
            log.debug("http_failure", **seen, detail=answer.error.detail)
        return answer, seconds

    def _said_by_proxy(self, request: Request, answer: Response, parsed: Body) -> ProxyFailed | None:
        """Whether the words are a proxy's that answers in HTTP itself: providers speak JSON. Its 403 is no refused key,
        its 404 no unknown title. A gateway's status, and 429, are as well the provider's."""
        proxy = self._connection.proxy
        if proxy is None or not parsed.trouble or answer.status >= 500 or answer.status == 429:
            return None
        if not self._exchanger.is_forwarded(request.url):
            return None
        return ProxyFailed(f"the proxy {proxy} answers in its place (HTTP {answer.status}): it {parsed.trouble}")

    def _judge(self, request: Request, response: Response, parsed: Body) -> ProviderError | TitleNotFound | None:
        error = self._classify(response)
        if error is None and response.status == 429:
            error = RateLimited("too many requests")
        elif error is None and (response.status >= 500 or 300 <= response.status < 400):
            way = f", through the proxy {self._connection.proxy}" if self._exchanger.is_forwarded(request.url) else ""
            error = BadAnswer(f"HTTP {response.status}{way}")
        if isinstance(error, ProviderError) and error.retry_after is None and error.retry_at is None:
            error.retry_after = self._retry_after(response)
        return error or (BadAnswer(f"the answer {parsed.trouble}") if parsed.trouble else None)

    def _retry_after(self, response: Response) -> float | None:
        header = response.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}", header):
            return float(header)
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        return max(0.0, (until - self._clock.now()).total_seconds()) if until.tzinfo else None

    def _pause(self, trip: Trip, attempt: int, error: ProviderError | TitleNotFound) -> bool:
        """Wait before another attempt; False when there is no time for one."""
        pause = FIRST_PAUSE * 2**attempt * (1 + self._clock.jitter())
        if isinstance(error, ProviderError) and error.retry_after is not None:
            pause = max(pause, error.retry_after)
        if pause > LONGEST_PAUSE or self._clock.monotonic() + pause >= trip.deadline():
            return False
        if self._clock.wait(pause, trip.cancelled):
            raise Cancelled
        return True

    def _redact(self, error: ProviderError | TitleNotFound, headers: Mapping[str, str]) -> None:
        """Take out of an error's text what the provider may have echoed of the key."""
        own = self._headers.keys() - self._connection.headers.keys()
        values = [value for name, value in headers.items() if name not in own] + [*self._connection.params.values()]
        values += [self._connection.proxy.password] if self._connection.proxy else []
        secrets = {part for value in values for part in (value, *value.split()) if len(part) >= _SHORTEST_SECRET}
        text = str(error)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "…")
        error.args = (text,)
        if isinstance(error, ProviderError):
            error.detail = text


def _fate(error: ProviderError | TitleNotFound) -> Fate:
    if isinstance(error, TitleNotFound):
        return Fate.ANSWERED
    return Fate.LIMITED if isinstance(error, RateLimited | QuotaExhausted) else Fate.FAILED


def _redirected(url: str, location: str) -> str | None:
    """Where a redirect leads; None unless to the same host by the same way, or by https instead of http."""
    try:
        target = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(target)
        upgraded = (old.scheme, new.scheme) == ("http", "https")
        same_way = (old.scheme, old.port) == (new.scheme, new.port)
    except ValueError:
        return None
    return target if old.hostname == new.hostname and (upgraded or same_way) else None
