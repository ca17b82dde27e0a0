"""A job that is cut off, in a process of its own: killed again and again at random moments, and stopped in between."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from harness import settings_for
from kills import killing
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
from simulators import Simulators
from simulators.generated import generated_movie

pytestmark = pytest.mark.slow

MOVIES, KILLS = 600, 6
STOPPED_MOVIES, STOPS = 300, 3
PROVIDERS = ("tmdb", "omdb")
PATIENCE = 180.0
"""Real seconds until a test gives up on a process."""
WORKER = """
import logging, signal, sys, time
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
stopping = []
signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
folder, clock = Path(sys.argv[1]), SystemClock()
services = build(Database(folder / "metarr.db"), Vault(folder / "metarr.key"), clock, discover())
with ExitStack() as running:
    start_background(services, running)
    print("up", flush=True)
    while not ended(services.jobs.get(1)) and not stopping:
        time.sleep(0.02)
"""


KILLED = """
import os
from metarr.store import jobs
mark, batches = jobs.mark, []
def killed(connection, job_id, new):
    mark(connection, job_id, new)
    batches.append(len(new))
    if sum(batches) > 40:
        os.kill(os.getpid(), 9)
jobs.mark = killed
"""
"""Ends the worker in the middle of a batch: everything of it is written, and nothing is committed."""


def library(folder: Path, simulators: Simulators, numbers: range, nameless: range = range(0)) -> None:
    """A data directory with a library and a job over it that nobody has begun."""
    database = Database(folder / "metarr.db")
    database.migrate(None, SystemClock().now())
    services = build(database, Vault(folder / "metarr.key"), SystemClock(), discover())
    for provider in PROVIDERS:
        services.providers.update(provider, True, settings_for(simulators, provider) | {"daily_quota": 0})
    wanted = []
    for n in numbers:
        told = generated_movie(n)
        ids = {"imdb": str(told.imdb), "tmdb": str(told.tmdb)}
        if n in nameless:
            del ids["imdb"]
            simulators.patch("tmdb", "movie", told.tmdb, imdb_id=None, external_ids={"imdb_id": None})
        wanted.append(NewItem(Kind.MOVIE, told.title, told.year, ids))
    for start in range(0, len(wanted), 500):
        services.library.upsert(wanted[start : start + 500])
    services.jobs.submit(Order(scope=Scope(), auto=True))
    services.roster.close()
    database.close()


def work(folder: Path, before: str = "") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", before + WORKER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n", process.communicate()[1]
    return process


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "metarr.db")) as connection:
        return connection.execute(query).fetchall()


def asked_about(simulators: Simulators, seen: int = 0) -> list[str]:
    """The ids of the requests from then on, in their order."""
    return [each.query.get("i") or each.path.rsplit("/", 1)[-1] for each in simulators.requests()[seen:]]


def test_a_job_killed_again_and_again_loses_doubles_and_asks_nothing_twice(
    tmp_path: Path, simulators: Simulators
) -> None:
    kill(tmp_path, simulators, MOVIES, KILLS)


def kill(folder: Path, simulators: Simulators, movies: int, kills: int) -> None:
    """Kill a job over so many movies so often, at random moments, then let it end."""
    # Movies whose IMDb id nobody tells, so that OMDb is awaited in the end.
    nameless = range(0, movies, 40)
    library(folder, simulators, range(movies), nameless)
    dice = random.Random(20261122)
    stored: set[str] = set()
    again_for_stored: list[str] = []
    for _ in range(kills):
        seen = len(simulators.requests())
        process, enough = work(folder), seen + dice.randrange(2, 300)
        with killing(simulators, process, lambda enough=enough: len(simulators.requests()) >= enough):
            process.communicate(timeout=PATIENCE)
        again_for_stored += [name for name in asked_about(simulators, seen) if name in stored]
        answers = rows(folder, "SELECT asked_id FROM provider_answers")
        stored = {str(asked_id).rpartition(":")[2] for (asked_id,) in answers}
        assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    [(killed_at,)] = rows(folder, "SELECT count(*) FROM job_items")
    seen = len(simulators.requests())
    last = work(folder)
    _, trouble = last.communicate(timeout=PATIENCE)
    assert last.returncode == 0, trouble
    again_for_stored += [name for name in asked_about(simulators, seen) if name in stored]
    assert 0 < int(str(killed_at)) < movies, "the kills came too early or too late to tell anything"
    assert stored
    assert again_for_stored == []
    assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    assert rows(folder, "SELECT item_id, done, detail FROM job_items WHERE done <> 'changed'") == []
    assert rows(folder, "SELECT state, total, detail FROM jobs") == [("complete", movies, "")]
    assert rows(folder, "SELECT count(*) FROM items WHERE last_enriched_at IS NOT NULL") == [(movies,)]
    twice = "SELECT item_id, group_concat(changes) FROM change_sets GROUP BY item_id HAVING count(*) > 1"
    assert rows(folder, twice) == [], "changed twice"
    assert rows(folder, "SELECT count(*), count(DISTINCT item_id) FROM change_sets") == [(movies, movies)]
    assert rows(folder, "SELECT count(*), count(DISTINCT item_id) FROM job_items") == [(movies, movies)]
    waits = rows(folder, "SELECT title, provider, reason FROM pending_answers JOIN items ON id = item_id ORDER BY id")
    assert waits == [(generated_movie(n).title, "omdb", "no_id") for n in nameless]
    requests = Counter(each.provider for each in simulators.requests())
    extra = {"tmdb": requests["tmdb"] - movies, "omdb": requests["omdb"] - (movies - len(nameless))}
    # Only what was not stored is asked again: at most the items that were worked on at each kill.
    assert all(0 <= extra[provider] <= kills * AT_ONCE for provider in PROVIDERS)


def test_a_kill_in_a_batch_loses_that_batch_and_nothing_that_was_told(tmp_path: Path, simulators: Simulators) -> None:
    movies = 120
    library(tmp_path, simulators, range(movies))
    process = work(tmp_path, KILLED)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    [(told,)] = rows(tmp_path, "SELECT count(*) FROM job_items")
    enriched = "SELECT count(*) FROM items WHERE last_enriched_at IS NOT NULL"
    assert rows(tmp_path, enriched) == rows(tmp_path, "SELECT count(*) FROM change_sets") == [(told,)]
    assert 0 <= int(str(told)) <= 40
    stored = {
        str(asked_id).rpartition(":")[2] for (asked_id,) in rows(tmp_path, "SELECT asked_id FROM provider_answers")
    }
    seen = len(simulators.requests())
    last = work(tmp_path)
    _, trouble = last.communicate(timeout=PATIENCE)
    assert (last.returncode, trouble) == (0, "")
    assert not stored.intersection(asked_about(simulators, seen))
    assert rows(tmp_path, "SELECT state, total, detail FROM jobs") == [("complete", movies, "")]
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT item_id) FROM change_sets") == [(movies, movies)]
    assert rows(tmp_path, "SELECT count(*) FROM job_items WHERE done = 'changed'") == [(movies,)]


def test_a_job_that_is_stopped_and_started_asks_nothing_twice(tmp_path: Path, simulators: Simulators) -> None:
    library(tmp_path, simulators, range(STOPPED_MOVIES))
    for provider in PROVIDERS:
        simulators.set_latency(provider, 0.05)
    marks = "SELECT count(*) FROM job_items"
    for stop in range(1, STOPS + 1):
        process = work(tmp_path)
        deadline = time.monotonic() + PATIENCE
        while int(str(rows(tmp_path, marks)[0][0])) < stop * STOPPED_MOVIES // (STOPS + 1):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline, "the job does not get on"
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        _, trouble = process.communicate(timeout=PATIENCE)
        assert (process.returncode, trouble) == (0, "")
        assert rows(tmp_path, "SELECT state FROM jobs") == [("running",)]
    last = work(tmp_path)
    _, trouble = last.communicate(timeout=PATIENCE)
    assert (last.returncode, trouble) == (0, "")
    assert [name for name, times in Counter(asked_about(simulators)).items() if times > 1] == []
    assert len(asked_about(simulators)) == 2 * STOPPED_MOVIES
    assert rows(tmp_path, "SELECT state, total, detail FROM jobs") == [("complete", STOPPED_MOVIES, "")]
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT item_id) FROM change_sets") == [(STOPPED_MOVIES,) * 2]
