"""`metarr series order`: in which order the episodes of a series are numbered."""

from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.items import SERVICE, named
from metarr.cli.output import as_json, note, say, table
from metarr.cli.series import Series
from metarr.cli.text import NOTHING, clean, counted, name_of

MOST_MOVED = 40
"""Numbers that are told one by one."""


def order(
    series: Series,
    order: Annotated[
        str, typer.Argument(metavar="ORDER", help="The order to go by; without it: tell which ones there are.")
    ] = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be, and change nothing.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Tell the orders of a series, or have its files go by another one; its episodes keep what they have."""
    if dry_run and not order:
        raise typer.BadParameter("goes with an ORDER", param_hint="--dry-run")
    reference = named(server, series)
    if not order:
        return _tell_orders(server, reference, json=json)
    answer = ask(server, SERVICE, "SetSeriesOrder", {"itemId": reference, "order": order, "dryRun": dry_run})
    if json:
        return as_json(answer)
    return _tell_moved(answer, order, dry_run=dry_run)


def _tell_orders(server: str, reference: str, *, json: bool) -> None:
    answer = ask(server, SERVICE, "ListSeriesOrders", {"itemId": reference})
    if json:
        return as_json(answer)
    rows = [
        (
            each["order"],
            clean(each.get("title", "")),
            "chosen" if each["order"] == answer.get("order") else "",
            str(each.get("seasons") or NOTHING),
            str(each.get("episodes") or NOTHING),
            str(each.get("numbers", 0)),
        )
        for each in answer.get("orders", ())
    ]
    table(("order", "called", "", "seasons", "episodes", "of your numbers"), rows, whole=("order",))
    if len(rows) < 2:
        note("no other order is listed, as far as is known; TheTVDB and TMDB are asked when the series is enriched")
    return None


def _tell_moved(answer: Answer, order: str, *, dry_run: bool) -> None:
    title, moved = name_of(answer["item"]), answer.get("moved", ())
    rows = [
        (
            f"S{each.get('seasonNumber', 0):02}E{each.get('episodeNumber', 0):02}",
            _called(each.get("oldItem")),
            _called(each.get("newItem")),
        )
        for each in moved[:MOST_MOVED]
    ]
    if rows:
        table(("number", "was", "would be" if dry_run else "is"), rows, whole=("number",))
        say()
    count = answer.get("movedCount", 0)
    if count > len(rows):
        note(f"and {count - len(rows)} more")
    parts = [counted(count, "number") + (" would mean" if dry_run else " mean") + " another episode"]
    if created := answer.get("createdCount"):
        parts.append(f"{counted(created, 'item')} for numbers of which no episode is known")
    if resting := answer.get("restingCount"):
        parts.append(f"{counted(resting, 'episode')} without a file")
    say(f"{title} in the {clean(order)} order: {', '.join(parts)}.")
    if answer.get("unread"):
        note(f"this order was never read: the numbers mean what they meant until: metarr enrich {answer['item']['id']}")
    if dry_run:
        say("Nothing was changed.")
    elif made := answer.get("changeSetId"):
        say(f"Take this back with: metarr undo {made}")
    else:
        note("it goes by this order already")


def _called(item: Answer | None) -> str:
    """An episode by its title: its number is what changes."""
    if item is None:
        return "a new item"
    return clean(item.get("title", "")) or f"item {item['id']}"
