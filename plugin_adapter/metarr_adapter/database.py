"""A SQLite file of a host's own, that can be thrown away."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path


def opened(path: Path, schema: str, version: int, upgrades: Mapping[int, str] = {}) -> sqlite3.Connection:
    """The database; a damaged one, or one of another version, is begun anew. `upgrades`: by version, what makes it one
    of the next. Raises sqlite3.OperationalError where the disk is full, or may not be written."""
    try:
        connection = sqlite3.connect(path)
        written = connection.execute("PRAGMA user_version").fetchone()[0]
        while written in upgrades and written < version:
            connection.executescript(f"BEGIN; {upgrades[written]}; PRAGMA user_version = {written + 1}; COMMIT")
            written += 1
        if written not in (0, version):
            connection.close()
            raise sqlite3.DatabaseError("it is of another version")
        connection.executescript(schema)
        connection.execute(f"PRAGMA user_version = {version}")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return opened(path, schema, version)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def first(connection: sqlite3.Connection, sql: str, *values: object) -> tuple[object, ...] | None:
    """The first row of a query; None: it has none."""
    # Closed at once: a query that is not read to its end keeps what is written from being cleared away.
    with closing(connection.execute(sql, values)) as rows:
        row: tuple[object, ...] | None = rows.fetchone()
    return row
