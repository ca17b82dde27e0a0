import errno
import gzip
import os
import sqlite3
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from factories import NOW, item
from harness import put_blank
from metarr import tokens
from metarr.care import backup
from metarr.datadir import DATABASE, KEY, locked
from metarr.errors import CannotDo
from metarr.secrets import Vault
from metarr.store import items
from metarr.store.backups import settle
from metarr.store.database import Database

pytestmark = pytest.mark.slow


class Home:
    """A data directory with a library, a key file and a token."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        put_blank(folder / DATABASE)
        self.database = Database(folder / DATABASE)
        self.sealed = Vault(folder / KEY).seal("the-key-of-a-provider")
        tokens.ensure(folder / tokens.FILE_NAME)
        self.token = tokens.read(folder / tokens.FILE_NAME)

    def add(self, title: str) -> None:
        with self.database.begin() as connection:
            items.add(connection, item(title=title))

    def titles(self) -> list[str]:
        database = Database(self.folder / DATABASE)
        with database.read() as connection:
            found = [head.title for head in items.page(connection)]
        database.close()
        return found

    def files(self) -> dict[str, bytes]:
        """Every file but the lock, by its path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != "metarr.lock"
        }


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "data")
    home.add("Heat")
    yield home
    home.database.close()


@pytest.fixture
def archive(home: Home, tmp_path: Path) -> Path:
    """A backup of that, after which the home went on, got a new token, and was closed."""
    target = tmp_path / "backup.tar.gz"
    backup.make(home.folder, target)
    home.add("Ronin")
    home.database.close()
    tokens.renew(home.folder / tokens.FILE_NAME)
    return target


def test_a_backup_is_one_file_for_its_owner_alone(home: Home, tmp_path: Path):
    target = tmp_path / "out" / "backup.tar.gz"
    target.parent.mkdir()
    backup.make(home.folder, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(target.parent.iterdir()) == [target]
    with tarfile.open(target) as packed:
        assert sorted(packed.getnames()) == [DATABASE, KEY, tokens.FILE_NAME]
        assert {member.mode for member in packed} == {0o600}


def test_it_holds_what_is_committed_while_a_daemon_writes(home: Home, tmp_path: Path):
    with locked(home.folder), home.database.begin() as connection:
        items.add(connection, item(title="not yet"))
        backup.make(home.folder, tmp_path / "backup.tar.gz")
    backup.restore(tmp_path / "backup.tar.gz", tmp_path / "other", NOW)
    found = Database(tmp_path / "other" / DATABASE)
    with found.read() as connection:
        assert [head.title for head in items.page(connection)] == ["Heat"]
    found.close()


def test_a_backup_leaves_nothing_else_behind_and_replaces_an_older_one(home: Home, tmp_path: Path):
    before = set(home.files())
    for _ in range(2):
        backup.make(home.folder, tmp_path / "backup.tar.gz")
    assert set(home.files()) == before


def test_it_comes_back_whole_and_what_it_replaces_is_kept(home: Home, archive: Path):
    replaced = home.files()
    aside = backup.restore(archive, home.folder, NOW)
    assert home.titles() == ["Heat"]
    assert Vault(home.folder / KEY).open(home.sealed) == "the-key-of-a-provider"
    assert tokens.read(home.folder / tokens.FILE_NAME) == home.token
    for name in (DATABASE, KEY, tokens.FILE_NAME):
        assert stat.S_IMODE((home.folder / name).stat().st_mode) == 0o600
        assert (aside / name).read_bytes() == replaced[name]
    assert stat.S_IMODE(aside.stat().st_mode) == 0o700
    assert {path.name for path in home.folder.iterdir()} == {*replaced, aside.name, "metarr.lock"}


def test_a_restore_can_be_taken_back_by_another_one(home: Home, archive: Path):
    aside = backup.restore(archive, home.folder, NOW)
    backup.restore(aside / DATABASE, home.folder, NOW.replace(year=2030))
    assert home.titles() == ["Heat", "Ronin"]


def test_it_can_be_put_where_nothing_was(archive: Path, tmp_path: Path, home: Home):
    backup.restore(archive, tmp_path / "new" / "data", NOW)
    assert (tmp_path / "new" / "data" / KEY).read_bytes() == (home.folder / KEY).read_bytes()
    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700


def test_the_copy_that_an_upgrade_left_comes_back_too_and_the_keys_stay(home: Home, tmp_path: Path):
    from metarr.store import backups

    copy = backups.make(home.folder / DATABASE, home.folder / "backups", "0001", NOW)
    home.add("Ronin")
    home.database.close()
    token = tokens.renew(home.folder / tokens.FILE_NAME)
    backup.restore(copy, home.folder, NOW)
    assert home.titles() == ["Heat"]
    assert tokens.read(home.folder / tokens.FILE_NAME) == token
    assert copy.exists()


def test_what_a_crashed_daemon_had_not_written_back_is_kept_aside_and_not_mixed_in(home: Home, archive: Path):
    database = Database(home.folder / DATABASE)
    with database.begin() as connection:
        items.add(connection, item(title="Collateral"))
    journal = (home.folder / f"{DATABASE}-wal").read_bytes()
    assert journal
    image = (home.folder / DATABASE).read_bytes()
    database.close()
    (home.folder / DATABASE).write_bytes(image)
    (home.folder / f"{DATABASE}-wal").write_bytes(journal)
    aside = backup.restore(archive, home.folder, NOW)
    assert home.titles() == ["Heat"]
    kept = Database(aside / DATABASE)
    with kept.read() as connection:
        assert "Collateral" in [head.title for head in items.page(connection)]
    kept.close()


def test_a_damaged_library_is_no_hindrance_and_is_kept_with_its_journal(home: Home, archive: Path):
    (home.folder / DATABASE).write_bytes(b"scrambled eggs " * 1000)
    (home.folder / f"{DATABASE}-wal").write_bytes(b"toast")
    aside = backup.restore(archive, home.folder, NOW)
    assert home.titles() == ["Heat"]
    assert (aside / DATABASE).read_bytes().startswith(b"scrambled")
    assert not (home.folder / f"{DATABASE}-wal").exists()


def test_what_root_does_for_the_user_of_the_daemon_stays_that_users(home: Home, archive: Path, monkeypatch):
    given: dict[str, tuple[int, int]] = {}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.setdefault(Path(path).name, (user, group)))
    aside = backup.restore(archive, home.folder, NOW)
    owner = home.folder.stat()
    assert given.keys() == {DATABASE, KEY, tokens.FILE_NAME, aside.name}
    assert set(given.values()) == {(owner.st_uid, owner.st_gid)}


