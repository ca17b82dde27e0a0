"""The players, how their entries stand, and the numbers by which they hear of changes."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import IntegrityError

from factories import NOW, item, stored
from metarr.domain.changes import Change
from metarr.domain.consent import SyncPolicy
from metarr.domain.item import Conflict, FieldValue, IdClaim, Rule, Veto
from metarr.domain.values import Kind
from metarr.store import backups, changes, items, joins, player_entries, players, schema
from metarr.store.changes import ChangeSet
from metarr.store.database import Database
from metarr.store.joins import Join
from metarr.store.player_entries import PlayerEntry
from metarr.store.players import Counts, Player
from old_schemas import before_lists


def player(player_id: str = "kodi", **more: object) -> Player:
    return Player(
        **{"id": player_id, "name": player_id.title(), "host": "kodi", "added_at": NOW, "seen_at": NOW, **more}
    )


def test_a_player_comes_back_as_it_was_put(connection: Connection) -> None:
    full = player(
        host_version="21.2",
        adapter_version="1.0",
        instance="living-room",
        session=3,
        policy=SyncPolicy.FILL,
        overwrite_edits=True,
        takes={"movie": ("title", "ids"), "episode": ()},
        cannot_take={"movie": {"trailer": "Kodi refuses it"}},
        reported_at=NOW + timedelta(hours=1),
    )
    players.put(connection, full)
    assert players.get(connection, "kodi") == full
    players.put(connection, player())
    assert players.get(connection, "kodi") == player()
    assert players.get(connection, "attic") is None


def test_they_are_listed_by_name(connection: Connection) -> None:
    for player_id, name in (("a-1", "Living room"), ("b-1", "Attic"), ("c-1", "Living room")):
        players.put(connection, player(player_id, name=name))
    assert [each.id for each in players.everyone(connection)] == ["b-1", "a-1", "c-1"]


def test_when_one_was_seen_is_noted_of_that_one_alone(connection: Connection) -> None:
    for player_id in ("kodi", "attic"):
        players.put(connection, player(player_id))
    players.saw(connection, "kodi", NOW + timedelta(hours=1))
    assert [each.seen_at - NOW for each in players.everyone(connection)] == [timedelta(0), timedelta(hours=1)]


def test_entries_are_counted_by_how_they_stand_and_those_of_deleted_items_are_not(connection: Connection) -> None:
    for player_id in ("kodi", "attic"):
        players.put(connection, player(player_id))
    known, gone = (items.add(connection, item(title=title)).id for title in ("Heat", "Ran"))
    states = ({}, {"sequence": 5, "acked": 4}, {"sequence": 5, "acked": 5, "troubled": True}, {"edited": True})
    for place, state in enumerate(states):
        entry = {"player_id": "kodi", "host_key": f"{place}", "kind": Kind.MOVIE, "item_id": known, **state}
        player_entries.save(connection, PlayerEntry(**entry))
    player_entries.save(connection, PlayerEntry(player_id="kodi", host_key="gone", kind=Kind.MOVIE, item_id=gone))
    items.soft_delete(connection, [gone], NOW)
    assert players.counts(connection) == {"kodi": Counts(items=4, pending=1, not_taken=1, edited=1)}
    assert players.open_counts(connection) == {"kodi": Counts(pending=1, not_taken=1, edited=1)}


def test_one_that_is_removed_takes_its_entries_along_and_no_others(connection: Connection) -> None:
    known = items.add(connection, item(title="Heat")).id
    for player_id in ("kodi", "attic"):
        players.put(connection, player(player_id))
        player_entries.save(connection, PlayerEntry(player_id=player_id, host_key="h", kind=Kind.MOVIE, item_id=known))
    players.remove(connection, "kodi")
    assert [entry.player_id for entry in player_entries.of_items(connection, [known])] == ["attic"]


def test_sequences_are_issued_without_gap_or_repetition(connection: Connection) -> None:
    assert players.last_sequence(connection) == 0
    assert [players.issue(connection, 1), players.issue(connection, 3), players.issue(connection, 1)] == [1, 2, 5]
    assert players.last_sequence(connection) == 5


def test_those_of_a_transaction_that_failed_are_issued_again(database: Database) -> None:
    def fail() -> None:
        with database.begin() as connection:
            players.issue(connection, 7)
            player_entries.save(connection, PlayerEntry(player_id="nobody", host_key="h", kind=Kind.MOVIE, item_id=1))

    with pytest.raises(IntegrityError):
        fail()
    with database.begin() as connection:
        assert players.issue(connection, 1) == 1


def test_a_restored_backup_is_another_store(tmp_path: Path) -> None:
    path = tmp_path / "metarr.db"
    database = Database(path)
    database.migrate(None, NOW)
    with database.begin() as connection:
        players.issue(connection, 5)
        before = players.store_id(connection)
    database.close()
    backup = backups.make(path, tmp_path / "backups", "test", NOW)
    for _ in range(2):
        backups.restore(backup, path)
        with database.read() as connection:
            assert players.last_sequence(connection) == 5
            assert players.store_id(connection) != before
            before = players.store_id(connection)
        database.close()


def test_two_stores_bear_different_names(tmp_path: Path) -> None:
    names = set()
    for name in ("one", "two"):
        database = Database(tmp_path / name)
        database.migrate(None, NOW)
        with database.read() as connection:
            names.add(players.store_id(connection))
        database.close()
    assert len(names) == 2


def fill(database: Database) -> int:
    """Items with values, ids and history, one joined to another. Returns the surviving one."""
    with database.begin() as connection:
        plot = stored("Thieves.", asked_id="tmdb:949", locked=True)
        tags = stored(("heist", "é"), "omdb+tmdb", asked_id="imdb:tt0113277+tmdb:949", rule=Rule.UNION)
        fields = {"plot": plot, "tags": tags, "status": stored(None, "", locked=True)}
        veto = Veto(field="tags", providers=("tmdb", "tvdb"), value=("x",))
        other = Conflict(id_type="tvdb", value="1", claimed_by="tmdb", item=2)
        held = item(ids={"imdb": "tt0113277"}, title="Heat", fields=fields, vetoes=(veto,), conflicts=(other,))
        first = items.add(connection, held)
        second = items.add(connection, item(title="Heat (1995)"))
        change = Change(field="plot", old=FieldValue(), new=plot), Change(field="tags", old=stored(("x",)), new=tags)
        changes.add(connection, ChangeSet(item_id=first.id, at=NOW, cause="edit", changes=change))
        ids = {"tmdb": IdClaim(value="949")}
        joins.add(connection, Join(survivor_id=first.id, joined_id=second.id, at=NOW, ids=ids, changes=change))
        items.soft_delete(connection, [second.id], NOW)
        return first.id


def as_of_the_first_schema(path: Path, source: Path) -> dict[str, list[str]]:
    """A file as the first migration makes it, with the rows of another one. Returns the columns of its tables."""
    engine = create_engine(f"sqlite:///{path}")
    config = schema._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as file:
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {
            name: [row[1] for row in file.execute(f"PRAGMA table_info({name})")]
            for name in names
            if name != "alembic_version" and not name.startswith("sqlite_")
        }
        file.execute("ATTACH ? AS source", (str(source),))
        for name, known in columns.items():
            file.execute(f"INSERT INTO {name} SELECT {', '.join(map(quoted, known))} FROM source.{name}")
        before_lists(file)
        file.commit()
    return columns


def quoted(column: str) -> str:
    return f'"{column}"'


def content(path: Path, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """The rows in these columns, by table."""
    with closing(sqlite3.connect(path)) as file:
        return {
            name: file.execute(f"SELECT {', '.join(map(quoted, known))} FROM {name} ORDER BY 1, 2").fetchall()
            for name, known in columns.items()
        }


def test_a_library_of_before_the_players_is_upgraded_with_everything_after_a_backup(tmp_path: Path) -> None:
    source, path, folder = tmp_path / "now.db", tmp_path / "metarr.db", tmp_path / "backups"
    database = Database(source)
    database.migrate(None, NOW)
    first = fill(database)
    with database.read() as connection:
        kept = items.get(connection, first)
    database.close()
    columns = as_of_the_first_schema(path, source)
    assert "players" not in columns
    assert "origin" not in columns["items"]
    before, after = content(path, columns), content(source, columns)
    assert len(before["items"]) == 2

    upgraded = Database(path)
    upgraded.migrate(folder, NOW)
    assert content(path, columns) == after
    assert upgraded.problems() == ()
    with upgraded.begin() as connection:
        assert schema.revision(connection) == schema.head()
        assert items.get(connection, first) == kept
        assert players.store_id(connection)
        assert players.issue(connection, 1) == 1
        [joined] = joins.joined_to(connection, first)
        found = joins.get(connection, first, joined)
        assert found is not None
        assert (found.ids, found.player_items) == ({"tmdb": IdClaim(value="949")}, ())
        players.put(connection, player())
        player_entries.save(connection, PlayerEntry(player_id="kodi", host_key="h", kind=Kind.MOVIE, item_id=first))
    upgraded.close()

    (backup,) = backups.listed(folder)
    assert content(backup, columns) == before
    with closing(sqlite3.connect(backup)) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    # A backup of before the upgrade can be put back by this version.
    backups.restore(backup, path)
    upgraded.migrate(folder, NOW)
    assert content(path, columns) == after
    upgraded.close()
