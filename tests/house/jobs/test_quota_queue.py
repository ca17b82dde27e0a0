"""The planner over queues of any shape: the real queue and planner, a channel and an enricher that count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import NOW, item, stored
from fakes import FakeClock
from metarr.care.forecast import days_to_cover
from metarr.domain.freshness import RETRY_FIRST
from metarr.errors import CannotDo, QuotaExhausted
from metarr.jobs.quota_queue import Planner
from metarr.store import awaited_answers, items
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Database
from postgres import MakeDatabase

DAY = timedelta(days=1)


@dataclass
class Quota:
    """A channel, the provider behind it and the enricher that asks it: `left` requests a day."""

    database: Database
    clock: FakeClock
    quota: int
    used: int = 0
    asked: list[int] = field(default_factory=list)
    refused: int = 0
    hopeless: dict[int, Exception] = field(default_factory=dict)
    tried: list[int] = field(default_factory=list)

    def check(self) -> None:
        if self.used >= self.quota:
            raise QuotaExhausted("used up", retry_at=self.clock.now() + DAY)

    def status(self) -> Any:
        return SimpleNamespace(quota_limit=self.quota, quota_used=self.used)

    def enrich_all(self, item_ids: Sequence[int], wish: Any) -> Iterator[dict[int, Exception | None]]:
        for item_id in item_ids:
            try:
                yield {item_id: self.enrich(item_id)}
            except (CannotDo, RuntimeError) as error:
                yield {item_id: error}

    def enrich(self, item_id: int) -> None:
        """As the enricher does: one request, and the item is missed no more; or none, and it waits for the reset."""
        missing = {}
        self.tried.append(item_id)
        if item_id in self.hopeless:
            raise self.hopeless[item_id]
        if self.used < self.quota:
            self.used += 1
            self.asked.append(item_id)
        else:
            self.refused += 1
            missing = {"omdb": AwaitedAnswer(reason="quota", since=self.clock.now(), not_before=self.clock.now() + DAY)}
        with self.database.begin() as connection:
            awaited_answers.set_for_item(connection, item_id, missing)


class AtOnce:
    """A runner that does everything in the caller's thread."""

    def do(self, work: Any) -> None:
        work()


def planner(world: Quota) -> Planner:
    entry = SimpleNamespace(id="omdb", config=SimpleNamespace(enabled=True), ready=True, channel=world)
    roster = SimpleNamespace(ids=lambda: frozenset({"omdb"}), get=lambda _: entry, all=lambda: (entry,))
    return Planner(roster, world.database, world, AtOnce(), world.clock)  # type: ignore[arg-type]


@given(
    queue=st.lists(st.tuples(st.none() | st.integers(1, 40), st.integers(1950, 2030)), min_size=1, max_size=25),
    quota=st.integers(1, 8),
)
def test_nothing_starves_and_the_never_answered_go_first(
    make_database: MakeDatabase, queue: list[tuple[int | None, int]], quota: int
) -> None:
    """`queue`: by item how many days old its answer is, None without any, and its year of release."""
    with make_database() as database:
        _starve_nothing(database, FakeClock(), queue, quota)


def _starve_nothing(database: Database, clock: FakeClock, queue: list[tuple[int | None, int]], quota: int) -> None:
    world = Quota(database, clock, quota)
    expected = {}
    with database.begin() as connection:
        for age, year in queue:
            released = f"{year}-01-01"
            added = items.add(connection, item(fields={"release_date": stored(released)}))
            answered_at = None if age is None else clock.now() - age * DAY
            waits = AwaitedAnswer(reason="planned", since=clock.now(), not_before=clock.now(), answered_at=answered_at)
            awaited_answers.set_for_item(connection, added.id, {"omdb": waits})
            expected[added.id] = (age is not None, -(age or 0), -year, added.id)
    plan, days = planner(world), 0
    while len(world.asked) < len(queue):
        days += 1
        plan.spend("omdb")
        assert len(world.asked) == min(len(queue), days * quota)
        world.used = 0
        clock.advance(DAY.total_seconds())
    assert world.asked == sorted(expected, key=lambda item_id: expected[item_id])
    assert days == -(-len(queue) // quota) == 1 + days_to_cover(len(queue), quota, quota)
    assert world.refused == 0
    with database.read() as connection:
        assert awaited_answers.counts(connection) == {}


@pytest.mark.parametrize(
    "error", [CannotDo("no title fits clearly"), RuntimeError("never seen before")], ids=["undecided", "unforeseen"]
)
def test_items_that_nothing_can_be_done_about_hold_up_no_others(make_database: MakeDatabase, error: Exception) -> None:
    with make_database() as database:
        world = Quota(database, FakeClock(), quota=3)
        with database.begin() as connection:
            added = [
                items.add(connection, item(fields={"release_date": stored(f"{year}-01-01")})).id
                for year in range(2030, 2020, -1)
            ]
            for item_id in added:
                waits = AwaitedAnswer(reason="timeout", since=NOW, not_before=world.clock.now())
                awaited_answers.set_for_item(connection, item_id, {"omdb": waits})
        world.hopeless = dict.fromkeys(added[:7], error)
        plan = planner(world)
        plan.spend("omdb")
        assert (world.tried, world.asked) == (added, added[7:])
        world.used = 0
        plan.spend("omdb")
        assert world.tried == added
        world.clock.advance(RETRY_FIRST.total_seconds())
        plan.spend("omdb")
        assert world.tried == added + added[:7]
        world.clock.advance(RETRY_FIRST.total_seconds())
        plan.spend("omdb")
        assert world.tried == added + added[:7]
