"""What a job costs: time, CPU, statements, commits and bytes for each title, beside a plain client of the providers."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import _bench_enrich
import _bench_remerge
from _bench_enrich import PROVIDERS, Providers, providers, services_over
from _bench_jobs import add, at_work, timed_job

if TYPE_CHECKING:
    from metarr.store.database import Database

MOVIES, CACHED = 1000, 2000
LATENCIES = (0.05, 0.2)


def bench_cost() -> Mapping[str, float]:
    figures: dict[str, float] = {}
    for latency in LATENCIES:
        with providers() as running:
            for provider in PROVIDERS:
                running.control("set_latency", provider=provider, seconds=latency)
            of_one = dict(_cold(running))
        figures |= {f"cold_{latency * 1000:.0f}ms_{name}": value for name, value in of_one.items()}
    return figures | dict(_cached())


class _Counted:
    """What was asked of the database, and what was written to files, since this was made."""

    def __init__(self) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        self.statements = self.commits = 0
        self._written = _bytes_written()
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)

    def _statement(self, *_: object) -> None:
        self.statements += 1

    def _commit(self, *_: object) -> None:
        self.commits += 1

    @property
    def written(self) -> int:
        return _bytes_written() - self._written

    def end(self) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.remove(Engine, "before_cursor_execute", self._statement)
        event.remove(Engine, "commit", self._commit)


@contextmanager
def _counted() -> Iterator[_Counted]:
    counted = _Counted()
    try:
        yield counted
    finally:
        counted.end()


def _bytes_written() -> int:
    """What this process has handed to files so far; sockets are not among them."""
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["wchar"])


def _cold(running: Providers) -> Iterator[tuple[str, float]]:
    with services_over(running) as (services, database), at_work(services):
        add(services, range(MOVIES))
        kept = bytes_kept(database)
        with _counted() as counted:
            job, wall, cpu = timed_job(services)
            written = counted.written
        kept = bytes_kept(database) - kept
    assert job.tally.changed == MOVIES, job
    _bench_enrich.MOVIES = MOVIES
    begun = time.process_time()
    plain_wall = _bench_enrich.plain(running)
    plain_cpu = time.process_time() - begun
    yield "items_per_s", MOVIES / wall
    yield "plain_items_per_s", MOVIES / plain_wall
    yield "ratio", plain_wall / wall
    yield "cpu_ms_an_item", cpu / MOVIES * 1000
    yield "plain_cpu_ms_an_item", plain_cpu / MOVIES * 1000
    yield "cpu_ratio", cpu / plain_cpu
    yield "statements_an_item", counted.statements / MOVIES
    yield "commits_an_item", counted.commits / MOVIES
    yield "written_kb_an_item", written / MOVIES / 1024
    yield "kept_kb_an_item", kept / MOVIES / 1024
    yield "written_to_kept", written / kept


def _cached() -> Iterator[tuple[str, float]]:
    """The first job over titles whose answers are cached, beside a re-merge of all their fields."""
    from metarr.store import items

    _bench_remerge.ITEMS = CACHED
    with providers() as running, services_over(running) as (services, database), at_work(services):
        _bench_remerge.fill(services, database)
        with _counted() as counted:
            first = timed_job(services)
        with database.begin() as connection:
            items.put_fingerprints(connection, dict.fromkeys(range(1, CACHED + 1), "of rules that nobody knows"))
        begun = time.process_time()
        for _ in services.remerger.apply():
            pass
        merged = time.process_time() - begun
    # Those whose answers the others got copies of were enriched before.
    new = first.job.tally.changed
    yield "cached_cpu_ms_an_item", first.cpu / new * 1000
    yield "cached_statements_an_item", counted.statements / new
    yield "cached_commits_an_item", counted.commits / new
    yield "cached_cpu_to_remerge", (first.cpu / new) / (merged / CACHED)


def bytes_kept(database: "Database") -> int:
    with database.read() as connection:
        pages, size, free = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("page_count", "page_size", "freelist_count")
        )
    return int((pages - free) * size)
