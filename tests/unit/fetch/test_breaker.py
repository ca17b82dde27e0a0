from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from metarr.errors import (
    BadAnswer,
    CircuitOpen,
    DeadlineTooNear,
    KeyRefused,
    ProviderTimeout,
    QuotaExhausted,
    RateLimited,
    TitleNotFound,
)
from metarr.fetch.breaker import FIRST_BACKOFF, LONGEST_BACKOFF, THRESHOLD, Breaker
from metarr.fetch.contract import Cancelled, Circuit


def elsewhere(work: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result(5)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(auto=True)


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker("tvdb", clock)


def fail(breaker: Breaker, key: object, error: BaseException | None = None) -> None:
    breaker.enter()
    breaker.failed(key, error or BadAnswer("HTTP 500"))


def opened(breaker: Breaker) -> None:
    for key in range(THRESHOLD):
        fail(breaker, key)


@pytest.mark.parametrize("error", [BadAnswer("HTTP 500"), ProviderTimeout("silent")])
def test_failures_on_different_items_open_the_circuit(breaker: Breaker, clock: FakeClock, error: BaseException) -> None:
    for key in range(THRESHOLD):
        breaker.check()
        fail(breaker, key, error)
    for refused in (breaker.check, breaker.enter):
        with pytest.raises(CircuitOpen, match=str(error)) as caught:
            refused()
        assert caught.value.retry_at == clock.now() + timedelta(seconds=30)
    assert breaker.retry_at() == clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("x"),
        QuotaExhausted("x"),
        KeyRefused("x"),
        TitleNotFound("x"),
        DeadlineTooNear("x"),
        CircuitOpen("x"),
        Cancelled(),
        KeyError("x"),
    ],
)
def test_what_says_nothing_about_the_provider_never_counts(breaker: Breaker, error: BaseException) -> None:
    for key in range(3 * THRESHOLD):
        fail(breaker, key, error)
    breaker.check()


def test_one_item_that_always_fails_does_not_open_the_circuit(breaker: Breaker) -> None:
    for _ in range(3 * THRESHOLD):
        fail(breaker, "the same")
    breaker.check()


def test_a_success_between_starts_the_count_over(breaker: Breaker) -> None:
    for key in range(THRESHOLD - 1):
        fail(breaker, key)
    breaker.enter()
    breaker.succeeded()
    for key in range(THRESHOLD - 1):
        fail(breaker, key)
    breaker.check()


