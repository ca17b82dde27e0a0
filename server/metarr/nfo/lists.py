"""Lists that a file writes into one text, parted where that writer parts them and nowhere else."""

import re
from collections.abc import Iterable, Iterator

from metarr.domain.texts import says_nothing

_SLASH = r"/(?<!\bn/)|/(?!a\b)"
"""But not that of "N/A"."""

_ANYWHERE = re.compile(rf"\s*(?:{_SLASH}|[|,;，、；])\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+/\s+|\s*[|;]\s*")
_NO_COMMA = re.compile(rf"\s*(?:{_SLASH}|[|;])\s*", re.IGNORECASE)
_BAR = re.compile(r"\s*\|\s*")


def genres(texts: Iterable[str]) -> list[str]:
    """ "Drama, Crime", "Drama|Crime", "Action/Adventure"; "Sci-Fi & Fantasy" is one."""
    return _parted(texts, _ANYWHERE)


def countries(texts: Iterable[str]) -> list[str]:
    """ "Germany, USA"; "Korea, Republic of" is one."""
    parts = [name for text in _parted(texts, _NO_COMMA) for name in _countries(text)]
    return [part for part in parts if not says_nothing(part)]


def companies(texts: Iterable[str]) -> list[str]:
    """ "Fjord / Strand"; "Warner Bros., Inc." and "AC/DC Films" are one each."""
    return _parted(texts, _BETWEEN)


def people(texts: Iterable[str]) -> list[str]:
    """ "Joel Coen / Ethan Coen", and with a comma where it parts whole names: "Downey, Robert" is one."""
    return [name for text in _parted(texts, _BETWEEN) for name in _names(text)]


def tags(texts: Iterable[str]) -> list[str]:
    """ "sea|shore"; "sea / shore" is one, as whoever made it wanted it."""
    return _parted(texts, _BAR)


def _parted(texts: Iterable[str], at: re.Pattern[str]) -> list[str]:
    speaking = [text for text in texts if not says_nothing(text)]
    return [part for text in speaking for part in at.split(text) if not says_nothing(part)]


_OF_ONE = re.compile(
    r".*, (?:[^,]*\bof(?: the)?|the\b[^,]*|(?:province|state) of\b[^,]*)|.*islands, (?:u\.s\.|british)", re.IGNORECASE
)
"""A name of which a part stands behind a comma: "Congo, The Democratic Republic of the"."""


def _countries(text: str) -> Iterator[str]:
    """The parts at commas, an inverted name in one."""
    waiting, *following = [part.strip() for part in text.split(",")]
    for part in following:
        if _OF_ONE.fullmatch(whole := f"{waiting}, {part}"):
            waiting = whole
        else:
            yield waiting
            waiting = part
    yield waiting


_PARTICLES = frozenset({
    "af", "al", "bin", "da", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la", "le", "mac", "st",
    "ter", "van", "von",
})  # fmt: skip


def _names(text: str) -> list[str]:
    """Several names only where each has a first and a last one: of "Van Damme, Jean Claude" the first has not."""
    parts = [part.strip() for part in text.split(",")]
    words = [part.split() for part in parts]
    whole = all(len(each) > 1 and each[0].casefold() not in _PARTICLES for each in words)
    return parts if len(parts) > 1 and whole else [text]
