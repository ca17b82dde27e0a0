"""Names of folders that hold a season."""

import re
from typing import NamedTuple

from metarr.domain.matching import NUMBERS
from metarr.files.numbers import SEASON_WORDS
from metarr.files.words import is_label, readable, spaced


class Season(NamedTuple):
    """A season that a folder's name tells. `series`: the words in front of it, "" for none.

    `sure`: nothing but the season stands there: "Staffel 1", where "Series 7 - The Contenders" may be a film.
    """

    number: int
    series: str = ""
    sure: bool = True


_WORDED = "|".join(word for word in NUMBERS if len(word) > 2)
_NUMBER = rf"(\d{{1,4}}|{_WORDED})"
_AFTER = r"(?![^\W_])\s*(.*)"
_SEASON = (
    re.compile(rf"(.*?)(?<![^\W_])(?:{SEASON_WORDS})[ ._-]*{_NUMBER}{_AFTER}", re.IGNORECASE),
    re.compile(
        rf"(.*?)(?<![^\W_])(\d{{1,2}})(?:\.|ª|º|st|nd|rd|th|ème|e|\.ª)?[ ._-]*(?:{SEASON_WORDS}){_AFTER}", re.IGNORECASE
    ),
    re.compile(r"(.*?)(?<![^\W_])s[ ._-]?(\d{1,4})(?![^\W_])(?![ ._]*-[ ._]*s?\d{1,2}(?!\d))\s*(.*)", re.IGNORECASE),
    re.compile(r"(.*?)第\s*(\d{1,2}|[一二三四五六七八九十])\s*[季期]()(.*)"),
)
_CHINESE = {digit: str(number) for number, digit in enumerate("一二三四五六七八九十", 1)}
_SPECIALS_WORDS = (
    "specials|special|special episodes|sonderfolgen|spezial|spéciaux|épisodes spéciaux|hors-série|hors-séries|"
    "especiales|especial|speciali|speciale|specialer|спецвыпуски|特典"
)
_SPECIALS = frozenset(_SPECIALS_WORDS.split("|"))
_MANY = re.compile(
    r"^(?:(?:the )?complete(?: series| collection)?|all seasons|komplett|intégrale|"
    rf"(?:{SEASON_WORDS})[ns]?[ ._-]*\d{{1,2}}[ ._]*(?:-|to|bis|&|und|and)[ ._]*\d{{1,2}}|"
    r"s\d+[ ._]*-[ ._]*s?\d+)$",
    re.IGNORECASE,
)
_PACK = re.compile(
    r"(?<![^\W_])(?:s\d{1,2}[ ._]*-[ ._]*s?\d{1,2}|(?:the )?complete series)(?![^\W_]).*$", re.IGNORECASE
)


def season(name: str) -> Season | None:
    """The season that a folder's name tells, alone or after the name of its series."""
    text = spaced(readable(name))
    if _MANY.match(text):
        return None
    for pattern in _SEASON:
        if match := pattern.fullmatch(text):
            number_word = match[2].lower()
            number = int(_CHINESE.get(number_word) or NUMBERS.get(number_word) or number_word)
            rest = match[match.re.groups].strip(" -–._")
            sure = is_label(rest.strip("()[]"))
            # The bracket in front of "[Group] Dark S2" is the group's.
            return Season(number, match[1].lstrip(" -–._").rstrip(" -–._[("), sure)
    return None


def is_specials(name: str) -> bool:
    """Whether a folder within a series holds its season 0 by name."""
    return spaced(readable(name)).strip(" -").casefold() in _SPECIALS


def year(name: str) -> int:
    """The year that is all of a folder's name; 0 where it is none."""
    return int(name) if re.fullmatch(r"(19|20)\d\d", name.strip(), re.ASCII) else 0


def number(name: str) -> int | None:
    """The number of at most two digits that is all of a folder's name."""
    return int(name) if re.fullmatch(r"\d{1,2}", name.strip(), re.ASCII) else None


def is_many(name: str) -> bool:
    """Whether a folder's name tells several seasons and nothing else: "Seasons 1-3", "Complete Series"."""
    return _MANY.match(spaced(readable(name))) is not None


def without_pack(name: str) -> str:
    """A name without the seasons that a package of several has: "Dark.S01-S03.1080p" is "Dark"."""
    return _PACK.sub("", spaced(name))
