"""The end of the daemon's process: it comes within seconds, whatever is left running."""

import os
import signal
import sys
import threading
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

SECONDS = 8.0
"""From being told to end until the process is gone; systemd and containers kill after ten."""


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
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

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
