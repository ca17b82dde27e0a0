"""The pace of requests to one provider."""

import threading

from metarr.clock import Clock
from metarr.errors import DeadlineTooNear
from metarr.fetch.contract import Cancelled, Lane
from metarr.fetch.lanes import Lanes

BURST_SECONDS = 0.25
"""An idle bucket saves up tokens for so long: a few requests of one item leave at once, a second's worth does not."""
_TINY = 1e-4
"""Seconds that are not worth waiting: a wait this short takes longer than itself."""


class TokenBucket:
    """A token bucket with two lanes: in any stretch of w seconds at most `per_second * (w + 0.25) + 1` leave.

    Each waiter knows its own place, and so the time at which its token will be there: it sleeps until then and
    looks again, because an interactive one may have overtaken it.
    """

    def __init__(self, per_second: float, clock: Clock) -> None:
        """`per_second` 0 or less: no limit."""
        self._clock = clock
        self._interval = 1 / per_second if per_second > 0 else 0.0
        self._saved = max(0.0, BURST_SECONDS - self._interval)
        self._next = clock.monotonic()
        self._lanes: Lanes[object] = Lanes()
        self._lock = threading.Lock()

    def acquire(self, lane: Lane, deadline: float, cancelled: threading.Event | None = None) -> None:
        """Wait for a token. `deadline` in seconds of the monotonic clock.

        Raises DeadlineTooNear as soon as the token is known to come too late, Cancelled when the event is set.
        """
        me = object()
        with self._lock:
            self._lanes.add(me, lane)
        try:
            while (wait := self._take_or_wait(me)) > 0:
                if self._clock.monotonic() + wait > deadline:
                    raise DeadlineTooNear(f"it would be this request's turn in {wait:.1f} s only")
                if self._clock.wait(wait, cancelled):
                    raise Cancelled
        except BaseException:
            with self._lock:
                self._lanes.discard(me)
            raise

    def delay(self, ahead: int) -> float:
        """Seconds until a request would leave that has so many ahead of it, those waiting here not counted."""
        return max(0.0, self._next - self._clock.monotonic()) + ahead * self._interval

    def _take_or_wait(self, me: object) -> float:
        """Take a token and return 0, or return the seconds until one is there."""
        with self._lock:
            now = self._clock.monotonic()
            available = max(self._next, now - self._saved)
            wait = available + self._lanes.place(me) * self._interval - now
            if wait > _TINY:
                return wait
            self._lanes.take(me)
            self._next = available + self._interval
            return 0.0
