"""Figures for whoever collects them: what was counted since the start, and how things stand now."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from metarr import counters
from metarr.care.board import NoticeBoard
from metarr.care.health import Health, HealthReader
from metarr.domain.notice import Severity
from metarr.store import jobs, players
from metarr.store.database import Database
from metarr.store.players import Counts


class Metrics(Collector):
    """Reads them; asks no provider."""

    def __init__(self, health: HealthReader, board: NoticeBoard, database: Database) -> None:
        self._health = health
        self._board = board
        self._database = database
        self._standing = CollectorRegistry()
        self._standing.register(self)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(counters.REGISTRY) + generate_latest(self._standing)

    def describe(self) -> Iterable[Metric]:
        """Nothing: to be registered must cost no look at the library."""
        return ()

    def collect(self) -> Iterator[Metric]:
        health = self._health.read()
        yield from _of_providers(health)
        yield _gauge("metarr_items", "Items in the library, by state.", ("state",), _items(health))
        with self._database.read() as connection:
            by_state = jobs.count_by_state(connection)
            to_take = players.open_counts(connection)
        yield _gauge("metarr_jobs", "Jobs that are kept, by state.", ("state",), _labelled(by_state))
        everyone = {each.player.id: to_take.get(each.player.id, Counts()).pending for each in health.players}
        yield _gauge("metarr_pending_rows", "Entries that a player has to take.", ("player",), _labelled(everyone))
        noticed = dict.fromkeys(map(str, Severity), 0)
        for notice in self._board.look():
            noticed[str(notice.severity)] += 1
        yield _gauge("metarr_notices", "What the owner should know, by severity.", ("severity",), _labelled(noticed))


_Samples = Iterable[tuple[tuple[str, ...], float]]


def _gauge(name: str, help_text: str, labels: tuple[str, ...], samples: _Samples) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _labelled(numbers: dict[str, int]) -> _Samples:
    return [((label,), number) for label, number in sorted(numbers.items())]


def _items(health: Health) -> _Samples:
    return [
        (("total",), health.items),
        (("awaiting",), health.awaiting_items),
        (("untouched",), health.untouched_items),
    ]


def _of_providers(health: Health) -> Iterator[Metric]:
    well = [((each.configured.id, str(each.condition)), 1.0) for each in health.providers]
    yield _gauge("metarr_provider_condition", "How a provider fares: 1.", ("provider", "condition"), well)
    limited = [each for each in health.providers if each.status.quota_limit]
    for name, help_text, samples in (
        ("metarr_quota_used", "Requests of today.", [((e.configured.id,), e.status.quota_used) for e in limited]),
        ("metarr_quota_limit", "Requests a day.", [((e.configured.id,), e.status.quota_limit) for e in limited]),
    ):
        yield _gauge(name, help_text, ("provider",), samples)
    at_limit = [((each.configured.id,), float(bool(each.status.limited_reason))) for each in health.providers]
    yield _gauge("metarr_provider_limited", "Whether a provider is at a limit.", ("provider",), at_limit)
