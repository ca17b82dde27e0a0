"""A media server's library in memory, with the ways in which real ones go wrong, on demand."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from metarr_adapter.host import IDS, Entry, HostUnavailable, Notice, Series, Takes
from metarr_adapter.values import holds


@dataclass(frozen=True)
class Write:
    """One field that was written: what the host held before, and what it was told to hold."""

    host_key: str
    field: str
    before: Any
    value: Any


@dataclass
class Row:
    """An entry as the host stores it; `fields` has the external ids under `ids`."""

    kind: str
    host_id: str
    title: str
    fields: dict[str, Any]
    year: int = 0
    series: Series | None = None
    season_number: int | None = None
    episode_number: int | None = None


@dataclass
class FakeHost:
    """Stores numbers with one decimal and texts without blanks around them, and says so by `normal`. In genres it tells
    no case apart, and says so by `same`.

    `refused`: why, by field or by (key, field). `blurred`: fields that it stores otherwise than `normal` says.
    `unreadable`: fields that it takes in and never tells. `bad`: keys of which any use raises. `before_write`: called
    with the key when a write begins, `after_write` when it is stored.
    """

    takes: tuple[str, ...] = ("title", "plot", "imdb_rating", "genres", IDS)
    rows: dict[str, Row] = field(default_factory=dict)
    refused: dict[Any, str] = field(default_factory=dict)
    blurred: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)
    bad_writes: set[str] = field(default_factory=set)
    unavailable: bool = False
    playing: bool = False
    list_batch: int = 30
    listing_breaks_after: int | None = None
    before_write: Callable[[str], object] = lambda _key: None
    after_write: Callable[[str], object] = lambda _key: None
    while_listing: Callable[[int], object] = lambda _batch: None
    writes: list[Write] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    reads: int = 0
    listings: int = 0
    threads: set[int] = field(default_factory=set)
    name: str = "Kodi"
    _number: int = 0

    # What a test does to it

    def add(self, key: str, title: str = "", kind: str = "movie", **fields: Any) -> Row:
        """A new entry, or an old one made anew, with a new number."""
        self._number += 1
        row = Row(kind=kind, host_id=str(self._number), title=title or key, fields={"title": title or key, **fields})
        self.rows[key] = row
        return row

    def edit(self, key: str, name: str, value: Any) -> None:
        """Somebody changes it by hand."""
        self.rows[key].fields[name] = value

    def value(self, key: str, name: str) -> Any:
        return self.rows[key].fields.get(name)

    # What the adapter sees

    def kinds(self) -> Iterable[Takes]:
        self._used()
        return [Takes("movie", self.takes, {"cast": "it has no way in"}), Takes("episode", ("title", "plot"))]

    def entries(self) -> Iterator[list[Entry]]:
        self._used()
        self.listings += 1
        keys = list(self.rows)
        for number, start in enumerate(range(0, len(keys), self.list_batch)):
            if self.listing_breaks_after == number:
                raise RuntimeError("the database is locked")
            yield [self._entry(key) for key in keys[start : start + self.list_batch] if key in self.rows]
            self.while_listing(number)

    def entry(self, kind: str, *, host_key: str = "", host_id: str = "") -> Entry | None:
        self._used(host_key)
        for key, row in self.rows.items():
            if row.kind == kind and (key == host_key or row.host_id == host_id):
                return self._entry(key)
        return None

    def read(self, kind: str, host_key: str, host_id: str) -> tuple[str, dict[str, Any]] | None:
        self._used(host_key)
        self.reads += 1
        row = self.rows.get(host_key)
        return None if row is None else (row.host_id, self._told(row))

    def normal(self, kind: str, field: str, value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 1)
        return value.strip() if isinstance(value, str) else value

    def same(self, kind: str, field: str, held: Any, value: Any) -> bool:
        if field == "genres":
            return {each.lower() for each in held or ()} == {each.lower() for each in value or ()}
        return holds(field, held, self.normal(kind, field, value))

    def write(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> dict[str, str]:
        self._used(host_key)
        self.before_write(host_key)
        if host_key in self.bad_writes:
            raise RuntimeError("the row is locked")
        if host_key not in self.rows:
            return dict.fromkeys(values, "Invalid params.")
        refused = {}
        for name, value in values.items():
            why = self.refused.get(name) or self.refused.get((host_key, name))
            if why:
                refused[name] = why
                continue
            before = self.rows[host_key].fields.get(name)
            self.writes.append(Write(host_key, name, before, value))
            self.rows[host_key].fields[name] = self._stored(kind, name, before, value)
        self.after_write(host_key)
        return refused

    def busy(self) -> bool:
        self._used()
        return self.playing

    def notify(self, notice: Notice) -> None:
        self.notices.append(notice)

    def _stored(self, kind: str, name: str, before: Any, value: Any) -> Any:
        if name in self.blurred:
            return f"blurred {value}"
        if name == IDS:
            return {**(before or {}), **(value or {})}
        return self.normal(kind, name, value)

    def _told(self, row: Row) -> dict[str, Any]:
        return {name: row.fields.get(name) for name in self.takes if name not in self.unreadable}

    def _entry(self, key: str) -> Entry:
        row = self.rows[key]
        told = self._told(row)
        ids = told.pop(IDS, None) or {}
        return Entry(
            host_key=key,
            host_id=row.host_id,
            kind=row.kind,
            title=row.title,
            year=row.year,
            ids=ids,
            fields=told,
            series=row.series,
            season_number=row.season_number,
            episode_number=row.episode_number,
        )

    def _used(self, key: str = "") -> None:
        self.threads.add(threading.get_ident())
        if self.unavailable:
            raise HostUnavailable("it shuts down")
        if key in self.bad:
            raise RuntimeError("a bad row")