def refused(home: Home, source: Path, match: str) -> None:
    before = home.files()
    with pytest.raises(CannotDo, match=match):
        backup.restore(source, home.folder, NOW)
    assert home.files() == before


def test_a_running_daemon_is_not_robbed_of_its_library(home: Home, archive: Path):
    with locked(home.folder):
        refused(home, archive, "another Metarr uses")


def rewritten(archive: Path, change: Callable[[Path], None]) -> Path:
    """The same backup with its database changed."""
    folder = archive.with_name("changed")
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    change(folder / DATABASE)
    target = archive.with_name("changed.tar.gz")
    with tarfile.open(target, "w:gz") as packed:
        for path in folder.iterdir():
            packed.add(path, path.name)
    return target


def test_one_of_a_newer_metarr_is_refused(home: Home, archive: Path):
    def newer(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
            database.commit()

    refused(home, rewritten(archive, newer), "newer Metarr")


def test_one_whose_database_is_none_is_refused(home: Home, archive: Path):
    refused(home, rewritten(archive, lambda path: path.write_bytes(b"")), "no database of Metarr")
    refused(home, rewritten(archive, lambda path: path.write_bytes(b"x" * 5000)), "cannot be read")


@pytest.mark.parametrize("cut", [0, 10, 100, -200, -9])
def test_one_that_is_cut_short_is_refused(home: Home, archive: Path, cut: int):
    archive.write_bytes(archive.read_bytes()[:cut])
    refused(home, archive, "no backup of Metarr|cannot be read|damaged")


def test_what_is_no_backup_is_refused(home: Home, tmp_path: Path):
    text = tmp_path / "text"
    text.write_text("just text")
    refused(home, text, "no backup of Metarr")
    refused(home, tmp_path / "none", "there is no backup")
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as packed:
        packed.add(text, "text")
    refused(home, tmp_path / "other.tar.gz", f"holds no {DATABASE}")


def test_an_archive_cannot_write_elsewhere(home: Home, archive: Path, tmp_path: Path):
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(archive) as good, tarfile.open(evil, "w:gz") as packed:
        for member in good:
            packed.addfile(member, good.extractfile(member))
        for name in ("../escaped", str(tmp_path / "escaped"), "backups/escaped"):
            (tmp_path / "text").write_text("x")
            packed.add(tmp_path / "text", name)
        link = tarfile.TarInfo("metarr.lock")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    backup.restore(evil, home.folder, NOW)
    assert list(tmp_path.rglob("*escaped*")) == []
    assert not (home.folder / "metarr.lock").is_symlink()
    assert home.titles() == ["Heat"]


@pytest.mark.parametrize("failing", range(3))
def test_a_disk_that_fails_half_way_leaves_everything_as_it_was(
    home: Home, archive: Path, monkeypatch: pytest.MonkeyPatch, failing: int
):
    moved = []
    really = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.parent.name.startswith((".restoring", "packed")):
            moved.append(target)
            if len(moved) == failing + 1:
                raise OSError(28, "No space left on device")
        return really(self, target)

    before = home.files()
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(CannotDo, match="No space left on device; it was left as it was"):
        backup.restore(archive, home.folder, NOW)
    assert len(moved) == failing + 1
    assert home.files() == before


def test_without_a_library_there_is_nothing_to_back_up(tmp_path: Path):
    with pytest.raises(CannotDo, match="there is no library in"):
        backup.make(tmp_path, tmp_path / "backup.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_can_read_is_not_spread_further(home: Home, tmp_path: Path):
    (home.folder / KEY).chmod(0o644)
    with pytest.raises(CannotDo, match="others can read the key file"):
        backup.make(home.folder, tmp_path / "backup.tar.gz")
    assert not any("backup" in name for name in os.listdir(tmp_path))


def test_where_it_cannot_be_written_is_told(home: Home, tmp_path: Path):
    with pytest.raises(CannotDo, match="cannot be written"):
        backup.make(home.folder, tmp_path / "none" / "backup.tar.gz")


# Looked at before it is called a backup


def damage(path: Path, page: int) -> None:
    """Have a page of a database hold nonsense, as on a disk that fails."""
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\x0a\xff\x00\x07" * 1024)


def pages(path: Path) -> int:
    return path.stat().st_size // 4096


@pytest.mark.parametrize("part", [0.1, 0.35, 0.6, 0.85])
def test_what_could_not_be_put_back_is_no_backup_and_the_last_good_one_stays(home: Home, tmp_path: Path, part: float):
    target = tmp_path / "backup.tar.gz"
    for number in range(60):
        home.add(f"Movie {number}")
    backup.make(home.folder, target)
    good = target.read_bytes()
    home.database.close()
    settle(home.folder / DATABASE)
    damage(home.folder / DATABASE, 2 + int(part * (pages(home.folder / DATABASE) - 3)))
    with pytest.raises(CannotDo, match=r"this is no backup: the library (is damaged|cannot be read)"):
        backup.make(home.folder, target)
    assert target.read_bytes() == good
    aside = tmp_path / "backup.tar.gz.damaged"
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", aside.name, "data"]
    with pytest.raises(CannotDo, match=r"damaged|cannot be read"):
        backup.restore(aside, tmp_path / "other", NOW)


@pytest.mark.slow
def test_whatever_page_is_damaged_what_is_called_a_backup_comes_back(home: Home, tmp_path: Path):
    for number in range(30):
        home.add(f"Movie {number}")
    home.database.close()
    settle(home.folder / DATABASE)
    whole, refused = (home.folder / DATABASE).read_bytes(), 0
    for page in range(1, pages(home.folder / DATABASE), 3):
        (home.folder / DATABASE).write_bytes(whole)
        damage(home.folder / DATABASE, page)
        target = tmp_path / f"{page}.tar.gz"
        try:
            backup.make(home.folder, target)
        except CannotDo:
            refused += 1
            assert not target.exists()
        else:
            backup.restore(target, tmp_path / f"restored-{page}", NOW)
    assert refused > 10


def test_a_library_that_cannot_be_read_at_all_is_told_in_words(home: Home, tmp_path: Path):
    home.database.close()
    (home.folder / DATABASE).write_bytes(b"scrambled eggs " * 1000)
    with pytest.raises(CannotDo, match="the library cannot be read: file is not a database"):
        backup.make(home.folder, tmp_path / "backup.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("full", ["copy", "pack"])
def test_a_full_disk_is_told_in_words(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str):
    def copied(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    def flushed(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if full == "copy":
        monkeypatch.setattr("metarr.store.backups.copy", copied)
    else:
        monkeypatch.setattr(os, "fsync", flushed)
    with pytest.raises(CannotDo, match="cannot be written: its disk is full"):
        backup.make(home.folder, tmp_path / "backup.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


# What a restore lets in


STRANGE = {
    "a trigger": ("CREATE TRIGGER evil AFTER UPDATE ON items BEGIN DELETE FROM items; END", "holds a trigger .*: evil"),
    "a view": ("CREATE VIEW evil AS SELECT * FROM settings", "holds a view .*: evil"),
    "a table of its own": ("CREATE TABLE evil (id INTEGER)", "holds a table .*: evil"),
    "a table of a module": ("CREATE VIRTUAL TABLE evil USING fts5(text)", "holds a table .*: evil"),
    "a table less": ("DROP TABLE vetoes", "lacks the (index|table) .*vetoes"),
    "an index less": ("DROP INDEX ix_items_sort_key", "lacks the index ix_items_sort_key"),
    "a column more": ("ALTER TABLE items ADD COLUMN evil TEXT", "has another table items"),
    "a column less": ("ALTER TABLE items DROP COLUMN origin", "has another table items"),
    "an index over another column": (
        "DROP INDEX ix_items_sort_key; CREATE INDEX ix_items_sort_key ON items (title)",
        "has another index ix_items_sort_key",
    ),
    "two versions": ("INSERT INTO alembic_version VALUES ('0002')", "is no database of Metarr"),
}


@pytest.mark.parametrize(("script", "match"), STRANGE.values(), ids=STRANGE)
def test_what_the_migrations_do_not_make_is_refused(home: Home, archive: Path, script: str, match: str):
    def changed(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.executescript(script)

    refused(home, rewritten(archive, changed), match)


def test_what_sqlite_notes_by_itself_is_let_in(home: Home, archive: Path):
    def analyzed(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("ANALYZE")

    backup.restore(rewritten(archive, analyzed), home.folder, NOW)
    assert home.titles() == ["Heat"]


def packed_by_hand(target: Path, *members: tuple[str, int, bytes], trailing: int = 0) -> Path:
    """An archive whose members say that they are so large, whatever they hold."""
    with gzip.open(target, "wb", compresslevel=1) as stream:
        for name, size, content in members:
            header = tarfile.TarInfo(name)
            header.size = size
            stream.write(header.tobuf())
            stream.write(content + bytes(-len(content) % 512))
        stream.write(bytes(1024))
        for _ in range(trailing):
            stream.write(bytes(1024 * 1024))
    return target


def test_nothing_is_unpacked_for_which_there_is_no_room(home: Home, archive: Path, tmp_path: Path):
    lies = packed_by_hand(tmp_path / "lies.tar.gz", (DATABASE, 10**15, b"x"))
    refused(home, lies, "holds more than there is room for")
    lies = packed_by_hand(tmp_path / "lies.tar.gz", ("other", 10**15, b"x"), (DATABASE, 1, b"x"))
    refused(home, lies, "holds more than there is room for")


def test_an_archive_that_goes_on_after_its_end_is_refused(home: Home, archive: Path, tmp_path: Path):
    bomb = packed_by_hand(tmp_path / "bomb.tar.gz", (DATABASE, 1, b"x"), trailing=3)
    refused(home, bomb, "goes on after its end")


def test_a_header_that_wants_to_be_read_into_memory_is_refused(home: Home, archive: Path, tmp_path: Path):
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 10**9
    bomb = tmp_path / "bomb.tar.gz"
    with gzip.open(bomb, "wb") as stream:
        stream.write(header.tobuf() + bytes(10240))
    refused(home, bomb, "none that Metarr writes")


def test_a_copy_of_a_database_needs_room_too(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from metarr.store import backups

    copy = backups.make(home.folder / DATABASE, home.folder / "backups", "0001", NOW)
    home.database.close()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    refused(home, copy, "where 0 MB are free")
