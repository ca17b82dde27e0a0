"""`metarr fields`: what fields there are."""

from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, pages
from metarr.cli.kinds import KindName
from metarr.cli.output import as_json, table
from metarr.cli.text import NOTHING, clean, kind_constant, word

SERVICE = "ConfigService"
PAGE = 200


def fields(
    kind: Annotated[KindName | None, typer.Option(help="Only those of such items.")] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """List the fields: what they are called, what they hold, and whom they listen to as Metarr comes."""
    request: Answer = {"pageSize": PAGE} | ({"kind": kind_constant(kind)} if kind else {})
    listed = [each for answer in pages(server, SERVICE, "ListFields", request) for each in answer.get("fields", ())]
    if json:
        return as_json({"fields": listed})
    rows = [_row(each) for each in listed]
    return table(("field", "label", "holds", "of a", "listens to", "besides"), rows, whole=("field",))


def _row(field: Answer) -> tuple[str, ...]:
    holds = " of ".join(part for part in (word(field.get("type"), "TYPE_"), field.get("unit", "")) if part)
    orders = {_order(rule): None for rule in field.get("defaultRules", ())}
    besides = {
        "mayUnion": "lists may be joined",
        "languageFirst": "language before provider",
        "sync": "wakes the players",
    }
    return (
        clean(field["name"]),
        clean(field.get("label", "")),
        clean(holds),
        ", ".join(word(kind, "MEDIA_KIND_") for kind in field.get("kinds", ())),
        clean("; ".join(orders)),
        ", ".join(text for key, text in besides.items() if field.get(key)) or NOTHING,
    )


def _order(rule: Answer) -> str:
    providers = ", ".join(rule.get("providers", ()))
    return f"{providers} only" if rule.get("exclusive") else providers