def test_after_a_back_off_one_probe_may_enter(breaker: Breaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.advance(30)
    breaker.check()
    breaker.enter()

    def refused() -> None:
        for ask in (breaker.check, breaker.enter):
            with pytest.raises(CircuitOpen):
                ask()

    elsewhere(refused)
    breaker.succeeded()
    elsewhere(breaker.enter)
    assert breaker.retry_at() is None


def test_failed_probes_double_the_back_off(breaker: Breaker, clock: FakeClock) -> None:
    opened(breaker)
    waits = []
    for _ in range(7):
        retry_at = breaker.retry_at()
        assert retry_at is not None
        waits.append((retry_at - clock.now()).total_seconds())
        clock.advance(waits[-1])
        fail(breaker, "any")
    assert waits == [30, 60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize("end", ["abandoned", "does not count"])
def test_a_probe_that_told_nothing_leaves_its_place_to_another(breaker: Breaker, clock: FakeClock, end: str) -> None:
    opened(breaker)
    clock.advance(30)
    breaker.enter()
    if end == "abandoned":
        breaker.abandoned()
    else:
        breaker.failed("any", RateLimited("x"))
    elsewhere(breaker.enter)


def test_calls_that_began_before_the_circuit_opened_do_not_move_it(breaker: Breaker, clock: FakeClock) -> None:
    opened(breaker)
    until = breaker.retry_at()
    breaker.failed("late", BadAnswer("x"))
    breaker.succeeded()
    assert breaker.retry_at() == until


def test_lifting_closes_the_circuit_and_forgets(breaker: Breaker) -> None:
    opened(breaker)
    breaker.lift()
    breaker.check()
    for key in range(THRESHOLD - 1):
        fail(breaker, key)
    breaker.check()


class TestARestart:
    def test_an_open_circuit_stays_open_and_backs_off_further(self) -> None:
        clock, kept = FakeClock(), []
        breaker = Breaker("tmdb", clock, keep=kept.append)
        for key in range(THRESHOLD):
            breaker.failed(key, BadAnswer("no"))
        clock.advance(10)

        again = Breaker("tmdb", clock, last=kept[-1], keep=kept.append)

        with pytest.raises(CircuitOpen, match="no"):
            again.check()
        clock.advance(FIRST_BACKOFF)
        again.enter()
        again.failed("probe", BadAnswer("still no"))
        assert kept[-1].openings == 2
        assert kept[-1].until - clock.now() == timedelta(seconds=2 * FIRST_BACKOFF)

    def test_a_closed_circuit_is_kept_as_closed(self) -> None:
        clock, kept = FakeClock(), []
        breaker = Breaker("tmdb", clock, keep=kept.append)
        for key in range(THRESHOLD):
            breaker.failed(key, BadAnswer("no"))
        clock.advance(FIRST_BACKOFF)
        breaker.enter()
        breaker.succeeded()
        assert kept[-1] == Circuit()

    def test_a_clock_set_back_far_keeps_nobody_waiting_longer_than_a_back_off(self) -> None:
        clock = FakeClock()
        last = Circuit(until=clock.now() + timedelta(days=3), openings=1, detail="no")
        breaker = Breaker("tmdb", clock, last=last)
        clock.advance(LONGEST_BACKOFF)
        breaker.enter()


class TestRecordsThatAlwaysFail:
    """Five failures in a row are five dead records, or a provider that is down: it is asked once more to find out."""

    def test_where_it_still_answers_what_it_is_known_to_answer_they_count_against_the_records(
        self, clock: FakeClock
    ) -> None:
        asked: list[str] = []
        breaker = Breaker("tvdb", clock, ailing=lambda: asked.append("asked"))
        for key in range(4 * THRESHOLD):
            fail(breaker, key)
        breaker.check()
        assert len(asked) == 4
        assert breaker.retry_at() is None

    def test_where_it_does_not_the_circuit_opens_as_soon(self, clock: FakeClock) -> None:
        asked: list[str] = []
        breaker = Breaker("tvdb", clock, ailing=lambda: asked.append("asked") or BadAnswer("down"))
        opened(breaker)
        assert asked == ["asked"]
        with pytest.raises(CircuitOpen):
            breaker.check()

    def test_a_probe_about_a_dead_record_does_not_keep_it_open(self, clock: FakeClock) -> None:
        up = False
        breaker = Breaker("tvdb", clock, ailing=lambda: None if up else BadAnswer("down"))
        opened(breaker)
        clock.advance(30)
        up = True
        fail(breaker, "dead")
        breaker.check()
        assert breaker.retry_at() is None

    def test_nobody_else_finds_out_meanwhile_and_who_succeeds_meanwhile_counts(self, clock: FakeClock) -> None:
        asked: list[str] = []

        def ailing() -> BadAnswer:
            asked.append("asked")
            for key in range(THRESHOLD):
                elsewhere(lambda key=key: fail(breaker, f"other {key}"))  # type: ignore[misc]
            elsewhere(breaker.succeeded)
            return BadAnswer("down")

        breaker = Breaker("tvdb", clock, ailing=ailing)
        opened(breaker)
        breaker.check()
        assert asked == ["asked"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 40)),
        st.tuples(st.sampled_from(["up", "down"]), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 1000)),
    ),
    max_size=150,
)


@given(STEPS, st.sets(st.integers(0, 40)))
def test_a_model_of_dead_records_and_outages(steps: list[tuple[str, int]], dead: set[int]) -> None:
    """While the provider is up nobody shuts it out, however many records are dead. An outage is met by a handful of
    different records, then by one after each back-off; the first one after it is over ends it."""
    clock, up, began = FakeClock(), True, 0.0
    met: set[int] = set()
    probes = 0
    breaker = Breaker("tvdb", clock, ailing=lambda: None if up else BadAnswer("down"))
    for step, value in steps:
        if step == "wait":
            clock.advance(value)
            continue
        if step != "ask":
            up, began, probes = step == "up", clock.monotonic(), 0
            met.clear()
            continue
        was_open = breaker.retry_at() is not None
        try:
            breaker.enter()
        except CircuitOpen:
            continue
        if up and value not in dead:
            breaker.succeeded()
        else:
            breaker.failed(value, BadAnswer("HTTP 502"))
        if up:
            assert breaker.retry_at() is None
        elif was_open:
            probes += 1
            assert probes <= 1 + (clock.monotonic() - began) / FIRST_BACKOFF
        else:
            met.add(value)
            assert len(met) <= THRESHOLD
