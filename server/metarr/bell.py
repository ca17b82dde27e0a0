"""One bell for whoever watches: it rings after a commit, for what was changed there. So nobody asks the database in
vain, and nothing is told that a rollback takes back."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from enum import Enum, auto
from typing import Generic, Self, TypeVar

from metarr.clock import Clock

Seen = TypeVar("Seen")


class News(Enum):
    """What there may be news of: how far jobs are, what is pending for players and who of them is in session."""

    JOBS = auto()
    PENDING = auto()


class Bell:
    """Wakes those who listen. Thread-safe."""

    def __init__(self) -> None:
        self._listening: dict[News, set[threading.Event]] = {about: set() for about in News}

    def ring(self, news: Iterable[News]) -> None:
        """There may be news of these."""
        for about in news:
            for heard in tuple(self._listening[about]):
                heard.set()

    def listen(self, about: News, heard: threading.Event) -> None:
        """Set the event whenever there may be news."""
        self._listening[about].add(heard)

    def leave(self, about: News, heard: threading.Event) -> None:
        self._listening[about].discard(heard)


class Watch(ABC, Generic[Seen]):
    """Something that is watched, in a `with` block: each time it has news, and in silence now and then.

    Looked at is only what the bell rang for, and not oftener than every `pace` seconds.
    """

    def __init__(self, bell: Bell, about: News, clock: Clock, *, heartbeat: float, pace: float = 0.0) -> None:
        """`heartbeat`: seconds of silence after which it is told again."""
        self._bell = bell
        self._about = about
        self._clock = clock
        self._heartbeat = heartbeat
        self._pace = pace
        self._looked_at = float("-inf")
        self._heard, self._closed = threading.Event(), threading.Event()

    @abstractmethod
    def look(self) -> tuple[Seen, bool]:
        """What is watched as it is now, and whether that is news."""

    def is_over(self, seen: Seen) -> bool:
        """Whether there will be no news any more."""
        return False

    def next(self) -> tuple[Seen, bool]:
        """What is watched when it has news, or after a heartbeat's time, and whether it has news."""
        until = self._clock.monotonic() + self._heartbeat
        while True:
            if (rest := self._looked_at + self._pace - self._clock.monotonic()) > 0:
                self._clock.wait(rest, self._closed)
            self._heard.clear()  # first: what is committed after the look rings again
            self._looked_at = self._clock.monotonic()
            seen, news = self.look()
            left = until - self._clock.monotonic()
            if news or left <= 0 or self._closed.is_set() or self.is_over(seen):
                return seen, news
            self._clock.wait(left, self._heard)

    def close(self) -> None:
        """Wake whoever waits in `next`."""
        self._closed.set()
        self._heard.set()

    def __enter__(self) -> Self:
        self._bell.listen(self._about, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        self._bell.leave(self._about, self._heard)
        self.close()
