import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from fakes import FakeClock
from memory_stores import MemoryLimitStore, MemorySecretStore
from metarr.clock import Clock, SystemClock
from metarr.errors import (
    BadAnswer,
    CircuitOpen,
    DeadlineTooNear,
    KeyRefused,
    ProviderError,
    ProviderTimeout,
    QuotaExhausted,
    RateLimited,
    Reason,
    TitleNotFound,
)
from metarr.fetch.channel import ALIVE_SECONDS, OVERDUE, STALL, Channel, Ticket
from metarr.fetch.contract import AnsweredMeanwhile, Connection, Http, Lane, Limits, LimitState, Response
from metarr.fetch.flight import Flight
from scripted_server import ScriptedServer, hang, reply

OpenChannel = Callable[..., Channel]
SOON = 20.0


class Gate:
    """A call that says when it began, and ends when it may. `asks`: it sends a request first."""

    def __init__(self, value: object = "value") -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.calls = 0
        self._value = value

    def __call__(self, http: Http) -> object:
        self.calls += 1
        self.began.set()
        assert self.may_end.wait(SOON)
        return self._value

    def wait(self) -> None:
        assert self.began.wait(SOON)


def ask(http: Http) -> Any:
    return http.get("/x")


def ask_for(path: str) -> Callable[[Http], Any]:
    return lambda http: http.get(path)


def by_status(response: Response) -> ProviderError | TitleNotFound | None:
    found: dict[int, Callable[[str], ProviderError | TitleNotFound]] = {
        401: KeyRefused,
        402: QuotaExhausted,
        404: TitleNotFound,
        429: RateLimited,
    }
    return found[response.status]("as the provider says") if response.status in found else None


def submit(
    channel: Channel, key: object, call: Callable[[Http], Any], lane: Lane = Lane.INTERACTIVE, seconds: float = SOON
) -> Ticket[Any]:
    return channel.submit(key, call, lane=lane, deadline=channel.clock.monotonic() + seconds)


def when(event: threading.Event) -> Callable[[socket.socket], None]:
    """The server's answer, given once the event is set; it says that the connection ends with it, as it does."""

    def step(connection: socket.socket) -> None:
        event.wait(SOON)
        connection.sendall(reply(Connection="close"))

    return step


def settled(condition: Callable[[], bool]) -> None:
    """Return when another thread has made it true."""
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it never came true")


# Results --------------------------------------------------------------------------------------------------------------


def test_a_call_runs_on_a_worker_and_its_value_comes_back(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(b'{"id":550}'))
    assert submit(open_channel(), "movie/550", ask).result() == {"id": 550}


@pytest.mark.parametrize("error", [TitleNotFound("x"), BadAnswer("x"), KeyError("x")])
def test_what_a_call_raises_comes_back(open_channel: OpenChannel, error: Exception) -> None:
    def fail(_http: Http) -> None:
        raise error

    channel = open_channel()
    with pytest.raises(type(error)) as caught:
        submit(channel, 1, fail).result()
    assert caught.value is error
    assert submit(channel, 2, lambda _http: "the worker lives on").result() == "the worker lives on"


def test_no_more_calls_run_at_once_than_there_are_workers(open_channel: OpenChannel) -> None:
    channel = open_channel(limits=Limits(per_second=0, workers=3))
    gates = [Gate() for _ in range(6)]
    tickets = [submit(channel, number, gate) for number, gate in enumerate(gates)]
    for gate in gates[:3]:
        gate.wait()
    assert (channel.status().in_flight, channel.status().waiting) == (3, 3)
    assert sum(gate.calls for gate in gates) == 3
    for gate in gates:
        gate.may_end.set()
    assert [ticket.result() for ticket in tickets] == ["value"] * 6


def test_threads_are_started_only_when_they_are_needed(open_channel: OpenChannel) -> None:
    channel = open_channel(provider_id="lazy", limits=Limits(per_second=0, workers=8))

    def threads() -> int:
        return sum(thread.name.startswith("fetch-lazy") for thread in threading.enumerate())

    assert threads() == 0
    for number in range(20):
        submit(channel, number, lambda _http: None).result()
        settled(lambda: channel._idle == threads())
    assert threads() == 1


