"""Times as the daemon tells them."""

from __future__ import annotations

from datetime import datetime, timezone


def now_here() -> datetime:
    """Now, by the owner's clock on the wall."""
    return datetime.now(timezone.utc).astimezone()


def moment(text: str) -> datetime:
    """An RFC 3339 time in UTC, to the second. Raises ValueError."""
    # Of what Python 3.8 reads only this is safe: interpreters of one process share a `strptime` that breaks.
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)
