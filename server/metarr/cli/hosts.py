"""`metarr hosts`: adapters that the daemon runs, such as for folders of media files."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer

from metarr.cli import players
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.forms import show_settings, typed, value_text
from metarr.cli.output import as_json, note, say, say_folded, table
from metarr.cli.text import clean, when, word

app = typer.Typer(
    help="Add and look after hosts: what Metarr itself keeps in step, such as folders.", no_args_is_help=True
)

SERVICE = "HostService"
TIMEOUT = 60.0
"""Seconds: what a host works on is tried first, and may hang."""

Id = Annotated[str, typer.Argument(metavar="HOST", help="The host's id, as `metarr hosts list` shows it.")]
Assignments = Annotated[
    list[str],
    typer.Argument(
        metavar="[KEY=]VALUE",
        help="Settings of the kind. Without a key, of folders: a path. movies=PATH and series=PATH hold such alone; "
        "several paths are named one by one. KEY=- reads a secret from a hidden prompt or from standard input.",
    ),
]


@app.command()
def add(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The kind, such as folders.")],
    assignments: Assignments,
    name: Annotated[str, typer.Option("--name", help="What to call it.")] = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Test and add a host. What it holds is told to Metarr; nothing is written before you choose a policy."""
    request = {"kind": kind, "name": name, "settings": _settings(_declared(server, kind), assignments)}
    answer = ask(server, SERVICE, "AddHost", request, TIMEOUT)
    if json:
        return as_json(answer)
    host = answer["host"]
    _say_checks(answer.get("checks", ()))
    say(f"{clean(host['name'])} is added as {host['id']}; it is looked through now: metarr hosts show {host['id']}")
    return say(f"what would be written there: metarr players policy {host['playerId']} fill")


