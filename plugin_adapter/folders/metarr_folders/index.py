"""What was seen where, over restarts: one SQLite file a host. It can be thrown away; then everything is told again."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from metarr_adapter.database import first, opened
from metarr_folders.titles import Located
from metarr_folders.walk import FileStatus

FILE = "index.db"
VERSION = 3
_UPGRADES = {
    # Before there were seasons: everything is looked at anew, and keeps its key.
    1: "UPDATE units SET signature = ''",
    2: "ALTER TABLE titles ADD COLUMN ends TEXT NOT NULL DEFAULT ''",
}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS units (
  root TEXT NOT NULL, unit TEXT NOT NULL, signature TEXT NOT NULL, notes TEXT NOT NULL, PRIMARY KEY (root, unit)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS titles (
  key TEXT PRIMARY KEY, home TEXT NOT NULL, root TEXT NOT NULL, unit TEXT NOT NULL, mark TEXT NOT NULL,
  located TEXT NOT NULL, told INTEGER NOT NULL, missed_at REAL, ends TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS titles_by_unit ON titles (root, unit);
CREATE INDEX IF NOT EXISTS titles_untold ON titles (told) WHERE told = 0;
CREATE INDEX IF NOT EXISTS titles_unread ON titles (ends) WHERE ends = '';
CREATE TABLE IF NOT EXISTS hashes (
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS addresses (url TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roots (root TEXT PRIMARY KEY, device INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A title in the index. `key`: names it for ever, wherever it moves. `unit`: the part of the root that it is in.

    `mark`: what its file, or its folder, has in common with itself elsewhere on its disk; `ends`: on another one, too,
    "" for not known yet. `missed_at`: when a look first lacked it, in seconds since 1970; None: it is there.
    """

    key: str
    located: Located
    unit: str
    mark: str
    is_told: bool = False
    missed_at: float | None = None
    ends: str = ""


