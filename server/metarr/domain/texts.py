"""Texts as people read them, whoever wrote them: without the markup, entities and invisible characters of the place
they come from. Files, players, providers and the owner pass the same gate (`domain.checked`, `providers.guard`).
"""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5

LONG_TEXTS = frozenset({"plot", "outline"})
"""Fields whose paragraphs mean something; any other text is one line."""


def cleaned(text: str, *, lines: bool = False) -> str:
    """The text without entities (doubled ones too), tags, CDATA, runs of blanks, control and bidi-override characters.

    What only looks like markup stays: "I <3 NY", "a < b", "Tom & Jerry", and "&amp;" where a text is about it.
    `lines`: paragraphs stay apart. A cleaned text is not changed by being cleaned again.
    """
    if _is_clean(text):
        return text
    while (plain := _without_markup(_decoded(text)).translate(_CONTROLS)) != text:
        text = plain
    return _paragraphs(text) if lines else _line(text)


def _is_clean(text: str) -> bool:
    """Whether there is surely nothing to clean, as in most texts: asked of each, this must not take long. What cannot
    be printed are controls, marks that nobody sees, and any blank but the ordinary one."""
    return (
        text.isprintable()
        and "&" not in text
        and "<" not in text
        and "  " not in text
        and "]]>" not in text
        and text[:1] != " " != text[-1:]
    )


# Entities

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
_ESCAPES = frozenset({"amp", "lt", "gt"})
"""What a writer of XML or HTML makes of the characters that are markup there: he does it to all of them, or to none."""
_SPELLED = re.compile(r"""(["'`“‘«(])(?:&(?:amp|lt|gt);|<[^<>\s]{1,20}>)(["'`”’»)])""")
"""An entity or a tag that somebody speaks of, such as: the ampersand is written "&amp;"."""


def _decoded(text: str) -> str:
    """One level of entities less. "&amp;" in a text that has a bare "&", too, is none: nobody escaped that text."""
    if "&" not in text:
        return text
    text = with_pairs(text)
    escaped = not _SPELLED.search(text) and all(_is_entity(text, place) for place in _places(text, "&"))
    return _ENTITY.sub(lambda match: _character(match) if escaped or match[1] not in _ESCAPES else match[0], text)


_HALF = r"&#(?:x(d[89a-f][0-9a-f]{2})|(5[5-7]\d{3}));"
_TWO_HALVES = re.compile(_HALF * 2, re.IGNORECASE)


def with_pairs(text: str) -> str:
    """Text in which no character is written as the numbers of its two halves, "&#55357;&#56832;", as Java's XML is."""
    return _TWO_HALVES.sub(_paired, text) if "&#" in text else text


def _paired(halves: re.Match[str]) -> str:
    numbers = [int(halves[place], 16) if halves[place] else int(halves[place + 1]) for place in (1, 3)]
    pair = b"".join(number.to_bytes(2, "big") for number in numbers)
    try:
        character = pair.decode("utf-16-be")
    except UnicodeDecodeError:
        return halves[0]
    return character if len(character) == 1 else halves[0]


def _character(entity: re.Match[str]) -> str:
    """What an entity stands for; nothing for a number that no character has."""
    return unescape(entity[0]).replace("\ufffd", "")


def _is_entity(text: str, place: int) -> bool:
    match = _ENTITY.match(text, place)
    return match is not None and (match[1] is None or f"{match[1]};" in html5)


def _places(text: str, letter: str) -> Iterator[int]:
    place = text.find(letter)
    while place >= 0:
        yield place
        place = text.find(letter, place + 1)


# Markup

_BREAKS = r"address|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|td|th|tr|ul"
_STYLES = (
    r"a|abbr|b|big|center|cite|code|del|em|font|i|img|ins|mark|q|s|script|small|span|strike|strong|style|sub|sup|tbody"
    r"|thead|tt|u|var"
)
_ATTRIBUTES = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))*\s*"""
_TAG = re.compile(rf"</?(?:({_BREAKS})|{_STYLES}){_ATTRIBUTES}/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def _without_markup(text: str) -> str:
    """Without the tags of HTML: what else is in angle brackets may be a word, as in the film "<harmony/>"."""
    if "<" not in text and "]]>" not in text:
        return text
    # Only before the last end of a comment every beginning has one: nothing is searched to the end in vain.
    ended = text.rfind("-->") + len("-->") if "-->" in text else 0
    text = _COMMENT.sub("", text[:ended]) + text[ended:]
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    if _SPELLED.search(text):
        return text
    return _TAG.sub(lambda tag: "\n" if tag[1] else "", text)


# Characters

_BIDI = "\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They turn what follows them about, in a list even the lines of others. The marks U+200E and U+200F stay."""
_INVISIBLE = "\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
_EDGES = "\u200c\u200d\u200e\u200f"
"""They join, part and turn letters, and mean nothing where there are none."""


def _controls() -> dict[int, str | None]:
    """What becomes of control characters: those of Latin-1 are most often what Windows meant by their numbers."""
    gone = [*range(0x09), *range(0x0E, 0x1C), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
    windows = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0) if code != 0x85}
    return {**dict.fromkeys(gone), **windows, **dict.fromkeys(map(ord, _BIDI + _INVISIBLE))}


_CONTROLS = _controls()


def _line(text: str) -> str:
    return " ".join(text.split()).strip(_EDGES + " ")


def _paragraphs(text: str) -> str:
    """Lines without blanks at their ends, and at most one empty line between them."""
    joined = "\n".join(map(_line, text.splitlines()))
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


# Words that say nothing

_NOTHING = frozenset({
    "n/a", "n.a", "none", "null", "nil", "nan", "undefined", "unknown", "(none)", "(null)", "(unknown)", "[none]",
    "not available", "not applicable", "no overview", "no overview available", "no overview found", "no plot",
    "no plot available", "plot not available", "plot unknown", "plot is unknown", "add a plot", "no description",
    "no description available",
})  # fmt: skip
_MARKS = re.compile(r"[\s/|,;:.?·•_–—\"'“”‘’-]*")
_PARTING = re.compile(r"[\s/|]*")


def says_nothing(text: str) -> bool:
    """Whether a text stands where there is none: `N/A`, `None`, " / " of two empty ones, "-", a blank.

    Not for titles: films are called "None", "Unknown" and "...".
    """
    return _MARKS.fullmatch(text) is not None or text.strip().rstrip(".»! ").casefold() in _NOTHING


def is_blank(text: str) -> bool:
    """Whether there are nothing but blanks and what parts texts: what a tool joins of two empty titles."""
    return _PARTING.fullmatch(text) is not None
