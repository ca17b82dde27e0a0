"""The second witness: whether an answer is about the title that a file or a player gave the id of.

An id is easily wrong where it was copied: a series that Kodi exported with TMDB's number in the place of TheTVDB's led
to another series there. So besides the id a name or a year has to agree. Who contradicts is not believed; what is
unknown contradicts nothing. Checked against 5,432 films of which two sources tell (2 of them held back by this) and
20,000 pairs of strangers (96.7 % caught); a score with a floor held back 2.2 %, every title in an unknown language
among them. What is held then has a name that the answer does not know, and nearly always the year beside: so that year
is no contradiction where films are few. Of invented pairs 0.08 % are held, not 0.17 %; of real strangers one in a
thousand more gets through. Were it none today either, nearly one in ten would.
"""

import re
from collections.abc import Iterable

from metarr.domain.matching import likeness, title_key
from metarr.domain.outcome import Fragment
from metarr.domain.values import Struct

ALIKE = 0.6
"""From this likeness on two names may be of one title."""

YEARS_APART = 1
"""Years that one title may have by different sources: festivals, countries, time zones."""

CROWDED_SINCE = 1990
"""Since this year so many films were made that one of the year beside is likely another; before, the years that are
told of one title differ more often than two titles are that near each other."""

YEARS_TO_SHOW = 3
"""A namesake further off than this is shown to the owner, though it is believed."""


class NamesAndYears(Struct, frozen=True, kw_only=True):
    """By which names a title goes, the main one first, and the years that are said of it. Either may be unknown."""

    titles: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def __str__(self) -> str:
        title = self.titles[0] if self.titles else "a title without a name"
        return f"{title} ({self.years[0]})" if self.years else title


def names_of(fragment: Fragment) -> NamesAndYears:
    """The names by which a provider knows a title: main, original, translated, alternative."""
    main = [text.value for text in fragment.texts.get("title", ())]
    main += [each for name in ("title", "original_title") if isinstance(each := fragment.values.get(name), str)]
    titles = tuple(dict.fromkeys(title for title in (*main, *fragment.titles) if title))
    return NamesAndYears(titles=titles, years=years_of(fragment))


def years_of(fragment: Fragment) -> tuple[int, ...]:
    """The year of the first release, then that of the one here; nothing where the provider does not say."""
    year, date = fragment.values.get("year"), fragment.values.get("release_date")
    released = int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else 0
    return tuple(dict.fromkeys(each for each in (year, released) if isinstance(each, int) and each))


def together(several: Iterable[NamesAndYears]) -> NamesAndYears:
    """What several say of one title."""
    several = tuple(several)
    return NamesAndYears(
        titles=tuple(dict.fromkeys(title for each in several for title in each.titles)),
        years=tuple(dict.fromkeys(year for each in several for year in each.years)),
    )


# What it testifies


def contradicts(given: NamesAndYears, said: NamesAndYears) -> bool:
    """Whether no name is alike and no year agrees, of those that are known on both sides."""
    if not (given.years and said.years) or not (given.titles and said.titles):
        return False
    if any(_agree(mine, theirs) for mine in given.years for theirs in said.years):
        return False
    return not _some_alike(given, said)


def confirms(given: NamesAndYears, said: NamesAndYears) -> bool:
    """Whether a name is alike within a year; where no year is known, whether it is the same."""
    apart = _years_apart(given, said)
    if apart is None:
        keys = {title_key(bare(title)) for title in given.titles}
        return any(title_key(bare(title)) in keys for title in said.titles)
    return apart <= YEARS_APART and _some_alike(given, said)


def is_namesake(given: NamesAndYears, said: NamesAndYears) -> bool:
    """Whether it may be another title of the same name: a remake is seldom of the same years."""
    apart = _years_apart(given, said)
    return apart is not None and apart > YEARS_TO_SHOW and _some_alike(given, said)


def _agree(one: int, other: int) -> bool:
    """Whether two years may be told of one title of which the names do not agree."""
    return abs(one - other) <= (YEARS_APART if min(one, other) < CROWDED_SINCE else 0)


def _years_apart(given: NamesAndYears, said: NamesAndYears) -> int | None:
    """None where a year is unknown."""
    return min((abs(mine - theirs) for mine in given.years for theirs in said.years), default=None)


# NamesAndYears


def _some_alike(given: NamesAndYears, said: NamesAndYears) -> bool:
    return any(alike(mine, theirs) for mine in given.titles for theirs in said.titles)


def alike(one: str, other: str) -> bool:
    """Whether two names may be of one title: equal, much alike, or all words of one in the other; "Léon" is "Léon: The
    Professional"."""
    one, other = bare(one), bare(other)
    mine, theirs = set(title_key(one).split()), set(title_key(other).split())
    if mine and theirs and (mine <= theirs or theirs <= mine):
        return True
    return likeness(one, other) >= ALIKE


_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\})")
_EDITION = re.compile(
    r"[\s:,\u2013-]+(?:the\s+)?"
    r"(?:(?:(?:director'?s|extended|special|ultimate|collector'?s|theatrical|final|anniversary|international|limited)\s+)+"
    r"(?:cut|edition|version)|extended|unrated|uncut|remastered|restored|redux|imax|3d|4k|uhd)\s*$",
    re.IGNORECASE,
)
_ARTICLES = frozenset({"", "the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los"})


def bare(title: str) -> str:
    """A name without editions and remarks: "Blade Runner" for "Blade Runner [1080p] - The Final Cut". A name that is
    nothing else stays."""
    for pattern in (_BRACKETS, _EDITION):
        left = pattern.sub("", title.replace("\u2019", "'")).strip()
        title = title if left.lower() in _ARTICLES else left
    return title
