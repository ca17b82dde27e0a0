"""Titles as the daemon knows them: found by words, by their ids, and the pictures that there are of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Mapping, NamedTuple

from metarr_adapter.errors import RpcError
from metarr_adapter.session import KINDS
from metarr_kodi import mapping
from metarr_kodi.scraped import pictures
from metarr_kodi.titles import DEFAULT_IDS, Picture
from metarr_kodi.visit import LONG, Visit

Ids = Mapping[str, str]

GALLERY = 200
"""Pictures of a kind that are offered, at most."""

_ADDRESSES = (
    ("imdb", r"imdb\.com/(?:[a-z-]{2,6}/)?title/(tt\d{7,10})"),
    ("tmdb", r"themoviedb\.org/(?:movie|tv)/(\d{1,9})"),
    ("tvdb", r"thetvdb\.com/(?:\S*?[?&](?:series)?id=|dereferrer/(?:movie|series)/)(\d{1,9})"),
)
_UNIQUE_ID = re.compile(r"<uniqueid\b[^>]*\btype=[\"'](\w+)[\"'][^>]*>\s*(\w{1,20})\s*</uniqueid>")

_SEVERAL = "invalid_argument"
"""The code of an id that items of several kinds have: a film's number at TMDB may be a show's, too."""


class Match(NamedTuple):
    """A title that may be meant; `score`: 0 to 1."""

    title: str
    year: int
    ids: Ids
    poster: str
    score: float


class Matches(NamedTuple):
    """What words may mean, the best first. `clear`: that one may be taken without asking anybody."""

    titles: Sequence[Match]
    clear: bool


def search(visit: Visit, kind: str, title: str, year: int) -> Matches:
    """Raises RpcError."""
    answer = visit.ask("Aggregation", "Search", LONG, kind=KINDS[kind], title=title, year=year)
    titles = [
        Match(
            each.get("title", ""),
            each.get("year", 0),
            {one["type"]: one["value"] for one in each.get("ids", ())},
            each.get("poster", ""),
            each.get("score", 0.0),
        )
        for each in answer.get("candidates", ())
    ]
    return Matches([each for each in titles if each.ids], bool(answer.get("clearWinner")))


def item_of(visit: Visit, kind: str, ids: Ids) -> dict[str, Any]:
    """The title: the library's own item where it knows it, with its owner's edits, else what the providers say.

    Raises RpcError.
    """
    item = known_item(visit, kind, ids)
    if item.get("lastEnrichedAt"):
        return item
    answer: dict[str, Any] = visit.ask("Aggregation", "Aggregate", LONG, kind=KINDS[kind], ids=_by_type(ids))["item"]
    return answer


def series_of(visit: Visit, ids: Ids) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A series as `item_of` has it, and its seasons and episodes by the numbers that files bear. Raises RpcError."""
    asked = {"kind": KINDS["series"], "ids": _by_type(ids), "episodes": True}
    answer = visit.ask("Aggregation", "Aggregate", LONG, **asked)
    item = known_item(visit, "series", ids)
    return item if item.get("lastEnrichedAt") else answer["item"], answer.get("below", [])


def _by_type(ids: Ids) -> list[dict[str, str]]:
    """Ids as the daemon takes them: those by which it can ask, as a malformed one of any other type fails the call."""
    return [{"type": id_type, "value": ids[id_type]} for id_type in DEFAULT_IDS if id_type in ids]


def known_item(visit: Visit, kind: str, ids: Ids) -> dict[str, Any]:
    """The library's item that has one of the ids, {}: there is none. Raises RpcError."""
    for id_type in (each for each in DEFAULT_IDS if each in ids):
        try:
            item: dict[str, Any] = visit.ask("Library", "GetItem", itemId=f"{id_type}:{ids[id_type]}")["item"]
        except RpcError as error:
            if error.code not in ("not_found", _SEVERAL):
                raise
            continue
        if item.get("kind") == KINDS[kind]:
            return item
    return {}


def gallery(visit: Visit, kind: str, item_id: str) -> list[Picture]:
    """All pictures of the library's item, of each kind those that it holds first. Raises RpcError."""
    return [
        picture
        for field in mapping.art_keys(kind)
        for picture in pictures(
            kind,
            field,
            visit.ask("Library", "ListArtwork", itemId=item_id, field=field, pageSize=GALLERY).get("artwork", ()),
        )
    ]


def ids_named_in(text: str) -> Ids:
    """The ids that a file beside a video names, by the address of a page or as Kodi writes them; of several of one
    type the first. A page of another title in running text cannot be told from its own: that is its owner's to mend."""
    named = {id_type: match[1] for id_type, pattern in _ADDRESSES if (match := re.search(pattern, text))}
    written = {match[1].lower(): match[2] for match in reversed(list(_UNIQUE_ID.finditer(text)))}
    return {**named, **{id_type: value for id_type, value in written.items() if id_type in DEFAULT_IDS}}


def ids_of_bare(value: str) -> list[Ids]:
    """The ids that a bare one may be, as Kodi names a title by: the first of the `DEFAULT_IDS` that it has."""
    if re.fullmatch(r"tt\d+", value):
        return [{"imdb": value}]
    return [{id_type: value} for id_type in DEFAULT_IDS[1:]] if value else []
