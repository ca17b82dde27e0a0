"""Kodi that ends waits for no daemon: five seconds later it ends every script by force, and is that much later off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from metarr_kodi.port import Port

_STEP = 0.2


class Closable(Protocol):
    """A client."""

    def close(self) -> None:
        """End every call at once."""


@contextmanager
def closed_with_kodi(port: Port, client: Closable) -> Iterator[None]:
    """While it lasts, the end of Kodi closes the client: a call that is under way comes back at once."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_STEP):
            if port.ends():
                client.close()
                return

    watcher = threading.Thread(target=watch, name="metarr_leaving", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
