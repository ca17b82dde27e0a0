"""All commands, each from the module of its noun, and how one is run."""

import contextlib
import io
import os
import sys
from typing import Annotated

import typer
from typer.main import get_command

from metarr import __version__
from metarr.cli import (
    authority,
    backup,
    changes,
    conflicts,
    credentials,
    decisions,
    edit,
    enrich,
    fields,
    health,
    hosts,
    identity,
    imports,
    jobs,
    library,
    listing,
    orders,
    players,
    providers,
    schedule,
    search,
    series,
    serve,
    settings,
    show,
    support,
    token,
)
from metarr.cli.complaints import complain
from metarr.cli.groups import CommandGroup
from metarr.cli.output import note
from metarr.cli.text import clean
from metarr.errors import MetarrError
from metarr.rpc.client import RpcFailure

app = typer.Typer(
    name="metarr",
    cls=CommandGroup,
    help="Metarr asks every metadata provider, merges field by field under your rules, and explains every value.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("enrich")(enrich.enrich)
app.command("enrich-all")(jobs.enrich_all)
app.command("search")(search.search)
app.command("health")(health.health)
app.command("fields")(fields.fields)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("support-bundle")(support.support_bundle)
app.add_typer(decisions.app, name="decisions", cls=CommandGroup)
app.add_typer(library.app, name="library", cls=CommandGroup)
library.app.command("list")(listing.list_items)
library.app.command("show")(show.show)
library.app.command("import")(imports.import_titles)
library.app.command("undecided")(identity.undecided)
library.app.command("identify")(identity.identify)
library.app.command("split")(identity.split)
library.app.command("dismiss")(conflicts.dismiss)
for command in (edit.edit, edit.lock, edit.unlock, edit.monitor, edit.unmonitor, edit.remove, edit.undelete):
    library.app.command()(command)
app.add_typer(series.app, name="series", cls=CommandGroup)
series.app.command("order")(orders.order)
app.command("history")(changes.history)
app.command("undo")(changes.undo)
app.add_typer(providers.app, name="providers", cls=CommandGroup)
app.add_typer(hosts.app, name="hosts", cls=CommandGroup)
app.add_typer(players.app, name="players", cls=CommandGroup)
app.add_typer(jobs.app, name="jobs", cls=CommandGroup)
app.add_typer(schedule.app, name="schedule", cls=CommandGroup)
app.add_typer(settings.app, name="settings", cls=CommandGroup)
app.add_typer(authority.app, name="authority", cls=CommandGroup)
app.add_typer(token.app, name="token", cls=CommandGroup)
# Names of before, which meant two things each.
app.command("export", hidden=True)(decisions.export)
app.command("import", hidden=True)(decisions.take)
library.app.command("restore", hidden=True)(edit.undelete)
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


def run(arguments: list[str] | None = None) -> int:
    """Run a command; its status: 0 done, 1 failed, 2 wrong usage. Wrong usage and --help end by SystemExit."""
    _say_anything()
    try:
        get_command(app)(args=arguments, prog_name="metarr")
    except RpcFailure as failure:
        return complain(failure)
    except MetarrError as error:
        note(clean(str(error)))
        return 1
    except OSError as error:
        note(f"cannot go on: {clean(str(error.strerror or error))}")
        _write_no_more()
        return 1
    except Exception as error:  # noqa: BLE001 (a person reads this, not a developer)
        note(f"unexpected {type(error).__name__}: {clean(str(error))[:300]}")
        return 1
    return 0


def _say_anything() -> None:
    """Where the terminal's encoding lacks a letter, its number stands for it: no title may end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _write_no_more() -> None:
    """What could not be written, on a full disk for instance, is not tried again, and complained about, at the exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
