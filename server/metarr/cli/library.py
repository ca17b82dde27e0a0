"""`metarr library`: what is in the library, and why it is as it is."""

import re
from enum import StrEnum
from typing import Annotated, Any

import typer

from metarr.cli.candidates import candidates_table
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import (
    NOTHING,
    clean,
    counted,
    ids_text,
    kind_constant,
    kind_word,
    name_of,
    one_line,
    pending_text,
    shown,
    when,
)
from metarr.domain.fields import FIELDS

app = typer.Typer(help="Add titles, list them, see where each value comes from.", no_args_is_help=True)

SERVICE = "LibraryService"
PAGE = 200
MOST_OBJECTS = 4
"""People or pictures of a field that a table shows; --field and --json show all."""


class NewKind(StrEnum):
    """What can be added by itself; seasons and episodes come with their series."""

    MOVIE = "movie"
    SERIES = "series"


class KindName(StrEnum):
    """What can be listed."""

    MOVIE = "movie"
    SERIES = "series"
    SEASON = "season"
    EPISODE = "episode"


KINDS = "movie, series, season or episode"

Item = Annotated[str, typer.Argument(metavar="ITEM", help="Its id, or an external one such as imdb:tt0137523.")]


@app.command()
def add(
    kind: Annotated[NewKind, typer.Argument(metavar="KIND", help="movie or series.")],
    *,
    title: Annotated[str, typer.Option(metavar="TITLE", help="Its title.")] = "",
    year: Annotated[int, typer.Option(metavar="YEAR", help="The year of its release.", min=0, max=9999)] = 0,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="TYPE=ID", help="An external id, such as imdb=tt0137523; may be repeated."),
    ] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Add a title, or add ids to one that is there already."""
    claims = [id_claim(text) for text in ids or []]
    if not claims and not title.strip():
        raise typer.BadParameter("say which one: --id TYPE=ID, or --title and --year", param_hint="--id")
    item = {"kind": kind_constant(kind), "title": title, "year": year, "ids": claims}
    answer = ask(server, SERVICE, "UpsertItems", {"items": [item]})
    if json:
        return as_json(answer)
    for result in answer.get("results", ()):
        item = result["item"]
        done = "Added" if result.get("created") else "Restored" if result.get("restored") else "Already there:"
        say(f"{done} {name_of(item)}, item {item['id']} {ids_text(item)}".rstrip())
    return None


def id_claim(text: str) -> dict[str, str]:
    """An external id from what was typed, such as imdb=tt0137523."""
    match = re.fullmatch(r"([a-z0-9_]+)[=:](\S+)", text)
    if not match:
        raise typer.BadParameter(f"{text!r} is not TYPE=ID, such as imdb=tt0137523", param_hint="--id")
    return {"type": match[1], "value": match[2]}


@app.command("list")
def list_items(
    kind: Annotated[KindName | None, typer.Option(metavar="KIND", help=f"Only this kind: {KINDS}.")] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Only titles that contain this text.")] = "",
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0: all.", min=0)] = 0,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """List the items by title."""
    request = {
        "kind": kind_constant(kind or "unspecified"),
        "titleContains": title,
        "pageSize": min(limit or PAGE, PAGE),
    }
    items: list[Answer] = []
    total = 0
    for page in pages(server, SERVICE, "ListItems", request):
        items += page.get("items", ())
        total = page.get("totalSize", 0)
        if limit and len(items) >= limit:
            del items[limit:]
            break
    if json:
        return as_json({"items": items, "totalSize": total})
    if not items:
        return note("nothing in the library matches" if kind or title else "the library is empty")
    rows = [_row(item) for item in items]
    table(("id", "kind", "title", "year", "ids", "enriched", "waits for"), rows, whole=("id", "kind", "year"))
    if len(items) < total:
        note(f"{len(items)} of {counted(total, 'item')} shown")
    return None


def _row(item: Answer) -> tuple[str, ...]:
    return (
        item["id"],
        kind_word(item),
        clean(item.get("title", "")) or NOTHING,
        str(item.get("year") or NOTHING),
        ids_text(item),
        when(item.get("lastEnrichedAt")) or "never",
        ", ".join(pending["provider"] for pending in item.get("pending", ())),
    )


@app.command()
def show(
    item: Item,
    why: Annotated[bool, typer.Option("--why", help="Also the rule, and what other providers say.")] = False,
    field: Annotated[
        str, typer.Option(metavar="FIELD", help="Only this field: its value, a tab, its source. With --why: explained.")
    ] = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Show an item: every field with its value, source and age."""
    if field and field not in FIELDS:
        raise typer.BadParameter(f"there is no field {clean(field)!r}", param_hint="--field")
    answer = ask(server, SERVICE, "GetItem", {"itemId": item, "explain": why})
    found = answer["item"]
    fields = [entry for entry in found.get("fields", ()) if field in ("", entry["name"])]
    if field and not any("value" in entry for entry in fields) and not (why and fields):
        note(f"{name_of(found)} has no value for {field!r}")
        raise typer.Exit(1)
    if json:
        return as_json(answer)
    if field and not why:
        return say(f"{one_line(shown(fields[0]['value']))}\t{clean(fields[0].get('source', ''))}")
    if not field:
        _heading(found)
    if why:
        rows = [row for entry in fields for row in _explained(entry)]
        table(("field", "value", "source", "age", "why"), rows, whole=("field", "source", "age"))
    else:
        rows = [_field_row(entry) for entry in fields]
        table(("field", "value", "source", "age", "state"), rows, whole=("field", "source", "age", "state"))
    return None


