"""`metarr library`: what is in the library, and why it is as it is."""

import re
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask
from metarr.cli.items import SERVICE
from metarr.cli.kinds import NewKind
from metarr.cli.output import as_json, say
from metarr.cli.text import ids_text, kind_constant, name_of
from metarr.domain.ids import ExternalId, IdContext, admit

app = typer.Typer(help="Add titles, list them, see where each value comes from.", no_args_is_help=True)


@app.command()
def add(
    kind: Annotated[NewKind, typer.Argument(metavar="KIND", help="movie or series.")],
    *,
    title: Annotated[str, typer.Option(metavar="TITLE", help="Its title.")] = "",
    year: Annotated[int, typer.Option(metavar="YEAR", help="The year of its release.", min=0, max=9999)] = 0,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="TYPE=ID", help="An external id, such as imdb=tt0137523; may be repeated."),
    ] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Add a title, or add ids to one that is there already."""
    claims = [id_claim(text) for text in ids or []]
    if not claims and not title.strip():
        raise typer.BadParameter("say which one: --id TYPE=ID, or --title and --year", param_hint="--id")
    item = {"kind": kind_constant(kind), "title": title, "year": year, "ids": claims}
    answer = ask(server, SERVICE, "UpsertItems", {"items": [item]})
    if json:
        return as_json(answer)
    for result in answer.get("results", ()):
        item = result["item"]
        done = "Added" if result.get("created") else "Restored" if result.get("restored") else "Already there:"
        known_by = f" {ids_text(item)}" if item.get("title") else ""
        say(f"{done} {name_of(item)}, item {item['id']}{known_by}".rstrip())
        if not item.get("lastEnrichedAt"):
            say(f"Ask the providers about it with: metarr enrich {item['id']}")
    return None


def id_claim(text: str) -> dict[str, str]:
    """An external id from what was typed, such as imdb=tt0137523, tt0137523 alone, or its address."""
    if match := re.fullmatch(r"(\w+)[=:](?!//)(\S+)", text):
        return {"type": match[1], "value": match[2]}
    read = admit(None, "", text, IdContext(bare=True)) if re.fullmatch(r"tt\d+|https?://\S+", text) else None
    if isinstance(read, ExternalId):
        return {"type": read.type, "value": read.value}
    raise typer.BadParameter(f"{text!r} is not TYPE=ID, such as imdb=tt0137523", param_hint="--id")
