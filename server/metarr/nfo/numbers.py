"""Numbers, times and days as files write them. Each is read whole or not at all: half a number is another number."""

import re
from collections.abc import Callable
from datetime import date

# Amounts

_DECIMAL = r"\d{1,6}(?:[.,]\d{1,9})?"
_RATING = re.compile(rf"({_DECIMAL}) ?(?:(%)|(?:/|out of|of|von|sur) ?({_DECIMAL}))?", re.ASCII | re.IGNORECASE)


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def rating(text: str, best: str, scale: int) -> float | None:
    """A rating as one of `scale`: "7.4", "7,4", "7.4/10", "74%". `best`: the greatest one, where the text has none;
    "": none is said. None where there is no rating, or one better than the best."""
    match = _RATING.fullmatch(text)
    limit = match and (100.0 if match[2] else amount(match[3] or best or str(scale)))
    if not match or not limit:
        return None
    value = _decimal(match[1])
    return value * scale / limit if 0 < value <= limit else None


def amount(text: str) -> float | None:
    """A number above 0, with decimals or without; None for anything else."""
    return (_decimal(text) or None) if re.fullmatch(_DECIMAL, text, re.ASCII) else None


_GROUPED = re.compile(r"\d{1,3}(?:([.,' ’_])\d{3})(?:\1\d{3}){0,4}|\d{1,2}(?:,\d{2}){1,4},\d{3}", re.ASCII)
_COUNT = re.compile(
    r"([\d.,' ’_]*\d) ?([km])? ?(?:votes?|ratings?|users?|reviews?|stimmen|votos|voix)?", re.ASCII | re.IGNORECASE
)
_UNITS = {"": 1, "k": 1000, "m": 1_000_000}


def count(text: str) -> int | None:
    """How many, above 0: "1234", "1,234", "1.234.567", "1 234 votes", "12,3K"; None for anything else."""
    match = _COUNT.fullmatch(text)
    if match is None:
        return None
    digits, unit = match[1], _UNITS[(match[2] or "").lower()]
    if re.fullmatch(r"\d{1,15}", digits) or _GROUPED.fullmatch(digits):
        return int(re.sub(r"\D", "", digits)) * unit or None
    decimals = re.fullmatch(r"\d{1,6}[.,]\d{1,2}", digits)
    value = _decimal(digits) * unit if decimals else 0
    return int(value) or None if value == int(value) else None


def whole(text: str) -> int | None:
    """The number of a season or an episode, 0 as well; None for anything else."""
    match = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?", text, re.ASCII)
    return int(match[1]) if match else None


# Times

_HOURS = r"h|hrs?|hours?|std|stunden?|heures?|ore|ora|horas?|uur|tim"
_MINUTES = r"m|mins?|minutes?|minuten|minuti|minutos?|mn|'|′"
_SECONDS = r"s|secs?|seconds?|sek|sekunden"
_SPOKEN = re.compile(
    rf"(?:(?P<h>{_DECIMAL}) ?(?:{_HOURS})\.?)? ?,? ?(?:and|und|et|e|y)? ?"
    rf"(?:(?P<m>\d{{1,5}}) ?(?:{_MINUTES})\.?)? ?,? ?(?:(?P<s>\d{{1,6}}) ?(?:{_SECONDS})\.?)?",
    re.ASCII | re.IGNORECASE,
)
_HOUR_AND = re.compile(rf"(?P<h>\d{{1,3}}) ?(?:{_HOURS})\.? ?(?P<m>\d{{1,2}})", re.ASCII | re.IGNORECASE)
_PERIOD = re.compile(r"P(?:0D)?T(?:(?P<h>\d{1,3})H)?(?:(?P<m>\d{1,5})M)?(?:(?P<s>\d{1,6})(?:\.\d+)?S)?", re.IGNORECASE)
_CLOCK = re.compile(r"(?P<h>\d{1,2}):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?:\.\d+)?", re.ASCII)
# Where the first part is no hour that a film takes, it may be minutes and seconds.
_SHORT_CLOCK = re.compile(r"(?P<h>0?\d):(?P<m>[0-5]\d)", re.ASCII)
_ONLY_MINUTES = re.compile(r"(\d{1,5})(?:[.,]\d{1,2})?(?: ?min)?|(\d{1,2})[., ](\d{3})(?: ?min)?", re.ASCII)


def minutes(text: str) -> int | None:
    """How long it runs, above 0: "118", "118 min", "1h 58m", "1:58:00", "PT1H58M", "7080 s"; None for anything else."""
    if match := _ONLY_MINUTES.fullmatch(text):
        return int(match[1] or match[2] + match[3]) or None
    for form in (_SPOKEN, _HOUR_AND, _PERIOD, _CLOCK, _SHORT_CLOCK):
        if match := form.fullmatch(text):
            units = {"m": "0", "s": "0"} | match.groupdict("0")
            return round(_decimal(units["h"]) * 60 + int(units["m"]) + int(units["s"]) / 60) or None
    return None


# Days

_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str, str]]], ...] = (
    (re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?:[T ].*)?", re.ASCII), lambda m: (m[1], m[3], m[4])),
    (re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII), lambda m: (m[1], m[2], m[3])),
    # Dots stand in days that begin with the day; where slashes do, nobody knows.
    (re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.ASCII), lambda m: (m[3], m[2], m[1])),
)
FIRST_YEAR, LAST_YEAR = 1870, 2200
"""No film is older; what is, stands where no day is, such as 1601-01-01."""


def day(text: str) -> str:
    """A day as YYYY-MM-DD; "" where it is none, or half of one."""
    for form, parts in _FORMS:
        if match := form.fullmatch(text):
            try:
                read = date(*map(int, parts(match)))
            except ValueError:
                return ""
            return read.isoformat() if FIRST_YEAR <= read.year <= LAST_YEAR else ""
    return ""


def year(text: str) -> int:
    """The year, of a span the first: "1999", "1999-2003", "(1999)", "1999-10-15"; 0: unknown."""
    match = re.match(r"\(?(\d{4})(?!\d)", day(text) or text, re.ASCII)
    return int(match[1]) if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR else 0
