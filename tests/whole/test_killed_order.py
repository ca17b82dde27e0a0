"""A daemon killed without warning while a thousand files are put into another order: all of them are, or none."""

import subprocess
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from threading import Timer
from typing import Any

import pytest

from harness import house
from long_series import EPISODES, SEASONS, add_long_series
from metarr.clock import SystemClock
from metarr.datadir import DATABASE, make_private
from metarr.rpc.client import Client, RpcFailure
from metarr.store.database import Database
from simulators import Simulators
from whole.test_kill import daemon

pytestmark = pytest.mark.e2e


@pytest.fixture
def library(simulators: Simulators, tmp_path: Path) -> tuple[Path, int]:
    """A data directory with a long series in it."""
    folder = tmp_path / "data"
    make_private(folder)
    database = Database(folder / DATABASE)
    database.migrate(None, SystemClock().now())
    with pytest.MonkeyPatch.context() as patch, house(simulators, folder, SystemClock(), database=database) as home:
        series = add_long_series(home, patch)
    return folder, series


def test_all_or_nothing_is_changed(library: tuple[Path, int]) -> None:
    folder, series = library
    before = shown(folder, series)
    assert len(before) == SEASONS * EPISODES
    seen = set()
    for delay in (0.05, 0.4, 0.8, 1.5, 60.0):
        with daemon(folder) as (process, client):
            wanted = "aired" if order_of(folder, series) == "dvd" else "dvd"
            answered = choose(process, client, series, wanted, delay)
        now, order = shown(folder, series), order_of(folder, series)
        with closing(Database(folder / DATABASE)) as database:
            assert database.problems() == ()
        mirrored = {(s, EPISODES + 1 - number): title for (s, number), title in before.items()}
        assert now == (mirrored if order == "dvd" else before)
        assert not answered or order == wanted, "what was told is so"
        seen.add(answered)
    assert seen == {True, False}, "some were killed before it was done, and some were not"


def choose(process: "subprocess.Popen[str]", client: Client, series: int, order: str, delay: float) -> bool:
    """Whether the daemon, killed after so many seconds, lived to answer."""
    timer = Timer(delay, process.kill)
    timer.start()
    try:
        client.call("LibraryService", "SetSeriesOrder", {"itemId": str(series), "order": order})
    except RpcFailure as failure:
        if failure.code not in ("UNAVAILABLE", "CANCELLED", "UNKNOWN"):
            raise
        return False
    finally:
        timer.cancel()
    return True


def order_of(folder: Path, series: int) -> str:
    [(order,)] = rows(folder, "SELECT numbering FROM items WHERE id = ?", series)
    return order or "aired"


def shown(folder: Path, series: int) -> dict[tuple[int, int], str]:
    """By number what the library shows, as items and as numbers have it."""
    by_number = {
        (season, number): title
        for season, number, title in rows(
            folder,
            "SELECT season, number, items.shown_title FROM episode_numbers JOIN items ON items.id = item_id"
            " WHERE series_id = ? AND episode_numbers.numbering = 'library' AND deleted_at IS NULL",
            series,
        )
    }
    by_place = {
        (int(season), int(number)): title
        for season, number, title in rows(
            folder,
            "SELECT s.value, n.value, items.shown_title FROM items"
            " JOIN field_values AS s ON s.item_id = items.id AND s.field = 'season_number'"
            " JOIN field_values AS n ON n.item_id = items.id AND n.field = 'episode_number'"
            " JOIN items AS above ON above.id = items.parent_id AND above.parent_id = ?"
            " WHERE items.deleted_at IS NULL AND above.deleted_at IS NULL",
            series,
        )
    }
    assert by_number == by_place
    return by_number


def rows(folder: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(connect(folder / DATABASE)) as connection:
        return connection.execute(query, values).fetchall()
