"""An edit of many items that is cut off, in a process of its own: killed again and again at random moments."""

import random
import time
from pathlib import Path

import pytest

from factories import item, stored
from metarr.app import build
from metarr.clock import SystemClock
from metarr.jobs.jobs import Order
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.store import items
from metarr.store.database import Database
from metarr.store.jobs import JobEdit, JobKind, Scope
from whole.test_killed_job import PATIENCE, rows, work

pytestmark = pytest.mark.slow

MOVIES, KILLS = 2500, 4
MARKS = "SELECT count(*) FROM job_items"


def test_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    _library(tmp_path)
    dice = random.Random(20261130)
    for _ in range(KILLS):
        process, enough = work(tmp_path), int(str(rows(tmp_path, MARKS)[0][0])) + dice.randrange(1, 400)
        deadline = time.monotonic() + PATIENCE
        while int(str(rows(tmp_path, MARKS)[0][0])) < enough and process.poll() is None:
            assert time.monotonic() < deadline, "the job does not get on"
        process.kill()
        process.communicate(timeout=PATIENCE)
        assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]
        # What is marked is done, and nothing else.
        marked = "SELECT count(*) FROM items WHERE id IN (SELECT item_id FROM job_items)"
        assert rows(tmp_path, f"{marked} AND monitored = 0") == rows(tmp_path, marked)
        assert rows(tmp_path, "SELECT count(*) FROM items WHERE monitored = 0") == rows(tmp_path, marked)
    assert 0 < int(str(rows(tmp_path, MARKS)[0][0])) < MOVIES, "the kills came too early or too late to tell anything"
    last = work(tmp_path)
    _, trouble = last.communicate(timeout=PATIENCE)
    assert last.returncode == 0, trouble
    assert rows(tmp_path, "SELECT state, total, detail FROM jobs") == [("complete", MOVIES, "")]
    assert rows(tmp_path, "SELECT count(*) FROM items WHERE monitored = 0") == [(MOVIES,)]
    assert rows(tmp_path, "SELECT count(*) FROM field_values WHERE locked = 1") == [(MOVIES,)]
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT item_id) FROM change_sets") == [(MOVIES, MOVIES)]
    assert rows(tmp_path, "SELECT sum(locked) FROM field_counts") == [(MOVIES,)]


def _library(folder: Path) -> None:
    """A data directory with a library and an edit of all of it that nobody has begun."""
    database = Database(folder / "metarr.db")
    database.migrate(None, SystemClock().now())
    with database.begin() as connection:
        for number in range(MOVIES):
            items.add(connection, item(title=f"T{number}", fields={"plot": stored("P.")}))
    services = build(database, Vault(folder / "metarr.key"), SystemClock(), discover())
    edit = JobEdit(lock=("plot",), monitored=False, most_items=MOVIES)
    # What is done fits the filter no more.
    services.jobs.submit(Order(scope=Scope(monitored=True), kind=JobKind.UPDATE, edit=edit))
    services.roster.close()
    database.close()