def test_a_provider_that_hangs_slows_no_other(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(hang)
    stuck = open_channel(provider_id="tvdb", limits=Limits(per_second=0, workers=2))
    for number in range(8):
        submit(stuck, number, ask)
    assert submit(open_channel(), 1, lambda _http: "at once").result() == "at once"


# Single flight --------------------------------------------------------------------------------------------------------


def test_callers_with_the_same_key_share_one_call(open_channel: OpenChannel) -> None:
    channel, gate = open_channel(), Gate()
    tickets = [submit(channel, "same", gate, lane) for lane in (Lane.BATCH, Lane.INTERACTIVE, Lane.BATCH)]
    gate.may_end.set()
    assert [ticket.result() for ticket in tickets] == ["value"] * 3
    assert gate.calls == 1
    submit(channel, "same", gate).result()
    assert gate.calls == 2


def test_where_there_is_no_flight_to_join_a_caller_that_was_overtaken_is_told(open_channel: OpenChannel) -> None:
    channel, gate = open_channel(), Gate()
    until = channel.clock.monotonic() + SOON
    told: list[str] = []

    def answered() -> bool:
        told.append("asked")
        return True

    with pytest.raises(AnsweredMeanwhile):
        channel.submit("key", gate, lane=Lane.BATCH, deadline=until, answered=answered)
    first = submit(channel, "key", gate)
    second = channel.submit("key", gate, lane=Lane.BATCH, deadline=until, answered=answered)
    gate.may_end.set()
    assert first.result() == second.result() == "value"
    assert (gate.calls, told) == (1, ["asked"])


def test_a_flight_that_nobody_waits_for_any_more_is_dropped_from_the_queue(open_channel: OpenChannel) -> None:
    clock = FakeClock()
    channel = open_channel(limits=Limits(per_second=0, workers=1), clock=clock)
    busy, unwanted = Gate(), Gate()
    running, left = submit(channel, 1, busy), submit(channel, 2, unwanted, seconds=1)
    patient = submit(channel, 2, unwanted, seconds=2)
    busy.wait()
    clock.advance(1)
    with pytest.raises(ProviderTimeout):
        left.result()
    assert channel.status().waiting == 1
    clock.advance(1)
    with pytest.raises(ProviderTimeout):
        patient.result()
    assert channel.status().waiting == 0
    busy.may_end.set()
    running.result()
    assert submit(channel, 3, lambda _http: "next").result() == "next"
    assert unwanted.calls == 0


def test_a_call_wanted_again_after_it_was_dropped_is_made_again(open_channel: OpenChannel) -> None:
    clock = FakeClock()
    channel = open_channel(limits=Limits(per_second=0, workers=1), clock=clock)
    busy, old, new = Gate(), Gate("old"), Gate("new")
    submit(channel, "busy", busy)
    busy.wait()
    ticket = submit(channel, "same", old, seconds=1)
    clock.advance(1)
    with pytest.raises(ProviderTimeout):
        ticket.result()
    again = submit(channel, "same", new)
    for gate in (busy, new):
        gate.may_end.set()
    assert again.result() == "new"
    assert old.calls == 0


# Deadlines ------------------------------------------------------------------------------------------------------------


def test_a_caller_whose_time_is_up_is_told_and_the_others_still_get_the_answer(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    may_answer, clock = threading.Event(), FakeClock()
    server.script(when(may_answer))
    channel = open_channel(clock=clock)
    hasty = submit(channel, "same", ask, seconds=1)
    patient = submit(channel, "same", ask)
    settled(lambda: len(server.requests) == 1)
    clock.auto = True
    with pytest.raises(ProviderTimeout):
        hasty.result()
    clock.auto = False
    may_answer.set()
    assert patient.result() == {"ok": True}


def test_a_hanging_request_ends_at_the_latest_deadline_of_its_callers(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    server.script(hang)
    clock = FakeClock()
    channel = open_channel(clock=clock)
    hasty, patient = (submit(channel, "same", ask, seconds=seconds) for seconds in (1, 3))
    settled(lambda: len(server.requests) == 1)
    clock.advance(1)
    with pytest.raises(ProviderTimeout):
        hasty.result()
    assert channel.status().in_flight == 1
    clock.advance(2)
    with pytest.raises(ProviderTimeout):
        patient.result()
    settled(lambda: channel.status().in_flight == 0)


def test_an_answer_that_comes_late_is_still_kept_when_the_call_may_linger(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    may_answer = threading.Event()
    server.script(when(may_answer), reply())
    clock = FakeClock()
    channel, kept = open_channel(clock=clock), []

    def call(http: Http) -> None:
        kept.extend([http.get("/x"), http.get("/x")])

    ticket = channel.submit(1, call, lane=Lane.INTERACTIVE, deadline=clock.monotonic() + 1, linger=SOON)
    settled(lambda: len(server.requests) == 1)
    clock.advance(1)
    with pytest.raises(ProviderTimeout):
        ticket.result()
    may_answer.set()
    settled(lambda: channel.status().in_flight == 0)
    assert kept == [{"ok": True}] * 2


def test_a_call_whose_turn_would_come_too_late_is_refused_at_once(open_channel: OpenChannel) -> None:
    channel = open_channel(limits=Limits(per_second=0.5, workers=1), clock=FakeClock())
    gate = Gate()
    submit(channel, "busy", gate)
    gate.wait()
    for number in range(3):
        submit(channel, number, gate, seconds=6)
    with pytest.raises(DeadlineTooNear):
        submit(channel, "fourth", gate, seconds=5)
    assert channel.status().waiting == 3
    gate.may_end.set()


def test_a_deadline_that_has_passed_costs_nothing(server: ScriptedServer, open_channel: OpenChannel) -> None:
    with pytest.raises(DeadlineTooNear):
        submit(open_channel(), 1, ask, seconds=-1)
    assert server.requests == []


# Lanes ----------------------------------------------------------------------------------------------------------------


def test_an_interactive_call_overtakes_batch_ones_and_has_a_worker_kept_for_it(open_channel: OpenChannel) -> None:
    channel = open_channel(limits=Limits(per_second=0, workers=2))
    batch = [Gate() for _ in range(3)]
    tickets = [submit(channel, number, gate, Lane.BATCH) for number, gate in enumerate(batch)]
    batch[0].wait()
    assert submit(channel, "i", lambda _http: "overtook").result() == "overtook"
    assert batch[1].calls == 0
    for gate in batch:
        gate.may_end.set()
    for ticket in tickets:
        ticket.result()


def test_a_waiting_batch_call_that_somebody_wants_now_moves_ahead(open_channel: OpenChannel) -> None:
    channel = open_channel(limits=Limits(per_second=0, workers=2))
    batch = [Gate() for _ in range(3)]
    for number, gate in enumerate(batch):
        submit(channel, number, gate, Lane.BATCH)
    batch[0].wait()
    batch[2].may_end.set()
    assert submit(channel, 2, batch[2]).result() == "value"
    assert batch[1].calls == 0
    batch[0].may_end.set()
    batch[1].may_end.set()


def test_batch_calls_go_on_under_a_flood_of_interactive_ones(open_channel: OpenChannel) -> None:
    channel = open_channel(limits=Limits(per_second=0, workers=1))
    gate, order = Gate(), []
    busy = submit(channel, "busy", gate)
    gate.wait()
    tickets = [submit(channel, "b", lambda _http: order.append("b"), Lane.BATCH)]
    tickets += [submit(channel, number, lambda _http: order.append("i")) for number in range(12)]
    gate.may_end.set()
    for ticket in (busy, *tickets):
        ticket.result()
    assert order.index("b") == 4


# Limits, key, circuit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected", "reason"),
    [(429, RateLimited, Reason.RATE_LIMITED), (402, QuotaExhausted, Reason.QUOTA_EXHAUSTED)],
)
def test_a_limited_provider_costs_no_further_request_and_no_thread(
    server: ScriptedServer, open_channel: OpenChannel, status: int, expected: type[ProviderError], reason: Reason
) -> None:
    server.script(reply(status=status, Retry_After="60"))
    clock = FakeClock()
    channel = open_channel(classify=by_status, clock=clock)
    back = clock.now() + timedelta(seconds=60)
    with pytest.raises(expected) as first:
        submit(channel, 1, ask).result()
    assert first.value.retry_at == back
    for refused in (channel.check, lambda: submit(channel, 2, ask)):
        with pytest.raises(expected) as caught:
            refused()
        assert caught.value.retry_at == back
    assert len(server.requests) == 1
    told = channel.status()
    assert (told.limited_reason, told.limited_detail, told.retry_at) == (reason, "as the provider says", back)
    assert (told.in_flight, told.waiting, told.circuit_open) == (0, 0, False)
    clock.advance(60)
    server.script(reply())
    assert submit(channel, 3, ask).result() == {"ok": True}
    assert channel.status().limited_reason is None


def test_a_locally_refused_request_does_not_prolong_the_park(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(status=429, Retry_After="60"))
    clock = FakeClock()
    channel = open_channel(classify=by_status, clock=clock)
    gate = Gate()

    def late(http: Http) -> Any:
        gate(http)
        return http.get("/x")

    ticket = submit(channel, "late", late, seconds=100)
    gate.wait()
    with pytest.raises(RateLimited):
        submit(channel, 1, ask).result()
    until = channel.status().retry_at
    clock.advance(30)
    gate.may_end.set()
    with pytest.raises(RateLimited):
        ticket.result()
    assert channel.status().retry_at == until
    assert len(server.requests) == 1


def test_a_refused_key_stops_everything_until_lifted(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(status=401))
    store = MemoryLimitStore()
    channel = open_channel(classify=by_status, limit_store=store)
    with pytest.raises(KeyRefused):
        submit(channel, 1, ask).result()
    for one in (channel, open_channel(classify=by_status, limit_store=store)):
        with pytest.raises(KeyRefused):
            submit(one, 2, ask)
        assert one.status().auth_refused == "as the provider says"
    assert len(server.requests) == 1
    channel.lift()
    server.script(reply())
    assert submit(channel, 3, ask).result() == {"ok": True}


def test_failures_open_the_circuit_and_a_probe_closes_it(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(status=500))
    clock = FakeClock()
    channel = open_channel(clock=clock)
    for number in range(5):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask).result()
    with pytest.raises(CircuitOpen):
        submit(channel, "refused", ask)
    told = channel.status()
    assert (told.circuit_open, told.circuit_retry_at) == (True, clock.now() + timedelta(seconds=30))
    assert len(server.requests) == 5
    clock.advance(30)
    server.script(reply())
    assert submit(channel, "probe", ask).result() == {"ok": True}
    assert channel.status().circuit_open is False


def test_records_that_always_fail_do_not_shut_out_the_others(server: ScriptedServer, open_channel: OpenChannel) -> None:
    """What was answered last is asked again after every fifth failure, and is still answered."""
    channel = open_channel(clock=FakeClock())
    server.script(reply(), *([reply(status=500)] * 5 + [reply()]) * 3)
    submit(channel, "alive", ask).result()
    for number in range(15):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask_for(f"/{number}")).result()
    assert submit(channel, "another", ask).result() == {"ok": True}
    paths = [line.split()[1] for line in server.lines()]
    assert paths == [
        "/x",
        *(f"/{n}" for n in range(5)),
        "/x",
        *(f"/{n}" for n in range(5, 10)),
        "/x",
        *(f"/{n}" for n in range(10, 15)),
        "/x",
        "/x",
    ]


@pytest.mark.parametrize("up", [True, False])
def test_who_has_not_answered_anything_yet_is_asked_its_check(
    server: ScriptedServer, open_channel: OpenChannel, *, up: bool
) -> None:
    channel = open_channel(clock=FakeClock(), check=lambda http: http.get("/check"))
    server.script(*[reply(status=500)] * 5, reply() if up else reply(status=500))
    for number in range(5):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask).result()
    assert [line.split()[1] for line in server.lines()] == ["/x"] * 5 + ["/check"]
    assert channel.status().circuit_open is not up


