"""What is PostgreSQL's alone: addresses, refusals, the lock of the daemon, lost connections. The rest of the store's
tests run on it as on SQLite."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from factories import NOW, item, stored
from metarr.errors import CannotDo, DatabaseUnusable, NoSuchThing
from metarr.store import items, jobs, key_values, postgres, tables
from metarr.store.database import Database
from metarr.store.jobs import Job
from postgres import USER, Cluster

SECRET = "p@ss:w/rd"


@pytest.fixture(scope="module")
def backend() -> str:
    return "postgresql"


@pytest.fixture
def name(postgres: Cluster) -> Iterator[str]:
    """A database with Metarr's tables."""
    made = postgres.fresh()
    yield made
    postgres.drop(made)


def opened(address: str, **options: Any) -> Database:
    database = Database(address, **options)
    database.migrate(None, NOW)
    return database


def refusal(address: str, **options: Any) -> str:
    """Why a database is not taken."""
    database = Database(address, **options)
    try:
        with pytest.raises(CannotDo) as caught:
            database.migrate(None, NOW)
    finally:
        database.close()
    return str(caught.value)


# Addresses


@pytest.mark.parametrize(
    "given",
    ["postgresql+psycopg://u:p@nas:5433/metarr", "postgresql://u@nas:5433/metarr", "postgres://nas:5433/metarr"],
)
def test_every_usual_address_is_taken_and_shown_without_who_and_password(given: str) -> None:
    url = postgres.address(given)
    assert url.drivername == "postgresql+psycopg"
    assert postgres.shown(url) == "nas:5433/metarr"


def test_a_socket_is_shown_as_the_host() -> None:
    assert postgres.shown(postgres.address("postgresql:///metarr?host=/run/postgresql")) == "/run/postgresql/metarr"
    assert postgres.shown(postgres.address("postgresql://u:p@/metarr?password=q")) == "the default host/metarr"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nas/metarr",
        f"mysql://u:{SECRET}@nas/metarr",
        "sqlite:////srv/metarr.db",
        f"postgresql+asyncpg://u:{SECRET}@nas/metarr",
        f"postgresql://u:{SECRET}@nas/metarr",
        "postgresql://u:p@ss:w/rd@nas:5432/metarr",
        "postgresql://u:p@ss@nas/metarr",
        "postgresql://u:ss@w:rd@nas/metarr",
        "postgresql://u@n:p@ss@nas/metarr",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_any_of_it(given: str) -> None:
    with pytest.raises(CannotDo, match="%40 %3A %2F") as caught:
        Database(given)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for part in ("p@", "@ss", "w/rd", "w:rd", "nas"):
        assert part not in str(caught.value)


def test_a_missing_driver_is_told_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CannotDo, match=r"pip install 'metarr\[postgres\]'"):
        Database("postgresql://u:p@nas/metarr")


@pytest.mark.parametrize(
    ("version", "encoding", "fault"),
    [(12, "UTF8", "version 12; Metarr needs 13"), (17, "LATIN1", "is LATIN1"), (13, "UTF8", ""), (18, "UTF8", "")],
)
def test_a_server_too_old_and_a_narrow_encoding_are_told(version: int, encoding: str, fault: str) -> None:
    assert fault in postgres.unfit(version, encoding)
    assert bool(fault) == bool(postgres.unfit(version, encoding))


# A real server


