"""A tree of media files with a folders host over it."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from metarr_adapter.kind import HostImage, HostNote, Surroundings
from metarr_adapter.poll import Untold
from metarr_folders.host import FolderHost
from metarr_folders.roots import Root

FILMS = {
    "Alien (1979)/Alien (1979).mkv": b"alien",
    "Heat (1995)/Heat (1995).mkv": b"heat!",
    "Loose.Film.2001.1080p.mkv": b"loose",
    "Dark/Season 1/Dark S01E01.mkv": b"dark 1",
    "Dark/Season 1/Dark S01E02.mkv": b"dark 2",
}


@dataclass
class Tree:
    """A root with a host over it. `now`: the time of day, in seconds."""

    path: Path
    work: Path
    now: float = 1e9
    notes: list[HostNote] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    host: FolderHost | None = None
    web: dict[str, bytes] = field(default_factory=dict)

    def image(self, key: str, url: str) -> HostImage:
        """What the daemon has for an address."""
        content = self.web.get(url)
        return HostImage(content, sha256(content).hexdigest()) if content else HostImage(why="is gone")

    def put(self, name: str, content: bytes = b"video") -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def start(self) -> FolderHost:
        self.stop()
        around = Surroundings(
            str(self.work), lambda _, text: self.lines.append(text), self._tell, lambda: None, self.image
        )
        self.host = FolderHost([Root(self.path, "paths")], around)
        return self.host

    def stop(self) -> None:
        if self.host is not None:
            self.host.close()

    def _tell(self, notes: list[HostNote]) -> None:
        self.notes = list(notes)

    def look(self, later: float = 0.0) -> tuple[dict[str, str], list[str]]:
        """What is told after a look: new or other entries by key with their titles, and keys that are gone."""
        self.now += later
        host = self.host or self.start()
        host.look()
        entries: dict[str, str] = {}
        gone: list[str] = []
        while (untold := host.untold()) != Untold([], []):
            entries |= {entry.host_key: entry.title for entry in untold.entries}
            gone += untold.removed
            host.tell(untold)
        return entries, gone

    def write(self, kind: str, path: str, **values: Any) -> dict[str, str]:
        """Have values written beside the title of this key; why not, by field."""
        assert self.host is not None
        return dict(self.host.write(kind, self.key(path), "", values))

    def read(self, kind: str, path: str) -> dict[str, Any]:
        """What the title of this key holds, by field."""
        assert self.host is not None
        entry = self.host.read(kind, self.key(path), "")
        assert entry is not None
        return dict(entry[1])

    def key(self, path: str) -> str:
        return f"{self.path}/{path}"
