"""Everything about the simulators that a test can change, and the log of what they were asked."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .faults import FaultBook
from .messages import PROVIDERS, Request

KEYS: dict[str, str] = {
    "tmdb": "00000000feedf00d00000000feedf00d",
    "tmdb_bearer": "eyJhbGciOiJub25lIn0.eyJub3QiOiJhIHJlYWwgdG9rZW4ifQ.c2ltdWxhdGVk",
    "omdb": "f00df00d",
    "tvdb": "00000000-feed-f00d-0000-00000000f00d",
    "tvdb_user_supported": "11111111-feed-f00d-0000-00000000f00d",
    "tvdb_pin": "SIMPIN01",
    "fanart": "11111111feedf00d11111111feedf00d",
    "fanart_personal": "22222222feedf00d22222222feedf00d",
}

LOG_LENGTH = 50_000  # requests kept in full; the counters have no limit
CACHE_BYTES = 48_000_000  # of encoded answers
KIND_NAMES = {"tv": "series", "show": "series", "movies": "movie"}


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it was answered; `started` and `finished` are seconds of the monotonic clock."""

    provider: str
    method: str
    path: str
    query: Mapping[str, str]
    endpoint: str
    status: int
    fault: str | None
    credentials: bool
    started: float
    finished: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Quota:
    limit: int
    used: int = 0


@dataclass(slots=True)
class Rate:
    """A token bucket that holds one second's worth of requests."""

    per_second: float
    tokens: float = field(init=False)
    filled_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.tokens = max(1.0, self.per_second)

    def take(self, now: float) -> bool:
        self.tokens = min(max(1.0, self.per_second), self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class State:
    """The simulators' switches and log; every method may be called from any thread."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.host = ""  # "127.0.0.1:port", filled in by the server
        self._lock = threading.Lock()
        self.faults = FaultBook()
        self.patches: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.missing: set[tuple[str, str, str]] = set()
        self._forget_answers()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            # Those without a patch are the same for every test.
            if self.patches or self.missing:
                self._forget_answers()
            self.latency: dict[str, float] = {}
            self.quotas: dict[str, Quota] = {}
            self.rates: dict[str, Rate] = {}
            self.refused: set[str] = set()
            self.page_sizes: dict[str, int] = {}
            self.tokens: dict[str, float] = {}
            self.patches = {}
            self.missing = set()
            self._clear_log()
        self.faults.clear()

    def _forget_answers(self) -> None:
        self._cache: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._cached_bytes = 0

    def _clear_log(self) -> None:
        self.log: deque[RecordedRequest] = deque(maxlen=LOG_LENGTH)
        self._totals: Counter[str] = Counter()
        self._endpoints: Counter[tuple[str, str]] = Counter()
        self._statuses: Counter[tuple[str, int]] = Counter()
        self._in_flight: Counter[str] = Counter()
        self._peak: Counter[str] = Counter()

    def clear_requests(self) -> None:
        with self._lock:
            in_flight = self._in_flight
            self._clear_log()
            self._in_flight = in_flight

    # What a provider asks before it answers -------------------------------------------------------------------------

    def admits(self, provider: str) -> bool:
        """Is this request within the rate that a test set?"""
        with self._lock:
            rate = self.rates.get(provider)
            return rate is None or rate.take(time.monotonic())

    def spend(self, provider: str) -> bool:
        """Count a request against the daily quota; False when it was used up before."""
        with self._lock:
            quota = self.quotas.get(provider)
            if quota is None:
                return True
            if quota.used >= quota.limit:
                return False
            quota.used += 1
            return True

    def is_missing(self, provider: str, kind: str, *ids: object) -> bool:
        return bool(self.missing) and (provider, kind, _key(ids)) in self.missing

    def patched(self, provider: str, kind: str, *ids: object) -> dict[str, Any]:
        return self.patches.get((provider, kind, _key(ids)), {}) if self.patches else {}

    def cached(self, key: tuple[Any, ...]) -> bytes | None:
        with self._lock:
            body = self._cache.get(key)
            if body is not None:
                self._cache.move_to_end(key)
            return body

    def remember(self, key: tuple[Any, ...], body: bytes) -> None:
        with self._lock:
            if key in self._cache:
                return
            self._cache[key] = body
            self._cached_bytes += len(body)
            while self._cached_bytes > CACHE_BYTES:
                self._cached_bytes -= len(self._cache.popitem(last=False)[1])

    # What a test changes --------------------------------------------------------------------------------------------

    def patch(self, provider: str, kind: str, record_id: object, missing: bool, fields: Mapping[str, Any]) -> None:
        key = (provider, KIND_NAMES.get(kind, kind), _key((record_id,)))
        with self._lock:
            if missing:
                self.missing.add(key)
            else:
                self.missing.discard(key)
                if fields:
                    self.patches[key] = {**self.patches.get(key, {}), **fields}
                else:
                    self.patches.pop(key, None)
            self._forget_answers()

    # The log --------------------------------------------------------------------------------------------------------

    def begin(self, provider: str) -> None:
        with self._lock:
            self._in_flight[provider] += 1
            self._peak[provider] = max(self._peak[provider], self._in_flight[provider])

    def end(self, provider: str) -> None:
        with self._lock:
            self._in_flight[provider] -= 1

    def record(self, request: Request, endpoint: str, status: int, fault: str | None, started: float) -> None:
        provider = request.provider
        entry = RecordedRequest(
            provider,
            request.method,
            request.path,
            request.public_query,
            endpoint,
            status,
            fault,
            request.has_credentials,
            started,
            time.monotonic(),
        )
        with self._lock:
            self.log.append(entry)
            self._totals[provider] += 1
            self._endpoints[provider, endpoint] += 1
            self._statuses[provider, status] += 1

    def requests(self, provider: str | None = None) -> list[RecordedRequest]:
        with self._lock:
            return [entry for entry in self.log if provider in (None, entry.provider)]

    def counts(self) -> dict[str, dict[str, Any]]:
        with self._lock:
            return {
                provider: {
                    "total": self._totals[provider],
                    "endpoints": {kind: n for (name, kind), n in self._endpoints.items() if name == provider},
                    "statuses": {str(code): n for (name, code), n in self._statuses.items() if name == provider},
                    "peak_in_flight": self._peak[provider],
                }
                for provider in PROVIDERS
            }


def _key(ids: tuple[object, ...]) -> str:
    flat: list[str] = []
    for part in ids:
        flat.extend(str(item) for item in part) if isinstance(part, tuple | list) else flat.append(str(part))
    return "/".join(flat)
