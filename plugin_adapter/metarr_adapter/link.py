"""The connection to one daemon, on a thread of its own, from when it is made until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from metarr_adapter.errors import RpcError
from metarr_adapter.host import Host, Log, Memory
from metarr_adapter.loop import Loop
from metarr_adapter.observed import Observed
from metarr_adapter.session import Caller, Identity
from metarr_adapter.status import Status
from metarr_adapter.timing import Clock

_PATIENCE = 4.0
"""Seconds for the thread to end; a host such as Kodi ends a service by force five seconds after it has asked it to."""


class ClosableCaller(Caller, Protocol):
    """A client."""

    def close(self) -> None:
        """End every call."""


class Link:
    """`host` is used on this thread alone; `changed` gets every other status than this, and `explain` puts what is
    wrong into the owner's words, both on any thread. `options`: what `Work` takes by name."""

    def __init__(
        self,
        client: ClosableCaller,
        host: Host,
        who: Identity,
        *,
        memory: Memory,
        log: Log,
        clock: Clock,
        status: Status,
        changed: Callable[[Status], None],
        explain: Callable[[RpcError], str],
        **options: Any,
    ) -> None:
        self._client = client
        observed = Observed(client, status, changed, explain)
        self.loop = Loop(host, observed, who, memory, log, clock=clock, look_up=True, **options)
        self.taken_over = False
        """It ended because another program took the library over."""
        self._take_over = False
        self._thread = threading.Thread(target=self._run, name="metarr_link", daemon=True)

    def start(self, *, take_over: bool = False) -> None:
        """`take_over`: end the session of another program on the same library."""
        self._take_over = take_over
        self._thread.start()

    def stop(self) -> bool:
        """End it; whether it has ended by now."""
        self.loop.stop()
        self._client.close()
        self._thread.join(_PATIENCE)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self.taken_over = not self.loop.run(take_over=self._take_over)
