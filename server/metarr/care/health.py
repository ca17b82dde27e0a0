"""How the daemon and its providers fare."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from metarr.asking.costs import cost_of_many
from metarr.asking.drift import Drift, DriftWatch
from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.care import notices
from metarr.care.forecast import days_to_cover
from metarr.clock import Clock
from metarr.domain.brake import Brake
from metarr.domain.notice import Notice, NoticeCode
from metarr.domain.values import Kind
from metarr.fetch.channel import ChannelStatus
from metarr.jobs.daily import Daily, Outlook
from metarr.providers.registry import BrokenProvider
from metarr.store import awaited_answers, items, players
from metarr.store.database import Connection, Database
from metarr.store.items import Stock
from metarr.store.players import Counts, Player


class Condition(StrEnum):
    """How a provider fares."""

    OK = "ok"
    DISABLED = "disabled"
    NOT_CONFIGURED = "not_configured"
    LIMITED = "limited"
    KEY_REFUSED = "key_refused"
    FAILING = "failing"
    SUSPECT = "suspect"
    PROXY_FAILING = "proxy_failing"


@dataclass(frozen=True)
class ProviderHealth:
    """How one provider fares. `forecast_days`: until it was asked about every item, at its daily quota; None: it has
    none."""

    configured: ConfiguredProvider
    condition: Condition
    retry_at: datetime | None
    status: ChannelStatus
    awaiting_items: int
    forecast_days: int | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def detail(self) -> str:
        """Its condition for a person to read; "" where it is well."""
        return _STANDING.get(self.condition) or _texts(each for each in self.notices if not _is_advice(each))

    @property
    def advice(self) -> str:
        """What to consider besides."""
        return _texts(each for each in self.notices if _is_advice(each))


@dataclass(frozen=True)
class PlayerHealth:
    """How a player's library stands."""

    player: Player
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Health:
    """How the daemon fares as a whole. `untouched_items`: that can be asked about, are to be, and never were."""

    started_at: datetime
    items: int
    awaiting_items: int
    untouched_items: int
    providers: tuple[ProviderHealth, ...]
    daily: Outlook
    broken: tuple[BrokenProvider, ...] = ()
    players: tuple[PlayerHealth, ...] = ()

    @property
    def condition(self) -> Condition:
        """NOT_CONFIGURED: no provider can be asked; LIMITED: something is out of order; OK otherwise."""
        in_use = [each.condition for each in self.providers if each.condition not in _UNUSED]
        if not in_use:
            return Condition.NOT_CONFIGURED
        return Condition.OK if all(each is Condition.OK for each in in_use) else Condition.LIMITED

    @property
    def notices(self) -> Iterator[Notice]:
        """All that there is to notice about providers, plugins and players."""
        if self.condition is Condition.NOT_CONFIGURED:
            yield notices.no_provider()
        for provider in self.providers:
            yield from provider.notices
        for player in self.players:
            yield from player.notices
        for plugin in self.broken:
            yield notices.broken(plugin)


_UNUSED = (Condition.DISABLED, Condition.NOT_CONFIGURED)
_STANDING = {Condition.DISABLED: "switched off", Condition.NOT_CONFIGURED: "its key was not entered yet"}
"""Conditions that the owner chose, so that there is nothing to notice."""


