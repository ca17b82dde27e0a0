"""The whole of Metarr over the simulators: its services in the test's own process, or a daemon on ports of its own."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import inspect, select

from factories import source_of
from fakes import FakeClock
from metarr.app import Daemon, Services, build
from metarr.clock import Clock
from metarr.datadir import DATABASE, KEY, make_private
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.outcome import Outcome
from metarr.domain.values import Kind
from metarr.library.intake import NewItem
from metarr.library.wish import Enriched, Wish
from metarr.providers.registry import discover
from metarr.rpc.client import Client
from metarr.secrets import Vault
from metarr.store import awaited_answers, changes, items, tables
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.changes import ChangeSet
from metarr.store.database import Database
from simulators import KEYS, MOVIES, SERIES, Movie, Series, Simulators

PROVIDERS = ("fanart", "omdb", "tmdb", "tvdb")
SECONDS = 20.0
"""A caller's deadline that a slow machine keeps, too."""

UNLIMITED = 1e9
"""Requests per second: nothing waits for a pace while a test owns the time."""


def settings_for(simulators: Simulators, provider: str) -> dict[str, Any]:
    """The settings with which a provider asks its simulator, at any pace."""
    return {
        "api_key": KEYS[provider],
        "base_url": simulators.base_urls[provider],
        "requests_per_second": UNLIMITED,
    }


def title(key: str) -> Movie | Series:
    """A title of the simulators by its key, such as "fight-club"."""
    return next(each for each in (*MOVIES, *SERIES) if each.key == key)


