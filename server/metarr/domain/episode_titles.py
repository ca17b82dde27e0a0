"""Titles of episodes, as they are compared: whether one says anything, and whether two are one.

Lists write one title in many ways ("Emissary, Part I", "Emissary (1)"), and other titles almost alike ("The Long
Night", "The Long Fight"). So only the spelling is put aside: numbers, and the number of a part, must be equal.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from metarr.domain.matching import LAST_NUMBERS, NUMBERS, is_slip
from metarr.domain.texts import is_blank

LONG_TITLE = 8
"""Letters of a title in which one may be wrong, …"""

LONG_WORD = 5
"""… and of the word that it is in: in shorter ones it makes another word, "Plan B" of "Plan C"."""


@dataclass(frozen=True, slots=True)
class TitleKey:
    """A title without its spelling: no case, accents, articles, punctuation, gaps.

    `part`: 1 of "Emissary, Part I"; `marked`: that it is one is said, as it is not of "Emissary 1"; `whole`: that it is
    all parts is said, as of "Emissary (1+2)". `letters`: how many there are to agree, digits among them.
    """

    joined: str
    part: str = ""
    marked: bool = field(default=False, compare=False)
    whole: bool = field(default=False, compare=False)
    words: tuple[str, ...] = field(default=(), compare=False)
    letters: int = field(default=0, compare=False)

    @property
    def counts_episodes(self) -> bool:
        """Whether it says nothing but a number, that of another place: "Folge 1234"."""
        return all(word.isdecimal() or word in _KNOWN for word in self.words)

    @property
    def whole_name(self) -> str:
        """What its parts would be called, if it were a whole: "Sand 2" of "Sand 2, Part I"."""
        return self.joined + self.part

    @property
    def numbers(self) -> list[str]:
        """Every number in it, but for the part's."""
        return re.findall(r"\d+", " ".join(self.words))

    @property
    def unnumbered(self) -> str:
        """What is left without its numbers: the same of "Small Fry" and "Small Fry 2"."""
        return re.sub(r"\d+", "", self.joined)


def is_misspelt(one: TitleKey, other: TitleKey, *, anywhere: bool = False) -> bool:
    """Whether a typo alone tells two titles apart: one letter within a long word, "Bushwacked" for "Bushwhacked".

    `anywhere`: at the ends of the word, too, where "The Hunters" may be another title than "The Hunter".
    """
    if len(one.words) != len(other.words) or one.part != other.part or min(one.letters, other.letters) < LONG_TITLE:
        return False
    unequal = [(mine, theirs) for mine, theirs in zip(one.words, other.words, strict=True) if mine != theirs]
    if len(unequal) != 1 or not all(map(_is_spelt, unequal[0])):
        return False
    return is_slip(*unequal[0], least=LONG_WORD, within=not anywhere)


def _is_spelt(word: str) -> bool:
    """Whether a word is written in letters that spell it; where a sign is a word, another sign is another word."""
    return all(letter < "\u0530" for letter in word)  # Latin, Greek, Cyrillic


# Folding

_ARTICLES_OF = {
    "en": "the a an",
    "de": "der die das den dem des ein eine",
    "fr": "le la les un une des",
    "es": "el la los las lo un una",
    "it": "il lo la i gli le un uno una",
    "pt": "o a os as um uma",
    "nl": "de het een",
}
_ARTICLES = {language: frozenset(words.split()) for language, words in _ARTICLES_OF.items()}
_CONJUNCTIONS = frozenset(["and", "und", "et"])
"""Others write "&", which is punctuation."""

_ARTICLE_LAST = re.compile(r"^(.*\S), (?:the|a|an|der|die|das|le|la|les|el|los)$")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile("['\u2018\u2019`\u00b4\u02bc]")
_ACCENTS = re.compile("[\u0300-\u036f]")
"""Of Latin, Greek and Cyrillic; in other scripts a mark is a letter: が is not か."""
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


@lru_cache(maxsize=8192)  # two lists of a series have most titles in common, and the next run reads them again
def title_key(title: str, language: str = "en") -> TitleKey:
    """A title as it is compared with others of its language, ISO 639-1."""
    text = _ARTICLE_LAST.sub(r"\1", _plain(title))
    unmarked = _WHOLE_MARK.sub("", text)
    rest, part = _split(unmarked)
    words = _parted(rest)
    if not words:  # "Part 1": it is called so
        words, part = _parted(text), ""
    dropped = _ARTICLES.get(language, _ARTICLES["en"]) | _CONJUNCTIONS
    kept = [word for word in words[:-1] if word not in dropped] + words[-1:]
    letters, marked = sum(map(_weight, kept)), part != ""
    kept = [_in_digits(word) for word in kept]
    if len(kept) > 1:
        kept[-1] = LAST_NUMBERS.get(kept[-1], kept[-1])
        if not marked and re.fullmatch("[1-9]", kept[-1]):  # "Emissary 1"
            part = kept.pop()
    return TitleKey("".join(kept) or title.strip(), part, marked, unmarked != text, tuple(kept), letters)


def _weight(word: str) -> int:
    """Its letters; a sign of Chinese, Japanese or Korean, which stands for a syllable or more, counts as two."""
    return len(word) if word.isascii() else sum(2 if letter >= "\u2e80" else 1 for letter in word)


def _plain(text: str) -> str:
    """Without case, accents and apostrophes."""
    if text.isascii():
        return _APOSTROPHES.sub("", text.lower())
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_UNDECOMPOSED)
    return _APOSTROPHES.sub("", unicodedata.normalize("NFC", _ACCENTS.sub("", folded)))


