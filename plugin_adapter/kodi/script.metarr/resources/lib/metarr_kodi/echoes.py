"""Tells events that this add-on's own writing caused from those that something else did."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

KEPT = 10.0
"""Seconds after a write in which an event may be its echo."""


class Echoes:
    """What entries held right after they were written. Thread-safe. `now`: seconds that only go forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._written: dict[tuple[str, str], tuple[float, Mapping[str, Any] | None]] = {}

    def written(self, kind: str, host_id: str) -> None:
        """This entry was written just now."""
        with self._lock:
            oldest = self._now() - KEPT
            self._written = {entry: echo for entry, echo in self._written.items() if echo[0] >= oldest}
            self._written[kind, host_id] = (self._now(), None)

    def read_back(self, kind: str, host_id: str, values: Mapping[str, Any]) -> None:
        """It was read, and holds this. Noted where it was just written."""
        with self._lock:
            echo = self._written.get((kind, host_id))
            if echo is not None and echo[1] is None:
                self._written[kind, host_id] = (echo[0], values)

    def is_fresh(self, kind: str, host_id: str) -> bool:
        """Whether it was written so lately that an event about it may be an echo."""
        with self._lock:
            echo = self._written.get((kind, host_id))
            return echo is not None and echo[0] >= self._now() - KEPT

    def is_unchanged(self, kind: str, host_id: str, values: Mapping[str, Any]) -> bool:
        """Whether it still holds what was read back after it was written."""
        with self._lock:
            echo = self._written.get((kind, host_id))
            return echo is not None and echo[1] == values
