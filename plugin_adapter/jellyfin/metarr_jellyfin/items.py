"""Asking a server for its items. Never for a user: to one, some of them would not be shown, and look gone."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from metarr_jellyfin.fields import FIELDS, TYPES
from metarr_jellyfin.server import Away, Gone, JellyfinServer, Query, Refused
from metarr_jellyfin.shapes import Raw

PAGE = 200
MOST_IDS = 50
"""Of one request: each takes 37 letters of its address, of which proxies take 4,000 or more."""

LIGHT = ("Etag",)


class Page(NamedTuple):
    """Some items, and how many there are in all."""

    items: Sequence[Raw]
    total: int


def count(server: JellyfinServer) -> int:
    """How many items there are."""
    return _page(server, [*_every(TYPES), ("limit", "0")], ()).total


def pages(
    server: JellyfinServer, types: Collection[str] = tuple(TYPES), query: Query = (), fields: Sequence[str] = FIELDS
) -> Iterator[Page]:
    """All items of these types, a page at a time. What is made or goes meanwhile shifts them: some may be told twice,
    or not at all."""
    start = 0
    asked = [*_every(types), *query, ("limit", str(PAGE))]
    while True:
        page = _page(server, [*asked, ("startIndex", str(start))], fields)
        yield page
        start += len(page.items)
        if not page.items or start >= page.total:
            return


def below(server: JellyfinServer, key: str, fields: Sequence[str] = FIELDS) -> Iterator[Page]:
    """The seasons and episodes of a series."""
    return pages(server, ("Season", "Episode"), [("parentId", key)], fields)


def named(server: JellyfinServer, keys: Sequence[str], fields: Sequence[str] = FIELDS) -> list[Raw]:
    """Those of these items that there are, freshly read."""
    raws: list[Raw] = []
    for start in range(0, len(keys), MOST_IDS):
        asked = [("ids", key) for key in keys[start : start + MOST_IDS]]
        raws += _page(server, [*asked, ("enableUserData", "false")], fields).items
    return raws


def one(server: JellyfinServer, key: str, fields: Sequence[str] = FIELDS) -> Raw | None:
    """One item, freshly read; None: there is none any more."""
    return next((raw for raw in named(server, [key], fields) if raw.get("Id") == key), None)


def _every(types: Collection[str]) -> list[tuple[str, str]]:
    sorting = [("sortBy", name) for name in ("DateCreated", "SortName")]
    kinds = [("includeItemTypes", name) for name in types]
    return [("recursive", "true"), *kinds, *sorting, ("enableUserData", "false")]


def _page(server: JellyfinServer, query: Query, fields: Sequence[str]) -> Page:
    asked = [*query, *(("fields", name) for name in fields)]
    try:
        answer: Any = server.get("/Items", asked)
    except Gone as error:
        raise Away(f"what answers at {server.address} is no Jellyfin: it knows no items") from error
    except Refused as error:
        raise Away(f"Jellyfin does not tell its items: {error}") from error
    try:
        items = [raw for raw in answer["Items"] if isinstance(raw, dict) and raw.get("Id")]
        return Page(items, int(answer.get("TotalRecordCount") or 0))
    except (TypeError, KeyError, ValueError) as error:
        raise Away(f"what answers at {server.address} tells items otherwise than Jellyfin does") from error
