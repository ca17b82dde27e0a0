"""How well a found title fits the words that were searched, as named penalties that can be shown.

A score is 1.0 for a perfect fit; each penalty takes its part away. Weights are data.
"""

import operator
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile

from metarr.domain.values import Kind, Struct

PENALTIES = {
    "title": 0.6,
    "alternative_title": 0.03,
    "year_unknown": 0.16,
    "year_off_by_one": 0.06,
    "year": 0.45,
    "name_only": 0.16,
    "namesake": 0.1,
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
    """A title that was found: every name it goes by, the main one first, then its original one; and every year that
    somebody tells for it."""

    titles: tuple[str, ...]
    year: int = 0
    other_years: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    rank: int = 0


class Score(Struct, frozen=True, kw_only=True):
    """How well a title fits, and what was taken away for what."""

    value: float
    penalties: dict[str, float]


_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ROMAN = "- ii iii iv - vi vii viii ix - xi xii xiii xiv xv xvi xvii xviii xix"
"""From I on, without those that are ordinary letters."""

NUMBERS = {word: str(number) for row in (_WORDS, _ROMAN) for number, word in enumerate(row.split(), 1) if word != "-"}
LAST_NUMBERS = {"i": "1", "v": "5", "x": "10"}
"""Roman numbers that are ordinary letters anywhere but at the end of a title."""

_SHORTENED = {"vol": "volume", "pt": "part", "vs": "versus", "mr": "mister", "dr": "doctor", "st": "saint"}
"""Words that a title is written with or without: "Kill Bill: Vol. 1"."""

ARTICLES = frozenset({"the", "a", "an", "der", "das", "le", "les", "el", "los", "il"})
"""What may be left out before a title; not "die" and "la", which begin titles in English."""

_AND = re.compile(r"&|(?<=\s)\+(?=\s)")
ARTICLE_LAST = re.compile(
    r"^(.+?), ?(the|an?|der|die|das|le|la|les|l['’]|el|los|las|il|lo|gli|het|een|o|os|as)$", re.IGNORECASE
)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_REMARK = re.compile(r"^(.*\S)\s*\((?:((?:18|19|20)\d\d)|(USA|(?![IVXLCDM]{2})[A-Z]{2}))\)$")
_COUNTRY_LAST = re.compile(r"^(.*\S)\s+(USA?|UK)$")
_COUNTRIES = {"UK": "GB", "USA": "US"}


_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
})  # fmt: skip
"""Letters that are no other one with an accent, as they are written where there are none of them."""

