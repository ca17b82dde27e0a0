import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from factories import NOW, item
from metarr.bell import News
from metarr.errors import CannotDo
from metarr.store import items, key_values
from metarr.store.database import Database, news


@pytest.fixture
def file() -> Iterator[Database]:
    database = Database.in_memory()
    yield database
    database.close()


def test_a_transaction_commits_as_a_whole_or_not_at_all(database: Database) -> None:
    def fail_halfway() -> None:
        with database.begin() as connection:
            key_values.put(connection, {"a": 1})
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway()
    with database.begin() as connection:
        assert key_values.read(connection) == {}
        key_values.put(connection, {"a": 2})
    with database.read() as connection:
        assert key_values.read(connection) == {"a": 2}


def test_a_reader_keeps_its_view_while_another_thread_writes(database: Database) -> None:
    def write() -> None:
        with database.begin() as connection:
            key_values.put(connection, {"a": 2})

    with database.begin() as connection:
        key_values.put(connection, {"a": 1})
    with database.read() as reading:
        assert key_values.get(reading, "a") == 1
        in_thread(write)
        assert key_values.get(reading, "a") == 1
    with database.read() as reading:
        assert key_values.get(reading, "a") == 2


def test_what_a_read_transaction_writes_does_not_stay(database: Database) -> None:
    with database.read() as connection:
        key_values.put(connection, {"a": 1})
    with database.read() as connection:
        assert key_values.read(connection) == {}


def test_writers_of_many_threads_take_turns_and_lose_nothing(database: Database) -> None:
    rounds, together = 25, threading.Barrier(4)

    def count() -> None:
        together.wait()
        for _ in range(rounds):
            with database.begin() as connection:
                key_values.put(connection, {"count": key_values.get(connection, "count", 0) + 1})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert key_values.get(connection, "count") == 4 * rounds


def test_two_programs_writing_the_same_file_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "metarr.db"
    one, two = Database(path), Database(path)
    one.migrate(None, NOW)
    inside, done = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait()
        with two.begin() as connection:
            key_values.put(connection, {"seen": key_values.get(connection, "a")})
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    with one.begin() as connection:
        inside.set()
        key_values.put(connection, {"a": 1})
        assert not done.is_set()
    thread.join()
    with one.read() as connection:
        assert key_values.get(connection, "seen") == 1
    one.close()
    two.close()


def test_a_write_within_a_write_is_refused_at_once(database: Database) -> None:
    with database.begin(), pytest.raises(RuntimeError, match="open in this thread"), database.begin():
        pass
    with database.begin() as connection:
        key_values.put(connection, {"still": "works"})


def test_every_connection_to_a_file_checks_references_and_writes_ahead(file: Database) -> None:
    with file.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }
    assert pragmas == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 1, "busy_timeout": 30000}


def test_a_healthy_database_has_no_problems(database: Database) -> None:
    with database.begin() as connection:
        items.add(connection, item(title="Heat"))
    assert database.problems() == ()


def test_broken_references_are_told(tmp_path: Path) -> None:
    path = tmp_path / "metarr.db"
    database = Database(path)
    database.migrate(None, NOW)
    with closing(sqlite3.connect(path)) as outside:
        outside.execute("INSERT INTO vetoes (item_id, field, provider, value) VALUES (7, 'plot', 'tmdb', '1')")
        outside.commit()
    assert database.problems() == ("row 1 of vetoes names a missing row of items",)
    database.close()


def test_an_in_memory_database_leaves_nothing_behind() -> None:
    database = Database.in_memory()
    assert database.path is not None
    folder = database.path.parent
    assert folder.exists()
    database.close()
    del database
    assert not folder.exists()


def test_a_file_that_is_no_database_is_refused_by_name_of_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "metarr.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CannotDo, match="restore a backup"):
        Database(path).migrate(None, NOW)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="cannot be used"):
        Database(tmp_path / "nowhere" / "metarr.db").migrate(None, NOW)


def test_an_error_of_the_database_never_shows_the_values(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, database.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:v)"), {"v": "a-secret-value"})
    assert "a-secret-value" not in str(caught.value)


def in_thread(work: object) -> None:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    thread.join()


class TestBell:
    @pytest.fixture
    def heard(self, database: Database) -> threading.Event:
        heard = threading.Event()
        database.bell.listen(News.JOBS, heard)
        return heard

    def test_it_rings_after_the_commit(self, database: Database, heard: threading.Event) -> None:
        with database.begin() as connection:
            news(connection, News.JOBS)
            assert not heard.is_set()
        assert heard.is_set()

    def test_it_rings_for_what_was_changed_alone(self, database: Database, heard: threading.Event) -> None:
        with database.begin() as connection:
            news(connection, News.PENDING)
        with database.begin():
            pass
        assert not heard.is_set()

    def test_what_was_rolled_back_is_no_news_then_or_later(self, database: Database, heard: threading.Event) -> None:
        def fail() -> None:
            with database.begin() as connection:
                news(connection, News.JOBS)
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        with database.begin():
            pass
        assert not heard.is_set()


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
def test_what_is_durable_is_synced_in_full_by_a_connection_that_was_so_before(durable: bool, synchronous: int) -> None:
    with closing(Database.in_memory()) as database:
        for _ in range(2):
            with database.begin_durably() if durable else database.begin() as connection:
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == synchronous
                key_values.put(connection, {"a": durable})
        with database.read() as connection:
            assert key_values.get(connection, "a") is durable
