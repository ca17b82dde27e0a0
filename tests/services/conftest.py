from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import House, house
from simulators import Simulators


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def home(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> Iterator[House]:
    """The services with all four providers; time stands still unless the test moves it."""
    with house(simulators, tmp_path, clock) as made:
        yield made
