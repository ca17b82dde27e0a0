"""`metarr library identify` and `split`: saying which title an item is, and which it is not."""

from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask
from metarr.cli.library import MOST_OBJECTS, SERVICE, Item, id_claim
from metarr.cli.output import as_json, say, table
from metarr.cli.text import counted, ids_text, name_of, shown


def identify(
    item: Item,
    ids: Annotated[list[str], typer.Option("--id", metavar="TYPE=ID", help="Its true id, such as imdb=tt0137523.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Say which title an item is. Ids not named here go, and so do unlocked values that were got with them."""
    request = {"itemId": item, "ids": [id_claim(text) for text in ids], "updateMask": "ids"}
    answer = ask(server, SERVICE, "UpdateItem", request)
    if json:
        return as_json(answer)
    found, changes = answer["item"], answer.get("changes", [])
    say(f"{name_of(found)}, item {found['id']}, is {ids_text(found)}")
    if changes:
        say(f"{counted(len(changes), 'value')} of another title removed (change-set {answer.get('changeSetId', '')}):")
        rows = [(change["field"], shown(change.get("oldValue"), MOST_OBJECTS)) for change in changes]
        table(("field", "old"), rows, whole=("field",))
    say(f"metarr enrich {found['id']} asks the providers about it.")
    return None


def split(
    item: Item,
    joined: Annotated[str, typer.Argument(metavar="JOINED", help="The item that was joined to it, by its number.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Take an item apart that another one was joined to. They are not joined again by themselves."""
    answer = ask(server, SERVICE, "SplitItem", {"itemId": item, "joinedItemId": joined})
    if json:
        return as_json(answer)
    for each in (answer["item"], answer["splitItem"]):
        say(f"{name_of(each)}, item {each['id']} {ids_text(each)}".rstrip())
    return None
