"""The process of one host: started, listened to, ended, and started again where it ends by itself."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from queue import Empty, SimpleQueue
from typing import IO, Any

import structlog

from metarr.clock import Clock
from metarr.logs import Seldom

log = structlog.get_logger(__name__)

OWNER_NEEDED = 78
"""The status of a process that only its owner can set right (`metarr_adapter.kind`)."""

SOONEST, LATEST = 1.0, 300.0
"""Seconds until one that ended is started again, doubling."""

STEADY = 60.0
"""Seconds after which the next end counts as the first."""

HOURLY = 3600.0

SILENCE = 120.0
"""Seconds without a sign of life until a process is killed."""

GRACE, AFTER_GRACE = 10.0, 1.0
"""Seconds that a process has to end by itself, and then after it was told by a signal."""

A_WAKE = 1.0
"""Seconds between two wakes that somebody else asks for, at least."""

_WAKE = '{"wake": true}\n'

MOST_LINES, MOST_LINE = 200, 2000
MOST_BYTES = 1024 * 1024
"""Of one line with notes."""


class HostStatus(StrEnum):
    """What a host's process does."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    OWNER_NEEDED = "owner_needed"
    DISABLED = "disabled"


@dataclass(frozen=True)
class HostState:
    """How a host's process fares, since when and why; `next_attempt`: when it is started again."""

    status: HostStatus
    since: datetime
    why: str = ""
    next_attempt: datetime | None = None


@dataclass(frozen=True)
class HostNotes:
    """What a host wants its owner to know: sort, subject and text of each. `more`: how many are not listed."""

    notes: tuple[tuple[str, str, str], ...] = ()
    more: int = 0


@dataclass(frozen=True)
class HostLine:
    """Something that a host said."""

    at: datetime
    level: str
    text: str


@dataclass(frozen=True)
class _Ended:
    """Of which process: one of before may end late."""

    process: "subprocess.Popen[bytes]"


@dataclass(frozen=True)
class Launch:
    """How a process is begun. `orders`: what it is told, a line; `secrets`: what of it may stand in no log."""

    arguments: list[str]
    orders: str
    secrets: frozenset[str] = field(default_factory=frozenset)


