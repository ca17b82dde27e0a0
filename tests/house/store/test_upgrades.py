"""A database of every schema that was released, with rows in every table, is brought to the newest one with nothing
lost, and a daemon works with it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, select, text

from factories import NOW
from metarr.app import Daemon
from metarr.datadir import DATABASE
from metarr.domain.item import IdClaim
from metarr.domain.values import Kind
from metarr.library.edit import Edit
from metarr.store import answers, awaited_answers, backups, changes, items, jobs, player_entries, players, schema
from metarr.store.answers import AnswerKey
from metarr.store.database import Database
from postgres import Cluster

AT = 1_790_000_000_000_000
"""A moment, in microseconds since 1970."""

Rows = dict[str, list[dict[str, Any]]]


def _item(title: str, **more: Any) -> dict[str, Any]:
    shown = {"shown_title": title, "sort_key": title.lower(), "search_key": title.lower(), "released": ""}
    life = {"monitored": True, "added_at": AT, "last_enriched_at": AT, "last_enriched_providers": '["tmdb"]'}
    merged = {"fingerprint": "f", "conflicts": "[]", "version": 3, "year": 1995}
    return {"kind": "movie", "title": title, **shown, **life, **merged, **more}


def _value(field: str, value: str, **more: Any) -> dict[str, Any]:
    said = {"source": "tmdb", "fetched_at": AT, "rule": "first_in_order", "asked_id": "tmdb:949"}
    return {"item_id": 1, "field": field, "value": value, "locked": False, "contributors": "[]", **said, **more}


FIRST: Rows = {
    "items": [_item("Heat"), _item("Heat 2", deleted_at=AT)],
    "external_ids": [
        {"item_id": 1, "type": "tmdb", "value": "949", "kind": "movie", "source": "owner", "alias": False, "live": True}
    ],
    "field_values": [_value("title", '"Heat"'), _value("plot", '"L.A."', locked=True)],
    "vetoes": [{"item_id": 1, "field": "tagline", "provider": "omdb", "value": '"No."'}],
    "provider_answers": [
        {"provider": "tmdb", "kind": "movie", "shape": "en|en|US", "asked_id": "tmdb:949", "found": True}
        | {"fetched_at": AT, "partial": False, "parser_version": 1, "misses": 0, "miss_days": 0, "soft": False}
        | {"answered_before": True, "answered_at": AT, "content": "c"}
        | {"fragment": b'{"provider":"tmdb","kind":"movie","values":{"title":"Heat"}}'}
    ],
    "provider_configs": [{"provider": "omdb", "enabled": False, "settings": "{}", "sealed": "{}"}],
    "provider_secrets": [{"provider": "tvdb", "name": "token", "sealed": "s"}],
    "provider_states": [{"provider": "fanart", "state": "{}"}],
    "field_authorities": [
        {"kind": "movie", "field": "plot", "providers": '["omdb"]', "exclusive": True, "union": False}
    ],
    "settings": [{"key": "extra_fanart", "value": "2"}],
    "jobs": [
        {"cause": "owner", "scope": "{}", "auto": False, "force": False, "providers": "[]", "state": "complete"}
        | {"created_at": AT, "finished_at": AT, "total": 1, "tally": '{"changed":1}', "waiting": "[]"}
        | {"detail": "", "sequence": 4}
    ],
    "job_items": [{"job_id": 1, "item_id": 1, "done": "changed", "told": "tmdb:asked", "detail": ""}],
    "change_sets": [
        {"item_id": 1, "at": AT, "cause": "enrich", "job_id": 1, "sync_reason": "Changed: title"}
        | {"providers": '["tmdb"]', "changes": '[{"field":"title","new":{"value":"Heat","source":"tmdb"}}]'}
    ],
    "joins": [
        {"survivor_id": 1, "joined_id": 2, "at": AT, "changes": "{}", "old_ids": "{}", "new_ids": "{}"}
        | {"ids": "{}", "change_sets": "[]", "children": "[]", "aliases": "[]"}
    ],
    "pending_answers": [
        {"item_id": 1, "provider": "omdb", "reason": "quota_exhausted", "detail": "", "attempts": 2}
        | {"not_before": AT, "since": AT}
    ],
}
SECOND: Rows = {
    "players": [
        {"id": "kodi", "name": "Living room", "host": "kodi", "host_version": "21", "adapter_version": "1"}
        | {"instance": "i", "session": 1, "policy": "replace", "overwrite_edits": False}
        | {"takes": '{"movie":["title"]}', "cannot_take": "{}", "added_at": AT, "seen_at": AT, "reported_at": AT}
    ],
    "player_items": [
        {"player_id": "kodi", "host_key": "/heat.mkv", "host_id": "7", "kind": "movie", "item_id": 1}
        | {"ids": "{}", "report_id": "r", "sequence": 5, "acked": 4, "acked_change": 0, "held": "{}"}
        | {"troubled": False, "edited": False}
    ],
}
RELEASED: dict[str, Rows] = {"0001": FIRST, "0002": FIRST | SECOND, "0003": FIRST | SECOND}
"""By schema, rows of it: at least one for each of its tables."""


@pytest.fixture
def address(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """Where an empty database is."""
    if backend == "sqlite":
        yield tmp_path / DATABASE
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.empty()
    yield cluster.address(name)
    cluster.drop(name)


@pytest.fixture
def made(address: Path | str) -> Callable[[str], Database]:
    """Makes the database of a schema, with its rows."""

    def make(revision: str) -> Database:
        database = Database(address)
        with database.begin() as connection:
            config = schema._config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            known = _tables(connection)
            for table in known.sorted_tables:
                for row in RELEASED[revision].get(table.name, []):
                    connection.execute(table.insert(), row)
            if revision != "0001":
                connection.execute(text("UPDATE sync_state SET last_sequence = 5"))
        return database

    return make


def _tables(connection: Connection) -> MetaData:
    known = MetaData()
    known.reflect(connection)
    return known


def rows(database: Database) -> Rows:
    with database.read() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in _tables(connection).sorted_tables
            if table.name != "alembic_version"
        }


def within(old: Rows, new: Rows) -> Rows:
    """The new rows with the old tables and columns alone."""
    return {name: [{key: row[key] for key in of[0]} for row in new[name]] for name, of in old.items() if of}


def test_every_released_schema_is_among_these_but_the_newest() -> None:
    assert sorted([*RELEASED, schema.head()]) == sorted(
        script.revision for script in schema.ScriptDirectory.from_config(schema._config()).walk_revisions()
    )


@pytest.mark.slow
@pytest.mark.parametrize("revision", RELEASED)
def test_an_upgrade_loses_nothing(made: Callable[[str], Database], revision: str, tmp_path: Path) -> None:
    with closing(made(revision)) as database:
        before = rows(database)
        assert all(before.values()), "every table has rows"
        database.migrate(tmp_path / "backups", NOW)
        assert within(before, rows(database)) == before
        with database.read() as connection:
            assert schema.revision(connection) == schema.head()
        assert database.problems() == ()
        assert bool(backups.listed(tmp_path / "backups")) == (database.path is not None)


@pytest.mark.slow
@pytest.mark.parametrize("revision", RELEASED)
def test_a_daemon_brings_the_database_to_its_schema_and_works_with_all_that_is_in_it(
    made: Callable[[str], Database], address: Path | str, revision: str, tmp_path: Path
) -> None:
    made(revision).close()
    daemon = Daemon(tmp_path, database_url="" if isinstance(address, Path) else address)
    daemon.start()
    try:
        with closing(Database(address)) as database, database.read() as connection:
            heat = items.get(connection, 1)
            assert heat is not None
            assert (heat.ids, heat.deleted_at) == ({"tmdb": IdClaim(value="949")}, None)
            assert {name: (value.value, value.locked) for name, value in heat.fields.items()} == {
                "title": ("Heat", False),
                "plot": ("L.A.", True),
            }
            assert [veto.value for veto in heat.vetoes] == ["No."]
            assert awaited_answers.of_items(connection, [1])[1]["omdb"].attempts == 2
            assert jobs.page(connection)[0].tally.changed == 1
            key = AnswerKey(provider="tmdb", kind=Kind.MOVIE, asked_id="tmdb:949", shape="en|en|US")
            answer = answers.read(connection, [key])[key].fragment
            assert answer is not None
            assert answer.values == {"title": "Heat"}
            (change_set,) = changes.page(connection)
            told = [entry.host_key for entry in player_entries.pending(connection, "kodi", 0, 10)]
            assert told == ([] if revision == "0001" else ["/heat.mkv"])
            assert players.last_sequence(connection) == (0 if revision == "0001" else 5)
        services = daemon.services
        assert services.config.read().settings.extra_fanart == 2
        assert services.authorities.read().authority.rule(Kind.MOVIE, "plot").providers == ("omdb",)
        assert [change.field for change in change_set.changes] == ["title"]
        assert services.history.undo(change_set.id).item.fields.keys() == {"plot"}
        edited = services.editor.edit(1, Edit(fields={"tagline": "A Los Angeles crime saga"})).item
        assert edited.fields["tagline"].value == "A Los Angeles crime saga"
        assert services.splitter.split(1, 2).split_item.title == "Heat 2"
    finally:
        daemon.stop()
