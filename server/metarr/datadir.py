"""The data directory: the daemon's alone, and private."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from metarr.errors import CannotDo

log = structlog.get_logger(__name__)

DATABASE, KEY, BACKUPS = "metarr.db", "metarr.key", "backups"
ELSEWHERE = "metarr.elsewhere"
"""The file that tells where the library is, where it is not in the directory but in PostgreSQL."""

_LOCK = "metarr.lock"


def make_private(folder: Path) -> None:
    """Make the directory, for its owner alone; one that is there already becomes private, with what Metarr has in it.

    Raises CannotDo where it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotDo(f"the data directory {folder} cannot be made: {error.strerror}") from error
    private = [folder, folder / BACKUPS, *(folder / name for name in (_LOCK, ELSEWHERE))]
    private += [folder / f"{DATABASE}{suffix}" for suffix in ("", "-wal", "-shm")]
    for path in private:
        _close_to_others(path)


def _close_to_others(path: Path) -> None:
    """Take from others what they may do with a file or directory of this user's."""
    try:
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        # A directory such as /tmp is everybody's; what is another user's cannot be changed, and is not ours to change.
        shared = mode & stat.S_ISVTX or status.st_uid != os.geteuid() or stat.S_ISLNK(status.st_mode)
        if mode & 0o077 and not shared:
            path.chmod(mode & 0o700)
            log.info("made_private", path=str(path), mode=f"{mode:04o}")
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("not_made_private", path=str(path), why=error.strerror)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the directory for one process: two daemons on one database would ask everything twice.

    Raises CannotDo where another one holds it.
    """
    try:
        file = os.fdopen(os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise CannotDo(f"the data directory {folder} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotDo(f"another Metarr uses {folder} already", reason="DATA_DIRECTORY_IN_USE") from error
        with suppress(OSError):  # that it is held counts; whose number stands in it is for a person, and needs room
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
