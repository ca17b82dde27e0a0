"""The end of the daemon's process: it hears that it is to end, and ends within seconds, whatever is left running."""

import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Self

import structlog

log = structlog.get_logger(__name__)

SECONDS = 8.0
"""From being told to end until the process is gone; systemd and containers kill after ten."""

AGAIN = 0.5
"""Until it is cut off once more, in seconds: a signal that comes between two looks of Python's is heard late."""


class Signals:
    """Hears signals, inside `with`. To be made by the main thread.

    By a socket, which the system's own handler writes to. A lock, as in an Event or a queue, is waited for without
    end if the signal comes just before the wait begins, or if another thread takes it: Python's handler waits for
    the main thread, and that for the lock.
    """

    def __init__(self, *numbers: int) -> None:
        self._numbers = numbers
        self._heard, self._written = socket.socketpair()
        self._written.setblocking(False)

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._written.fileno(), warn_on_full_buffer=False)
        for number in self._numbers:
            signal.signal(number, lambda *_: None)
        return self

    def __exit__(self, *_: object) -> None:
        """What comes later is heard by nobody, and ends nothing: the process ends already."""
        signal.set_wakeup_fd(-1)
        self._heard.close()
        self._written.close()

    def wait(self) -> int:
        """Wait for one of them, or take what came already; its number."""
        while (number := self._heard.recv(1)[0]) not in self._numbers:
            pass
        return number


class Ending:
    """To be made, and asked for anything, by the main thread. Where that ends at last, Python waits for the others,
    for ever; or until this cuts it off, with status 1."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._others = set(threading.enumerate())
        self._begun = False

    def begin(self) -> None:
        """From now on the process has its time to end. By a timer of the system: there may be no thread for one of
        our own."""
        if not self._begun:
            self._begun = True
            signal.signal(signal.SIGALRM, self._cut_off)
            signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN)

    def finish(self) -> None:
        """Everything was stopped. Where something runs all the same, the process ends by force in its time."""
        _let_go_of_output()
        if not self._left():
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def _left(self) -> list[threading.Thread]:
        """What keeps the process from ending."""
        return [each for each in threading.enumerate() if not each.daemon and each not in self._others]

    def _cut_off(self, _signal: int, _frame: FrameType | None) -> None:
        log.error("ended_by_force", threads=sorted(each.name for each in threading.enumerate() if each.is_alive()))
        os._exit(1)


def _let_go_of_output() -> None:
    """What cannot be printed any more, as on a full disk, is lost: Python would end with status 120 for it."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except (OSError, ValueError, AttributeError):
            setattr(sys, name, None)
