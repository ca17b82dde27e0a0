from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import House, house
from postgres import MakeDatabase
from simulators import Simulators


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def home(simulators: Simulators, clock: FakeClock, tmp_path: Path, make_database: MakeDatabase) -> Iterator[House]:
    """The services with all four providers; time stands still unless the test moves it."""
    with make_database() as database, house(simulators, tmp_path, clock, database=database) as made:
        yield made
