"""A MariaDB server of the tests' own: its data in a folder that vanishes, on a socket and a port of loopback."""

import os
import pwd
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from kodi_host import wait_for

_ACCOUNTS = ("mysql", "nobody")
"""Whom to run it as where the tests run as root, whom MariaDB refuses."""

_PROGRAMS = ("mariadbd", "mariadb-install-db", "my_print_defaults", "mariadb", "setpriv")
_PLACES = "/usr/sbin:/usr/bin"
_DEBIAN = "apt install --no-install-recommends mariadb-server-core mariadb-client-core"

_HOST = "127.0.0.1"
_PORTS = range(20_000, 32_000)
"""Below those that the system gives out for a moment: a server that starts again finds its own free."""

_SETTINGS = {
    "innodb-buffer-pool-size": "32M",
    "innodb-doublewrite": "OFF",
    "innodb-flush-log-at-trx-commit": "2",  # what was committed outlives a kill
    "innodb-lock-wait-timeout": "120",
    "innodb-log-file-size": "8M",
    "performance-schema": "OFF",
}
_DONE = """
SELECT argument FROM mysql.general_log
WHERE command_type = 'Query' AND user_host LIKE '{account}[%' ORDER BY event_time"""
_WAITING = """
SELECT trx_id FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
WHERE trx_state = 'LOCK WAIT' AND user = '{account}'"""


def missing() -> str:
    """Why no server can be started here, or "" where one can."""
    names = [name for name in _PROGRAMS if shutil.which(name, path=_PLACES) is None]
    return f"{', '.join(names)} missing; on Debian: {_DEBIAN}" if names else ""


needs_mariadb = pytest.mark.skipif(bool(missing()), reason=missing())


class Server:
    """A server that keeps every statement. It runs from `start` to `kill`, and no longer than who started it."""

    def __init__(self, folder: Path) -> None:
        self.host, self.port = _HOST, _free_port()
        self._log, self._socket = folder / "log", folder / "socket"
        # A folder for temporary files of its own, too: each server clears it when it starts.
        self._settings = {**_SETTINGS, "datadir": str(folder / "data"), "tmpdir": str(folder)}
        self._account = _account()
        self._process: subprocess.Popen[bytes] | None = None
        if self._account:
            shutil.chown(folder, user=self._account)

    def make(self) -> None:
        """Lay out its data. Whoever it runs as may do anything there, by the socket, and needs no password."""
        owner = ("--auth-root-authentication-method=socket", f"--auth-root-socket-user={self._owner}")
        self._run("mariadb-install-db", *owner, "--skip-name-resolve", "--skip-test-db", *_options(self._settings))

    def start(self) -> None:
        """Come back when it answers."""
        doors = {"bind-address": self.host, "port": str(self.port), "socket": str(self._socket)}
        keeps = {"general-log": "ON", "log-output": "TABLE"}
        command = _command("mariadbd", *_options({**self._settings, **doors, **keeps}))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_account,
            )
        wait_for(self._answers, "MariaDB's first answer")

    def kill(self) -> None:
        """End it at once, as a power cut would; nothing where it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def add_account(self, name: str) -> str:
        """One that may do anything, from this machine; returns its password."""
        password = secrets.token_hex(16)
        self.do(f"CREATE USER {name}@localhost IDENTIFIED BY '{password}'; GRANT ALL ON *.* TO {name}@localhost")
        return password

    def do(self, statements: str) -> list[list[str]]:
        """Run statements; their rows, as text."""
        told = self._run("mariadb", *self._client, "--execute", statements)
        return [line.split("\t") for line in told.splitlines()]

    @contextmanager
    def locked(self, rows: str) -> Iterator[None]:
        """Have whoever writes rows, such as "library.movie WHERE idMovie = 3", wait for the end of the block."""
        command = _command("mariadb", *self._client, "--unbuffered")
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, **pipes, **self._as_account) as holder:
            try:
                holder.stdin.write(f"BEGIN; SELECT 'locked' FROM {rows} FOR UPDATE;\n")
                holder.stdin.flush()
                assert holder.stdout.readline() == "locked\n", f"there are no rows {rows}"
                yield
            finally:
                holder.kill()

    def waits_for_a_lock(self, account: str) -> bool:
        return bool(self.do(_WAITING.format(account=account)))

    def is_connected(self, account: str) -> bool:
        return bool(self.do(f"SELECT id FROM information_schema.processlist WHERE user = '{account}'"))

    def statements(self, account: str) -> list[str]:
        """What an account did, in order, each in one line."""
        return [text for [text] in self.do(_DONE.format(account=account))]

    # How

    @property
    def _owner(self) -> str:
        return self._account or pwd.getpwuid(os.getuid()).pw_name

    @property
    def _client(self) -> tuple[str, ...]:
        return f"--socket={self._socket}", f"--user={self._owner}", "--batch", "--skip-column-names"

    @property
    def _as_account(self) -> dict[str, Any]:
        return {"cwd": "/", "user": self._account, "extra_groups": [] if self._account else None}

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        command = _command("mariadb", *self._client, "--execute", "SELECT 1")
        return subprocess.run(command, check=False, capture_output=True, **self._as_account).returncode == 0

    def _run(self, program: str, *arguments: str) -> str:
        command = _command(program, *arguments)
        run = subprocess.run(command, check=False, capture_output=True, text=True, **self._as_account)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@contextmanager
def server() -> Iterator[Server]:
    """A server that runs as long as the block."""
    # Not among pytest's own folders: where root runs the tests, nobody else may look into those.
    with tempfile.TemporaryDirectory(prefix="metarr-mariadb-") as folder:
        made = Server(Path(folder))
        try:
            made.make()
            made.start()
            yield made
        finally:
            made.kill()


def _command(program: str, *arguments: str) -> list[str]:
    found = shutil.which(program, path=_PLACES)
    assert found is not None, missing()
    return [found, "--no-defaults", *arguments]


def _options(settings: dict[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in settings.items()]


def _account() -> str | None:
    """Whom to run the server as; None: as whoever runs the tests."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _ACCOUNTS if name in known) if os.getuid() == 0 else None


def _free_port() -> int:
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((_HOST, port))
            return port
