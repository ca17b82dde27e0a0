"""A job that is killed again and again, with its library in PostgreSQL."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness import settings_for
from metarr.app import build
from metarr.clock import SystemClock
from metarr.domain.values import Kind
from metarr.jobs.enriching import AT_ONCE
from metarr.jobs.jobs import Order
from metarr.library.intake import NewItem
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.store.database import Database
from metarr.store.jobs import Scope
from postgres import Cluster
from simulators import Simulators
from simulators.generated import generated_movie

pytestmark = pytest.mark.slow

MOVIES, KILLS = 600, 5
PROVIDERS = ("tmdb", "omdb")
WORKER = """
import logging, sys, threading
from contextlib import ExitStack
from pathlib import Path
import structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from metarr.app import build, start_background
from metarr.clock import SystemClock
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.jobs.summary import ended
from metarr.store.database import Database
database, never = Database(sys.argv[1], alone=True), threading.Event()
database.migrate(None, SystemClock().now())
services = build(database, Vault(Path(sys.argv[2])), SystemClock(), discover())
with ExitStack() as running:
    start_background(services, running)
    print("up", flush=True)
    while not ended(services.jobs.get(1)):
        never.wait(0.02)
"""


def work(address: str, key: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, address, str(key)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n", process.communicate()[1]
    return process


def test_it_loses_doubles_and_asks_nothing_twice(postgres: Cluster, simulators: Simulators, tmp_path: Path) -> None:
    kill(tmp_path, postgres, simulators, MOVIES, KILLS)


def kill(folder: Path, postgres: Cluster, simulators: Simulators, movies: int, kills: int) -> None:
    """Kill a job over so many movies so often, at random moments, then let it end."""
    name, key, dice = postgres.fresh(), folder / "metarr.key", random.Random(20261122)
    address = postgres.address(name)

    def rows(query: str) -> list[tuple[Any, ...]]:
        return postgres.do(query, name=name)

    database = Database(address, alone=True)
    services = build(database, Vault(key), SystemClock(), discover())
    for provider in PROVIDERS:
        services.providers.update(provider, True, settings_for(simulators, provider) | {"daily_quota": 0})
    told = [generated_movie(n) for n in range(movies)]
    services.library.upsert(
        [NewItem(Kind.MOVIE, each.title, each.year, {"imdb": str(each.imdb), "tmdb": str(each.tmdb)}) for each in told]
    )
    services.jobs.submit(Order(scope=Scope(), auto=True))
    services.roster.close()
    database.close()

    committed: set[str] = set()
    again: list[str] = []
    for _ in range(kills):
        seen = len(simulators.requests())
        # The killed one's lock is gone with its connection: the next one need not wait for anybody.
        process = work(address, key)
        enough = seen + dice.randrange(60, 400)
        while len(simulators.requests()) < enough and process.poll() is None:
            time.sleep(0.002)
        process.kill()
        process.communicate()
        names = [each.query.get("i") or each.path.rsplit("/", 1)[-1] for each in simulators.requests()[seen:]]
        again += [name for name in names if name in committed]
        done = rows("SELECT value FROM external_ids JOIN job_items USING (item_id) WHERE type IN ('tmdb', 'imdb')")
        committed = {value for (value,) in done}
    assert 0 < len(committed) < 2 * movies, "the kills came too early or too late to tell anything"
    last = work(address, key)
    _, trouble = last.communicate(timeout=180)
    assert last.returncode == 0, trouble
    assert again == []
    assert rows("SELECT state, total, detail FROM jobs") == [("complete", movies, "")]
    assert rows("SELECT item_id, done, detail FROM job_items WHERE done <> 'changed'") == []
    assert rows("SELECT count(*) FROM items WHERE last_enriched_at IS NOT NULL") == [(movies,)]
    assert rows("SELECT count(*), count(DISTINCT item_id) FROM change_sets") == [(movies, movies)]
    assert rows("SELECT count(*) FROM pending_answers") == [(0,)]
    requests = Counter(each.provider for each in simulators.requests())
    # A request whose answer was not stored yet is repeated: at most those in flight with each kill.
    assert all(0 <= requests[provider] - movies <= kills * AT_ONCE for provider in PROVIDERS)
    postgres.drop(name)
