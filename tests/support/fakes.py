"""Hand-made stand-ins for what the daemon gets from outside. Every one is shared by several tests."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from metarr.fetch.contract import Classify, Response

_PATIENCE = 10.0
"""Real seconds that a test waits for a thread before it gives up."""


class FakeClock:
    """Time that only the test moves.

    `wait` blocks its thread until `advance` has moved time far enough, or until the event is set. With `auto`
    a wait moves time itself and returns at once, for code that waits in the test's own thread.
    `sleepers(n)` lets a test go on only when that many threads wait.
    """

    def __init__(self, start: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC), *, auto: bool = False) -> None:
        self.auto = auto
        self.luck = 0.0
        self.waits: list[float] = []
        self._wall = start
        self._monotonic = 1000.0
        self._due: list[float] = []
        self._changed = threading.Condition()

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    def jitter(self) -> float:
        """`luck`, which is 0 unless a test sets it."""
        return self.luck

    def wait(self, seconds: float, until: threading.Event | None = None) -> bool:
        with self._changed:
            self.waits.append(seconds)
            if until is not None and until.is_set():
                return True
            if self.auto:
                self._move(max(0.0, seconds))
                return until is not None and until.is_set()
            due = self._monotonic + max(0.0, seconds)
            self._due.append(due)
            self._changed.notify_all()
            try:
                while self._monotonic < due:
                    if until is not None and until.is_set():
                        return True
                    self._changed.wait(0.002 if until is not None else None)
            finally:
                self._due.remove(due)
            return until is not None and until.is_set()

    def advance(self, seconds: float) -> None:
        """Move both clocks forward and wake whoever is due."""
        with self._changed:
            self._move(seconds)

    @contextmanager
    def running(self, times: float = 50.0) -> Iterator[None]:
        """As long as the block lasts time passes by itself, so many times as fast as outside."""
        done = threading.Event()

        def run() -> None:
            while not done.wait(0.01):
                self.advance(0.01 * times)

        thread = threading.Thread(target=run, name="running clock")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock forward or back, as a time server or a person does; `monotonic` does not notice."""
        with self._changed:
            self._wall += timedelta(seconds=seconds)

    def sleepers(self, count: int) -> None:
        """Return when `count` threads wait; fails after ten real seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._asleep() >= count, _PATIENCE):
                raise AssertionError(f"{self._asleep()} threads wait, not {count}")

    def _asleep(self) -> int:
        return sum(due > self._monotonic for due in self._due)

    def _move(self, seconds: float) -> None:
        self._monotonic += seconds
        self._wall += timedelta(seconds=seconds)
        self._changed.notify_all()


@dataclass(frozen=True)
class FakeRequest:
    """What a provider asked."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


class FakeHttp:
    """Serves canned answers by path and records what was asked.

    An answer is decoded JSON; an exception is raised; a callable is called with the request and what it returns is
    the answer; a `Response` goes through `classify` and is decoded, as a real one would be. `default` answers for
    every other path; without it such a request fails the test.
    """

    def __init__(
        self, answers: Mapping[str, Any] | None = None, *, default: Any = ..., classify: Classify | None = None
    ) -> None:
        self.requests: list[FakeRequest] = []
        self.secrets: dict[str, str] = {}
        self._answers = dict(answers or {})
        self._default = default
        self._classify = classify

    def get(self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        return self._answer(FakeRequest("GET", path, dict(params or {}), dict(headers or {})))

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        return self._answer(FakeRequest("POST", path, headers=dict(headers or {}), body=dict(body)))

    def recall(self, name: str) -> str | None:
        return self.secrets.get(name)

    def remember(self, name: str, secret: str | None) -> None:
        if secret is None:
            self.secrets.pop(name, None)
        else:
            self.secrets[name] = secret

    def _answer(self, request: FakeRequest) -> Any:
        self.requests.append(request)
        answer = self._answers.get(request.path, self._default)
        if answer is ...:
            raise AssertionError(f"nobody expected {request.method} {request.path}")
        if callable(answer) and not isinstance(answer, type):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            wrong = self._classify(answer) if self._classify else None
            if wrong is not None:
                raise wrong
            answer = json.loads(answer.body)
        return deepcopy(answer)
