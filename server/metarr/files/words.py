"""The words of a name: what is left once dots, tags, and whatever only describes the file are put aside."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from metarr.domain.matching import ARTICLE_LAST
from metarr.domain.texts import cleaned


class Named(NamedTuple):
    """A name taken apart. `title`: the words before the year, or all of them. `year` 0: none.

    `words`: the title as it stands there. `bracketed`: the year stands in brackets, which is how an owner writes one:
    "1917 (2019)". `whole`: the words with a year that stands open, and may belong to them: "Wonder Woman 1984".
    `several`: the year is a span of years: what bears it is a series, or a shelf of films.
    """

    title: str
    year: int = 0
    words: str = ""
    bracketed: bool = False
    whole: str = ""
    several: bool = False


_YEAR = r"(?:18[789]\d|19\d\d|20\d\d)"
_BRACKETED_YEARS = (
    re.compile(rf"\(\s*({_YEAR})\s*\)"),
    re.compile(rf"[\[{{]\s*({_YEAR})\s*[\]}}]"),
    re.compile(rf"[(\[](?=[^()\[\]]*(?<!\d)({_YEAR})(?!\d))(?:{_YEAR}[,;. ][^()\[\]]*|[^()\[\]]*[,;. ]{_YEAR})[)\]]"),
)
"""The surest first; the last one is "(1979, Director's Cut)" or "(USA 1979)"."""

_SPAN = re.compile(
    rf"[(\[]\s*({_YEAR})\s*[-–—~]\s*(?:{_YEAR}|\d\d|present|now)?\s*[)\]]|(?<=\S )({_YEAR})[-–—~]{_YEAR}(?!\d)",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(rf"(?:[(\[{{]({_YEAR})[)\]}}] ?[-–.:]*|({_YEAR})(?: [-–]|[.:](?= )))\s*(?=\S)")
_OPEN_YEAR = re.compile(rf"(?<![\w’'])({_YEAR})(?![\w’'])")

_RELEASE = re.compile(
    r"(?<![^\W_])(?:"
    r"\d{3,4}[ip]\d{0,2}|[48]k|u?hd|uhdtv|\d{3,4}x\d{3,4}|"
    r"blu-?ray|b[dr]-?rip|bd-?remux|remux|bd(?:25|50|66|100)?|dvd-?(?:rip|scr|r|5|9)?|hd-?dvd|web-?(?:dl|rip|hd|cap)|"
    r"hdtv(?:rip)?|[ps]dtv|dsr(?:ip)?|tv-?rip|hd-?rip|hd-?(?:cam|ts|tc)|cam-?rip|telesync|vhs-?rip|"
    r"[xh][. ]?26[456]|hevc|xvid|divx|av1|vp9|vc-?1|mpeg-?2|"
    r"aac(?:\d[. ]\d)?|e?-?ac-?3|dts(?:-?(?:hd|x|es|ma))?|true-?hd|atmos|dd[p+]?[. ]?\d[. ]\d|flac|"
    r"hdr(?:10)?(?:\+|plus)?|sdr|10-?bit|8-?bit|dolby ?vision|"
    r"proper|repack|rerip|internal|dubbed|subbed|half-?(?:sbs|ou)|h-?(?:sbs|ou)|amzn|dsnp|hmax|atvp|hulu"
    r")(?![^\W_])",
    re.IGNORECASE,
)
"""What tells how a file was made: no title is made of it."""

_EDITION = (
    r"(?:the )?(?:\d+(?:st|nd|rd|th) )?(?:director'?s|extended|theatrical|final|special|ultimate|unrated|uncut|"
    r"uncensored|remastered|restored|anniversary|collector'?s|criterion|international|imax|open matte|assembly|"
    r"original|limited|deluxe|complete|workprint|despecialized|rated|black (?:and|&) white|kino|lang)"
    r"(?: (?:anniversary|special|extended|director'?s))?"
)
_EDITION_NOUN = r"[ -]?(?:cut|edition|version|fassung|remaster|release)"
_EDITION_IN_BRACKETS = re.compile(rf"\s*[(\[]{_EDITION}(?:{_EDITION_NOUN})?[)\]]", re.IGNORECASE)
_EDITION_LAST = re.compile(rf"(?<=\S)(?:[-–: ]+{_EDITION}{_EDITION_NOUN}|\s+[-–]\s+{_EDITION})\s*$", re.IGNORECASE)
_EDITION_ALONE = re.compile(rf"{_EDITION}(?:{_EDITION_NOUN})?|3d|multi", re.IGNORECASE)

_WINDOWS_PATH = re.compile(r"^(?:[A-Za-z]:)?\\(?:[^\\]*\\)*|^(?:[^\\]*\\){2,}")
"""What a copy from elsewhere may have made of the folders that a file was in: "C:\\Films\\Alien (1979).mkv"."""

_SITE = re.compile(r"^\s*\[?\s*www\.[\w-]+(?:\.[\w-]+)+\s*\]?[\s–-]*", re.IGNORECASE)
_GROUP = re.compile(r"^\s*(?:\[[^\[\]]*[^\W\d_][^\[\]]*\]|【[^【】]*】|\{[^{}]*\})[\s_.-]*(?=.*[^\W\d_¹²³¼½¾])")
_LATER_BRACKETS = re.compile(r"(?<=\S)\s*(?:\[[^\[\]]*\]|\{[^{}]*\})")
_BLANK_DOT = re.compile(r"((?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?)|\.")
_DOT_WITHIN = re.compile(r"(?<=\w)\.(?=\w)")
_ARTICLES = frozenset({"the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "il", "lo"})
_EDGES = " -–—_,;:|~=/\\"


def readable(name: str) -> str:
    """A name as text. Bytes that are no UTF-8 are read as the western encoding that older systems wrote."""
    try:
        name.encode()
    except UnicodeEncodeError:
        name = re.sub("[\udc80-\udcff]", lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "replace"), name)
        name = re.sub("[\ud800-\udfff]", "\ufffd", name)
    return cleaned(unicodedata.normalize("NFC", _WINDOWS_PATH.sub("", name)))


def spaced(text: str) -> str:
    """Text with blanks for the dots, underscores or dashes that stand for them: "Blade.Runner_2049", "x-men-2-2003".

    Initials keep their dots ("S.W.A.T.2003"), and so does a name that has blanks besides ("Mr. Nobody").
    """
    text = text.replace("_", " ").replace("%20", " ").strip()
    if len(_DOT_WITHIN.findall(text)) > text.count(" "):
        text = _BLANK_DOT.sub(lambda match: f"{match[1]} " if match[1] else " ", text)
    if " " not in text.strip() and text.count("-") > 1 and re.search(r"[^\W\d_]{2}", text):
        text = text.replace("-", " ")
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def named(name: str) -> Named:
    """What a name says by its form alone. `name` is readable, and has no ids in it any more."""
    text = spaced(_SITE.sub("", name))
    if span := _SPAN.search(text):
        words = text[: span.start()]
        return Named(tidy(words), int(span[1] or span[2]), words, several=True)
    for pattern in _BRACKETED_YEARS:
        for match in reversed(list(pattern.finditer(text))):
            words = text[: match.start()]
            if title := tidy(words):
                return Named(title, int(match[1]), words, bracketed=True)
    first = _YEAR_FIRST.match(text)
    if first and first[1] and (title := tidy(text[first.end() :])):
        return Named(title, int(first[1]), text[first.end() :], bracketed=True)
    release = _release(text)
    for match in reversed(list(_OPEN_YEAR.finditer(text, 0, release))):
        if title := tidy(words := text[: match.start()]):
            # After the year of a release stand languages; in any other name, the rest of the title.
            whole = text[: match.end()] if release < len(text) else text
            return Named(title, int(match[1]), words, whole=tidy(whole))
    if first and (title := tidy(text[first.end() :])):
        return Named(title, int(first[2]), text[first.end() :], whole=tidy(text))
    return Named(tidy(text), words=text)


def _release(text: str) -> int:
    """Where what describes the release begins; in front of it there is a title."""
    starts = (match.start() for match in _RELEASE.finditer(text))
    return next((start for start in starts if re.search(r"[^\W_]", text[:start])), len(text))


def tidy(text: str, *, editions: bool = False) -> str:
    """A title by itself: no group before it, no brackets or edition after it, its article in front.

    `editions`: leave the edition in it, for there are films such as "Urban Legends: Final Cut".
    """
    text = text[: _release(text)]
    if not editions:
        text = _EDITION_IN_BRACKETS.sub("", text)
    text = _LATER_BRACKETS.sub("", _GROUP.sub("", text)).rstrip(_EDGES + "([{").strip(_EDGES)
    if not editions and (edition := _EDITION_LAST.search(text)) and compact(text[: edition.start()]) not in _ARTICLES:
        text = text[: edition.start()].strip(_EDGES)
    if turned := ARTICLE_LAST.match(text):
        glue = "" if turned[2][-1] in "'’" else " "
        text = f"{turned[2].capitalize()}{glue}{turned[1]}"
    return " ".join(re.sub(r"(?<=\w\w)\.+$", "", text).split())


def ungrouped(text: str) -> str:
    """Text without the group in front of it: "[SubsPlease] One Piece - 1015"."""
    return _GROUP.sub("", text)


def is_release(name: str) -> bool:
    """Whether a name tells how its file was made."""
    return _RELEASE.search(spaced(name)) is not None


def is_label(text: str) -> bool:
    """Whether text tells editions apart, and no titles: "4K", "Director's Cut", "1080p Remux"."""
    left = _EDITION_ALONE.sub("", _RELEASE.sub("", spaced(text)))
    return not re.search(r"[^\W_]", left)


@lru_cache(maxsize=4096)
def compact(text: str) -> str:
    """Letters and digits alone, without case and accents: what two spellings of a title have in common."""
    plain = unicodedata.normalize("NFKD", text.replace("&", "and").casefold())
    return re.sub(r"[\W_]+", "", plain)


def after(text: str, title: str) -> str | None:
    """What follows a title that some text begins with, however it is spelt there; None where it does not."""
    wanted, had, end = compact(title), "", 0
    while had != wanted and end < len(text) and wanted.startswith(had):
        had += compact(text[end])
        end += 1
    in_a_word = text[end - 1 : end].isalnum() and text[end : end + 1].isalnum()
    return text[end:] if wanted and had == wanted and not in_a_word else None


_SAYS_NOTHING = re.compile(
    r"movie|film|video|main|main ?movie|feature|title|untitled|index|output|file|stream|new|"
    r"(?:title|t|vts|video|disc|disk|dvd|cd|clip|track|file|movie|film)[ _.-]*t?\d[\d _.-]*|\d{5}|[0-9a-f]{12,}",
    re.IGNORECASE,
)
_SCRAMBLED = re.compile(r"(?=\S*\d)(?=\S*[a-z])[a-z0-9]{16,}", re.IGNORECASE)


def says_nothing(stem: str) -> bool:
    """Whether a file's name says nothing of its title: "movie", "title_t00", "00800", "b082fa0beaa644d3"."""
    return bool(_SAYS_NOTHING.fullmatch(stem) or _SCRAMBLED.fullmatch(stem) or not re.search(r"[^\W_]", stem))
