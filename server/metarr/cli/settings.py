"""`metarr settings`: what is tuned about Metarr as a whole."""

from typing import Annotated, Any

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.output import as_json, say, table
from metarr.cli.text import NO, YES, clean, shown, word

SERVICE = "ConfigService"

app = typer.Typer(name="settings", help="What is tuned about Metarr as a whole.", no_args_is_help=True)


@app.command()
def show(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show the settings."""
    answer = ask(server, SERVICE, "GetSettings")
    if json:
        return as_json(answer)
    rows = [
        (
            setting["key"],
            word(setting.get("type"), "TYPE_"),
            shown(setting.get("value")),
            shown(setting.get("defaultValue")),
            clean(f"{setting.get('label', '')}. {setting.get('help', '')}"),
        )
        for setting in answer.get("settings", ())
    ]
    return table(("setting", "type", "value", "default", "meaning"), rows, whole=("setting", "type"))


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
    types = {each["key"]: each.get("type") for each in ask(server, SERVICE, "GetSettings").get("settings", ())}
    values: dict[str, Any] = {}
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign:
            raise typer.BadParameter(f"{clean(key)!r} is not KEY=VALUE", param_hint="KEY=VALUE")
        values[key] = _typed(key, types.get(key), text)
    answer = ask(server, SERVICE, "UpdateSettings", {"settings": values})
    if json:
        return as_json(answer)
    now: dict[str, Answer] = {each["key"]: each for each in answer.get("settings", ())}
    return say("; ".join(f"{key} is {shown(now[key].get('value'))}" for key in values))


def _typed(key: str, kind: str | None, text: str) -> Any:
    """The value as the setting is typed; None, back to the default, for an empty text."""
    if not text:
        return None
    match kind:
        case "TYPE_TEXTS":
            return [each.strip() for each in text.split(",") if each.strip()]
        case "TYPE_BOOLEAN":
            if text.lower() not in (*YES, *NO):
                raise typer.BadParameter(f"{clean(text)!r} is neither true nor false", param_hint=key)
            return text.lower() in YES
        case "TYPE_INTEGER":
            try:
                return int(text)
            except ValueError:
                raise typer.BadParameter(f"{clean(text)!r} is no whole number", param_hint=key) from None
    return text
