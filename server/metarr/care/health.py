"""How the daemon and its providers fare."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from metarr.asking.drift import DriftWatch
from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.care.forecast import advice, days_to_cover
from metarr.clock import Clock
from metarr.domain.delivery import SyncPolicy
from metarr.errors import Reason
from metarr.fetch.channel import ChannelStatus
from metarr.jobs.daily import Daily, Outlook
from metarr.providers.registry import BrokenProvider
from metarr.store import awaited_answers, items, players
from metarr.store.database import Connection, Database
from metarr.store.players import Counts, Player

SILENT = timedelta(days=7)
"""After how long a player that says nothing is worth a word."""


class Condition(StrEnum):
    """How a provider fares."""

    OK = "ok"
    DISABLED = "disabled"
    NOT_CONFIGURED = "not_configured"
    LIMITED = "limited"
    KEY_REFUSED = "key_refused"
    FAILING = "failing"
    SUSPECT = "suspect"


@dataclass(frozen=True)
class ProviderHealth:
    """How one provider fares. `detail` says it for a person, with what to do.

    `forecast_days`: until it was asked about every item, at its daily quota; None: it has none. `advice`: where the
    library outgrows the quota.
    """

    configured: ConfiguredProvider
    condition: Condition
    detail: str
    retry_at: datetime | None
    status: ChannelStatus
    awaiting_items: int
    forecast_days: int | None = None
    advice: str = ""


@dataclass(frozen=True)
class PlayerHealth:
    """How a player's library stands. `notes`: what its owner should know, with what to do."""

    player: Player
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """How the daemon fares as a whole."""

    started_at: datetime
    items: int
    awaiting_items: int
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


_UNUSED = (Condition.DISABLED, Condition.NOT_CONFIGURED)


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
            counts = awaited_answers.counts(connection)
            return Health(
                started_at=self._started_at,
                items=items.count(connection),
                awaiting_items=awaited_answers.count_items(connection),
                providers=tuple(
                    self._provider(connection, each, counts.get(each.id, 0)) for each in self._roster.all()
                ),
                daily=outlook,
                broken=self._broken,
                players=self._players(connection),
            )

    def _players(self, connection: Connection) -> tuple[PlayerHealth, ...]:
        now, counts = self._clock.now(), players.counts(connection)
        return tuple(
            PlayerHealth(each, tuple(_notes(each, counts.get(each.id, Counts()), now)))
            for each in players.everyone(connection)
        )

    def provider(self, configured: ConfiguredProvider) -> ProviderHealth:
        with self._database.read() as connection:
            return self._provider(connection, configured, awaited_answers.counts(connection).get(configured.id, 0))

    def _provider(self, connection: Connection, configured: ConfiguredProvider, awaiting_items: int) -> ProviderHealth:
        status, drift = configured.channel.status(), self._drift.drift(configured.id)
        condition, detail, retry_at = _condition(configured, status)
        if condition is Condition.OK and drift.suspicious:
            condition, detail = Condition.SUSPECT, drift.describe()
        return ProviderHealth(
            configured=configured,
            condition=condition,
            detail=detail,
            retry_at=retry_at,
            status=status,
            awaiting_items=awaiting_items,
            **self._outlook(connection, configured, status, awaiting_items),
        )

    def _outlook(
        self, connection: Connection, configured: ConfiguredProvider, status: ChannelStatus, awaiting_items: int
    ) -> dict[str, Any]:
        """What its quota means for the library; nothing where it has none, or is not in use."""
        if not status.quota_limit or not configured.config.enabled or not configured.ready:
            return {}
        kinds = configured.provider.asks_by.keys() & configured.provider.covers.keys()
        monitored, untouched = items.count_monitored(connection, kinds)
        left = max(0, status.quota_limit - status.quota_used)
        return {
            "forecast_days": days_to_cover(awaiting_items + untouched, left, status.quota_limit),
            "advice": advice(configured.provider.name, monitored, status.quota_limit),
        }


def _notes(player: Player, counts: Counts, now: datetime) -> Iterator[str]:
    if player.policy is SyncPolicy.UNCHOSEN:
        yield f"nothing is written to it before you choose: metarr players policy {player.id} replace|fill"
    if now - player.seen_at >= SILENT:
        yield f"not heard of for {(now - player.seen_at).days} days; entries that wait for it: {counts.pending}"
    if counts.not_taken:
        yield f"entries that did not take something: {counts.not_taken}; see metarr players show {player.id}"
    if counts.edited:
        yield f"entries that were changed there by hand: {counts.edited}; see metarr players show {player.id}"


def _condition(configured: ConfiguredProvider, status: ChannelStatus) -> tuple[Condition, str, datetime | None]:
    if not configured.config.enabled:
        return Condition.DISABLED, "switched off", None
    if not configured.ready:
        return Condition.NOT_CONFIGURED, f"enter its key: metarr providers set {configured.id} api_key=-", None
    if status.auth_refused:
        remedy = f"enter a working one: metarr providers set {configured.id} api_key=-"
        return Condition.KEY_REFUSED, f"refuses the key ({status.auth_refused}); {remedy}", None
    if status.limited_reason:
        what = "daily quota used up" if status.limited_reason == Reason.QUOTA_EXHAUSTED else "rate-limited"
        detail = f"{what}: {status.limited_detail}" if status.limited_detail else what
        return Condition.LIMITED, detail, status.retry_at
    if status.circuit_open:
        return Condition.FAILING, "failed several times in a row and is left alone for a while", status.circuit_retry_at
    return Condition.OK, "", None
