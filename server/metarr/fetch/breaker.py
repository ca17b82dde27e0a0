"""The circuit breaker of one provider: one that keeps failing is left alone for a while.

Failures alone do not tell a provider that is down from records that always fail: TheTVDB answers 502 for shows that
were deleted, and a library can hold five of them in a row. So before the circuit opens the provider is asked something
that it is known to answer. Where it does, the failures count against the records; where it does not, it is down.
"""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

import structlog

from metarr.clock import Clock
from metarr.errors import BadAnswer, CircuitOpen, ProviderTimeout, ProxyFailed, Reason
from metarr.fetch.contract import Circuit

log = structlog.get_logger(__name__)

THRESHOLD = 5
"""Failures on so many different keys, with no success between, are more than chance."""
FIRST_BACKOFF = 30.0
LONGEST_BACKOFF = 15 * 60.0
PROBE_SECONDS = 30.0
CLOSED = Circuit()


def counts(error: BaseException) -> bool:
    """Whether a failure says that the provider, or the way to it, is ill. Limits, a refused key and missing titles do
    not."""
    return isinstance(error, ProviderTimeout | BadAnswer | ProxyFailed)


class Breaker:
    """Closed, open, or half open while one call, the probe, finds out. Thread-safe.

    `succeeded`, `failed` or `abandoned` must be called, once, by the thread that entered.
    """

    def __init__(
        self,
        provider_id: str,
        clock: Clock,
        *,
        last: Circuit = CLOSED,
        keep: Callable[[Circuit], None] = lambda _: None,
        ailing: Callable[[], BaseException | None] = lambda: BadAnswer("not tried"),
    ) -> None:
        """`last`: how it stood when the daemon ended; `keep` hears every change of that; `ailing` asks the provider
        what it is known to answer, and returns what that failed with, if it did. Neither may raise."""
        self._provider_id = provider_id
        self._clock = clock
        self._keep = keep
        self._ailing = ailing
        self._lock = threading.Lock()
        self._failed: set[Hashable] = set()
        self._finding_out = False
        self._detail, self._reason = last.detail, last.reason
        self._openings = last.openings
        self._open_until = self._monotonic(last.until)
        self._probe: int | None = None

    def check(self) -> None:
        """Raise CircuitOpen when a call could not enter now."""
        until = self._open_until
        if until is None or self._probe == threading.get_ident():
            return
        rest = until - self._clock.monotonic()
        if rest <= 0 and (self._probe is not None or self._finding_out):
            rest = PROBE_SECONDS
        if rest > 0:
            raise CircuitOpen(f"it failed repeatedly: {self._detail}", self._at(rest), reason=self._reason)

    def enter(self) -> None:
        """Let one call pass, as the probe after a back-off. Raises CircuitOpen."""
        if self._open_until is None:
            return
        with self._lock:
            self.check()
            if self._open_until is not None:
                self._probe = threading.get_ident()

    def succeeded(self) -> None:
        """Note that the provider answered."""
        if not self._failed and self._open_until is None:
            return
        with self._lock:
            probe = self._let_go()
            if self._open_until is not None and not probe:
                return
            self._close()
        if probe:
            self._keep(CLOSED)
            log.info("circuit_closed", provider=self._provider_id)

    def failed(self, key: Hashable, error: BaseException) -> None:
        """Note a failed call about `key`; one that does not count is only noted as over."""
        with self._lock:
            probe = self._let_go()
            if not counts(error):
                return
            if self._open_until is None:
                self._failed.add(key)
                if len(self._failed) < THRESHOLD:
                    return
            elif not probe:
                return
            if self._finding_out:
                return
            self._finding_out = True
        self._found_out(error, self._ailing())

    def _found_out(self, error: BaseException, ailment: BaseException | None) -> None:
        """Close the circuit for a provider that answers, open it for one that does not."""
        with self._lock:
            self._finding_out = False
            was_open = self._open_until is not None
            # Where nothing failed any more, another thread had an answer meanwhile.
            if ailment is None or not (was_open or self._failed):
                self._close()
                circuit, rest = CLOSED, 0.0
            else:
                rest = self._open()
                cause = ailment if isinstance(ailment, ProxyFailed) else error
                self._detail = str(cause)
                self._reason = Reason.PROXY if isinstance(cause, ProxyFailed) else Reason.CIRCUIT_OPEN
                circuit = Circuit(
                    until=self._at(rest), openings=self._openings, detail=self._detail, reason=self._reason
                )
        if was_open or circuit is not CLOSED:
            self._keep(circuit)
        if circuit is not CLOSED:
            log.warning("circuit_opened", provider=self._provider_id, detail=self._detail, seconds=round(rest))
        elif was_open:
            log.info("circuit_closed", provider=self._provider_id)
        else:
            log.info("records_always_fail", provider=self._provider_id, detail=str(error))

    def abandoned(self) -> None:
        """Note that the calling thread's call ended without telling anything."""
        with self._lock:
            self._let_go()

    def lift(self) -> None:
        """Close the circuit and forget every failure."""
        with self._lock:
            self._probe = None
            self._close()
        self._keep(CLOSED)

    @property
    def blamed_proxy(self) -> str:
        """What the proxy before the provider failed with, where that is why the circuit is open; else ""."""
        return self._detail if self._open_until is not None and self._reason is Reason.PROXY else ""

    def retry_at(self) -> datetime | None:
        """When the next probe may go; None when the circuit is closed."""
        until = self._open_until
        return None if until is None else self._at(max(0.0, until - self._clock.monotonic()))

    def _open(self) -> float:
        rest = min(FIRST_BACKOFF * 2.0 ** min(self._openings, 20), LONGEST_BACKOFF) * (1 + self._clock.jitter() / 10)
        self._openings += 1
        self._open_until = self._clock.monotonic() + rest
        return rest

    def _close(self) -> None:
        self._failed.clear()
        self._open_until, self._openings = None, 0

    def _let_go(self) -> bool:
        probe = self._probe == threading.get_ident()
        if probe:
            self._probe = None
        return probe

    def _monotonic(self, until: datetime | None) -> float | None:
        """A stored end on this run's clock; never longer than a back-off, for the wall clock may have been set."""
        if until is None:
            return None
        rest = (until - self._clock.now()).total_seconds()
        return self._clock.monotonic() + min(max(0.0, rest), LONGEST_BACKOFF)

    def _at(self, rest: float) -> datetime:
        return self._clock.now() + timedelta(seconds=rest)
