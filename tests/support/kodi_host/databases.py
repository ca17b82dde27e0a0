"""Kodi's databases, as they are before anything is in them: made by Kodi itself, once a user and version."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from . import programs
from .machine import Machine

_WANTED = ("Addons*.db", "MyVideos*.db")


def lay_out(folder: Path) -> None:
    """Put empty databases into a home that has none."""
    if not any(folder.glob(_WANTED[0])):
        folder.mkdir(parents=True, exist_ok=True)
        for database in _empty().iterdir():
            shutil.copy(database, folder)


def change(folder: Path, pattern: str, statement: str, values: tuple[object, ...]) -> None:
    """Carry out a statement in the newest database whose name fits, such as "Addons*.db"; Kodi may be running."""
    newest = max(folder.glob(pattern), key=lambda path: int("".join(filter(str.isdigit, path.stem))))
    with closing(sqlite3.connect(newest)) as connection, connection:
        connection.execute(statement, values)


def _empty() -> Path:
    """The folder with the empty databases of this version of Kodi, made by a Kodi that is started for it."""
    program = programs.kodi_program()
    assert program is not None, programs.missing()
    told = program.stat()
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "metarr-tests"
    folder = caches / f"kodi-{told.st_size}-{told.st_mtime_ns}"
    if not folder.exists():
        caches.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=caches) as scratch:
            _make(Path(scratch) / "home", Path(scratch) / "made")
            try:
                (Path(scratch) / "made").rename(folder)
            except OSError:
                assert folder.exists()  # another run was faster; its databases are as good
    return folder


def _make(home: Path, target: Path) -> None:
    machine = Machine(home)
    machine.start()
    assert machine.stop(), f"Kodi did not quit:\n{machine.profile.last_lines()}"
    target.mkdir()
    for pattern in _WANTED:
        for database in machine.profile.databases.glob(pattern):
            shutil.copy(database, target)
