"""Listens for news of what is pending, on a thread of its own that only signals."""

from __future__ import annotations

import threading
from collections.abc import Callable

from metarr_adapter.errors import RpcError
from metarr_adapter.session import Stream

_PATIENCE = 5.0
"""Seconds for a closed stream's thread to end."""


class Watch:
    """One stream, from now until it ends or is closed. `ring` is called whenever there is something to look at."""

    def __init__(self, stream: Stream, ring: Callable[[], object]) -> None:
        self.pending = 0
        """Entries of which something is pending, as last heard."""
        self._stream, self._ring = stream, ring
        self._news = threading.Event()
        self._failure: RpcError | None = None
        self._thread = threading.Thread(target=self._listen, name="metarr_watch", daemon=True)
        self._thread.start()

    def news(self) -> bool:
        """Whether something became pending since this was last asked. Raises RpcError where the stream ended."""
        if self._failure is not None:
            raise self._failure
        heard = self._news.is_set()
        self._news.clear()
        return heard

    def close(self) -> None:
        self._stream.close()
        self._thread.join(_PATIENCE)

    def _listen(self) -> None:
        failure = RpcError("unavailable", "the daemon ended its stream of news")
        try:
            for message in self._stream:
                if not message.get("heartbeat"):
                    self.pending = message.get("pendingItems", 0)
                    self._news.set()
                    self._ring()
        except RpcError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - a thread that ends in silence would never be missed
            failure = RpcError("unknown", f"the stream of news broke: {type(error).__name__}")
        self._failure = failure
        self._ring()
