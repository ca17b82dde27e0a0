"""Watching what is pending for a player."""

from collections.abc import Callable

from metarr.bell import Bell, News, Watch
from metarr.clock import Clock

LOOK_EVERY = 1.0
"""Seconds between two looks at least: to count what is pending takes long where that is much."""

PendingState = tuple[int, int]
"""The greatest pending sequence (0: none), and how many entries are pending."""


class PendingWatch(Watch[PendingState]):
    """What is pending for a player: what is newer than a sequence, and as it is now as a heartbeat."""

    def __init__(
        self,
        bell: Bell,
        clock: Clock,
        look: Callable[[], PendingState],
        saw: Callable[[], None],
        *,
        after_sequence: int,
        heartbeat: float,
    ) -> None:
        """`look`: how it is now; raises CannotDo once the session has ended. `saw`: notes that the player is there."""
        super().__init__(bell, News.PENDING, clock, heartbeat=heartbeat, pace=LOOK_EVERY)
        self._state = look
        self._saw = saw
        self._sequence = after_sequence

    def look(self) -> tuple[PendingState, bool]:
        sequence, count = self._state()
        news = sequence > self._sequence
        self._sequence = max(self._sequence, sequence)
        return (sequence, count), news

    def next(self) -> tuple[PendingState, bool]:
        seen, news = super().next()
        if not news:
            self._saw()
        return seen, news
