"""`metarr history` and `metarr undo`: what changed, and taking it back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer
from rich.cells import cell_len

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.difference import apart, side_by_side
from metarr.cli.items import HOW, named
from metarr.cli.output import as_json, note, say, table, width
from metarr.cli.text import MOST_OBJECTS, NOTHING, clean, counted, name_of, one_line, shown, when

SERVICE = "EnrichmentService"
PAGE = 200
MOST_TEXT = 100
"""Columns of a value in a table of changes."""

LEAST = 20
"""Columns for the values of a change, however narrow the terminal is."""


def history(
    item: Annotated[str, typer.Argument(metavar="ITEM", help=f"Only of this one, by {HOW}; without it, of all.")] = "",
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0: all.", min=0)] = 20,
    full: Annotated[bool, typer.Option("--full", help="Show whole values, not where they begin to differ.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Tell what changed, the latest first."""
    reference = named(server, item) if item else ""
    change_sets: list[Answer] = []
    for page in pages(server, SERVICE, "ListChangeSets", {"itemId": reference, "pageSize": min(limit or PAGE, PAGE)}):
        change_sets += page.get("changeSets", ())
        if limit and len(change_sets) >= limit:
            del change_sets[limit:]
            break
    if json:
        return as_json({"changeSets": change_sets})
    if not change_sets:
        what, how = ("it", f"enrich {reference}") if reference else ("all", "enrich-all")
        return note(f"nothing changed yet; to bring {what} up to date: metarr {how}")
    for place, change_set in enumerate(change_sets):
        if place:
            say()
        _tell(change_set, full=full)
    return None


CAUSES = {
    "enrich": "enriched",
    "edit": "edited",
    "identify": "identified",
    "import": "imported",
    "authority": "merged by new rules",
    "undo": "undone",
    "redo": "done again",
    "join": "joined",
    "split": "taken apart",
}
"""What made a change-set, as something that was done to the item."""


def _tell(change_set: Answer, *, full: bool) -> None:
    cause = CAUSES.get(change_set.get("cause", ""), change_set.get("cause", ""))
    undone = f", undone by {change_set['undoneBy']}" if change_set.get("undoneBy") else ""
    title = clean(change_set.get("itemTitle", "")) or f"item {change_set.get('itemId', '')}"
    say(f"{change_set['id']}  {title}: {cause} {when(change_set.get('changedAt'))}{undone}")
    changes = change_set.get("changes", [])
    if full:
        change_table(changes, full=True)
    else:
        for line in change_lines(changes, width()):
            say(line)


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
        change_table(changes)
        say()
        say(f"Take this back with: metarr undo {made['id']}")
    for refusal in answer.get("refused", ()):
        note(clean(f"{refusal['field']} stays as it is: {refusal.get('why', '')}"))


def change_table(changes: Iterable[Answer], *, full: bool = False) -> None:
    """Changes of fields as a table; long values from where they begin to differ on, or whole."""
    rows = []
    for change in changes:
        old, new = _values(change)
        values = (old, new) if full else apart(one_line(old), one_line(new), MOST_TEXT)
        rows.append((change["field"], _source(change), *values))
    table(("field", "source", "old", "new"), rows, whole=("field", "source"))


def change_lines(changes: Sequence[Answer], room: int) -> Iterator[str]:
    """A line for each change, in so many columns: values as far as they have room, from where they begin to differ."""
    names = max((len(change["field"]) for change in changes), default=0)
    for change in changes:
        start = f"  {change['field']:{names}}  "
        source = f"  ({_source(change)})" if _source(change) else ""
        left = max(room - cell_len(f"{start} → {source}"), LEAST)
        old, new = _values(change)
        old, new = side_by_side(one_line(old), one_line(new), left)
        yield f"{start}{old} → {new}{source}"


def _values(change: Answer) -> tuple[str, str]:
    """The old and the new value; a lock that was set or lifted is told beside the new one, or instead of the same."""
    before, after = bool(change.get("oldLocked")), bool(change.get("newLocked"))
    lock = "" if before == after else "locked" if after else "unlocked"
    old, new = (shown(change.get(side), MOST_OBJECTS) for side in ("oldValue", "newValue"))
    if lock and old == new:
        return old, lock
    return old, f"{new} ({lock})" if lock else new


def _source(change: Answer) -> str:
    old, new = change.get("oldSource", ""), change.get("newSource", "")
    return clean(f"{old} → {new or NOTHING}" if old and old != new else new)
