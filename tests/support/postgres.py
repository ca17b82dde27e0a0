"""A PostgreSQL server of the tests' own: a cluster in a folder that vanishes, on a socket and a port of loopback."""

import itertools
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from factories import NOW
from metarr.store.database import Database
from ports import kept_free

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))
"""What the tests of the store and of jobs run on, each of them on both."""

MakeDatabase = Callable[[], AbstractContextManager[Database]]

USER = "metarr"
_ACCOUNTS = ("postgres", "nobody")
"""Whom to run it as where the tests run as root, whom PostgreSQL refuses."""

_LIKE_A_PERSON_SORTS = ("--locale-provider", "icu", "--icu-locale", "en-US")
"""The order that most servers have, and that is not the one Metarr demands."""

_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "32MB"}


def programs() -> Path | None:
    """Where the newest PostgreSQL's programs are; None where none is installed."""
    on_path = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: float(found.parts[-3]))
    found = [*packaged, *([Path(on_path).resolve()] if on_path else [])]
    return found[-1].parent if found else None


class Cluster:
    """A running server. `fresh` makes databases with Metarr's tables."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.password = f"{secrets.token_hex(8)}@:/ ?%"
        self._port = ExitStack()
        self.port = self._port.enter_context(kept_free())
        self._programs = programs
        self._account = _account()
        self._number = itertools.count(1)
        self._blank = ""

    def make(self) -> None:
        if self._account:
            shutil.chown(self.folder, user=self._account)
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        who = ("--username", USER, "--pwfile", str(secret), "--auth-local", "trust", "--auth-host", "scram-sha-256")
        self._run("initdb", *who, "--encoding", "UTF8", "--locale", "C.UTF-8", *_LIKE_A_PERSON_SORTS, "--no-sync")

    def start(self) -> None:
        settings = _QUICK | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", str(self.folder / "log"), "--options", options)

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode)

    def restart(self) -> None:
        """Every connection is lost by it."""
        self.stop("fast")
        self.start()

    def release(self) -> None:
        """Let others have the port."""
        self._port.close()

    def _run(self, program: str, *arguments: str) -> None:
        user = self._account
        command = [str(self._programs / program), "--pgdata", str(self.folder / "data"), *arguments]
        # What it says goes to a file: the server inherits it, and a pipe would not end before the server does.
        with tempfile.TemporaryFile() as told:
            run = subprocess.run(
                command, check=False, stdout=told, stderr=told, cwd="/", user=user, extra_groups=[] if user else None
            )
            told.seek(0)
            assert run.returncode == 0, told.read().decode()

    def address(self, name: str) -> str:
        """Of a database, by the socket, at which nobody needs a password."""
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}&port={self.port}"

    def do(self, *statements: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements outside any transaction; the rows of the last one."""
        with psycopg.connect(host=str(self.folder), port=self.port, user=USER, dbname=name, autocommit=True) as line:
            for statement in statements:
                cursor = line.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def empty(self, options: str = "") -> str:
        """A new database without tables; its name."""
        name = f"test_{next(self._number)}"
        self.do(f"CREATE DATABASE {name} {options}")
        return name

    def drop(self, name: str) -> None:
        self.do(f"DROP DATABASE {name} WITH (FORCE)")

    def fresh(self) -> str:
        """A new database with Metarr's tables; its name."""
        if not self._blank:
            self._blank = self.empty()
            database = Database(self.address(self._blank))
            database.migrate(None, NOW)
            database.close()
        return self.empty(f"TEMPLATE {self._blank}")

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new database with Metarr's tables, for as long as the block lasts."""
        name = self.fresh()
        with closing(Database(self.address(name))) as made:
            yield made
        self.drop(name)


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """A server that runs as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="metarr-pg-"))
    made = Cluster(folder, programs)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        made.release()
        shutil.rmtree(folder)


def _account() -> str | None:
    """Whom to run the server as; None: as whoever runs the tests."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _ACCOUNTS if name in known) if os.getuid() == 0 else None
