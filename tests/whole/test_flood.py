"""Callers that take and do not ask keep nobody from being answered."""

from pathlib import Path

import pytest

from flood import LIMIT, flooded

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("hard", [None, LIMIT], ids=["handles may be raised", "handles may not be raised"])
def test_a_flood_of_connections_that_ask_nothing_keeps_nobody_waiting(tmp_path: Path, hard: int | None) -> None:
    seconds = flooded(tmp_path, hard=hard)
    assert max(seconds) < 1.0, seconds
