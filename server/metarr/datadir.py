"""The data directory: the daemon's alone, and private."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metarr.errors import CannotDo

DATABASE, KEY, BACKUPS = "metarr.db", "metarr.key", "backups"
ELSEWHERE = "metarr.elsewhere"
"""The file that tells where the library is, where it is not in the directory but in PostgreSQL."""

_LOCK = "metarr.lock"


def make_private(folder: Path) -> None:
    """Make the directory, for its owner alone, where it is not there. Raises CannotDo."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotDo(f"the data directory {folder} cannot be made: {error.strerror}") from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the directory for one process: two daemons on one database would ask everything twice.

    Raises CannotDo where another one holds it.
    """
    try:
        file = (folder / _LOCK).open("a")
    except OSError as error:
        raise CannotDo(f"the data directory {folder} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotDo(f"another Metarr uses {folder} already", reason="DATA_DIRECTORY_IN_USE") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def elsewhere(folder: Path) -> str:
    """Where the library is, such as nas:5432/metarr; "" where it is in the directory. Raises CannotDo."""
    try:
        return (folder / ELSEWHERE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise CannotDo(f"{folder / ELSEWHERE} cannot be read: {error}") from error


def put_elsewhere(folder: Path, where: str) -> None:
    """Note in the directory where the library is: a start without that address would begin an empty one. `where` holds
    no password. Raises CannotDo."""
    try:
        (folder / ELSEWHERE).write_text(f"{where}\n", encoding="utf-8")
    except OSError as error:
        raise CannotDo(f"the data directory {folder} cannot be written: {error.strerror}") from error
