"""`metarr authority`: which providers each field listens to."""

from enum import StrEnum
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, follow, going_on
from metarr.cli.difference import apart
from metarr.cli.kinds import KINDS, KindName
from metarr.cli.output import as_json, note, say, table
from metarr.cli.progress import Bar
from metarr.cli.progress import shown as shown_so_far
from metarr.cli.text import MOST_OBJECTS, NOTHING, clean, counted, kind_constant, kind_word, one_line, shown

app = typer.Typer(help="See and change which providers each field listens to.", no_args_is_help=True)

SERVICE = "ConfigService"
SAMPLES = 3
MOST_PREVIEWED = 1500
"""Items that a preview looks at: in about two seconds."""

MOST_TEXT = 80
"""Characters of a value that a sample shows."""

PREVIEW_TIMEOUT = 3600.0
"""Seconds: a preview goes through the whole library."""


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


Rule = Annotated[str, typer.Argument(metavar="KIND.FIELD", help="Such as movie.plot.")]
Providers = Annotated[
    str, typer.Argument(metavar="PROVIDER,...", help="Provider ids, the best first, such as omdb,tmdb.")
]
Sources = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE,...",
        help="Provider ids, the best first, such as omdb,tmdb; also nfo, for your files, and player:ID.",
    ),
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Tell what it would do to the stored values, and change nothing.")
]
MaxItems = Annotated[
    int,
    typer.Option(
        metavar="NUMBER", help="Of a preview: look at so many items, from all over the library; 0: all.", min=0
    ),
]
DropForeign = Annotated[
    bool,
    typer.Option("--drop-foreign", help="Also empty what was said by providers that a field does not listen to."),
]