@pytest.mark.slow
class TestRefused:
    """Each tells what is wrong, what to do, and no password."""

    def by_password(self, cluster: Cluster, password: str, name: str = "postgres", port: int = 0) -> str:
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{port or cluster.port}/{name}"

    def test_the_right_password_however_odd_is_taken(self, postgres: Cluster, name: str) -> None:
        opened(self.by_password(postgres, postgres.password, name)).close()

    def test_a_wrong_password(self, postgres: Cluster) -> None:
        told = refusal(self.by_password(postgres, SECRET))
        assert "password authentication failed" in told
        assert "look at the user and the password in --database-url" in told
        assert SECRET not in told

    def test_a_server_that_is_not_there(self, postgres: Cluster) -> None:
        told = refusal(self.by_password(postgres, SECRET, port=1))
        assert "127.0.0.1:1/postgres cannot be used" in told
        assert SECRET not in told

    def test_a_database_that_is_not_there(self, postgres: Cluster) -> None:
        told = refusal(postgres.address("nowhere"))
        assert 'database "nowhere" does not exist' in told
        assert "createdb --encoding UTF8" in told

    def test_a_user_who_is_not_there(self, postgres: Cluster) -> None:
        told = refusal(postgres.address("postgres").replace(f"//{USER}@", "//nobody@"))
        assert 'role "nobody" does not exist' in told
        assert "createuser --pwprompt" in told

    def test_an_option_that_there_is_not(self, postgres: Cluster) -> None:
        assert 'invalid connection option "pasword"' in refusal(postgres.address("postgres") + "&pasword=" + "s3cret")

    def test_another_encoding(self, postgres: Cluster) -> None:
        name = postgres.empty("TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'")
        assert "the database's encoding is LATIN1" in refusal(postgres.address(name))
        postgres.drop(name)

    def test_somebody_elses_tables(self, postgres: Cluster) -> None:
        name = postgres.empty()
        postgres.do("CREATE TABLE films (id int)", name=name)
        assert "something else than Metarr's tables" in refusal(postgres.address(name))
        postgres.drop(name)

    def test_a_newer_schema(self, postgres: Cluster, name: str) -> None:
        postgres.do("UPDATE alembic_version SET version_num = '9999'", name=name)
        told = refusal(postgres.address(name))
        assert "made by a newer Metarr (schema 9999" in told

    def test_a_user_who_may_not_make_tables(self, postgres: Cluster) -> None:
        name = postgres.empty()
        postgres.do("CREATE USER guest", "REVOKE CREATE ON SCHEMA public FROM public", name=name)
        told = refusal(postgres.address(name).replace(f"//{USER}@", "//guest@"))
        assert "permission denied for schema public" in told
        assert "ALTER DATABASE name OWNER TO user" in told
        postgres.drop(name)
        postgres.do("DROP USER guest")

    def test_a_server_that_only_reads(self, postgres: Cluster) -> None:
        name = postgres.empty()
        postgres.do(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert "read-only transaction" in refusal(postgres.address(name))
        postgres.drop(name)


@pytest.mark.slow
def test_migrating_gives_exactly_the_tables_that_the_code_knows(postgres: Cluster, name: str) -> None:
    other = postgres.empty()
    declared, migrated = create_engine(postgres.address(other)), create_engine(postgres.address(name))
    tables.metadata.create_all(declared)
    assert shape(migrated.connect()) == shape(declared.connect())
    declared.dispose()
    migrated.dispose()
    postgres.drop(other)


def shape(connection: Connection) -> dict[str, Any]:
    seen = inspect(connection)
    found = {
        table: {
            "columns": [
                (column["name"], str(column["type"]), getattr(column["type"], "collation", None), column["nullable"])
                for column in seen.get_columns(table)
            ],
            "key": seen.get_pk_constraint(table),
            "references": sorted(map(str, seen.get_foreign_keys(table))),
            "indexes": sorted(map(str, seen.get_indexes(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }
    connection.close()
    return found


@pytest.mark.slow
def test_a_migration_that_fails_leaves_the_database_as_it_was(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id int)"))
        raise RuntimeError("bad")

    name = postgres.empty()
    database = Database(postgres.address(name))
    with monkeypatch.context() as patched:
        patched.setattr("metarr.store.schema.upgrade", fail)
        with pytest.raises(RuntimeError, match="bad"):
            database.migrate(None, NOW)
    database.migrate(None, NOW)
    with database.read() as connection:
        assert "half" not in inspect(connection).get_table_names()
    database.close()
    postgres.drop(name)


@pytest.mark.slow
def test_titles_are_sorted_letter_by_letter_whatever_the_server_s_language(shared: Database) -> None:
    """As in SQLite: a cursor from a backup of the one would else skip titles in the other."""
    names = ["zorro", "a-team", "a b", "ab", "ärger", "_x", "10", "9", "é", "e f", "日本"]
    with shared.read() as connection:
        order = connection.execute(text("SELECT 'a-team' < 'a b' COLLATE \"default\"")).scalar_one()
        assert not order, "the server of the tests sorts letter by letter itself: this test would prove nothing"
        for each in names:
            items.add(connection, item(title=each))
        page = items.page(connection, limit=50)
        keys = [head.sort_key for head in page]
        assert keys == sorted(keys)
        assert len(keys) == len(names)
        second = items.page(connection, after=items.position(page[4], items.ItemOrder.TITLE), limit=50)
        assert [head.id for head in second] == [head.id for head in page[5:]]


@pytest.mark.slow
def test_a_nul_character_is_left_out_of_a_text(shared: Database) -> None:
    with shared.read() as connection:
        added = items.add(connection, item(title="He\0at", fields={"title": stored("He\0at"), "plot": stored("a\0b")}))
        assert items.find_by_words(connection, ["He\0at"])[0].item_id == added.id
        [head] = items.page(connection)
        assert head.title == "Heat"
        # Within a value, which is kept as JSON, it stands escaped.
        assert items.get_many(connection, [added.id])[added.id].fields["plot"].value == "a\0b"


@pytest.mark.slow
def test_an_id_beyond_all_numbers_is_one_that_is_not_there(database: Database) -> None:
    with pytest.raises(NoSuchThing), database.read() as connection:
        jobs.get(connection, 2**40)


@pytest.mark.slow
def test_an_error_shows_no_row(database: Database) -> None:
    with database.begin() as connection:
        jobs.add(connection, Job(created_at=NOW, request_id="a-value-of-the-owner"))
    with pytest.raises(Exception, match="duplicate key") as caught, database.begin() as connection:
        jobs.add(connection, Job(created_at=NOW, request_id="a-value-of-the-owner"))
    assert "a-value-of-the-owner" not in str(caught.value)
    assert "a-value-of-the-owner" not in str(caught.value.__cause__)


# One daemon, and its connections


@pytest.mark.slow
def test_a_database_belongs_to_one_daemon_and_others_may_read_it(
    postgres: Cluster, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metarr.store.postgres.OWN_SECONDS", 0.05)
    first = opened(postgres.address(name), alone=True)
    assert f"another Metarr uses the database {postgres.folder}" in refusal(postgres.address(name), alone=True)
    reader = Database(postgres.address(name))
    with first.begin() as connection:
        key_values.put(connection, {"a": 1})
    with reader.read() as connection:
        assert key_values.get(connection, "a") == 1
    reader.close()
    first.close()
    opened(postgres.address(name), alone=True).close()


@pytest.mark.slow
def test_whoever_lost_the_database_to_another_daemon_writes_no_more(
    postgres: Cluster, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metarr.store.postgres.OWN_SECONDS", 0.05)
    first = opened(postgres.address(name), alone=True)
    postgres.restart()
    second = opened(postgres.address(name), alone=True)
    with pytest.raises(DatabaseUnusable, match="another Metarr uses"), first.begin():
        pass
    second.close()
    with first.begin() as connection:
        key_values.put(connection, {"mine": "again"})
    first.close()


@contextmanager
def away(server: Cluster) -> Iterator[None]:
    """The server is stopped as long as the block."""
    server.stop("fast")
    try:
        yield
    finally:
        server.start()


@pytest.mark.slow
def test_after_the_server_came_back_everything_goes_on(postgres: Cluster, name: str) -> None:
    def lose(database: Database) -> None:
        with database.begin() as connection:
            key_values.put(connection, {"lost": 1})
            with away(postgres):
                key_values.put(connection, {"lost": 2})

    database = opened(postgres.address(name), alone=True)
    with pytest.raises(DatabaseUnusable, match="cannot be used"):
        lose(database)
    with away(postgres):
        for begun in (database.read, database.begin):
            with pytest.raises(DatabaseUnusable, match="cannot be used"), begun():
                pass
    with database.begin() as connection:
        assert key_values.read(connection) == {}
        key_values.put(connection, {"kept": 1})
    with database.read() as reading:
        assert key_values.read(reading) == {"kept": 1}
    database.close()


@pytest.mark.slow
def test_two_programs_writing_the_same_database_wait_for_each_other(postgres: Cluster, name: str) -> None:
    one, two = Database(postgres.address(name)), Database(postgres.address(name))
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


@pytest.mark.slow
def test_a_write_that_another_program_blocks_ends_some_time(
    postgres: Cluster, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metarr.store.postgres.BUSY_SECONDS", 0.05)
    one, two = Database(postgres.address(name)), Database(postgres.address(name))
    with one.begin(), pytest.raises(DatabaseUnusable, match="lock timeout"), two.begin():
        pass
    one.close()
    two.close()
