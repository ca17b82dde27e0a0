"""`metarr backup` and `metarr restore`: the data directory of the daemon on this machine, in one file and back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from metarr.cli.data_dir import DataDir, data_dir_or_default
from metarr.cli.output import say


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            dir_okay=False,
            show_default="metarr-backup-TIME.tar.gz",
            help="The file to write; one of that name is replaced.",
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write the library, the settings, the keys and the token into one file. The daemon may run meanwhile."""
    from metarr.care import backup as service  # noqa: PLC0415 (no other command needs the database)

    target = file or Path(f"metarr-backup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    where = service.make(data_dir_or_default(data_dir), target)
    size = target.stat().st_size
    if where:
        say(f"{target} holds the key file and the access token. It does NOT hold the library:")
        say(
            f"that is in PostgreSQL, {where}. Save it at the same time: pg_dump --format=custom --file metarr.dump NAME"
        )
    else:
        say(f"{target} holds everything ({f'{size / 1e6:.1f} MB' if size >= 1e5 else f'{size / 1e3:.0f} kB'}).")
    say("Whoever has it has your providers' keys and the access token, too: keep it where nobody else can read it.")


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", dir_okay=False, help="A file of `metarr backup`, or one of backups/ in the data directory."
        ),
    ],
    data_dir: DataDir = None,
) -> None:
    """Put back what a backup holds. The daemon must be stopped; what is replaced is kept aside."""
    from metarr.care import backup as service  # noqa: PLC0415 (no other command needs the database)
    from metarr.datadir import elsewhere  # noqa: PLC0415

    directory = data_dir_or_default(data_dir)
    aside = service.restore(file, directory, datetime.now(UTC))
    say(f"{directory} is as it was when {file} was made.")
    if where := elsewhere(directory):
        say(f"The library is in PostgreSQL, {where}: bring it back from its own dump with pg_restore.")
    say(f"What it replaced is in {aside}; delete that when all is well.")
