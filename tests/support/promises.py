"""What a daemon told its callers, and what its library has to say because of it, whatever became of the daemon."""

import json
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from simulators import Movie, generated_movie

PLOT, LINE, LOCK = "plot", "tagline", "homepage"
"""The fields that are edited, edited and undone, locked and unlocked."""
SHELF = "sort_title"
"""What an importer says about each movie, and no provider."""
ORDERS = (("omdb", "tmdb"), ("tmdb", "omdb"))
"""Whom the plot listens to, in turns."""

_LATER = 10**9
_TALLIED = ("edits", "locks", "rules", "undos", "imports", "jobs", "acks", "backups")


@dataclass
class Count:
    """How far somebody counted up in a value: to which number it was acknowledged, and which one was sent.

    What was sent without an answer may have happened: of 7 told and 8 sent, the library holds 7 or 8.
    """

    told: int = 0
    sent: int = 0

    def next(self) -> int:
        self.sent = self.told + 1
        return self.sent

    def allows(self, number: int) -> bool:
        return self.told <= number <= self.sent

    def parity_allows(self, odd: bool) -> bool:
        """The same where only odd and even can be told from each other, as of what is locked and unlocked."""
        return self.sent > self.told or odd == bool(self.told % 2)


@dataclass
class Promises:
    """Everything that was acknowledged. `lock` is held by whoever notes something."""

    plots: dict[int, Count] = field(default_factory=dict)
    locks: dict[int, Count] = field(default_factory=dict)
    rule: Count = field(default_factory=Count)
    added: set[int] = field(default_factory=set)
    """The numbers of the movies that an importer was told of."""
    undone: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By change-set that was told as undone, its item, and the line that it wrote; "" of an enrichment."""
    change_sets: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By number that anybody saw, item and cause."""
    sequences: dict[int, str] = field(default_factory=dict)
    """By number that a player saw, its host key."""
    acks: dict[str, int] = field(default_factory=dict)
    """By host key, the number up to which the player was told that it is done with it."""
    jobs: set[int] = field(default_factory=set)
    tally: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(_TALLIED, 0)))
    lock: Any = field(default_factory=threading.Lock)

    def note_change_set(self, number: int, item: int, cause: str) -> None:
        assert self.change_sets.setdefault(number, (item, cause)) == (item, cause), f"change-set {number} again"

    def note_sequence(self, number: int, key: str) -> None:
        assert self.sequences.setdefault(number, key) == key, f"sequence {number} again"

    def so_far(self) -> Self:
        """What holds for a copy of the library that is made from now on, at whatever moment."""
        with self.lock:
            kept = {each.name: deepcopy(getattr(self, each.name)) for each in fields(self) if each.name != "lock"}
        copy = type(self)(**kept)
        for count in (*copy.plots.values(), *copy.locks.values(), copy.rule):
            count.sent = _LATER
        return copy


def broken(database: Path, promises: Promises) -> list[str]:
    """What the library does not say, or says in halves."""
    with closing(sqlite3.connect(database)) as file:
        return [
            *(f"damaged: {row}" for row in file.execute("PRAGMA integrity_check") if row != ("ok",)),
            *(f"refers to nothing: {row}" for row in file.execute("PRAGMA foreign_key_check")),
            *_values(file, promises),
            *_movies(file, promises),
            *_history(file, promises),
            *_players(file, promises),
        ]


def settle(database: Path, promises: Promises) -> None:
    """Take note of what became of that which was sent without an answer."""
    with closing(sqlite3.connect(database)) as file:
        for item, count in promises.plots.items():
            count.told = _plot(file, item)
        for item, count in promises.locks.items():
            count.told += _locked(file, item) != bool(count.told % 2)
        promises.rule.told += _rule_is_odd(file) != bool(promises.rule.told % 2)
    for count in (*promises.plots.values(), *promises.locks.values(), promises.rule):
        count.sent = count.told


def shelf(number: int) -> str:
    return f"Shelf {number:04}"


def line(number: int) -> str:
    return f"Line {number}"


def words(number: int) -> str:
    return f"Words {number}"


def _values(file: sqlite3.Connection, promises: Promises) -> list[str]:
    wrong = []
    for item, count in promises.plots.items():
        if not count.allows(_plot(file, item)):
            wrong.append(f"edit of item {item}: {_plot(file, item)}, where {count} was promised")
        if count.told and not _locked(file, item, PLOT):
            wrong.append(f"edit of item {item}: is not locked")
    for item, count in promises.locks.items():
        if not count.parity_allows(_locked(file, item)):
            wrong.append(f"lock of item {item}: {_locked(file, item)}, where {count} was promised")
    if not promises.rule.parity_allows(_rule_is_odd(file)):
        wrong.append(f"rule: {_rule_is_odd(file)}, where {promises.rule} was promised")
    return wrong


