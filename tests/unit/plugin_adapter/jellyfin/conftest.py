"""What the tests of the Jellyfin host share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_jellyfin import FakeJellyfin
from jellyfin_rig import JellyfinRig, jellyfin


@pytest.fixture(params=["10.11.11", "12.0.0"])
def server(request: pytest.FixtureRequest) -> Iterator[FakeJellyfin]:
    with jellyfin(request.param) as fake:
        yield fake


@pytest.fixture
def rig(server: FakeJellyfin, tmp_path: Path) -> Iterator[JellyfinRig]:
    made = JellyfinRig(tmp_path / "host", server)
    yield made
    made.host.close()
