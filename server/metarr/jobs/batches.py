"""Which items are enriched together."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from metarr.asking.gather import BATCH

T = TypeVar("T")


def in_batches(items: Iterable[T], is_by_itself: Callable[[T], bool]) -> Iterator[list[T]]:
    """The items in batches. What is not done by one request a provider is a batch for itself, and keeps none of the
    others waiting: a series, with all that is below it, or what is searched for by its words."""
    some: list[T] = []
    for item in items:
        if is_by_itself(item):
            yield [item]
            continue
        some.append(item)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some