class HostProcess:
    """Keeps the process of one host running, from `start` to `stop`. `launch` is asked before each start."""

    def __init__(self, host_id: str, launch: Callable[[], Launch], clock: Clock) -> None:
        self._host_id, self._launch, self._clock = host_id, launch, clock
        self._log = log.bind(host=host_id)
        self._seldom = Seldom(self._log.info)
        self._events: SimpleQueue[str | _Ended] = SimpleQueue()
        self._lines: deque[HostLine] = deque(maxlen=MOST_LINES)
        self._secrets: frozenset[str] = frozenset()
        self._heard_at = 0.0
        self._stopping, self._grace = False, GRACE
        self._hinted, self._woken_at = False, -A_WAKE
        self._thread = threading.Thread(target=self._run, name=f"host-{host_id}", daemon=True)
        self.state = HostState(HostStatus.STARTING, clock.now())
        self.notes = HostNotes()

    def start(self) -> None:
        self._thread.start()

    def stop(self, grace: float = GRACE) -> None:
        """End the process, and have none started any more. Returns when it has ended: within `grace` seconds by itself,
        or else by force."""
        self._grace, self._stopping = grace, True
        self._events.put("stop")
        if self._thread.ident is not None:
            self._thread.join(grace + 3 * AFTER_GRACE)

    def wake(self) -> None:
        """Have it look at its library now; one that waits for its owner, or for its next start, is started."""
        self._events.put("wake")

    def hint(self) -> None:
        """Somebody says that its library changed: have it look, at most once a second. One that does not run looks when
        it starts."""
        if not self._hinted:
            self._hinted = True
            self._events.put("hint")

    def lines(self) -> list[HostLine]:
        """What it said last."""
        return list(self._lines)

    # Life

    def _run(self) -> None:
        pause = SOONEST
        while not self._stopping:
            began = self._clock.monotonic()
            status, why = self._once()
            if self._stopping:
                return
            if status == OWNER_NEEDED:
                self._become(HostStatus.OWNER_NEEDED, self._last_error() or why, HOURLY)
                self._wait(HOURLY)
                continue
            if self._clock.monotonic() - began >= STEADY:
                pause = SOONEST
            self._become(HostStatus.WAITING, f"it ended: {why}", pause)
            if self._wait(pause):
                pause = SOONEST
            pause = min(pause * 2, LATEST)

    def _once(self) -> tuple[int, str]:
        """One process, from its start to its end: its status, and why it ended."""
        self._become(HostStatus.STARTING)
        self._hinted = False
        try:
            launch = self._launch()
            self._secrets = launch.secrets
            process = _begun(launch)
        except (OSError, RuntimeError) as error:
            return 1, f"it could not be started: {error}"
        threads = [
            threading.Thread(target=target, args=(process,), name=f"host-{self._host_id}-{name}", daemon=True)
            for name, target in (("out", self._hear), ("err", self._overhear), ("end", self._await_end))
        ]
        for thread in threads:
            thread.start()
        why = self._look_after(process)
        for thread in threads:
            thread.join(AFTER_GRACE)
        with contextlib.suppress(OSError, ValueError):
            if process.stdin is not None:
                process.stdin.close()
        return process.returncode or 0, why or _ending(process.returncode)

    def _look_after(self, process: "subprocess.Popen[bytes]") -> str:
        """Until it has ended; why it was made to, "" where it was not."""
        why, self._heard_at = "", self._clock.monotonic()
        while process.returncode is None:
            left = SILENCE - (self._clock.monotonic() - self._heard_at)
            if left <= 0:
                why = f"it was silent for {SILENCE:g} seconds, and was killed"
                _kill(process)
            soon = self._woken_at + A_WAKE - self._clock.monotonic()
            if self._hinted and soon <= 0:
                self._hinted, self._woken_at = False, self._clock.monotonic()
                _say(process, _WAKE)
            try:
                event = self._events.get(timeout=max(soon, 0.0) if self._hinted else max(left, AFTER_GRACE))
            except Empty:
                continue
            if event == "stop":
                self._end(process)
                break
            if event == "wake":
                _say(process, _WAKE)
            elif event == "alive" and self.state.status is HostStatus.STARTING:
                self._become(HostStatus.RUNNING)
        return why

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """By the end of its input, then by signals."""
        with contextlib.suppress(OSError, ValueError):
            if process.stdin is not None:
                process.stdin.close()
        for seconds, signal_number in ((self._grace, signal.SIGTERM), (AFTER_GRACE, signal.SIGKILL)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return
            _signal(process, signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(AFTER_GRACE)

    def _wait(self, seconds: float) -> bool:
        """Until so much time is over, or somebody wakes or stops it; whether somebody did."""
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except Empty:
                return False
            if event in ("stop", "wake"):
                return True
        return False

    def _become(self, status: HostStatus, why: str = "", wait: float = 0.0) -> None:
        now = self._clock.now()
        again = now + timedelta(seconds=wait) if wait else None
        self.state = HostState(status, now, self._masked(why)[:500], again)
        if status is not HostStatus.STARTING:
            self._log.info("host_state", state=str(status), why=self.state.why)

    # What it says

    def _await_end(self, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        self._events.put(_Ended(process))

    def _hear(self, process: "subprocess.Popen[bytes]") -> None:
        """Its own lines: what it is, or what it does."""
        for line in _lines(process.stdout):
            message = _message(line)
            if message is None:
                self._note_line("info", line)
            elif "notes" in message:
                self.notes = _notes(message, self._masked)
            elif "text" in message:
                self._note_line(str(message.get("level", "info")), str(message["text"]))
            if message is not None:
                self._heard_at = self._clock.monotonic()
                if self.state.status is HostStatus.STARTING:
                    self._events.put("alive")

    def _overhear(self, process: "subprocess.Popen[bytes]") -> None:
        """What it prints besides, such as the trace of a fault."""
        for line in _lines(process.stderr):
            self._note_line("warning", line)

    def _note_line(self, level: str, text: str) -> None:
        line = HostLine(self._clock.now(), level if level in _LEVELS else "info", self._masked(text)[:MOST_LINE])
        self._lines.append(line)
        if line.level in ("warning", "error"):
            self._seldom("host_said", level=line.level, text=line.text[:300])

    def _last_error(self) -> str:
        return next((line.text for line in reversed(self._lines) if line.level == "error"), "")

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


_LEVELS = ("debug", "info", "warning", "error")


def _begun(launch: Launch) -> "subprocess.Popen[bytes]":
    """The process, told what to do. In a group of its own: what ends the daemon at a terminal does not end it first."""
    process = subprocess.Popen(  # noqa: S603 (our own Python, with arguments of ours)
        [sys.executable, *launch.arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd="/",
        start_new_session=True,
    )
    _say(process, f"{launch.orders}\n")
    return process


def environment() -> dict[str, str]:
    """What a child's environment holds: where modules are, and nothing of the daemon's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("METARR_")}
    folders = dict.fromkeys(os.path.abspath(path) for path in sys.path if path and os.path.exists(path))
    return {**kept, "PYTHONPATH": os.pathsep.join(folders), "PYTHONUNBUFFERED": "1"}


def _say(process: "subprocess.Popen[bytes]", line: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        if process.stdin is not None:
            process.stdin.write(line.encode())
            process.stdin.flush()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, number)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    _signal(process, signal.SIGKILL)


def _ending(status: int | None) -> str:
    if status is None:
        return "nobody knows how"
    if status < 0:
        return f"by signal {-status}"
    return f"with status {status}"


def _lines(source: IO[bytes] | None) -> Iterator[str]:
    """Lines as text; one without an end is cut, so that none takes all memory."""
    if source is None:
        return
    with source:
        while line := source.readline(MOST_BYTES):
            yield line.decode("utf-8", "replace").rstrip("\n")


def _message(line: str) -> Mapping[str, Any] | None:
    """A line of the protocol; None for anything else that it prints."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and message.keys() & {"beat", "text", "notes"} else None


def _notes(message: Mapping[str, Any], masked: Callable[[str], str]) -> HostNotes:
    listed = [each for each in message.get("notes") or () if isinstance(each, list) and len(each) == 3]
    notes = tuple((str(sort), masked(str(subject)), masked(str(text))) for sort, subject, text in listed)
    more = message.get("more", 0)
    return HostNotes(notes, more if isinstance(more, int) else 0)
