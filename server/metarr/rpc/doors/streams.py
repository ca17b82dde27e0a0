"""How many streams may be open at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from metarr.errors import TooManyStreams

STREAM_CAP = 16
"""Streams open at once, through both doors together. Each holds a thread of its door's pool, which does not grow."""


class Streams:
    """Counts the open streams."""

    def __init__(self, most: int = STREAM_CAP) -> None:
        self._most = most
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Lasts as long as a stream. Raises TooManyStreams where none may be opened."""
        if not self._free.acquire(blocking=False):
            raise TooManyStreams(f"{self._most} streams are open, and no more can be; close one, then open this again")
        try:
            yield
        finally:
            self._free.release()
