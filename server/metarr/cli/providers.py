"""`metarr providers`: see, test and set up the providers."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import NO, NOTHING, YES, clean, counted, kind_word, shown, when, word

app = typer.Typer(help="See, test and set up the providers.", no_args_is_help=True)

SERVICE = "ConfigService"
PAGE = 200

Id = Annotated[str, typer.Argument(metavar="ID", help="The provider's id, such as tmdb.")]


def status_text(state: Mapping[str, Any]) -> str:
    """A provider's state: the word, why, and until when."""
    status = word(state.get("status"), "STATUS_")
    until = f" (again {when(state['retryAt'])})" if state.get("retryAt") else ""
    detail = f": {state['detail']}" if state.get("detail") else ""
    return clean(f"{status}{until}{detail}")


def quota_text(state: Mapping[str, Any]) -> str:
    """Requests of today and the daily quota, such as "12 of 1000"."""
    used, limit = state.get("quotaUsed", 0), state.get("quotaLimit", 0)
    return f"{used} of {limit}" if limit else str(used)


@app.command("list")
def list_providers(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """List the providers."""
    providers = _all(server)
    if json:
        return as_json({"providers": providers})
    rows = [_row(provider) for provider in providers]
    return table(("id", "name", "enabled", "key", "requests today", "state"), rows, whole=("id", "name", "enabled"))


def _row(provider: Answer) -> tuple[str, ...]:
    state = provider.get("state", {})
    keys = [_secret(setting) for setting in provider.get("settings", ()) if setting.get("required")]
    return (
        provider["id"],
        clean(provider.get("name", "")),
        "yes" if provider.get("enabled") else "no",
        ", ".join(keys) or NOTHING,
        quota_text(state),
        status_text(state),
    )


@app.command()
def show(provider_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show a provider: its settings, limits and state."""
    provider = _one(server, provider_id)
    if json:
        return as_json(provider)
    state = provider.get("state", {})
    say(clean(f"{provider.get('name', '')} ({provider['id']}), {provider.get('homepage', '')}"))
    say(f"{'enabled' if provider.get('enabled') else 'disabled'}; {status_text(state)}")
    say(f"requests today: {quota_text(state)}; {counted(state.get('pendingItems', 0), 'item')} waiting for it")
    for label, key in (("last asked", "lastRequestAt"), ("last answered", "lastSuccessAt")):
        say(f"{label}: {when(state.get(key)) or 'never'}")
    say()
    rows = [
        (setting["key"], _type(setting), _value(setting), shown(setting.get("defaultValue")), _help(setting))
        for setting in provider.get("settings", ())
    ]
    table(("setting", "type", "value", "default", "meaning"), rows, whole=("setting", "type"))
    say()
    for coverage in provider.get("coverage", ()):
        say(f"{kind_word(coverage)}: {', '.join(coverage.get('fields', ()))}")
    if provider.get("attribution"):
        say()
        say(clean(provider["attribution"]))
    return None


def _type(setting: Answer) -> str:
    return word(setting.get("type"), "TYPE_") + (", required" if setting.get("required") else "")


def _help(setting: Answer) -> str:
    choices = f"One of {', '.join(setting['choices'])}." if setting.get("choices") else ""
    return clean(" ".join(text for text in (setting.get("label", "") + ".", setting.get("help", ""), choices) if text))


def _secret(setting: Answer) -> str:
    if not setting.get("secretSet"):
        return "not set"
    return f"set (…{clean(setting['secretHint'])})" if setting.get("secretHint") else "set"


def _value(setting: Answer) -> str:
    return _secret(setting) if setting.get("type") == "TYPE_SECRET" else shown(setting.get("value"))


@app.command("test")
def check(provider_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Ask the provider one cheap question: do key, network and quota work? Exits 1 where they do not."""
    answer = ask(server, SERVICE, "TestProvider", {"providerId": provider_id})
    works, detail = answer.get("verdict") == "VERDICT_OK", clean(answer.get("detail", ""))
    if json:
        as_json(answer)
    elif works:
        say(f"{provider_id} works: it answered in {answer.get('elapsedMs', 0)} ms. {detail}".rstrip())
    else:
        note(f"{provider_id} does not work ({word(answer.get('verdict'), 'VERDICT_')}): {detail}")
    if not works:
        raise typer.Exit(1)


@app.command("set")
def set_settings(
    provider_id: Id,
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE",
            help="Settings to change; also enabled=true or false. KEY=- reads a secret from a hidden prompt or from"
            " standard input; KEY= goes back to the default.",
        ),
    ],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Change a provider's settings."""
    declared = {setting["key"]: setting for setting in _one(server, provider_id).get("settings", ())}
    request: Answer = {"providerId": provider_id, "settings": {}}
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign:
            raise typer.BadParameter(f"{clean(key)!r} is not KEY=VALUE", param_hint="KEY=VALUE")
        if key == "enabled":
            request["enabled"] = _boolean(key, text)
        elif key in declared:
            request["settings"][key] = _typed(declared[key], text)
        else:
            known = ", ".join(["enabled", *declared])
            raise typer.BadParameter(f"{provider_id} has no setting {clean(key)!r}; it has {known}", param_hint="KEY")
    paths = [path for path in ("enabled", "settings") if request.get(path) not in (None, {})]
    answer = ask(server, SERVICE, "UpdateProvider", {**request, "updateMask": ",".join(paths)})
    if json:
        return as_json(answer)
    provider = answer["provider"]
    changed = [
        f"{key}: {_value(setting)}"
        for setting in provider["settings"]
        if (key := setting["key"]) in request["settings"]
    ]
    state = "enabled" if provider.get("enabled") else "disabled"
    return say("; ".join((f"{clean(provider.get('name', provider_id))} is {state}", *changed)))


def _typed(setting: Answer, text: str) -> Any:
    """The value as the setting is typed; None (back to the default) for an empty text."""
    key, kind = setting["key"], setting.get("type")
    if kind == "TYPE_SECRET":
        return _read_secret(setting, text)
    if text == "":
        return None
    if kind == "TYPE_BOOLEAN":
        return _boolean(key, text)
    try:
        return {"TYPE_INTEGER": int, "TYPE_NUMBER": float}.get(str(kind), str)(text)
    except ValueError:
        number = "whole number" if kind == "TYPE_INTEGER" else "number"
        raise typer.BadParameter(f"{clean(text)!r} is no {number}", param_hint=key) from None


def _boolean(key: str, text: str) -> bool:
    if text.lower() not in (*YES, *NO):
        raise typer.BadParameter(f"{clean(text)!r} is neither true nor false", param_hint=key)
    return text.lower() in YES


def _read_secret(setting: Answer, text: str) -> str | None:
    if text == "-":
        label = clean(setting.get("label") or setting["key"])
        piped = not sys.stdin.isatty()
        text = sys.stdin.readline().strip() if piped else typer.prompt(label, hide_input=True).strip()
        if not text:
            raise typer.BadParameter("nothing was entered", param_hint=setting["key"])
    elif text:
        note(f"{setting['key']} now stands in your shell's history; {setting['key']}=- would have asked for it")
    return text or None


def _all(server: str) -> list[Answer]:
    answers = pages(server, SERVICE, "ListProviders", {"pageSize": PAGE})
    return [provider for answer in answers for provider in answer.get("providers", ())]


def _one(server: str, provider_id: str) -> Answer:
    providers = {provider["id"]: provider for provider in _all(server)}
    if provider_id not in providers:
        note(f"there is no provider {clean(provider_id)!r}; there are {', '.join(providers)}")
        raise typer.Exit(1)
    return providers[provider_id]