def _parted(text: str) -> list[str]:
    """What there is of letters and digits, with the marks that belong to them."""
    if text.isascii():
        return _ASCII_WORDS.findall(text)
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text).split()


_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")


def _in_digits(word: str) -> str:
    """A number in digits: "Two", "II", "007"; any other word as it is."""
    if word in NUMBERS:
        return NUMBERS[word]
    if word.isdecimal():
        return str(int(word))
    if len(word) > 1 and (roman := _ROMAN.fullmatch(word)):
        tens, ones = roman.groups()
        return str(10 * len(tens) + ({"ix": 9, "iv": 4}.get(ones) or 5 * ones.count("v") + ones.count("i")))
    return word


# Parts

_ORDINALS = {
    "1": "first erster erste premiere primera primeira prima eerste",
    "2": "second zweiter zweite deuxieme seconde segunda seconda tweede",
    "3": "third dritter dritte troisieme tercera terceira terza derde",
    "4": "fourth vierter vierte quatrieme cuarta quarta vierde",
}
_CARDINALS = {"1": "eins uno", "2": "zwei dos due deux", "3": "drei tres tre trois", "4": "vier cuatro quattro quatre"}
_COUNTS = {
    word: digit for digits in (_ORDINALS, _CARDINALS) for digit, words in digits.items() for word in words.split()
}
_COUNTS |= LAST_NUMBERS | {"a": "1", "b": "2", "c": "3"}


def _any_of(*words: str) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_PART = r"(?:part|pt|teil|partie|parte|deel|del|czesc|часть|частина|част|パート)"
_ORDINAL = rf"(?:\d{{1,2}}|{_any_of(*' '.join(_ORDINALS.values()).split())})"
_COUNT = rf"(?:\d{{1,2}}|[ivx]+|{_any_of(*NUMBERS, *' '.join(_CARDINALS.values()).split())})"
_OF = rf"(?:\s*(?:/|of|von|de|di|sur|van|av)\s*{_COUNT})?"
_WHOLE_MARK = re.compile(rf"[\s,:–-]*[(\[]?\b(?:parts?\s+)?{_COUNT}\s*(?:[+&]|and|und|et|y)\s*{_COUNT}[)\]]?\s*$")
_PART_MARKS = (
    re.compile(rf"[\s,:–-]*[(\[]\s*(?:{_PART}\.?\s*)?({_COUNT}|[abc]){_OF}\s*[)\]]\s*$"),  # (1), (Part One), (1/2)
    re.compile(rf"[(\[]?\b{_PART}\b\.?\s*({_COUNT})\b{_OF}[)\]]?"),  # Part 1, Pt. II: The Siege
    re.compile(rf"[(\[]?\b({_ORDINAL})\.?\s*{_PART}\b[)\]]?"),  # 1. Teil, Première partie
)
_HALF = re.compile(r"[\s(\[【〈]*([前中後后上下])(?:[編篇编集]|(?=\s*[)\]】〉]\s*$))[\s)\]】〉]*$")
_HALVES = {"前": "1", "上": "1", "中": "2", "後": "2", "后": "2", "下": "2"}


def _split(text: str) -> tuple[str, str]:
    """A title without the mark of a part, and which part it is; "": none."""
    for mark in _PART_MARKS:
        if match := mark.search(text):
            return f"{text[: match.start()]} {text[match.end() :]}", _COUNTS.get(match[1]) or _in_digits(match[1])
    if match := _HALF.search(text):
        return text[: match.start()], _HALVES[match[1]]
    return text, ""


# Placeholders

_UNDECIDED = frozenset(["tba", "tbd", "tbc", "to be announced", "to be determined", "to be confirmed"])

_KNOWN_WORDS = """
episode ep folge episodio épisode episódio epizoda epizóda epizod epizodas aflevering odcinek avsnitt afsnit jakso bölüm
díl rész episodul episod episoodi puntata capítulo capítol επεισόδιο серия эпизод епізод епизод выпуск серія
エピソード 第 話 话 集 回 話目 제 화 회 ตอนที่ ตอน tập الحلقة حلقة פרק एपिसोड special spezial especial speciale spécial
season staffel saison temporada stagione sezon säsong seizoen kausi s e x сезон シーズン 季 期 시즌
"""
_KNOWN = frozenset(map(_plain, _KNOWN_WORDS.split()))
_LETTERS = re.compile(r"[a-z]+")
_KANJI_NUMBER = re.compile(r"第([一二三四五六七八九十百]+)")


@lru_cache(maxsize=8192)
def is_placeholder(title: str, season: int, number: int) -> bool:
    """Whether a title says nothing but the place of its own episode: "TBA", "Folge 7", "Episode #3.4", "第7話".

    "Chapter 14" is a title, and "Folge 1234" of a seventh episode, too: it is counted by the makers.
    """
    text = _plain(title).strip()
    if is_blank(text) or text.strip(" .…!?") in _UNDECIDED:
        return True
    if not (text.isascii() and _KNOWN.isdisjoint(_LETTERS.findall(text))):
        text = _KANJI_NUMBER.sub(lambda match: f"第{_of_kanji(match[1])}", text)
        words, numbers = set[str](), list[int]()
        for word in map(_in_digits, _parted(re.sub(r"\d+", r" \g<0> ", text))):
            numbers.append(int(word)) if word.isdecimal() else words.add(word)
        return bool(words) and words <= _KNOWN and numbers in ([number], [season, number])
    return False


def _of_kanji(signs: str) -> int:
    """A number below a thousand: 二十三 is 23."""
    total = ones = 0
    for value in (int(unicodedata.numeric(sign)) for sign in signs):
        total, ones = (total, value) if value < 10 else (total + (ones or 1) * value, 0)
    return total + ones