def _heading(item: Answer) -> None:
    say(f"{name_of(item)}: {kind_word(item)}, item {item['id']}{'' if item.get('monitored') else ', not monitored'}")
    ids = [f"{claim['type']}:{claim['value']} ({claim.get('source', '')})" for claim in item.get("ids", ())]
    if ids:
        say(clean(f"ids: {', '.join(ids)}"))
    enriched = when(item.get("lastEnrichedAt")) or "never"
    heard = ", ".join(item.get("lastEnrichedProviders", ()))
    say(f"enriched: {enriched}{f', {heard} answered' if heard else ''}")
    for pending in item.get("pending", ()):
        say(f"waits for {pending_text(pending)}")
    for conflict in item.get("conflicts", ()):
        say(clean(f"conflict: {conflict['claimedBy']} says {conflict['type']}:{conflict['value']}{_stands(conflict)}"))
    aliases = ids_text({"ids": item.get("aliases", ())})
    if aliases:
        say(f"also found by: {aliases}")
    for joined in item.get("joinedItemIds", ()):
        say(f"item {joined} is part of it: metarr library split {item['id']} {joined} takes it out")
    if item.get("candidates"):
        say("may be one of these; pick with metarr library identify:")
        candidates_table(item["candidates"])
    say()


def _stands(conflict: Answer) -> str:
    """What contradicts a claim: another id, or another item that has this one."""
    if conflict.get("heldByItemId"):
        return f", which item {conflict['heldByItemId']} has"
    held = conflict.get("held", "")
    return f"; {conflict['type']}:{held} stands" if held else ""


def _state(entry: Answer) -> str:
    return ", ".join(name for name in ("locked", "held") if entry.get(name))


def _field_row(entry: Answer) -> tuple[str, ...]:
    return (
        entry["name"],
        shown(entry.get("value"), MOST_OBJECTS),
        clean(entry.get("source", "")),
        when(entry.get("fetchedAt")),
        _state(entry),
    )


RULES = {
    "first_in_order": "stands first in the field's order",
    "next_in_order": "next in the field's order",
    "fill_gaps": "fills a gap",
    "union": "joined from several",
    "held": "held: its source cannot be heard now",
    "kept": "kept: nobody has a value now",
    "outside_authority": "kept, though its source no longer counts",
    "locked": "locked by you",
    "withdrawn": "its source has had none for two weeks",
    "vetoed": "kept: you undid what was to replace it",
    "owner": "typed in by you",
    "reported": "what the item came with",
}


def _explained(entry: Answer) -> list[tuple[str, ...]]:
    rule = RULES.get(entry.get("rule", ""), entry.get("rule", "")) if "value" in entry else ""
    language = f"in {entry['language']}" if entry.get("language") else ""
    asked = f"asked by {entry['askedId']}" if entry.get("askedId") else ""
    waiting = f"still waiting for {', '.join(entry['waitingFor'])}" if entry.get("waitingFor") else ""
    why = "; ".join(part for part in (rule, language, asked, waiting) if part)
    winner = (*_field_row(entry)[:4], clean(why))
    return [winner, *(_runner_up(runner) for runner in entry.get("runnersUp", ()))]


def _runner_up(runner: dict[str, Any]) -> tuple[str, ...]:
    why = f"not taken: {runner.get('why', '')}" if "value" in runner else runner.get("why", "")
    value = shown(runner.get("value"), MOST_OBJECTS)
    return ("", value, clean(runner["provider"]), when(runner.get("fetchedAt")), clean(why))