def test_who_says_nothing_to_what_it_is_known_to_answer_is_down(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    clock = FakeClock()
    channel = open_channel(clock=clock)
    server.script(reply(), *[reply(status=500)] * 5, hang)
    submit(channel, "alive", ask).result()
    for number in range(4):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask).result()
    last = submit(channel, 4, ask)
    settled(lambda: len(server.requests) == 7)
    clock.advance(ALIVE_SECONDS)
    with pytest.raises(BadAnswer):
        last.result()
    assert channel.status().circuit_open


@pytest.mark.parametrize("status", [404, 429, 401, 402])
def test_who_answers_that_it_will_not_is_not_down(
    server: ScriptedServer, open_channel: OpenChannel, status: int
) -> None:
    channel = open_channel(clock=FakeClock(), classify=by_status, check=lambda http: http.get("/check"))
    server.script(*[reply(status=500)] * 5, reply(status=status))
    for number in range(5):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask).result()
    told = channel.status()
    assert told.circuit_open is False
    assert (told.limited_reason is None, bool(told.auth_refused)) == (status in {404, 401}, status == 401)


def test_a_call_that_asked_nothing_proves_nothing(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(status=500))
    clock = FakeClock()
    channel = open_channel(clock=clock)
    for number in range(5):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask).result()
    clock.advance(30)
    submit(channel, "silent", lambda _http: None).result()
    assert channel.status().circuit_open is True
    assert channel.status().last_success_at is None


