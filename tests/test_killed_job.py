"""A job that is killed again and again: with SIGKILL, at random moments, in a process of its own."""

import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from harness import settings_for
from metarr.app import build
from metarr.clock import SystemClock
from metarr.domain.model import Kind
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.services.intake import NewItem
from metarr.services.jobs import Order
from metarr.services.runner import MOST
from metarr.store.database import Database
from metarr.store.jobs import Scope
from simulators import Simulators
from simulators.generated import generated_movie

pytestmark = pytest.mark.slow

MOVIES, KILLS = 800, 20
PROVIDERS = ("tmdb", "omdb")
WORKER = """
import logging, sys, time
from contextlib import ExitStack
from pathlib import Path
import structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from metarr.app import build, start_background
from metarr.clock import SystemClock
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.services.jobs import ended
from metarr.store.database import Database
folder, clock = Path(sys.argv[1]), SystemClock()
services = build(Database(folder / "metarr.db"), Vault(folder / "metarr.key"), clock, discover())
with ExitStack() as running:
    start_background(services, running)
    print("up", flush=True)
    while not ended(services.jobs.get(1)):
        time.sleep(0.02)
"""


@pytest.fixture
def folder(tmp_path: Path, simulators: Simulators) -> Path:
    """A data directory with a library and a job over it that nobody has begun."""
    database = Database(tmp_path / "metarr.db")
    database.migrate(None, SystemClock().now())
    services = build(database, Vault(tmp_path / "metarr.key"), SystemClock(), discover())
    for provider in PROVIDERS:
        services.providers.update(provider, True, settings_for(simulators, provider) | {"daily_quota": 0})
    wanted = []
    for n in range(MOVIES):
        told = generated_movie(n)
        wanted.append(NewItem(Kind.MOVIE, told.title, told.year, {"imdb": str(told.imdb), "tmdb": str(told.tmdb)}))
    services.library.upsert(wanted)
    services.jobs.submit(Order(scope=Scope(), auto=True))
    services.roster.close()
    database.close()
    return tmp_path


def work(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n", process.communicate()[1]
    return process


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "metarr.db")) as connection:
        return connection.execute(query).fetchall()


def test_a_job_killed_twenty_times_loses_doubles_and_asks_nothing_twice(folder: Path, simulators: Simulators) -> None:
    dice = random.Random(20261122)
    committed: set[str] = set()
    again_for_committed: list[str] = []
    for _ in range(KILLS):
        seen = len(simulators.requests())
        process = work(folder)
        time.sleep(dice.uniform(0.02, 0.45))
        process.kill()
        process.communicate()
        asked = simulators.requests()[seen:]
        names = [each.query.get("i") or each.path.rsplit("/", 1)[-1] for each in asked]
        again_for_committed += [name for name in names if name in committed]
        done = rows(
            folder,
            "SELECT value FROM external_ids JOIN job_items USING (item_id) WHERE type IN ('tmdb', 'imdb')",
        )
        committed = {str(value) for (value,) in done}
        assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    killed_at = len(committed) // 2
    last = work(folder)
    _, trouble = last.communicate(timeout=180)
    assert last.returncode == 0, trouble
    assert 0 < killed_at < MOVIES, "the kills came too early or too late to tell anything"
    assert again_for_committed == []
    assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    assert rows(folder, "SELECT item_id, done, detail FROM job_items WHERE done <> 'changed'") == []
    assert rows(folder, "SELECT state, total, detail FROM jobs") == [("complete", MOVIES, "")]
    assert rows(folder, "SELECT count(*) FROM items WHERE last_enriched_at IS NOT NULL") == [(MOVIES,)]
    assert rows(folder, "SELECT count(*), count(DISTINCT item_id) FROM change_sets") == [(MOVIES, MOVIES)]
    assert rows(folder, "SELECT count(*), count(DISTINCT item_id) FROM job_items") == [(MOVIES, MOVIES)]
    assert rows(folder, "SELECT count(*) FROM pending_answers") == [(0,)]
    requests = Counter(each.provider for each in simulators.requests())
    extra = {provider: requests[provider] - MOVIES for provider in PROVIDERS}
    # A request whose answer was not stored yet is repeated: at most those in flight with each kill, a worker each.
    workers = {entry.id: entry.limits.workers for entry in discover().providers.values()}
    assert all(0 <= extra[provider] <= KILLS * min(MOST, workers[provider]) for provider in PROVIDERS)
