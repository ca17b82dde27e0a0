"""What is stored of a job at its end: what its items still wait for, and what is no business of it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from fakes import FakeClock
from harness import House
from house.jobs.test_jobs import add_movies, run
from house.jobs.test_run import begin, delete, let_go
from metarr.app import start_background
from metarr.jobs.jobs import Order
from metarr.store.jobs import JobState, Scope


@pytest.fixture
def busy(home: House) -> Iterator[House]:
    with ExitStack() as running:
        start_background(home.services, running)
        yield home


def test_a_job_ends_well_though_others_than_those_it_was_to_ask_are_missed(busy: House) -> None:
    items = add_movies(busy, 2)
    busy.simulators.fault("tvdb", "error_500")
    assert run(busy).state is JobState.DEGRADED
    job = run(busy, Order(scope=Scope(item_ids=tuple(items)), force=True, providers=frozenset({"omdb"})))
    assert all("tvdb" in busy.awaited(item_id) for item_id in items)
    assert (job.state, job.waiting, job.detail) == (JobState.COMPLETE, (), "")


def test_nothing_waits_for_a_provider_that_was_switched_off_meanwhile(busy: House, clock: FakeClock) -> None:
    busy.simulators.fault("omdb", "error_500")
    job, _, _ = begin(busy, 3)
    busy.services.providers.update("omdb", False, {})
    done = let_go(busy, clock, job)
    assert (done.state, done.waiting, done.detail) == (JobState.COMPLETE, (), "")


def test_nothing_is_waited_for_of_an_item_that_was_deleted(busy: House, clock: FakeClock) -> None:
    busy.simulators.fault("omdb", "error_500")
    job, items, [left] = begin(busy, 3)
    delete(busy, next(item_id for item_id in items if item_id != left))
    [waiting] = let_go(busy, clock, job).waiting
    assert (waiting.provider, waiting.items) == ("omdb", 2)
