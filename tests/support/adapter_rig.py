"""What the tests of an adapter's core share: who it is, its memory, and a clock that plays a script."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from fake_daemon import FakeDaemon
from fake_host import FakeHost
from metarr_adapter.pull import Pull
from metarr_adapter.report import Reported, report_library
from metarr_adapter.session import Identity, Session, open_session

IDENTITY = Identity("living-room", "Living room", "kodi", "box-1", "20.1", "0.1.0")


class DictMemory(dict[str, str]):
    """Kept as long as the test lasts."""

    def get(self, name: str) -> str:  # type: ignore[override]
        return super().get(name, "")

    def set(self, name: str, value: str) -> None:
        self[name] = value


class Logged:
    """What was logged."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, level: str, text: str) -> None:
        self.lines.append((level, text))

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


class ScriptedClock:
    """Time for code that waits in the test's own thread: each wait plays the next step of `steps`.

    A step that is a number lets so many seconds pass, and `PASS` those that it waits for; one that is a function is
    called, and where it is followed by `RING`, the wait then lasts until its event is set. Without a step left, a wait
    fails the test.
    """

    RING, PASS = object(), object()

    def __init__(self, *steps: Any) -> None:
        self.steps: deque[Any] = deque(steps)
        self.waits: list[float | None] = []
        self._now = 1000.0

    def monotonic(self) -> float:
        return self._now

    def random(self) -> float:
        return 1.0

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        if event.is_set():
            return
        self.waits.append(seconds)
        assert self.steps, f"it waits {seconds} s, and nothing happens any more"
        step = self.steps.popleft()
        if step is self.PASS:
            assert seconds is not None, "it waits for something to happen"
            step = seconds
        if isinstance(step, int | float):
            self._now += step
            return
        step()
        if self.steps and self.steps[0] is self.RING:
            self.steps.popleft()
            assert event.wait(10), "nobody rang"


def opened(host: FakeHost, daemon: FakeDaemon, *, take_over: bool = False) -> Session:
    """A session."""
    return open_session(daemon, IDENTITY, host.kinds(), take_over=take_over)


def reported(host: FakeHost, session: Session, report_id: str = "r", **options: Any) -> Reported:
    """The whole library, reported."""
    settings: dict[str, Any] = {
        "log": Logged(),
        "stopped": lambda: False,
        "settled": lambda: True,
        "seen": lambda _entry: None,
        "pause": lambda: None,
    }
    return report_library(host, session, report_id, **{**settings, **options})


def pulling(
    host: FakeHost,
    session: Session,
    *,
    log: Logged | None = None,
    halted: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    pause: Callable[[], None] = lambda: None,
) -> Pull:
    return Pull(host, session, log=log or Logged(), halted=halted, progress=progress, pause=pause)
