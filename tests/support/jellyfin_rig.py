"""A Jellyfin with its host before a daemon in memory: looks, reports, takes in what is pending."""

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from adapter_rig import Logged, opened, pulling
from fake_daemon import FakeDaemon
from fake_jellyfin import FakeItem, FakeJellyfin, FakeLibrary
from metarr_adapter.kind import HostImage, HostNote, Surroundings
from metarr_adapter.poll import report_untold
from metarr_adapter.pull import Pulled
from metarr_jellyfin.host import Choices, JellyfinHost
from metarr_jellyfin.server import JellyfinServer

JPEG = b"\xff\xd8\xff\xe0"
FILMS, SHOWS = "/media/films", "/media/shows"


class JellyfinRig:
    """`images`: what the daemon has for an address. `clock`: seconds since 1970 as the host has them."""

    def __init__(self, folder: Path, jellyfin: FakeJellyfin, **choices: Any) -> None:
        self.folder, self.jellyfin, self.choices = folder, jellyfin, choices
        self.daemon = FakeDaemon(policy="fill")
        self.images: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.notes: list[HostNote] = []
        self.log = Logged()
        self.later = 0.0
        self.url = jellyfin.url
        self.ca_file = ""
        self._number = itertools.count()
        self.start()

    def start(self) -> JellyfinHost:
        """The host's process begins, or begins again."""
        around = Surroundings(str(self.folder), self.log, self._tell, lambda: None, self._image)
        server = JellyfinServer(self.url, self.jellyfin.key, self.ca_file)
        self.host = JellyfinHost(server, Choices(**self.choices), around, self._now)
        return self.host

    def restart(self, **choices: Any) -> JellyfinHost:
        self.host.close()
        self.choices |= choices
        return self.start()

    def _now(self) -> float:
        return 1.8e9 + self.later

    def _tell(self, notes: list[HostNote]) -> None:
        self.notes = list(notes)

    def _image(self, key: str, url: str) -> HostImage:
        self.asked.append(url)
        content = self.images.get(url)
        if content is None:
            return HostImage(why="is not there any more")
        return HostImage(content, hashlib.sha256(content).hexdigest())

    # What the daemon's loop does

    def look(self) -> float:
        return self.host.look()

    def report(self) -> int:
        """Tell what is new; how many entries that are."""
        session = opened(self.host, self.daemon, take_over=True)
        return report_untold(self.host, session, lambda: False).entries

    def pull(self) -> Pulled:
        return pulling(self.host, opened(self.host, self.daemon, take_over=True), log=self.log).run()

    def sync(self) -> Pulled:
        """A whole round."""
        self.look()
        self.report()
        return self.pull()

    # What a test looks at

    def outcome(self, item: FakeItem, field: str) -> str:
        return self.daemon.outcome(item.id, field)

    def held(self, item: FakeItem, field: str) -> Any:
        """What the daemon was told that an item holds."""
        return self.daemon.entries[item.id].told(field).host


def film(jellyfin: FakeJellyfin, name: str, **data: Any) -> FakeItem:
    return jellyfin.add("Movie", f"{FILMS}/{name}/{name}.mkv", Name=name, **data)


def show(jellyfin: FakeJellyfin, name: str, episodes: int = 2, seasons: int = 1, **data: Any) -> list[FakeItem]:
    """A series with all that is below it, in that order."""
    series = jellyfin.add("Series", f"{SHOWS}/{name}", Name=name, **data)
    made = [series]
    for season_number in range(1, seasons + 1):
        place = f"{series.path}/Season {season_number}"
        season = jellyfin.add(
            "Season",
            place,
            parent=series.id,
            series=series.id,
            Name=f"Season {season_number}",
            SeriesName=name,
            IndexNumber=season_number,
        )
        made.append(season)
        for number in range(1, episodes + 1):
            numbers = {"SeriesName": name, "ParentIndexNumber": season_number, "IndexNumber": number}
            path = f"{place}/{name} S{season_number:02}E{number:02}.mkv"
            made.append(
                jellyfin.add("Episode", path, parent=season.id, series=series.id, Name=f"Episode {number}", **numbers)
            )
    return made


@contextmanager
def jellyfin(version: str = "10.11.11", **options: Any) -> Iterator[FakeJellyfin]:
    """A server with a library of films and one of shows; what it and its callers say keeps to its own document."""
    server = FakeJellyfin(version, **options)
    server.libraries = [FakeLibrary("Films", FILMS), FakeLibrary("Shows", SHOWS, "tvshows")]
    try:
        yield server
    finally:
        server.close()
    assert server.faults == []


def stored(jellyfin: FakeJellyfin, item: FakeItem, but: Mapping[str, Any] | set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """All that the server holds of an item, apart from some of its own names."""
    data = {
        name: deepcopy(value) for name, value in item.data.items() if name not in but and value not in (None, [], {})
    }
    people = [(person.name, person.type, person.role) for person in item.people]
    images = [(image.type, jellyfin.files[image.path].content) for image in item.images]
    return {**data, "people": people, "images": images, "user": dict(item.user_data), "path": item.path}
