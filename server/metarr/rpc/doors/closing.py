"""Whether a door closes, and which of its calls have to hear of it."""

import threading
from typing import Protocol


class Call(Protocol):
    """A call that is under way."""

    def run_callbacks(self) -> None:
        """Let go whoever waits in it."""


class Closing:
    """Whether a door closes, and whom to wake then: a stream may be waiting for news that come much later."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._calls: set[Call] = set()

    def begin(self) -> None:
        """Close, and let every call know."""
        self._event.set()
        with self._lock:
            calls = tuple(self._calls)
        for call in calls:
            call.run_callbacks()

    def is_set(self) -> bool:
        return self._event.is_set()

    def enter(self, call: Call) -> None:
        with self._lock:
            self._calls.add(call)

    def leave(self, call: Call) -> None:
        with self._lock:
            self._calls.discard(call)
