"""Answers about another title although no id contradicts, as where a provider's record bears a wrong external id."""

from collections.abc import Mapping
from itertools import combinations

from metarr.domain.item import Conflict
from metarr.domain.matching import likeness
from metarr.domain.outcome import Fragment
from metarr.domain.values import Struct

YEARS_APART = 1
"""Years that one title may have by different providers: festivals, countries, time zones."""

UNLIKE = 0.5
"""Titles less alike than this are other titles; translations of one often are, and so the year must differ as well."""


class _Words(Struct, frozen=True, kw_only=True):
    """How a provider calls a title, the main name first, and its year."""

    titles: tuple[str, ...]
    year: int

    def __str__(self) -> str:
        return f"{self.titles[0]} ({self.year})"


def strangers(fragments: Mapping[str, Fragment]) -> dict[str, Conflict]:
    """By provider, answers of which title and year both clearly differ from everybody else's, while two others agree.

    With fewer words to compare nobody is a stranger: who is wrong of two, nobody can tell.
    """
    years = {provider: year for provider, fragment in fragments.items() if (year := _year(fragment))}
    if len(years) < 3 or max(years.values()) - min(years.values()) <= YEARS_APART:
        return {}
    words = {
        provider: _Words(titles=titles, year=years[provider])
        for provider in sorted(years)
        if (titles := _titles(fragments[provider]))
    }
    found = {}
    for provider, told in words.items():
        others = [other for name, other in words.items() if name != provider]
        agreed = [one for one, other in combinations(others, 2) if _near(one, other) and _alike(one, other)]
        if agreed and not any(_near(told, other) or _alike(told, other) for other in others):
            found[provider] = Conflict(id_type="title", value=str(told), claimed_by=provider, held=str(agreed[0]))
    return found


def _year(fragment: Fragment) -> int:
    """0 where the provider does not tell."""
    date = fragment.values.get("release_date")
    return int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else 0


def _titles(fragment: Fragment) -> tuple[str, ...]:
    named = (fragment.values.get("title"), fragment.values.get("original_title"), *fragment.titles)
    return tuple(dict.fromkeys(title for title in named if isinstance(title, str) and title))


def _near(one: _Words, other: _Words) -> bool:
    return abs(one.year - other.year) <= YEARS_APART


def _alike(one: _Words, other: _Words) -> bool:
    return any(likeness(mine, theirs) >= UNLIKE for mine in one.titles for theirs in other.titles)
