"""The limits of one provider and key: pace, daily ledger, parking."""

import threading
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from metarr.clock import Clock
from metarr.domain.values import Struct
from metarr.errors import KeyRefused, ProviderError, QuotaExhausted, RateLimited, Reason
from metarr.fetch.bucket import TokenBucket
from metarr.fetch.contract import Circuit, Lane, Limits, LimitState, LimitStore
from metarr.fetch.ledger import DAY, parked, proven, rolled, unparked

__all__ = ["Limiter", "LimiterStatus", "TokenBucket"]

log = structlog.get_logger(__name__)

SAVE_EVERY = 1.0
"""Seconds between two savings of a mere count; under a daily quota every count is saved."""
PROBE_SECONDS = 30.0
"""How long a probe is guessed to take, for those who are told to come back after it."""


class LimiterStatus(Struct, frozen=True, kw_only=True):
    """A provider's limits as they stand. `limited`: why it is parked; `quota` 0: it has none."""

    limited: Reason | None = None
    detail: str = ""
    retry_at: datetime | None = None
    auth_refused: str = ""
    used: int = 0
    quota: int = 0
    reset_at: datetime | None = None
    last_request_at: datetime | None = None
    last_success_at: datetime | None = None


class Limiter:
    """Admits requests to one provider, counts them, and learns from its refusals. Thread-safe.

    After a park one request, the probe, goes first, and the others are refused until it came back: `succeeded`,
    `refused` or `abandoned` must therefore be called, once, by the thread that acquired.
    """

    def __init__(self, provider_id: str, limits: Limits, key_fingerprint: str, store: LimitStore, clock: Clock) -> None:
        self._provider_id = provider_id
        self._quota = limits.daily_quota
        self._store = store
        self._clock = clock
        self.bucket = TokenBucket(limits.per_second, clock)
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._probe: int | None = None
        self._saved_at = clock.monotonic()
        loaded = store.load_limits(provider_id) or LimitState(key_fingerprint=key_fingerprint)
        if loaded.key_fingerprint != key_fingerprint:
            loaded = LimitState(key_fingerprint=key_fingerprint, learned_reset=loaded.learned_reset)
        self._state = self._saved = loaded
        self._parked_until = self._monotonic_end(loaded)

    def check(self) -> None:
        """Raise what a request would meet now: KeyRefused, RateLimited or QuotaExhausted. Costs microseconds."""
        state = self._state
        if state.auth_refused or state.parked_reason or 0 < self._quota <= state.used:
            self._refuse(state, bypass=False)

    def acquire(
        self, lane: Lane, deadline: float, cancelled: threading.Event | None = None, *, bypass: bool = False
    ) -> None:
        """Wait for the turn of one request and count it, before it leaves. `bypass`: heed pace and ledger only.

        Raises what `check` raises, DeadlineTooNear, and Cancelled when the event is set.
        """
        probing = self._probe == threading.get_ident()
        try:
            with self._lock:
                self._admit(bypass)
            self.bucket.acquire(lane, deadline, cancelled)
            with self._lock:
                # Whatever came to light during the wait counts: a limited provider costs no request.
                self._admit(bypass)
                self._state = replace(self._state, used=self._state.used + 1, last_request_at=self._clock.now())
        except BaseException:
            if not probing:
                self.abandoned()
            raise
        if self._quota or self._clock.monotonic() - self._saved_at >= SAVE_EVERY:
            self._save()

    def refused(self, error: ProviderError) -> datetime | None:
        """Note a RateLimited, QuotaExhausted or KeyRefused; returns when the provider may be asked again."""
        with self._lock:
            probe = self._let_go()
            state, now = self._state, self._clock.now()
            if isinstance(error, KeyRefused):
                self._state = replace(state, auth_refused=error.detail or "the key was refused")
                until = None
            else:
                self._state = parked(state, error, now, self._clock.jitter(), probe=probe)
                self._parked_until = self._monotonic_end(self._state)
                until = self._state.parked_until
        if self._state is not state:
            log.warning("provider_limited", provider=self._provider_id, reason=str(error.reason), until=until)
        self._save()
        return until

    def succeeded(self) -> None:
        """Note that the provider answered: a probe's success ends the park."""
        with self._lock:
            probe, now = self._let_go(), self._clock.now()
            state = replace(self._state, last_success_at=now)
            self._state = proven(state, now) if probe else state
        if probe:
            log.info("provider_back", provider=self._provider_id)
            self._save()

    def abandoned(self) -> None:
        """Note that the calling thread's requests ended without telling anything about limits."""
        if self._probe == threading.get_ident():
            with self._lock:
                self._let_go()

    def lift(self) -> None:
        """Forget park and refused key. The ledger stands."""
        with self._lock:
            self._probe = None
            self._state = replace(unparked(self._state), auth_refused="")
        self._save()

    @property
    def circuit(self) -> Circuit:
        """How the provider's circuit stood when it was last kept."""
        return self._state.circuit

    def keep_circuit(self, circuit: Circuit) -> None:
        """Keep how the provider's circuit stands, with the rest of what survives a restart."""
        with self._lock:
            if circuit == self._state.circuit:
                return
            self._state = replace(self._state, circuit=circuit)
        self._save()

    def status(self) -> LimiterStatus:
        now = self._clock.now()
        state = rolled(self._state, self._quota, now, 0.0)
        error = self._park(state) or self._spent(state)
        exhausted = isinstance(error, QuotaExhausted) and error.retry_at is not None and error.retry_at > now
        return LimiterStatus(
            limited=error.reason if error else None,
            detail=error.detail if error else "",
            retry_at=error.retry_at if error else None,
            auth_refused=state.auth_refused,
            used=max(state.used, self._quota) if exhausted else state.used,
            quota=self._quota,
            reset_at=state.reset_at,
            last_request_at=state.last_request_at,
            last_success_at=state.last_success_at,
        )

    def close(self) -> None:
        """Save what was not saved yet."""
        self._save()

    # Inside -------------------------------------------------------------------------------------------------------

    def _admit(self, bypass: bool) -> None:
        """Roll the ledger and let one request pass, as the probe when there is something to prove."""
        self._state = rolled(self._state, self._quota, self._clock.now(), self._clock.jitter())
        self._refuse(self._state, bypass=bypass)
        if self._state.parked_reason and not bypass:
            self._probe = threading.get_ident()

    def _refuse(self, state: LimitState, *, bypass: bool) -> None:
        error = self._obstacle(state, bypass=bypass)
        if error is not None:
            raise error

    def _obstacle(self, state: LimitState, *, bypass: bool) -> ProviderError | None:
        if bypass:
            return self._spent(state)
        if state.auth_refused:
            return KeyRefused(state.auth_refused)
        park = None if self._probe == threading.get_ident() else self._park(state)
        return park or self._spent(state)

    def _spent(self, state: LimitState) -> ProviderError | None:
        if 0 < self._quota <= state.used and state.reset_at is not None and self._clock.now() < state.reset_at:
            return QuotaExhausted(f"all {self._quota} requests of the day are used", retry_at=state.reset_at)
        return None

    def _park(self, state: LimitState) -> ProviderError | None:
        if not state.parked_reason:
            return None
        kind = QuotaExhausted if state.parked_reason == Reason.QUOTA_EXHAUSTED else RateLimited
        if self._resting(state):
            return kind(state.parked_detail or "parked", retry_at=state.parked_until)
        if self._probe is not None:
            back = self._clock.now() + timedelta(seconds=PROBE_SECONDS)
            return kind("one request is finding out whether it is back", retry_at=back)
        return None

    def _resting(self, state: LimitState) -> bool:
        """Whichever clock says first that the park is over is believed: the wall clock may be set back."""
        until = state.parked_until
        return until is not None and self._clock.now() < until and self._clock.monotonic() < self._parked_until

    def _monotonic_end(self, state: LimitState) -> float:
        if state.parked_until is None:
            return 0.0
        rest = min(state.parked_until - self._clock.now(), DAY)
        return self._clock.monotonic() + rest.total_seconds()

    def _let_go(self) -> bool:
        """Whether the calling thread's was the probe, which is over."""
        probe = self._probe == threading.get_ident()
        if probe:
            self._probe = None
        return probe

    def _save(self) -> None:
        with self._saving:
            state = self._state
            if state is self._saved:
                return
            self._saved_at = self._clock.monotonic()
            self._store.save_limits(self._provider_id, state)
            self._saved = state
