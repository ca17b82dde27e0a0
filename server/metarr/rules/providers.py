"""Changing and testing the settings of providers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.clock import Clock
from metarr.declared import checked_all
from metarr.errors import InvalidInput, KeyRefused, NoSuchThing, ProviderError, QuotaExhausted, RateLimited
from metarr.fetch.channel import TEST_SECONDS
from metarr.providers import guard
from metarr.secrets import Vault
from metarr.store import awaited_answers
from metarr.store.database import Database
from metarr.store.providers import ProviderStore

ANSWER_MARGIN = 0.2
"""Seconds of a caller's deadline that are kept for telling what came of a test."""


class ProviderSettings:
    """Changing and testing a provider's settings."""

    def __init__(self, roster: Roster, database: Database, vault: Vault, clock: Clock) -> None:
        self._roster = roster
        self._database = database
        self._vault = vault
        self._clock = clock
        self._store = ProviderStore(database, vault)

    def configured(self, provider_id: str) -> ConfiguredProvider:
        """A provider. Raises NoSuchThing."""
        configured = self._roster.get(provider_id)
        if configured is None:
            listed = ", ".join(sorted(self._roster.ids()))
            raise NoSuchThing(
                "provider_id", f"there is no provider {provider_id!r}; known: {listed}", reason="PROVIDER_NOT_FOUND"
            )
        return configured

    def update(self, provider_id: str, enabled: bool | None, changes: Mapping[str, Any]) -> ConfiguredProvider:
        """Change settings; None as a value goes back to the default, or forgets a secret.

        Lifts what the provider was parked for, and lets what awaits its answers be asked again. Raises NoSuchThing,
        and InvalidInput with a violation per wrong setting, with nothing stored.
        """
        provider = self.configured(provider_id).provider
        wanted, wrong = checked_all(provider.settings, changes, owner=provider_id)
        if wrong:
            raise InvalidInput(*wrong)
        secrets = {each.key for each in provider.settings if each.is_secret}
        with self._database.begin() as connection:
            # Read here and not from the roster: another update may have been stored meanwhile.
            before = self._store.config(connection, provider_id)
            settings = {key: value for key, value in before.settings.items() if key not in wanted}
            sealed = {key: value for key, value in before.sealed.items() if key not in wanted}
            for key, value in wanted.items():
                if value is not None and key in secrets:
                    sealed[key] = self._vault.seal(value)
                elif value is not None:
                    settings[key] = value
            config = replace(
                before, enabled=before.enabled if enabled is None else enabled, settings=settings, sealed=sealed
            )
            self._store.save_config(connection, config)
            awaited_answers.wake(connection, provider_id, self._clock.now())
        return self._roster.reload(provider_id)

    def test(self, provider_id: str, deadline: float) -> "Verdict":
        """One cheap request: do key, network and quota work? `deadline`: of the caller, in monotonic seconds."""
        configured = self.configured(provider_id)
        if configured.lost or not configured.ready:
            missing = [
                each.label
                for each in configured.provider.settings
                if each.required and not configured.settings[each.key]
            ]
            return Verdict(trouble="key", detail=f"not set yet: {', '.join(missing)}; {_where_to_get(configured)}")
        began = self._clock.monotonic()
        try:
            configured.channel.test(
                lambda http: guard.check(configured.provider, http, configured.settings),
                deadline=min(deadline - ANSWER_MARGIN, began + TEST_SECONDS),
            )
        except ProviderError as error:
            return Verdict(
                trouble=_trouble(error), detail=_advice(configured, error), seconds=self._clock.monotonic() - began
            )
        seconds = self._clock.monotonic() - began
        with self._database.begin() as connection:
            awaited_answers.wake(connection, provider_id, self._clock.now())
        return Verdict(trouble="", detail=f"{configured.provider.name} answered.", seconds=seconds)


@dataclass(frozen=True)
class Verdict:
    """What came of a test. `trouble`: "" (none), "key", "network" or "quota"."""

    trouble: str
    detail: str
    seconds: float = 0.0


def _trouble(error: ProviderError) -> str:
    if isinstance(error, KeyRefused):
        return "key"
    return "quota" if isinstance(error, RateLimited | QuotaExhausted) else "network"


def _advice(configured: ConfiguredProvider, error: ProviderError) -> str:
    if isinstance(error, KeyRefused):
        return f"{configured.provider.name} refuses the key: {error.detail}; {_where_to_get(configured)}"
    if isinstance(error, RateLimited | QuotaExhausted):
        return f"{configured.provider.name} is at its limit: {error.detail}; Metarr asks again by itself"
    address = _address(configured)
    return f"{configured.provider.name} cannot be heard: {error.detail}; check the network and the address {address}"


def _where_to_get(configured: ConfiguredProvider) -> str:
    secret = next((each for each in configured.provider.settings if each.is_secret), None)
    return (secret.help if secret else "") or f"see {configured.provider.homepage}"


def _address(configured: ConfiguredProvider) -> str:
    """The host it is asked at; user and path of an address may hold secrets."""
    return urlsplit(str(configured.settings.get("base_url", ""))).hostname or "?"
