"""The numbers in an episode's name: season and episodes, a day, or a number alone."""

import re
from datetime import date
from enum import IntEnum
from typing import NamedTuple


class Sureness(IntEnum):
    """How surely numbers mean an episode, and are no part of a film's title."""

    BARE = 1
    """A number that stands first or last: an episode only within a series, as "07 - Home"."""
    WORD = 2
    """Episode 4: films are called so, too."""
    ALONE = 3
    """E04, Folge 4, "[Group] Show - 04"."""
    SEASON = 4
    """S01E04, 1x04: always."""


class Numbers(NamedTuple):
    """What was read. `season` None: not told. `before`, `rest`: the text in front of the numbers, and behind them."""

    sureness: Sureness
    season: int | None
    episodes: tuple[int, ...]
    before: str
    rest: str


MOST_IN_A_FILE = 60
"""Episodes of one file; what spans more is something else."""

SEASON_WORDS = (
    "season|series|staffel|saison|temporada|stagione|seizoen|sezonul|sezona?|sezóna|séria|säsong|sæson|sesong|kausi|"
    "évad|сезон|сезона|σεζόν|κύκλος|시즌|シーズン|musim|mùa|الموسم|עונה"
)
EPISODE_WORDS = (
    "episodes?|episodi[oe]|épisodes?|episodul|folgen?|cap|capitulo|capítulo|aflevering|avsnitt|afsnit|odcinek|jakso|bölüm|"
    "díl|diel|rész|серия|эпизод|серія|επεισόδιο|에피소드|tập|الحلقة|פרק"
)
_E = rf"(?:{EPISODE_WORDS}|ep?)"
_GAP = r"[ ._-]*"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_MORE = rf"((?:[ ._]*[-+&~,]?[ ._]*(?:s\d{{1,4}})?[ ._]*(?:e|ep)\d{{1,4}}|[-+&~]\d{{1,4}}(?![\dpix])(?!\.\d{_END}))*)"


def _all(*patterns: str) -> tuple["re.Pattern[str]", ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_WITH_SEASON = _all(
    # Of Spanish releases: "Cap.103" is the third one of the first season.
    rf"{_START}cap[ ._]*(\d{{1,2}})(\d\d)(?!\d)()",
    rf"{_START}s(?:e|eason)?[ ._]?(\d{{1,4}}){_GAP}{_E}[ ._]?(\d{{1,4}})(?!\d){_MORE}",
    rf"{_START}(?:{SEASON_WORDS}){_GAP}(\d{{1,4}})[ ._,-]*{_E}{_GAP}(\d{{1,4}})(?!\d)()",
    rf"{_START}(\d{{1,2}})(?:st|nd|rd|th)?\.?[ ._-]?(?:{SEASON_WORDS})[ ._,-]*{_E}{_GAP}(\d{{1,4}})(?!\d)()",
    rf"{_START}(\d{{1,2}})(?:st|nd|rd|th)?\.?[ ._-]?(?:{SEASON_WORDS})[ ._]+-[ ._]+(\d{{1,3}})(?![\dp])()",
    r"第\s*(\d{1,2})\s*[季期]\s*第\s*(\d{1,4})\s*[集話话回]()",
    rf"{_START}(\d{{1,2}})x(\d{{2,3}})(?!\d)(?![ip]{_END})"
    r"((?:[-+&_ ]*(?:\d{1,2})?x\d{2,3}|[-+&]\d{2,3}(?![\dip]))*)",
    rf"{_START}(?:s|(?:{SEASON_WORDS})[ ._]?)(\d{{1,2}})[ ._]+-[ ._]+(\d{{1,3}})(?![\dp])()",
)
_WITHOUT_SEASON = (
    (
        Sureness.ALONE,
        _all(
            rf"{_START}(?:e|ep\.?[ _]?)(\d{{1,4}})(?!\d)(?![ip]{_END}){_MORE}",
            rf"{_START}(?:folgen?|aflevering|avsnitt|afsnit|odcinek|jakso|bölüm|díl|diel|rész|серия){_GAP}(\d{{1,4}})(?!\d)()",
            rf"{_START}(\d{{1,4}})\.? ?(?:серия|bölüm|rész|díl|avsnitt|jakso){_END}()",
            r"第\s*(\d{1,4})\s*[集話话回]()",
            r"^\s*\[[^\[\]]+\].*?[ ._]-[ ._](\d{1,4})(?:v\d)?(?=[ ._]*(?:[\[(]|$))()",
        ),
    ),
    (
        Sureness.WORD,
        _all(rf"{_START}(?:{EPISODE_WORDS}){_GAP}(\d{{1,4}})(?!\d)(?!\.\d)()", r"(?<!\w)# ?(\d{1,4})(?!\d)()"),
    ),
)
_SPECIAL = re.compile(rf"{_START}(?:sp|special)[ ._-]?(\d{{1,3}})(?!\d)", re.IGNORECASE)
_BARE = (
    # "07 - Home", "07.Home", "05v2 [1080p]", "01-02"; not the 5 of "05.5 - What happened so far".
    re.compile(
        r"^[ ._-]*\[?(\d{1,4})(?:v\d)?\]?([-+&]\d{1,4}(?!\d))?(?=[ ._]*(?:$|[-–—:\[(])|[ ._]+(?!\d+(?:[ ._]|$)))"
    ),
    re.compile(r"[ ._]+[-–][ ._]+(\d{1,4})(?:v\d)?()(?=[ ._]*(?:$|[\[(]|[-–][ ._]))", re.IGNORECASE),
)
_LAST = re.compile(r"(?<=[ ._-])(\d{1,4})(?:v\d)?(?=[ ._]*(?:[\[(].*)?$)", re.IGNORECASE)
_DAYS = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)([-._ ]?)(\d\d)\2(\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(\d{1,2})([-._ ])(\d{1,2})\2((?:19|20)\d\d)(?!\d)"),
)