def test_missing_titles_are_successes(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(status=404))
    clock = FakeClock()
    channel = open_channel(classify=by_status, clock=clock)
    for number in range(10):
        with pytest.raises(TitleNotFound):
            submit(channel, number, ask).result()
    assert channel.status().last_success_at == clock.now()


def test_only_one_call_goes_out_to_find_out_whether_a_limit_is_over(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    server.script(reply(status=429, Retry_After="10"))
    clock = FakeClock()
    channel = open_channel(classify=by_status, clock=clock)
    with pytest.raises(RateLimited):
        submit(channel, 0, ask).result()
    clock.advance(10)
    may_answer = threading.Event()
    server.script(when(may_answer), reply())
    probe = submit(channel, "probe", ask)
    settled(lambda: len(server.requests) == 2)
    joined = submit(channel, "probe", ask)
    with pytest.raises(RateLimited):
        submit(channel, "other", ask)
    may_answer.set()
    assert probe.result() == joined.result() == {"ok": True}
    assert submit(channel, "other", ask).result() == {"ok": True}
    assert len(server.requests) == 3


def test_who_is_held_back_for_a_probe_does_not_count_as_refused(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    server.script(reply(status=429))
    clock, store, gate = FakeClock(), MemoryLimitStore(), Gate()
    store.states["tmdb"] = LimitState(
        key_fingerprint="key-1", parked_until=clock.now(), parked_reason=Reason.RATE_LIMITED, refusals=3
    )
    channel = open_channel(classify=by_status, clock=clock, limit_store=store)

    def held_back_meanwhile(http: Http) -> None:
        channel.limiter.acquire(Lane.BATCH, clock.monotonic())
        gate.may_end.set()
        with pytest.raises(RateLimited, match="finding out"):
            other.result()
        http.get("/x")

    other = submit(channel, "other", lambda http: (gate(http), http.get("/x")))
    gate.wait()
    with pytest.raises(RateLimited):
        submit(channel, "probe", held_back_meanwhile).result()
    assert store.states["tmdb"].refusals == 4
    assert channel.status().retry_at == clock.now() + timedelta(seconds=160)


def test_every_request_and_repetition_counts_against_the_quota(
    server: ScriptedServer, open_channel: OpenChannel, hasty_clock: Clock
) -> None:
    server.script(reply(status=503), reply(status=503), reply())
    store = MemoryLimitStore()
    limits = Limits(per_second=0, daily_quota=4, workers=2)
    channel = open_channel(limits=limits, limit_store=store, clock=hasty_clock)
    submit(channel, 1, ask).result()
    submit(channel, 2, ask).result()
    with pytest.raises(QuotaExhausted):
        submit(channel, 3, ask)
    assert store.states["tmdb"].used == len(server.requests) == 4
    assert (channel.status().quota_used, channel.status().quota_limit) == (4, 4)


# Testing settings -----------------------------------------------------------------------------------------------------


def test_a_successful_test_passes_every_obstacle_and_lifts_it(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    server.script(reply(status=500))
    channel = open_channel(classify=by_status)
    for number in range(5):
        with pytest.raises(BadAnswer):
            submit(channel, number, ask).result()
    channel.limiter.refused(RateLimited("x", retry_after=60))
    channel.limiter.refused(KeyRefused("x"))
    server.script(reply())
    channel.test(ask)
    told = channel.status()
    assert (told.limited_reason, told.auth_refused, told.circuit_open) == (None, "", False)
    assert submit(channel, "after", ask).result() == {"ok": True}


@pytest.mark.parametrize(
    ("status", "expected"), [(401, KeyRefused), (402, QuotaExhausted), (429, RateLimited), (500, BadAnswer)]
)
def test_a_failed_test_says_why_and_is_remembered(
    server: ScriptedServer, open_channel: OpenChannel, status: int, expected: type[ProviderError]
) -> None:
    server.script(reply(status=status))
    channel = open_channel(classify=by_status)
    for _ in range(2):
        with pytest.raises(expected):
            channel.test(ask)
    assert len(server.requests) == 2
    if expected is BadAnswer:
        channel.check()
    else:
        with pytest.raises(expected):
            channel.check()


def test_a_title_that_is_not_found_passes_a_test(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(reply(status=404))
    channel = open_channel(classify=by_status)
    channel.limiter.refused(KeyRefused("x"))
    channel.test(ask)
    channel.check()


# Secrets --------------------------------------------------------------------------------------------------------------


def test_secrets_are_remembered_for_one_key_only(open_channel: OpenChannel) -> None:
    store = MemorySecretStore()
    ours = open_channel(secret_store=store)

    def remember(http: Http) -> str | None:
        assert http.recall("token") is None
        http.remember("token", "t1")
        return http.recall("token")

    def recall(http: Http) -> str | None:
        return http.recall("token")

    assert submit(ours, 1, remember).result() == "t1"
    assert submit(open_channel(secret_store=store), 1, recall).result() == "t1"
    assert submit(open_channel(secret_store=store, key_fingerprint="another"), 1, recall).result() is None
    submit(ours, 2, lambda http: http.remember("token", None)).result()
    assert submit(ours, 3, recall).result() is None
    assert submit(open_channel(secret_store=store), 1, recall).result() is None


# The end --------------------------------------------------------------------------------------------------------------


def test_closing_ends_waiters_flights_and_threads(server: ScriptedServer, open_channel: OpenChannel) -> None:
    server.script(hang)
    channel = open_channel(provider_id="closing", limits=Limits(per_second=0, workers=1))
    running = submit(channel, 1, ask)
    settled(lambda: len(server.requests) == 1)
    pending = submit(channel, 2, ask)
    channel.close()
    for ticket in (running, pending):
        with pytest.raises(ProviderError, match="closed"):
            ticket.result()
    for refused in (channel.check, lambda: submit(channel, 3, ask), lambda: channel.test(ask)):
        with pytest.raises(ProviderError, match="closed"):
            refused()
    settled(lambda: not [t for t in threading.enumerate() if t.name.startswith("fetch-closing")])
    assert len(server.requests) == 1


def test_a_retired_channel_ends_who_waits_for_a_worker_and_hears_out_what_was_asked(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    may_answer = threading.Event()
    server.script(when(may_answer))
    channel = open_channel(limits=Limits(per_second=0, workers=1))
    running = submit(channel, 1, ask)
    settled(lambda: len(server.requests) == 1)
    waiting = submit(channel, 2, ask)
    channel.retire()
    for refused in (waiting.result, channel.check, lambda: submit(channel, 3, ask)):
        with pytest.raises(ProviderError, match="closed"):
            refused()
    may_answer.set()
    channel.finish(channel.clock.monotonic() + SOON)
    assert running.result() == {"ok": True}
    assert len(server.requests) == 1


def test_a_retired_channel_is_waited_for_no_longer_than_was_said(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    server.script(hang)
    channel = open_channel(clock=FakeClock(), limits=Limits(per_second=0, workers=1))
    running = submit(channel, 1, ask)
    settled(lambda: len(server.requests) == 1)
    channel.retire()
    channel.finish(channel.clock.monotonic())
    channel.close()
    with pytest.raises(ProviderError, match="closed"):
        running.result()


def test_closing_saves_what_was_counted(server: ScriptedServer, open_channel: OpenChannel) -> None:
    store = MemoryLimitStore()
    channel = open_channel(limit_store=store, clock=FakeClock())
    submit(channel, 1, ask).result()
    assert store.load_limits("tmdb") is None
    channel.close()
    channel.close()
    assert store.states["tmdb"].used == 1


def test_a_store_that_fails_reaches_the_caller_and_spares_the_worker(open_channel: OpenChannel) -> None:
    class Broken(MemoryLimitStore):
        def save_limits(self, provider_id: str, state: LimitState) -> None:
            if not state.auth_refused:
                super().save_limits(provider_id, state)
                return
            raise OSError("disk full")

    def refuse(http: Http) -> None:
        raise KeyRefused("x")

    channel = open_channel(limit_store=Broken())
    with pytest.raises(OSError, match="disk full"):
        submit(channel, 1, refuse).result()
    channel.limiter._state = LimitState(key_fingerprint="key-1")
    assert submit(channel, 2, lambda _http: "alive").result() == "alive"


def test_nobody_joins_a_call_whose_time_is_over(open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """It came to its turn too late for whoever wanted it; one who comes now, with time enough, has one of his own."""
    clock, free = FakeClock(), threading.Event()
    channel = open_channel(limits=Limits(per_second=0, workers=1), clock=clock)
    submit(channel, "busy", lambda _http: free.wait(SOON))
    submit(channel, "key", lambda _http: "too late", seconds=1)
    in_time: list[Ticket[str]] = []
    land = Flight.land

    def come(flight: Flight[Any], value: object, error: BaseException | None) -> None:
        """When the worker is about to tell what came of a call."""
        if isinstance(error, DeadlineTooNear):
            in_time.append(submit(channel, "key", lambda _http: "in time", seconds=60))
        land(flight, value, error)

    monkeypatch.setattr(Flight, "land", come)
    clock.advance(2)
    free.set()
    settled(lambda: bool(in_time))
    assert in_time[0].result() == "in time"


def test_who_finds_a_request_that_has_been_out_for_long_has_one_of_his_own(
    server: ScriptedServer, open_channel: OpenChannel
) -> None:
    """A provider dripped, and is well again: the call that still hangs keeps nobody waiting who comes now."""
    clock, over = FakeClock(), threading.Event()
    server.script(when(over), reply(b'{"n":2}'))
    channel = open_channel(clock=clock)
    first = submit(channel, "key", ask, seconds=60)
    settled(lambda: len(server.requests) == 1)
    clock.advance(OVERDUE - 1)
    joined = submit(channel, "key", ask, seconds=60)
    clock.advance(2)
    assert submit(channel, "key", ask, seconds=60).result() == {"n": 2}
    assert len(server.requests) == 2
    over.set()
    assert first.result() == joined.result() == {"ok": True}
    settled(lambda: channel.status().in_flight == 0)
    assert channel._flights == {}


def test_a_call_that_waits_for_its_turn_is_not_overdue(server: ScriptedServer, open_channel: OpenChannel) -> None:
    """A call of two requests at a slow pace: who comes while it waits for the second shares it."""
    clock = FakeClock()
    channel = open_channel(limits=Limits(per_second=0.1, workers=4), clock=clock)
    first = submit(channel, "key", lambda http: (http.get("/x"), http.get("/x")), seconds=60)
    clock.sleepers(1)
    clock.advance(OVERDUE + 1)
    second = submit(channel, "key", ask, seconds=60)
    clock.advance(10)
    assert first.result() == second.result() == ({"ok": True}, {"ok": True})
    assert len(server.requests) == 2


def test_who_joins_a_call_that_is_about_to_be_given_up_gets_its_answer(
    server: ScriptedServer, open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turn comes too late for the first one; who has joined since that was decided has time enough."""
    clock = FakeClock()
    channel = open_channel(limits=Limits(per_second=0, workers=1), clock=clock)
    joined: list[Ticket[Any]] = []
    acquire = channel.limiter.acquire

    def too_near(lane: Lane, deadline: float, *more: Any, **options: Any) -> None:
        if not joined:
            joined.append(submit(channel, "key", ask, seconds=60))
            raise DeadlineTooNear("it would be this request's turn in 30 s only")
        acquire(lane, deadline, *more, **options)

    monkeypatch.setattr(channel.limiter, "acquire", too_near)
    first = submit(channel, "key", ask, seconds=1)
    settled(lambda: bool(joined))
    assert joined[0].result() == {"ok": True}
    assert first.result() == {"ok": True}


def test_many_callers_of_few_keys_get_their_own_answers(server: ScriptedServer, open_channel: OpenChannel) -> None:
    """A stress of joining, leaving and landing: nobody waits for ever, and nobody gets another's answer."""
    channel = open_channel(clock=SystemClock(), connection=Connection(base_url=server.url))

    def one(number: int) -> bool:
        key, hasty = number % 7, number % 5 == 0
        try:
            ticket = submit(channel, key, lambda _http: key, Lane(number % 2), seconds=0.0005 if hasty else SOON)
            return bool(ticket.result() == key)
        except (ProviderTimeout, DeadlineTooNear):
            return hasty

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(one, range(3000)))
    settled(lambda: channel.status().in_flight == 0)
    assert channel.status().waiting == 0
    assert channel._flights == {}


class TestAProviderThatAnswersNobody:
    def test_nobody_else_lines_up_behind_workers_that_wait_in_vain(self, open_channel: OpenChannel) -> None:
        """Pace is no such wait: it is the request that went out and was not answered."""
        stuck, gone_out, clock = threading.Event(), threading.Semaphore(0), FakeClock()
        channel = open_channel(limits=Limits(per_second=0, workers=2), clock=clock)

        def call(http: Any) -> str:
            http.admit()  # as a request does that goes out
            gone_out.release()
            stuck.wait(SOON)
            return "late"

        deadline = clock.monotonic() + 60
        running = [channel.submit(key, call, lane=Lane.INTERACTIVE, deadline=deadline) for key in range(2)]
        queued = channel.submit("queued", call, lane=Lane.BATCH, deadline=deadline)
        for _ in running:
            assert gone_out.acquire(timeout=SOON)
        clock.advance(STALL + 0.1)
        with pytest.raises(ProviderTimeout, match="answered nobody"):
            queued.result()
        with pytest.raises(ProviderTimeout, match="answered nobody"):
            channel.submit("new", call, lane=Lane.BATCH, deadline=deadline)
        stuck.set()
        assert [ticket.result() for ticket in running] == ["late", "late"]
        assert channel.submit("new", lambda _: "back", lane=Lane.BATCH, deadline=deadline).result() == "back"
