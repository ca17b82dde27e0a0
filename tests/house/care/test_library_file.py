"""The file of the library: gone, damaged, begun anew; a look at it once a day."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from factories import NOW, item
from fakes import FakeClock
from harness import live, put_blank
from metarr.asking.config import ConfigReader
from metarr.care.library_file import LARGE, LEAST_FREE, TOLD_FOR, LibraryFile, note_begun_anew
from metarr.datadir import DATABASE
from metarr.domain.notice import NoticeCode
from metarr.errors import DatabaseUnusable
from metarr.jobs.runner import Work
from metarr.store import items, key_values, notices
from metarr.store.backups import settle
from metarr.store.database import Database

HOUR = 3600


class AtOnce:
    """A runner that does everything at once."""

    def __init__(self) -> None:
        self.done = 0

    def do(self, work: Work) -> None:
        self.do_at(NOW, work)

    def do_at(self, moment: datetime, work: Work) -> None:
        self.done += 1
        work()

    def under_way(self) -> int:
        return 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    put_blank(tmp_path / DATABASE)
    return tmp_path / DATABASE


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    made = Database(path)
    with made.begin() as connection:
        key_values.put(connection, {"daily_zone": "UTC"})
        for number in range(40):
            items.add(connection, item(title=f"Movie {number}"))
    yield made
    made.close()


def looked_after(database: Database, clock: FakeClock) -> tuple[LibraryFile, AtOnce]:
    runner = AtOnce()
    return LibraryFile(database, clock, ConfigReader(database), runner), runner


def codes(file: LibraryFile) -> list[NoticeCode]:
    return [each.code for each in file.notices()]


def pass_hours(file: LibraryFile, clock: FakeClock, hours: int) -> None:
    for _ in range(hours * 2):
        clock.advance(HOUR / 2)
        file.look()


def test_it_is_looked_at_once_a_day_in_the_hour_of_the_daily_run(database: Database, clock: FakeClock) -> None:
    file, runner = looked_after(database, clock)
    pass_hours(file, clock, 14)
    assert (clock.now().hour, runner.done) == (2, 0)
    pass_hours(file, clock, 2)
    assert runner.done == 1
    pass_hours(file, clock, 22)
    assert runner.done == 1
    pass_hours(file, clock, 2)
    assert runner.done == 2
    assert codes(file) == []


def test_a_large_one_once_a_week(database: Database, path: Path, clock: FakeClock) -> None:
    with path.open("r+b") as large:
        large.truncate(LARGE)
    file, runner = looked_after(database, clock)
    pass_hours(file, clock, 16)
    assert runner.done == 1
    pass_hours(file, clock, 6 * 24)
    assert runner.done == 1
    pass_hours(file, clock, 24)
    assert runner.done == 2


def test_a_machine_that_is_off_at_that_hour_has_it_made_up_for(database: Database, clock: FakeClock) -> None:
    _, runner = looked_after(database, clock)
    for _ in range(4):
        file, runner = looked_after(database, clock)
        clock.advance(24 * HOUR)
        file.look()
    assert runner.done == 0
    with database.begin() as connection:
        key_values.put(connection, {"integrity": {"at": (clock.now() - timedelta(days=3)).isoformat(), "problem": ""}})
    file, runner = looked_after(database, clock)
    file.look()
    assert runner.done == 1


def test_a_damaged_one_is_a_notice_until_it_is_whole_again_also_after_a_restart(
    database: Database, path: Path, clock: FakeClock
) -> None:
    database.close()
    settle(path)
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_items_kind_sort_key'").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\x0a" + bytes(4095))
    looked, _ = looked_after(database, clock)
    assert codes(looked) == []
    looked.check()
    [told] = looked.notices()
    assert (told.code, told.since) == (NoticeCode.LIBRARY_DAMAGED, clock.now())
    again, _ = looked_after(database, clock)
    assert codes(again) == [NoticeCode.LIBRARY_DAMAGED]
    database.close()
    path.write_bytes(whole)
    again.check()
    assert codes(again) == []


def test_what_cannot_be_noted_is_told_all_the_same(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = looked_after(database, clock)

    def unusable() -> None:
        raise DatabaseUnusable("the database cannot be used: disk I/O error")

    monkeypatch.setattr(database, "problems", unusable)
    monkeypatch.setattr(database, "begin", unusable)
    file.check()
    assert codes(file) == [NoticeCode.LIBRARY_DAMAGED]


def fill(database: Database) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(2000):
            items.add(connection, item(title=f"More {number}"))


def test_a_disk_that_is_nearly_full_is_a_notice(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = looked_after(database, clock)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=LEAST_FREE - 1))
    assert codes(file) == [NoticeCode.DISK_FULL]


def test_a_library_that_can_take_no_more_is_a_notice_until_something_could_be_written(
    database: Database, clock: FakeClock
) -> None:
    file, _ = looked_after(database, clock)
    with pytest.raises(DatabaseUnusable, match="full"):
        fill(database)
    assert codes(file) == [NoticeCode.DISK_FULL]
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        items.add(connection, item(title="Again"))
    assert codes(file) == []


def test_one_that_is_deleted_or_replaced_under_a_running_daemon_is_a_notice_and_none_is_made_in_its_place(
    database: Database, path: Path, clock: FakeClock
) -> None:
    file, _ = looked_after(database, clock)
    assert codes(file) == []
    aside = path.rename(path.with_name("aside"))
    assert codes(file) == [NoticeCode.LIBRARY_GONE]
    database.close()
    with pytest.raises(DatabaseUnusable), database.read():
        pass
    assert not path.exists()
    put_blank(path)
    assert codes(file) == [NoticeCode.LIBRARY_GONE]
    aside.rename(path)
    assert codes(file) == []


def test_that_a_library_was_begun_anew_is_told_for_a_month(database: Database, clock: FakeClock) -> None:
    note_begun_anew(database, clock.now())
    file, _ = looked_after(database, clock)
    for over in (timedelta(), timedelta(seconds=1)):
        clock.advance((TOLD_FOR / 2 + over).total_seconds())
        file.check()
        with database.read() as connection:
            there = [each.code for each in notices.everything(connection)]
        assert there == ([NoticeCode.LIBRARY_BEGUN_ANEW] if not over else [])


def test_a_daemon_whose_library_is_gone_while_its_key_is_there_says_so(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with live(data_dir) as daemon:
        daemon.daemon.services.roster  # noqa: B018 (its channels are named by the key)
        codes = {each["code"] for each in daemon.call("Health", "ListNotices")["notices"]}
        assert "library_begun_anew" not in codes
    assert (data_dir / "metarr.key").exists()
    for file in data_dir.glob(f"{DATABASE}*"):
        file.unlink()
    from metarr.app import Daemon

    daemon = Daemon(data_dir)
    daemon.start()
    try:
        assert [each.code for each in daemon.services.board.look()] == [
            NoticeCode.LIBRARY_BEGUN_ANEW,
            NoticeCode.NO_PROVIDER,
        ]
    finally:
        daemon.stop()
