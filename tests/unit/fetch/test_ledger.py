from datetime import UTC, datetime, timedelta

import pytest

from metarr.errors import ProviderError, QuotaExhausted, RateLimited, Reason
from metarr.fetch.contract import LimitState
from metarr.fetch.ledger import next_reset, parked, proven, rolled

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
QUOTA, RATE = Reason.QUOTA_EXHAUSTED, Reason.RATE_LIMITED


def after(**delta: float) -> datetime:
    return NOON + timedelta(**delta)


@pytest.mark.parametrize(
    ("learned", "jitter", "expected"),
    [
        (None, 0.0, MIDNIGHT),
        (None, 0.5, MIDNIGHT + timedelta(seconds=60)),
        (7 * 3600, 0.9, MIDNIGHT + timedelta(hours=7)),
        (15 * 3600, 0.0, after(hours=3)),
        (12 * 3600, 0.0, after(days=1)),
    ],
)
def test_a_reset_is_expected_when_learned_else_after_midnight(
    learned: int | None, jitter: float, expected: datetime
) -> None:
    assert next_reset(NOON, learned, jitter) == expected


@pytest.mark.parametrize(
    ("state", "error", "probe", "until", "refusals"),
    [
        (LimitState(), QuotaExhausted("x"), False, MIDNIGHT, 0),
        (LimitState(learned_reset=7 * 3600), QuotaExhausted("x"), False, MIDNIGHT + timedelta(hours=7), 0),
        (LimitState(), QuotaExhausted("x", retry_after=60), False, after(minutes=1), 0),
        (LimitState(), QuotaExhausted("x", retry_at=after(hours=2)), False, after(hours=2), 0),
        (LimitState(), QuotaExhausted("x", retry_at=after(days=9)), False, after(days=1), 0),
        (LimitState(), RateLimited("x", retry_after=2), False, after(seconds=2), 0),
        (LimitState(), RateLimited("x", retry_after=0), False, after(seconds=1), 0),
        (LimitState(), RateLimited("x", retry_after=-5), False, after(seconds=1), 0),
        (LimitState(), RateLimited("x", retry_after=1e12), False, after(days=1), 0),
        (LimitState(), RateLimited("x"), False, after(seconds=10), 0),
        (LimitState(parked_until=NOON, parked_reason=RATE), RateLimited("x"), True, after(seconds=20), 1),
        (LimitState(parked_until=NOON, parked_reason=RATE, refusals=5), RateLimited("x"), True, after(seconds=640), 6),
        (LimitState(parked_until=NOON, parked_reason=RATE, refusals=99), RateLimited("x"), True, after(hours=4), 100),
        (LimitState(parked_until=NOON, parked_reason=QUOTA), QuotaExhausted("x"), True, after(minutes=15), 1),
        (
            LimitState(parked_until=NOON, parked_reason=QUOTA, refusals=1),
            QuotaExhausted("x"),
            True,
            after(minutes=30),
            2,
        ),
        (LimitState(parked_until=NOON, parked_reason=QUOTA, refusals=7), QuotaExhausted("x"), True, after(hours=4), 8),
        (LimitState(parked_until=NOON, parked_reason=RATE, refusals=3), QuotaExhausted("x"), True, MIDNIGHT, 0),
    ],
)
def test_a_refusal_parks_as_told_or_for_a_time_that_grows_with_refused_probes(
    state: LimitState, error: ProviderError, probe: bool, until: datetime, refusals: int
) -> None:
    new = parked(state, error, NOON, 0.0, probe=probe)
    assert (new.parked_until, new.parked_reason, new.refusals) == (until, error.reason, refusals)


@pytest.mark.parametrize(
    ("error", "until", "reason"),
    [
        (RateLimited("x"), after(minutes=1), RATE),
        (RateLimited("x", retry_after=30), after(minutes=1), RATE),
        (RateLimited("x", retry_after=90), after(seconds=90), RATE),
        (QuotaExhausted("x"), MIDNIGHT, QUOTA),
    ],
)
def test_a_straggler_refused_during_a_park_only_brings_later_news(
    error: ProviderError, until: datetime, reason: Reason
) -> None:
    state = LimitState(parked_until=after(minutes=1), parked_reason=RATE, refusals=2)
    new = parked(state, error, NOON, 0.0, probe=False)
    assert (new.parked_until, new.parked_reason) == (until, reason)


def test_the_ledger_of_a_quota_begins_anew_when_the_provider_says() -> None:
    state = LimitState(used=7, reset_at=MIDNIGHT)
    assert parked(state, QuotaExhausted("x", retry_after=60), NOON, 0.0, probe=False).reset_at == after(minutes=1)
    assert parked(state, RateLimited("x", retry_after=60), NOON, 0.0, probe=False).reset_at == MIDNIGHT


def test_a_straggler_does_not_put_a_probed_quota_off_to_midnight() -> None:
    state = LimitState(parked_until=after(minutes=15), parked_reason=QUOTA, refusals=1)
    assert parked(state, QuotaExhausted("x"), NOON, 0.0, probe=False) is state


def test_the_ledger_begins_anew_at_its_reset() -> None:
    state = rolled(LimitState(used=7, reset_at=NOON), 1000, NOON, 0.0)
    assert (state.used, state.reset_at, state.parked_reason) == (0, MIDNIGHT, "")


def test_a_used_up_ledger_is_probed_after_its_reset() -> None:
    state = rolled(LimitState(used=1000, reset_at=NOON), 1000, NOON, 0.0)
    assert (state.used, state.parked_reason, state.parked_until) == (0, QUOTA, NOON)


def test_a_ledger_within_its_day_stays_as_it_is() -> None:
    state = LimitState(used=7, reset_at=after(hours=1))
    assert rolled(state, 1000, NOON, 0.0) is state


def test_a_reset_planned_by_a_clock_that_went_back_is_planned_again_and_the_count_kept() -> None:
    state = rolled(LimitState(used=7, reset_at=after(days=40)), 1000, NOON, 0.0)
    assert (state.used, state.reset_at) == (7, MIDNIGHT)


def test_the_learned_reset_is_the_time_at_which_the_successful_probe_was_due() -> None:
    due = MIDNIGHT + timedelta(hours=7, minutes=15)
    state = proven(LimitState(parked_until=due, parked_reason=QUOTA, refusals=4), due + timedelta(hours=3))
    assert state.learned_reset == 7 * 3600 + 15 * 60
    assert state.reset_at == due + timedelta(days=1)
    assert (state.parked_until, state.parked_reason, state.refusals) == (None, "", 0)


def test_a_rate_limit_teaches_nothing_about_resets() -> None:
    assert proven(LimitState(parked_until=NOON, parked_reason=RATE), NOON).learned_reset is None
