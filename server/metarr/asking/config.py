"""What the owner decided, read as a whole."""

from dataclasses import dataclass
from functools import cached_property

from metarr.domain.artwork import ArtworkPolicy
from metarr.domain.authority import Authority
from metarr.domain.changes import DEFAULT_SYNC_FIELDS
from metarr.domain.languages import LanguagePolicy
from metarr.domain.merge import MergePolicy
from metarr.providers.contract import Preferences
from metarr.settings import Settings, load
from metarr.store import authorities, key_values
from metarr.store.database import Connection, Database


@dataclass(frozen=True)
class Config:
    """The owner's decisions as they were at one moment."""

    settings: Settings
    authority: Authority

    @cached_property
    def policy(self) -> MergePolicy:
        """What a merge needs of them."""
        return MergePolicy(
            authority=self.authority,
            artwork=ArtworkPolicy(extra_fanart=self.settings.extra_fanart),
            languages=LanguagePolicy(
                listed=self.settings.languages, original=frozenset(self.settings.original_language)
            ),
        )

    @cached_property
    def preferences(self) -> Preferences:
        """What is wanted of every provider."""
        return Preferences(
            languages=self.settings.languages,
            original=frozenset(self.settings.original_language),
            country=self.settings.country,
        )

    @property
    def sync_fields(self) -> frozenset[str]:
        """Fields whose change wakes the players."""
        return frozenset(self.settings.sync_fields) or DEFAULT_SYNC_FIELDS


class ConfigReader:
    """Reads the configuration; it is small, and what is read is true now.

    As long as nothing changed, it is the same object: it knows things that it took time to work out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: Config | None = None

    def read(self) -> Config:
        with self._database.read() as connection:
            return self.read_in(connection)

    def read_in(self, connection: Connection) -> Config:
        """The same within the caller's transaction."""
        values = key_values.read(connection)
        read, last = Config(settings=load(values), authority=authorities.read(connection, values)), self._last
        if last == read:
            return last
        self._last = read
        return read
