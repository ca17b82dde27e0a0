"""How a person names an item, and which one that is: its number, an external id, or its title."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from metarr.cli.daemon import Answer, ask, pages
from metarr.cli.output import note, table
from metarr.cli.text import clean, counted, ids_text, kind_word, name_of
from metarr.domain.ids import ExternalId, IdContext, Worth, admit, parse_reference, worth
from metarr.domain.values import Kind
from metarr.rpc.client import RpcFailure

HOW = "its number, an external id such as tt0137523 or tmdb:550, or its title"
Item = Annotated[str, typer.Argument(metavar="ITEM", help=f"Which one: {HOW}.")]
Items = Annotated[list[str], typer.Argument(metavar="ITEM", help=f"Which ones, each by {HOW}.")]

SERVICE = "LibraryService"
PAGE = 200
MOST_NAMED = 400
"""Items that are looked at as those that a title may name."""

MOST_LISTED = 20
"""Of them, those that are told where it names several."""

ABOVE = ("MEDIA_KIND_MOVIE", "MEDIA_KIND_SERIES")

_YEAR = re.compile(r"(.*\S)\s*\((\d{4})\)")
_EPISODE = re.compile(r"(.*\S)\s+S(\d{1,4})E(\d{1,4})(?:\s.*)?", re.IGNORECASE)
_SEASON = re.compile(r"(.*?\S)(?:,\s*|\s+)(?:season\s+(\d{1,4})|(specials))", re.IGNORECASE)


def named(server: str, text: str, *, deleted: bool = False, exact: bool = False) -> str:
    """The item that a text names, as the daemon takes it. Ends the command where it names none, or several.

    `deleted`: of the deleted items, not of those in the library. `exact`: a part of its title names nothing.
    """
    reference = _reference(text)
    if reference and not (_doubtful(reference) and not _existing(server, reference)):
        return reference
    hits = list(_by_title(server, text, deleted=deleted))
    if not hits and reference:
        return reference  # so that it is the daemon that says what there is not
    close = [] if hits else _containing(server, text, deleted=deleted)
    fitting = hits or ([] if exact else [each for each in close if _of_year(each, text)])
    if len(fitting) == 1:
        return str(fitting[0]["id"])
    raise _not_one(text, hits, close, deleted=deleted)


def _reference(text: str) -> str:
    """An item's own id or an external one, "" where the text is none. A bad one of a known type is one, too: the daemon
    tells what is wrong with it."""
    if re.fullmatch(r"\w+:\S+", text) and not _doubtful(text):
        return text
    try:
        parse_reference(text)
    except ValueError:
        read = admit(None, "", text, IdContext(bare=True)) if re.fullmatch(r"tt\d+|https?://\S+", text) else None
        return f"{read.type}:{read.value}" if isinstance(read, ExternalId) else ""
    return text


def _doubtful(reference: str) -> bool:
    """Whether it may as well be a title, such as "1917" or "Re:Creators"."""
    id_type, colon, _ = reference.partition(":")
    return not colon or all(worth(kind, id_type.lower()) is Worth.NOTE for kind in Kind)


def _existing(server: str, reference: str) -> bool:
    try:
        ask(server, SERVICE, "GetItem", {"itemId": reference})
    except RpcFailure as failure:
        if failure.reason == "ITEM_NOT_FOUND":
            return False
        raise
    return True


# By title


def _by_title(server: str, text: str, *, deleted: bool) -> Iterator[Answer]:
    """What is called so: movies and series before what is below them."""
    called = _fitting(server, title=text, deleted=deleted)
    if not called and (match := _YEAR.fullmatch(text)):
        called = [each for each in _fitting(server, title=match[1], deleted=deleted) if _of_year(each, text)]
    if called:
        yield from [each for each in called if each["kind"] in ABOVE] or called
    elif match := _EPISODE.fullmatch(text):
        for season in _below(server, match[1], int(match[2]), deleted=deleted):
            yield from _numbered(server, season, "episodeNumber", int(match[3]), deleted=deleted)
    elif match := _SEASON.fullmatch(text):
        yield from _below(server, match[1], int(match[2] or 0), deleted=deleted)


def _of_year(item: Answer, text: str) -> bool:
    """Whether an item is of the year that a text ends with, if it does."""
    match = _YEAR.fullmatch(text)
    return match is None or item.get("year") == int(match[2])


def _below(server: str, series: str, number: int, *, deleted: bool) -> Iterator[Answer]:
    """The seasons of that number of the series of that name."""
    for each in _by_title(server, series, deleted=False):
        if each["kind"] == "MEDIA_KIND_SERIES":
            yield from _numbered(server, each, "seasonNumber", number, deleted=deleted)


def _numbered(server: str, parent: Answer, field: str, number: int, *, deleted: bool) -> Iterator[Answer]:
    below, _ = listed(server, {"parentId": parent["id"], "filter": {"deleted": deleted}})
    yield from (each for each in below if each.get(field) == number)


def _containing(server: str, text: str, *, deleted: bool) -> list[Answer]:
    """Items with this in a title, of whatever year; movies and series alone, where there are any."""
    match = _YEAR.fullmatch(text)
    hits = _fitting(server, titleContains=match[1] if match else text, deleted=deleted)
    return [each for each in hits if each["kind"] in ABOVE] or hits


def _fitting(server: str, **said: Any) -> list[Answer]:
    """The items that a filter fits; none where the daemon finds no letter in what to look for."""
    try:
        return listed(server, {"filter": said}, MOST_NAMED)[0]
    except RpcFailure as failure:
        if failure.code == "INVALID_ARGUMENT":
            return []
        raise


def listed(server: str, request: Answer, limit: int = 0) -> tuple[list[Answer], int]:
    """The items of a list, at most `limit`, 0: all; and how many there are."""
    hits: list[Answer] = []
    total = 0
    for page in pages(server, SERVICE, "ListItems", {**request, "pageSize": min(limit or PAGE, PAGE)}):
        hits += page.get("items", ())
        total = page.get("totalSize", 0)
        if limit and len(hits) >= limit:
            break
    return hits[: limit or None], total


def _not_one(text: str, hits: list[Answer], close: list[Answer], *, deleted: bool) -> typer.Exit:
    """Tells what is there instead of the one item. 1: nothing is called so; 2: several are."""
    where = "among what you deleted" if deleted else "in the library"
    shown = clean(text)
    if hits:
        note(f"{counted(len(hits), 'item')} {where} are called {shown!r}; name one by its number:")
        _candidates(hits)
        return typer.Exit(2)
    if close:
        note(f"nothing {where} is called {shown!r}; did you mean one of these?")
        _candidates(close)
    elif deleted:
        note(f"nothing {where} is called {shown!r}; to see that: metarr library list --deleted")
    else:
        note(f"nothing {where} is called {shown!r}; to see what there is: metarr library list")
    return typer.Exit(1)


def _candidates(hits: list[Answer]) -> None:
    rows = [(each["id"], kind_word(each), name_of(each), ids_text(each)) for each in hits[:MOST_LISTED]]
    table(("item", "kind", "title", "ids"), rows, whole=("item", "kind"), beside=True)
    if len(hits) > MOST_LISTED:
        note("and more")
