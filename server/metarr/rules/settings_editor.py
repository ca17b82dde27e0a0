"""Reading and changing what the owner tunes about Metarr as a whole."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from metarr import proxy
from metarr.asking.config import ConfigReader
from metarr.asking.roster import Roster, opened
from metarr.clock import Clock
from metarr.declared import astray, checked_all
from metarr.errors import InvalidInput, VersionMoved
from metarr.players.players import Players
from metarr.secrets import Vault
from metarr.settings import DECLARED, FORMER, Settings, load, with_languages
from metarr.store import awaited_answers, key_values
from metarr.store.database import Database


class SettingsEditor:
    """The declared settings with their values."""

    def __init__(
        self, database: Database, config: ConfigReader, players: Players, *, roster: Roster, vault: Vault, clock: Clock
    ) -> None:
        self._database = database
        self._config = config
        self._players = players
        self._roster = roster
        self._vault = vault
        self._clock = clock

    def read(self) -> Settings:
        """The settings; a secret as it is sealed, and "" where it cannot be opened any more."""
        return self._openable(self._config.read().settings)

    def sync_fields(self) -> frozenset[str]:
        """The fields whose changes wake the players, as it is set."""
        return self._config.read().sync_fields

    def update(self, values: Mapping[str, Any], etag: str = "") -> Settings:
        """Set these; None goes back to the default. Raises InvalidInput, and VersionMoved where they are not those of
        the etag any more, with nothing changed.

        What `languages` was called before is taken for it.
        """
        former = {key: value for key, value in values.items() if key in FORMER and value is not None}
        _, wrong_former = checked_all(FORMER.values(), former)
        new, wrong = checked_all(DECLARED, with_languages(values, self.read().languages))
        if wrong or wrong_former:
            raise InvalidInput(*wrong, *wrong_former)
        woke = self._config.read().sync_fields
        with self._database.begin_durably() as connection:
            before = key_values.read(connection)
            if etag and etag != self._openable(load(before)).etag:
                raise VersionMoved("the settings were changed since they were read; read them again")
            after = {key: value for key, value in {**before, **new}.items() if value is not None}
            gone = before.keys() - after.keys() | astray(DECLARED, before, after) - new.keys()
            key_values.put(connection, self._stored(new))
            key_values.remove(connection, [*gone, *(FORMER if "languages" in new else ())])
        if not new.keys().isdisjoint(proxy.KEYS):
            self._reroute()
        if grown := self._config.read().sync_fields - woke:
            self._players.wake_due(grown)
        return self.read()

    def _openable(self, settings: Settings) -> Settings:
        return settings if opened(settings.proxy_password, self._vault) else replace(settings, proxy_password="")

    def _reroute(self) -> None:
        """Have the providers asked by the new way, at once."""
        rerouted = self._roster.reroute()
        with self._database.begin() as connection:
            for provider_id in rerouted:
                awaited_answers.wake(connection, provider_id, self._clock.now())

    def _stored(self, new: Mapping[str, Any]) -> dict[str, Any]:
        """What is set, as it is stored."""
        secrets = {each.key for each in DECLARED if each.is_secret}
        return {
            key: self._vault.seal(value) if key in secrets else value for key, value in new.items() if value is not None
        }
