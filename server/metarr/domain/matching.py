"""How well a found title fits the words that were searched, as named penalties that can be shown (design 4.6).

A score is 1.0 for a perfect fit; each penalty takes its part away. Weights are data.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from metarr.domain.model import Struct

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


class Found(Struct, frozen=True, kw_only=True):
    """A title that was found: every name it goes by, the main one first, then its original one."""

    titles: tuple[str, ...]
    year: int = 0
    countries: tuple[str, ...] = ()
    rank: int = 0


class Score(Struct, frozen=True, kw_only=True):
    """How well a title fits, and what was taken away for what."""

    value: float
    penalties: dict[str, float]


def title_key(title: str) -> str:
    """A title reduced to what matters: no case, accents, punctuation; "Matrix, The" is "The Matrix"."""
    moved = re.sub(r"^(.*), (the|a|an|der|die|das|le|la|les|el|los)$", r"\2 \1", title.strip(), flags=re.IGNORECASE)
    plain = unicodedata.normalize("NFKD", moved.replace("&", " and ").casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


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


def score(wanted: Wanted, found: Found) -> Score:
    """How well a found title fits what is wanted."""
    likenesses = [likeness(wanted.title, title) for title in found.titles] or [0.0]
    best = max(likenesses)
    penalties = {"title": PENALTIES["title"] * (1 - best)}
    if best > likenesses[0]:
        penalties["alternative_title"] = PENALTIES["alternative_title"]
    penalties |= _year_penalty(wanted.year, found.year)
    if wanted.country and found.countries and wanted.country not in found.countries:
        penalties["country"] = PENALTIES["country"]
    if found.rank:
        penalties["provider_rank"] = PENALTIES["provider_rank"] * min(1.0, found.rank / 10)
    kept = {name: round(part, 4) for name, part in penalties.items() if part > 0}
    return Score(value=round(max(0.0, 1.0 - sum(kept.values())), 4), penalties=kept)


def _year_penalty(wanted: int, found: int) -> dict[str, float]:
    if not wanted:
        return {}
    if not found:
        return {"year_unknown": PENALTIES["year_unknown"]}
    apart = abs(wanted - found)
    if apart == 0:
        return {}
    return {"year_off_by_one": PENALTIES["year_off_by_one"]} if apart == 1 else {"year": PENALTIES["year"]}


def clear_winner(scores: Iterable[float]) -> int | None:
    """The place of the one title that may be taken without asking; None where none is good enough, or two are."""
    ranked = sorted(enumerate(scores), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < ACCEPT:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < LEAD:
        return None
    return ranked[0][0]
