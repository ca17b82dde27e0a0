"""The numbers of an episode: ways of counting disagree."""

from collections.abc import Iterable
from typing import NamedTuple

from metarr.domain.entries import KnownEntry, place_of
from metarr.domain.item import MediaItem
from metarr.domain.numbering import AIRED, LIBRARY, Number

AIRED_AT = "tvdb"
"""Who tells in which order episodes were shown."""


class Numbered(NamedTuple):
    """The number of an episode in one way of counting, such as "library" for that of its file."""

    numbering: str
    season: int
    number: int


def numbers_of(
    item: MediaItem, records: Iterable[KnownEntry], elsewhere: Iterable[tuple[str, Number]] = ()
) -> tuple[Numbered, ...]:
    """The numbers of an episode, by what is known of its entries; `elsewhere`: what is known of it in other orders."""
    place = place_of(item)
    own = () if place is None else (Numbered(LIBRARY, *place),)
    aired = tuple(Numbered(AIRED, each.season, each.number) for each in records if each.provider == AIRED_AT)
    others = tuple(Numbered(order, *number) for order, number in elsewhere if order not in (LIBRARY, AIRED))
    return own + aired + others
