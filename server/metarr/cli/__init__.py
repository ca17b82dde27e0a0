"""The command line. One module per noun. What has a --server asks a running daemon and knows no other way in."""

import sys
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from metarr import __version__
from metarr.cli import (
    authority,
    backup,
    changes,
    credentials,
    decisions,
    edit,
    enrich,
    health,
    identity,
    imports,
    jobs,
    library,
    players,
    providers,
    schedule,
    search,
    serve,
    settings,
    support,
    token,
)
from metarr.cli.daemon import complain
from metarr.cli.groups import Group
from metarr.cli.output import note
from metarr.cli.text import clean
from metarr.errors import MetarrError
from metarr.rpc.client import RpcFailure

app = typer.Typer(
    name="metarr",
    cls=Group,
    help="Metarr asks every metadata provider, merges field by field under your rules, and explains every value.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("enrich")(enrich.enrich)
app.command("enrich-all")(jobs.enrich_all)
app.command("search")(search.search)
app.command("health")(health.health)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("export")(decisions.export)
app.command("import")(decisions.take)
app.command("support-bundle")(support.support_bundle)
app.add_typer(library.app, name="library", cls=Group)
library.app.command("identify")(identity.identify)
library.app.command("split")(identity.split)
library.app.command("import")(imports.import_titles)
for command in (edit.edit, edit.lock, edit.unlock, edit.remove, edit.restore):
    library.app.command()(command)
app.command("history")(changes.history)
app.command("undo")(changes.undo)
app.add_typer(providers.app, name="providers", cls=Group)
app.add_typer(players.app, name="players", cls=Group)
app.add_typer(jobs.app, name="jobs", cls=Group)
app.add_typer(schedule.app, name="schedule", cls=Group)
app.add_typer(settings.app, name="settings", cls=Group)
app.add_typer(authority.app, name="authority", cls=Group)
app.add_typer(token.app, name="token", cls=Group)
credentials.share(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"metarr {__version__}")
        raise typer.Exit


@app.callback()
def _global(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options before any command."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage. Never shows a traceback."""
    try:
        get_command(app)(args=arguments, prog_name="metarr")
    except RpcFailure as failure:
        sys.exit(complain(failure))
    except MetarrError as error:
        note(clean(str(error)))
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 (a person reads this, not a developer)
        typer.echo(f"metarr: unexpected {type(error).__name__}: {clean(str(error))[:300]}", err=True)
        sys.exit(1)
    sys.exit(0)
