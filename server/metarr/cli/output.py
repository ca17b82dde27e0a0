"""Printing: tables that a person reads and a pipe can carry, and JSON."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Collection, Sequence
from typing import Any

import typer

from metarr.cli.layout import laid_out

PIPE_WIDTH = 120
"""Columns where there is no terminal that has a width of its own."""


def table(
    columns: Sequence[str], rows: Collection[Sequence[str]], whole: Collection[str] = (), *, beside: bool = False
) -> None:
    """Print rows under headings. Wide cells are folded, never cut; those of the columns in `whole` not even folded.

    `beside`: on stderr, as what belongs to a complaint.
    """
    heads = [name.upper() for name in columns]
    places = [place for place, name in enumerate(columns) if name in whole]
    head, lines = laid_out(heads, rows, places, width())
    for line in (*(typer.style(line, bold=True) for line in head), *lines):
        typer.echo(line, err=beside)


def width() -> int:
    """Columns of the terminal, or of a wide one where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if _has_width() else PIPE_WIDTH


def _has_width() -> bool:
    return (sys.stdout is not None and sys.stdout.isatty()) or "COLUMNS" in os.environ


def say(text: str = "") -> None:
    """Print a line."""
    typer.echo(text)


def say_folded(text: str) -> None:
    """Print a long line, folded at its blanks where a terminal has no room for it; addresses stay whole."""
    if not _has_width():
        return say(text)
    for line in textwrap.wrap(text, width(), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False):
        say(line)
    return None


def note(text: str) -> None:
    """Print a line beside the output: on stderr."""
    typer.echo(f"metarr: {text}", err=True)


def as_json(answer: Any) -> None:
    """Print an answer of the daemon as it came; letters that the output cannot hold as JSON escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=encoding.lower() != "utf-8"))
