"""`metarr serve`: run the daemon."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from metarr import __version__
from metarr.cli.daemon import DEFAULT_SERVER
from metarr.cli.output import note, say
from metarr.cli.text import clean
from metarr.errors import MetarrError


class Level(StrEnum):
    """How much the log tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def default_data_dir() -> Path:
    """Where a user's programs keep their data: the XDG base directory."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "metarr"


def serve(
    data_dir: Annotated[
        Path | None,
        typer.Option(
            file_okay=False, show_default="$XDG_DATA_HOME/metarr", help="Where the library and the keys are kept."
        ),
    ] = None,
    grpc: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where programs reach it: gRPC.")] = DEFAULT_SERVER,
    http: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where browsers and curl reach it: JSON over HTTP.")
    ] = "127.0.0.1:50052",
    log_level: Annotated[Level, typer.Option(help="How much the log on stderr tells.")] = Level.INFO,
) -> None:
    """Run the daemon until it is stopped by Ctrl-C or SIGTERM. Port 0 takes a free one."""
    # The daemon is the whole program; no other command needs to load it.
    from metarr.app import serve as run  # noqa: PLC0415

    directory = data_dir or default_data_dir()

    def ready(grpc_address: str, http_address: str) -> None:
        addresses = f"gRPC on {grpc_address}, HTTP on http://{http_address}/"
        say(f"Metarr {__version__} is ready: {addresses}, data in {directory}")

    try:
        run(data_dir=directory, grpc=grpc, http=http, log_level=log_level.value, ready=ready)
    except (MetarrError, OSError) as error:
        note(clean(str(error)) or type(error).__name__)
        raise typer.Exit(1) from None