@app.command()
def show(
    kind: Annotated[KindName | None, typer.Option(metavar="KIND", help=f"Only this kind: {KINDS}.")] = None,
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
        note(f"no {kind or 'kind'} has a field {clean(field)!r}")
        raise typer.Exit(2)
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
    if below := authorities.get("furtherSources"):
        say(f"below all of them, unless a field's list names them: {', '.join(below)}")
    say(f"fill gaps from providers outside a field's list: {'on' if authorities.get('fillGaps') else 'off'}")


@app.command("set")
def set_rule(
    rule: Rule,
    providers: Sources,
    *,
    exclusive: Annotated[
        bool, typer.Option("--exclusive", help="Listen to no other, even where these say nothing.")
    ] = False,
    union: Annotated[bool, typer.Option("--union", help="Join the lists of all of them.")] = False,
    preview: Preview = False,
    max_items: MaxItems = MOST_PREVIEWED,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Set whom a field listens to. Stored values change with `apply`, or each with its next enrichment."""
    kind, field = _parted(rule)
    entry = {
        "kind": kind_constant(kind),
        "field": field,
        "providers": _ids(providers),
        "exclusive": exclusive,
        "union": union,
    }
    _update(
        server,
        json,
        {"authorities": {"fields": [entry]}, "updateMask": "fields"},
        rule,
        preview=preview,
        max_items=max_items,
    )


@app.command()
def reset(
    rule: Rule,
    *,
    preview: Preview = False,
    max_items: MaxItems = MOST_PREVIEWED,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Set a field back to the rule Metarr came with."""
    _parted(rule)
    _update(server, json, {"resetFields": [rule]}, rule, preview=preview, max_items=max_items)


@app.command()
def priority(
    providers: Providers,
    *,
    preview: Preview = False,
    max_items: MaxItems = MOST_PREVIEWED,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Set the priority of all providers, for fields that fill their gaps."""
    request = {"authorities": {"providerPriority": _ids(providers)}, "updateMask": "providerPriority"}
    _update(server, json, request, preview=preview, max_items=max_items)


@app.command("fill-gaps")
def fill_gaps(
    switch: Annotated[Switch, typer.Argument(metavar="SWITCH", help="on or off.")],
    *,
    preview: Preview = False,
    max_items: MaxItems = MOST_PREVIEWED,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Let providers outside a field's list fill its gaps, or not."""
    request = {"authorities": {"fillGaps": switch is Switch.ON}, "updateMask": "fillGaps"}
    _update(server, json, request, preview=preview, max_items=max_items)


@app.command()
def apply(
    *,
    drop_foreign: DropForeign = False,
    preview: Preview = False,
    max_items: MaxItems = MOST_PREVIEWED,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Merge the whole library again under the rules in force, from the cached answers: no provider is asked."""
    if preview:
        return _preview(server, json, {"dropForeign": drop_foreign}, max_items)
    with going_on("what was merged stays as it is now, and the daemon goes on: metarr jobs list tells how far it is"):
        last = shown_so_far(follow(server, SERVICE, "ApplyFieldAuthorities", {"dropForeign": drop_foreign}), _picture)
    if not last.get("finished"):
        so_far = f"{last.get('done', 0)} of {counted(last.get('total', 0), 'item')}"
        note(f"the stream ended after {so_far}; the daemon goes on: metarr jobs list tells how far it is")
        raise typer.Exit(1)
    if json:
        return as_json(last)
    changed, done = last.get("changedItems", 0), counted(last.get("done", 0), "item")
    say(f"{done} merged again: {counted(changed, 'item')} changed" if changed else f"{done} merged again: none changed")
    if fields := last.get("changedFields"):
        say()
        table(("field", "changed"), [(name, str(count)) for name, count in sorted(fields.items())], whole=("field",))
    return None


def _picture(progress: Answer) -> list[Bar]:
    done, total = progress.get("done", 0), progress.get("total", 0)
    return [Bar("", done, total, f"{done} of {counted(total, 'item')}")]


def _preview(server: str, json: bool, request: Answer, max_items: int) -> None:
    asked = {**request, "samples": SAMPLES, "maxItems": max_items}
    with going_on("nothing was changed"):
        answer = ask(server, SERVICE, "PreviewFieldAuthorities", asked, PREVIEW_TIMEOUT)
    if json:
        return as_json(answer)
    effects = answer.get("effects", [])
    for effect in effects:
        say(_sentence(effect))
    rows = [_sample(effect, sample) for effect in effects for sample in effect.get("samples", ())]
    if rows:
        say()
        table(("field", "item", "now", "then", "source"), rows, whole=("field", "source"))
        say()
    looked, total = answer.get("items", 0), answer.get("totalItems", 0)
    all_of_them = counted(looked, "item")
    of = f"{all_of_them} (of {total}; --max-items 0 looks at all)" if looked < total else all_of_them
    say(f"{answer.get('changedItems', 0)} of {of} would change. Nothing was changed, and no provider asked.")
    return None


def _sentence(effect: Answer) -> str:
    parts = [f"{effect['changed']} would change"] if effect.get("changed") else []
    if outside := effect.get("outside"):
        keeps = "keeps" if outside == 1 else "keep"
        parts.append(
            f"{outside} {keeps} a value from a provider that no longer counts (apply --drop-foreign would empty those)"
        )
    return f"{kind_word(effect)}.{effect['field']}: {', '.join(parts)}"


def _sample(effect: Answer, sample: Answer) -> tuple[str, ...]:
    change = sample["change"]
    now, then = (one_line(shown(change.get(side), MOST_OBJECTS)) for side in ("oldValue", "newValue"))
    now, then = apart(now, then, MOST_TEXT)
    source = f"{change.get('oldSource') or NOTHING} → {change.get('newSource') or NOTHING}"
    title = clean(f"{sample['itemId']} {sample.get('title', '')}".rstrip())
    return (f"{kind_word(effect)}.{effect['field']}", title, now, then, clean(source))


def _parted(rule: str) -> tuple[str, str]:
    kind, dot, field = rule.partition(".")
    if not dot or not field or kind not in list(KindName):
        raise typer.BadParameter(f"{rule!r} is not KIND.FIELD, such as movie.plot", param_hint="KIND.FIELD")
    return kind, field


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _update(
    server: str, json: bool, request: Answer, rule: str = "", *, preview: bool, max_items: int = MOST_PREVIEWED
) -> None:
    if preview:
        return _preview(server, json, request, max_items)
    answer = ask(server, SERVICE, "UpdateFieldAuthorities", request)
    if json:
        return as_json(answer)
    authorities = answer["authorities"]
    if rule:
        _rules([each for each in authorities.get("fields", ()) if f"{kind_word(each)}.{each['field']}" == rule])
    else:
        _globals(authorities)
    note("stored values change with `metarr authority apply`, or each with its next enrichment")
    return None
