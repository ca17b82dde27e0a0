"""Reading and changing what the owner tunes about Metarr as a whole."""

from collections.abc import Mapping
from typing import Any

from metarr.asking.config import ConfigReader
from metarr.declared import checked_all
from metarr.errors import InvalidInput, VersionMoved
from metarr.players.players import Players
from metarr.settings import DECLARED, FORMER, Settings, load, with_languages
from metarr.store import key_values
from metarr.store.database import Database


class SettingsEditor:
    """The declared settings with their values."""

    def __init__(self, database: Database, config: ConfigReader, players: Players) -> None:
        self._database = database
        self._config = config
        self._players = players

    def read(self) -> Settings:
        return self._config.read().settings

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
            if etag and etag != load(key_values.read(connection)).etag:
                raise VersionMoved("the settings were changed since they were read; read them again")
            key_values.put(connection, {key: value for key, value in new.items() if value is not None})
            gone = [key for key, value in new.items() if value is None]
            key_values.remove(connection, [*gone, *(FORMER if "languages" in new else ())])
        if grown := self._config.read().sync_fields - woke:
            self._players.wake_due(grown)
        return self.read()
