"""A daemon that answers from a table, and the command line run against it."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest
from typer.main import get_command

from doors.cli.messages import item
from metarr.cli import main

command = cache(get_command)
"""Reading the functions of all commands takes longer than most commands do."""


class FakeDaemon:
    """Answers by (service, method): an answer, an error to raise, or a function of the request."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Any] = {
            ("LibraryService", "GetItem"): {"item": item()},
            ("HealthService", "ListNotices"): {},
        }
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.connections: list[tuple[str, float]] = []
        self.credentials: dict[str, Any] = {}

    def client(self, address: str, timeout: float, **credentials: Any) -> "FakeClient":
        self.connections.append((address, timeout))
        self.credentials = credentials
        return FakeClient(self)

    def request(self, method: str) -> dict[str, Any]:
        """The last request to that method."""
        return [request for name, request in self.asked if name == method][-1]


class FakeClient:
    def __init__(self, daemon: FakeDaemon) -> None:
        self.daemon = daemon

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, service: str, method: str, request: dict[str, Any]) -> dict[str, Any]:
        self.daemon.asked.append((method, request))
        answer = self.daemon.answers[service, method]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def stream(self, service: str, method: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from self.call(service, method, request)


class Terminal(io.StringIO):
    """An input at which a person sits."""

    def isatty(self) -> bool:
        return True


class Result(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> FakeDaemon:
    fake = FakeDaemon()
    monkeypatch.setattr("metarr.cli.daemon.Client", fake.client)
    return fake


@pytest.fixture
def metarr(
    daemon: FakeDaemon, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Result]:
    """Runs `metarr ARGUMENTS`, its output piped, with `stdin` as its input."""
    for variable in ("COLUMNS", "METARR_SERVER", "METARR_TOKEN_FILE", "METARR_TLS_CA", "METARR_DATA_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setattr("metarr.cli.commands.get_command", command)

    def run(*arguments: str, stdin: str | io.StringIO = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin) if isinstance(stdin, str) else stdin)
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        captured = capsys.readouterr()
        return Result(ended.value.code or 0, captured.out, captured.err)

    return run
