from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from fakes import FakeClock
from harness import House, house
from pages import browser
from simulators import Simulators


@pytest.fixture
def home(simulators: Simulators, tmp_path: Path) -> Iterator[House]:
    with house(simulators, tmp_path, FakeClock()) as home:
        yield home


@pytest.fixture
def web(home: House) -> Client:
    """The pages where nobody has to sign in."""
    return browser(home)
