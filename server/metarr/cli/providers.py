"""`metarr providers`: see, test and set up the providers."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.forms import assigned, boolean, show_settings, typed, value_text
from metarr.cli.output import as_json, note, say, say_folded, table
from metarr.cli.text import NOTHING, clean, counted, kind_word, when, word

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


def notes_of(state: Answer) -> Iterator[str]:
    """What is to be told about a provider besides: why it is not well, how far its quota goes, what to consider."""
    yield from (clean(state[key]) for key in ("detail", "advice") if state.get(key))
    yield from limits_of(state)


def limits_of(state: Answer) -> Iterator[str]:
    """When a provider is asked again, and how far its quota goes."""
    again = f"asked again {when(state['retryAt'])}" if state.get("retryAt") else ""
    reset = f"today's requests start anew {when(state['quotaResetAt'])}" if state.get("quotaResetAt") else ""
    counts = state.get("quotaLimit") and state.get("status") != "STATUS_NOT_CONFIGURED"
    parts = (again, *(("" if again else reset, forecast_text(state)) if counts else ()))
    if line := "; ".join(part for part in parts if part):
        yield line


def forecast_text(state: Answer) -> str:
    """When a provider with a daily quota was asked about everything."""
    if "forecastDays" not in state:
        return ""
    days = state["forecastDays"]
    return f"the library is covered in {counted(days, 'day')}" if days else "they suffice for the library"


@app.command("list")
def list_providers(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """List the providers."""
    providers = _all(server)
    if json:
        return as_json({"providers": providers})
    rows = [_row(provider) for provider in providers]
    table(("id", "name", "enabled", "key", "today", "state"), rows, whole=("id", "name", "enabled", "today", "state"))
    notes = [f"{each['id']}: {line}" for each in providers for line in notes_of(each.get("state", {}))]
    if notes:
        say()
    for line in notes:
        say_folded(line)
    return None


def _row(provider: Answer) -> tuple[str, ...]:
    state = provider.get("state", {})
    keys = [value_text(setting) for setting in provider.get("settings", ()) if setting.get("required")]
    return (
        provider["id"],
        clean(provider.get("name", "")),
        "yes" if provider.get("enabled") else "no",
        ", ".join(keys) or NOTHING,
        quota_text(state),
        word(state.get("status"), "STATUS_"),
    )


@app.command()
def show(provider_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show a provider: its settings, limits and state."""
    provider = _one(server, provider_id)
    if json:
        return as_json(provider)
    state = provider.get("state", {})
    say(clean(f"{provider.get('name', '')} ({provider['id']}), {provider.get('homepage', '')}"))
    say_folded(f"{'enabled' if provider.get('enabled') else 'disabled'}; {status_text(state)}")
    say(clean(f"asked through the proxy {provider['proxy']}" if provider.get("proxy") else "asked without a proxy"))
    say(f"requests today: {quota_text(state)}; {counted(state.get('pendingItems', 0), 'item')} waiting for it")
    for label, key in (("last asked", "lastRequestAt"), ("last answered", "lastSuccessAt")):
        say(f"{label}: {when(state.get(key)) or 'never'}")
    say()
    show_settings(provider.get("settings", ()))
    say()
    for coverage in provider.get("coverage", ()):
        say_folded(f"{kind_word(coverage)}: {', '.join(coverage.get('fields', ()))}")
    if provider.get("attribution"):
        say()
        say_folded(clean(provider["attribution"]))
    return None


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


@app.command()
def resume(provider_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Take a provider's answers again that was stopped for what they changed. To take that back: metarr undo."""
    answer = ask(server, SERVICE, "UpdateProvider", {"providerId": provider_id, "resume": True})
    if json:
        return as_json(answer)
    provider = answer["provider"]
    return say(f"{clean(provider.get('name', provider_id))}: {status_text(provider.get('state', {}))}")


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
    plain_http: Annotated[
        bool,
        typer.Option("--plain-http", help="Allow an address of http, though others can read the key on its way."),
    ] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Change a provider's settings. A key belongs to its address: another base_url wants the key again."""
    declared = {setting["key"]: setting for setting in _one(server, provider_id).get("settings", ())}
    request: Answer = {"providerId": provider_id, "settings": {"allow_plain_http": True} if plain_http else {}}
    for key, text in assigned(assignments):
        if key == "enabled":
            request["enabled"] = boolean(key, text)
        elif key in declared:
            request["settings"][key] = typed(declared[key], text)
        else:
            settable = ", ".join(["enabled", *declared])
            wrong = f"{provider_id} has no setting {clean(key)!r}; it has {settable}"
            raise typer.BadParameter(wrong, param_hint="KEY")
    paths = [path for path in ("enabled", "settings") if request.get(path) not in (None, {})]
    answer = ask(server, SERVICE, "UpdateProvider", {**request, "updateMask": ",".join(paths)})
    if json:
        return as_json(answer)
    provider = answer["provider"]
    changed = [
        f"{key}: {value_text(setting)}"
        for setting in provider["settings"]
        if (key := setting["key"]) in request["settings"]
    ]
    for setting in provider["settings"]:
        key = setting["key"]
        if declared[key].get("secretSet") and not setting.get("secretSet") and key not in request["settings"]:
            note(f"{key} was entered for another address, and is forgotten: metarr providers set {provider_id} {key}=-")
    state = "enabled" if provider.get("enabled") else "disabled"
    return say("; ".join((f"{clean(provider.get('name', provider_id))} is {state}", *changed)))


def _all(server: str) -> list[Answer]:
    answers = pages(server, SERVICE, "ListProviders", {"pageSize": PAGE})
    return [provider for answer in answers for provider in answer.get("providers", ())]


def _one(server: str, provider_id: str) -> Answer:
    providers = {provider["id"]: provider for provider in _all(server)}
    if provider_id not in providers:
        note(f"there is no provider {clean(provider_id)!r}; there are {', '.join(providers)}")
        raise typer.Exit(1)
    return providers[provider_id]
