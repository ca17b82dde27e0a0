"""What can come of a call but an answer. The class says what the caller can do; the text is for a person to read.

No text ever holds the access token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

DOMAIN = "metarr"

MOST_WORDS = 1000
"""Characters of a sentence that a daemon says. It comes into logs and on screens."""


class Violation(NamedTuple):
    """One thing wrong with a request: `field` in the request's own path notation, such as `items[0].year`."""

    field: str
    description: str


class RpcError(Exception):
    """A call that failed.

    `code` is the status as Connect spells it, such as "not_found"; `reason` the daemon's machine-readable one, "" where
    it gave none; `retry_after` the seconds until it makes sense to try again, None where nobody knows.
    """

    def __init__(
        self,
        code: str,
        message: str,
        reason: str = "",
        violations: tuple[Violation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.reason = code, message, reason
        self.violations, self.retry_after = violations, retry_after


class Unreachable(RpcError):
    """No daemon could be talked to. `why` is

    - `name`: the host's name is unknown
    - `refused`: nothing listens there
    - `network`: there is no way to that machine
    - `timeout`: nobody answers there, or what answered fell silent
    - `certificate`: its certificate cannot be trusted, or the own certificates cannot be read
    - `tls`: it does not speak TLS
    - `lost`: the connection broke
    - `gateway`: a proxy answers in its stead that it is away
    """

    def __init__(self, why: str, message: str) -> None:
        super().__init__("unavailable", message)
        self.why = why


class TimedOut(RpcError):
    """The daemon did not answer in the caller's time; what was asked may yet be done."""


class BadAnswer(RpcError):
    """What answers at the address is no Metarr daemon, or something between garbles it."""

    def __init__(self, message: str) -> None:
        super().__init__("unknown", message)


class WrongToken(RpcError):
    """The access token is missing or is not the daemon's."""


class TooOld(RpcError):
    """The daemon does not have this method: it is older than this adapter."""


class Limited(RpcError):
    """Too much was asked, of the daemon or by it of its providers; `retry_after` tells when it may be less."""


class Closed(RpcError):
    """The client was closed from this side."""

    def __init__(self) -> None:
        super().__init__("canceled", "the connection to the daemon was closed from this side")


_CLASSES: dict[str, type[RpcError]] = {
    "unauthenticated": WrongToken,
    "unimplemented": TooOld,
    "resource_exhausted": Limited,
    "deadline_exceeded": TimedOut,
}


def error_of(body: object) -> RpcError | None:
    """The error that a daemon told in JSON, as Connect has it; None: this is no such error."""
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        return None
    code, message = body["code"], body.get("message")
    reason, violations, retry_after = "", [], None
    for kind, shown in _details(body.get("details")):
        if kind == "ErrorInfo" and shown.get("domain") == DOMAIN:
            reason = _text(shown.get("reason"))
        elif kind == "BadRequest":
            violations += _violations(shown.get("fieldViolations"))
        elif kind == "RetryInfo":
            retry_after = _seconds(shown.get("retryDelay"))
    return _CLASSES.get(code, RpcError)(
        code[:MOST_WORDS], _sentence(message) or code[:MOST_WORDS], reason, tuple(violations), retry_after
    )


def _details(raw: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """The details that can be read without protobuf, by type name without its package."""
    for detail in raw if isinstance(raw, list) else ():
        if isinstance(detail, dict) and isinstance(detail.get("debug"), dict):
            yield _text(detail.get("type")).rpartition(".")[2], detail["debug"]


def _violations(raw: object) -> list[Violation]:
    return [
        Violation(_text(each.get("field")), _sentence(each.get("description")))
        for each in (raw if isinstance(raw, list) else ())
        if isinstance(each, dict)
    ]


def _seconds(raw: object) -> float | None:
    """A duration as JSON has it, such as "90s" or "1.500s"."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?)s", _text(raw), re.ASCII)
    return float(match[1]) if match else None


def _sentence(raw: object) -> str:
    """In one line, whatever is told."""
    return " ".join(_text(raw)[:MOST_WORDS].split())


def _text(raw: object) -> str:
    return raw if isinstance(raw, str) else ""
