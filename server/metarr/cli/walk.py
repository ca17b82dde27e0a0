"""Walks a folder: the names in it, as `metarr.files` reads them, without opening more than a few small files."""

import os
from pathlib import Path

from metarr import regular
from metarr.cli.findings import Fault, shown
from metarr.files.listing import HINTS, NFO, VIDEOS, Folder, ending
from metarr.files.passed import MARKS, is_system

MOST_DEEP = 100
"""Folders within one another."""

MOST_HINTS = 64 * 1024
"""Bytes of a `.plexmatch`."""

Identity = tuple[int, int]
"""What tells a folder from all others, by whatever path it is reached: its device and its number there."""


def walk(root: Path) -> tuple[Folder, list[Fault]]:
    """What is below a folder, and what could not be looked at. Raises OSError where that is the folder itself.

    A link is followed once, and never into a folder that it lies in.
    """
    name = Path(os.path.abspath(root)).name
    walked = _Walk()
    return walked.folder(os.fspath(root), name, [_identity(os.stat(root))]), walked.faults


class _Walk:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._followed: set[Identity] = set()

    def folder(self, path: str, name: str, within: list[Identity]) -> Folder:
        """A folder and all below. `within`: the identities of the folders that it is in, its own last."""
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        files: list[str] = []
        inner: list[os.DirEntry[str]] = []
        for entry in listed:
            try:
                if entry.is_dir():
                    inner.append(entry)
                elif _counts(entry):
                    files.append(entry.name)
            except OSError as error:
                self._fault(entry.path, error)
        hinted = hints(Path(path, HINTS)) if HINTS in files else ""
        if not MARKS.isdisjoint(files):
            return Folder(name, tuple(files))
        folders = [each for entry in inner if (each := self._inner(entry, within)) is not None]
        return Folder(name, tuple(files), tuple(folders), hinted)

    def _inner(self, entry: "os.DirEntry[str]", within: list[Identity]) -> Folder | None:
        if is_system(entry.name):
            return Folder(entry.name)
        try:
            if len(within) >= MOST_DEEP:
                raise OSError(0, f"more than {MOST_DEEP} folders deep")
            identity = _identity(entry.stat())
            if identity in self._followed or identity in within:
                return None
            if entry.is_symlink():
                self._followed.add(identity)
            within.append(identity)
            try:
                return self.folder(entry.path, entry.name, within)
            finally:
                within.pop()
        except OSError as error:
            self._fault(entry.path, error)
            return None

    def _fault(self, path: str, error: OSError) -> None:
        self.faults.append(unreadable(path, error))


def unreadable(path: Path | str, error: OSError) -> Fault:
    return Fault(shown(path), f"cannot be read: {error.strerror or type(error).__name__}")


def _identity(stat: os.stat_result) -> Identity:
    return (stat.st_dev, stat.st_ino)


def _counts(entry: "os.DirEntry[str]") -> bool:
    """Whether a name is a file's: a pipe that is called "film.nfo" would never end, and a link may lead nowhere."""
    end = ending(entry.name)
    return (end not in VIDEOS and end != NFO and entry.name != HINTS) or entry.is_file()


def hints(path: Path) -> str:
    """The text of a `.plexmatch`; "" for one that cannot be read."""
    try:
        with regular.opened(path) as file:
            return file.read(MOST_HINTS).decode(errors="replace")
    except OSError:
        return ""
