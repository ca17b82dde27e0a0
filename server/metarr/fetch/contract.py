"""The words that fetch shares with the providers above it and with the store that persists for it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol

from metarr.domain.usage import Fate
from metarr.domain.values import Struct
from metarr.errors import ProviderError, Reason, TitleNotFound
from metarr.proxy import Proxy


class Lane(IntEnum):
    """Who waits for a request. Interactive ones overtake."""

    INTERACTIVE = 0
    BATCH = 1


class Response(Struct, frozen=True, kw_only=True):
    """An HTTP answer. Header names are in lower case; the body is unpacked and at most `Connection.max_body` long."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Classify = Callable[[Response], ProviderError | TitleNotFound | None]
"""A provider's own reading of an answer: what is wrong with it, or None for one to be parsed.

Called for every answer, whatever its status, before anything is cached. It must not raise.
"""


class Limits(Struct, frozen=True, kw_only=True):
    """What a provider allows. `per_second`: pace of requests; `daily_quota` 0: none; `workers`: requests at once."""

    per_second: float = 5.0
    daily_quota: int = 0
    workers: int = 16


class Connection(Struct, frozen=True, kw_only=True):
    """How to reach a provider. `headers` and `params` carry its key: they are never logged.

    `connect_timeout` and `read_timeout` in seconds, `max_body` in bytes after unpacking. `proxy`: through which one;
    a provider leaves it out, the owner sets it.
    """

    base_url: str
    headers: Mapping[str, str] = {}
    params: Mapping[str, str] = {}
    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    max_body: int = 8 * 1024 * 1024
    proxy: Proxy | None = None


class Http(Protocol):
    """What a provider's `details`, `lookup`, `search` and `check` speak through.

    Both methods return decoded JSON. They raise what the provider's classify returns, and any other
    ProviderError: timeouts, limits, a body that is no JSON or too large.
    """

    def get(self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """GET below the base address. `path` begins with "/" or is empty."""

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """POST a JSON object below the base address."""

    def recall(self, name: str) -> str | None:
        """A secret remembered for this provider and key, such as a login token."""

    def remember(self, name: str, secret: str | None) -> None:
        """Remember a secret until the provider's settings change (None: forget it)."""


class Circuit(Struct, frozen=True, kw_only=True):
    """What must survive a restart about a provider that failed repeatedly. `until` None: it is not left alone.

    `openings` counts how often in a row it was left alone, `detail` says what it failed with. `reason`: whether it was
    the proxy before it that failed.
    """

    until: datetime | None = None
    openings: int = 0
    detail: str = ""
    reason: Reason = Reason.CIRCUIT_OPEN


class LimitState(Struct, frozen=True, kw_only=True):
    """What must survive a restart about a provider's limits.

    `key_fingerprint` ties the ledger to one key; `used` counts its requests since the last reset, at `reset_at`
    the count starts anew. `parked_until` and `parked_reason` (a `Reason`): leave it alone until then.
    `refusals` counts refused probes in a row; `learned_reset` is the second of the UTC day at which a quota was
    first seen to be back. `auth_refused`: the key was refused and the settings have not changed since.
    """

    key_fingerprint: str = ""
    used: int = 0
    reset_at: datetime | None = None
    parked_until: datetime | None = None
    parked_reason: str = ""
    parked_detail: str = ""
    refusals: int = 0
    learned_reset: int | None = None
    auth_refused: str = ""
    last_request_at: datetime | None = None
    last_success_at: datetime | None = None
    circuit: Circuit = Circuit()


class LimitStore(Protocol):
    """Where limit states live. Implemented by the store."""

    def load_limits(self, provider_id: str) -> LimitState | None: ...

    def save_limits(self, provider_id: str, state: LimitState) -> None: ...


class SecretStore(Protocol):
    """Where `Http.remember` keeps its secrets, encrypted. Implemented by the store."""

    def load_secret(self, provider_id: str, name: str) -> str | None: ...

    def save_secret(self, provider_id: str, name: str, secret: str | None) -> None: ...


Note = Callable[[Fate, float], object]
"""Hears what became of a request that was sent, and how many seconds that took."""


def unnoted(fate: Fate, seconds: float) -> None:
    """For requests that nobody counts."""


class Cancelled(Exception):
    """Nobody waits for this any more, so it was given up. Never the outcome of asking a provider."""


class AnsweredMeanwhile(Exception):
    """What a caller was about to ask was answered since it looked for an answer: it is to look again, not to ask."""
