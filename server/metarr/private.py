"""Files that nobody but their owner reads: the key, the access token."""

import os
import stat
import tempfile
from pathlib import Path

from metarr import regular
from metarr.errors import CannotDo


def read_private(path: Path, what: str) -> bytes | None:
    """The file's content without blanks around it; None where there is no such file. `what` it is, for a person.

    Raises CannotDo where it cannot be read, and where others than its owner can read it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise CannotDo(f"others can read the {what} {path} (mode {mode:04o}); run: chmod 600 {path}")
        return regular.content(path).strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotDo(f"the {what} {path} cannot be read: {error.strerror}") from error


def owned_as(folder: Path, *paths: Path) -> None:
    """Give these to the owner of the folder, where it is root who works for another user's daemon."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def write_private(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file that only its owner can read (mode 0600). It appears whole or not at all, even after a crash.

    Raises FileExistsError where there is one already and it is not to be replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        owned_as(path.parent, Path(name))
        if replace:
            os.replace(name, path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
