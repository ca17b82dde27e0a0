"""Printing: tables that a person reads and a pipe can carry, and JSON."""

import json
import os
import sys
from collections.abc import Collection, Sequence
from typing import Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 120
"""Columns where there is no terminal that has a width of its own."""


def table(columns: Sequence[str], rows: Collection[Sequence[str]], whole: Collection[str] = ()) -> None:
    """Print rows under headings. Wide cells are folded, never cut; those of the columns in `whole` not even folded.

    The words of the headings stay whole in any case.
    """
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, name in enumerate(columns):
        width = max(map(cell_len, name.split()))
        if name in whole:
            width = max(width, *(cell_len(row[place]) for row in rows), 0)
        grid.add_column(Text(name.upper()), overflow="fold", min_width=width)
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console = _console()
    with console.capture() as capture:
        console.print(grid, crop=False)
    for line in capture.get().splitlines():
        typer.echo(line.rstrip(), color=True)


def _console() -> Console:
    has_width = (sys.stdout is not None and sys.stdout.isatty()) or "COLUMNS" in os.environ
    return Console(width=None if has_width else PIPE_WIDTH, highlight=False, emoji=False)


def say(text: str = "") -> None:
    """Print a line."""
    typer.echo(text)


def note(text: str) -> None:
    """Print a line beside the output: on stderr."""
    typer.echo(f"metarr: {text}", err=True)


def as_json(answer: Any) -> None:
    """Print an answer of the daemon as it came; letters that the output cannot hold as JSON escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=encoding.lower() != "utf-8"))