@dataclass(frozen=True)
class House:
    """The services over a database of their own, with what a test wants to do to them and to know of them."""

    services: Services
    database: Database
    simulators: Simulators
    clock: Clock

    def configure(self, *providers: str) -> None:
        """Enter the good keys and the simulators' addresses."""
        for provider in providers:
            self.services.providers.update(provider, True, settings_for(self.simulators, provider))

    def add(self, key: str, *id_types: str) -> int:
        """Add a title of the simulators, known by the ids of these types (by default its IMDb id); returns its id."""
        told = title(key)
        ids = {id_type: str(getattr(told, id_type)) for id_type in id_types or ("imdb",)}
        kind = Kind.MOVIE if isinstance(told, Movie) else Kind.SERIES
        [taken] = self.services.library.upsert([NewItem(kind, told.title, told.year, ids)])
        assert taken.created
        return taken.item.id

    def wish(self, *providers: str, force: bool = False, **more: Any) -> Wish:
        """A wish with time enough; of these providers only, where some are named."""
        return Wish(
            deadline=self.clock.monotonic() + SECONDS,
            fresh_after=self.clock.now() if force else None,
            providers=frozenset(providers) or None,
            **more,
        )

    def enrich(self, item_id: int, *providers: str, force: bool = False, **more: Any) -> Enriched:
        return self.services.enricher.enrich(item_id, self.wish(*providers, force=force, **more))

    def item(self, item_id: int) -> MediaItem:
        with self.database.read() as connection:
            found = items.get(connection, item_id)
        assert found is not None
        return found

    def change(self, item_id: int, edit: Callable[[MediaItem], MediaItem]) -> None:
        """Write an item as another part of Metarr would, such as the owner's edit."""
        with self.database.begin() as connection:
            before = items.get(connection, item_id)
            assert before is not None
            items.save(connection, before, edit(before))

    def awaited(self, item_id: int) -> dict[str, AwaitedAnswer]:
        with self.database.read() as connection:
            return awaited_answers.of_items(connection, [item_id]).get(item_id, {})

    def history(self, item_id: int) -> list[ChangeSet]:
        """The item's change-sets, the latest first."""
        with self.database.read() as connection:
            return changes.page(connection, item_id=item_id)

    def asked(self) -> dict[str, int]:
        """How many requests each simulator got since it was last asked for them here; those without are left out."""
        counts = {provider: self.simulators.count(provider) for provider in PROVIDERS}
        self.simulators.clear_requests()
        return {provider: count for provider, count in counts.items() if count}

    def lift(self, provider: str) -> None:
        """Have a provider that is left alone asked again."""
        entry = self.services.roster.get(provider)
        assert entry is not None
        entry.channel.lift()

    def rows(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database, or in these tables."""
        with self.database.read() as connection:
            names = tables or inspect(connection).get_table_names()
            return {
                name: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)
                for name in names
            }


registry = cache(discover)
"""The providers that are installed. To look for them takes longer than most tests."""


SETTINGS = frozenset({"provider_configs", "provider_states"})
"""The tables that are left by entering the providers' settings."""

Rows = dict[str, list[dict[str, Any]]]
"""By table, those that refer to others after these."""


class Configured(NamedTuple):
    """What is left of entering the providers' settings."""

    key: bytes
    rows: Rows

    def lay_out(self, database: Database, key_file: Path) -> None:
        """Leave a new database, and the folder of the key, as entering these settings would."""
        key_file.touch(mode=0o600)
        key_file.write_bytes(self.key)
        _insert(database, self.rows)


@cache
def configured(simulators: Simulators, providers: tuple[str, ...]) -> Configured:
    """The settings of these providers, entered once for all tests: to enter them takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder, house(simulators, Path(folder), FakeClock(), ()) as home:
        home.configure(*providers)
        rows = _rows(home.database)
        assert rows.keys() == SETTINGS
        return Configured((Path(folder) / KEY).read_bytes(), rows)


def put_enriched(home: House, *keys: str) -> dict[str, int]:
    """Leave an empty library as adding and enriching these titles of the simulators would; their items by their keys.

    They are enriched once for all tests, at the time at which a `FakeClock` begins. Nobody is asked.
    """
    made = _enriched(home.simulators, keys)
    _insert(home.database, made.rows)
    home.simulators.state.tokens.update(made.tokens)
    home.simulators.clear_requests()
    return dict(made.items)


class _Enriched(NamedTuple):
    items: dict[str, int]
    rows: Rows
    tokens: dict[str, float]
    """What a simulator has let in."""


@cache
def _enriched(simulators: Simulators, keys: tuple[str, ...]) -> _Enriched:
    with tempfile.TemporaryDirectory() as folder, house(simulators, Path(folder), FakeClock()) as home:
        added = {key: home.add(key) for key in keys}
        for item_id in added.values():
            home.enrich(item_id)
        rows = {name: rows for name, rows in _rows(home.database).items() if name not in SETTINGS}
        return _Enriched(added, rows, dict(simulators.state.tokens))


def _rows(database: Database) -> Rows:
    """All rows but those of a new database."""
    with database.read() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.metadata.sorted_tables
        }
    [own] = found.pop("sync_state")
    assert own["last_sequence"] == 0
    return {name: rows for name, rows in found.items() if rows}


def _insert(database: Database, found: Rows) -> None:
    with database.begin() as connection:
        for table, rows in found.items():
            connection.execute(tables.metadata.tables[table].insert(), rows)


def put_blank(path: Path) -> None:
    """Put a new library of this version there: to migrate one takes longer than most tests."""
    with closing(Database.in_memory()) as blank:
        shutil.copyfile(str(blank.path), path)


@contextmanager
def house(
    simulators: Simulators,
    folder: Path,
    clock: Clock,
    providers: Iterable[str] = PROVIDERS,
    database: Database | None = None,
) -> Iterator[House]:
    """The services in this process, over a database of their own or this one; these providers are configured."""
    database = database or Database.in_memory()
    if providers:
        configured(simulators, tuple(providers)).lay_out(database, folder / KEY)
    services = build(database, Vault(folder / KEY), clock, registry())
    try:
        yield House(services, database, simulators, clock)
    finally:
        services.roster.close()
        database.close()


@dataclass(frozen=True)
class Live:
    """A running daemon."""

    daemon: Daemon
    client: Client
    data_dir: Path

    def call(self, service: str, method: str, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call a method over gRPC, JSON in and out. Raises RpcFailure."""
        return self.client.call(f"{service}Service", method, dict(request or {}))

    @property
    def url(self) -> str:
        """Where the HTTP door is."""
        return f"http://{self.daemon.http_address}"

    def configure(self, simulators: Simulators, *providers: str) -> None:
        for provider in providers:
            settings = settings_for(simulators, provider)
            self.call(
                "Config", "UpdateProvider", {"providerId": provider, "settings": settings, "updateMask": "settings"}
            )

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database."""
        return dump(self.data_dir / "metarr.db")


@contextmanager
def live(data_dir: Path, clock: Clock | None = None) -> Iterator[Live]:
    """A daemon on free ports; its data directory outlives it. A new one holds an empty library of this version."""
    if not (data_dir / DATABASE).exists():
        make_private(data_dir)
        put_blank(data_dir / DATABASE)
    daemon = Daemon(data_dir, clock=clock)
    daemon.start()
    try:
        with Client(daemon.grpc_address, SECONDS) as client:
            yield Live(daemon, client, data_dir)
    finally:
        daemon.stop()


def dump(path: Path, tables: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a SQLite file, by table."""
    with closing(sqlite3.connect(path)) as connection:
        names = list(tables) or [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}


def told(fields: Mapping[str, FieldValue]) -> dict[str, tuple[object, str]]:
    """Values with their sources."""
    return {name: (stored.value, source_of(stored)) for name, stored in fields.items()}


def kinds(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """What came of asking each provider, in a word: the reason where there is one, else the outcome's name."""
    return {provider: str(getattr(outcome, "reason", type(outcome).__name__)) for provider, outcome in outcomes.items()}


__all__ = [
    "PROVIDERS",
    "FakeClock",
    "House",
    "Live",
    "dump",
    "house",
    "kinds",
    "live",
    "settings_for",
    "title",
    "told",
]
