"""Two lanes of whoever waits: interactive ones first, batch ones never forgotten."""

from collections import deque
from typing import Generic, TypeVar

from metarr.fetch.contract import Lane

T = TypeVar("T")

OVERTAKES = 4
"""So many interactive ones in a row may overtake a waiting batch one; then it has its turn."""


class Lanes(Generic[T]):
    """First in, first out in each lane. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._waiting: tuple[deque[T], deque[T]] = (deque(), deque())
        self._overtaken = 0

    def __len__(self) -> int:
        return len(self._waiting[0]) + len(self._waiting[1])

    def add(self, item: T, lane: Lane) -> None:
        self._waiting[lane].append(item)

    def ahead(self, lane: Lane) -> int:
        """How many are certain to be served before one that would be added to `lane` now."""
        return len(self._waiting[lane])

    def discard(self, item: T) -> bool:
        """Take an item out without serving it; False when it does not wait here."""
        for lane in self._waiting:
            if item in lane:
                lane.remove(item)
                return True
        return False

    def take(self, item: T) -> None:
        """Serve an item, whatever its place."""
        batch = self._waiting[Lane.BATCH]
        overtakes = item in self._waiting[Lane.INTERACTIVE] and bool(batch)
        self.discard(item)
        self._overtaken = self._overtaken + 1 if overtakes else 0

    def pop(self, *, batch: bool = True) -> T | None:
        """Serve the next one; None when there is none. `batch` False: interactive ones only."""
        lane = self._next_lane(len(self._waiting[0]), len(self._waiting[1]) if batch else 0, self._overtaken)
        if lane is None:
            return None
        item = self._waiting[lane][0]
        self.take(item)
        return item

    def place(self, item: T) -> int:
        """How many will be served before an item that waits here."""
        places, overtaken = [0, 0], self._overtaken
        sizes = [len(lane) for lane in self._waiting]
        while (lane := self._next_lane(sizes[0] - places[0], sizes[1] - places[1], overtaken)) is not None:
            if self._waiting[lane][places[lane]] == item:
                return sum(places)
            overtaken = overtaken + 1 if lane is Lane.INTERACTIVE and sizes[1] > places[1] else 0
            places[lane] += 1
        raise ValueError("not waiting here")

    @staticmethod
    def _next_lane(interactive: int, batch: int, overtaken: int) -> Lane | None:
        if interactive and not (batch and overtaken >= OVERTAKES):
            return Lane.INTERACTIVE
        return Lane.BATCH if batch else None
