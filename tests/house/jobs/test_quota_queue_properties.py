"""The planner over days and libraries of any shape, and how long an interactive call waits behind its queues."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from factories import item, stored
from fakes import FakeClock
from memory_stores import MemoryLimitStore, MemorySecretStore
from metarr.domain.freshness import TTL
from metarr.errors import QuotaExhausted
from metarr.fetch.channel import Channel
from metarr.fetch.contract import Connection, Lane, Limits
from metarr.jobs.quota_queue import Planner
from metarr.jobs.runner import ThreadRunner
from metarr.store import awaited_answers, items
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Database

DAY = timedelta(days=1)
PATIENCE = 60.0
"""Real seconds until a test gives up on a thread."""

YEARS = st.integers(1950, 2030)
ARRIVALS = st.lists(YEARS, max_size=3)
CALLS = st.lists(st.integers(0, 99), max_size=2)


def planner(enricher: Any, channel: Any, database: Database, runner: Any, clock: FakeClock) -> Planner:
    """The planner over one provider."""
    entry = SimpleNamespace(id="omdb", config=SimpleNamespace(enabled=True), ready=True, channel=channel)
    roster = SimpleNamespace(ids=lambda: frozenset({"omdb"}), get=lambda _: entry, all=lambda: (entry,))
    return Planner(roster, database, enricher, runner, clock)  # type: ignore[arg-type]


class AtOnce:
    """A runner that does everything in the caller's thread."""

    def do(self, work: Any) -> None:
        work()


@dataclass
class World:
    """A library, its queue, and a provider that takes `quota` requests a day: channel and enricher in one."""

    quota: int
    clock: FakeClock = field(default_factory=FakeClock)
    database: Database = field(default_factory=Database.in_memory)
    years: dict[int, int] = field(default_factory=dict)
    answered: dict[int, datetime] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    used: int = 0

    def check(self) -> None:
        if self.used >= self.quota:
            raise QuotaExhausted("used up", retry_at=self.clock.now() + DAY)

    def status(self) -> Any:
        return SimpleNamespace(quota_limit=self.quota, quota_used=self.used)

    def enrich_all(self, item_ids: Sequence[int], _: Any) -> Iterator[dict[int, None]]:
        for item_id in item_ids:
            yield {item_id: self.enrich(item_id)}

    def enrich(self, item_id: int) -> None:
        """One request, and the item is missed no more."""
        assert self.used < self.quota, "a request that can only be refused"
        self.used += 1
        self.asked.append(item_id)
        self.answered[item_id] = self.clock.now()
        with self.database.begin() as connection:
            awaited_answers.set_for_item(connection, item_id, {})

    def arrive(self, years: list[int]) -> None:
        with self.database.begin() as connection:
            for year in years:
                added = items.add(connection, item(fields={"release_date": stored(f"{year}-01-01")})).id
                self.years[added] = year
                self._miss(connection, added)

    def age(self) -> None:
        """As the daily run does: what is stale is missed from now on."""
        with self.database.begin() as connection:
            for item_id in self.due():
                self._miss(connection, item_id)

    def due(self) -> list[int]:
        """What is to be asked about, in the order that the owner was promised."""
        never = [each for each in self.years if each not in self.answered]
        stale = [each for each, answered_at in self.answered.items() if self.clock.now() - answered_at >= TTL]
        never.sort(key=lambda each: (-self.years[each], each))
        stale.sort(key=lambda each: (self.answered[each], -self.years[each], each))
        return never + stale

    def _miss(self, connection: Any, item_id: int) -> None:
        now = self.clock.now()
        waits = AwaitedAnswer(reason="planned", since=now, not_before=now, answered_at=self.answered.get(item_id))
        awaited_answers.set_for_item(connection, item_id, {"omdb": waits})

    def a_day(self, plan: Planner, calls: list[int] = []) -> None:  # noqa: B006 never written
        """A daily run after some interactive calls, which may spend the last of the quota; then the reset."""
        self.age()
        for call in calls[: self.quota]:
            self.enrich(sorted(self.years)[call % len(self.years)])
        due, before = self.due(), len(self.asked)
        expected = due[: self.quota - self.used]
        plan.spend("omdb")
        assert self.asked[before:] == expected
        self.used = 0
        self.clock.advance(DAY.total_seconds())


@given(
    first=st.lists(YEARS, min_size=1, max_size=8),
    days=st.lists(st.tuples(ARRIVALS, CALLS), max_size=10),
    quota=st.integers(1, 6),
)
def test_every_day_goes_to_the_never_answered_and_the_oldest_and_nothing_starves(
    first: list[int], days: list[tuple[list[int], list[int]]], quota: int
) -> None:
    world = World(quota)
    plan = planner(world, world, world.database, AtOnce(), world.clock)
    world.arrive(first)
    for arrivals, calls in days:
        world.arrive(arrivals)
        world.a_day(plan, calls)
    # From when an item is due, everybody else has at most one turn before it.
    longest = TTL.days + ceil(len(world.years) / quota)
    before = len(world.asked)
    for _ in range(longest):
        world.a_day(plan)
    assert set(world.asked[before:]) == set(world.years)
    assert all(world.clock.now() - answered_at <= longest * DAY for answered_at in world.answered.values())
    world.database.close()


