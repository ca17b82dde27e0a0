import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from factories import NOW, item
from metarr.errors import CannotDo
from metarr.store import backups, items, schema, tables
from metarr.store.database import Database

NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
def upgrade():
    {work}
"""


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to which a test adds those of tomorrow."""
    folder = tmp_path / "100 % migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    return folder


RELEASED = schema.head()
"""The schema of this version, before a test adds another one."""


def add_migration(folder: Path, revision: str, before: str, work: str) -> None:
    (folder / "versions" / f"{revision}.py").write_text(NEXT.format(revision=revision, before=before, work=work))


def test_the_revisions_are_told_by_the_names_of_their_files() -> None:
    scripts = ScriptDirectory.from_config(schema._config())
    assert schema.revisions() == [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert schema.head() == scripts.get_current_head()


def shape(connection: Connection) -> dict[str, Any]:
    """Everything that can be said about the tables of a database."""
    seen = inspect(connection)
    return {
        name: {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)],
            "key": seen.get_pk_constraint(name),
            "references": sorted(map(str, seen.get_foreign_keys(name))),
            "indexes": sorted(str(index["name"]) for index in seen.get_indexes(name)),
            "index_sql": sorted(
                " ".join(sql.split())
                for (sql,) in connection.exec_driver_sql(
                    "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", (name,)
                )
            ),
            "autoincrement": "AUTOINCREMENT"
            in connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).scalar_one(),
        }
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def test_migrating_from_empty_gives_exactly_the_tables_that_the_code_knows() -> None:
    engine, database = create_engine("sqlite://"), Database.in_memory()
    with engine.begin() as declared, database.read() as migrated:
        tables.metadata.create_all(declared)
        assert shape(migrated) == shape(declared)
        assert len(shape(migrated)) == len(tables.metadata.tables)
        assert compare_metadata(MigrationContext.configure(migrated), tables.metadata) == []
    engine.dispose()
    database.close()


def test_the_comparison_would_notice_a_missing_column() -> None:
    engine = create_engine("sqlite://")
    less = MetaData()
    for table in tables.metadata.sorted_tables:
        table.to_metadata(less)
    less.tables["items"]._columns.remove(less.tables["items"].c.fingerprint)  # type: ignore[attr-defined]
    with engine.begin() as one:
        less.create_all(one)
        assert compare_metadata(MigrationContext.configure(one), tables.metadata) != []
    engine.dispose()


@pytest.mark.parametrize("name", sorted(tables.metadata.tables))
def test_every_table_can_be_said_to_postgresql(name: str) -> None:
    table, dialect = tables.metadata.tables[name], postgresql.dialect()  # type: ignore[no-untyped-call]
    said = [str(CreateTable(table).compile(dialect=dialect))]
    said += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
    assert not any("sqlite" in statement.lower() or "= 1" in statement for statement in said)


def test_a_new_file_is_migrated_without_a_backup_and_a_current_one_is_left_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / "metarr.db")
    database.migrate(tmp_path / "backups", NOW)
    with database.begin() as connection:
        kept = items.add(connection, item(title="Heat"))
    database.migrate(tmp_path / "backups", NOW)
    with database.read() as connection:
        assert schema.revision(connection) == schema.head()
        assert items.get(connection, kept.id) == kept
    assert not (tmp_path / "backups").exists()
    database.close()


def test_an_older_schema_is_backed_up_before_it_changes(tmp_path: Path, migrations: Path) -> None:
    database = Database(tmp_path / "metarr.db")
    database.migrate(tmp_path / "backups", NOW)
    with database.begin() as connection:
        kept = items.add(connection, item(title="Heat"))
    add_migration(migrations, "9000", RELEASED, "op.add_column('items', sa.Column('colour', sa.Text()))")
    database.migrate(tmp_path / "backups", NOW)
    with database.read() as connection:
        assert "colour" in {column["name"] for column in inspect(connection).get_columns("items")}
        assert schema.revision(connection) == "9000"
    (backup,) = backups.listed(tmp_path / "backups")
    old = Database(backup)
    with old.read() as connection:
        assert schema.revision(connection) == RELEASED
        assert items.get(connection, kept.id) == kept
    old.close()
    database.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, migrations: Path) -> None:
    database = Database(tmp_path / "metarr.db")
    database.migrate(None, NOW)
    add_migration(
        migrations,
        "9000",
        RELEASED,
        "op.add_column('items', sa.Column('colour', sa.Text())); raise RuntimeError('bad')",
    )
    with pytest.raises(RuntimeError, match="bad"):
        database.migrate(None, NOW)
    with database.read() as connection:
        assert schema.revision(connection) == RELEASED
        assert "colour" not in {column["name"] for column in inspect(connection).get_columns("items")}
    database.close()


def test_a_table_that_others_refer_to_can_be_rebuilt_by_a_migration(tmp_path: Path, migrations: Path) -> None:
    """What SQLite cannot alter in place is copied; with foreign keys on, that would empty the tables below."""
    database = Database(tmp_path / "metarr.db")
    database.migrate(None, NOW)
    with database.begin() as connection:
        items.add(connection, item(ids={"imdb": "tt1"}))
    work = "with op.batch_alter_table('items', recreate='always') as t: t.alter_column('title', nullable=True)"
    add_migration(migrations, "9000", RELEASED, work)
    database.migrate(None, NOW)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT value FROM external_ids").scalar_one() == "tt1"
    assert database.problems() == ()
    database.close()


def test_a_migration_that_breaks_references_is_undone(tmp_path: Path, migrations: Path) -> None:
    database = Database(tmp_path / "metarr.db")
    database.migrate(None, NOW)
    with database.begin() as connection:
        items.add(connection, item(ids={"imdb": "tt1"}))
    add_migration(migrations, "9000", RELEASED, "op.execute('DELETE FROM items')")
    with pytest.raises(CannotDo, match="broken references"):
        database.migrate(None, NOW)
    with database.read() as connection:
        assert items.count(connection) == 1
    database.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "metarr.db"
    database = Database(path)
    database.migrate(None, NOW)
    with closing(sqlite3.connect(path)) as outside:
        outside.execute("UPDATE alembic_version SET version_num = '9999'")
        outside.commit()
    with pytest.raises(CannotDo, match="newer Metarr"):
        database.migrate(tmp_path / "backups", NOW + timedelta(days=1))
    assert not (tmp_path / "backups").exists()
    database.close()


def test_somebody_elses_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "MyVideos131.db"
    with closing(sqlite3.connect(path)) as outside:
        outside.execute("CREATE TABLE movie (idMovie INTEGER)")
    database = Database(path)
    with pytest.raises(CannotDo, match="something else"):
        database.migrate(None, NOW)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["movie"]
    database.close()
