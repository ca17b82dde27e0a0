"""Which videos of a folder are one title: parts of a film, and versions of it."""

import re
from collections.abc import Collection
from typing import NamedTuple

from metarr.files.idtags import tagged
from metarr.files.words import Named, after, compact, is_label, named, readable, says_nothing


class Stem(NamedTuple):
    """A video's name without its ending. `parts`: the names of its parts in their order, or itself."""

    name: str
    parts: tuple[str, ...]


Identity = tuple[str, int]
"""What versions of one title have in common: its words, spelt alike, and its year."""

_PART = re.compile(r"[ _.-]*[(\[]?(?<![^\W_])(cd|dvd|dis[ck]|part|pt)[ _.-]*(\d{1,2})(?![^\W_])[)\]]?", re.IGNORECASE)
_PART_OF = re.compile(r"[ _.-]*[(\[]?(?<![^\W_])(\d{1,2})[ _.-]?(of[ _.-]?\d{1,2})(?![^\W_])[)\]]?", re.IGNORECASE)
"""Such as "1of2" and "(1 of 2)"."""
_ONLY_WHERE_OWN = frozenset({"part", "pt"})
_LABEL = re.compile(r"\{edition-([^{}]*)\}|\s[-–]\s+((?:(?!\s[-–]\s).)+)$|\[([^\[\]]+)\]$|\(([^()]+)\)$", re.IGNORECASE)


def is_part(folder: str) -> bool:
    """Whether a folder holds a part of a title: "CD1", "Disc 2"."""
    match = _PART.fullmatch(folder.strip())
    return match is not None


def stacked(stems: Collection[str], *, own: bool) -> list[Stem]:
    """Stems with parts joined: "Alien cd1" and "Alien cd2" are "Alien", if none is missing.

    `own`: in a folder of one title, where "part" may mean a part: elsewhere "Dune Part 1" and "Dune Part 2" are films.
    """
    whole: dict[tuple[str, str, str], dict[int, str]] = {}
    for stem in stems:
        for match in _PART.finditer(stem):
            word = match[1].lower()
            if match.start() and (own or word not in _ONLY_WHERE_OWN):
                whole.setdefault((stem[: match.start()], word, stem[match.end() :]), {})[int(match[2])] = stem
        for match in _PART_OF.finditer(stem):
            whole.setdefault((stem[: match.start()], match[2].lower(), stem[match.end() :]), {})[int(match[1])] = stem
    joined: dict[str, Stem] = {}
    for (before, word, behind), parts in whole.items():
        total = int(re.sub(r"\D", "", word) or len(parts))
        if len(parts) > 1 and set(parts) == set(range(1, len(parts) + 1)) and total == len(parts):
            film = Stem(before + behind, tuple(parts[number] for number in sorted(parts)))
            joined |= dict.fromkeys(parts.values(), film)
    return list(dict.fromkeys(joined.get(stem) or Stem(stem, (stem,)) for stem in stems))


def identity(stem: str, folder: Named) -> Identity:
    """In the folder "Alien (1979)", the folder's own for all that begins so: "Alien - 4K", "Alien (1979) - Rough"."""
    own = compact(folder.title), folder.year
    if says_nothing(stem):
        return own
    text = tagged(readable(stem)).name
    words = named(text)
    if compact(words.whole) == own[0] and own[0]:
        return own
    title, year = compact(_without_label(words.title)), words.year
    rest = after(text, folder.title)
    if title != own[0] and folder.bracketed and rest and (_follows(rest) or is_label(rest)):
        title = own[0]
    return (title, year or own[1]) if title == own[0] else (title, year)


def _follows(rest: str) -> bool:
    """Whether what stands behind the folder's title is set apart from it, and no more of a title."""
    return re.match(r"\s+[-–]\s|[ ._]*[\[({]", rest) is not None


def _without_label(title: str) -> str:
    match = _LABEL.search(title)
    return title[: match.start()] if match and is_label(match[match.lastindex or 0]) else title


def label(stem: str, folder: str) -> str:
    """What tells this version from others, for a person to read: "4K", "Director's Cut"; "" for nothing."""
    if (match := _LABEL.search(stem)) and not re.fullmatch(r"[12]\d{3}", text := match[match.lastindex or 0].strip()):
        return text
    return (after(stem, folder) or after(stem, named(folder).title) or "").strip(" -–_.[](){}")