class Stepped(FakeClock):
    """A clock that moves to when the first of those who wait is due."""

    def settled(self, true: Any) -> None:
        """Return when this holds: the threads have come to where only time helps."""
        with self._changed:
            for _ in range(int(PATIENCE / 0.001)):
                if true():
                    return
                self._changed.wait(0.001)
        raise AssertionError("the threads never came to rest")

    def asleep(self) -> int:
        return self._asleep()

    def step(self, most: float) -> None:
        """Move on to the next one who is due, no further than that many seconds."""
        rest = [due - self._monotonic for due in self._due if due > self._monotonic]
        self.advance(min([most, *rest]))


class Line:
    """A real channel whose requests take `seconds` each, and an enricher that sends one of the batch lane an item."""

    def __init__(self, database: Database, clock: Stepped, limits: Limits, seconds: float) -> None:
        self.clock = clock
        self.workers = limits.workers
        self.began: dict[Any, float] = {}
        self.running: dict[Any, Lane] = {}
        self.called: set[Any] = set()
        self.ended: set[Any] = set()
        self._database = database
        self._seconds = seconds
        stores = MemoryLimitStore(), MemorySecretStore()
        self.channel = Channel("omdb", Connection(base_url=""), lambda _: None, limits, clock, *stores, "")

    def submit(self, key: Any, lane: Lane) -> threading.Event:
        done = threading.Event()
        if lane is Lane.INTERACTIVE:
            self.called.add(key)

        def call(http: Any) -> None:
            self.running[key] = lane
            http.admit()
            self.began[key] = self.clock.monotonic()
            self.clock.wait(self._seconds)
            self.ended.add(key)
            del self.running[key]
            done.set()

        self.channel.submit(key, call, lane=lane, deadline=self.clock.monotonic() + 1e6)
        return done

    def enrich_all(self, item_ids: Sequence[int], wish: Any) -> Iterator[dict[int, None]]:
        submitted = [self.submit(item_id, wish.lane) for item_id in item_ids]
        for item_id, done in zip(item_ids, submitted, strict=True):
            assert done.wait(PATIENCE)
            with self._database.begin() as connection:
                awaited_answers.set_for_item(connection, item_id, {})
            yield {item_id: None}

    def at_rest(self) -> bool:
        """Whether every worker that could take something waits for time to pass."""
        status, running = self.channel.status(), tuple(self.running.values())
        room = self.workers if self.called - self.ended else max(1, self.workers - 1)
        busy = len(running) >= room or not status.waiting
        return busy and bool(running) and self.clock.asleep() == status.in_flight == len(running)


@contextmanager
def worked_off(line: Line, database: Database, clock: Stepped) -> Iterator[threading.Thread]:
    """The planner works its queue off, in a thread."""
    runner = ThreadRunner(clock, 6)
    plan = planner(line, line.channel, database, runner, clock)
    thread = threading.Thread(target=plan.spend, args=("omdb",), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(PATIENCE)
        runner.stop()
        line.channel.close()
        database.close()
    assert not thread.is_alive()


@given(
    queue=st.integers(2, 12),
    workers=st.integers(1, 4),
    per_second=st.sampled_from([0.0, 0.5, 4.0]),
    seconds=st.floats(0.1, 2.0),
    pauses=st.lists(st.floats(0.0, 4.0), min_size=1, max_size=3),
)
def test_an_interactive_call_leaves_within_the_time_of_one_request_whatever_the_queue(
    queue: int, workers: int, per_second: float, seconds: float, pauses: list[float]
) -> None:
    """Behind a queue it waits for one turn of the pace; with a single worker also until that one is free, whose
    request may have to wait for a turn of its own."""
    clock, database = Stepped(), Database.in_memory()
    with database.begin() as connection:
        for _ in range(queue):
            waits = AwaitedAnswer(reason="planned", since=clock.now(), not_before=clock.now())
            awaited_answers.set_for_item(connection, items.add(connection, item()).id, {"omdb": waits})
    line = Line(database, clock, Limits(per_second=per_second, workers=workers), seconds)
    turn = 1 / per_second if per_second else 0.0
    bound = turn if workers > 1 else turn + seconds + turn
    with worked_off(line, database, clock) as thread:
        for number, pause in enumerate(pauses):
            until = clock.monotonic() + pause
            while clock.monotonic() < until and thread.is_alive():
                clock.settled(lambda: line.at_rest() or not thread.is_alive())
                clock.step(until - clock.monotonic())
            called, name = clock.monotonic(), f"call {number}"
            line.submit(name, Lane.INTERACTIVE)
            while name not in line.ended:
                clock.settled(lambda name=name: line.at_rest() or name in line.ended)  # type: ignore[misc]
                clock.step(10.0)
            assert line.began[name] - called <= bound + 1e-6
        while thread.is_alive():
            clock.settled(lambda: line.at_rest() or not thread.is_alive())
            clock.step(10.0)
    assert len(line.ended) == queue + len(pauses)
