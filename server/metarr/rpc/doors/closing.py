"""Calls of a door of our own, and how they hear that it closes."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import NoReturn, Self

import grpc


class Call(ABC):
    """A call that is under way: what is the same of every `rpc.doors.context.Context` that is not grpcio's.

    As a context manager it refuses a call whose deadline has passed, and runs the callbacks when the call ends or the
    door closes.
    """

    def __init__(self, closing: "Closing") -> None:
        self._closing = closing
        self._trailing: dict[str, bytes] = {}
        self._callbacks: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        if self.time_remaining() == 0:
            self.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call began")
        self._closing.enter(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.leave(self)
        self.run_callbacks()

    @abstractmethod
    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline, 0 at the least."""

    @abstractmethod
    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""

    def run_callbacks(self) -> None:
        """Each of them once."""
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def is_active(self) -> bool:
        return not self._closing.is_set() and self.time_remaining() != 0

    def add_callback(self, callback: Callable[[], None]) -> bool:
        self._callbacks.append(callback)
        return True

    def peer(self) -> str:
        """Who calls; "" is the daemon itself."""
        return ""

    def set_trailing_metadata(self, trailing_metadata: Iterable[tuple[str, bytes]]) -> None:
        self._trailing = dict(trailing_metadata)


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
