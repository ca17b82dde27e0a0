"""The words by which a title may be searched: each reading of its names that may be the right one."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from metarr.domain.values import Kind
from metarr.files.found import Clues
from metarr.files.guess import guessed
from metarr.files.words import Named, compact, is_release, named, tidy


class Reading(NamedTuple):
    """A title and its year, 0 for unknown."""

    title: str
    year: int = 0


_MOST = 6
_ALSO_KNOWN = re.compile(r"\s+(?:aka|a\.k\.a\.?|alias)\s+", re.IGNORECASE)
_SECOND_NAME = re.compile(r"(?<=\S)\s*\[((?:[^\W\d_]|[ '’-])+)\]\s*$")
_NUMBER_FIRST = re.compile(r"\[?\d{1,3}(?: ?[-–)\]]|\.) (?=\S)")
"""What puts the films of a folder in their order: "02 - The Incredible Hulk"; but "21 - Bridges" is a title."""


def readings(clues: Clues, kind: Kind) -> tuple[Reading, ...]:
    """The readings of a title, the likeliest first: its folder's "Title (Year)", its file's, else all of either."""
    if clues.title:
        return (Reading(clues.title, clues.year),)
    taken: dict[tuple[str, int], Reading] = {}
    for reading in _by_names(clues.names, kind):
        known = compact(reading.title) or reading.title, reading.year
        if reading.title:
            taken.setdefault(known, reading)
    return tuple(taken.values())[:_MOST]


def first(clues: Clues) -> tuple[Reading, ...]:
    """The likeliest reading alone, where an id tells the title and words only show it; none where no name says any."""
    if clues.title:
        return (Reading(clues.title, clues.year),)
    told = [named(name) for name in clues.names]
    best = next((each for each in told if each.bracketed), told[0] if told else None)
    return (Reading(best.title, best.year),) if best and best.title else ()


def _by_names(names: Iterable[str], kind: Kind) -> Iterator[Reading]:
    told = [named(name) for name in names]
    written = [each for each in told if each.bracketed or (each.several and kind is Kind.SERIES)]
    for each in written:
        yield from _variants(each)
    if written and written[0] is told[0]:
        return
    dated = any(each.year for each in told)
    for name, each in zip(names, told, strict=True):
        # Beside a name with a year, one without is mostly short for it: "Heat.1995.1080p-GRP/heat-grp".
        if each not in written and (each.year or not dated):
            yield from _variants(each)
            yield from _guesses(name, each, kind)


def _variants(told: Named) -> Iterator[Reading]:
    yield Reading(told.title, told.year)
    if told.year and (second := _SECOND_NAME.search(told.words)):
        yield Reading(tidy(second[1]), told.year)
    names = _ALSO_KNOWN.split(told.words)
    yield from (Reading(title, told.year) for name in names if len(names) > 1 and (title := tidy(name)))
    if numbered := _NUMBER_FIRST.match(told.title):
        yield Reading(told.title[numbered.end() :], told.year)
    yield Reading(tidy(told.words, editions=True), told.year)
    if told.whole:
        yield Reading(told.whole)


def _guesses(name: str, told: Named, kind: Kind) -> Iterator[Reading]:
    """What guessit makes of a name that tells a release: it knows where languages and editions begin."""
    if kind is not Kind.MOVIE or not is_release(name):
        return
    guess = guessed(name)
    if guess is None or not guess.title:
        return
    dropped = compact(told.title).removeprefix(compact(guess.title))
    # It takes "Part II" and numbers for something else than a title's.
    if compact(told.title).startswith(compact(guess.title)) and not re.search(r"\d|part|vol|^[ivx]+$", dropped):
        yield Reading(guess.title, guess.year or told.year)
