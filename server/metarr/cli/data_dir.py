"""The data directory of the daemon on this machine, and the option that names it."""

import os
from pathlib import Path
from typing import Annotated

import typer

VARIABLE = "METARR_DATA_DIR"

DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        file_okay=False,
        envvar=VARIABLE,
        show_default="~/.local/share/metarr, or metarr in $XDG_DATA_HOME",
        help="Where the library and the keys are kept.",
    ),
]


def data_dir_or_default(given: Path | None) -> Path:
    """The data directory that is meant: the one that is given, else the environment's, else the usual one."""
    if given is not None:
        return given
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else _default()


def _default() -> Path:
    """Where a user's programs keep their data: the XDG base directory."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "metarr"
