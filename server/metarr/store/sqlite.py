"""SQLite: the file, and its connections."""

import os
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event

BUSY_SECONDS = 30
"""How long a transaction waits for a writer of another process."""

KEPT_OPEN = 32
"""Connections to a file that stay open when nobody uses them: to open one takes longer than most transactions."""


class SqliteFile:
    """The file of a library, as it was when it was opened first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: os.stat_result | None = None

    def connect(self) -> sqlite3.Connection:
        """A connection. Only the first one makes the file: where it was deleted since, another one would begin an empty
        library unseen, and half of the threads would miss their tables."""
        address = f"{self.path.absolute().as_uri()}?mode={'rwc' if self._opened is None else 'rw'}"
        # Transactions begin by our own BEGIN: the driver would begin them late, and never IMMEDIATE.
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        )
        if self._opened is None:
            connection.execute("PRAGMA schema_version")  # the file is made when something is read
            self._opened = self.path.stat()
        return connection

    def is_gone(self) -> bool:
        """Whether it was deleted, moved or replaced since: what is written goes where nobody finds it."""
        if self._opened is None:
            return False
        try:
            return not os.path.samestat(self.path.stat(), self._opened)
        except OSError:
            return True


def engine(file: SqliteFile, *, foreign_keys: bool = True, synchronous: str = "NORMAL") -> Engine:
    """Connections to the file that are set up."""
    made = create_engine(
        URL.create("sqlite", database=str(file.path)),
        creator=file.connect,
        hide_parameters=True,
        pool_size=KEPT_OPEN,
        max_overflow=-1,
    )

    @event.listens_for(made, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        # Each thread has a connection of its own: with SQLite's 2 MB for each, memory would grow with the library.
        connection.execute("PRAGMA cache_size = -512")
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")

    return made
