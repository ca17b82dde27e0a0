"""In which order the episodes of a series are numbered, and which episode a file's number means in each order.

Items are episodes, not numbers. The numbers that files bear point to items through the order that the owner chose:
another order points them to other items, and what no number points to rests until one does. A number that an order
lacks has an item of its own there; else two files would be one, and coming back would not find what was left.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from metarr.domain.values import Struct

AIRED, DVD, ABSOLUTE = "aired", "dvd", "absolute"
"""As first shown, as on the discs, counted through all seasons. Further ones are called as TheTVDB calls them, or by
the id of TMDB's episode group."""

RESTING = "order"
"""What is noted of an item that no number points to, in the place of who deleted it."""

LIBRARY = "library"
"""The numbers that files bear, which are no order."""

USUAL = (AIRED, DVD, ABSOLUTE)
"""Orders that are asked for, where a series has them, before one is chosen."""

Number = tuple[int, int]
"""Of a season, and of an episode in it. Specials are season 0 in every order."""

EntryNumbers = Mapping[Number, str]
"""An order: by number the id of the entry (`domain.outcome.ListedEpisode`)."""

EMPTY: EntryNumbers = {}

Pointers = Mapping[Number, int]
"""By number the item that it points to."""


def is_order(name: str) -> bool:
    """Whether this can be the name of an order."""
    return re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name) is not None and name != LIBRARY


class Numbering(Struct, frozen=True, kw_only=True):
    """Which items the numbers of a series point to.

    `order`: by which the files are numbered. `library`: by the numbers that files bear; `remembered`: by order and
    number what each points to there, as far as it is known.
    """

    order: str = AIRED
    library: dict[Number, int] = {}
    remembered: dict[str, dict[Number, int]] = {}

    @property
    def is_pointed(self) -> bool:
        """Whether the numbers point to what they mean in the order; else it was chosen before it could be read."""
        return self.order == AIRED or self.order in self.remembered or not self.library

    def items(self) -> set[int]:
        """All items that are pointed to, by whichever numbers."""
        return {item for pointers in (self.library, *self.remembered.values()) for item in pointers.values()}


def identities(numbering: Numbering, orders: Mapping[str, EntryNumbers], own: Mapping[int, str]) -> dict[int, str]:
    """By item the entry that it is: the one that it is by an id of its `own`, else the one at its number in the order
    that the files go by, else at one that is remembered. No two items are the same entry."""
    entry_of = dict(own)
    taken = set(own.values())
    now = [(numbering.order, numbering.library)] if numbering.is_pointed else []
    pointed = [*now, *sorted(numbering.remembered.items())]
    for order, pointers in pointed:
        numbered = orders.get(order, {})
        for number, item in sorted(pointers.items()):
            entry = numbered.get(number)
            if entry is not None and item not in entry_of and entry not in taken:
                entry_of[item] = entry
                taken.add(entry)
    return entry_of


def in_order(
    numbering: Numbering,
    order: str,
    orders: Mapping[str, EntryNumbers],
    own: Mapping[int, str],
    gone: Collection[int] = (),
) -> Numbering:
    """The same numbers in another order. Items that are to be made for them have ids below 0.

    A number points to what it pointed to when the order was left; else to the item that is the entry of that number;
    else to the item that it points to now, where nothing tells which episode that is; else to a new one. A number that
    points to an item that is `gone`, by anybody's deletion, is none here, and is so again where it was one.
    """
    entry_of = identities(numbering, orders, own)
    item_of = {entry: item for item, entry in entry_of.items()}
    numbered = orders.get(order, {})
    before = numbering.remembered.get(order, {})
    wanted = {number for number, item in numbering.library.items() if item not in gone}
    library = {number: item for number, item in before.items() if number in wanted or item in gone}
    taken = set(library.values())
    for number in sorted(wanted - library.keys()):
        item = item_of.get(numbered.get(number, ""))
        if item is not None and item not in taken:
            library[number] = item
            taken.add(item)
    for place, number in enumerate(sorted(wanted - library.keys()), start=1):
        item = numbering.library[number]
        library[number] = -place if item in entry_of or item in taken else item
        taken.add(library[number])
    identified = {number: item_of[entry] for number, entry in numbered.items() if entry in item_of}
    remembered = {**_left(numbering), order: _with(_with(identified, before), library)}
    return Numbering(order=order, library=library, remembered=remembered)


def unread(numbering: Numbering, order: str) -> Numbering:
    """The same numbers in an order that nobody has read yet: they point where they did until it is."""
    return Numbering(order=order, library=numbering.library, remembered=_left(numbering))


def _left(numbering: Numbering) -> dict[str, dict[Number, int]]:
    """What is to be remembered where an order is left."""
    if not numbering.is_pointed:
        return numbering.remembered
    left = _with(numbering.remembered.get(numbering.order, {}), numbering.library)
    return {**numbering.remembered, numbering.order: left}


def _with(pointers: Pointers, stronger: Pointers) -> dict[Number, int]:
    """Both; an item stands where the stronger ones have it, and nowhere else."""
    placed = set(stronger.values())
    return {number: item for number, item in pointers.items() if item not in placed} | dict(stronger)


def ordered(numbers: Iterable[tuple[Number, str]], aired: EntryNumbers = EMPTY) -> dict[Number, str]:
    """An order as a list tells it: by number the entry; a number that two entries have means neither. The specials of
    the `aired` order are in every one, for others often leave them out."""
    entries: dict[Number, str] = {}
    doubled: set[Number] = set()
    for number, entry in numbers:
        if entries.setdefault(number, entry) != entry:
            doubled.add(number)
    specials = {number: entry for number, entry in aired.items() if number[0] == 0}
    if not any(season == 0 for season, _ in entries):
        entries |= {number: entry for number, entry in specials.items() if entry not in entries.values()}
    return {number: entry for number, entry in entries.items() if number not in doubled}


LEAST_REPORTED, SHARE = 5, 0.9
"""So many reported ids, and this share of them at their numbers in another order, and that one is offered."""


def fitting(reported: Mapping[Number, str], orders: Mapping[str, EntryNumbers], chosen: str) -> str:
    """The order by which files are numbered, as the ids tell that were `reported` with their numbers, where it is
    another one than the `chosen`; "": that one fits as well, or too little tells."""
    if len(reported) < LEAST_REPORTED:
        return ""
    at_number = {
        order: sum(1 for number, entry in reported.items() if numbered.get(number) == entry)
        for order, numbered in orders.items()
    }
    best = max(sorted(at_number), key=lambda order: (at_number[order], order == chosen), default="")
    if not best or at_number[best] < SHARE * len(reported) or at_number[best] <= at_number.get(chosen, 0):
        return ""
    return best