_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""As German and Nordic ones are written there, too: "Der Oelprinz"."""


def title_key(title: str) -> str:
    """A title reduced to what matters: no case, accents, punctuation; "Matrix, The" is "The Matrix", II is 2.

    A title of nothing but punctuation stays as it is.
    """
    return " ".join(_folded(_written(title))) or title.strip().casefold()


@lru_cache(maxsize=4096)  # a search compares the same titles again and again
def _written(title: str) -> tuple[str, ...]:
    """The words of a title as they are written, without case, accents and punctuation."""
    moved = ARTICLE_LAST.sub(r"\2 \1", title.strip())
    joined = _INITIALS.sub(lambda match: match[0].replace(".", ""), re.sub("['’`]", "", moved))
    plain = unicodedata.normalize("NFKD", _AND.sub(" and ", joined).casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(re.findall(r"\w+", letters.translate(_LETTERS)))


def _in_two_letters(title: str) -> tuple[str, ...]:
    """The words with two letters for an umlaut."""
    return _written(unicodedata.normalize("NFC", title).casefold().translate(_TWO_LETTERS))


def _folded(written: tuple[str, ...]) -> tuple[str, ...]:
    """The words with every number as digits, and none shortened."""
    words = tuple(NUMBERS.get(word) or _SHORTENED.get(word, word) for word in written)
    return (*words[:-1], LAST_NUMBERS.get(words[-1], words[-1])) if len(words) > 1 else words


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


SAME, RESPELT, WITHOUT_ARTICLE, SLIP = 1.0, 0.97, 0.95, 0.84
"""How well titles agree that are one: as written or folded; with other letters or gaps, as "Se7en" and "WALL-E";
without an article; with one letter of a long word wrong."""

SHARE = 0.7
"""Other titles agree by the share of their common words, at most so much: too little to be taken for one another."""

LONG_WORD = 9
"""Letters of a word in which one may be wrong: "Incepton". In shorter ones it makes another word: "Man" and "Men",
"Contact" and "Contract"."""


def agreement(one: str, other: str) -> float:
    """How well two titles agree, 0 to 1: by words, as "Stone Man" is not "Stone Men", nor "The Wall" "Off the Wall"."""
    if not title_key(one) or not title_key(other):
        return 0.0
    if title_key(one) == title_key(other):
        return SAME
    a, b = _written(one), _written(other)
    if _respelt(a, b) or _respelt(_in_two_letters(one), b) or _respelt(a, _in_two_letters(other)):
        return RESPELT
    bare_a, bare_b = _without_article(a), _without_article(b)
    if (bare_a, bare_b) != (a, b) and (_folded(bare_a) == _folded(bare_b) or _respelt(bare_a, bare_b)):
        return WITHOUT_ARTICLE
    if len(a) == len(b) and sum(map(operator.ne, a, b)) == 1 and any(map(is_slip, a, b)):
        return SLIP
    common = Counter(_folded(a)) & Counter(_folded(b))
    return SHARE * 2 * common.total() / max(1, len(a) + len(b))


def _respelt(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two titles differ in their gaps alone, as "M*A*S*H" and "MASH", or in digits that stand for letters."""
    if not a or not b:
        return False
    return "".join(a) == "".join(b) or (len(a) == len(b) and all(map(_same_word, a, b)))


def _same_word(one: str, other: str) -> bool:
    if one == other or NUMBERS.get(one, one) == NUMBERS.get(other, other):
        return True
    return any(
        _DIGITS_AS_LETTERS.fullmatch(spelt) and re.fullmatch(re.sub(r"\d", "[a-z]", spelt), plain)
        for spelt, plain in ((one, other), (other, one))
    )


_DIGITS_AS_LETTERS = re.compile(r"[a-z]+(?:\d{1,2}[a-z]+)+")
"""A word such as "se7en" or "thir13en"; "3d" and "x2" are as they are written."""


def _without_article(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def is_slip(one: str, other: str, *, least: int = LONG_WORD, within: bool = True) -> bool:
    """Whether one letter of a long word is wrong, missing, too many or exchanged with the next.

    `least`: the letters that make a word a long one. `within`: at its ends it is another word, "Hunters" of "Hunter".
    """
    if max(len(one), len(other)) < least or not (one + other).isalpha():
        return False
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    near = max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])
    return near and (start > 0 < end or not within)


