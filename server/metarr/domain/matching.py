"""How well a found title fits the words that were searched, as named penalties that can be shown.

A score is 1.0 for a perfect fit; each penalty takes its part away. Weights are data.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from metarr.domain.values import Struct

PENALTIES = {
    "title": 0.6,
    "alternative_title": 0.03,
    "year_unknown": 0.1,
    "year_off_by_one": 0.06,
    "year": 0.45,
    "country": 0.15,
    "provider_rank": 0.02,
}
"""What each fault takes away at most. A year off by one is common: festivals, countries, time zones."""

ACCEPT = 0.85
"""A title at least this good may be taken without asking the owner …"""

LEAD = 0.1
"""… if the next best title is worse by at least this much."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What is searched. `year` 0: unknown. `country`: ISO 3166-1 alpha-2, "" for unknown."""

    title: str
    year: int = 0
    country: str = ""


class FoundTitle(Struct, frozen=True, kw_only=True):
    """A title that was found: every name it goes by, the main one first, then its original one."""

    titles: tuple[str, ...]
    year: int = 0
    countries: tuple[str, ...] = ()
    rank: int = 0


class Score(Struct, frozen=True, kw_only=True):
    """How well a title fits, and what was taken away for what."""

    value: float
    penalties: dict[str, float]


_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
NUMBERS = {word: str(number) for number, word in enumerate(_WORDS, 1)} | _ROMAN
LAST_NUMBERS = {"i": "1", "v": "5", "x": "10"}
"""Roman numbers that are ordinary letters anywhere but at the end of a title."""

_ARTICLE_LAST = re.compile(r"^(.*), (the|a|an|der|die|das|le|la|les|el|los)$", re.IGNORECASE)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_REMARK = re.compile(r"^(.*\S)\s*\((?:((?:18|19|20)\d\d)|(USA|(?![IVXLCDM]{2})[A-Z]{2}))\)$")
_COUNTRIES = {"UK": "GB", "USA": "US"}


def title_key(title: str) -> str:
    """A title reduced to what matters: no case, accents, punctuation; "Matrix, The" is "The Matrix", II is 2.

    A title of nothing but punctuation stays as it is.
    """
    moved = _ARTICLE_LAST.sub(r"\2 \1", title.strip())
    joined = _INITIALS.sub(lambda match: match[0].replace(".", ""), re.sub("['’`]", "", moved))
    plain = unicodedata.normalize("NFKD", joined.replace("&", " and ").casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [NUMBERS.get(word, word) for word in re.findall(r"\w+", plain)]
    if len(words) > 1:
        words[-1] = LAST_NUMBERS.get(words[-1], words[-1])
    return " ".join(words) or title.strip().casefold()


def likeness(one: str, other: str) -> float:
    """How much two titles are alike, 0 to 1. A title with another year or number in it is another title."""
    a, b = title_key(one), title_key(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return 0.5 * SequenceMatcher(None, a, b).ratio()
    return 0.95 * SequenceMatcher(None, a, b).ratio()


def score(wanted: Wanted, found_title: FoundTitle) -> Score:
    """How well a found title fits what is wanted.

    A remark such as in "Dallas (2012)" or "Shameless (US)" is no part of the title, but evidence where no other is.
    """
    name, year, country = _remark(wanted.title)
    titles = [_remark(title) for title in found_title.titles]
    its_year = found_title.year or max((year for _, year, _ in titles), default=0)
    countries = found_title.countries or tuple(country for _, _, country in titles if country)
    wanted_year, wanted_country = wanted.year or year, _COUNTRIES.get(wanted.country, wanted.country) or country
    likenesses = [likeness(name, title) for title, _, _ in titles] or [0.0]
    best = max(likenesses)
    penalties = {"title": PENALTIES["title"] * (1 - best)}
    if best > likenesses[0]:
        penalties["alternative_title"] = PENALTIES["alternative_title"]
    penalties |= _year_penalty(wanted_year, its_year, exact=best == 1.0)
    if wanted_country and countries and wanted_country not in countries:
        penalties["country"] = PENALTIES["country"]
    if found_title.rank:
        penalties["provider_rank"] = PENALTIES["provider_rank"] * min(1.0, found_title.rank / 10)
    kept = {name: round(part, 4) for name, part in penalties.items() if part > 0}
    return Score(value=round(max(0.0, 1.0 - sum(kept.values())), 4), penalties=kept)


def without_remark(wanted: Wanted) -> Wanted:
    """The words as a search takes them: "Dallas (2012)" is Dallas of 2012."""
    title, year, country = _remark(wanted.title)
    return Wanted(title=title, year=wanted.year or year, country=wanted.country or country)


def _remark(title: str) -> tuple[str, int, str]:
    """A title without the remark at its end, and the year or country that the remark names."""
    match = _REMARK.match(title.strip())
    if match is None:
        return title, 0, ""
    return match[1], int(match[2] or 0), _COUNTRIES.get(match[3], match[3] or "")


def _year_penalty(wanted: int, year: int, *, exact: bool) -> dict[str, float]:
    """A title that only resembles the wanted one needs a year to confirm it; one that is the same does not."""
    if not wanted:
        return {} if exact else {"year_unknown": PENALTIES["year_unknown"]}
    if not year:
        return {"year_unknown": PENALTIES["year_unknown"]}
    apart = abs(wanted - year)
    if apart == 0:
        return {}
    return {"year_off_by_one": PENALTIES["year_off_by_one"]} if apart == 1 else {"year": PENALTIES["year"]}


def clear_winner(scores: Iterable[float]) -> int | None:
    """The place of the one title that may be taken without asking; None where none is good enough, or two are."""
    ranked = sorted(enumerate(scores), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < ACCEPT:
        return None
    if len(ranked) > 1 and round(ranked[0][1] - ranked[1][1], 4) < LEAD:  # 1.0 - 0.9 is a little less than 0.1
        return None
    return ranked[0][0]
