"""Titles that may be meant, as a table."""

from collections.abc import Sequence

from metarr.cli.daemon import Answer
from metarr.cli.output import table
from metarr.cli.text import clean, ids_text

RANKS = {"imdb": 0, "tmdb": 1, "tvdb": 2}
"""Types of ids by which a person knows a title, the best first."""

LEAST = 0.005
"""The least that is told as lacking: what is shown as 0.00 is nothing."""


def candidates_table(candidates: Sequence[Answer]) -> None:
    """The titles that may be meant, by number, the best first; one id of each."""
    rows = [(str(number), *_row(candidate)) for number, candidate in enumerate(candidates, 1)]
    table(("no.", "fit", "title", "id", "found by", "lacks"), rows, whole=("no.", "fit", "id"))


def _row(candidate: Answer) -> tuple[str, ...]:
    penalties = sorted(candidate.get("penalties", {}).items(), key=lambda pair: -pair[1])
    lacks = [f"{name.replace('_', ' ')} -{part:.2f}" for name, part in penalties if part >= LEAST]
    return (
        fit_of(candidate),
        title_of(candidate),
        best_id(candidate),
        clean(", ".join(candidate.get("providers", ()))),
        clean(", ".join(lacks)),
    )


def fit_of(candidate: Answer) -> str:
    """How well it fits, such as "0.95"."""
    return f"{candidate.get('score', 0):.2f}"


def title_of(candidate: Answer) -> str:
    """Its title, year and countries, such as "House of Cards (1990), GB"."""
    year = f" ({candidate['year']})" if candidate.get("year") else ""
    parts = (f"{candidate.get('title', '')}{year}", " ".join(candidate.get("countries", ())))
    return clean(", ".join(part for part in parts if part))


def best_id(candidate: Answer) -> str:
    """The id by which a person finds it, such as "imdb:tt0098825"."""
    ranked = sorted(candidate.get("ids", ()), key=lambda claim: RANKS.get(claim["type"], len(RANKS)))
    return ids_text({"ids": ranked[:1]})
