"""The providers as they stand now: each with its settings in force and its way out.

The one place that joins what a provider declares, what the owner set, and the channel that asks it. A change of
settings replaces the configured provider and closes the old channel.
"""

import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog
from msgspec.structs import replace

from metarr import proxy
from metarr.asking.brakes import Brakes
from metarr.asking.usage import UsageBook
from metarr.clock import Clock
from metarr.domain.merge import Coverage
from metarr.domain.outcome import NotAsked, Skip
from metarr.domain.values import Kind
from metarr.errors import DatabaseUnusable, KeyRefused
from metarr.fetch.channel import Channel
from metarr.fetch.contract import Limits
from metarr.providers import guard
from metarr.providers.contract import Provider, Setting, SettingValue
from metarr.proxy import Proxy
from metarr.secrets import Vault
from metarr.store import key_values
from metarr.store.database import Database
from metarr.store.providers import ProviderConfig, ProviderStore

log = structlog.get_logger(__name__)

SLOW_ANSWER = 0.5
"""Seconds that an answer may take while a provider is still asked as often as the owner allows."""

MOST_WORKERS = 32

LAST_ANSWERS = 2.0
"""Seconds for which closing waits for answers that are on their way."""

LOST = "the key file that opens it is gone or another one"


@dataclass(frozen=True)
class ConfiguredProvider:
    """One provider with its settings in force, secrets included (which its text form leaves out), and its channel."""

    provider: Provider
    config: ProviderConfig
    channel: Channel = field(repr=False)
    common_proxy: Proxy | None
    """Metarr's, through which it is asked unless it has one of its own."""
    settings: Mapping[str, SettingValue] = field(repr=False)

    @property
    def id(self) -> str:
        return self.provider.id

    @property
    def proxy(self) -> Proxy | None:
        """Through which it is asked; None: directly."""
        return proxy.chosen(self.settings, self.common_proxy)

    @property
    def declared(self) -> tuple[Setting, ...]:
        """Its settings: those of its own, and those that every provider has."""
        return declared_for(self.provider)

    lost: bool = False
    """Its key was entered, and the key file that opens it is gone."""

    @property
    def ready(self) -> bool:
        """Whether it can be asked, or could be before its key was lost."""
        return self.lost or self.provider.configured(self.settings)

    def fields(self, kind: Kind, country: str) -> frozenset[str]:
        """The fields that it tells an owner in that country about a kind."""
        return self.provider.fields_for(country, kind, self.settings)

    def skip(self, kind: Kind) -> NotAsked | None:
        """Why the provider is out of the order for a kind; None: it counts."""
        if kind not in self.provider.covers:
            return NotAsked(reason=Skip.NOT_COVERED, detail=f"knows nothing about a {kind}")
        if not self.config.enabled:
            return NotAsked(reason=Skip.DISABLED, detail="switched off")
        if not self.ready:
            return NotAsked(reason=Skip.NOT_CONFIGURED, detail="its key was not entered yet")
        return None


