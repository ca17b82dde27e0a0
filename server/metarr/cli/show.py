"""`metarr library show`: one item, and where each of its values comes from."""

from collections.abc import Iterable
from typing import Annotated

import typer

from metarr.cli.candidates import candidates_table
from metarr.cli.conflicts import conflict_text
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.items import SERVICE, Item, listed, named
from metarr.cli.output import as_json, note, say, say_folded, table
from metarr.cli.series import show_tree
from metarr.cli.text import (
    MOST_OBJECTS,
    age,
    clean,
    counted,
    ids_text,
    kind_word,
    name_of,
    one_line,
    pending_text,
    shown,
    when,
)
from metarr.domain.fields import FIELDS


def show(
    item: Item,
    *,
    why: Annotated[bool, typer.Option("--why", help="Also the rule, and what other providers say.")] = False,
    field: Annotated[
        str, typer.Option(metavar="FIELD", help="Only this field: its value, a tab, its source. With --why: explained.")
    ] = "",
    tree: Annotated[
        bool, typer.Option("--tree", help="Of a series: its seasons and episodes, and what is missing.")
    ] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Show an item: every field with its value, source and age; below a series its seasons, below one its episodes."""
    if field and field not in FIELDS:
        raise typer.BadParameter(f"there is no field {clean(field)!r}", param_hint="--field")
    if tree:
        if why or field:
            raise typer.BadParameter("a tree tells no fields", param_hint="--tree")
        return show_tree(server, named(server, item), json=json)
    answer = ask(server, SERVICE, "GetItem", {"itemId": named(server, item), "explain": why})
    shown_item = answer["item"]
    fields = [entry for entry in shown_item.get("fields", ()) if field in ("", entry["name"])]
    if field and not any("value" in entry for entry in fields) and not (why and fields):
        note(f"{name_of(shown_item)} has no value for {field!r}")
        raise typer.Exit(1)
    if json:
        return as_json(answer)
    if field and not why:
        return say(f"{one_line(shown(fields[0]['value']))}\t{clean(fields[0].get('source', ''))}")
    if not field:
        _heading(shown_item, answer.get("dismissedConflicts", ()))
    if fields:
        _explained_table(fields) if why else _fields_table(fields)
    if not field and shown_item.get("children"):
        say()
        _children(server, shown_item)
    return None


def _heading(item: Answer, dismissed: Iterable[Answer]) -> None:
    say(f"{name_of(item)}: {kind_word(item)}, item {item['id']}{'' if item.get('monitored') else ', not monitored'}")
    ids = [f"{claim['type']}:{claim['value']} ({_said_by(claim)})" for claim in item.get("ids", ())]
    if ids:
        say_folded(clean(f"ids: {', '.join(ids)}"))
    heard = ", ".join(item.get("lastEnrichedProviders", ()))
    say(f"enriched: {_enriched(item)}{f', {heard} answered' if heard else ''}")
    if item.get("undecided"):
        say("waits for you: it is not known which title it is")
    else:
        for awaited in item.get("pending", ()):
            say(f"waits for {pending_text(awaited)}")
    for conflict in item.get("conflicts", ()):
        say_folded(clean(f"conflict: {conflict_text(conflict)}"))
    for conflict in dismissed:
        say_folded(clean(f"left as it is: {conflict_text(conflict)}"))
    aliases = ids_text({"ids": item.get("aliases", ())})
    if aliases:
        say(f"also found by: {aliases}")
    for joined in item.get("joinedItemIds", ()):
        say(f"item {joined} is part of it: metarr library split {item['id']} {joined} takes it out")
    if item.get("candidates"):
        say(f"may be one of these; metarr library identify {item['id']} --pick NUMBER says which:")
        candidates_table(item["candidates"])
    say()


def _said_by(claim: Answer) -> str:
    return f"{claim.get('source', '')}, not sure" if claim.get("weak") else str(claim.get("source", ""))


# Fields


def _fields_table(fields: list[Answer]) -> None:
    states = any(_state(entry) for entry in fields)
    columns = ("field", "source", "age", *(["state"] if states else []), "value")
    rows = [
        (
            entry["name"],
            clean(entry.get("source", "")),
            age(entry.get("fetchedAt")),
            *([_state(entry)] if states else []),
            shown(entry.get("value"), MOST_OBJECTS),
        )
        for entry in fields
    ]
    table(columns, rows, whole=("field", "source", "age", "state"))


def _state(entry: Answer) -> str:
    return ", ".join(name for name in ("locked", "held") if entry.get(name))


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


def _explained_table(fields: list[Answer]) -> None:
    rows = [row for entry in fields for row in (_winner(entry), *map(_runner_up, entry.get("runnersUp", ())))]
    table(("field", "source", "age", "value, and why"), rows, whole=("field", "source", "age"))


def _winner(entry: Answer) -> tuple[str, ...]:
    rule = RULES.get(entry.get("rule", ""), entry.get("rule", "")) if "value" in entry else ""
    language = f"in {entry['language']}" if entry.get("language") else ""
    asked = f"asked by {entry['askedId']}" if entry.get("askedId") else ""
    waiting = f"still waiting for {', '.join(entry['waitingFor'])}" if entry.get("waitingFor") else ""
    why = "; ".join(part for part in (rule, language, asked, waiting) if part)
    value = shown(entry.get("value"), MOST_OBJECTS)
    return (entry["name"], clean(entry.get("source", "")), age(entry.get("fetchedAt")), _with_why(value, why))


def _runner_up(runner: Answer) -> tuple[str, ...]:
    why = f"not taken: {runner.get('why', '')}" if "value" in runner else runner.get("why", "")
    value = shown(runner["value"], MOST_OBJECTS) if "value" in runner else ""
    return ("", clean(runner["provider"]), age(runner.get("fetchedAt")), _with_why(value, why))


def _with_why(value: str, why: str) -> str:
    return "\n".join(part for part in (value, f"({clean(why)})" if why else "") if part)


# What is below


def _children(server: str, item: Answer) -> None:
    below, _ = listed(server, {"parentId": item["id"]})
    if item["kind"] == "MEDIA_KIND_SERIES":
        below.sort(key=lambda each: each.get("seasonNumber", -1))
        rows = [(each["id"], _season(each), counted(each.get("children", 0), "episode")) for each in below]
        table(("item", "season", "in the library"), rows, whole=("item",))
        return
    below.sort(key=lambda each: each.get("episodeNumber", -1))
    episodes = [
        (each["id"], str(each.get("episodeNumber", "")), clean(each.get("title", "")), _enriched(each))
        for each in below
    ]
    table(("item", "episode", "title", "enriched"), episodes, whole=("item", "episode", "enriched"))


def _season(season: Answer) -> str:
    return name_of({**season, "seriesTitle": ""})


def _enriched(item: Answer) -> str:
    return when(item.get("lastEnrichedAt")) or "never"