class HealthReader:
    """Reads how things are; asks no provider."""

    def __init__(
        self,
        roster: Roster,
        database: Database,
        clock: Clock,
        drift: DriftWatch,
        *,
        daily: Daily,
        broken: tuple[BrokenProvider, ...] = (),
    ) -> None:
        self._roster = roster
        self._broken = broken
        self._daily = daily
        self._drift = drift
        self._database = database
        self._clock = clock
        self._started_at = clock.now()

    def read(self) -> Health:
        outlook = self._daily.outlook()
        with self._database.read() as connection:
            counts, stock = awaited_answers.counts(connection), items.stock(connection)
            asked_about = {kind for each in self._roster.all() for kind in _kinds(each)}
            return Health(
                started_at=self._started_at,
                items=items.total(stock.values()).live,
                awaiting_items=awaited_answers.count_items(connection),
                untouched_items=sum(of_kind.untouched for kind, of_kind in stock.items() if kind in asked_about),
                providers=tuple(self._provider(each, stock, counts.get(each.id, 0)) for each in self._roster.all()),
                daily=outlook,
                broken=self._broken,
                players=self._players(connection),
            )

    def _players(self, connection: Connection) -> tuple[PlayerHealth, ...]:
        now, counts = self._clock.now(), players.open_counts(connection)
        return tuple(
            PlayerHealth(each, tuple(notices.of_player(each, counts.get(each.id, Counts()), now)))
            for each in players.everyone(connection)
        )

    def provider(self, configured: ConfiguredProvider) -> ProviderHealth:
        with self._database.read() as connection:
            stock, awaiting_items = items.stock(connection), awaited_answers.counts(connection).get(configured.id, 0)
        return self._provider(configured, stock, awaiting_items)

    def _provider(
        self, configured: ConfiguredProvider, stock: Mapping[Kind, Stock], awaiting_items: int
    ) -> ProviderHealth:
        status = configured.channel.status()
        brake = self._roster.brakes.of(configured.id)
        condition, retry_at, noticed = _condition(configured, status, self._drift.drift(configured.id), brake)
        forecast, outgrown = _outlook(configured, status, stock, awaiting_items)
        return ProviderHealth(
            configured=configured,
            condition=condition,
            retry_at=retry_at,
            status=status,
            awaiting_items=awaiting_items,
            forecast_days=forecast,
            notices=(*([noticed] if noticed else []), *outgrown, *_in_the_clear(configured)),
        )


def _outlook(
    configured: ConfiguredProvider, status: ChannelStatus, stock: Mapping[Kind, Stock], awaiting_items: int
) -> tuple[int | None, Iterable[Notice]]:
    """What its quota means for the library; nothing where it has none, or is not in use."""
    if not status.quota_limit or not configured.config.enabled or not configured.ready:
        return None, ()
    of_kinds = {kind: stock[kind] for kind in _kinds(configured) if kind in stock}
    untouched = cost_of_many(configured, {kind: each.untouched for kind, each in of_kinds.items()}, stock)
    monitored = cost_of_many(configured, {kind: each.monitored for kind, each in of_kinds.items()}, stock)
    # What awaits an answer is of kinds as the library is.
    each_costs = monitored / max(1, items.total(of_kinds.values()).monitored) or 1
    left = max(0, status.quota_limit - status.quota_used)
    return (
        days_to_cover(math.ceil(awaiting_items * each_costs) + untouched, left, status.quota_limit),
        notices.quota_outgrown(configured.id, configured.provider.name, monitored, status.quota_limit),
    )


def _kinds(configured: ConfiguredProvider) -> Collection[Kind]:
    """The kinds of items that the provider can be asked about."""
    return configured.provider.asks_by.keys() & configured.provider.covers.keys()


def _in_the_clear(configured: ConfiguredProvider) -> Iterator[Notice]:
    if configured.config.enabled and configured.ready:
        yield from notices.plain_http(configured.id, str(configured.settings.get("base_url", "")))


def _condition(
    configured: ConfiguredProvider, status: ChannelStatus, drift: Drift, brake: Brake
) -> tuple[Condition, datetime | None, Notice | None]:
    """How a provider fares, until when, and what there is to notice about that."""
    if not configured.config.enabled:
        return Condition.DISABLED, None, None
    if not configured.ready:
        return Condition.NOT_CONFIGURED, None, None
    if status.auth_refused:
        return Condition.KEY_REFUSED, None, notices.key_refused(configured.id, status)
    if brake.stopped_at is not None:
        return Condition.SUSPECT, None, notices.stopped(configured.id, brake)
    if status.limited_reason:
        return Condition.LIMITED, status.retry_at, notices.limited(configured.id, status)
    if status.blamed_proxy:
        return Condition.PROXY_FAILING, status.circuit_retry_at, notices.proxy_failing(configured, status)
    if status.circuit_open:
        return Condition.FAILING, status.circuit_retry_at, notices.failing(configured.id)
    if drift.suspicious:
        return Condition.SUSPECT, None, notices.suspect(configured.id, drift)
    return Condition.OK, None, None


def _is_advice(notice: Notice) -> bool:
    return notice.code is NoticeCode.QUOTA_OUTGROWN


def _texts(of: Iterable[Notice]) -> str:
    return "; ".join(each.text for each in of)
