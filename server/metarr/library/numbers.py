"""The numbers of an episode: ways of counting disagree."""

from collections.abc import Iterable
from typing import NamedTuple

from metarr.domain.entries import KnownEntry, place_of
from metarr.domain.item import MediaItem

LIBRARY, AIRED = "library", "aired"
AIRED_AT = "tvdb"
"""Who tells in which order episodes were shown."""


class Numbered(NamedTuple):
    """The number of an episode in one way of counting, such as "library" for that of its file."""

    numbering: str
    season: int
    number: int


def numbers_of(item: MediaItem, records: Iterable[KnownEntry]) -> tuple[Numbered, ...]:
    """The numbers of an episode, by what is known of its entries."""
    place = place_of(item)
    own = () if place is None else (Numbered(LIBRARY, *place),)
    return own + tuple(Numbered(AIRED, each.season, each.number) for each in records if each.provider == AIRED_AT)
