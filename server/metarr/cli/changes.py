"""`metarr history` and `metarr undo`: what changed, and taking it back."""

from collections.abc import Iterable
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.library import MOST_OBJECTS
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import NOTHING, clean, counted, name_of, shown, when

SERVICE = "EnrichmentService"
PAGE = 200


def history(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Only of this item; without it, of all.")] = "",
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0: all.", min=0)] = 20,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Tell what changed, the latest first."""
    found: list[Answer] = []
    for page in pages(server, SERVICE, "ListChangeSets", {"itemId": item, "pageSize": min(limit or PAGE, PAGE)}):
        found += page.get("changeSets", ())
        if limit and len(found) >= limit:
            del found[limit:]
            break
    if json:
        return as_json({"changeSets": found})
    if not found:
        return note("nothing changed yet")
    rows = [row for change_set in found for row in _rows(change_set)]
    columns = ("id", "item", "when", "by", "field", "old", "new", "source")
    table(columns, rows, whole=("id", "item", "when", "by", "field"))
    return None


def _rows(change_set: Answer) -> list[tuple[str, ...]]:
    cause = change_set.get("cause", "")
    if change_set.get("undoneBy"):
        cause += f", undone by {change_set['undoneBy']}"
    head = (change_set["id"], change_set.get("itemId", ""), when(change_set.get("changedAt")), cause)
    changes = change_rows(change_set.get("changes", ())) or [("", "", "", "")]
    return [(*(head if number == 0 else ("", "", "", "")), *row) for number, row in enumerate(changes)]


def undo(
    change_set: Annotated[str, typer.Argument(metavar="CHANGESET", help="Its id, as `metarr history` tells it.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Take a change back, locks included. Undoing an undo brings the change again."""
    answer = ask(server, SERVICE, "UndoChangeSet", {"changeSetId": change_set})
    if json:
        as_json(answer)
    else:
        _taken_back(answer)
    if "changeSet" not in answer:
        raise typer.Exit(1)


def _taken_back(answer: Answer) -> None:
    made = answer.get("changeSet", {})
    changes = made.get("changes", [])
    say(f"{name_of(answer['item'])}: {counted(len(changes), 'field') if changes else 'nothing'} put back")
    if changes:
        say()
        table(("field", "old", "new", "source"), change_rows(changes), whole=("field", "source"))
        say()
        say(f"Take this back with: metarr undo {made['id']}")
    for refusal in answer.get("refused", ()):
        note(clean(f"{refusal['field']} stays as it is: {refusal.get('why', '')}"))


def change_rows(changes: Iterable[Answer]) -> list[tuple[str, ...]]:
    """Changes of fields as rows: field, old, new, source; a lock that was set or lifted is told beside the value."""
    return [_change(change) for change in changes]


def _change(change: Answer) -> tuple[str, ...]:
    old, new = change.get("oldSource", ""), change.get("newSource", "")
    source = f"{old} → {new or NOTHING}" if old and old != new else new
    before, after = bool(change.get("oldLocked")), bool(change.get("newLocked"))
    lock = "" if before == after else " (locked)" if after else " (unlocked)"
    values = [shown(change.get(side), MOST_OBJECTS) for side in ("oldValue", "newValue")]
    return (change["field"], values[0], values[1] + lock, clean(source))
