"""`metarr support-bundle`: what a helper needs to see, in one file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, Server, ask
from metarr.cli.data_dir import DataDir, data_dir_or_default
from metarr.cli.output import note, say
from metarr.rpc.client import RpcFailure


def support_bundle(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", dir_okay=False, show_default="metarr-support-TIME.zip", help="The file to write."
        ),
    ] = None,
    *,
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="What `metarr serve --log-file` writes.")
    ] = None,
    data_dir: DataDir = None,
    database_url: Annotated[
        str, typer.Option(metavar="URL", help="Where the library is in PostgreSQL, as `metarr serve` has it.")
    ] = "",
    server: Server = DEFAULT_SERVER,
) -> None:
    """Write versions, health, providers, settings and the log into one file, without keys, token and home path."""
    from metarr.care import support  # noqa: PLC0415 (no other command needs the database)
    from metarr.datadir import elsewhere  # noqa: PLC0415

    directory, now = data_dir_or_default(data_dir), datetime.now(UTC)
    target = file or Path(f"metarr-support-{now:%Y%m%dT%H%M%SZ}.zip")
    parts = {
        "about.json": _text(support.about(directory, now)),
        "health.json": _text(_answer(server, "HealthService", "GetHealth")),
        "notices.json": _text(_answer(server, "HealthService", "ListNotices", {"pageSize": 200})),
        "providers.json": _text(_without_hints(_answer(server, "ConfigService", "ListProviders", {"pageSize": 200}))),
        "hosts.json": _text(_hosts(server)),
        "settings.json": _settings(server),
    }
    if log_file is None:
        note("no log is in it; name it by --log-file, or add what your system keeps: journalctl -u metarr")
    else:
        parts |= support.log_parts(log_file)
    if elsewhere(directory) and not database_url:
        note("the providers' keys are in PostgreSQL and were not looked for in it; name the database by --database-url")
    support.write(target, parts, directory, database_url)
    say(f"{target} holds {', '.join(parts)}. Titles of your library may stand in the log.")


def _answer(server: str, service: str, method: str, request: Answer | None = None) -> Answer:
    """The daemon's answer; where there is none, why: that is worth knowing, too."""
    try:
        return ask(server, service, method, request)
    except RpcFailure as failure:
        note(f"{method} is missing in it: {failure.message}")
        return {"failed": failure.code, "message": failure.message}


def _settings(server: str) -> str:
    answer = _answer(server, "ConfigService", "ExportSettings", {"pageSize": 1})
    document: dict[str, Any] = json.loads(answer["json"]) if "json" in answer else answer
    document.pop("items", None)
    return _text(document)


def _hosts(server: str) -> Answer:
    """The hosts, and what each said last."""
    answer = _without_hints(_answer(server, "HostService", "ListHosts"))
    for host in answer.get("hosts", ()):
        host["log"] = _answer(server, "HostService", "GetHostLog", {"hostId": host["id"]})
    return answer


def _without_hints(answer: Answer) -> Answer:
    """Not even the last characters of a key."""
    for declaring in (*answer.get("providers", ()), *answer.get("hosts", ())):
        for setting in declaring.get("settings", ()):
            setting.pop("secretHint", None)
    return answer


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
