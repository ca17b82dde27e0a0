"""Writes files safely: the new one is there whole, or the old one is."""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

PREFIX = ".metarr-"
MOST_NAME = 255


class NotWritten(Exception):
    """A file that stays as it is; the text tells a person why."""


class Changed(NotWritten):
    """Somebody wrote it since it was read."""

    def __init__(self) -> None:
        super().__init__("it was changed meanwhile")


def replace(path: Path, content: bytes, before: bytes | None) -> bool:
    """Put the content there, where still `before` is; None: nothing. Whether there was anything to write.

    The file keeps its mode and owner; a new one gets those of its folder. What a link leads to is written, not the
    link. Raises NotWritten.
    """
    if content == before:
        return False
    try:
        target = path.resolve() if path.is_symlink() else path
        _replace(target, content, before)
    except OSError as error:
        raise NotWritten(reason(error, path)) from error
    return True


def _replace(path: Path, content: bytes, before: bytes | None) -> None:
    model = _status(path)
    folder = path.parent.stat()
    descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            mode = stat.S_IMODE(model.st_mode) if model else stat.S_IMODE(folder.st_mode) & 0o666
            with contextlib.suppress(OSError):  # file systems without modes and owners have none to keep
                os.fchmod(file.fileno(), mode)
            owner = model or folder
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(OSError):
                    os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.flush()
            os.fsync(file.fileno())
        if content_of(path) != before:
            raise Changed
        os.replace(name, path)
        name = ""
    finally:
        if name:
            with contextlib.suppress(OSError):
                os.unlink(name)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the name on the disk, too, where the file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _status(path: Path) -> os.stat_result | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return status


def content_of(path: Path) -> bytes | None:
    """What a file holds; None: there is none. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def reason(error: OSError, path: Path) -> str:
    """Why a file was not written, for a person to read."""
    match error.errno:
        case errno.EROFS:
            return "the disk is read-only"
        case errno.EACCES | errno.EPERM:
            return "the daemon's user may not write there"
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full"
        case errno.ENAMETOOLONG:
            return f"the name {path.name[:40]}… is too long"
    return f"it cannot be written: {error.strerror or type(error).__name__}"


def clear(root: Path, beat: Callable[[], object]) -> int:
    """Remove what a process that was killed amid writing left below a folder. Returns how many files."""
    count = 0
    for folder, _, files in os.walk(root):
        beat()
        for name in files:
            if name.startswith(PREFIX):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, name))
                    count += 1
    return count


def at(folder: Path, name: str) -> Path:
    """A file of a folder by its name in whatever case; where there is none, the name as it is. Raises OSError."""
    wanted = name.casefold()
    exact = folder / name
    if exact.exists():
        return exact
    with os.scandir(folder) as entries:
        return next((folder / entry.name for entry in entries if entry.name.casefold() == wanted), exact)
