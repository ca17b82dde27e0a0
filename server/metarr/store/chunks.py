"""Long lists of ids and names in pieces, for a statement holds only so many."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Name = TypeVar("Name", int, str, tuple[str, str])

CHUNK = 500
"""How many one statement names at most."""


def chunks(values: Iterable[Name]) -> Iterator[list[Name]]:
    """Each value once, in the order given, in lists of at most CHUNK."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
