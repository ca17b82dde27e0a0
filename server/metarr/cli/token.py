"""`metarr token`: the access token of the daemon on this machine."""

import typer

from metarr import tokens
from metarr.cli.data_dir import DataDir, data_dir_or_default
from metarr.cli.output import note, say

app = typer.Typer(help="See and change the access token of the daemon on this machine.", no_args_is_help=True)


@app.command()
def show(data_dir: DataDir = None) -> None:
    """Print the access token."""
    say(tokens.read(data_dir_or_default(data_dir) / tokens.FILE_NAME))


@app.command()
def new(data_dir: DataDir = None) -> None:
    """Make a new access token and print it. The old one is void at once, also for a daemon that runs."""
    say(tokens.renew(data_dir_or_default(data_dir) / tokens.FILE_NAME))
    note("the old token is void; whoever used it needs this one")
