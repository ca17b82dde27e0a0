"""Jobs over whole libraries: against the providers' own pace, over what is fresh, at every size, over days of quota."""

import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import _bench_remerge
from _bench_enrich import PROVIDERS, Providers, imdb, providers, services_over
from _environment import ROOT

if TYPE_CHECKING:
    from metarr.app import Services
    from metarr.store.database import Database
    from metarr.store.jobs import Job

MOVIES = 2000
RATE = 25.0
"""Requests a second that every provider takes: slow enough that the machine is not what is measured."""
SIZES, FULL_SIZE = (1_000, 10_000), 100_000
TITLES, QUOTA, UNKNOWN = 10_000, 1_000, 500
DAYS = 21
WEEK_TITLES, WEEK_NEW = 1_000, 10


@contextmanager
def at_work(services: "Services") -> Iterator[None]:
    """Jobs run; queues are worked off by jobs alone."""
    services.runner.start()
    try:
        yield
    finally:
        services.runner.stop()


def run_job(services: "Services") -> "Job":
    """A job over everything, from its start to its end."""
    from metarr.jobs.jobs import Order
    from metarr.jobs.summary import ended
    from metarr.store.jobs import Scope

    job = services.jobs.submit(Order(scope=Scope(), auto=True))
    while not ended(job):
        time.sleep(0.01)
        job = services.jobs.get(job.id)
    return job


class Timed(NamedTuple):
    """A job that ended, and what it took in seconds: by the clock, and of the processor."""

    job: "Job"
    wall: float
    cpu: float


def timed_job(services: "Services") -> Timed:
    begun, spent = time.perf_counter(), time.process_time()
    job = run_job(services)
    return Timed(job, time.perf_counter() - begun, time.process_time() - spent)


def add(services: "Services", numbers: range) -> None:
    from metarr.domain.values import Kind
    from metarr.library.intake import NewItem

    for start in range(numbers.start, numbers.stop, 500):
        wanted = range(start, min(start + 500, numbers.stop))
        services.library.upsert([NewItem(Kind.MOVIE, f"Movie {n}", 0, _bench_remerge.ids_of(n)) for n in wanted])


def bench_job() -> Mapping[str, float]:
    """A job over 2,000 new movies, four providers that take 25 requests a second, beside what that pace allows."""
    with providers() as running, services_over(running) as (services, _), at_work(services):
        for provider in PROVIDERS:
            services.providers.update(provider, None, {"requests_per_second": RATE})
        add(services, range(MOVIES))
        before = {provider: sum(running.counts(provider).values()) for provider in PROVIDERS}
        job, wall, cpu = timed_job(services)
        asked = {provider: sum(running.counts(provider).values()) - before[provider] for provider in PROVIDERS}
    bound = max(asked.values()) / RATE
    assert job.tally.changed == MOVIES, job
    return {
        "wall_s": wall,
        "bound_s": bound,
        "ratio": wall / bound,
        "cpu_s": cpu,
        "requests_per_movie": sum(asked.values()) / MOVIES / len(PROVIDERS),
    }


def bench_warm() -> Mapping[str, float]:
    """A daily pass over 10,000 movies of which every answer is fresh."""
    with providers() as running, services_over(running) as (services, database), at_work(services):
        _bench_remerge.fill(services, database)
        first = run_job(services)
        asked = _bench_remerge.requests_of(running)
        again = timed_job(services)
        job = again.job
        assert (str(job.state), job.tally.unchanged) == ("complete", _bench_remerge.ITEMS), job
        return {
            "items_per_s": job.total / again.wall,
            "items_per_cpu_s": job.total / again.cpu,
            "requests": _bench_remerge.requests_of(running) - asked,
            "first_changed": first.tally.changed,
        }


def bench_scale(full: bool = False) -> Mapping[str, float]:
    """Jobs over 1,000 and 10,000 movies (with --full also 100,000) whose answers are cached: rate and peak memory."""
    figures: dict[str, float] = {}
    sizes = (*SIZES, FULL_SIZE) if full else SIZES
    for size in sizes:
        # A process of its own for each: a peak never goes down again.
        command = [sys.executable, __file__, str(size)]
        run = subprocess.run(command, cwd=ROOT / "scripts", stdout=subprocess.PIPE, text=True, check=True)
        for name, value in json.loads(run.stdout.splitlines()[-1]).items():
            figures[f"{size}_{name}"] = value
    figures["memory_ratio"] = figures[f"{sizes[-1]}_peak_mb"] / figures[f"{sizes[0]}_peak_mb"]
    return figures


