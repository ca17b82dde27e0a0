"""Which of a test's parameters are for the fast tests."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def slow_but(fast: Collection[Any], values: Iterable[Any]) -> list[Any]:
    """The values as parameters; all but the `fast` ones are left to the whole suite."""
    return [value if value in fast else pytest.param(value, marks=pytest.mark.slow) for value in values]


__all__ = ["slow_but"]
