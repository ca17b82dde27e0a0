"""`metarr library dismiss`: contradictions that are to be left as they are."""

from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.items import SERVICE, Item, named
from metarr.cli.output import as_json, note, say_folded
from metarr.cli.text import clean, name_of


def dismiss(
    item: Item,
    *,
    id_type: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="Only what is said of this, such as imdb or title.")
    ] = "",
    provider: Annotated[str, typer.Option("--by", metavar="PROVIDER", help="Only what this one says.")] = "",
    restore: Annotated[bool, typer.Option("--restore", help="Show again what you left as it is.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Leave contradictions about an item as they are: they are shown no more while the same is said."""
    reference = named(server, item)
    answer = ask(server, SERVICE, "GetItem", {"itemId": reference})
    conflicts = answer.get("dismissedConflicts", []) if restore else answer["item"].get("conflicts", [])
    meant = [each for each in conflicts if id_type in ("", each["type"]) and provider in ("", each["claimedBy"])]
    for each in meant:
        claim = {"type": each["type"], "value": each.get("value", ""), "claimedBy": each["claimedBy"]}
        answer = ask(server, SERVICE, "DismissConflict", {"itemId": reference, **claim, "restore": restore})
    if json:
        return as_json(answer)
    for each in meant:
        say_folded(clean(f"{'shown again' if restore else 'left as it is'}: {conflict_text(each)}"))
    if not meant:
        note(f"there is nothing of the kind on {name_of(answer['item'])}")
        raise typer.Exit(1)
    return None


def conflict_text(conflict: Answer) -> str:
    """What contradicts what: another id, another item that has this one, a name, a record that is gone."""
    provider, id_type, value = conflict["claimedBy"], conflict["type"], conflict.get("value", "")
    stands = conflict.get("held", "")
    if id_type == "title":
        return f"{provider} tells of {value}, not of {stands}"
    if not value:
        return f"{provider} has no {id_type}:{stands} any more, nor another one of this title"
    if conflict.get("heldByItemId"):
        return f"{provider} says {id_type}:{value}, which item {conflict['heldByItemId']} has"
    return f"{provider} says {id_type}:{value}" + (f"; {id_type}:{stands} stands" if stands else "")
