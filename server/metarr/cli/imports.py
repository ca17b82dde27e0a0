"""`metarr library import`: titles from files, in batches, with a summary of what became of them."""

import json as json_text
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask
from metarr.cli.findings import Entry, Fault, Found
from metarr.cli.output import as_json, note, say
from metarr.cli.sources import read
from metarr.cli.text import clean, counted
from metarr.rpc.client import RpcFailure

MOST_ITEMS = 500
MOST_BYTES = 1024 * 1024
"""Of one request: the daemon takes 4 MB, and JSON tells the size only roughly."""

TIMEOUT = 300.0
"""Seconds for one batch."""

MOST_LISTED = 10_000
"""Failures that are kept to be listed."""


@dataclass
class Summary:
    """What became of the titles. `updated`: of the known ones, those that got something new."""

    added: int = 0
    known: int = 0
    updated: int = 0
    ids_added: int = 0
    deleted: int = 0
    no_titles: int = 0
    failed: int = 0
    failures: list[Fault] = field(default_factory=list)

    def fail(self, fault: Fault) -> None:
        self.failed += 1
        if len(self.failures) < MOST_LISTED:
            self.failures.append(fault)


def import_titles(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", exists=True, help="JSON lines, .nfo files, or folders of .nfo files."),
    ],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Add titles with what is known of them; values count below every provider's. What you deleted stays deleted."""
    summary, stopped = Summary(), None
    with _progress() as progress:
        task = progress.add_task("", total=None)
        try:
            for batch in _batches(_noted(paths, summary)):
                _send(server, batch, summary)
                progress.update(task, advance=len(batch))
        except RpcFailure as failure:
            stopped = failure
    if json:
        as_json(asdict(summary))
    else:
        _tell(summary)
    if stopped is not None:
        raise stopped
    if summary.failed:
        raise typer.Exit(1)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), MofNCompleteColumn(), TextColumn("titles"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _noted(paths: Iterable[Path], summary: Summary) -> Iterator[Entry]:
    """The titles; what cannot be read goes into the summary."""
    for found in _all(paths):
        if isinstance(found, Entry):
            yield found
        elif found.skipped:
            summary.no_titles += 1
        else:
            summary.fail(found)


def _all(paths: Iterable[Path]) -> Iterator[Found]:
    for path in paths:
        yield from read(path)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        weight = len(json_text.dumps(entry.item, ensure_ascii=False))
        if batch and (len(batch) == MOST_ITEMS or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += weight
    if batch:
        yield batch


_NAMED = re.compile(r"items\[(\d+)\]\.?")


def _send(server: str, batch: list[Entry], summary: Summary) -> None:
    """Import a batch. It goes in whole or not at all: what is wrong in it is taken out, and the rest sent again."""
    while batch:
        try:
            results = ask(server, "LibraryService", "UpsertItems", {"items": [each.item for each in batch]}, TIMEOUT)
        except RpcFailure as failure:
            if failure.code not in ("INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"):
                raise
            wrong = _named(failure, len(batch))
            if not wrong and len(batch) > 1:
                _send(server, batch[: len(batch) // 2], summary)
                batch = batch[len(batch) // 2 :]
                continue
            wrong = wrong or {0: failure.message}
            for place, why in wrong.items():
                summary.fail(Fault(batch[place].where, why))
            batch = [entry for place, entry in enumerate(batch) if place not in wrong]
        else:
            for result in results.get("results", ()):
                _count(result, summary)
            return


def _named(failure: RpcFailure, size: int) -> dict[int, str]:
    """By place in the batch, what is wrong with the items that the daemon names."""
    told: dict[int, list[str]] = {}
    for violation in failure.violations:
        if (match := _NAMED.match(violation.field)) and int(match[1]) < size:
            field_name = violation.field[match.end() :]
            told.setdefault(int(match[1]), []).append(f"{field_name}: {violation.description}".removeprefix(": "))
    return {place: "; ".join(lines) for place, lines in told.items()}


def _count(result: dict[str, Any], summary: Summary) -> None:
    if result.get("deleted"):
        summary.deleted += 1
    elif result.get("created"):
        summary.added += 1
    else:
        summary.known += 1
        summary.updated += bool(result.get("changed"))
        summary.ids_added += result.get("newIds", 0)


def _tell(summary: Summary) -> None:
    for fault in summary.failures:
        note(clean(f"{fault.where}: {fault.why}"))
    if left := summary.failed - len(summary.failures):
        note(f"and {left} more")
    got = f" ({summary.updated} got something new, {counted(summary.ids_added, 'id')} added)" if summary.updated else ""
    say(f"{counted(summary.added, 'title')} added, {summary.known} known{got}")
    if not any((summary.added, summary.known, summary.deleted, summary.no_titles, summary.failed)):
        note("there is nothing to add: no title in these files, no .nfo file in these folders")
    if summary.deleted:
        say(f"{summary.deleted} skipped: you deleted them; `metarr library restore` brings one back")
    if summary.no_titles:
        say(f"{counted(summary.no_titles, 'file')} skipped: no .nfo of a movie, a series or an episode")
    if summary.failed:
        say(f"{summary.failed} failed")
