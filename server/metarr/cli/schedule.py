"""`metarr schedule`: the daily run."""

import typer

from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask
from metarr.cli.output import as_json, say
from metarr.cli.text import clean, when

app = typer.Typer(name="schedule", help="The daily run.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The daily run. Its time and zone are settings: metarr settings set daily_at=03:00."""


@app.command()
def show(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show when the daily run ran and will run."""
    schedule = ask(server, "HealthService", "GetHealth").get("schedule", {})
    if json:
        return as_json(schedule)
    say(f"daily at {clean(schedule.get('at', ''))}, {clean(schedule.get('zone', ''))}")
    say(f"last run: {when(schedule.get('lastRunAt')) or 'never'}")
    if schedule.get("off"):
        return say(f"next run: none; {clean(schedule['off'])}")
    return say(f"next run: {when(schedule.get('nextRunAt'))} ({clean(schedule.get('nextRunAt', ''))})")