@app.command("list")
def list_hosts(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """List the hosts and how they fare."""
    answer = ask(server, SERVICE, "ListHosts")
    if json:
        return as_json(answer)
    hosts = answer.get("hosts", ())
    if not hosts:
        return note("there is no host yet; the first may be: metarr hosts add folders PATH")
    heads = ("host", "name", "kind", "state", "works on", "player")
    table(heads, [_row(each) for each in hosts], whole=("host", "kind", "state", "player"))
    for each in hosts:
        if why := each.get("state", {}).get("why"):
            say_folded(clean(f"{each['id']}: {why}"))
    return None


def _row(host: Answer) -> tuple[str, ...]:
    works_on = "\n".join(map(clean, host.get("worksOn", ())))
    return (host["id"], clean(host["name"]), host["kind"], _status(host), works_on, host["playerId"])


def _status(host: Answer) -> str:
    return word(host.get("state", {}).get("status"), "STATUS_").replace("_", " ")


@app.command()
def show(host_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show a host: its settings, how it fares, what is away, what nobody can tell, what could not be written."""
    host = _one(server, host_id)
    if json:
        return as_json(host)
    state = host.get("state", {})
    say(clean(f"{host['name']} ({host['kind']}), host {host['id']}, player {host['playerId']}"))
    say_folded(clean(f"{_status(host)} since {when(state.get('since'))}{_why(state)}"))
    say(f"told its whole library {when(state.get('lastReportAt')) or 'never'}")
    if host.get("hookPath"):
        say(f"looks at once when a webhook POSTs to {host['hookPath']} of Metarr's HTTP port")
    say()
    show_settings(host.get("settings", ()))
    notes = host.get("notes", ())
    if notes:
        say()
        rows = [(word(each.get("sort"), "SORT_"), clean(each["subject"]), clean(each["text"])) for each in notes]
        table(("note", "what", "why"), rows, whole=("note",))
        if host.get("moreNotes"):
            say(f"and {host['moreNotes']} more")
    return None


def _why(state: Answer) -> str:
    again = f"; started again {when(state['nextAttemptAt'])}" if state.get("nextAttemptAt") else ""
    return (f": {state['why']}" if state.get("why") else "") + again


@app.command("test")
def check(
    host: Annotated[str, typer.Argument(metavar="HOST|KIND", help="A host, or a kind with settings to try.")],
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[KEY=]VALUE", help="Settings to try.")] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Try a host's settings, or others before they are saved. Exits 1 where something is wrong."""
    hosts = {each["id"]: each for each in ask(server, SERVICE, "ListHosts").get("hosts", ())}
    kind = hosts[host]["kind"] if host in hosts else host
    request: Answer = {"hostId": host} if host in hosts else {"kind": host}
    if assignments:
        request["settings"] = _settings(_declared(server, kind), assignments)
    answer = ask(server, SERVICE, "TestHost", request, TIMEOUT)
    if json:
        as_json(answer)
    else:
        _say_checks(answer.get("checks", ()))
    if not answer.get("passed"):
        raise typer.Exit(1)


@app.command("set")
def set_settings(
    host_id: Id,
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE", help="Settings to change, or name=NAME. What is named anew replaces what was there."
        ),
    ],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Change a host's settings; it is tested with them and started anew."""
    host = _one(server, host_id)
    names = [each.partition("=")[2] for each in assignments if each.startswith("name=")]
    others = [each for each in assignments if not each.startswith("name=")]
    settings = _settings(host.get("settings", ()), others)
    request: Answer = {"hostId": host_id, "settings": settings}
    paths = ["settings"] if settings else []
    if names:
        request["name"] = names[-1]
        paths.append("name")
    return _updated(server, {**request, "updateMask": ",".join(paths)}, json)


@app.command()
def disable(host_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """End a host until it is enabled again. Its player stays as it is."""
    return _updated(server, {"hostId": host_id, "enabled": False, "updateMask": "enabled"}, json)


@app.command()
def enable(host_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Run a host again."""
    return _updated(server, {"hostId": host_id, "enabled": True, "updateMask": "enabled"}, json)


@app.command()
def remove(
    host_id: Id,
    player: Annotated[
        bool, typer.Option("--player", help="Remove its player, too, with the items that only it has.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it. Without this, only what would go is told.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Forget a host. Its player stays, unless --player removes it; no file of yours is touched."""
    host = _one(server, host_id)
    if not yes:
        listed = ask(server, "SyncService", "ListPlayers").get("players", ())
        entries = next((each.get("items", 0) for each in listed if each["id"] == host["playerId"]), 0)
        fate = "goes with it, and so do items that only it has" if player else "stays"
        say(f"{clean(host['name'])} would be forgotten; its player with {entries} entries {fate}")
        return note(
            f"nothing was changed; metarr hosts remove {host_id}{' --player' if player else ''} --yes removes it"
        )
    answer = ask(server, SERVICE, "RemoveHost", {"hostId": host_id, "removePlayer": player}, TIMEOUT)
    if json:
        return as_json(answer)
    if kept := answer.get("playerId"):
        return say(f"{host_id} is forgotten; its player stays: metarr players remove {kept}")
    return say(f"{host_id} and its player are forgotten; items deleted with it: {answer.get('deletedItems', 0)}")


@app.command("accept-gone")
def accept_gone(host_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Let go what a host said to be gone and what was held, for it was very much at once."""
    return players.accept_gone(_one(server, host_id)["playerId"], server, json)


@app.command()
def log(host_id: Id, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show what a host said last."""
    answer = ask(server, SERVICE, "GetHostLog", {"hostId": host_id})
    if json:
        return as_json(answer)
    lines = answer.get("lines", ())
    for each in lines:
        say(clean(f"{when(each.get('at'))} {each.get('level', '')}: {each.get('text', '')}"))
    return None if lines else note(f"{host_id} has said nothing since the daemon started")


def _updated(server: str, request: Answer, json: bool) -> None:
    answer = ask(server, SERVICE, "UpdateHost", request, TIMEOUT)
    if json:
        return as_json(answer)
    _say_checks(answer.get("checks", ()))
    host = answer["host"]
    changed = [
        f"{each['key']}: {value_text(each)}" for each in host["settings"] if each["key"] in request.get("settings", {})
    ]
    return say(clean("; ".join((f"{host['name']} ({host['id']}) is {_status(host)}", *changed))))


def _say_checks(checks: Iterable[Answer]) -> None:
    for each in checks:
        verdict, advice = word(each.get("verdict"), "VERDICT_"), f": {each['advice']}" if each.get("advice") else ""
        say_folded(clean(f"{verdict}: {each.get('text', '')}{advice}"))


def _declared(server: str, kind: str) -> Sequence[Answer]:
    kinds = {each["id"]: each for each in ask(server, SERVICE, "ListHostKinds").get("kinds", ())}
    if kind not in kinds:
        wrong = f"there is no kind of host {clean(kind)!r}; there are {', '.join(kinds)}"
        raise typer.BadParameter(wrong, param_hint="KIND")
    settings: Sequence[Answer] = kinds[kind].get("settings", ())
    return settings


def _settings(declared: Iterable[Answer], assignments: Iterable[str]) -> dict[str, Any]:
    """The settings that are typed, several paths of one key in a list."""
    by_key = {each["key"]: each for each in declared}
    main = next((key for key, each in by_key.items() if each.get("main")), "")
    settings: dict[str, Any] = {}
    for key, text in _keyed(assignments, by_key, main):
        setting = by_key[key]
        if setting.get("type") == "TYPE_PATHS":
            settings.setdefault(key, [])
            settings[key] += [os.path.abspath(os.path.expanduser(text))] if text else []
        elif setting.get("type") == "TYPE_PATH_MAP":
            settings.setdefault(key, [])
            settings[key] += [text] if text else []
        else:
            settings[key] = typed(setting, text)
    return settings


def _keyed(assignments: Iterable[str], by_key: Iterable[str], main: str) -> Iterator[tuple[str, str]]:
    keys = list(by_key)
    for each in assignments:
        key, sign, text = each.partition("=")
        if sign and key in keys:
            yield key, text
        elif main and ("/" in key or not sign):
            yield main, each
        else:
            wrong = f"there is no setting {clean(key)!r}; there are {', '.join(keys)}"
            raise typer.BadParameter(wrong, param_hint="KEY=VALUE")


def _one(server: str, host_id: str) -> Answer:
    hosts = {each["id"]: dict(each) for each in ask(server, SERVICE, "ListHosts").get("hosts", ())}
    if host_id not in hosts:
        note(f"there is no host {clean(host_id)!r}; there are {', '.join(hosts) or 'none'}")
        raise typer.Exit(1)
    return hosts[host_id]