def scale(size: int) -> Mapping[str, float]:
    _bench_remerge.ITEMS = size
    with providers() as running, services_over(running) as (services, database), at_work(services):
        _bench_remerge.fill(services, database)
        merged = timed_job(services)
        passed = timed_job(services)
    assert (merged.job.tally.done, passed.job.tally.unchanged) == (size, size)
    return {
        "items_per_s": size / merged.wall,
        "items_per_cpu_s": size / merged.cpu,
        "warm_items_per_s": size / passed.wall,
        "warm_items_per_cpu_s": size / passed.cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def days_clock() -> Any:
    """The machine's clock from three in the morning on, which `advance` moves forward between two runs."""
    from metarr.clock import SystemClock

    class Days(SystemClock):
        def __init__(self) -> None:
            self._ahead = datetime(2026, 11, 22, 3, 5, tzinfo=UTC) - super().now()

        def now(self) -> datetime:
            return super().now() + self._ahead

        def monotonic(self) -> float:
            return super().monotonic() + self._ahead.total_seconds()

        def advance(self, span: timedelta) -> None:
            self._ahead += span

    return Days()


@contextmanager
def simulated_days(running: Providers, *configured: str) -> "Iterator[tuple[Services, Database, Any]]":
    """Metarr's services with a clock that the bench moves from day to day."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from metarr.app import build
    from metarr.providers.registry import discover
    from metarr.secrets import Vault
    from metarr.store.database import Database

    clock = days_clock()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "metarr.db")
        database.migrate(None, clock.now())
        services = build(database, Vault(Path(folder) / "metarr.key"), clock, discover())
        try:
            for provider in configured:
                running.control("set_latency", provider=provider, seconds=0)
                settings = {
                    "api_key": running.keys[provider],
                    "base_url": running.base_urls[provider],
                    "requests_per_second": 1e9,
                }
                services.providers.update(provider, True, settings)
            with at_work(services):
                yield services, database, clock
        finally:
            services.roster.close()
            database.close()


def bench_quota() -> Mapping[str, float]:
    """10,000 titles, 5 % of them unknown to OMDb, 1,000 requests a day: days to full coverage, and the weeks after."""
    from sqlalchemy import text

    covered_on, oldest, refused = 0, timedelta(), 0
    with providers() as running, simulated_days(running, "omdb") as (services, database, clock):
        services.providers.update("omdb", None, {"daily_quota": QUOTA})
        add(services, range(TITLES))
        for number in range(0, TITLES, TITLES // UNKNOWN):
            running.control("patch", provider="omdb", kind="movie", record_id=imdb(number), missing=True)
        asked = 0
        for day in range(1, DAYS + 1):
            running.control("set_quota", provider="omdb", limit=QUOTA)
            run_job(services)
            with database.read() as connection:
                known, first = connection.execute(text("SELECT count(*), min(fetched_at) FROM provider_answers")).one()
            if known == TITLES and not covered_on:
                covered_on = day
            if covered_on:
                oldest = max(oldest, clock.now() - datetime.fromtimestamp(first / 1e6, UTC))
            told = running.counts("omdb")
            asked, used = told["id"], asked
            assert asked - used <= QUOTA
            clock.advance(timedelta(days=1))
        statuses = running.counts("omdb", "statuses")
        refused = sum(number for status, number in statuses.items() if status != "200")
    return {
        "days_to_cover": covered_on,
        "oldest_answer_days": oldest / timedelta(days=1),
        "requests": asked,
        "wasted_requests": refused,
    }


def bench_week() -> Mapping[str, float]:
    """Seven daily runs over 1,000 movies of all ages, ten more each day: hit rate, and what is possible."""
    with providers() as running, simulated_days(running, *PROVIDERS) as (services, _, clock):
        services.providers.update("omdb", None, {"daily_quota": 0})
        size, share = WEEK_TITLES, WEEK_TITLES // 7 + 1
        shares = [range(start, min(start + share, size)) for start in range(0, size, share)]
        for of_day in shares:
            add(services, of_day)
            run_job(services)
            clock.advance(timedelta(days=1))
        before, looked_up, bound = _details(running), 0, 0
        for stale in shares:
            add(services, range(size, size + WEEK_NEW))
            size += WEEK_NEW
            # Every day the share of that day is stale.
            bound += (WEEK_NEW + len(stale)) * len(PROVIDERS)
            looked_up += size * len(PROVIDERS)
            run_job(services)
            clock.advance(timedelta(days=1))
        asked = _details(running) - before
    return {"hit_rate_percent": 100 * (1 - asked / looked_up), "bound_percent": 100 * (1 - bound / looked_up)}


def _details(running: Providers) -> int:
    from _bench_enrich import DETAILS

    return sum(running.counts(provider).get(DETAILS[provider], 0) for provider in PROVIDERS)


if __name__ == "__main__":
    print(json.dumps(scale(int(sys.argv[1]))))
