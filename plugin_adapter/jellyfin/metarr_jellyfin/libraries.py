"""The libraries of a server, as their owner set them up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from metarr_jellyfin.server import Away, Gone, JellyfinServer, Refused


class Library(NamedTuple):
    """`locations`: folders as the server sees them. `saves_artwork`: beside the media. `writes_nfo`: after each edit;
    `rewrites_nfo`: where there is one. `fetches`: from internet providers."""

    name: str
    locations: Sequence[str]
    saves_artwork: bool
    writes_nfo: bool
    rewrites_nfo: bool
    fetches: bool


class Libraries:
    """Those that count: all, or the ones of an allow-list."""

    def __init__(self, libraries: Iterable[Library], allowed: Sequence[str]) -> None:
        self.all, self._allowed = list(libraries), allowed
        names = {name.casefold() for name in allowed}
        self._limited = bool(names)
        self.counted = [each for each in self.all if not names or each.name.casefold() in names]
        pairs = [(_folder(location), library) for library in self.counted for location in library.locations]
        self._by_location = dict(sorted(pairs, key=lambda pair: -len(pair[0])))

    def again(self, libraries: Iterable[Library]) -> "Libraries":
        """The same choice of these."""
        return Libraries(libraries, self._allowed)

    @property
    def locations(self) -> Sequence[str]:
        return list(self._by_location)

    def place(self, path: str) -> str | None:
        """The location that a path is in, "" for none that is known; None: it does not count."""
        location = next((each for each in self._by_location if path.startswith((f"{each}/", f"{each}\\"))), None)
        return location if location is not None or self._limited else ""

    def saves_artwork(self, location: str) -> bool:
        """Whether an image for what is there would be written beside the media; of a place that nobody knows, so it is
        to be believed."""
        library = self._by_location.get(location)
        return library is None or library.saves_artwork


def names_of(settings: Mapping[str, Any]) -> list[str]:
    """The allow-list; empty: all."""
    return [name for each in str(settings.get("libraries") or "").split(",") if (name := each.strip())]


def read(server: JellyfinServer) -> list[Library]:
    """Raises HostUnavailable, and OwnerNeeded where the key may not ask for it."""
    try:
        answer = server.get("/Library/VirtualFolders")
    except (Gone, Refused) as error:
        raise Away(f"Jellyfin does not tell its libraries: {error}") from error
    if not isinstance(answer, list):
        raise Away("what answers tells its libraries otherwise than Jellyfin does")
    return [_library(each) for each in answer if isinstance(each, dict)]


def _library(answer: Mapping[str, Any]) -> Library:
    options = answer.get("LibraryOptions") or {}
    savers = options.get("MetadataSavers")
    fetchers = [name for each in options.get("TypeOptions") or () for name in each.get("MetadataFetchers") or ()]
    return Library(
        name=str(answer.get("Name") or ""),
        locations=[str(each) for each in answer.get("Locations") or ()],
        saves_artwork=bool(options.get("SaveLocalMetadata")),
        writes_nfo=savers is not None and "Nfo" in savers,
        rewrites_nfo=savers is None,
        fetches=bool(fetchers),
    )


def _folder(location: str) -> str:
    return location.rstrip("/\\")
