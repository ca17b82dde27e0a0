"""What a small machine pays: to start, to be asked from the command line, and for each title."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from _bench_cost import bytes_kept
from _bench_enrich import imdb, providers, services_over, tmdb

ENRICHED, LISTED, CALLS = 200, 10_000, 50
TICKS = os.sysconf("SC_CLK_TCK")


def bench_small() -> Mapping[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        with _daemon(Path(folder)):
            pass  # the first start makes the database
        figures = dict(_of_a_daemon(Path(folder)))
    return {**figures, **dict(_of_titles())}


def _of_a_daemon(folder: Path) -> Iterator[tuple[str, float]]:
    with _daemon(folder) as (pid, address):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        yield "start_cpu_s", (int(fields[11]) + int(fields[12])) / TICKS
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        yield "idle_mb", resident * os.sysconf("SC_PAGE_SIZE") / 2**20
        command = [sys.executable, "-m", "metarr.cli", "health", "--server", address]
        before = os.times()
        for _ in range(5):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        yield "cli_health_cpu_s", spent / 5


@contextmanager
def _daemon(folder: Path) -> Iterator[tuple[int, str]]:
    """A daemon that is ready: its process, and where it listens for gRPC."""
    command = [sys.executable, "-m", "metarr.cli", "serve", "--data-dir", str(folder / "data")]
    command += ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-level", "error"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().partition("gRPC on ")[2].partition(",")[0]
            yield process.pid, address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _of_titles() -> Iterator[tuple[str, float]]:
    """A cold enrichment of each: CPU, and what it leaves in the database. Then many more: CPU of a list and an item."""
    from metarr.clock import SystemClock
    from metarr.domain.values import Kind
    from metarr.library.intake import NewItem
    from metarr.library.items import PageWish
    from metarr.library.wish import Wish
    from metarr.rpc.convert import item_message
    from metarr.store.items import ItemFilter

    with providers() as running, services_over(running) as (services, database):

        def add(numbers: range) -> list[int]:
            new = [NewItem(Kind.MOVIE, f"Movie {n}", 0, {"imdb": imdb(n), "tmdb": tmdb(n)}) for n in numbers]
            return [each.item.id for each in services.library.upsert(new)]

        clock = SystemClock()
        before = bytes_kept(database)
        enriched = add(range(ENRICHED))
        begun = time.process_time()
        for item_id in enriched:
            services.enricher.enrich(item_id, Wish(deadline=clock.monotonic() + 60))
        yield "enrich_cpu_ms", (time.process_time() - begun) / ENRICHED * 1000
        yield "database_kb_an_item", (bytes_kept(database) - before) / ENRICHED / 1024
        for start in range(ENRICHED, LISTED, 500):
            add(range(start, min(start + 500, LISTED)))
        yield "list_200_cpu_ms", _cpu_ms(lambda: services.library.page(ItemFilter(), PageWish(limit=200)))
        yield "item_cpu_ms", _cpu_ms(lambda: item_message(services.library.show(enriched[0], why=False).item))


def _cpu_ms(call: Callable[[], object]) -> float:
    call()
    begun = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - begun) / CALLS * 1000
