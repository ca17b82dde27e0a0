"""`metarr library list`: the titles of the library, and those that want something."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server
from metarr.cli.items import ABOVE, listed
from metarr.cli.kinds import KINDS, KindName
from metarr.cli.output import as_json, note, table
from metarr.cli.text import counted, ids_text, kind_constant, kind_word, name_of, when


class SortName(StrEnum):
    """By what a list is sorted."""

    TITLE = "title"
    YEAR = "year"
    ADDED = "added"
    ENRICHED = "enriched"


def list_items(
    kind: Annotated[KindName | None, typer.Option(metavar="KIND", help=f"Only this kind: {KINDS}.")] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Only titles that contain this text.")] = "",
    *,
    awaited: Annotated[
        str, typer.Option(metavar="PROVIDER", help="Only those of which an answer of this provider is still awaited.")
    ] = "",
    missing: Annotated[str, typer.Option(metavar="FIELD", help="Only those without a value in this field.")] = "",
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Only those of which only you can say which title they are.")
    ] = False,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Only those about whose ids the providers contradict each other.")
    ] = False,
    locked: Annotated[bool, typer.Option("--locked", help="Only those with a locked field.")] = False,
    unmonitored: Annotated[
        bool, typer.Option("--unmonitored", help="Only those that the daily run leaves out.")
    ] = False,
    unidentified: Annotated[
        bool, typer.Option("--unidentified", help="Only those without an id by which a provider can be asked.")
    ] = False,
    locked_field: Annotated[str, typer.Option(metavar="FIELD", help="Only those in which this field is locked.")] = "",
    values_held: Annotated[
        bool, typer.Option("--held", help="Only those that keep a value because its source cannot be heard.")
    ] = False,
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help="Only those with a value of this source: a provider, or owner.")
    ] = "",
    player: Annotated[str, typer.Option(metavar="ID", help="Only those that this player has.")] = "",
    year_from: Annotated[int, typer.Option("--from-year", metavar="YEAR", help="Only of this year or later.")] = 0,
    year_to: Annotated[int, typer.Option("--to-year", metavar="YEAR", help="Only of this year or earlier.")] = 0,
    never: Annotated[bool, typer.Option("--never", help="Only those that were never enriched.")] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that you deleted, instead.")] = False,
    sort: Annotated[
        SortName, typer.Option(metavar="ORDER", help="By title, year, added or enriched: what was longest ago first.")
    ] = SortName.TITLE,
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    ids: Annotated[bool, typer.Option("--ids", help="Show their external ids, too.")] = False,
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0: all.", min=0)] = 0,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """List the items by title, seasons and episodes below their series; or in another order."""
    said = {
        "kind": kind_constant(kind) if kind else None,
        "titleContains": title,
        "pendingProvider": awaited,
        "missingField": missing,
        "undecided": undecided or None,
        "conflict": conflicts or None,
        "locked": locked or None,
        "lockedField": locked_field,
        "unidentified": unidentified or None,
        "held": values_held or None,
        "source": source,
        "playerId": player,
        "yearFrom": year_from or None,
        "yearTo": year_to or None,
        "monitored": False if unmonitored else None,
        "enriched": False if never else None,
        "deleted": deleted or None,
    }
    chosen = {name: value for name, value in said.items() if value not in (None, "")}
    order = {"orderBy": f"ITEM_ORDER_{sort.upper()}"} if sort is not SortName.TITLE else {}
    request = order | ({"descending": True} if reverse else {}) | ({"filter": chosen} if chosen else {})
    items, total = listed(server, request, limit)
    if json:
        return as_json({"items": items, "totalSize": total})
    if not items:
        return note(_nothing(chosen))
    items_table(items if order or reverse else in_order(items), ids=ids)
    if len(items) < total:
        note(f"{len(items)} of {counted(total, 'item')} shown")
    return None


def items_table(items: Iterable[Answer], *, ids: bool = False) -> None:
    """Items as rows."""
    rows = [(*_row(item), *([ids_text(item)] if ids else [])) for item in items]
    columns = ("item", "kind", "title", "enriched", "waits for", *(["ids"] if ids else []))
    table(columns, rows, whole=("item", "kind", "enriched"))


def in_order(items: list[Answer]) -> list[Answer]:
    """The items as they come, but seasons and episodes after their series, or where that is not among them by the
    first of them, in the order of their numbers."""
    by_id = {item["id"]: item for item in items}
    places = {item["id"]: place for place, item in enumerate(items)}
    firsts: dict[str, int] = {}

    def key(item: Answer) -> tuple[int, int, int]:
        top = item
        while top.get("parentId") in by_id:
            top = by_id[top["parentId"]]
        place = places[top["id"]]
        if "seriesTitle" in top:
            place = firsts.setdefault(top["seriesTitle"], place)
        return (place, item.get("seasonNumber", -1), item.get("episodeNumber", -1))

    return sorted(items, key=key)


def _row(item: Answer) -> tuple[str, ...]:
    return (item["id"], kind_word(item), name_of(item), when(item.get("lastEnrichedAt")) or "never", _waits(item))


def _waits(item: Answer) -> str:
    """Who has to say something about it: the owner, where nobody else can before, or providers."""
    if item.get("undecided"):
        return "you: which title?"
    if item["kind"] in ABOVE and not item.get("ids") and not item.get("pending"):
        return "a search"
    return ", ".join(awaited["provider"] for awaited in item.get("pending", ()))


def _nothing(chosen: Answer) -> str:
    if not chosen:
        return "the library is empty; to add what is in a folder: metarr library import FOLDER"
    if chosen == {"undecided": True}:
        return "nothing waits for you to say which title it is"
    if chosen == {"deleted": True}:
        return "nothing in the library was deleted"
    return "nothing in the library is like that; to see what there is: metarr library list"
