"""The life of an adapter: connect, do what is due, listen for news; and all over again when the connection breaks."""

from __future__ import annotations

import threading
from typing import Any

from metarr_adapter.errors import RpcError
from metarr_adapter.host import Host, Log, Memory, Notice, OwnerNeeded
from metarr_adapter.notices import Notices
from metarr_adapter.session import Caller, Failure, Identity, failure_of, open_session
from metarr_adapter.timing import Backoff, Clock, SystemClock
from metarr_adapter.watch import Watch
from metarr_adapter.work import LATER, Work

SOONEST, LATEST = 1.0, 60.0
"""Seconds between two attempts to connect."""

LONGEST = 3600.0
"""Seconds at most between two attempts, however long a daemon asks for."""

STEADY = 60.0
"""Seconds after which a connection counts as one that lasts."""


class Loop:
    """Keeps a host's library in step with a daemon.

    The host is used on the thread of `run` alone; every other method may be called from any thread. `options`: what
    `Work` takes by name.
    """

    def __init__(
        self,
        host: Host,
        caller: Caller,
        identity: Identity,
        memory: Memory,
        log: Log,
        *,
        clock: Clock | None = None,
        **options: Any,
    ) -> None:
        self._host, self._caller, self._identity = host, caller, identity
        self._log, self._clock = log, clock or SystemClock()
        self._bell, self._stopped, self._woken = threading.Event(), threading.Event(), threading.Event()
        self._notices = Notices(self._notify)
        self._work = Work(host, memory, log, self._clock, self._stopped.is_set, **options)
        self._connecting = Backoff(self._clock, SOONEST, LATEST)
        self._take_over = self._connected = False

    def stop(self) -> None:
        """End `run` as soon as what is under way allows it. A call to the daemon ends when its client is closed."""
        self._stopped.set()
        self._bell.set()

    def wake(self) -> None:
        """What held it back may be over: a video ended, the network is there again."""
        self._woken.set()
        self._bell.set()

    def touched(self, kind: str, host_id: str) -> None:
        """The host made, changed or removed this entry."""
        self._work.touched(kind, host_id)
        self._bell.set()

    def library_changed(self) -> None:
        """Any number of entries may have changed, as after a scan: the whole library is to be reported."""
        self._work.library_changed()
        self._bell.set()

    def run(self, *, take_over: bool = False) -> bool:
        """Work until `stop`. Returns False where another program took the library over. Raises OwnerNeeded.

        `take_over`: end the session of another program on the same library.
        """
        self._take_over = take_over
        while not self._stopped.is_set():
            began, self._connected = self._clock.monotonic(), False
            failure, soonest = Failure.OTHER, 0.0
            try:
                self._serve()
            except RpcError as error:
                if self._stopped.is_set():
                    break
                failure, soonest = failure_of(error), min(error.retry_after or 0.0, LONGEST)
                self._log("debug" if failure == Failure.AWAY else "warning", f"{error.code} {error.reason}: {error}")
                self._judge(failure)
            except OwnerNeeded:
                raise
            except Exception as error:  # noqa: BLE001 - it ends by `stop` alone
                self._log("error", f"unexpected {type(error).__name__}: {error}")
            if failure == Failure.ENDED:
                return False
            self._idle(max(soonest, self._wait_after(failure, began)))
        return True

    def _serve(self) -> None:
        """One session, until `stop`. Raises RpcError."""
        session = open_session(self._caller, self._identity, self._host.kinds(), take_over=self._take_over)
        self._take_over, self._connected = False, True
        self._notices.connected()
        self._work.begin(session)
        watch = Watch(session.watch(0), self._bell.set)
        try:
            while not self._stopped.is_set():
                self._bell.clear()
                if watch.news():
                    self._work.news()
                if self._woken.is_set():
                    self._woken.clear()
                    self._work.free()
                due = self._work.until_due()
                if due is not None and due <= 0:
                    self._work.do(session, watch.pending)
                    self._notices.policy(self._work.policy_needed)
                elif not self._stopped.is_set():
                    self._clock.wait(self._bell, due)
        finally:
            watch.close()

    def _judge(self, failure: Failure) -> None:
        """Tell a person what only a person can mend."""
        if failure == Failure.FORGOTTEN:
            self._work.forgotten()
        elif failure != Failure.AWAY:
            self._notices.problem(failure)
        elif not self._connected:
            # A connection that breaks and is there again at the next attempt is nobody's business.
            self._notices.lost()

    def _wait_after(self, failure: Failure, began: float) -> float:
        if self._connected and self._clock.monotonic() - began >= STEADY:
            self._connecting.reset()
        wait = self._connecting.wait()
        return max(wait, LATER) if failure in (Failure.TOKEN, Failure.OLD, Failure.IN_USE) else wait

    def _idle(self, seconds: float) -> None:
        """Wait so long, unless somebody wakes or stops it; events of the host are kept meanwhile."""
        until = self._clock.monotonic() + seconds
        while not self._stopped.is_set() and not self._woken.is_set():
            left = until - self._clock.monotonic()
            if left <= 0:
                break
            self._clock.wait(self._bell, left)
            self._bell.clear()
        self._woken.clear()

    def _notify(self, notice: Notice) -> None:
        try:
            self._host.notify(notice)
        except Exception as error:  # noqa: BLE001 - whatever a host raises
            self._log("warning", f"a notice could not be shown: {type(error).__name__}: {error}")
