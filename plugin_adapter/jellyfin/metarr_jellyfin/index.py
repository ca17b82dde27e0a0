"""The items that were seen, and what of them is to be told: one SQLite file a host. It can be thrown away; then
everything is told again."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from metarr_adapter.database import first
from metarr_adapter.host import Entry, Series

SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, series TEXT NOT NULL, location TEXT NOT NULL, etag TEXT NOT NULL,
  mark BLOB NOT NULL, told INTEGER NOT NULL, entry TEXT, missed_at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS items_untold ON items (told) WHERE told = 0;
CREATE INDEX IF NOT EXISTS items_missed ON items (missed_at) WHERE missed_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS gone (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS series (id TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID;
"""


class Seen(NamedTuple):
    """An item. `location`: of its library. `etag`: with which it was read. `mark`: names what was told of it."""

    id: str
    kind: str
    series: str
    location: str
    etag: str
    mark: bytes
    is_told: bool


class Index:
    """Used on one thread. Raises sqlite3.Error where the disk is full."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def commit(self) -> None:
        self._connection.commit()

    # Single words

    def note(self, name: str) -> str:
        """ "" for what was never noted."""
        row = first(self._connection, "SELECT value FROM notes WHERE name = ?", name)
        return "" if row is None else str(row[0])

    def put_note(self, name: str, value: str) -> None:
        self._run("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, value)

    # Items

    def seen(self, key: str) -> Seen | None:
        row = first(self._connection, f"{_SELECT} WHERE id = ?", key)
        return None if row is None else _seen(row)

    def etags(self) -> dict[str, str]:
        """By id, of all items."""
        return dict(self._connection.execute("SELECT id, etag FROM items"))

    def put(self, seen: Seen, entry: Entry | None) -> None:
        """It is there. `entry`: where it is to be told."""
        content = None if entry is None else json.dumps(entry)
        row = (seen.id, seen.kind, seen.series, seen.location, seen.etag, seen.mark, int(seen.is_told), content)
        self._run("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", *row)

    def below(self, series: str) -> list[str]:
        return [row[0] for row in self._connection.execute("SELECT id FROM items WHERE series = ?", (series,))]

    def untold(self, most: int) -> list[tuple[str, Entry | None]]:
        """Entries that are to be told; those without are to be read first. What belongs to a series comes after it."""
        sql = "SELECT id, entry FROM items WHERE told = 0 ORDER BY CASE kind WHEN 'series' THEN 0 ELSE 1 END LIMIT ?"
        rows = self._connection.execute(sql, (most,)).fetchall()
        return [(key, None if content is None else _entry(json.loads(content))) for key, content in rows]

    def pass_over(self, key: str) -> None:
        """What is to be told of it cannot be read now; it is told when it is read again."""
        self._run("UPDATE items SET told = 1, mark = x'', etag = '' WHERE id = ?", key)

    def tell(self, keys: Iterable[str]) -> None:
        """The daemon knows these as they are."""
        rows = [(key,) for key in keys]
        self._connection.executemany("UPDATE items SET told = 1, entry = NULL WHERE id = ?", rows)
        self.commit()

    def forget(self) -> None:
        """The daemon knows none."""
        self._run("UPDATE items SET told = 0")
        self.commit()

    # A series, as what belongs to it names it

    def series(self, key: str) -> Series | None:
        row = first(self._connection, "SELECT words FROM series WHERE id = ?", key)
        return None if row is None else Series(**json.loads(str(row[0])))

    def put_series(self, key: str, series: Series) -> None:
        words = {"title": series.title, "year": series.year, "ids": dict(series.ids)}
        self._run("INSERT OR REPLACE INTO series VALUES (?, ?)", key, json.dumps(words))

    # What is missed and gone

    def locations(self) -> dict[str, int]:
        """By place of a library, how many items are there."""
        return dict(self._connection.execute("SELECT location, count(*) FROM items GROUP BY location"))

    def location(self, key: str) -> str:
        row = first(self._connection, "SELECT location FROM items WHERE id = ?", key)
        return "" if row is None else str(row[0])

    def miss(self, keys: Collection[str], now: float, before: float) -> list[str]:
        """These were not seen; none but these are missed. Returns those that have been since `before`, or longer."""
        missed = dict(self._connection.execute("SELECT id, missed_at FROM items WHERE missed_at IS NOT NULL"))
        back = [(key,) for key in missed.keys() - set(keys)]
        self._connection.executemany("UPDATE items SET missed_at = NULL WHERE id = ?", back)
        fresh = [(now, key) for key in keys if key not in missed]
        self._connection.executemany("UPDATE items SET missed_at = ? WHERE id = ?", fresh)
        return [key for key in keys if key in missed and missed[key] <= before]

    def misses(self) -> bool:
        """Whether anything is missed."""
        return first(self._connection, "SELECT 1 FROM items WHERE missed_at IS NOT NULL LIMIT 1") is not None

    def go(self, keys: Iterable[str]) -> None:
        """These are gone for good, which is to be told."""
        rows = [(key,) for key in keys]
        self._connection.executemany("INSERT OR IGNORE INTO gone VALUES (?)", rows)
        for table in ("items", "series"):
            self._connection.executemany(f"DELETE FROM {table} WHERE id = ?", rows)  # noqa: S608 (names of our own)

    def gone(self, most: int) -> list[str]:
        return [row[0] for row in self._connection.execute("SELECT id FROM gone LIMIT ?", (most,))]

    def tell_gone(self, keys: Iterable[str]) -> None:
        self._connection.executemany("DELETE FROM gone WHERE id = ?", [(key,) for key in keys])
        self.commit()

    def _run(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)


_SELECT = "SELECT id, kind, series, location, etag, mark, told FROM items"


def _seen(row: Sequence[Any]) -> Seen:
    return Seen._make([*row[:6], bool(row[6])])


def _entry(plain: Sequence[Any]) -> Entry:
    entry = Entry(*plain)
    return entry._replace(series=None if entry.series is None else Series(*entry.series))