def _movies(file: sqlite3.Connection, promises: Promises) -> list[str]:
    """Each movie is there with all that was said of it, or not at all, and once."""
    ids: dict[int, set[tuple[str, str]]] = {}
    for item, kind, value in file.execute("SELECT item_id, type, value FROM external_ids"):
        ids.setdefault(item, set()).add((kind, value))
    shelves = {item: json.loads(value) for item, value in _all_of(file, SHELF)}
    wrong, found = [], set()
    for (item,) in file.execute("SELECT id FROM items WHERE deleted_at IS NULL"):
        imdb = [value for kind, value in ids.get(item, ()) if kind == "imdb"]
        if len(imdb) != 1:
            wrong.append(f"item {item}: half, with {ids.get(item)}")
            continue
        number = int(imdb[0].removeprefix("tt9"))
        said = set(claims(generated_movie(number)).items())
        if not said <= ids[item] or shelves.get(item) != shelf(number):
            wrong.append(f"item {item}: half, with {ids[item]} and {shelves.get(item)}")
        if number in found:
            wrong.append(f"item {item}: doubled, with {imdb[0]}")
        found.add(number)
    return [*wrong, *(f"movie {number}: added and not there" for number in sorted(promises.added - found))]


def _history(file: sqlite3.Connection, promises: Promises) -> list[str]:
    rows = {row[0]: row[1:] for row in file.execute("SELECT id, item_id, cause, undone_by FROM change_sets")}
    wrong = [
        f"change-set {number}: {rows.get(number)}, where {told} was promised"
        for number, told in promises.change_sets.items()
        if rows.get(number, ())[:2] != told
    ]
    lines = {item: json.loads(value) for item, value in _all_of(file, LINE)}
    for number, (item, written) in promises.undone.items():
        if rows.get(number, (0, "", None))[2] is None or (written and lines.get(item) == written):
            wrong.append(f"change-set {number}: undone, and it stands")
    jobs = {row[0] for row in file.execute("SELECT id FROM jobs")}
    return [*wrong, *(f"job {number}: is not there" for number in sorted(promises.jobs - jobs))]


def _players(file: sqlite3.Connection, promises: Promises) -> list[str]:
    [(last,)] = file.execute("SELECT last_sequence FROM sync_state")
    acked = dict(file.execute("SELECT host_key, acked FROM player_items"))
    wrong = [f"sequence {number}: would be given again" for number in promises.sequences if number > last]
    return wrong + [
        f"player's {key}: done up to {acked.get(key)}, where {number} was promised"
        for key, number in promises.acks.items()
        if acked.get(key, 0) < number
    ]


def claims(movie: Movie) -> dict[str, str]:
    """What an importer says that it is."""
    return {"imdb": str(movie.imdb), "tmdb": str(movie.tmdb), "tvdb": str(movie.tvdb)}


def _all_of(file: sqlite3.Connection, name: str) -> list[tuple[int, str]]:
    query = "SELECT item_id, value FROM field_values WHERE field = ? AND value IS NOT NULL"
    return file.execute(query, (name,)).fetchall()


def _plot(file: sqlite3.Connection, item: int) -> int:
    """The number that its words count; 0: nobody's words."""
    query = "SELECT value FROM field_values WHERE field = ? AND item_id = ? AND value IS NOT NULL"
    row = file.execute(query, (PLOT, item)).fetchone()
    told = str(json.loads(row[0])) if row else ""
    return int(told.removeprefix("Words ")) if told.startswith("Words ") else 0


def _locked(file: sqlite3.Connection, item: int, name: str = LOCK) -> bool:
    query = "SELECT locked FROM field_values WHERE field = ? AND item_id = ?"
    return file.execute(query, (name, item)).fetchone() == (1,)


def _rule_is_odd(file: sqlite3.Connection) -> bool:
    query = "SELECT providers FROM field_authorities WHERE kind = 'movie' AND field = ?"
    row = file.execute(query, (PLOT,)).fetchone()
    return row is not None and tuple(json.loads(row[0])) == ORDERS[1]


__all__ = ["LINE", "LOCK", "ORDERS", "PLOT", "SHELF", "Count", "Promises", "broken", "claims", "line", "settle"]
__all__ += ["shelf", "words"]
