"""Reading and changing what the owner tunes about Metarr as a whole."""

from collections.abc import Mapping
from typing import Any

import msgspec

from metarr.asking.config import ConfigReader
from metarr.domain.fields import FIELDS
from metarr.errors import InvalidInput, Violation
from metarr.players.players import Players
from metarr.settings import DECLARED, Settings, checked
from metarr.store import settings
from metarr.store.database import Database


class SettingsEditor:
    """The declared settings with their values."""

    def __init__(self, database: Database, config: ConfigReader, players: Players) -> None:
        self._database = database
        self._config = config
        self._players = players

    def read(self) -> Settings:
        return self._config.read().settings

    def update(self, values: Mapping[str, Any]) -> Settings:
        """Set these; None goes back to the default. Raises InvalidInput, with nothing changed."""
        known = {declared.key: declared for declared in DECLARED}
        wrong, new = [], {}
        for key, value in values.items():
            try:
                if key not in known:
                    raise ValueError(f"there is no such setting; there are {', '.join(known)}")
                if value is not None:
                    new[key] = checked(known[key], value)
                    _check_fields(key, new[key])
            except ValueError as error:
                wrong.append(Violation(f"settings.{key[:60]}", str(error)))
        if wrong:
            raise InvalidInput(*wrong)
        woke = self._config.read().sync_fields
        with self._database.begin() as connection:
            settings.put(connection, new)
            settings.remove(connection, [key for key, value in values.items() if value is None])
        if grown := self._config.read().sync_fields - woke:
            self._players.wake_due(grown)
        return self.read()


def _check_fields(key: str, value: Any) -> None:
    unknown = [name for name in value if name not in FIELDS] if key == "sync_fields" else []
    if unknown:
        raise ValueError(f"{unknown[0][:60]!r} is no field")


DEFAULTS: Mapping[str, Any] = msgspec.structs.asdict(Settings())
"""Every setting as it is where the owner never set it."""
