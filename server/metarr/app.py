"""The composition root: builds everything, starts it in order, stops it in reverse."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from metarr import datadir, logs, tokens
from metarr.asking.config import ConfigReader
from metarr.asking.drift import DriftWatch
from metarr.asking.gather import Gatherer
from metarr.asking.roster import Roster
from metarr.asking.search import Searcher
from metarr.care.board import NoticeBoard
from metarr.care.health import HealthReader
from metarr.care.library_file import LibraryFile, note_begun_anew
from metarr.care.metrics import Metrics
from metarr.clock import Clock, SystemClock
from metarr.ending import Ending, Signals
from metarr.errors import CannotDo, MetarrError, scarcity
from metarr.fetch.images import ImageFetcher
from metarr.grants import Grants
from metarr.handles import raise_limit
from metarr.jobs.daily import Daily
from metarr.jobs.enriching import EnrichWork
from metarr.jobs.jobs import Jobs
from metarr.jobs.lived import LivedDays
from metarr.jobs.progress import JobProgress
from metarr.jobs.quota_queue import Planner
from metarr.jobs.run import JobWork, Worker
from metarr.jobs.runner import ThreadRunner
from metarr.jobs.updating import UpdateWork
from metarr.library.aggregate import TitleAggregator
from metarr.library.artwork import Pictures
from metarr.library.edit import Editor
from metarr.library.enrich import Enricher
from metarr.library.history import History
from metarr.library.items import Library
from metarr.library.join import Splitter
from metarr.library.listings import Lister
from metarr.library.mass_undo import MassUndo
from metarr.library.orders import SeriesOrders
from metarr.library.pairings import Pairings
from metarr.library.recognize import Recognizer
from metarr.library.series_tree import SeriesTrees
from metarr.library.whole_series import WholeSeries
from metarr.players.hosts import Hosts
from metarr.players.images import FOLDER as IMAGES
from metarr.players.images import Images
from metarr.players.outbox import Outbox
from metarr.players.pairing_codes import PairingCodes
from metarr.players.player_tokens import PlayerTokens
from metarr.players.players import Players
from metarr.players.report import Reporter
from metarr.providers.registry import Registry, discover
from metarr.rpc.doors import children
from metarr.rpc.doors.access import Access
from metarr.rpc.doors.closing import Closing
from metarr.rpc.doors.http import HttpServer
from metarr.rpc.doors.local import LocalDoor, Servicers
from metarr.rpc.doors.server import GrpcServer, authority
from metarr.rpc.methods.aggregation import AggregationServicer
from metarr.rpc.methods.config import ConfigServicer
from metarr.rpc.methods.enrichment import EnrichmentServicer
from metarr.rpc.methods.health import HealthServicer
from metarr.rpc.methods.hosts import HostServicer
from metarr.rpc.methods.library import LibraryServicer
from metarr.rpc.methods.players import SyncServicer
from metarr.rules.applying import ApplyWork
from metarr.rules.authorities import FieldAuthorities
from metarr.rules.export import Decisions
from metarr.rules.providers import ProviderSettings
from metarr.rules.remerge import Remerger
from metarr.rules.settings_editor import SettingsEditor
from metarr.scheduler import Scheduler, next_run
from metarr.secrets import Vault
from metarr.store import sequences
from metarr.store.database import Database
from metarr.store.jobs import JobKind
from metarr.web.app import pages
from metarr.web.session import has_session

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Services:
    """Every use case, joined."""

    roster: Roster
    gatherer: Gatherer
    searcher: Searcher
    titles: TitleAggregator
    enricher: Enricher
    library: Library
    pictures: Pictures
    editor: Editor
    orders: SeriesOrders
    splitter: Splitter
    pairings: Pairings
    trees: SeriesTrees
    history: History
    mass_undo: MassUndo
    config: ConfigReader
    providers: ProviderSettings
    authorities: FieldAuthorities
    remerger: Remerger
    decisions: Decisions
    health: HealthReader
    board: NoticeBoard
    library_file: LibraryFile
    metrics: Metrics
    settings: SettingsEditor
    runner: ThreadRunner
    planner: Planner
    jobs: Jobs
    daily: Daily
    players: Players
    reporter: Reporter
    outbox: Outbox
    images: Images
    player_tokens: PlayerTokens
    pairing_codes: PairingCodes
    grants: Grants
    hosts: Hosts


def build(database: Database, vault: Vault, clock: Clock, registry: Registry) -> Services:
    """Join the services over an open database."""
    roster = Roster(registry.providers, database, vault, clock)
    config = ConfigReader(database)
    providers, authorities = ProviderSettings(roster, database, vault, clock), FieldAuthorities(roster, database)
    drift = DriftWatch()
    gatherer = Gatherer(roster, database, clock, drift)
    searcher = Searcher(roster, clock)
    recognizer = Recognizer(searcher, gatherer, database, clock)
    enricher = Enricher(database, gatherer, recognizer, config=config, clock=clock)
    runner = ThreadRunner(clock)
    planner = Planner(roster, database, enricher, runner, clock)
    progress = JobProgress(database, roster, clock)
    lister = Lister(database, gatherer, clock)
    remerger = Remerger(database, gatherer, config, clock)
    enriching = EnrichWork(
        database,
        enricher,
        gatherer,
        roster=roster,
        planner=planner,
        config=config,
        runner=runner,
        clock=clock,
        progress=progress,
    )
    works: dict[JobKind, JobWork] = {
        JobKind.ENRICH: enriching,
        JobKind.APPLY: ApplyWork(database, remerger, progress),
        JobKind.UPDATE: UpdateWork(database, progress, config, clock),
    }
    worker = Worker(database, progress, works, clock=clock)
    jobs = Jobs(database, worker, progress, roster=roster, runner=runner, clock=clock)
    lived = LivedDays(database, clock)
    daily = Daily(database, jobs, config, clock, next_run, lived=lived)
    library_file = LibraryFile(database, clock, config, runner)
    images = Images(ImageFetcher(proxy=roster.common_proxy), vault.folder / IMAGES, clock)
    players, player_tokens, grants = Players(database, clock), PlayerTokens(database, clock), Grants()
    hosts = Hosts(database, vault, players, clock, grants=grants, data_dir=vault.folder)
    health = HealthReader(roster, database, clock, drift, daily=daily, broken=registry.broken)
    sources = (lambda: health.read().notices, lived.notices, daily.notices, library_file.notices, hosts.notices)
    board = NoticeBoard(database, clock, sources)
    settings = SettingsEditor(database, config, players, roster=roster, vault=vault, clock=clock)
    decisions = Decisions(
        database,
        roster,
        providers,
        authorities=authorities,
        settings=settings,
        hosts=hosts,
        config=config,
        clock=clock,
    )
    return Services(
        roster=roster,
        gatherer=gatherer,
        searcher=searcher,
        titles=TitleAggregator(gatherer, searcher, WholeSeries(database, gatherer, lister, clock), config, clock),
        enricher=enricher,
        pictures=Pictures(database, gatherer, config, clock),
        library=Library(database, gatherer, config, clock, roster=roster),
        editor=Editor(database, config, clock),
        orders=SeriesOrders(database, lister, config, clock),
        splitter=Splitter(database, config, clock),
        pairings=Pairings(database, enricher),
        trees=SeriesTrees(database, lister, config),
        history=History(database, config, clock),
        mass_undo=MassUndo(database, roster.brakes, config, clock),
        config=config,
        providers=providers,
        authorities=authorities,
        remerger=remerger,
        decisions=decisions,
        health=health,
        library_file=library_file,
        board=board,
        metrics=Metrics(health, board, database),
        settings=settings,
        runner=runner,
        planner=planner,
        jobs=jobs,
        daily=daily,
        players=players,
        reporter=Reporter(database, gatherer, config, clock),
        outbox=Outbox(database, images, clock),
        images=images,
        player_tokens=player_tokens,
        pairing_codes=PairingCodes(player_tokens, clock),
        grants=grants,
        hosts=hosts,
    )


def start_background(services: Services, running: ExitStack) -> None:
    """Begin to run jobs and to work off queues, until `running` is closed. It closes the providers' channels, too:
    whoever still waits for them is let go, and commits nothing."""
    running.callback(services.runner.join)
    running.callback(services.roster.usage.stop)
    running.callback(services.roster.close)
    # Each is to be stopped also where it could not start: it may have come half the way.
    running.callback(services.runner.stop)
    services.runner.start()
    running.callback(services.jobs.stop)
    services.jobs.start()
    running.callback(services.planner.stop)
    services.planner.start()


def servicers(services: Services, clock: Clock) -> Servicers:
    """The contract's services over the use cases; all doors serve the same ones."""
    provider_ids = services.roster.ids()
    return Servicers(
        AggregationServicer(services.titles, provider_ids, clock, preview=services.roster.preview),
        EnrichmentServicer(
            services.enricher,
            services.history,
            services.mass_undo,
            services.jobs,
            provider_ids=provider_ids,
            preview=services.roster.preview,
            clock=clock,
        ),
        LibraryServicer(
            services.library,
            services.editor,
            services.splitter,
            clock,
            orders=services.orders,
            outbox=services.outbox,
            pairings=services.pairings,
            trees=services.trees,
            pictures=services.pictures,
            preview=services.roster.preview,
        ),
        ConfigServicer(
            services.providers,
            services.authorities,
            services.decisions,
            services.health,
            clock,
            settings=services.settings,
            remerger=services.remerger,
            jobs=services.jobs,
        ),
        HealthServicer(
            services.health,
            services.board,
            services.hosts,
            services.roster.usage,
            clock,
            provider_ids=provider_ids,
        ),
        SyncServicer(
            services.players,
            services.reporter,
            services.outbox,
            clock,
            tokens=services.player_tokens,
            codes=services.pairing_codes,
        ),
        HostServicer(services.hosts, clock),
    )


