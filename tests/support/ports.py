"""Ports of loopback that are kept free."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_free() -> Iterator[int]:
    """A port that nobody listens at, and that nobody else is given meanwhile; who names it may listen there."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


__all__ = ["kept_free"]
