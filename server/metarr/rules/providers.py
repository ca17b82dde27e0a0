"""Changing and testing the settings of providers."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.clock import Clock
from metarr.declared import astray, checked_all
from metarr.errors import InvalidInput, NoSuchThing, VersionMoved
from metarr.rules.origins import refused_in_the_clear
from metarr.rules.trial import Verdict, trial, verdict_on
from metarr.secrets import Vault
from metarr.store import awaited_answers
from metarr.store.database import Database
from metarr.store.providers import ProviderStore


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

    def resume(self, provider_id: str) -> ConfiguredProvider:
        """Take the answers of a provider again that was stopped for what they changed; what awaits them is asked again.
        Raises NoSuchThing."""
        configured = self.configured(provider_id)
        with self._database.begin_durably() as connection:
            if self._roster.brakes.release(connection, provider_id):
                awaited_answers.wake(connection, provider_id, self._clock.now())
        return configured

    def update(
        self, provider_id: str, enabled: bool | None, changes: Mapping[str, Any], etag: str = ""
    ) -> ConfiguredProvider:
        """Change settings; None as a value goes back to the default, or forgets a secret. With another scheme, host or
        port every secret that was entered for the old one is forgotten, unless it is given, too.

        Lifts what the provider was parked for, and lets what awaits its answers be asked again. Raises NoSuchThing,
        InvalidInput with a violation per wrong setting, and VersionMoved where its settings are not those of the etag
        any more, with nothing stored.
        """
        configured = self.configured(provider_id)
        wanted = _checked(configured, changes)
        secrets = {each.key for each in configured.declared if each.is_secret}
        with self._database.begin_durably() as connection:
            # Read here and not from the roster: another update may have been stored meanwhile.
            before = self._store.config(connection, provider_id)
            if etag and etag != before.etag:
                raise VersionMoved(
                    f"the settings of {configured.provider.name} were changed since they were read; read them again"
                )
            settings = {key: value for key, value in before.settings.items() if key not in wanted}
            settings |= {key: value for key, value in wanted.items() if value is not None and key not in secrets}
            if wrong := refused_in_the_clear(configured.provider.settings, wanted, settings):
                raise InvalidInput(*wrong)
            gone = wanted.keys() | astray(configured.declared, before.settings, settings)
            sealed = {key: value for key, value in before.sealed.items() if key not in gone}
            sealed |= {key: self._vault.seal(wanted[key]) for key in secrets if wanted.get(key) is not None}
            config = replace(
                before, enabled=before.enabled if enabled is None else enabled, settings=settings, sealed=sealed
            )
            self._store.save_config(connection, config)
            awaited_answers.wake(connection, provider_id, self._clock.now())
        return self._roster.reload(provider_id)

    def test(self, provider_id: str, deadline: float, typed: Mapping[str, Any] | None = None) -> Verdict:
        """One cheap request: do key, network and quota work? `deadline`: of the caller, in monotonic seconds.

        `typed`: settings to try instead of the stored ones; nothing is stored. Raises NoSuchThing, and InvalidInput
        where one of them is wrong, or is an address of another host for which a secret was not given, too.
        """
        configured = self.configured(provider_id)
        if typed:
            with trial(configured, _checked(configured, typed), self._clock) as tried:
                return verdict_on(tried, self._clock, deadline)
        verdict = verdict_on(configured, self._clock, deadline)
        if not verdict.trouble:
            with self._database.begin() as connection:
                awaited_answers.wake(connection, provider_id, self._clock.now())
        return verdict


def _checked(configured: ConfiguredProvider, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are to be kept. Raises InvalidInput with a violation per wrong one."""
    wanted, wrong = checked_all(configured.declared, changes, owner=configured.id)
    if wrong:
        raise InvalidInput(*wrong)
    return wanted
