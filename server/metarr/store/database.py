"""Opens the database, hands out transactions, keeps its schema current."""

import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from metarr.errors import CannotDo
from metarr.store import backups, schema

__all__ = ["Connection", "Database"]

BUSY_SECONDS = 30
"""How long a transaction waits for a writer of another process."""

_WRITE_LOCK = 0x6D65746172
"""The number of the lock by which writers take turns in PostgreSQL, as the one file makes them do in SQLite."""


class Database:
    """A SQLite file (a path) or any database by its address. Safe to use from every thread.

    Write transactions of one process take turns; readers never wait for them and see what was last committed.
    """

    def __init__(self, location: Path | str) -> None:
        self._url = URL.create("sqlite", database=str(location)) if isinstance(location, Path) else make_url(location)
        self.path = _sqlite_file(self._url)
        self._engine = _engine(self._url)
        self._writing = self._engine.execution_options(to_write=True)
        if self.path is None:
            self._engine = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._turn = threading.Lock()
        self._writer = 0

    @classmethod
    def in_memory(cls) -> "Database":
        """A migrated database that vanishes when closed; for tests.

        It is a file in a folder of its own: a SQLite database in memory cannot be shared by threads that each have
        their own transaction.
        """
        folder = Path(tempfile.mkdtemp(prefix="metarr-"))
        path = folder / "metarr.db"
        path.write_bytes(_blank())
        database = cls(path)
        weakref.finalize(database, shutil.rmtree, folder, ignore_errors=True)
        return database

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction, committed at the end, rolled back on any exception.

        It has the write lock from its start, so what it reads stays true until it commits. Not to be nested. Raises
        CannotDo where the database cannot be written: disk full, read-only, held by another program.
        """
        with self._my_turn(), _told_apart(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one unchanging view of the database. Nothing written in it stays."""
        with _told_apart(), self._engine.connect() as connection:
            yield connection

    def migrate(self, backups_folder: Path | None, now: datetime) -> None:
        """Bring the schema to this version, after a copy of a SQLite file that holds an older one.

        Raises CannotDo for a database of a newer Metarr and for one that is not Metarr's.
        """
        with self._my_turn(), _told_apart():
            engine = _engine(self._url, foreign_keys=False)
            try:
                self._migrate(engine, backups_folder, now)
            finally:
                engine.dispose()

    def _migrate(self, engine: Engine, folder: Path | None, now: datetime) -> None:
        with engine.connect() as connection:
            found = schema.revision(connection)
        if found == schema.head():
            return
        if found and self.path and folder:
            backups.make(self.path, folder, found, now)
        with engine.execution_options(to_write=True).begin() as connection:
            schema.upgrade(connection)
            if problems := _broken_references(connection):
                raise CannotDo(f"the database holds broken references and was left as it was: {problems[0]}")

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the file itself: damaged pages, broken references. Empty: nothing. Reads all of it."""
        if self.path is None:
            return ()
        with self.read() as connection:
            pages = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(20)")]
            return tuple(line for line in pages if line != "ok") + _broken_references(connection)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """One writer at a time within the process: SQLite's own waiting is by polling and can starve a thread."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a write transaction is open in this thread already")
        with self._turn:
            self._writer = threading.get_ident()
            try:
                yield
            finally:
                self._writer = 0


@contextmanager
def _told_apart() -> Iterator[None]:
    """What only the owner can mend becomes CannotDo. The driver's own text holds neither statement nor values."""
    try:
        yield
    except DBAPIError as error:
        text = str(error.orig)
        if "not a database" in text or "malformed" in text:
            raise CannotDo(f"the database file is damaged: {text}; restore a backup") from error
        if any(word in text for word in ("full", "readonly", "locked", "unable to open", "disk I/O")):
            raise CannotDo(f"the database cannot be used: {text}") from error
        raise


def _sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or ":memory:" in url.database:
        raise CannotDo("a SQLite database needs a file")
    return Path(url.database)


def _engine(url: URL, *, foreign_keys: bool = True) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, foreign_keys)
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("to_write"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")

    return engine


def _sqlite_engine(url: URL, foreign_keys: bool) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        # Transactions begin by our own BEGIN: the driver would begin them late, and never IMMEDIATE.
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        to_write = connection.get_execution_options().get("to_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if to_write else "BEGIN")

    return engine


def _broken_references(connection: Connection) -> tuple[str, ...]:
    if connection.dialect.name != "sqlite":
        return ()
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
    return tuple(f"row {row[1]} of {row[0]} names a missing row of {row[2]}" for row in rows)


@cache
def _blank() -> bytes:
    """The bytes of a migrated, empty database: migrating takes long when every test does it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.db"
        database = Database(path)
        database.migrate(None, datetime.now(UTC))
        database.close()
        return path.read_bytes()
