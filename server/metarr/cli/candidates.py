"""Titles that may be meant, as a table."""

from collections.abc import Sequence

from metarr.cli.daemon import Answer
from metarr.cli.output import table
from metarr.cli.text import NOTHING, clean, ids_text


def candidates_table(candidates: Sequence[Answer]) -> None:
    """The titles that may be meant, the best first."""
    rows = [_row(candidate) for candidate in candidates]
    table(("fit", "title", "year", "countries", "ids", "found by", "lacks"), rows, whole=("fit", "year"))


def _row(candidate: Answer) -> tuple[str, ...]:
    penalties = sorted(candidate.get("penalties", {}).items(), key=lambda pair: -pair[1])
    return (
        f"{candidate.get('score', 0):.2f}",
        clean(candidate.get("title", "")),
        str(candidate.get("year") or NOTHING),
        clean(", ".join(candidate.get("countries", ()))),
        ids_text(candidate),
        clean(", ".join(candidate.get("providers", ()))),
        clean(", ".join(f"{name.replace('_', ' ')} -{part:.2f}" for name, part in penalties)),
    )
