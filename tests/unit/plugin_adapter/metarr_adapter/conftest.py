import socket
from collections.abc import Iterator

import pytest

from scripted_server import ScriptedServer


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    """Says byte by byte what a test wants."""
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def crowded() -> Iterator[int]:
    """The port of somebody who takes no further connection, and refuses none."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()
