"""Times as a person writes them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import typer

_SPANS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, option: str, now: datetime | None = None) -> str:
    """A time in UTC as ISO text, from a date or a time (of this machine's zone, where it names none), or from how long
    ago it was: 90m, 36h, 2d, 1w. Raises BadParameter."""
    text = text.strip()
    if span := re.fullmatch(r"(\d{1,6}) ?([mhdw])(?: ago)?", text, re.ASCII):
        ago = timedelta(**{_SPANS[span[2]]: int(span[1])})
        return _read_as(lambda: (now or datetime.now(UTC)) - ago, text, option)
    return _read_as(lambda: datetime.fromisoformat(text).astimezone(UTC), text, option)


def _read_as(read: Callable[[], datetime], text: str, option: str) -> str:
    try:
        return read().isoformat()
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text[:60]!r} is no time such as 2026-03-01, 2026-03-01T18:00, 36h or 2d", param_hint=option
        ) from None
