"""Opens the database, hands out transactions, keeps its schema current."""

import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneToSpare

from metarr.bell import Bell, News
from metarr.errors import CannotDo, DatabaseUnusable
from metarr.store import backups, postgres, schema, sqlite
from metarr.store.sqlite import SqliteFile

__all__ = ["Connection", "Database"]


class Database:
    """A SQLite file (a path) or a PostgreSQL database (an address). Safe to use from every thread.

    Write transactions of one process take turns; readers never wait for them and see what was last committed.
    """

    def __init__(self, location: Path | str, *, alone: bool = False) -> None:
        """`alone`: nobody else may write to it as long as this does; of a SQLite file the data directory's lock takes
        care. Raises CannotDo for an address that is none."""
        self.path = location if isinstance(location, Path) else None
        self._url = (
            postgres.address(location) if isinstance(location, str) else URL.create("sqlite", database=str(location))
        )
        self._file = SqliteFile(self.path) if self.path else None
        self._engine, self._writing, self._durable = self._engines(alone)
        self.bell = Bell()
        self.trouble = ""
        """Why nothing could be written the last time; "": it could."""
        self.day = 0
        """The day of the daemon's life, which what is swept some day is marked with."""
        self._turn = threading.Lock()
        self._writer = 0

    def _engines(self, alone: bool) -> tuple[Engine, Engine, Engine]:
        """To read, to write, and to write what must outlast a power cut once it is told."""
        if self._file is None:
            writing = postgres.engine(self._url, to_write=True, alone=alone)
            return postgres.engine(self._url, to_write=False), writing, writing
        engine = sqlite.engine(self._file)
        # A connection of its own: within a transaction SQLite takes no notice of how it is to be synced.
        return engine, engine, sqlite.engine(self._file, synchronous="FULL")

    @property
    def shown(self) -> str:
        """Where the database is, without user and password."""
        return str(self.path) if self.path else postgres.shown(self._url)

    @property
    def secrets(self) -> frozenset[str]:
        """What of its address nobody else may see."""
        return postgres.secrets(self._url) if self.path is None else frozenset()

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
        """A write transaction, committed at the end, rolled back on any exception. A power cut may take the last
        seconds of them, which is work that is done again by itself.

        It has the write lock from its start, so what it reads stays true until it commits. Not to be nested. Raises
        CannotDo where the database cannot be written: disk full, read-only, held by another program. Once it is
        committed, the bell rings for what there is `news` of.
        """
        with self._begin(self._writing) as connection:
            yield connection

    @contextmanager
    def begin_durably(self) -> Iterator[Connection]:
        """The same for what somebody is told: once it is committed, it is on the disk, with all that was before."""
        with self._begin(self._durable) as connection:
            yield connection

    @contextmanager
    def _begin(self, engine: Engine) -> Iterator[Connection]:
        try:
            with self._my_turn(), self._told_apart(), _written(engine) as connection:
                connection.info.pop(_NEWS, None)
                connection.info[_DAY] = self.day
                yield connection
                news = connection.info.pop(_NEWS, ())
        except DatabaseUnusable as error:
            self.trouble = str(error)
            raise
        self.trouble = ""
        self.bell.ring(news)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one unchanging view of the database. Nothing written in it stays."""
        with self._told_apart(), self._engine.connect() as connection:
            connection.begin()
            if self.path:
                connection.exec_driver_sql("BEGIN")
            yield connection

    def migrate(self, backups_folder: Path | None, now: datetime) -> None:
        """Bring the schema to this version, after a copy of a SQLite file that holds an older one.

        Raises CannotDo for a database of a newer Metarr and for one that is not Metarr's.
        """
        with self._my_turn(), self._told_apart():
            if self._file is None:
                self._migrate(self._writing, None, now)
                return
            engine = sqlite.engine(self._file, foreign_keys=False)
            try:
                self._migrate(engine, backups_folder, now)
            finally:
                engine.dispose()

    def _migrate(self, engine: Engine, folder: Path | None, now: datetime) -> None:
        with engine.connect() as connection:
            if self.path is None:
                postgres.check(connection)
            revision = schema.revision(connection)
        if revision == schema.head():
            return
        if revision and self.path and folder:
            backups.make(self.path, folder, revision, now)
        with _written(engine) as connection:
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

    def is_gone(self) -> bool:
        """Whether the file was deleted, moved or replaced since it was opened."""
        return self._file is not None and self._file.is_gone()

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()
        self._writing.dispose()
        self._durable.dispose()

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """What only the owner can mend becomes CannotDo, which shows neither statement nor values."""
        try:
            yield
        except DBAPIError as error:
            explained = _explained(error) if self.path else postgres.explained(error, self._url)
            if explained is None:
                raise
            raise explained from error
        except NoneToSpare as error:
            raise DatabaseUnusable(f"the database {self.shown} has no connection to spare") from error

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


def news(connection: Connection, about: News) -> None:
    """Have the bell ring for this once the transaction is committed."""
    connection.info.setdefault(_NEWS, set()).add(about)


def lived_day(connection: Connection) -> int:
    """The day of the daemon's life on which this transaction writes."""
    return int(connection.info.get(_DAY, 0))


_NEWS, _DAY = "news", "day"


def _explained(error: DBAPIError) -> CannotDo | None:
    text = str(error.orig)
    if "not a database" in text or "malformed" in text:
        return CannotDo(f"the database file is damaged: {text}; restore a backup")
    if any(word in text for word in ("full", "readonly", "locked", "unable to open", "disk I/O")):
        return DatabaseUnusable(f"the database cannot be used: {text}")
    return None


@contextmanager
def _written(engine: Engine) -> Iterator[Connection]:
    """A transaction that has the write lock from its start."""
    with engine.begin() as connection:
        # Said here, and not when the engine tells that a transaction begins: an engine with such a listener looks for
        # listeners several times in every statement.
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


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
