"""`metarr library import`: titles from files, in batches, with a summary of what became of them."""

import json as json_text
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask, going_on
from metarr.cli.findings import Fault, Sort, TitleToAdd
from metarr.cli.output import as_json, note, say
from metarr.cli.text import clean, counted
from metarr.rpc.client import RpcFailure

if TYPE_CHECKING:
    from rich.progress import Progress

MOST_ITEMS = 500
MOST_BYTES = 1024 * 1024
"""Of one request: the daemon takes 4 MB, and JSON tells the size only roughly."""

_MEANWHILE = "what was sent so far stays; import the same again for the rest: what is there already does not change"

TIMEOUT = 300.0
"""Seconds for one batch."""

MOST_LISTED = 10_000
"""Failures, and things of each other sort, that are kept to be listed."""


@dataclass
class Summary:
    """What became of the titles. `updated`: of the known ones, those that got something new.

    `by_nfo`, `by_id`, `by_name`: by the strongest evidence, those of a tree of files. `notes`: on titles that were
    taken. `extra_files`, `not_understood`, `failures`: as many as are listed.
    """

    added: int = 0
    known: int = 0
    updated: int = 0
    ids_added: int = 0
    deleted: int = 0
    no_titles: int = 0
    failed: int = 0
    by_nfo: int = 0
    by_id: int = 0
    by_name: int = 0
    extras: int = 0
    unknown: int = 0
    failures: list[Fault] = field(default_factory=list)
    not_understood: list[Fault] = field(default_factory=list)
    extra_files: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        match fault.sort:
            case Sort.NO_NFO:
                self.no_titles += 1
            case Sort.EXTRA:
                self.extras += 1
                _keep(self.extra_files, fault)
            case Sort.UNKNOWN:
                self.unknown += 1
                _keep(self.not_understood, fault)
            case Sort.FAILED:
                self.failed += 1
                _keep(self.failures, fault)

    def take(self, entry: TitleToAdd) -> None:
        """Count a title that was sent by the evidence for it."""
        self.by_nfo += entry.by == "nfo"
        self.by_id += entry.by == "id"
        self.by_name += entry.by == "name"
        if entry.note:
            _keep(self.notes, Fault(entry.where, entry.note, Sort.UNKNOWN))


def _keep(faults: list[Fault], fault: Fault) -> None:
    if len(faults) < MOST_LISTED:
        faults.append(fault)


def import_titles(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", exists=True, help="Folders of films and series, .nfo files, or JSON lines."),
    ],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Add titles with what is known of them; values count below every provider's. What you deleted stays deleted.

    Of a folder, .nfo files count first, then ids in names, such as {tmdb-348}; what has neither is searched for by the
    words of its name when it is enriched.
    """
    summary, stopped = Summary(), None
    with going_on(_MEANWHILE), _progress() as progress:
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


def _progress() -> "Progress":
    # Only this command draws it, and only it waits for what draws.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    columns = (SpinnerColumn(), MofNCompleteColumn(), TextColumn("titles"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _noted(paths: Iterable[Path], summary: Summary) -> Iterator[TitleToAdd]:
    """The titles; what cannot be one goes into the summary."""
    from metarr.cli.sources import read  # noqa: PLC0415 (no other command reads names, which takes a while to begin)

    for path in paths:
        for finding in read(path):
            if isinstance(finding, TitleToAdd):
                yield finding
            else:
                summary.add(finding)


def _batches(entries: Iterable[TitleToAdd]) -> Iterator[list[TitleToAdd]]:
    batch: list[TitleToAdd] = []
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


def _send(server: str, batch: list[TitleToAdd], summary: Summary) -> None:
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
                summary.add(Fault(batch[place].where, why))
            batch = [entry for place, entry in enumerate(batch) if place not in wrong]
        else:
            for result, entry in zip(results.get("results", ()), batch, strict=True):
                _count(result, summary)
                summary.take(entry)
            return


def _named(failure: RpcFailure, size: int) -> dict[int, str]:
    """By place in the batch, what is wrong with the items that the daemon names."""
    by_place: dict[int, list[str]] = {}
    for violation in failure.violations:
        if (match := _NAMED.match(violation.field)) and int(match[1]) < size:
            field_name = violation.field[match.end() :].removeprefix("fields.")
            by_place.setdefault(int(match[1]), []).append(f"{field_name}: {violation.description}".removeprefix(": "))
    return {place: "; ".join(lines) for place, lines in by_place.items()}


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
    for fault in (*summary.notes, *summary.not_understood, *summary.failures):
        note(clean(f"{fault.where}: {fault.why}"))
    if left := summary.failed + summary.unknown - len(summary.failures) - len(summary.not_understood):
        note(f"and {left} more")
    got = f" ({summary.updated} got something new, {counted(summary.ids_added, 'id')} added)" if summary.updated else ""
    say(f"{counted(summary.added, 'title')} added, {summary.known} known{got}")
    if any((summary.by_nfo, summary.by_id, summary.by_name)):
        say(f"told by: .nfo {summary.by_nfo}, id in a name {summary.by_id}, name {summary.by_name}")
    if summary.deleted:
        say(f"{summary.deleted} skipped: you deleted them; `metarr library undelete` brings one back")
    if summary.extras:
        kinds = Counter(fault.why for fault in summary.extra_files)
        listed = ", ".join(f"{what} ({count})" for what, count in kinds.most_common())
        say(f"{counted(summary.extras, 'file')} left alone that are no titles: {listed}")
    if summary.no_titles:
        say(f"{counted(summary.no_titles, 'file')} skipped: no .nfo of a movie, a series or an episode")
    if summary.unknown:
        say(f"{summary.unknown} not understood")
    if summary.failed:
        say(f"{summary.failed} failed")
    if summary.by_name:
        say("titles by name alone are searched for by `metarr enrich-all`")
    if not any((summary.added, summary.known, summary.deleted, summary.no_titles, summary.failed, summary.unknown)):
        note("there is nothing to add: no title in these files, no video and no .nfo file in these folders")
