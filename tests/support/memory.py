"""How much memory something needs at once."""

import gc
import tracemalloc
from collections.abc import Callable

_USUAL = gc.get_threshold()
"""How often a program collects garbage. The suite does so less often."""


def peak(work: Callable[[], object]) -> int:
    """The most bytes that the work held at a time, garbage that was not yet collected among them."""
    gc.collect()
    seldom = gc.get_threshold()
    gc.set_threshold(*_USUAL)
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*seldom)


__all__ = ["peak"]