def _alike(one: str, other: str) -> int:
    """How many letters are the same from the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def score(wanted: Wanted, found_title: FoundTitle) -> Score:
    """How well a found title fits what is wanted.

    A remark such as in "Dallas (2012)" or "Shameless (US)" is no part of the title, but evidence where no other is.
    """
    name, year, country = _remark(wanted.title)
    titles = [_remark(title) for title in found_title.titles]
    its_year = found_title.year or max((year for _, year, _ in titles), default=0)
    countries = _countries(found_title)
    wanted_year, wanted_country = wanted.year or year, _COUNTRIES.get(wanted.country, wanted.country) or country
    names = [name]
    if (trailing := _COUNTRY_LAST.match(name)) and _COUNTRIES.get(trailing[2], trailing[2]) in countries:
        names.append(trailing[1])  # "The Office US", where it is not the title of a film about Us
    agreements = [max(agreement(each, title) for each in names) for title, _, _ in titles] or [0.0]
    best = max(agreements)
    penalties = {"title": PENALTIES["title"] * (1 - best)}
    if best > agreements[0]:
        penalties["alternative_title"] = PENALTIES["alternative_title"]
    years = (its_year, *found_title.other_years)
    penalties |= _year_penalty(wanted_year, min(years, key=lambda year: abs(year - wanted_year)), exact=best == SAME)
    if wanted_country and countries and wanted_country not in countries:
        penalties["country"] = PENALTIES["country"]
    if found_title.rank:
        penalties["provider_rank"] = PENALTIES["provider_rank"] * min(1.0, found_title.rank / 10)
    return _scored(penalties)


def _countries(found_title: FoundTitle) -> tuple[str, ...]:
    return found_title.countries or tuple(country for _, _, country in map(_remark, found_title.titles) if country)


def is_namesake(judged: Score, least: float = WITHOUT_ARTICLE) -> bool:
    """Whether the title has the wanted name, whatever its year. `least`: how well the names agree at least."""
    return judged.penalties.get("title", 0.0) <= PENALTIES["title"] * (1 - least) + 1e-9


OTHER_YEAR = frozenset({"year", "year_off_by_one", "year_unknown"})
"""The penalties of a title that is not known to be of the wanted year."""

COMMON = 3
"""So many titles of one name make it a common one: another of that name, of the year before, is no wonder."""


class Namesakes(Struct, frozen=True, kw_only=True):
    """How many titles of the wanted name were found, and whether one of them is of the very year."""

    count: int
    of_the_year: bool


def doubted(judged: Score, wanted: Wanted, found_title: FoundTitle, *, kind: Kind, names: Namesakes) -> Score:
    """The score less what speaks against taking the title for the wanted one, however well it fits.

    A name alone tells no film: a year, or a country, must tell it from namesakes that nobody here knows. Folders of
    series bear no year, and series have few namesakes: the only one of its very name that is known is taken for it.
    Where none of the very year is known, a year off by one tells nothing either if the name is common, or if it is not
    quite the wanted one: two faults are too many.
    """
    doubts = {}
    _, year, country = _remark(wanted.title)
    country = _COUNTRIES.get(wanted.country, wanted.country) or country
    by_country = country and country in _countries(found_title)
    if not (wanted.year or year or by_country) and (
        kind is not Kind.SERIES or names.count > 1 or "title" in judged.penalties
    ):
        doubts["name_only"] = PENALTIES["name_only"]
    if (
        "year_off_by_one" in judged.penalties
        and not names.of_the_year
        and (names.count >= COMMON or not is_namesake(judged, RESPELT))
    ):
        doubts["namesake"] = PENALTIES["namesake"]
    return _scored({**judged.penalties, **doubts}) if doubts else judged


def _scored(penalties: Mapping[str, float]) -> Score:
    kept = {name: round(part, 4) for name, part in penalties.items() if part > 0}
    return Score(value=round(max(0.0, 1.0 - sum(kept.values())), 4), penalties=kept)


def without_remark(wanted: Wanted) -> Wanted:
    """The words as a search takes them: "Dallas (2012)" is Dallas of 2012."""
    title, year, country = _remark(wanted.title)
    return Wanted(title=title, year=wanted.year or year, country=wanted.country or country)


def other_spelling(title: str) -> str:
    """The words as others may have written them, for providers that find whole words only; "" where there is no other
    way: "Fast & Furious" for "Fast and Furious" and the other way round, "MASH" for "M*A*S*H"."""
    other = re.sub(r"\band\b", "&", title) if re.search(r"\band\b", title) else re.sub(r"\s*&\s*", " and ", title)
    other = re.sub(r"(?<=\b\w)[^\w\s](?=\w\b)", "", other)
    other = " ".join(re.sub(r"[^\w\s&']", " ", other).split())
    return "" if other.casefold() == title.casefold() else other


def _remark(title: str) -> tuple[str, int, str]:
    """A title without the remark at its end, and the year or country that the remark names."""
    match = _REMARK.match(title.strip())
    if match is None:
        return title, 0, ""
    return match[1], int(match[2] or 0), _COUNTRIES.get(match[3], match[3] or "")


def _year_penalty(wanted: int, its_year: int, *, exact: bool) -> dict[str, float]:
    """A title that only resembles the wanted one needs a year to confirm it; one that is the same does not."""
    if not wanted:
        return {} if exact else {"year_unknown": PENALTIES["year_unknown"]}
    if not its_year:
        return {"year_unknown": PENALTIES["year_unknown"]}
    apart = abs(wanted - its_year)
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
