"""`metarr library edit, lock, unlock, monitor, unmonitor, remove, undelete`: the owner's hand on items."""

import json as json_text
from typing import Annotated, Any

import typer

from metarr.cli.changes import change_table
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.items import HOW, SERVICE, Item, Items, named
from metarr.cli.output import as_json, say
from metarr.cli.text import counted, name_of
from metarr.domain.fields import FIELDS, FieldType

Names = Annotated[list[str] | None, typer.Argument(metavar="FIELD", help="Such as plot.")]
Etag = Annotated[str, typer.Option(metavar="ETAG", help="Refuse where the item changed since it had this etag.")]


def edit(
    item: Item,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE",
            help="Such as plot='My plot', genres=Drama,Crime or cast='[{\"name\": \"A\"}]'; nothing after = empties.",
        ),
    ],
    etag: Etag = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Type in values. Each is locked: no enrichment changes it until you unlock it."""
    _update(server, json, item, {"fields": dict(map(_value, values)), "updateMask": "fields", "etag": etag})


def _value(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{text[:60]!r} is not FIELD=VALUE, such as plot=...", param_hint="FIELD=VALUE")
    return name, _plain(name, value.strip())


def _plain(name: str, text: str) -> Any:
    """A value as the field's type has it: lists by commas, anything with parts as JSON or by its main part alone."""
    kind = FIELDS[name].type if name in FIELDS else FieldType.TEXT
    if not text:
        return None
    if kind in (FieldType.TEXT, FieldType.DATE, FieldType.INTEGER, FieldType.RATING):
        return text
    if text[0] in "[{":
        try:
            return json_text.loads(text)
        except ValueError as error:
            raise typer.BadParameter(f"{name}: is no JSON: {error}", param_hint="FIELD=VALUE") from None
    if kind is FieldType.COLLECTION:
        return {"name": text}
    if kind is FieldType.ARTWORK:
        return [{"url": text}]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [{"name": part} for part in parts] if kind is FieldType.CREDITS else parts


def lock(
    item: Item,
    fields: Names = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every field that holds a value.")] = False,
    below: Annotated[
        bool | None,
        typer.Option("--below/--not-below", help="Of a series or a season: also below it; alone: all its locks."),
    ] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Lock fields as they are, empty or not: no enrichment changes them."""
    request = {} if below is not None and not fields and not every else _locking("lock", fields, every)
    if below is not None:
        mask = ",".join(filter(None, (request.get("updateMask"), "lockBelow")))
        request = {**request, "lockBelow": below, "updateMask": mask}
    _update(server, json, item, request)


def unlock(
    item: Item,
    fields: Names = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every field.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Unlock fields: their values stay until an enrichment finds others."""
    _update(server, json, item, _locking("unlock", fields, every))


def _locking(action: str, fields: list[str] | None, every: bool) -> Answer:
    if bool(fields) == every:
        raise typer.BadParameter("name fields, or give --all", param_hint="FIELD")
    if every:
        return {f"{action}All": True, "updateMask": f"{action}All"}
    return {f"{action}Fields": fields, "updateMask": f"{action}Fields"}


def _update(server: str, json: bool, item: str, request: Answer) -> None:
    answer = ask(server, SERVICE, "UpdateItem", {"itemId": named(server, item), **request})
    if json:
        return as_json(answer)
    changes = answer.get("changes", [])
    say(f"{name_of(answer['item'])}: {counted(len(changes), 'field') if changes else 'nothing'} changed")
    if not changes:
        return None
    say()
    change_table(changes)
    say()
    say(f"Undo it with: metarr undo {answer['changeSetId']}")
    return None


def monitor(items: Items, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Have the daily run take items again."""
    _set_monitored(server, json, items, monitored=True)


def unmonitor(items: Items, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Have the daily run leave items out: their values stay as they are until you enrich them yourself."""
    _set_monitored(server, json, items, monitored=False)


def _set_monitored(server: str, json: bool, items: list[str], *, monitored: bool) -> None:
    references = [named(server, item) for item in items]
    request = {"monitored": monitored, "updateMask": "monitored"}
    answers = [ask(server, SERVICE, "UpdateItem", {"itemId": reference, **request}) for reference in references]
    if json:
        return as_json({"items": [answer["item"] for answer in answers]})
    outcome = "is monitored: the daily run takes it" if monitored else "is not monitored: the daily run leaves it out"
    for answer in answers:
        say(f"{name_of(answer['item'])} {outcome}")
    return None


def remove(items: Items, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Delete items and what is below them from Metarr's library; `undelete` brings them back."""
    references = [named(server, item, exact=True) for item in items]
    answer = ask(server, SERVICE, "DeleteItems", {"itemIds": references})
    if json:
        return as_json(answer)
    gone = answer.get("itemIds", [])
    say(f"{counted(len(gone), 'item')} deleted{_listed(gone)}")
    return say(f"Bring it back with: metarr library undelete {' '.join(references)}") if gone else None


def undelete(
    items: Annotated[list[str], typer.Argument(metavar="ITEM", help=f"Which deleted ones, each by {HOW}.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Bring deleted items back, with what was deleted together with them."""
    references = [named(server, item, deleted=True) for item in items]
    answer = ask(server, SERVICE, "RestoreItems", {"itemIds": references})
    if json:
        return as_json(answer)
    back = answer.get("itemIds", [])
    return say(f"{counted(len(back), 'item')} restored{_listed(back)}" if back else "nothing of it is deleted")


def _listed(item_ids: list[str], most: int = 20) -> str:
    more = f" and {len(item_ids) - most} more" if len(item_ids) > most else ""
    return f": {', '.join(item_ids[:most])}{more}" if item_ids else ""
