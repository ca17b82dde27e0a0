"""The whole error taxonomy. The class says what to do; the message is written for the person who reads it.

Two families: `MetarrError` leaves the daemon through an RPC; `ProviderError` never does by itself, it becomes
the outcome of asking one provider about one item (`domain.outcome.Unavailable`, `domain.outcome.NotFound`).
No message ever holds a secret.
"""

import errno
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MetarrError(Exception):
    """Base of every error a caller of the daemon can meet. `reason` is stable and machine-readable."""

    reason = "METARR_ERROR"


@dataclass(frozen=True)
class Violation:
    """One thing wrong with a request: `field` in the request's own path notation, such as `ids.imdb`."""

    field: str
    description: str


class InvalidInput(MetarrError):
    """The request is wrong and will stay wrong: nothing was changed. Carries a violation per fault."""

    reason = "INVALID_INPUT"

    def __init__(self, *violations: Violation, reason: str = "INVALID_INPUT") -> None:
        self.violations = violations
        self.reason = reason
        super().__init__("; ".join(f"{v.field}: {v.description}" for v in violations))


class NoSuchThing(MetarrError):
    """Something that the request names does not exist: an item, a provider, a field."""

    reason = "NOT_FOUND"

    def __init__(self, field: str, description: str, reason: str = "NOT_FOUND") -> None:
        self.violations = (Violation(field, description),)
        self.reason = reason
        super().__init__(description)


class AlreadyThere(MetarrError):
    """There is one already, and there can be no second; the text says which."""

    reason = "ALREADY_EXISTS"


class NotPermitted(MetarrError):
    """The caller's token does not reach so far."""

    reason = "PERMISSION_DENIED"


class VersionMoved(MetarrError):
    """The row changed since it was read. Read it again and repeat."""

    reason = "VERSION_MOVED"


class CannotDo(MetarrError):
    """The system's state forbids it, and only the owner can change that state; the text says how."""

    reason = "FAILED_PRECONDITION"

    def __init__(self, message: str, reason: str = "FAILED_PRECONDITION") -> None:
        self.reason = reason
        super().__init__(message)


class DatabaseUnusable(CannotDo):
    """The database cannot be used now: out of reach, full, read-only, held by another program. What was to be written
    was not, and can be tried again once that is over."""

    reason = "DATABASE_UNUSABLE"

    def __init__(self, message: str, reason: str = "DATABASE_UNUSABLE") -> None:
        super().__init__(message, reason)


class NothingToSpare(CannotDo):
    """The machine has no thread, memory or file handle to spare now. What was begun can be tried again later."""

    reason = "NOTHING_TO_SPARE"

    def __init__(self, message: str) -> None:
        super().__init__(message, self.reason)


def scarcity(error: BaseException) -> NothingToSpare | None:
    """The error as one of the machine's, where it is one."""
    if isinstance(error, NothingToSpare):
        return error
    if isinstance(error, MemoryError):
        return NothingToSpare("the machine has no memory to spare: close something, or give Metarr more")
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return NothingToSpare(
            "the machine has no thread to spare: raise the limit (ulimit -u, of a container its pids limit)"
        )
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN):
        return NothingToSpare(f"the machine has no file handle or memory to spare: {error.strerror}")
    return None


class Stopped(Exception):
    """The daemon stops: what was about to be committed is left, and done again after the next start."""


class TokenRequired(MetarrError):
    """The caller came from the network and did not show the access token."""

    reason = "TOKEN_REQUIRED"


class TooManyStreams(MetarrError):
    """As many streams are open as there may be; one of them has to end first."""

    reason = "TOO_MANY_STREAMS"


class NobodyAnswered(MetarrError):
    """Every provider that could have been asked was unavailable: their answers are awaited, nothing was changed."""

    reason = "PROVIDERS_UNAVAILABLE"


class AllLimited(NobodyAnswered):
    """Every provider is rate-limited or out of quota; `retry_at` is when the first one comes back."""

    reason = "PROVIDERS_LIMITED"

    def __init__(self, message: str, retry_at: datetime | None) -> None:
        self.retry_at = retry_at
        super().__init__(message)


class AllRefused(NobodyAnswered):
    """Every provider refused its key: the owner must enter a working one."""

    reason = "PROVIDERS_REFUSED_KEY"


class Reason(StrEnum):
    """Why a provider could not be heard (design 4.2)."""

    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    TIMEOUT = "timeout"
    ERROR = "error"
    AUTH = "auth"
    CIRCUIT_OPEN = "circuit_open"
    DEADLINE = "deadline"
    SUSPECT = "suspect"
    PROXY = "proxy"


class ProviderError(Exception):
    """A provider could not be heard. `reason` decides what follows; `retry_at` is when it may be asked again."""

    reason = Reason.ERROR

    def __init__(self, detail: str, retry_at: datetime | None = None, retry_after: float | None = None) -> None:
        """`retry_after`: seconds, as the provider told them; whoever owns the clock turns them into `retry_at`."""
        self.detail = detail
        self.retry_at = retry_at
        self.retry_after = retry_after
        super().__init__(detail)


class RateLimited(ProviderError):
    """Too many requests for now (HTTP 429)."""

    reason = Reason.RATE_LIMITED


class QuotaExhausted(ProviderError):
    """The day's quota of this key is used up."""

    reason = Reason.QUOTA_EXHAUSTED


class ProviderTimeout(ProviderError):
    """The provider did not answer in time."""

    reason = Reason.TIMEOUT


class BadAnswer(ProviderError):
    """The provider answered with something that is no answer: 5xx, no JSON, too large, a reset connection."""

    reason = Reason.ERROR


class ProxyFailed(ProviderError):
    """The proxy on the way to the provider failed: about the provider itself, that says nothing."""

    reason = Reason.PROXY


class KeyRefused(ProviderError):
    """The provider refused the key; asking again is useless until the settings change."""

    reason = Reason.AUTH


class CircuitOpen(ProviderError):
    """The provider, or the proxy before it (then `reason` says so), failed repeatedly and is left alone for a while."""

    reason = Reason.CIRCUIT_OPEN

    def __init__(self, detail: str, retry_at: datetime | None = None, *, reason: Reason = Reason.CIRCUIT_OPEN) -> None:
        super().__init__(detail, retry_at)
        self.reason = reason


class DeadlineTooNear(ProviderError):
    """The caller's deadline would pass before this provider could answer."""

    reason = Reason.DEADLINE


class TitleNotFound(Exception):
    """The provider answered: it does not know this title. An answer, not a failure.

    `soft`: this miss is known to be unreliable (every TVDB 404), so it must repeat before it counts.
    """

    def __init__(self, detail: str, *, soft: bool = False) -> None:
        self.soft = soft
        super().__init__(detail)
