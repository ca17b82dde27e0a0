"""`metarr settings`: what is tuned about Metarr as a whole."""

from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.forms import assigned, show_settings, typed, value_text
from metarr.cli.output import as_json, say

SERVICE = "ConfigService"

app = typer.Typer(name="settings", help="What is tuned about Metarr as a whole.", no_args_is_help=True)


@app.command()
def show(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show the settings."""
    answer = ask(server, SERVICE, "GetSettings")
    if json:
        return as_json(answer)
    return show_settings(answer.get("settings", ()))


@app.command("set")
def set_settings(
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE", help="Settings to change; several texts with commas; KEY= goes back to the default."
        ),
    ],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Change settings: all of those named or none."""
    declared = {each["key"]: each for each in ask(server, SERVICE, "GetSettings").get("settings", ())}
    values = {key: typed(declared.get(key, {"key": key}), text) for key, text in assigned(assignments)}
    answer = ask(server, SERVICE, "UpdateSettings", {"settings": values})
    if json:
        return as_json(answer)
    now: dict[str, Answer] = {each["key"]: each for each in answer.get("settings", ())}
    return say("; ".join(f"{key} is {value_text(now[key])}" for key in values))
