"""What was written, over kills and restarts: images on their way and which are ours, locks that we set, values that
have none, and ratings that a write to a series must not take along."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS uploads (
  item TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL, sha256 TEXT NOT NULL, before TEXT NOT NULL,
  former TEXT NOT NULL, displaced TEXT NOT NULL, PRIMARY KEY (item, type)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS images (
  item TEXT NOT NULL, type TEXT NOT NULL, tag TEXT NOT NULL, now TEXT NOT NULL, url TEXT NOT NULL,
  sha256 TEXT NOT NULL, displaced TEXT NOT NULL, PRIMARY KEY (item, type)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS images_by_tag ON images (type, tag);
CREATE TABLE IF NOT EXISTS locks (item TEXT NOT NULL, lock TEXT NOT NULL, PRIMARY KEY (item, lock)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unlocked (
  item TEXT NOT NULL, field TEXT NOT NULL, before TEXT NOT NULL, value TEXT NOT NULL, again_at REAL NOT NULL,
  PRIMARY KEY (item, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ratings (
  item TEXT PRIMARY KEY, season TEXT NOT NULL, official TEXT, custom TEXT
) WITHOUT ROWID;
"""


class Upload(NamedTuple):
    """An image on its way. `before`: the tags of that type before it; `former`: of those the one of ours whose place it
    takes, "" for none. `displaced`: as of an Image."""

    url: str
    sha256: str
    before: Sequence[str]
    former: str = ""
    displaced: str = ""


class Image(NamedTuple):
    """An image of ours that an item has. `tag`: as it was told to the daemon; `now`: as it is, where its file was
    written anew since. `displaced`: the tag of the one that it took the first place from."""

    tag: str
    now: str
    url: str
    sha256: str
    displaced: str


class Unlocked(NamedTuple):
    """A value of ours that no lock guards. `before`: what was there; `again_at`: when it may be written again."""

    before: Any
    value: Any
    again_at: float


class Rating(NamedTuple):
    """What an item below a series is rated on its own. `season`: the item that it is in, "" for a season."""

    item: str
    season: str
    official: str | None
    custom: str | None


class Journal:
    """Used on one thread. Whatever it takes in is kept at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Images

    def upload(self, item: str, image_type: str) -> Upload | None:
        """The one on its way; None: there is none."""
        sql = "SELECT url, sha256, before, former, displaced FROM uploads WHERE item = ? AND type = ?"
        row = self._connection.execute(sql, (item, image_type)).fetchone()
        return None if row is None else Upload(row[0], row[1], json.loads(row[2]), *row[3:])

    def begin_upload(self, item: str, image_type: str, upload: Upload) -> None:
        row = upload._replace(before=json.dumps(list(upload.before)))
        self._run("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)", item, image_type, *row)

    def end_upload(self, item: str, image_type: str) -> None:
        self._run("DELETE FROM uploads WHERE item = ? AND type = ?", item, image_type)

    def image(self, item: str, image_type: str) -> Image | None:
        """The one of ours that it has; None: none."""
        sql = "SELECT tag, now, url, sha256, displaced FROM images WHERE item = ? AND type = ?"
        row = self._connection.execute(sql, (item, image_type)).fetchone()
        return None if row is None else Image(*row)

    def put_image(self, item: str, image_type: str, image: Image) -> None:
        self._run("INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?, ?, ?)", item, image_type, *image)

    def drop_image(self, item: str, image_type: str) -> None:
        self._run("DELETE FROM images WHERE item = ? AND type = ?", item, image_type)

    def url_of(self, image_type: str, tag: str) -> str:
        """The address of which an image with this tag was had; "" where it is none of ours."""
        sql = "SELECT url FROM images WHERE type = ? AND tag = ?"
        row = self._connection.execute(sql, (image_type, tag)).fetchone()
        return "" if row is None else str(row[0])

    # Locks

    def locks(self, item: str) -> set[str]:
        """Those that we set."""
        return {row[0] for row in self._connection.execute("SELECT lock FROM locks WHERE item = ?", (item,))}

    def put_locks(self, item: str, locks: Iterable[str]) -> None:
        self._connection.execute("DELETE FROM locks WHERE item = ?", (item,))
        self._connection.executemany("INSERT INTO locks VALUES (?, ?)", [(item, lock) for lock in locks])
        self._connection.commit()

    def locked(self, most: int) -> list[str]:
        """Items that bear locks of ours."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT item FROM locks LIMIT ?", (most,))]

    # Values without a lock

    def unlocked(self, item: str) -> dict[str, Unlocked]:
        sql = "SELECT field, before, value, again_at FROM unlocked WHERE item = ?"
        rows = self._connection.execute(sql, (item,))
        return {field: Unlocked(json.loads(before), json.loads(value), at) for field, before, value, at in rows}

    def put_unlocked(self, item: str, field: str, unlocked: Unlocked) -> None:
        values = (json.dumps(unlocked.before), json.dumps(unlocked.value), unlocked.again_at)
        self._run("INSERT OR REPLACE INTO unlocked VALUES (?, ?, ?, ?, ?)", item, field, *values)

    def drop_unlocked(self, item: str, field: str) -> None:
        self._run("DELETE FROM unlocked WHERE item = ? AND field = ?", item, field)

    # Ratings below a series

    def ratings(self) -> Iterator[Rating]:
        """Those that are to be looked after."""
        yield from map(Rating._make, self._connection.execute("SELECT * FROM ratings").fetchall())

    def put_ratings(self, ratings: Iterable[Rating]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?)", list(ratings))
        self._connection.commit()

    def drop_ratings(self) -> None:
        self._run("DELETE FROM ratings")

    def drop(self, items: Iterable[str]) -> None:
        """These are gone."""
        rows = [(item,) for item in items]
        for table in ("uploads", "images", "locks", "unlocked", "ratings"):
            self._connection.executemany(f"DELETE FROM {table} WHERE item = ?", rows)  # noqa: S608 (names of our own)
        self._connection.commit()

    def _run(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)
        self._connection.commit()
