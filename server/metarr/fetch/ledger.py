"""What a provider's limits become: pure steps from one limit state to the next."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from metarr.errors import ProviderError, QuotaExhausted, Reason
from metarr.fetch.contract import LimitState

DAY = timedelta(days=1)
RESET_JITTER = 120.0
"""Seconds after midnight UTC over which a first guess at a reset is spread."""
PROBE_BACKOFF = 15 * 60.0
RATE_BACKOFF = 10.0
LONGEST_BACKOFF = 4 * 3600.0


def next_reset(now: datetime, learned: int | None, jitter: float) -> datetime:
    """When a daily quota is expected back: at the learned second of the UTC day, else a little after midnight."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    reset = midnight + timedelta(seconds=jitter * RESET_JITTER if learned is None else learned)
    return reset if reset > now else reset + DAY


def rolled(state: LimitState, quota: int, now: datetime, jitter: float) -> LimitState:
    """The ledger as of `now`: begun anew when its reset has passed.

    A ledger that was used up is not trusted to be back: it counts as parked until its reset, so that one request
    goes ahead and tells. A reset more than a day ahead was planned by a clock that has since gone back.
    """
    if state.reset_at is not None and now < state.reset_at <= now + DAY:
        return state
    planned = next_reset(now, state.learned_reset, jitter)
    if state.reset_at is None or now < state.reset_at:
        return replace(state, reset_at=planned)
    if 0 < quota <= state.used and not state.parked_reason:
        state = replace(state, parked_until=state.reset_at, parked_reason=Reason.QUOTA_EXHAUSTED, refusals=0)
    return replace(state, used=0, reset_at=planned)


def parked(state: LimitState, error: ProviderError, now: datetime, jitter: float, *, probe: bool) -> LimitState:
    """The state after the provider refused a request with RateLimited or QuotaExhausted.

    Parked as told; else for a quota until its reset, for a rate for a few seconds; and ever longer when the
    request was the probe that should have shown the limit to be over. A straggler, refused while the provider is
    parked already, changes nothing unless it brings news.
    """
    announced = _announced(error, now)
    again = probe and state.parked_reason == error.reason
    refusals = state.refusals + 1 if again else 0
    until = announced or _guessed(state, error, refusals, now, jitter)
    if state.parked_until is not None and now < state.parked_until and not probe:
        stale_news = state.parked_reason == error.reason and announced is None
        if stale_news or until <= state.parked_until:
            return state
    plan = {"reset_at": until} if isinstance(error, QuotaExhausted) and not again else {}
    return replace(
        state,
        parked_until=until,
        parked_reason=error.reason,
        parked_detail=error.detail,
        refusals=refusals,
        **plan,
    )


def proven(state: LimitState, now: datetime) -> LimitState:
    """The state after a probe succeeded.

    What is learned about a quota is the time at which its probe was due, not the time at which one happened to
    be made: a later guess would never correct itself, an earlier one does by a refused probe.
    """
    if state.parked_reason == Reason.QUOTA_EXHAUSTED and state.parked_until is not None:
        due = state.parked_until.astimezone(UTC)
        learned = due.hour * 3600 + due.minute * 60 + due.second
        state = replace(state, learned_reset=learned, reset_at=next_reset(now, learned, 0.0))
    return unparked(state)


def unparked(state: LimitState) -> LimitState:
    """The state without its park."""
    return replace(state, parked_until=None, parked_reason="", parked_detail="", refusals=0)


def _announced(error: ProviderError, now: datetime) -> datetime | None:
    until = error.retry_at
    if until is None and error.retry_after is not None:
        until = now + timedelta(seconds=min(max(error.retry_after, 0.0), DAY.total_seconds()))
    return until and min(max(until, now + timedelta(seconds=1)), now + DAY)


def _guessed(state: LimitState, error: ProviderError, refusals: int, now: datetime, jitter: float) -> datetime:
    if isinstance(error, QuotaExhausted) and not refusals:
        return next_reset(now, state.learned_reset, jitter)
    first, doublings = (PROBE_BACKOFF, refusals - 1) if isinstance(error, QuotaExhausted) else (RATE_BACKOFF, refusals)
    return now + timedelta(seconds=min(first * 2 ** min(doublings, 20), LONGEST_BACKOFF) * (1 + jitter / 10))
