import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from memory_stores import MemoryLimitStore
from metarr.errors import DeadlineTooNear, KeyRefused, ProviderError, QuotaExhausted, RateLimited, Reason
from metarr.fetch.contract import Lane, Limits, LimitState
from metarr.fetch.limits import Limiter

FAR = 1e12
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


class Setup:
    def __init__(self, quota: int = 0, per_second: float = 0, key: str = "k", state: LimitState | None = None) -> None:
        self.clock = FakeClock(auto=True)
        self.store = MemoryLimitStore()
        if state is not None:
            self.store.states["omdb"] = state
        self.limits = Limits(daily_quota=quota, per_second=per_second)
        self.limiter = self.restarted(key)

    def restarted(self, key: str = "k") -> Limiter:
        return Limiter("omdb", self.limits, key, self.store, self.clock)

    def go(self) -> None:
        self.limiter.acquire(Lane.BATCH, FAR)

    def saved(self) -> LimitState:
        return self.store.states["omdb"]


def elsewhere(work: Callable[[], object]) -> None:
    """Do it in another thread, which stays a stranger to this one's probe."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result(5)


def test_every_request_under_a_quota_is_counted_before_it_leaves_and_survives_a_crash() -> None:
    setup = Setup(quota=10)
    for count in range(1, 4):
        setup.go()
        assert setup.saved().used == count
    assert setup.restarted().status().used == 3


def test_without_a_quota_counts_are_saved_once_a_second_and_at_the_end() -> None:
    setup = Setup()
    for _ in range(50):
        setup.go()
    assert setup.store.saves == 0
    setup.clock.advance(1)
    setup.go()
    setup.go()
    assert (setup.store.saves, setup.saved().used) == (1, 51)
    setup.limiter.close()
    assert setup.saved().used == 52


def test_a_used_up_quota_costs_no_request_until_its_reset() -> None:
    setup = Setup(quota=2)
    setup.go()
    setup.go()
    for refused in (setup.limiter.check, setup.go):
        with pytest.raises(QuotaExhausted) as caught:
            refused()
        assert caught.value.retry_at == MIDNIGHT
    assert setup.limiter.status().limited is Reason.QUOTA_EXHAUSTED
    setup.clock.advance(12 * 3600)
    setup.limiter.check()
    setup.go()
    assert setup.saved().used == 1


def test_a_new_key_has_a_new_ledger_and_no_park() -> None:
    setup = Setup(quota=1)
    setup.go()
    setup.limiter.refused(QuotaExhausted("x"))
    setup.limiter = setup.restarted("another")
    setup.go()
    assert (setup.saved().used, setup.saved().key_fingerprint) == (1, "another")


def test_a_raised_quota_lets_requests_pass() -> None:
    setup = Setup(quota=1)
    setup.go()
    setup.limits = Limits(daily_quota=5, per_second=0)
    setup.limiter = setup.restarted()
    setup.limiter.check()
    setup.go()


def test_the_provider_is_believed_when_it_says_that_the_quota_is_used() -> None:
    setup = Setup(quota=1000)
    setup.go()
    assert setup.limiter.refused(QuotaExhausted("Request limit reached!")) == MIDNIGHT
    status = setup.limiter.status()
    assert (status.used, status.detail, status.reset_at) == (1000, "Request limit reached!", MIDNIGHT)
    with pytest.raises(QuotaExhausted, match="limit reached"):
        setup.go()


def test_a_park_costs_no_request_and_survives_a_restart() -> None:
    setup = Setup()
    setup.go()
    setup.limiter.refused(RateLimited("slow down", retry_after=60))
    setup.limiter = setup.restarted()
    for refused in (setup.limiter.check, setup.go):
        with pytest.raises(RateLimited) as caught:
            refused()
        assert caught.value.retry_at == setup.clock.now() + timedelta(seconds=60)
    assert setup.saved().used == 1
    setup.clock.advance(60)
    setup.limiter.check()
    setup.go()


def test_one_probe_goes_first_and_the_others_wait_for_what_it_finds() -> None:
    setup = Setup()
    setup.go()
    setup.limiter.refused(RateLimited("x", retry_after=10))
    setup.clock.advance(10)
    setup.go()
    setup.go()  # a call may need several requests

    def refused() -> None:
        for ask in (setup.limiter.check, setup.go):
            with pytest.raises(RateLimited) as caught:
                ask()
            assert caught.value.retry_at is not None
            assert caught.value.retry_at > setup.clock.now()

    elsewhere(refused)
    setup.limiter.succeeded()
    elsewhere(setup.go)


def test_a_success_that_began_before_the_park_does_not_end_it() -> None:
    setup = Setup()
    setup.go()
    elsewhere(lambda: setup.limiter.refused(RateLimited("x", retry_after=10)))
    setup.limiter.succeeded()
    with pytest.raises(RateLimited):
        setup.go()


@pytest.mark.parametrize("end", ["abandoned", "deadline"])
def test_a_probe_that_told_nothing_leaves_its_place_to_another(end: str) -> None:
    setup = Setup(per_second=0.1)
    setup.go()
    setup.limiter.refused(RateLimited("x", retry_after=10))
    setup.clock.advance(10)
    if end == "deadline":
        setup.limiter.bucket.acquire(Lane.BATCH, FAR)
        with pytest.raises(DeadlineTooNear):
            setup.limiter.acquire(Lane.BATCH, setup.clock.monotonic())
    else:
        setup.go()
        setup.limiter.abandoned()
    elsewhere(setup.go)


def test_refused_probes_back_off_and_the_first_success_starts_over() -> None:
    setup = Setup(quota=1000)
    setup.go()
    until = setup.limiter.refused(QuotaExhausted("x"))
    waits = []
    for _ in range(7):
        assert until is not None
        setup.clock.advance((until - setup.clock.now()).total_seconds())
        setup.go()
        until = setup.limiter.refused(QuotaExhausted("x"))
        assert until is not None
        waits.append((until - setup.clock.now()).total_seconds() / 60)
    assert waits == [15, 30, 60, 120, 240, 240, 240]
    setup.clock.advance(240 * 60)
    setup.go()
    setup.limiter.succeeded()
    back = setup.clock.now()
    assert setup.saved().learned_reset == (back.hour * 60 + back.minute) * 60
    assert setup.limiter.refused(QuotaExhausted("x")) == back + timedelta(days=1)


def test_a_refused_key_is_remembered_until_lifted() -> None:
    setup = Setup()
    setup.go()
    setup.limiter.refused(KeyRefused("Invalid API key!"))
    setup.clock.advance(10 * 86400)
    setup.limiter = setup.restarted()
    for refused in (setup.limiter.check, setup.go):
        with pytest.raises(KeyRefused, match="Invalid API key!"):
            refused()
    assert setup.limiter.status().auth_refused == "Invalid API key!"
    setup.limiter.lift()
    setup.go()
    assert setup.restarted().status().auth_refused == ""


def test_lifting_ends_a_park_and_keeps_the_ledger() -> None:
    setup = Setup(quota=3)
    setup.go()
    setup.limiter.refused(QuotaExhausted("x"))
    setup.limiter.lift()
    setup.go()
    setup.go()
    setup.limiter.lift()
    with pytest.raises(QuotaExhausted):
        setup.go()


def test_a_test_passes_a_park_and_a_refused_key_but_not_a_used_up_ledger() -> None:
    setup = Setup(quota=2)
    setup.go()
    setup.limiter.refused(KeyRefused("x"))
    setup.limiter.refused(RateLimited("x", retry_after=10))
    setup.limiter.acquire(Lane.INTERACTIVE, FAR, bypass=True)
    assert setup.saved().used == 2
    with pytest.raises(QuotaExhausted):
        setup.limiter.acquire(Lane.INTERACTIVE, FAR, bypass=True)


def test_whoever_is_parked_while_waiting_for_its_turn_sends_nothing() -> None:
    setup = Setup(per_second=1)
    setup.clock.auto = False
    setup.go()
    met: list[ProviderError] = []

    def work() -> None:
        with pytest.raises(RateLimited) as caught:
            setup.go()
        met.append(caught.value)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    setup.clock.sleepers(1)
    setup.limiter.refused(RateLimited("slow down", retry_after=60))
    setup.clock.advance(1)
    thread.join(5)
    assert [error.detail for error in met] == ["slow down"]
    assert setup.limiter.status().used == 1


@pytest.mark.parametrize("step", [-10 * 86400, -3600, 3600, 10 * 86400])
def test_a_stepped_clock_neither_breaks_nor_prolongs_a_park(step: float) -> None:
    setup = Setup(quota=10)
    setup.go()
    setup.limiter.refused(RateLimited("x", retry_after=600))
    setup.clock.step_wall(step)
    setup.clock.advance(600)
    setup.go()
    setup.limiter.succeeded()
    setup.limiter.check()


def test_a_park_read_from_a_store_never_lasts_longer_than_a_day() -> None:
    state = LimitState(
        key_fingerprint="k",
        parked_until=datetime(2040, 1, 1, tzinfo=UTC),
        parked_reason=Reason.RATE_LIMITED,
        reset_at=datetime(2040, 1, 1, tzinfo=UTC),
    )
    setup = Setup(quota=5, state=state)
    with pytest.raises(RateLimited):
        setup.go()
    setup.clock.advance(86400)
    setup.go()


@given(st.lists(st.sampled_from(["go", "later", "restart", "lift"]), max_size=80), st.integers(1, 7))
def test_no_more_requests_than_the_quota_leave_between_two_resets(moves: list[str], quota: int) -> None:
    setup = Setup(quota=quota)
    sent: dict[object, int] = {}
    for move in moves:
        if move == "go":
            try:
                setup.go()
            except QuotaExhausted:
                continue
            setup.limiter.succeeded()
            day = setup.clock.now().date()
            sent[day] = sent.get(day, 0) + 1
        elif move == "later":
            setup.clock.advance(3 * 3600)
        elif move == "restart":
            setup.limiter = setup.restarted()
        else:
            setup.limiter.lift()
    assert all(count <= quota for count in sent.values())


@given(reset=st.integers(0, 86399), others=st.integers(0, 50), every=st.integers(60, 1800))
def test_whatever_the_hidden_reset_a_quota_is_found_again_with_few_refusals(
    reset: int, others: int, every: int
) -> None:
    """A provider that resets at a time it does not tell, and whose quota is spent by `others` as well: all is used."""
    setup = Setup(quota=60)
    day, spent, refused, answered = None, 0, 0, 0
    answers: dict[object, int] = {}
    end = setup.clock.monotonic() + 4 * 86400
    while setup.clock.monotonic() < end:
        setup.clock.advance(every)
        began = (setup.clock.now() - timedelta(seconds=reset)).date()
        if began != day:
            day, spent = began, others
        try:
            for _ in range(10):
                setup.go()
                spent += 1
                if spent > 60:
                    refused += 1
                    setup.limiter.refused(QuotaExhausted("x"))
                else:
                    answered += 1
                    setup.limiter.succeeded()
                    answers[day] = answers.get(day, 0) + 1
        except QuotaExhausted:
            continue
    assert answered > 0
    assert refused <= 4 * 12
    # A guess that is hours late spends the quota all the same; only a day that begins in the middle of that is short.
    whole_days = sorted(answers, key=str)[1:-1]
    assert (whole_days[-1] - whole_days[0]).days == len(whole_days) - 1, "no day goes by without an answer"
    assert sum(answers[one] for one in whole_days) >= (60 - others) * (len(whole_days) - 1)