def with_season(text: str) -> Numbers | None:
    """Season and episodes, wherever they stand."""
    for pattern in _WITH_SEASON:
        for match in pattern.finditer(text):
            return _numbers(Sureness.SEASON, text, match, _several(int(match[2]), match[3]), int(match[1]))
    return None


def without_season(text: str) -> Numbers | None:
    """An episode's number that a word, or the group in front, marks as one."""
    for sureness, patterns in _WITHOUT_SEASON:
        for pattern in patterns:
            if (match := pattern.search(text)) and not _is_year(match[1]):
                return _numbers(sureness, text, match, _several(int(match[1]), match[2]))
    return None


def special(text: str) -> Numbers | None:
    """An episode of season 0: "SP01"."""
    match = _SPECIAL.search(text)
    return _numbers(Sureness.ALONE, text, match, (int(match[1]),), 0) if match else None


def bare(text: str) -> Numbers | None:
    """A number that stands first, or behind a dash. The series' name is cut off `text`: "24" is one, and "1883"."""
    for pattern in _BARE:
        if (match := pattern.search(text)) and not _is_year(match[1]):
            return _numbers(Sureness.BARE, text, match, _several(int(match[1]), match[2] or ""))
    return None


def last(text: str) -> Numbers | None:
    """A number that stands last, as in "Home 07"; only several files of one name tell it from "Area 51"."""
    match = _LAST.search(text)
    if match is None or _is_year(match[1]):
        return None
    return _numbers(Sureness.BARE, text, match, (int(match[1]),))


def day(text: str) -> str:
    """A day in a name, in ISO 8601; "" for none, or where day and month could be either ("05-03-2024")."""
    return next((date for pattern in _DAYS for match in pattern.finditer(text) if (date := _iso(match))), "")


def has_day(text: str) -> bool:
    """Whether three numbers stand there as those of a day do, whichever day it is."""
    return any(pattern.search(text) for pattern in _DAYS)


def without_day(text: str) -> str:
    """The text in front of the day."""
    return next((text[: match.start()] for pattern in _DAYS for match in pattern.finditer(text) if _iso(match)), text)


def _numbers(
    sureness: Sureness, text: str, match: "re.Match[str]", episodes: tuple[int, ...], season: int | None = None
) -> Numbers:
    return Numbers(sureness, season, episodes, text[: match.start()], text[match.end() :])


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and 1900 <= int(digits) <= 2099


_NEXT = re.compile(r"([-~]?)[^\d]*?(?:s\d+[ ._]*|\d+(?=x))?(?:e|ep|x)?(\d+)(?![\dx])", re.IGNORECASE)


def _several(first: int, more: str) -> tuple[int, ...]:
    """The episodes of a file: 1, 3 of "E01E03", and 1, 2, 3 of "E01-E03"."""
    episodes = [first]
    for glue, digits in _NEXT.findall(more):
        number = int(digits)
        if episodes[-1] < number < first + MOST_IN_A_FILE:
            episodes += range(episodes[-1] + 1, number) if glue else ()
            episodes.append(number)
    return tuple(episodes)


def _iso(match: "re.Match[str]") -> str:
    first, middle, other = int(match[1]), int(match[3]), int(match[4])
    if first > 1000:
        choices = [(first, middle, other)]
    else:
        choices = [(other, middle, first)] if match[2] == "." else [(other, middle, first), (other, first, middle)]
    days = {date for choice in choices if (date := _valid(*choice))}
    return days.pop() if len(days) == 1 else ""


def _valid(year: int, month: int, day_of_month: int) -> str:
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        return ""
