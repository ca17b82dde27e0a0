"""Killed in the middle of an upgrade, and of a restore: the library is as it was or as it was to be, never between."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import golden
from metarr.care import backup
from metarr.datadir import DATABASE
from metarr.store import schema
from metarr.store.database import Database

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

KILLS = 20
OLD = golden.FOLDER / "0004.sql.gz"
TIMES = 100
"""How many times the few items of the old library are in it, so that an upgrade has something to move."""

COUNTING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path

steps, last = 0, int(sys.argv[1])

def step(*_):
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[2])
"""
"""A process that counts its steps, and kills itself at the one that it is told; 0: at none."""

UPGRADE = (
    COUNTING
    + """
from sqlalchemy import Engine, event
from metarr.store.database import Database

event.listen(Engine, "before_cursor_execute", step)
Database(folder / "metarr.db").migrate(folder / "backups", datetime.now(UTC))
print(steps)
"""
)
RESTORE = (
    COUNTING
    + """
from metarr.care import backup

MOVES = {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "shutil.copyfile", "sqlite3.connect"}
sys.addaudithook(lambda event, args: step() if event in MOVES else None)
backup.restore(Path(sys.argv[3]), folder, datetime.now(UTC))
print(steps)
"""
)


def run(program: str, last: int, *arguments: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", program, str(last), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def steps_of(program: str, *arguments: Path) -> list[int]:
    """The steps at which to kill it, all over its work."""
    whole = run(program, 0, *arguments)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout.split()[-1])
    assert steps >= KILLS
    return [1 + steps * number // KILLS for number in range(KILLS)]


def kill(program: str, last: int, *arguments: Path) -> None:
    assert run(program, last, *arguments).returncode == -signal.SIGKILL


def revision(folder: Path) -> str:
    """The schema of the library, of which every page is whole and every reference there."""
    with closing(sqlite3.connect(folder / DATABASE)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        return str(file.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def told(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the library says, in words that every schema has."""
    queries = {
        "items": "SELECT id, kind, title, year, monitored FROM items ORDER BY id",
        "values": "SELECT item_id, field, value, locked FROM field_values WHERE field != 'year' ORDER BY 1, 2",
        "changes": "SELECT id, item_id, cause FROM change_sets ORDER BY id",
    }
    with closing(sqlite3.connect(folder / DATABASE)) as file:
        return {name: file.execute(query).fetchall() for name, query in queries.items()}


def old_library(folder: Path) -> Path:
    folder.mkdir()
    golden.put(OLD, folder)
    with closing(sqlite3.connect(folder / DATABASE)) as file, file:
        for table, key in (("items", "id"), ("field_values", "item_id")):
            names = [row[1] for row in file.execute(f"PRAGMA table_info({table})") if row[1] != key]
            listed = ", ".join(names)
            for number in range(1, TIMES):
                file.execute(
                    f"INSERT INTO {table} ({key}, {listed}) SELECT {key} + {number * 1000}, {listed} FROM {table}"
                    f" WHERE {key} < 1000"
                )
    return folder


def test_killed_in_an_upgrade_the_library_is_as_before_or_as_after(tmp_path: Path) -> None:
    source = old_library(tmp_path / "old")
    before, old = told(source), revision(source)
    whole = shutil.copytree(source, tmp_path / "whole")
    steps = steps_of(UPGRADE, whole)
    assert (revision(whole), told(whole)) == (schema.head(), before)
    for last in steps:
        folder = shutil.copytree(source, tmp_path / f"killed at {last}")
        kill(UPGRADE, last, folder)
        assert (revision(folder), told(folder)) == (old, before), last
        assert run(UPGRADE, 0, folder).returncode == 0
        assert (revision(folder), told(folder)) == (schema.head(), before), last
        shutil.rmtree(folder)


def test_killed_in_a_restore_the_library_is_as_before_or_as_after_and_another_one_ends_it(tmp_path: Path) -> None:
    source = old_library(tmp_path / "source")
    with closing(Database(source / DATABASE)) as database:
        database.migrate(None, datetime.now(UTC))
    file = tmp_path / "backup.tar.gz"
    backup.make(source, file)
    after = told(source)
    with closing(sqlite3.connect(source / DATABASE)) as edited, edited:
        edited.execute("UPDATE items SET title = 'changed since'")
    before = told(source)
    for last in steps_of(RESTORE, shutil.copytree(source, tmp_path / "whole"), file):
        folder = shutil.copytree(source, tmp_path / f"killed at {last}")
        kill(RESTORE, last, folder, file)
        assert revision(folder) == schema.head()
        assert told(folder) in (before, after), last
        assert run(RESTORE, 0, folder, file).returncode == 0
        assert (revision(folder), told(folder)) == (schema.head(), after), last
        shutil.rmtree(folder)
