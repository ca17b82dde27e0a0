"""Time and chance, handed in so that tests own them."""

from __future__ import annotations

import random
import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What an adapter knows of time."""

    def monotonic(self) -> float:
        """Seconds that only go forward."""

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        """Wait until the event is set, at most so long; None: as long as it takes."""

    def random(self) -> float:
        """A number in [0, 1)."""


class SystemClock:
    """The machine's own."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        event.wait(seconds)

    def random(self) -> float:
        return random.random()


class Backoff:
    """Waits that double from `soonest` to `latest` seconds, spread so that many who wait do not come at once."""

    def __init__(self, clock: Clock, soonest: float, latest: float) -> None:
        self._clock, self._soonest, self._latest = clock, soonest, latest
        self._next = soonest

    def reset(self) -> None:
        self._next = self._soonest

    def wait(self) -> float:
        """The next wait: at least half of it is certain."""
        full, self._next = self._next, min(self._latest, self._next * 2)
        return full * (0.5 + self._clock.random() / 2)
