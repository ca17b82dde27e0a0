from collections.abc import Iterator

import pytest

from harness import PROVIDERS, Live, live
from simulators import Simulators


@pytest.fixture(scope="module")
def metarr(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A daemon with all four providers, shared by a module's tests."""
    running_simulators.reset()
    with live(tmp_path_factory.mktemp("data")) as daemon:
        daemon.configure(running_simulators, *PROVIDERS)
        yield daemon