class Daemon:
    """A running Metarr: `start` returns when both doors are open, `stop` when everything has ended."""

    def __init__(
        self,
        data_dir: Path,
        grpc: str = "127.0.0.1:0",
        http: str = "127.0.0.1:0",
        clock: Clock | None = None,
        access: Access = Access(),  # noqa: B008 (it is frozen)
        *,
        database_url: str = "",
        failing: Callable[[], object] = lambda: None,
    ) -> None:
        """`database_url`: of a PostgreSQL database; without one the library is in the data directory. `failing`: hears
        that the start failed, before what was started is ended."""
        self._failing = failing
        self._data_dir = data_dir
        self._database_url = database_url
        self._grpc, self._http = _address("--grpc", grpc), _address("--http", http)
        self._clock = clock or SystemClock()
        self._access = access
        self._running = ExitStack()
        self.grpc_address = ""
        self.http_address = ""
        self.services: Services

    def start(self) -> None:
        """Raises CannotDo where the data directory, the database, a port or a thread cannot be had; nothing is left
        running."""
        with ExitStack() as starting:
            try:
                self._start(starting)
            except BaseException as error:
                self._failing()
                if (scarce := scarcity(error)) is not None:
                    raise scarce from error
                raise
            self._running = starting.pop_all()

    def _start(self, running: ExitStack) -> None:
        if self._access.tls is not None:
            self._access.tls.check()
        datadir.make_private(self._data_dir)
        running.enter_context(datadir.locked(self._data_dir))
        database = self._database(running)
        if tokens.ensure(token := self._data_dir / tokens.FILE_NAME):
            log.info("token_file_made", path=str(token))
        vault = Vault(self._data_dir / datadir.KEY)
        registry = discover()
        for broken in registry.broken:
            log.warning("provider_left_out", name=broken.name, origin=broken.origin, why=broken.why)
        self.services = build(database, vault, self._clock, registry)
        start_background(self.services, running)
        also = (self.services.library_file.look, self.services.board.look, self.services.roster.usage.write)
        scheduler = Scheduler(self.services.daily, self._clock, *also)
        running.callback(self.services.daily.stop)
        running.callback(scheduler.stop)
        scheduler.start()
        served = servicers(self.services, self._clock)
        native, web = self._doors(served)
        running.callback(native.stop)
        native.start()
        running.callback(web.stop)
        web.start()
        for_hosts = children.door(served, self.services.grants, self.services.images.file)
        running.callback(for_hosts.stop)
        for_hosts.start()
        running.callback(self.services.hosts.stop)
        self.services.hosts.start(f"http://{authority(children.LOOPBACK, for_hosts.port)}")
        self.grpc_address, self.http_address = authority(self._grpc[0], native.port), authority(self._http[0], web.port)

    def _database(self, running: ExitStack) -> Database:
        """The library, open and current."""
        file, where = self._data_dir / datadir.DATABASE, datadir.elsewhere(self._data_dir)
        if where and not self._database_url:
            text = (
                f"the library of {self._data_dir} is in PostgreSQL, {where}: name it with --database-url; "
                f"to begin an empty one in a file, delete {self._data_dir / datadir.ELSEWHERE}"
            )
            raise CannotDo(text, reason="DATABASE_ELSEWHERE")
        begins_anew = False
        if not self._database_url:
            file.touch(mode=0o600)
            begins_anew = not file.stat().st_size and (self._data_dir / datadir.KEY).exists()
        database = Database(self._database_url or file, alone=True)
        running.callback(database.close)
        database.migrate(self._data_dir / datadir.BACKUPS, self._clock.now())
        if sequences.begin(database):
            log.warning("ended_unclean", consequence="numbers of changes go on far ahead, so that none is given twice")
        running.callback(_end, database)
        if begins_anew:
            note_begun_anew(database, self._clock.now())
        if self._database_url:
            datadir.put_elsewhere(self._data_dir, database.shown)
            if file.exists() and not where:
                log.warning("library_left_aside", path=str(file), instead=database.shown)
        return database

    def _doors(self, served: Servicers) -> tuple[GrpcServer, HttpServer]:
        access, token_file, closing = self._access, self._data_dir / tokens.FILE_NAME, Closing()
        guards = [access.guard(host, token_file) for host, _ in (self._grpc, self._http)]
        if access.tls is None and not all(access.local(host) for host, _ in (self._grpc, self._http)):
            log.warning("network_unencrypted", consequence="the access token can be read on its way", see="--tls-cert")
        read_token = guards[1] and partial(tokens.read, token_file)
        return (
            GrpcServer(served, *self._grpc, guard=guards[0], tls=access.tls),
            HttpServer(
                served,
                *self._http,
                names=access.names,
                guard=guards[1],
                players=self.services.player_tokens.subject,
                tls=access.tls,
                web=pages(LocalDoor(served, self._clock, closing), read_token),
                closing=closing,
                metrics=self.services.metrics.text,
                images=self.services.images.file,
                session=partial(has_session, read_token) if read_token else None,
                hook=self.services.hosts.hook,
            ),
        )

    def stop(self) -> None:
        """End what was started, in reverse. To be called once."""
        self._running.close()


def _end(database: Database) -> None:
    try:
        sequences.end(database)
    except MetarrError as error:
        log.warning("end_not_noted", why=str(error))


def serve(
    *,
    data_dir: Path,
    grpc: str,
    http: str,
    access: Access,
    log_level: str,
    log_file: Path | None,
    database_url: str,
    ready: Callable[[str, str], None],
) -> None:
    """Run a daemon until SIGTERM, SIGINT or SIGHUP. `ready` hears both addresses as soon as both doors are open. The
    process ends within seconds after that, whatever is left running."""
    logs.set_up(log_level, log_file)
    raise_limit()
    ending = Ending()
    with Signals(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        daemon = Daemon(data_dir, grpc, http, access=access, database_url=database_url, failing=ending.begin)
        try:
            daemon.start()
            ready(daemon.grpc_address, daemon.http_address)
            signals.wait()
        finally:
            ending.begin()
            daemon.stop()
            ending.finish()


def _address(option: str, text: str) -> tuple[str, int]:
    """Host and port of an address such as 127.0.0.1:50051 or [::1]:50051."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise CannotDo(f"{option} {text!r} is no address such as 127.0.0.1:50051", reason="BAD_ADDRESS")
    return host, int(port)
