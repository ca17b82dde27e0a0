"""`metarr decisions export` and `import`: what you decided, as a file, and from one."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from metarr import regular
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.output import as_json, note, say
from metarr.cli.text import clean, counted
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure

SERVICE = "ConfigService"
PAGE = 200
MOST_ITEMS = 500
MOST_BYTES = 2 * 1000 * 1000
"""Items of one question, and their size: the daemon takes 4 MiB at once."""

TIMEOUT = 120.0

app = typer.Typer(
    name="decisions", help="What you decided, as a file: settings, rules, locked fields.", no_args_is_help=True
)


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", dir_okay=False, help="The file to write; without it, the output.")
    ] = None,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Write what you decided as JSON: settings, rules, hosts, locks, dismissals, orders, pairs of series. No keys."""
    whole: dict[str, Any] = {}
    for page in pages(server, SERVICE, "ExportSettings", {"pageSize": PAGE}):
        part = json.loads(page["json"])
        if whole:
            whole["items"] = whole.get("items", []) + part.get("items", [])
        else:
            whole = part
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    if file is None:
        return say(text)
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        note(f"{file} cannot be written: {error.strerror}")
        raise typer.Exit(1) from None
    return note(f"{file} holds your settings and what you decided about {counted(len(whole.get('items', [])), 'item')}")


@app.command("import")
def take(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", dir_okay=False, help="What `decisions export` wrote; - is the input."),
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Take over what `decisions export` wrote. What is not in the file stays. Exits 1 where something has no place."""
    document = _read(file)
    total = _sent(server, document, dry_run=True)  # so that a fault in the last item is found before the first change
    if not dry_run:
        total = _sent(server, document, dry_run=False)
    if json:
        as_json(total)
    else:
        _tell(total, "would be taken over" if dry_run else "taken over")
    if total["unplaced"]:
        raise typer.Exit(1)


def _read(file: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(file) == "-" else regular.content(file).decode("utf-8")
        document = json.loads(text)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="FILE") from None
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{file} holds no JSON: {clean(str(error))}", param_hint="FILE") from None
    if not isinstance(document, dict) or not isinstance(document.get("items", []), list):
        raise typer.BadParameter(f"{file} is no file of metarr decisions export", param_hint="FILE")
    return document


def _sent(server: str, document: dict[str, Any], *, dry_run: bool) -> Answer:
    """The answers to all parts, added up."""
    total: Answer = dict.fromkeys(("settings", "authorities", "providers", "hosts", "items", "unchangedItems"), 0)
    total["unplaced"] = []
    for start, part in _parts(document):
        request = {"json": json.dumps(part), "dryRun": dry_run}
        try:
            answer = ask(server, SERVICE, "ImportSettings", request, TIMEOUT)
        except RpcFailure as failure:
            raise _placed(failure, start) from None
        for name in total:
            total[name] += answer.get(name, [] if name == "unplaced" else 0)
    return total


def _parts(document: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What is not about items, then the items in pieces, each with the place of its first one."""
    items = document.get("items", [])
    yield 0, {**document, "items": []}
    start = size = 0
    for place, item in enumerate(items):
        bytes_more = len(json.dumps(item))
        if place > start and (place - start == MOST_ITEMS or size + bytes_more > MOST_BYTES):
            yield start, {"format": document.get("format"), "items": items[start:place]}
            start, size = place, 0
        size += bytes_more
    if items:
        yield start, {"format": document.get("format"), "items": items[start:]}


def _placed(failure: RpcFailure, start: int) -> RpcFailure:
    """The failure with its places counted from the beginning of the file."""

    def counted_on(text: str) -> str:
        return re.sub(r"items\[(\d+)\]", lambda match: f"items[{int(match[1]) + start}]", text)

    # They are told by where they stand in the file, which has no other words for them.
    faults = tuple(Violation("", counted_on(f"{each.field}: {each.description}")) for each in failure.violations)
    return RpcFailure(failure.code, failure.message, failure.reason, faults, failure.retry_seconds)


def _tell(total: Answer, done: str) -> None:
    parts = [
        counted(total[name], noun)
        for name, noun in (("settings", "setting"), ("providers", "provider"), ("hosts", "host"), ("items", "item"))
        if total[name]
    ]
    if total["authorities"]:
        parts.append(f"{total['authorities']} of the field authorities")
    say(f"{', '.join(parts) or 'nothing'} {done}; {counted(total['unchangedItems'], 'item')} as wanted already")
    for each in total["unplaced"]:
        note(f"passed over: {clean(each.get('name', ''))}: {clean(each.get('why', ''))}")
