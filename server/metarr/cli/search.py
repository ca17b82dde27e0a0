"""`metarr search`: which titles may be meant by some words."""

from typing import Annotated

import typer

from metarr.cli.candidates import candidates_table
from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask
from metarr.cli.enrich import outcome_row
from metarr.cli.kinds import NewKind
from metarr.cli.output import as_json, note, say
from metarr.cli.text import kind_constant


def search(
    kind: Annotated[NewKind, typer.Argument(metavar="KIND", help="movie or series.")],
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title, or some words of it.")],
    *,
    year: Annotated[int, typer.Option(metavar="YEAR", help="The year of its release.", min=0, max=9999)] = 0,
    country: Annotated[str, typer.Option(metavar="CC", help="The country it is from, such as GB.")] = "",
    providers: Annotated[
        list[str] | None, typer.Option("--provider", metavar="ID", help="Only this provider; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many.", min=1, max=50)] = 20,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long to wait for the providers.", min=0.1, max=3600)
    ] = 60.0,
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
    candidates = answer.get("candidates", [])
    if candidates:
        candidates_table(candidates)
    else:
        note("no provider knows a title like that")
    for outcome in answer.get("outcomes", ()):
        if outcome.get("status") == "STATUS_UNAVAILABLE":
            note(": ".join(part for part in outcome_row(outcome) if part))
    if answer.get("clearWinner"):
        say()
        say("The first one fits clearly: an item of this title would be taken for it.")
    return None
