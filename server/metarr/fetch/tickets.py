"""Waiting for many calls at once, whichever ends first, in one thread."""

import math
import threading
from collections import deque
from collections.abc import Hashable, Sequence
from itertools import count
from typing import Any, Generic, TypeVar

from metarr.clock import Clock
from metarr.fetch.channel import Ticket

K = TypeVar("K", bound=Hashable)


class Tickets(Generic[K]):
    """Tickets by who holds them: one who asks four providers holds four. To be used by one thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[K, Sequence[Ticket[Any]]] = {}
        self._over: deque[K] = deque()
        self._news = threading.Event()
        self._look_at = math.inf

    def __len__(self) -> int:
        """How many hold some that are not over."""
        return len(self._open)

    def add(self, holder: K, tickets: Sequence[Ticket[Any]]) -> None:
        """Wait for these, too; at least one, of somebody who holds none."""
        left = count(len(tickets) - 1, -1)

        def ended() -> None:
            # The last of them alone: to wake a thread costs more than to note an end.
            if next(left) == 0:
                self._over.append(holder)
                self._news.set()

        self._open[holder] = tickets
        self._look_at = min(self._look_at, self._clock.monotonic() + _soonest(tickets))
        for ticket in tickets:
            ticket.when_done(ended)

    def over(self, most: float | None = None) -> list[K]:
        """Those of whom every ticket is over, in the order in which they were; they hold none any more. Waits for the
        first of them; `most`: no longer than so many seconds, by the machine's own clock."""
        while self._open:
            self._news.clear()
            if came := self._ended():
                return came
            if most is not None:
                self._news.wait(most)
                return self._ended()
            self._clock.wait(self._look_at - self._clock.monotonic(), self._news)
            if self._clock.monotonic() >= self._look_at and (late := self._out_of_time()):
                return late
        return []

    def forsake(self) -> None:
        """Nobody waits any more."""
        for tickets in self._open.values():
            for ticket in tickets:
                ticket.forsake()
        self._open.clear()

    def _ended(self) -> list[K]:
        came = []
        while self._over:
            holder = self._over.popleft()
            # One that was out of time may be told of later, when its call ends for somebody else.
            if self._open.pop(holder, None) is not None:
                came.append(holder)
        return came

    def _out_of_time(self) -> list[K]:
        over = {holder: [ticket.is_over() for ticket in tickets] for holder, tickets in self._open.items()}
        late = [holder for holder, each in over.items() if all(each)]
        for holder in late:
            del self._open[holder]
        rest = min((_soonest(tickets) for tickets in self._open.values()), default=math.inf)
        self._look_at = self._clock.monotonic() + rest
        return late


def _soonest(tickets: Sequence[Ticket[Any]]) -> float:
    return min(ticket.look_again_in() for ticket in tickets)
