"""Ids that owners and tools write into names: "{imdb-tt0078748}", "[tmdbid=348]", ".plexmatch"'s lines."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from metarr.domain.id_spelling import OF_COLLECTION, is_blank, is_known_type, spelled, typed
from metarr.domain.ids import Worth, worth
from metarr.domain.values import Kind

Claim = tuple[str, str]
"""The type of an id, and its value."""


class Tagged(NamedTuple):
    """The ids of a name, and the name without them."""

    claims: tuple[Claim, ...]
    name: str


_TAG = re.compile(r"[\[({]\s*([^\W\d_]\w*)\s*[-=: ]\s*([^\[\](){}]*?)\s*[\])}]")
_BARE = re.compile(r"[\[({]?(?<![^\W_])(tt\d{7,10})(?![^\W_])[\])}]?", re.IGNORECASE | re.ASCII)
_MAY_HAVE_ONE = re.compile(r"[\[({]|tt\d", re.IGNORECASE)


def tagged(name: str) -> Tagged:
    """Read the ids out of a name. What stands where an id belongs and is none ("{tmdb-0}", "[imdbid-]") goes, too."""
    if not _MAY_HAVE_ONE.search(name):
        return Tagged((), name)
    claims: list[Claim] = []

    def taken(match: "re.Match[str]") -> str:
        if not is_known_type(match[1]) or not (id_type := typed(match[1])):
            return match[0]
        claims.extend(claim(id_type, match[2]))
        return " "

    left = _TAG.sub(taken, name)
    for match in _BARE.finditer(left):
        claims += claim("imdb", match[1])
    return Tagged(tuple(claims), " ".join(_BARE.sub(" ", left).split()))


def claim(id_type: str, text: str) -> list[Claim]:
    """An id as it is stored; none for "None", 0, or a collection's: it is another title's."""
    if is_blank(text) or id_type.startswith(OF_COLLECTION):
        return []
    claimed = spelled(id_type, text)
    return [claimed] if claimed and claimed[0] == id_type else []


def joined(kind: Kind, sources: Iterable[tuple[str, Iterable[Claim]]]) -> tuple[dict[str, str], str]:
    """The ids of several places, and what speaks against each other: "the folder's name says imdb tt1, …", or "".

    Only ids that identify do: that of an anime's season says nothing against the one of another season.
    """
    ids: dict[str, tuple[str, str]] = {}
    against: list[str] = []
    for place, claims in sources:
        for id_type, value in claims:
            first, where = ids.setdefault(id_type, (value, place))
            if first != value and worth(kind, id_type) is Worth.IDENTIFY:
                against.append(f"{where} says {id_type} {first}, {place} {value}")
    return {id_type: value for id_type, (value, _) in ids.items()}, "; ".join(dict.fromkeys(against))
