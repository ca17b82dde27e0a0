"""The one place where tests wait for a program that cannot tell when it is done: they ask again and again."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

SECONDS = 30.0
"""How long a slow machine may take for anything that a person would wait for."""

_PAUSE = 0.05


class NeverHappened(AssertionError):
    """What was waited for did not come in time."""


def wait_for(
    condition: Callable[[], Found | None], what: str, seconds: float = SECONDS, pause: float = _PAUSE
) -> Found:
    """The first true value of the condition. Raises NeverHappened, naming `what`, after that many seconds."""
    end = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > end:
            raise NeverHappened(f"{what}: not within {seconds:g} s")
        time.sleep(pause)
