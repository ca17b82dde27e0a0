import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from factories import NOW, item
from metarr.errors import CannotDo
from metarr.store import backups, items
from metarr.store.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "metarr.db")
    database.migrate(None, NOW)
    yield database
    database.close()


def put(database: Database, title: str) -> None:
    with database.begin() as connection:
        items.add(connection, item(title=title))


def titles(path: Path) -> list[str]:
    database = Database(path)
    with database.read() as connection:
        found = [head.title for head in items.page(connection)]
    database.close()
    return found


def test_a_backup_holds_what_is_committed_while_the_database_is_in_use(home: Database, tmp_path: Path) -> None:
    put(home, "Heat")
    with home.begin() as connection:
        items.add(connection, item(title="not yet"))
        copy = backups.make(home.path or tmp_path, tmp_path / "backups", "0001", NOW)
    assert titles(copy) == ["Heat"]


def test_a_backup_is_one_file_for_its_owner_alone(home: Database, tmp_path: Path) -> None:
    copy = backups.make(home.path or tmp_path, tmp_path / "backups", "0001", NOW)
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [copy.name]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_the_last_five_are_kept(home: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made = [backups.make(home.path or tmp_path, folder, "0001", NOW + timedelta(days=day)) for day in range(7)]
    assert backups.listed(folder) == made[:1:-1]


def test_restoring_brings_the_old_content_back_whole(home: Database, tmp_path: Path) -> None:
    path = home.path or tmp_path
    put(home, "Heat")
    copy = backups.make(path, tmp_path / "backups", "0001", NOW)
    put(home, "Ronin")
    home.close()
    backups.restore(copy, path)
    assert titles(path) == ["Heat"]
    assert copy.exists()


def test_restoring_over_a_database_whose_program_crashed_ignores_its_journal(home: Database, tmp_path: Path) -> None:
    path = home.path or tmp_path
    put(home, "Heat")
    copy = backups.make(path, tmp_path / "backups", "0001", NOW)
    put(home, "Ronin")
    journal = path.with_name("metarr.db-wal").read_bytes()
    home.close()
    path.with_name("metarr.db-wal").write_bytes(journal)
    backups.restore(copy, path)
    assert titles(path) == ["Heat"]


@pytest.mark.parametrize("content", [b"", b"no database " * 100])
def test_a_backup_that_is_none_leaves_the_database_as_it_was(home: Database, tmp_path: Path, content: bytes) -> None:
    path = home.path or tmp_path
    put(home, "Heat")
    home.close()
    broken = tmp_path / "broken.db"
    broken.write_bytes(content)
    with pytest.raises(CannotDo, match="backup"):
        backups.restore(broken, path)
    assert titles(path) == ["Heat"]


def test_a_damaged_backup_leaves_the_database_as_it_was(home: Database, tmp_path: Path) -> None:
    path = home.path or tmp_path
    for number in range(200):
        put(home, f"Movie {number}")
    copy = backups.make(path, tmp_path / "backups", "0001", NOW)
    with closing(sqlite3.connect(copy)) as whole:
        root = whole.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_items_sort_key'").fetchone()[0]
    damaged = bytearray(copy.read_bytes())
    damaged[(root - 1) * 4096 : root * 4096] = b"\x0a" + bytes(4095)
    copy.write_bytes(damaged)
    home.close()
    with pytest.raises(CannotDo, match=r"damaged|cannot be read"):
        backups.restore(copy, path)
    assert len(titles(path)) == 50
    assert not path.with_name("metarr.db.restoring").exists()


def test_a_backup_of_a_newer_version_leaves_the_database_as_it_was(home: Database, tmp_path: Path) -> None:
    path = home.path or tmp_path
    put(home, "Heat")
    copy = backups.make(path, tmp_path / "backups", "9999", NOW)
    with closing(sqlite3.connect(copy)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    home.close()
    with pytest.raises(CannotDo, match="newer Metarr"):
        backups.restore(copy, path)
    assert titles(path) == ["Heat"]


def test_a_backup_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="there is no backup"):
        backups.restore(tmp_path / "none.db", tmp_path / "metarr.db")


def test_a_copy_that_could_not_be_put_back_has_another_name_and_no_good_one_goes_for_it(
    home: Database, tmp_path: Path
) -> None:
    path, folder = home.path or tmp_path, tmp_path / "backups"
    for number in range(200):
        put(home, f"Movie {number}")
    good = [backups.make(path, folder, "0001", NOW + timedelta(days=day)) for day in range(5)]
    home.close()
    backups.settle(path)
    with closing(sqlite3.connect(path)) as whole:
        root = whole.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_items_sort_key'").fetchone()[0]
    damaged = bytearray(path.read_bytes())
    damaged[(root - 1) * 4096 : root * 4096] = b"\x0a" + bytes(4095)
    path.write_bytes(damaged)
    with pytest.raises(CannotDo, match=r"is damaged[^;]*; nothing was changed: restore a backup"):
        backups.make(path, folder, "0001", NOW + timedelta(days=9))
    assert backups.listed(folder) == good[::-1]
    assert [path.name[:8] for path in folder.iterdir() if path not in good] == ["damaged-"]
