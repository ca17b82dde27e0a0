"""A job as it runs, while everything around it changes: what it counts, what it leaves, and how it ends."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fakes import FakeClock
from harness import House
from house.jobs.test_jobs import EVERYTHING, _advanced, add_movies, at_work, finished, run, until
from metarr.app import start_background
from metarr.jobs.jobs import Order
from metarr.jobs.summary import next_attempt
from metarr.store import jobs as stored
from metarr.store.jobs import Done, DoneMark, Job, JobState, Scope

pytestmark = pytest.mark.slow


@pytest.fixture
def busy(home: House) -> Iterator[House]:
    with at_work(home):
        yield home


def marked(home: House) -> set[int]:
    """The items that a job is done with."""
    return {row[1] for row in home.rows("job_items")["job_items"]}


def begin(home: House, count: int, order: Order = EVERYTHING, *, hangs: int = 1) -> tuple[Job, list[int], set[int]]:
    """A job that is done with all but some of its items, about which TMDB does not answer: the job, all, and these."""
    items = add_movies(home, count)
    home.simulators.fault("tmdb", "hang", count=hangs)
    job = home.services.jobs.submit(order)
    until(lambda: len(marked(home)) == count - hangs, "all but those that TMDB does not answer")
    return job, items, set(items) - marked(home)


def let_go(home: House, clock: FakeClock, job: Job) -> Job:
    """TMDB answers again: the job as it is when nothing is done for it any more."""
    home.simulators.clear_faults("tmdb")
    until(lambda: _advanced(clock, job.id not in home.services.jobs._running), "the end of the job")
    return home.services.jobs.get(job.id)


def delete(home: House, item_id: int) -> None:
    home.services.editor.delete([("item_ids[0]", item_id)])


def test_after_a_cancel_nothing_is_committed_so_that_what_it_tells_stays_true(busy: House, clock: FakeClock) -> None:
    job, items, left = begin(busy, 8, hangs=3)
    cancelled = busy.services.jobs.cancel(job.id)
    assert let_go(busy, clock, job) == cancelled
    assert {item_id for item_id in items if not busy.item(item_id).last_enriched_at} == left
    assert (cancelled.tally.done, cancelled.tally.changed) == (5, 5)


def test_a_job_that_is_cancelled_just_before_it_begins_asks_nothing(home: House) -> None:
    add_movies(home, 3)
    job = home.services.jobs.submit(EVERYTHING)  # it is taken up already, and waits for a thread
    with home.database.begin() as connection:
        stored.change(connection, job.id, state=JobState.CANCELLED)
    with ExitStack() as running:
        start_background(home.services, running)
        until(lambda: not home.services.jobs._running, "the end of the attempt")
    assert home.asked() == {}
    assert home.services.jobs.get(job.id).state is JobState.CANCELLED


class Stopping:
    """A runner that has been stopped: it does nothing any more, but for what the test does."""

    def __init__(self) -> None:
        self.timed: list[Callable[[], None]] = []

    def do(self, work: Callable[[], None]) -> None: ...

    def do_at(self, moment: Any, work: Callable[[], None]) -> None:
        self.timed.append(work)

    def under_way(self) -> int:
        return 0


def test_a_job_that_begins_while_the_daemon_stops_does_not_end(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_movies(home, 3)
    runner = Stopping()
    monkeypatch.setattr(home.services.jobs, "_runner", runner)
    job = home.services.jobs.submit(EVERYTHING)
    monkeypatch.setattr(home.services.jobs, "_running", {})  # whoever stops it does not see it yet
    home.services.jobs.stop()
    [drive] = runner.timed
    drive()
    assert home.services.jobs.get(job.id).state in (JobState.QUEUED, JobState.RUNNING)


def test_what_breaks_while_the_daemon_stops_fails_no_job(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_movies(home, 3)
    runner = Stopping()
    monkeypatch.setattr(home.services.jobs, "_runner", runner)
    job = home.services.jobs.submit(EVERYTHING)

    def broken(*_: Any) -> None:
        home.services.jobs.stop()
        raise RuntimeError("closed already")

    monkeypatch.setattr(stored, "candidates", broken)
    [drive] = runner.timed
    drive()
    assert home.services.jobs.get(job.id).state is JobState.RUNNING


def test_a_job_whose_work_cannot_be_noted_does_not_end_as_if_it_had_been_done(
    busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = add_movies(busy, 3)
    mark = stored.mark

    def broken(connection: Any, job_id: int, new: Any) -> None:
        if items[1] in new:
            raise RuntimeError("no row for that")
        mark(connection, job_id, new)

    monkeypatch.setattr(stored, "mark", broken)
    job = run(busy)
    assert (job.state, job.tally.done < job.total) == (JobState.FAILED, True)
    assert "log" in job.detail


def test_of_a_job_that_broke_nothing_is_committed_any_more(
    busy: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = stored.candidates

    def broken(connection: Any, job: Job, kinds: Any, after: int, limit: int) -> Any:
        if after:
            until(lambda: len(marked(busy)) == 2, "all but the one that TMDB does not answer")
            raise RuntimeError("no more")
        return find(connection, job, kinds, after, limit)

    monkeypatch.setattr(stored, "candidates", broken)
    items = add_movies(busy, 3)
    busy.simulators.fault("tmdb", "hang", count=1)
    job = run(busy)
    assert (job.state, job.tally.done) == (JobState.FAILED, 2)
    busy.simulators.clear_faults("tmdb")
    until(lambda: _advanced(clock, busy.services.runner.under_way() == 0), "the end of what was under way")
    assert sum(busy.item(item_id).last_enriched_at is not None for item_id in items) == 2


def test_an_item_that_is_deleted_meanwhile_is_no_failure_and_does_not_count(busy: House, clock: FakeClock) -> None:
    job, _, [left] = begin(busy, 4)
    delete(busy, left)
    done = let_go(busy, clock, job)
    assert (done.state, done.detail) == (JobState.COMPLETE, "")
    assert (done.total, done.tally.done, done.tally.failed) == (3, 3, 0)


def test_items_that_are_added_meanwhile_count(busy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_movies(busy, 3)
    find, added = stored.candidates, [4]

    def found_late(*given: Any) -> Any:
        if added:
            add_movies(busy, added.pop(), first=3)
        return find(*given)

    monkeypatch.setattr(stored, "candidates", found_late)
    job = run(busy)
    assert (job.total, job.tally.done) == (7, 7)


def test_what_was_done_before_a_restart_counts_once_though_it_is_gone(home: House) -> None:
    items = add_movies(home, 6)
    job = home.services.jobs.submit(EVERYTHING)
    with home.database.begin() as connection:
        stored.mark(connection, job.id, dict.fromkeys(items[:2], DoneMark(Done.CHANGED)))
    delete(home, items[0])
    with ExitStack() as running:
        start_background(home.services, running)
        done = finished(home, job)
    assert (done.total, done.tally.done) == (6, 6)
    assert (done.resumed_with, done.started_at) == (2, done.resumed_at)


def test_who_wants_more_than_the_job_that_runs_gets_a_job_of_its_own(home: House) -> None:
    add_movies(home, 2)
    daily = home.services.jobs.submit(EVERYTHING)
    forced = home.services.jobs.submit(dataclasses.replace(EVERYTHING, force=True))
    assert forced.id != daily.id
    assert forced.force
    manual = home.services.jobs.submit(Order(scope=Scope()))
    assert manual.id not in (daily.id, forced.id)
    # The forced one does all that is wanted here.
    home.services.jobs.cancel(daily.id)
    home.services.jobs.cancel(manual.id)
    assert home.services.jobs.submit(EVERYTHING).id == forced.id


def test_what_is_not_monitored_is_asked_by_itself_only_where_the_owner_ordered_it_anew(
    busy: House, clock: FakeClock
) -> None:
    items = add_movies(busy, 4)
    for item_id in items:
        busy.change(item_id, lambda item: replace(item, monitored=False))
    mine = Order(scope=Scope(item_ids=tuple(items)))
    busy.services.providers.update("omdb", None, {"daily_quota": 2})
    plain = run(busy, mine)
    [left] = plain.waiting
    assert (left.items, left.next_attempt) == (2, None)
    assert plain.detail == "2 wait for omdb (quota exhausted)"
    clock.advance(24 * 3600)
    busy.asked()
    forced = run(busy, dataclasses.replace(mine, force=True, providers=frozenset({"omdb"})))
    assert busy.asked() == {"omdb": 2}
    [left] = forced.waiting
    assert (left.items, left.next_attempt) == (2, next_attempt(forced))
    assert left.next_attempt is not None
    clock.advance((left.next_attempt - clock.now()).total_seconds() + 60)
    until(lambda: _advanced(clock, not any(busy.awaited(item_id) for item_id in items)), "the rest")
    assert busy.asked() == {"omdb": 2}


def test_a_clock_that_was_set_back_makes_a_forced_job_ask_nothing_twice(busy: House, clock: FakeClock) -> None:
    items = add_movies(busy, 4)
    run(busy)
    busy.services.providers.update("omdb", None, {"daily_quota": 6})
    busy.asked()
    order = Order(scope=Scope(item_ids=tuple(items)), force=True, providers=frozenset({"omdb"}))
    clock.advance(60)
    run(busy, order)
    assert busy.asked() == {"omdb": 2}
    clock.step_wall(-timedelta(hours=3).total_seconds())
    busy.services.providers.update("omdb", None, {"daily_quota": 100})

    def asked() -> bool:
        clock.advance(10)
        return not any(busy.awaited(item_id) for item_id in items)

    until(asked, "the rest")
    assert busy.asked() == {"omdb": 2}
