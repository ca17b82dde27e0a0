"""`metarr history` and `metarr undo`: what changed, and taking it back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer
from rich.cells import cell_len

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, going_on, pages
from metarr.cli.difference import apart, side_by_side
from metarr.cli.items import HOW, named
from metarr.cli.moments import moment
from metarr.cli.output import as_json, note, say, table, width
from metarr.cli.text import MOST_OBJECTS, NOTHING, clean, counted, name_of, one_line, shown, when

SERVICE = "EnrichmentService"
PAGE = 200
MOST_TEXT = 100
"""Columns of a value in a table of changes."""

SAMPLES = 3
MOST_PREVIEWED = 5000
"""Items that a preview looks at: in about two seconds."""

UNDO_TIMEOUT = 3600.0
"""Seconds: it may go through the whole library."""

LEAST = 20
"""Columns for the values of a change, however narrow the terminal is."""


def history(
    item: Annotated[str, typer.Argument(metavar="ITEM", help=f"Only of this one, by {HOW}; without it, of all.")] = "",
    *,
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0: all.", min=0)] = 20,
    full: Annotated[bool, typer.Option("--full", help="Show whole values, not where they begin to differ.")] = False,
    group: Annotated[str, typer.Option(metavar="GROUP", help="Only what was changed together.")] = "",
    job: Annotated[str, typer.Option(metavar="JOB", help="Only what this job changed.")] = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Tell what changed, the latest first."""
    reference = named(server, item) if item else ""
    change_sets: list[Answer] = []
    request: Answer = {"itemId": reference, "pageSize": min(limit or PAGE, PAGE)}
    request |= {key: value for key, value in {"groupId": group, "jobId": job}.items() if value}
    for page in pages(server, SERVICE, "ListChangeSets", request):
        change_sets += page.get("changeSets", ())
        if limit and len(change_sets) >= limit:
            del change_sets[limit:]
            break
    if json:
        return as_json({"changeSets": change_sets})
    if not change_sets and (group or job):
        return note(f"nothing was changed by {f'group {group}' if group else f'job {job}'}, or it is forgotten by now")
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
    "order": "put into another order",
}
"""What made a change-set, as something that was done to the item."""


def _tell(change_set: Answer, *, full: bool) -> None:
    cause = CAUSES.get(change_set.get("cause", ""), change_set.get("cause", ""))
    undone = f", undone by {change_set['undoneBy']}" if change_set.get("undoneBy") else ""
    title = clean(change_set.get("itemTitle", "")) or f"item {change_set.get('itemId', '')}"
    group = change_set.get("groupId", change_set["id"])
    together = "" if group == change_set["id"] else f", group {group}"
    say(f"{change_set['id']}  {title}: {cause} {when(change_set.get('changedAt'))}{together}{undone}")
    changes = change_set.get("changes", [])
    if change_set.get("newNumbering"):
        say(f"  order  {_numberings(change_set)}")
    if full:
        change_table(changes, full=True)
    else:
        for line in change_lines(changes, width()):
            say(line)


def undo(
    change_set: Annotated[str, typer.Argument(metavar="CHANGESET", help="Its id, as `metarr history` tells it.")] = "",
    *,
    group: Annotated[str, typer.Option(metavar="GROUP", help="All that was changed together.")] = "",
    job: Annotated[str, typer.Option(metavar="JOB", help="All that a job changed.")] = "",
    provider: Annotated[str, typer.Option(metavar="ID", help="All that a provider brought, with --since.")] = "",
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="A date, a time, or how long ago: 2026-03-01, 36h, 2d.")
    ] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Tell what would go back, and change nothing.")] = False,
    max_items: Annotated[
        int, typer.Option(metavar="NUMBER", help="Of a preview: look at so many items; 0: all.", min=0)
    ] = MOST_PREVIEWED,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Take a change back, or all of a group, a job or a provider; locks included. Undoing an undo brings it again."""
    if sum(map(bool, (change_set, group, job, provider))) != 1:
        raise typer.BadParameter("name one: a change-set, --group, --job or --provider", param_hint="CHANGESET")
    if bool(provider) != bool(since):
        raise typer.BadParameter("goes with --provider, and --provider needs it", param_hint="--since")
    if change_set:
        if preview:
            raise typer.BadParameter("is for --group, --job and --provider", param_hint="--preview")
        return _undo_one(server, change_set, json=json)
    which = {"groupId": group, "jobId": job, "provider": provider}
    request: Answer = {key: value for key, value in which.items() if value} | {"dryRun": preview, "samples": SAMPLES}
    if provider:
        request["since"] = moment(since, "--since")
    if preview:
        request["maxItems"] = max_items
    with going_on("nothing was changed" if preview else "what went back stays so; the same command goes on"):
        answer = ask(server, SERVICE, "UndoChangeSets", request, UNDO_TIMEOUT)
    if json:
        as_json(answer)
    else:
        _all_taken_back(answer, preview=preview)
    if not preview and answer.get("refusals") and not answer.get("changedItems"):
        raise typer.Exit(1)
    return None


def _all_taken_back(answer: Answer, *, preview: bool) -> None:
    rows = [
        (clean(each.get("itemTitle", "")) or each["itemId"], each["change"]["field"], *_sample(each["change"]))
        for each in answer.get("samples", ())
    ]
    if rows:
        table(("item", "field", "now" if preview else "was", "then" if preview else "is"), rows, whole=("field",))
        say()
    fields, items = counted(answer.get("fields", 0), "field"), counted(answer.get("changedItems", 0), "item")
    looked, total = answer.get("items", 0), answer.get("totalItems", 0)
    of = f" (looked at {looked} of {total}; --max-items 0 looks at all)" if looked < total else ""
    if preview:
        say(f"{fields} of {items} would go back{of}. Nothing was changed.")
    else:
        say(f"{fields} of {items} put back")
    if answer.get("groupId"):
        say(f"Take this back with: metarr undo --group {answer['groupId']}")
    for refusal in answer.get("refused", ()):
        title = clean(refusal.get("itemTitle", "")) or f"item {refusal['itemId']}"
        what = refusal.get("field") or f"change-set {refusal.get('changeSetId', '')}"
        note(clean(f"{title}: {what} stays as it is: {refusal.get('why', '')}"))
    if (more := answer.get("refusals", 0) - len(answer.get("refused", ()))) > 0:
        note(f"and {more} more stay as they are")


def _sample(change: Answer) -> tuple[str, str]:
    old, new = _values(change)
    return apart(one_line(old), one_line(new), MOST_TEXT)


def _undo_one(server: str, change_set: str, *, json: bool) -> None:
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
    put_back = counted(len(changes), "field") if changes else "nothing"
    if made.get("newNumbering"):
        put_back = f"the order ({_numberings(made)})"
    say(f"{name_of(answer['item'])}: {put_back} put back")
    if changes:
        say()
        change_table(changes)
        say()
    if made:
        say(f"Take this back with: metarr undo {made['id']}")
    for refusal in answer.get("refused", ()):
        note(clean(f"{refusal['field']} stays as it is: {refusal.get('why', '')}"))


def _numberings(change_set: Answer) -> str:
    return clean(f"{change_set.get('oldNumbering', '')} → {change_set['newNumbering']}")


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
