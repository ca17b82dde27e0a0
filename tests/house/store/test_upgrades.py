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
from metarr.store import (
    answers,
    awaited_answers,
    backups,
    changes,
    items,
    jobs,
    player_entries,
    players,
    schema,
    tables,
)
from metarr.store.answers import AnswerKey
from metarr.store.database import Database
from metarr.store.items import field_counts
from metarr.store.items.words import sort_key
from postgres import Cluster

pytestmark = pytest.mark.slow

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


CONFLICTS = (
    '[{"id_type":"imdb","value":"tt2","claimed_by":"omdb","held":"item 2"},'
    '{"id_type":"tvdb","value":"8","claimed_by":"tmdb","held":"9"},'
    '{"id_type":"title","value":"Heat (1986)","claimed_by":"tvdb","held":"item 47"}]'
)
CHANGES = (
    '[{"field":"title","new":{"value":"Heat","source":"tmdb","asked_id":"tmdb:949"}},'
    '{"field":"genres","old":{"value":["é"],"source":"tmdb","fetched_at":"2026-01-02T03:04:05Z","asked_id":"tmdb:949"},'
    '"new":{"value":["é","b"],"source":"omdb+tmdb","rule":"union","asked_id":"imdb:tt0113277+tmdb:949"}}]'
)
JOINED = '{"plot":["{}","{\\"value\\":\\"L.A.\\",\\"source\\":\\"tmdb\\",\\"asked_id\\":\\"tmdb:949\\"}"]}'
FIRST: Rows = {
    "items": [_item("Heat", conflicts=CONFLICTS), _item("Heat 2", deleted_at=AT)],
    "external_ids": [
        {"item_id": 1, "type": "tmdb", "value": "949", "kind": "movie", "source": "owner", "alias": False, "live": True}
    ],
    "field_values": [
        _value("title", '"Heat"'),
        _value("plot", '"L.A."', locked=True),
        _value("genres", '["Crime","Drama"]', source="omdb+tmdb", asked_id="imdb:tt0113277+tmdb:949")
        | {"rule": "union", "contributors": '[["omdb","tmdb"],["tmdb"]]'},
        _value("tags", '["heist"]', source="omdb+tmdb", asked_id="+tmdb:949", rule="union"),
        _value("runtime_minutes", "170", source="owner", asked_id="", rule="owner"),
        _value("status", '"Released"', source="shelf", asked_id='shelf:a "new" \\ é'),
        _value("tagline", None, source="", asked_id="", locked=True),
    ],
    "vetoes": [
        {"item_id": 1, "field": "tagline", "provider": "omdb", "value": '"No."'},
        {"item_id": 1, "field": "tags", "provider": "omdb+tmdb", "value": '["no"]'},
    ],
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
    "job_items": [
        {"job_id": 1, "item_id": 1, "done": "changed", "told": "omdb:quota_exhausted tmdb:answered", "detail": ""},
        {"job_id": 1, "item_id": 2, "done": "unchanged", "told": "", "detail": ""},
    ],
    "change_sets": [
        {"item_id": 1, "at": AT, "cause": "enrich", "job_id": 1, "sync_reason": "Changed: title"}
        | {"providers": '["tmdb"]', "changes": CHANGES},
        {"item_id": 2, "at": AT, "cause": "delete", "sync_reason": "", "providers": "[]", "changes": "[]"},
    ],
    "joins": [
        {"survivor_id": 1, "joined_id": 2, "at": AT, "changes": JOINED, "old_ids": "{}", "new_ids": "{}"}
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
WRITTEN_ANEW: dict[tuple[str, str], dict[str, str]] = {
    ("items", "sort_key"): {"heat 2": "heat 0000000002"},
    ("field_values", "source"): {
        "tmdb": '["tmdb"]',
        "omdb+tmdb": '["omdb","tmdb"]',
        "owner": '["owner"]',
        "shelf": '["shelf"]',
        "": "[]",
    },
    ("field_values", "asked_id"): {
        "tmdb:949": '["tmdb:949"]',
        "imdb:tt0113277+tmdb:949": '["imdb:tt0113277","tmdb:949"]',
        "+tmdb:949": '["","tmdb:949"]',
        'shelf:a "new" \\ é': '["shelf:a \\"new\\" \\\\ é"]',
        "": "[]",
    },
    ("vetoes", "provider"): {"omdb": '["omdb"]', "omdb+tmdb": '["omdb","tmdb"]'},
    ("job_items", "told"): {
        "omdb:quota_exhausted tmdb:answered": '{"omdb":"quota_exhausted","tmdb":"answered"}',
        "": "{}",
    },
    ("items", "conflicts"): {
        CONFLICTS: '[{"id_type":"imdb","value":"tt2","claimed_by":"omdb","item":2},'
        '{"id_type":"tvdb","value":"8","claimed_by":"tmdb","held":"9"},'
        '{"id_type":"title","value":"Heat (1986)","claimed_by":"tvdb","held":"item 47"}]'
    },
    ("change_sets", "changes"): {
        CHANGES: '[{"field":"title","new":{"value":"Heat","sources":["tmdb"],"asked_ids":["tmdb:949"]}},{"field":'
        '"genres","old":{"value":["é"],"sources":["tmdb"],"fetched_at":"2026-01-02T03:04:05Z","asked_ids":["tmdb:949"]},'
        '"new":{"value":["é","b"],"sources":["omdb","tmdb"],"rule":"union","asked_ids":["imdb:tt0113277","tmdb:949"]}}]'
    },
    ("joins", "changes"): {
        JOINED: '{"plot":["{}","{\\"value\\":\\"L.A.\\",\\"sources\\":[\\"tmdb\\"],\\"asked_ids\\":[\\"tmdb:949\\"]}"]}'
    },
}
"""By table and column, what became of what stood there."""


def written_anew(old: Rows) -> Rows:
    """The rows as they are to be now."""

    def cell(table: str, column: str, was: Any) -> Any:
        return WRITTEN_ANEW.get((table, column), {}).get(was, was)

    return {
        table: [{column: cell(table, column, was) for column, was in row.items()} for row in of]
        for table, of in old.items()
    }


NOTICES: Rows = {
    "notices": [{"code": "database_unusable", "subject": "database", "text": "full", "since": AT, "action": None}]
}


STATEMENTS: Rows = {
    "statements": [
        {"item_id": 1, "source": "nfo", "file": "/movies/heat.nfo", "part": "", "title": "Heat", "year": 1995}
        | {"ids": "{}", "locks": "[]", "held": "{}"}
    ]
}
ENTRIES: Rows = {
    "episode_entries": [
        {"series_id": 1, "provider": "tvdb", "entry": "tvdb:1", "item_id": 2, "rule": "id", "state": "paired"}
        | {"season": 1, "number": 1, "title": "Pilot", "day": "2010-01-01"}
    ]
}
BRAKES: Rows = {"provider_brakes": [{"provider": "omdb", "brake": "{}"}]}
ENTRIES: Rows = {
    "episode_entries": [
        {"series_id": 1, "provider": "tvdb", "entry": "tvdb:5", "item_id": None, "rule": "", "state": "missing"}
        | {"season": 1, "number": 2, "title": "", "day": "", "since": None, "made_for": None}
    ]
}
NUMBERS: Rows = {"episode_numbers": [{"series_id": 1, "numbering": "library", "season": 1, "number": 2, "item_id": 1}]}


def with_a_year(rows: Rows) -> Rows:
    """The same with a field that there is since then."""
    year = _value("year", "1995", source='["import"]', asked_id="[]", rule="reported", fetched_at=None)
    return {**rows, "field_values": [*rows["field_values"], year]}


def with_counts(rows: Rows) -> Rows:
    """The same with how often each field of its movies holds a value."""
    counts = [
        {"kind": "movie", "field": row["field"], "source": row["source"], "filled": int(row["value"] is not None)}
        | {"locked": int(row["locked"]), "values_held": 0}
        for row in rows["field_values"]
    ]
    return {**rows, "field_counts": counts}


NUMBERS: Rows = {"episode_numbers": [{"series_id": 1, "numbering": "library", "season": 1, "number": 1, "item_id": 1}]}

USAGE: Rows = {"provider_usage": [{"provider": "omdb", "day": "2026-11-22", "usage": "{}", "lived_day": 3}]}

TOKENS: Rows = {"player_tokens": [{"id": "a", "player_id": "kodi", "name": "Kodi", "digest": "d", "added_at": AT}]}

HELD: Rows = {"held_removals": [{"player_id": "kodi", "host_key": "7", "since": 0}]}

HOSTS: Rows = {
    "hosts": [
        {
            "id": "folders",
            "kind": "folders",
            "name": "Folders",
            "enabled": True,
            "settings": "{}",
            "sealed": "{}",
            "works_on": "[]",
            "player_id": "folders-1",
            "added_at": AT,
        }
    ]
}

RELEASED: dict[str, Rows] = {
    "0001": FIRST,
    **dict.fromkeys(("0002", "0003", "0004"), FIRST | SECOND),
    **dict.fromkeys(("0005", "0006", "0007", "0008", "0009"), written_anew(FIRST | SECOND)),
    "0010": with_a_year(written_anew(FIRST | SECOND)),
    **dict.fromkeys(("0011", "0012"), with_a_year(written_anew(FIRST | SECOND)) | NOTICES),
    **dict.fromkeys(("0013", "0014"), with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS),
    **dict.fromkeys(
        ("0015", "0016", "0017", "0018"), with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES
    ),
    "0019": with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES,
    "0020": with_counts(with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES),
    "0021": with_counts(with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES) | NUMBERS,
    "0022": with_counts(with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES)
    | NUMBERS
    | USAGE,
    "0023": with_counts(with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES)
    | NUMBERS
    | USAGE
    | HOSTS,
    **dict.fromkeys(
        ("0024", "0025"),
        with_counts(with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES)
        | NUMBERS
        | USAGE
        | HOSTS
        | HELD,
    ),
    **dict.fromkeys(
        ("0026", "0027", "0028"),
        with_counts(with_a_year(written_anew(FIRST | SECOND)) | NOTICES | STATEMENTS | BRAKES | ENTRIES)
        | NUMBERS
        | USAGE
        | HOSTS
        | HELD
        | TOKENS,
    ),
}
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
    """The new rows with the old tables and columns alone, and without what is a field only since then."""
    since = {"year"} - {row["field"] for row in old["field_values"]}
    kept = {name: [row for row in of if row.get("field") not in since] for name, of in new.items()}
    return {name: [{key: row[key] for key in of[0]} for row in kept[name]] for name, of in old.items() if of}


def test_every_released_schema_is_among_these_but_the_newest() -> None:
    assert sorted([*RELEASED, schema.head()]) == schema.revisions()


@pytest.mark.slow
@pytest.mark.parametrize("revision", RELEASED)
def test_an_upgrade_loses_nothing(made: Callable[[str], Database], revision: str, tmp_path: Path) -> None:
    with closing(made(revision)) as database:
        before = rows(database)
        assert all(before.values()), "every table has rows"
        database.migrate(tmp_path / "backups", NOW)
        assert within(before, rows(database)) == written_anew(before)
        with database.read() as connection:
            assert schema.revision(connection) == schema.head()
            live = select(tables.items.c.id).where(tables.items.c.deleted_at.is_(None))
            assert field_counts.counted(connection) == field_counts.count(connection, live)
        assert database.problems() == ()
        assert bool(backups.listed(tmp_path / "backups")) == (database.path is not None)


def test_the_numbers_of_files_point_to_the_episodes_that_have_them(
    made: Callable[[str], Database], tmp_path: Path
) -> None:
    """Of two with one number the live one, and the older; a number that is not known points to nothing."""
    with closing(made("0020")) as database:
        with database.begin() as connection:
            tables = _tables(connection).tables
            family = [(70, "series", None), (71, "season", 70), *((each, "episode", 71) for each in range(72, 77))]
            for item_id, kind, parent in family:
                row = _item("", kind=kind, parent_id=parent, deleted_at=AT if item_id == 72 else None)
                connection.execute(tables["items"].insert(), row | {"id": item_id})
            for item_id, number in ((72, 1), (73, 1), (74, 1), (75, 2)):
                for field, value in (("season_number", 1), ("episode_number", number)):
                    stored = _value(field, str(value), item_id=item_id, source='["import"]', asked_id="[]")
                    connection.execute(tables["field_values"].insert(), stored)
        database.migrate(tmp_path / "backups", NOW)
        assert [
            (row["series_id"], row["numbering"], row["season"], row["number"], row["item_id"])
            for row in rows(database)["episode_numbers"]
        ] == [(70, "library", 1, 1, 73), (70, "library", 1, 2, 75)]


def test_titles_with_numbers_are_sorted_as_new_ones_are(made: Callable[[str], Database], tmp_path: Path) -> None:
    titles = ["Movie 10", "movie 2", "20,000 Leagues", "1 2 3 4 5 6", "Heat", "007"]
    with closing(made("0026")) as database:
        with database.begin() as connection:
            for number, title in enumerate(titles, 100):
                connection.execute(_tables(connection).tables["items"].insert(), _item(title) | {"id": number})
        database.migrate(tmp_path / "backups", NOW)
        with database.read() as connection:
            for each in items.get_many(connection, list(range(100, 106))).values():
                assert items.heads_of(connection, [each.id])[each.id].sort_key == sort_key(each)
            found = [head.id for head in items.page(connection) if head.id >= 100]
        assert [titles[item_id - 100] for item_id in found] == [titles[place] for place in (3, 5, 2, 4, 1, 0)]


@pytest.mark.parametrize(
    ("item", "released", "year", "shown"),
    [
        ({"year": 1995}, None, ("1995", '["import"]', ""), 1995),
        ({"year": 1995, "released": "1995-12-15"}, "tmdb", ("1995", '["import"]', "1995-12-15"), 1995),
        ({"year": 1987, "released": "2018-03-02"}, "tmdb", ("1987", '["import"]', ""), 1987),
        ({"year": 0, "released": "2018-03-02"}, "tmdb", ("2018", '["tmdb"]', "2018-03-02"), 2018),
        ({"year": 0, "released": "2018-03-02"}, "owner", ("2018", '["owner"]', "2018-03-02"), 2018),
        ({"year": 0}, None, None, 0),
        ({"year": 1800}, None, None, 1800),
        ({"year": 2018, "kind": "episode"}, None, None, 2018),
    ],
)
def test_the_year_is_the_one_an_item_was_added_with_else_that_of_its_date(  # noqa: PLR0917 fixtures, and a table
    made: Callable[[str], Database],
    item: dict[str, Any],
    released: str | None,
    year: tuple[str, str, str] | None,
    shown: int,
    tmp_path: Path,
) -> None:
    with closing(made("0009")) as database:
        with database.begin() as connection:
            tables = _tables(connection).tables
            connection.execute(tables["items"].insert(), _item("Old Feast", **item) | {"id": 77})
            if released is not None:
                date = _value(
                    "release_date", f'"{item["released"]}"', item_id=77, source=f'["{released}"]', asked_id="[]"
                )
                connection.execute(tables["field_values"].insert(), date)
        database.migrate(tmp_path / "backups", NOW)
        migrated = rows(database)
        assert [row["shown_year"] for row in migrated["items"] if row["id"] == 77] == [shown]
        years = [row for row in migrated["field_values"] if (row["item_id"], row["field"]) == (77, "year")]
        assert [(row["value"], row["source"], row["day"]) for row in years] == ([] if year is None else [year])
        assert not any(row["locked"] for row in years)
        with database.read() as connection:
            known = items.get(connection, 77)
            assert known is not None
            assert known.shown_year() == items.heads_of(connection, [77])[77].year == shown


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
                "genres": (("Crime", "Drama"), False),
                "tags": (("heist",), False),
                "runtime_minutes": (170, False),
                "status": ("Released", False),
                "tagline": (None, True),
                "year": (1995, False),
            }
            assert (heat.fields["tags"].sources, heat.fields["tags"].asked_ids) == (("omdb", "tmdb"), ("", "tmdb:949"))
            assert [(veto.value, veto.providers) for veto in heat.vetoes] == [
                ("No.", ("omdb",)),
                (("no",), ("omdb", "tmdb")),
            ]
            assert [(each.item, each.stands) for each in heat.conflicts] == [(2, ""), (0, "9"), (0, "item 47")]
            assert jobs.tally(connection, 1).outcomes == {"omdb": {"quota_exhausted": 1}, "tmdb": {"answered": 1}}
            assert awaited_answers.of_items(connection, [1])[1]["omdb"].attempts == 2
            assert jobs.page(connection)[0].tally.changed == 1
            key = AnswerKey(provider="tmdb", kind=Kind.MOVIE, asked_id="tmdb:949", shape="en|en|US")
            answer = answers.read(connection, [key])[key].fragment
            assert answer is not None
            assert answer.values == {"title": "Heat"}
            _, change_set = changes.page(connection)
            told = [entry.host_key for entry in player_entries.pending(connection, "kodi", 0, 10)]
            assert told == ([] if revision == "0001" else ["/heat.mkv"])
            assert players.last_sequence(connection) == (0 if revision == "0001" else 5)
        services = daemon.services
        assert services.config.read().settings.extra_fanart == 2
        assert services.authorities.read().authority.rule(Kind.MOVIE, "plot").providers == ("omdb",)
        assert [(change.field, change.new.sources) for change in change_set.changes] == [
            ("title", ("tmdb",)),
            ("genres", ("omdb", "tmdb")),
        ]
        undone = services.history.undo(change_set.id)
        assert ("title" in undone.item.fields, undone.refused) == (False, (("genres", "changed since"),))
        edited = services.editor.edit(1, Edit(fields={"tagline": "A Los Angeles crime saga"})).item
        assert edited.fields["tagline"].value == "A Los Angeles crime saga"
        assert services.splitter.split(1, 2).split_item.title == "Heat 2"
    finally:
        daemon.stop()
