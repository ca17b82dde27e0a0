"""The composition root: builds everything, starts it in order, stops it in reverse."""

import fcntl
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from metarr.clock import Clock, SystemClock
from metarr.errors import CannotDo
from metarr.providers.registry import Registry, discover
from metarr.rpc.aggregation import Aggregation
from metarr.rpc.config import Config
from metarr.rpc.enrichment import Enrichment
from metarr.rpc.errors import BaseServicer
from metarr.rpc.health import Health
from metarr.rpc.http import HttpServer
from metarr.rpc.library import LibraryItems
from metarr.rpc.server import GrpcServer, authority
from metarr.secrets import Vault
from metarr.services.aggregate import Aggregator
from metarr.services.authorities import FieldAuthorities
from metarr.services.config import ConfigReader
from metarr.services.drift import DriftWatch
from metarr.services.edit import Editor
from metarr.services.enrich import Enricher
from metarr.services.health import HealthReader
from metarr.services.history import History
from metarr.services.identify import Identifier
from metarr.services.library import Library
from metarr.services.providers import ProviderSettings
from metarr.services.roster import Roster
from metarr.services.titles import TitleAggregator
from metarr.store.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Services:
    """Every use case, joined."""

    roster: Roster
    aggregator: Aggregator
    identifier: Identifier
    titles: TitleAggregator
    enricher: Enricher
    library: Library
    editor: Editor
    history: History
    config: ConfigReader
    providers: ProviderSettings
    authorities: FieldAuthorities
    health: HealthReader


def build(database: Database, vault: Vault, clock: Clock, registry: Registry) -> Services:
    """Join the services over an open database."""
    roster = Roster(registry.providers, database, vault, clock)
    config = ConfigReader(database)
    drift = DriftWatch()
    aggregator = Aggregator(roster, database, clock, drift)
    identifier = Identifier(roster, clock)
    library = Library(database, aggregator, config, clock)
    return Services(
        roster=roster,
        aggregator=aggregator,
        identifier=identifier,
        titles=TitleAggregator(aggregator, identifier, config, clock),
        enricher=Enricher(database, aggregator, library, config, clock),
        library=library,
        editor=Editor(database, library, config, clock),
        history=History(database, library, config, clock),
        config=config,
        providers=ProviderSettings(roster, database, vault, clock),
        authorities=FieldAuthorities(roster, database),
        health=HealthReader(roster, database, clock, drift),
    )


def servicers(services: Services, clock: Clock) -> tuple[BaseServicer, ...]:
    """The contract's services over the use cases; both doors serve the same ones."""
    known = services.roster.ids()
    return (
        Aggregation(services.titles, known, clock),
        Enrichment(services.enricher, services.history, known, clock),
        LibraryItems(services.library, services.editor, clock),
        Config(services.providers, services.authorities, services.health, clock),
        Health(services.health, clock),
    )


class Daemon:
    """A running Metarr: `start` returns when both doors are open, `stop` when everything has ended."""

    def __init__(
        self, data_dir: Path, grpc: str = "127.0.0.1:0", http: str = "127.0.0.1:0", clock: Clock | None = None
    ) -> None:
        self._data_dir = data_dir
        self._grpc, self._http = _address("--grpc", grpc), _address("--http", http)
        self._clock = clock or SystemClock()
        self._running = ExitStack()
        self.grpc_address = ""
        self.http_address = ""
        self.services: Services

    def start(self) -> None:
        """Raises CannotDo where the data directory, the database or a port cannot be had; nothing is left running."""
        with ExitStack() as starting:
            self._start(starting)
            self._running = starting.pop_all()

    def _start(self, running: ExitStack) -> None:
        _make_private(self._data_dir)
        running.enter_context(_locked(self._data_dir / "metarr.lock"))
        vault = Vault(self._data_dir / "metarr.key")
        database = Database(self._data_dir / "metarr.db")
        running.callback(database.close)
        database.migrate(self._data_dir / "backups", self._clock.now())
        registry = discover()
        for broken in registry.broken:
            log.warning("provider_left_out", name=broken.name, origin=broken.origin, why=broken.why)
        self.services = build(database, vault, self._clock, registry)
        running.callback(self.services.roster.close)
        served = servicers(self.services, self._clock)
        native, web = GrpcServer(served, *self._grpc), HttpServer(served, *self._http)
        native.start()
        running.callback(native.stop)
        web.start()
        running.callback(web.stop)
        self.grpc_address, self.http_address = authority(self._grpc[0], native.port), authority(self._http[0], web.port)

    def stop(self) -> None:
        """End what was started, in reverse. To be called once."""
        self._running.close()


def serve(data_dir: Path, grpc: str, http: str, log_level: str, ready: Callable[[str, str], None]) -> None:
    """Run a daemon until SIGTERM or SIGINT. `ready` hears both addresses as soon as both doors are open."""
    set_up_logging(log_level)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    daemon = Daemon(data_dir, grpc, http)
    daemon.start()
    try:
        ready(daemon.grpc_address, daemon.http_address)
        stopping.wait()
    finally:
        daemon.stop()


def set_up_logging(level: str) -> None:
    """One line an event, on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _address(option: str, text: str) -> tuple[str, int]:
    """Host and port of an address such as 127.0.0.1:50051 or [::1]:50051."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise CannotDo(f"{option} {text!r} is no address such as 127.0.0.1:50051", reason="BAD_ADDRESS")
    if host not in ("localhost", "::1") and not host.startswith("127."):
        raise CannotDo(
            f"{option} {text!r}: Metarr listens on this machine only (127.0.0.1), for it has no access control yet",
            reason="BAD_ADDRESS",
        )
    return host, int(port)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotDo(f"the data directory {folder} cannot be made: {error.strerror}") from error


class _locked:  # noqa: N801 (used as a context manager only)
    """Holds the data directory for one daemon: two on one database would ask everything twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise CannotDo(
                f"another Metarr uses {self._path.parent} already", reason="DATA_DIRECTORY_IN_USE"
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        self._file.close()
