"""A call to a provider, shared by everyone who waits for it."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from metarr.fetch.contract import Http, Lane

T = TypeVar("T")


class Flight(Generic[T]):
    """One call and its waiters. Its channel's lock guards everything but the two events and the listeners.

    `deadline`: the latest of any waiter, in seconds of the monotonic clock; `linger`: seconds it may outlive that.
    `asked_at`: when its last request left, on the same clock; None while it waits for the turn of the next.
    """

    def __init__(self, key: Hashable, call: Callable[[Http], T], lane: Lane, deadline: float, linger: float) -> None:
        self.key = key
        self.call = call
        self.lane = lane
        self.deadline = deadline
        self.linger = linger
        self.waiters = 1
        self.started_as: Lane | None = None
        self.asked_at: float | None = None
        self.cancelled = threading.Event()
        self.done = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        self._listeners: list[Callable[[], object]] = []

    def join(self, lane: Lane, deadline: float, linger: float) -> None:
        """One more waits."""
        self.waiters += 1
        self.lane = min(self.lane, lane)
        self.deadline = max(self.deadline, deadline)
        self.linger = max(self.linger, linger)

    def land(self, value: T | None, error: BaseException | None) -> None:
        """End with a value or an error; the first end counts."""
        if not self.done.is_set():
            self._value, self._error = value, error
            self.done.set()
            self._tell()

    def when_done(self, tell: Callable[[], object]) -> None:
        """Have this called once, when it ends; now, where it has."""
        self._listeners.append(tell)
        if self.done.is_set():
            self._tell()

    def _tell(self) -> None:
        # Whoever takes one out calls it: one that comes while the flight ends is called by either, and by one alone.
        while self._listeners:
            try:
                tell = self._listeners.pop()
            except IndexError:
                return
            tell()

    def result(self) -> T:
        """What it ended with."""
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]
