"""The words by which a title may be searched: each reading of its names that may be the right one."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from metarr.domain.values import Kind
from metarr.files.contents import Clues
from metarr.files.guess import guessed
from metarr.files.words import Named, compact, is_release, named, tidy


class NameReading(NamedTuple):
    """A title and its year, 0 for unknown."""

    title: str
    year: int = 0


_MOST = 6
_ALSO_KNOWN = re.compile(r"\s+(?:aka|a\.k\.a\.?|alias)\s+", re.IGNORECASE)
_SECOND_NAME = re.compile(r"(?<=\S)\s*\[((?:[^\W\d_]|[ '’-])+)\]\s*$")
_NUMBER_FIRST = re.compile(r"\[?\d{1,3}(?: ?[-–)\]]|\.) (?=\S)")
"""What puts the films of a folder in their order: "02 - The Incredible Hulk"; but "21 - Bridges" is a title."""


def readings(clues: Clues, kind: Kind) -> tuple[NameReading, ...]:
    """The readings of a title, the likeliest first: its folder's "Title (Year)", its file's, else all of either."""
    if clues.title:
        return (NameReading(clues.title, clues.year),)
    taken: dict[tuple[str, int], NameReading] = {}
    for reading in _by_names(clues.names, kind):
        key = compact(reading.title) or reading.title, reading.year
        if reading.title:
            taken.setdefault(key, reading)
    return tuple(taken.values())[:_MOST]


def first(clues: Clues) -> tuple[NameReading, ...]:
    """The likeliest reading alone, where an id tells the title and words only show it; none where no name says any."""
    if clues.title:
        return (NameReading(clues.title, clues.year),)
    # Bracketed before open, with a year before without, the folder's before the file's.
    names = sorted((named(name) for name in clues.names), key=lambda name: (not name.bracketed, not name.year))
    return (NameReading(names[0].title, names[0].year),) if names and names[0].title else ()


def _by_names(names: Iterable[str], kind: Kind) -> Iterator[NameReading]:
    words = [named(name) for name in names]
    written = [each for each in words if each.bracketed or (each.several and kind is Kind.SERIES)]
    for each in written:
        yield from _variants(each)
    if written and written[0] is words[0]:
        return
    dated = any(each.year for each in words)
    for name, each in zip(names, words, strict=True):
        # Beside a name with a year, one without is mostly short for it: "Heat.1995.1080p-GRP/heat-grp".
        if each not in written and (each.year or not dated):
            yield from _variants(each)
            yield from _guesses(name, each, kind)


def _variants(words: Named) -> Iterator[NameReading]:
    yield NameReading(words.title, words.year)
    if words.year and (second := _SECOND_NAME.search(words.words)):
        yield NameReading(tidy(second[1]), words.year)
    names = _ALSO_KNOWN.split(words.words)
    yield from (NameReading(title, words.year) for name in names if len(names) > 1 and (title := tidy(name)))
    if numbered := _NUMBER_FIRST.match(words.title):
        yield NameReading(words.title[numbered.end() :], words.year)
    yield NameReading(tidy(words.words, editions=True), words.year)
    if words.whole:
        yield NameReading(words.whole)


def _guesses(name: str, words: Named, kind: Kind) -> Iterator[NameReading]:
    """What guessit makes of a name that tells a release: it knows where languages and editions begin."""
    if kind is not Kind.MOVIE or not is_release(name):
        return
    guess = guessed(name)
    if guess is None or not guess.title:
        return
    dropped = compact(words.title).removeprefix(compact(guess.title))
    # It takes "Part II" and numbers for something else than a title's.
    if compact(words.title).startswith(compact(guess.title)) and not re.search(r"\d|part|vol|^[ivx]+$", dropped):
        yield NameReading(guess.title, guess.year or words.year)