class Roster:
    """All known providers. Thread-safe: a configured provider is replaced as a whole. `brakes`: whose answers are taken
    no more. `usage`: what was asked of each."""

    def __init__(self, providers: Mapping[str, Provider], database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._store = ProviderStore(database, vault)
        self._lock = threading.Lock()
        self.brakes = Brakes(database, clock)
        self.usage = UsageBook(database, clock)
        self._providers = {
            provider_id: self._configured(provider) for provider_id, provider in sorted(providers.items())
        }
        self._all = tuple(self._providers.values())

    def get(self, provider_id: str) -> ConfiguredProvider | None:
        return self._providers.get(provider_id)

    def all(self) -> tuple[ConfiguredProvider, ...]:
        """Every provider, by id; the same object as long as none of them changed."""
        return self._all

    def ids(self) -> frozenset[str]:
        return frozenset(self._providers)

    def asked_by(self) -> tuple[str, ...]:
        """The types of ids by which some provider can be asked about a title."""
        ways = [way for each in self.all() for way in (each.provider.asks_by, each.provider.looks_up_by)]
        return tuple(sorted({id_type for way in ways for types in way.values() for id_type in types}))

    def coverage(self, kind: Kind, country: str) -> Coverage:
        """The fields that each provider tells an owner in that country about a kind."""
        return {each.id: each.fields(kind, country) for each in self.all()}

    def preview(self, url: str, field: str) -> str:
        """The address of a small version of a picture, whichever provider has it; "": there is none."""
        owner = next((each.provider for each in self.all() if guard.is_picture_of(each.provider, url)), None)
        return "" if owner is None else guard.preview(owner, url, field)

    def reload(self, provider_id: str) -> ConfiguredProvider:
        """Take over changed settings: a new channel, with every park lifted but that for a lost key."""
        with self._lock:
            old = self._providers[provider_id]
            old.channel.close()
            new = self._configured(old.provider)
            if not new.lost:
                new.channel.lift()
            self._providers = {**self._providers, provider_id: new}
            self._all = tuple(self._providers.values())
        return new

    def reroute(self) -> tuple[str, ...]:
        """Take over another proxy of Metarr's, for every provider that has none of its own; returns their ids."""
        return tuple(self.reload(each.id).id for each in self.all() if not each.settings[proxy.ADDRESS])

    def close(self) -> None:
        """Close every channel; nothing can be asked any more. What was asked already may still be answered, and kept,
        for a moment: it would have to be asked again after the next start."""
        channels = [each.channel for each in self.all()]
        for channel in channels:
            channel.retire()
        until = self._clock.monotonic() + LAST_ANSWERS
        for channel in channels:
            channel.finish(until)
        for channel in channels:
            try:
                channel.close()
            except DatabaseUnusable as error:
                log.warning("limits_not_kept", why=str(error))

    def common_proxy(self) -> proxy.Proxy | None:
        """The proxy of everything that has none of its own."""
        with self._database.read() as connection:
            rows = key_values.read(connection)
        return proxy.chosen({**rows, proxy.PASSWORD: opened(rows.get(proxy.PASSWORD), self._vault)})

    def _configured(self, provider: Provider) -> ConfiguredProvider:
        with self._database.read() as connection:
            config = self._store.config(connection, provider.id)
        common = self.common_proxy()
        settings = in_force(declared_for(provider), config, self._vault)
        secrets = [str(settings[each.key]) for each in provider.settings if each.is_secret]
        channel = Channel(
            provider.id,
            replace(provider.connection(settings), proxy=proxy.chosen(settings, common)),
            guard.classify(provider),
            limits_in_force(provider.limits, settings),
            self._clock,
            self._store,
            self._store,
            self._vault.fingerprint("\n".join(secrets)),
            lambda http: guard.check(provider, http, settings),
            note=partial(self.usage.note, provider.id),
        )
        lost = any(each.is_secret and _lost(each, config, settings) for each in provider.settings)
        if lost:
            # As good as refused: what it said before is held, where "never configured" would let others replace it.
            channel.limiter.refused(KeyRefused(LOST))
        return ConfiguredProvider(
            provider=provider, config=config, channel=channel, common_proxy=common, settings=settings, lost=lost
        )


def declared_for(provider: Provider) -> tuple[Setting, ...]:
    """A provider's settings: those that it declares, and those of the way to it."""
    return (*provider.settings, *proxy.FOR_ONE)


def opened(sealed: str | None, vault: Vault) -> str:
    """A stored secret in the clear; "" where there is none that can be opened."""
    return (vault.open(sealed) if sealed else None) or ""


def _lost(setting: Setting, config: ProviderConfig, settings: Mapping[str, SettingValue]) -> bool:
    """Whether a secret was entered that cannot be opened any more."""
    return setting.key in config.sealed and not settings[setting.key]


def in_force(declared: Iterable[Setting], config: ProviderConfig, vault: Vault) -> dict[str, SettingValue]:
    """Every declared setting: as stored, or its default. A secret that cannot be opened any more counts as unset."""
    settings: dict[str, SettingValue] = {}
    for setting in declared:
        if setting.is_secret:
            settings[setting.key] = opened(config.sealed.get(setting.key), vault)
        else:
            settings[setting.key] = config.settings.get(setting.key, setting.default)
    return settings


def limits_in_force(declared: Limits, settings: Mapping[str, SettingValue]) -> Limits:
    """The limits as the owner set them, with as many workers as it takes to reach them."""
    per_second = float(settings.get("requests_per_second", declared.per_second))
    # 16 workers that wait half a second for each answer ask 32 times a second, whatever the owner allows.
    needed = min(MOST_WORKERS, math.ceil(per_second * SLOW_ANSWER))
    return Limits(
        per_second=per_second,
        daily_quota=int(settings.get("daily_quota", declared.daily_quota)),
        workers=max(declared.workers, needed),
    )
