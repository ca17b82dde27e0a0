"""How many streams may be open at once."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from metarr.errors import TooManyStreams

STREAM_CAP = 16
"""Streams that one caller may have open at once, through both doors together."""
STREAMS_IN_ALL = 4 * STREAM_CAP
"""The same of all callers. Each stream holds a thread of its door's pool."""


class Streams:
    """Counts the open streams. `most`: of one caller; `in_all`: of all together."""

    def __init__(self, most: int = STREAM_CAP, in_all: int = STREAMS_IN_ALL) -> None:
        self._most, self._in_all = most, in_all
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def open(self) -> int:
        """How many are open."""
        return self._open.total()

    @contextmanager
    def one_more(self, caller: str = "") -> Iterator[None]:
        """Lasts as long as a stream of this caller. Raises TooManyStreams where none may be opened."""
        with self._lock:
            for count, most in ((self._open[caller], self._most), (self.open, self._in_all)):
                if count >= most:
                    text = f"{most} streams are open, and no more can be; close one, then open this again"
                    raise TooManyStreams(text)
            self._open[caller] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[caller] -= 1
                self._open += Counter()  # forgets whoever has none