class Index:
    """The file; used on one thread. Raises sqlite3.Error where the disk is full, or the file damaged."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = opened(folder / FILE, _SCHEMA, VERSION, _UPGRADES)

    def close(self) -> None:
        self._connection.close()

    def commit(self) -> None:
        self._connection.commit()

    # Roots and units

    def device(self, root: str) -> int | None:
        """The device that a root was on when it was last looked at; None: it never was."""
        row = first(self._connection, "SELECT device FROM roots WHERE root = ?", text(root))
        return None if row is None else int(str(row[0]))

    def set_device(self, root: str, device: int) -> None:
        self._run("INSERT OR REPLACE INTO roots VALUES (?, ?)", text(root), device)

    def forget_roots(self, roots: Collection[str]) -> Iterator[str]:
        """The titles of roots that are none any more: told as gone."""
        before = {row[0] for row in self._connection.execute("SELECT root FROM roots")}
        for root in before - {text(root) for root in roots}:
            yield from [row[0] for row in self._connection.execute("SELECT key FROM titles WHERE root = ?", (root,))]
            self._run("DELETE FROM units WHERE root = ?", root)
            self._run("DELETE FROM roots WHERE root = ?", root)

    def signature(self, root: str, unit: str) -> str:
        row = first(self._connection, "SELECT signature FROM units WHERE root = ? AND unit = ?", text(root), text(unit))
        return "" if row is None else str(row[0])

    def units(self, root: str) -> set[str]:
        """The parts of a root that were seen, as `text` spells them."""
        return {row[0] for row in self._connection.execute("SELECT unit FROM units WHERE root = ?", (text(root),))}

    def notes(self) -> Iterator[Sequence[str]]:
        """What the units said when they were last read."""
        for row in self._connection.execute("SELECT notes FROM units WHERE notes <> '[]' ORDER BY root, unit"):
            yield from json.loads(row[0])

    def put_unit(self, root: str, unit: str, signature: str, notes: Sequence[Sequence[str]]) -> None:
        self._run(
            "INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?)", text(root), text(unit), signature, json.dumps(notes)
        )

    def drop_unit(self, root: str, unit: str) -> None:
        self._run("DELETE FROM units WHERE root = ? AND unit = ?", text(root), text(unit))

    # Titles

    def row(self, key: str) -> Row | None:
        row = first(self._connection, f"{_SELECT} WHERE key = ?", key)
        return None if row is None else _row(row)

    def rows(self, root: str, unit: str) -> list[Row]:
        """What was in a unit."""
        return self._rows("WHERE root = ? AND unit = ?", text(root), text(unit))

    def missed(self) -> list[Row]:
        """What the last look lacked."""
        return self._rows("WHERE missed_at IS NOT NULL")

    def untold(self, most: int) -> list[Row]:
        return self._rows("WHERE told = 0 AND missed_at IS NULL LIMIT ?", most)

    def unread(self, most: int) -> list[Row]:
        """Some of which the ends are not known."""
        return self._rows("WHERE ends = '' AND missed_at IS NULL LIMIT ?", most)

    def note_ends(self, key: str, ends: str) -> None:
        self._run("UPDATE titles SET ends = ? WHERE key = ?", ends, key)

    def everything(self) -> Iterator[Row]:
        """Every title, missed ones as well."""
        return (_row(row) for row in self._connection.execute(_SELECT))

    def count(self, root: str) -> int:
        row = first(self._connection, "SELECT count(*) FROM titles WHERE root = ?", text(root))
        return int(str(row[0])) if row else 0

    def is_empty(self) -> bool:
        """Whether nothing was ever seen, but for the root that is being looked at."""
        return first(self._connection, "SELECT 1 FROM roots LIMIT 1") is None

    def put(self, row: Row) -> None:
        located = json.dumps(asdict(row.located))
        where = (text(row.located.root), text(row.unit), row.mark)
        sql = "INSERT OR REPLACE INTO titles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._run(sql, row.key, row.located.home, *where, located, int(row.is_told), row.missed_at, row.ends)

    def tell(self, keys: Iterable[str]) -> None:
        """The daemon knows these as they are."""
        self._connection.executemany("UPDATE titles SET told = 1 WHERE key = ?", [(key,) for key in keys])
        self.commit()

    def forget(self) -> None:
        """The daemon knows none."""
        self._run("UPDATE titles SET told = 0")
        self.commit()

    # What is gone

    def go(self, keys: Iterable[str]) -> None:
        """These are gone for good, which is to be told."""
        rows = [(key,) for key in keys]
        self._connection.executemany("INSERT OR IGNORE INTO gone VALUES (?)", rows)
        self._connection.executemany("DELETE FROM titles WHERE key = ?", rows)

    def gone(self, most: int) -> list[str]:
        return [row[0] for row in self._connection.execute("SELECT key FROM gone LIMIT ?", (most,))]

    def tell_gone(self, keys: Iterable[str]) -> None:
        self._connection.executemany("DELETE FROM gone WHERE key = ?", [(key,) for key in keys])
        self.commit()

    # Images

    def sha256(self, path: str, status: FileStatus) -> str:
        """What a file holds that is as it was when that was noted; "" for not noted."""
        sql = "SELECT sha256 FROM hashes WHERE path = ? AND size = ? AND changed = ? AND inode = ?"
        row = first(self._connection, sql, text(path), *status)
        return "" if row is None else str(row[0])

    def note_sha256(self, path: str, status: FileStatus, sha256: str) -> None:
        self._run("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?)", text(path), *status, sha256)

    def sha256_of(self, url: str) -> str:
        """What an address led to; "" where it was never fetched."""
        row = first(self._connection, "SELECT sha256 FROM addresses WHERE url = ?", url)
        return "" if row is None else str(row[0])

    def note_address(self, url: str, sha256: str) -> None:
        self._run("INSERT OR REPLACE INTO addresses VALUES (?, ?)", url, sha256)
        self.commit()

    def _rows(self, where: str, *values: object) -> list[Row]:
        return [_row(row) for row in self._connection.execute(f"{_SELECT} {where}", values)]

    def _run(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)


_SELECT = "SELECT key, located, unit, mark, told, missed_at, ends FROM titles"


def _row(row: Sequence[object]) -> Row:
    plain = json.loads(str(row[1]))
    lists = {name: tuple(plain[name]) for name in ("videos", "nfos")}
    located = Located(**{**plain, **lists, "shared": tuple((season, number) for season, number in plain["shared"])})
    missed_at = None if row[5] is None else float(str(row[5]))
    return Row(str(row[0]), located, str(row[2]), str(row[3]), bool(row[4]), missed_at, str(row[6]))


def text(path: str) -> str:
    """A path as SQLite can keep it: bytes that are no text are spelled out."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
