"""Times as the daemon tells them, seen from now, in the owner's language."""

from __future__ import annotations

from datetime import datetime

from metarr_adapter.moments import moment
from metarr_kodi import menu_texts
from metarr_kodi.port import Port

_UNITS = (
    (365 * 86400, menu_texts.YEAR, menu_texts.YEARS),
    (30 * 86400, menu_texts.MONTH, menu_texts.MONTHS),
    (86400, menu_texts.DAY, menu_texts.DAYS),
    (3600, menu_texts.HOUR, menu_texts.HOURS),
    (60, menu_texts.MINUTE, menu_texts.MINUTES),
)
_DAY = 86400.0


def age(port: Port, text: str, now: datetime) -> str:
    """How old something is: "3 days old"; "" where nobody knows."""
    return _seen(port, text, now, menu_texts.OLD)


def when(port: Port, text: str, now: datetime) -> str:
    """When something was, or will be: "2 hours ago", "in 5 minutes"; "" where nobody knows."""
    return _seen(port, text, now, menu_texts.AGO)


def until(port: Port, text: str, now: datetime) -> str:
    """Until when something lasts: the time of day, in the zone of `now`, where that is clear, else "in 3 days"."""
    end = moment(text)
    if (end - now).total_seconds() > _DAY:
        return when(port, text, now)
    return end.astimezone(now.tzinfo).strftime("%H:%M")


def _seen(port: Port, text: str, now: datetime, past: int) -> str:
    if not text:
        return ""
    seconds = (moment(text) - now).total_seconds()
    if abs(seconds) < 60:
        return port.text(menu_texts.JUST_NOW)
    return port.text(menu_texts.IN if seconds > 0 else past, span=_span(port, abs(seconds)))


def _span(port: Port, seconds: float) -> str:
    for length, one, several in _UNITS:
        if seconds >= length:
            count = int(seconds // length)
            return port.text(one) if count == 1 else port.text(several, count=count)
    return port.text(menu_texts.MINUTE)
