"""Walks what is in a folder, with what tells whether it changed. No file is opened but a `.plexmatch`."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from metarr.files.listing import HINTS, NFO, VIDEOS, Folder, below, ending
from metarr.files.passed import MARKS, is_system

MOST_DEEP = 100
MOST_HINTS = 64 * 1024
IMAGES = frozenset({"jpg", "jpeg", "png", "webp"})
_WATCHED = VIDEOS | IMAGES | {NFO}


class FileStatus(NamedTuple):
    """What tells a file from what it was."""

    size: int
    changed: int
    inode: int


@dataclass(slots=True)
class Walked:
    """A folder and all below.

    `files`: videos, images and `.nfo` files by path. `failed`: folders that cannot be read, by path, and why.
    `signature`: another one where anything in it changed.
    """

    folder: Folder
    files: dict[str, FileStatus] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    signature: str = ""


def walk(path: str, name: str, beat: Callable[[], object], *, deep: bool = True) -> Walked:
    """What is in a folder. `deep`: and below. Raises OSError where it cannot be read itself."""
    walker = _Walker(beat)
    walked = Walked(Folder(name))
    walked.folder = walker.folder(path, name, "", walked, [_identity(os.stat(path))], deep=deep)
    walked.signature = walker.digest.hexdigest()
    return walked


def names(path: str) -> tuple[list[str], list[str]]:
    """The names of the folders and of the files in a folder. Raises OSError."""
    folders: list[str] = []
    files: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            (folders if entry.is_dir() else files).append(entry.name)
    return sorted(folders), sorted(files)


Identity = tuple[int, int]


class _Walker:
    def __init__(self, beat: Callable[[], object]) -> None:
        self.digest = hashlib.blake2b(digest_size=16)
        self._beat = beat
        self._followed: set[Identity] = set()

    def folder(self, path: str, name: str, at: str, walked: Walked, within: list[Identity], *, deep: bool) -> Folder:
        self._beat()
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        files: list[str] = []
        inner: list[os.DirEntry[str]] = []
        for entry in listed:
            try:
                if entry.is_dir():
                    inner.append(entry)
                elif self._file(entry, at, walked):
                    files.append(entry.name)
            except OSError as error:
                walked.failed[below(at, entry.name)] = error.strerror or type(error).__name__
        hints = _hints(os.path.join(path, HINTS)) if HINTS in files else ""
        self._note(at, hints)
        if not deep or not MARKS.isdisjoint(files):
            return Folder(name, tuple(files), (), hints)
        folders = tuple(each for entry in inner if (each := self._inner(entry, at, walked, within)) is not None)
        return Folder(name, tuple(files), folders, hints)

    def _file(self, entry: "os.DirEntry[str]", at: str, walked: Walked) -> bool:
        """Whether a name counts: a pipe that is called "film.nfo" would never end, and a link may lead nowhere."""
        if ending(entry.name) not in _WATCHED:
            self._note(entry.name)
            return True
        if not entry.is_file():
            return False
        status = entry.stat()
        kept = FileStatus(status.st_size, status.st_mtime_ns, status.st_ino)
        walked.files[below(at, entry.name)] = kept
        self._note(entry.name, *map(str, kept))
        return True

    def _inner(self, entry: "os.DirEntry[str]", at: str, walked: Walked, within: list[Identity]) -> Folder | None:
        path = below(at, entry.name)
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
            return self.folder(entry.path, entry.name, path, walked, [*within, identity], deep=True)
        except OSError as error:
            walked.failed[path] = error.strerror or type(error).__name__
            self._note(path, "failed")
            return None

    def _note(self, *words: str) -> None:
        for word in words:
            self.digest.update(word.encode("utf-8", "surrogateescape"))
            self.digest.update(b"\0")


def _identity(status: os.stat_result) -> Identity:
    return (status.st_dev, status.st_ino)


def _hints(path: str) -> str:
    """The text of a `.plexmatch`; "" for one that cannot be read."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            return file.read(MOST_HINTS).decode(errors="replace")
    except OSError:
        return ""


def paths(folder: Folder, at: str = "") -> Iterator[str]:
    """The paths of all files in a listing."""
    yield from (below(at, name) for name in folder.files)
    for inner in folder.folders:
        yield from paths(inner, below(at, inner.name))
