"""`metarr search`: which titles may be meant by some words."""

from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.enrich import outcome_row
from metarr.cli.library import NewKind
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import NOTHING, clean, ids_text, kind_constant


def search(
    kind: Annotated[NewKind, typer.Argument(help="What it is.")],
    title: Annotated[str, typer.Argument(help="The title, or some words of it.")],
    *,
    year: Annotated[int, typer.Option(help="The year of its release.", min=0, max=9999)] = 0,
    country: Annotated[str, typer.Option(metavar="CC", help="The country it is from, such as GB.")] = "",
    providers: Annotated[
        list[str] | None, typer.Option("--provider", metavar="ID", help="Only this provider; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=50)] = 20,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the providers.", min=0.1, max=3600)] = 60.0,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Search the providers by title; tell how well each find fits, and what it lacks."""
    request = {
        "kind": kind_constant(kind),
        "title": title,
        "year": year,
        "country": country,
        "providers": providers or [],
        "limit": limit,
    }
    answer = ask(server, "AggregationService", "Search", request, timeout)
    if json:
        return as_json(answer)
    candidates_table(answer.get("candidates", []))
    for outcome in answer.get("outcomes", ()):
        if outcome.get("status") == "STATUS_UNAVAILABLE":
            note(": ".join(part for part in outcome_row(outcome) if part))
    if answer.get("clearWinner"):
        say()
        say("The first one fits clearly: an item of this title would be taken for it.")
    return None


def candidates_table(candidates: list[Answer]) -> None:
    """The titles that may be meant, the best first."""
    if not candidates:
        return note("no provider knows a title like that")
    rows = [_row(candidate) for candidate in candidates]
    table(("fit", "title", "year", "countries", "ids", "found by", "lacks"), rows, whole=("fit", "year"))
    return None


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
