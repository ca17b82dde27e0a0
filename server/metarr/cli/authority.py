"""`metarr authority`: which providers each field listens to."""

from enum import StrEnum
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.library import Kind
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import kind_constant, kind_word

app = typer.Typer(help="See and change which providers each field listens to.", no_args_is_help=True)

SERVICE = "ConfigService"


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


Rule = Annotated[str, typer.Argument(metavar="KIND.FIELD", help="Such as movie.plot.")]
Providers = Annotated[
    str, typer.Argument(metavar="PROVIDER,...", help="Provider ids, the best first, such as omdb,tmdb.")
]


@app.command()
def show(
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    field: Annotated[str, typer.Option(metavar="FIELD", help="Only this field.")] = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Show the rules: for each field its providers, the best first."""
    answer = ask(server, SERVICE, "GetFieldAuthorities", {"kind": kind_constant(kind or "unspecified")})
    if json:
        return as_json(answer)
    rules = [rule for rule in answer["authorities"].get("fields", ()) if field in ("", rule["field"])]
    if not rules:
        note(f"no {kind or 'kind'} has a field {field!r}")
        raise typer.Exit(1)
    _rules(rules)
    say()
    _globals(answer["authorities"])
    return None


def _rules(rules: list[Answer]) -> None:
    rows = [
        (f"{kind_word(rule)}.{rule['field']}", ", ".join(rule.get("providers", ())), _notes(rule)) for rule in rules
    ]
    table(("field", "providers", "rule"), rows, whole=("field", "providers"))


def _notes(rule: Answer) -> str:
    notes = [name for name in ("exclusive", "union") if rule.get(name)]
    return ", ".join(notes if rule.get("isDefault") else [*notes, "yours"])


def _globals(authorities: Answer) -> None:
    say(f"priority of all providers: {', '.join(authorities.get('providerPriority', ()))}")
    say(f"fill gaps from providers outside a field's list: {'on' if authorities.get('fillGaps') else 'off'}")


@app.command("set")
def set_rule(
    rule: Rule,
    providers: Providers,
    *,
    exclusive: Annotated[
        bool, typer.Option("--exclusive", help="Listen to no other, even where these say nothing.")
    ] = False,
    union: Annotated[bool, typer.Option("--union", help="Join the lists of all of them.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Set whom a field listens to. Stored values change with the next enrichment."""
    kind, field = _parted(rule)
    entry = {
        "kind": kind_constant(kind),
        "field": field,
        "providers": _ids(providers),
        "exclusive": exclusive,
        "union": union,
    }
    _update(server, json, {"authorities": {"fields": [entry]}, "updateMask": "fields"}, rule)


@app.command()
def reset(rule: Rule, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Set a field back to the rule Metarr came with."""
    _parted(rule)
    _update(server, json, {"resetFields": [rule]}, rule)


@app.command()
def priority(providers: Providers, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Set the priority of all providers, for fields that fill their gaps."""
    _update(server, json, {"authorities": {"providerPriority": _ids(providers)}, "updateMask": "providerPriority"})


@app.command("fill-gaps")
def fill_gaps(
    switch: Annotated[Switch, typer.Argument(help="on or off")], server: Server = DEFAULT_SERVER, json: AsJson = False
) -> None:
    """Let providers outside a field's list fill its gaps, or not."""
    _update(server, json, {"authorities": {"fillGaps": switch is Switch.ON}, "updateMask": "fillGaps"})


def _parted(rule: str) -> tuple[str, str]:
    kind, dot, field = rule.partition(".")
    if not dot or not field or kind not in list(Kind):
        raise typer.BadParameter(f"{rule!r} is not KIND.FIELD, such as movie.plot", param_hint="KIND.FIELD")
    return kind, field


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _update(server: str, json: bool, request: Answer, rule: str = "") -> None:
    answer = ask(server, SERVICE, "UpdateFieldAuthorities", request)
    if json:
        return as_json(answer)
    authorities = answer["authorities"]
    if not rule:
        return _globals(authorities)
    return _rules([entry for entry in authorities.get("fields", ()) if f"{kind_word(entry)}.{entry['field']}" == rule])
