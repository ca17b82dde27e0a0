"""Time and randomness, injected everywhere so that tests own them."""

import random
import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the rest of the daemon may know about time."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that only go forward; deadlines are counted in these."""

    def wait(self, seconds: float, until: threading.Event | None = None) -> bool:
        """Wait that long, or until the event is set; True when the event was set."""

    def jitter(self) -> float:
        """A random number in [0, 1) that spreads retries."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float, until: threading.Event | None = None) -> bool:
        return (until or threading.Event()).wait(max(0.0, seconds))

    def jitter(self) -> float:
        return random.random()
