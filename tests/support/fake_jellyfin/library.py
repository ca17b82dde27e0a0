"""What the server stores: items, people, files, and what saving any of them brings about."""

import hashlib
import posixpath
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

TICKS = 10_000_000
"""A second."""

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)

FOLDERS = ("Series", "Season")


@dataclass
class FakeImage:
    """An image of an item: its file, and when that was written."""

    type: str
    path: str
    modified: int


@dataclass
class FakePerson:
    """A credit of an item."""

    name: str
    type: str
    role: str = ""
    sort_order: int | None = None


@dataclass
class FakeItem:
    """An item. `data`: what the server holds, by its own names. `parent`, `series`: their ids. `saved`: in ticks."""

    id: str
    type: str
    path: str
    data: dict[str, Any]
    parent: str = ""
    series: str = ""
    people: list[FakePerson] = field(default_factory=list)
    images: list[FakeImage] = field(default_factory=list)
    user_data: dict[str, Any] = field(default_factory=dict)
    virtual: bool = False
    hidden_version: bool = False
    saved: int = 0

    @property
    def etag(self) -> str:
        return hashlib.md5(str(self.saved).encode()).hexdigest()

    def of(self, image_type: str) -> list[FakeImage]:
        return [image for image in self.images if image.type == image_type]


@dataclass
class FakeLibrary:
    """A library as its owner set it up. `savers` None: never chosen."""

    name: str
    location: str
    kind: str = "movies"
    savers: list[str] | None = field(default_factory=list)
    fetchers: list[str] = field(default_factory=list)
    saves_artwork: bool = False
    mounted: bool = True


@dataclass
class FakeFile:
    """A file of the server's machine."""

    content: bytes
    modified: int


def item_id(kind: str, path: str) -> str:
    """J15."""
    return hashlib.md5(f"{kind}{path}".encode()).hexdigest()


def ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


def moment(count: int) -> datetime:
    return _EPOCH + timedelta(microseconds=count // 10)


def single(value: float | None) -> float | None:
    """As the server's float32 keeps it, and shows it."""
    if value is None:
        return None
    kept = struct.unpack("f", struct.pack("f", value))[0]
    return float(f"{kept:.7g}")


class Shelf:
    """The server's database and disk. `now`: its clock, in ticks, that no two saves share. `nfo_writes`: `.nfo` files
    that savers wrote; `saves`: ids, in order; `refreshes`: ids whose metadata was to be replaced."""

    def __init__(self, *, twelve: bool) -> None:
        self.twelve = twelve
        self.offset = timedelta()
        self.items: dict[str, FakeItem] = {}
        self.away: dict[str, FakeItem] = {}
        self.persons: dict[str, str] = {}
        self.libraries: list[FakeLibrary] = []
        self.files: dict[str, FakeFile] = {}
        self.saves: list[str] = []
        self.nfo_writes: list[str] = []
        self.refreshes: list[str] = []
        self._last = 0

    def now(self) -> int:
        self._last = max(self._last + 1, ticks(datetime.now(UTC) + self.offset))
        return self._last

    # Items

    def add(self, kind: str, path: str, *, parent: str = "", series: str = "", **data: Any) -> FakeItem:
        empty = {"Genres": [], "Tags": [], "Studios": [], "ProductionLocations": [], "LockedFields": []}
        full = {**empty, "ProviderIds": {}, "IsLocked": False, "DateCreated": _shown(self.now()), **data}
        item = FakeItem(item_id(kind, path), kind, path, full, parent, series)
        self.items[item.id] = item
        item.saved = self.now()
        return item

    def library_of(self, item: FakeItem) -> FakeLibrary:
        path = item.path or self.items[item.series].path
        return next(each for each in self.libraries if path.startswith(f"{each.location}/"))

    def children(self, item: FakeItem, kind: str) -> list[FakeItem]:
        return [each for each in self.items.values() if each.parent == item.id and each.type == kind]

    def below(self, item: FakeItem) -> Iterator[FakeItem]:
        for child in [each for each in self.items.values() if each.parent == item.id]:
            yield child
            yield from self.below(child)

    def move(self, item: FakeItem, path: str) -> FakeItem:
        """J15: what is elsewhere is another one."""
        del self.items[item.id]
        item.id, item.path = item_id(item.type, path), path
        self.items[item.id] = item
        self.save(item)
        return item

    def unmount(self, location: str) -> None:
        """J25."""
        gone = {key: each for key, each in self.items.items() if each.path.startswith(f"{location}/")}
        gone |= {key: each for key, each in self.items.items() if each.series in gone}
        self.away |= gone
        self.items = {key: each for key, each in self.items.items() if key not in gone}

    def mount(self) -> None:
        """J25, J15: it comes back with the ids that it had."""
        self.items |= self.away
        self.away = {}

    # Saving

    def save(self, item: FakeItem, *, metadata: bool = True) -> None:
        """J14; J19 where metadata was edited."""
        item.saved = self.now()
        self.saves.append(item.id)
        if metadata and not item.virtual:
            self._run_savers(item)
            item.saved = self.now()

    def _run_savers(self, item: FakeItem) -> None:
        path, savers = nfo_path(item), self.library_of(item).savers
        if "Nfo" in (savers or ()) or (savers is None and path in self.files):
            foreign = b"<foreign/>" if b"<foreign/>" in self.files.get(path, FakeFile(b"", 0)).content else b""
            lock = b"<lockdata>true</lockdata>" if item.data["IsLocked"] else b""
            title = str(item.data.get("Name")).encode()
            plot = str(item.data.get("Overview") or "").encode()
            words = b"<title>" + title + b"</title><plot>" + plot + b"</plot>"
            self.files[path] = FakeFile(b"<movie>" + words + lock + foreign + b"</movie>", self.now())
            self.nfo_writes.append(path)

    def put_people(self, item: FakeItem, people: list[FakePerson]) -> None:
        """J4: credits without order, one of a name and type in 10.11, and items of them at once."""
        kept: dict[tuple[str, ...], FakePerson] = {}
        for person in people:
            key = (person.name, person.type)
            whole = (person.name.strip().lower(), person.type, person.role.strip().lower())
            name = person.name.strip() if self.twelve else person.name
            kept.setdefault(whole if self.twelve else key, FakePerson(name, person.type, person.role))
            self.persons.setdefault(name, item_id("Person", name))
        item.people = list(kept.values())

    # What happens beside the API

    def play(self, item: FakeItem) -> None:
        """J14: nothing of it is a save."""
        item.user_data = {"PlayCount": item.user_data.get("PlayCount", 0) + 1, "Played": True}

    def refresh(self, item: FakeItem, *, replace_all: bool = False, **provided: Any) -> None:
        """J22: an ordinary refresh by what its internet providers say."""
        if item.data["IsLocked"] and not replace_all:
            return
        locked = set(item.data["LockedFields"])
        for name, value in provided.items():
            if _LOCK_OF.get(name) not in locked:
                item.data[name] = value
        self.save(item)

    def put_file(self, path: str, content: bytes, *, ago: float = 0.0) -> None:
        self.files[path] = FakeFile(content, self.now() - int(ago * TICKS))

    def scan_nfo(self, item: FakeItem) -> bool:
        """J20, J21: whether its `.nfo` was read."""
        file = self.files.get(nfo_path(item))
        if file is None or item.data["IsLocked"] or file.modified <= item.saved + 60 * TICKS:
            return False
        text = file.content.decode()
        item.data["Name"] = text.partition("<title>")[2].partition("</title>")[0] or item.data.get("Name")
        item.data["Overview"] = text.partition("<plot>")[2].partition("</plot>")[0] or None
        item.data["IsLocked"] = "<lockdata>true" in text or item.data["IsLocked"]
        self.save(item)
        return True

    def restart(self, version: str) -> None:
        """J24: some versions forget."""
        if version in ("10.11.0", "10.11.1", "10.11.2", "10.11.3"):
            for item in self.items.values():
                item.data["LockedFields"] = []

    # Images

    def image_tag(self, item: FakeItem, image: FakeImage) -> str:
        """J18."""
        return hashlib.md5(f"{item.path or item.id}{image.modified}".encode()).hexdigest()

    def image_path(self, item: FakeItem, image_type: str, extension: str) -> str:
        """J17: beside the media where the library wants that."""
        number = len(item.of("Backdrop"))
        name = {"Primary": "poster", "Backdrop": f"backdrop{number or ''}"}.get(image_type, image_type.lower())
        beside = self.library_of(item).saves_artwork and (item.type != "Episode" or image_type == "Primary")
        folder = posixpath.dirname(item.path) if beside else f"/config/metadata/{item.id}"
        return f"{folder}/{name}.{extension}"

    def upload(self, item: FakeItem, image_type: str, content: bytes, extension: str) -> None:
        """J16, J17."""
        path = self.image_path(item, image_type, extension)
        current = None if image_type == "Backdrop" else next(iter(item.of(image_type)), None)
        modified = self.now()
        self.files[path] = FakeFile(content, modified)
        if current is None:
            item.images.append(FakeImage(image_type, path, modified))
        else:
            former, current.path, current.modified = current.path, path, modified
            ours = former.startswith("/config/metadata/") or self.library_of(item).saves_artwork
            if former != path and ours:
                self.files.pop(former, None)
        self.save(item, metadata=False)

    def delete_image(self, item: FakeItem, image_type: str, index: int) -> None:
        """J17: with its file, whoever's that is."""
        images = item.of(image_type)
        if index < len(images):
            self.files.pop(images[index].path, None)
            item.images = [image for image in item.images if image is not images[index]]
            self.save(item, metadata=False)

    def swap(self, item: FakeItem, image_type: str, one: int, other: int) -> None:
        """J16: what the files hold changes places, and when they were written with it."""
        images = item.of(image_type)
        if max(one, other) >= len(images):
            return
        a, b = images[one], images[other]
        self.files[a.path], self.files[b.path] = self.files[b.path], self.files[a.path]
        a.modified, b.modified = self.files[a.path].modified, self.files[b.path].modified
        self.save(item, metadata=False)

    def content(self, item: FakeItem, image_type: str, index: int = 0) -> bytes:
        images = item.of(image_type)
        return self.files[images[index].path].content if index < len(images) else b""


_LOCK_OF = {
    "Name": "Name",
    "Overview": "Overview",
    "Genres": "Genres",
    "Tags": "Tags",
    "Studios": "Studios",
    "ProductionLocations": "ProductionLocations",
    "OfficialRating": "OfficialRating",
    "RunTimeTicks": "Runtime",
}
"""J22: nothing else has a lock of its own."""


def nfo_path(item: FakeItem) -> str:
    if item.type in FOLDERS:
        return f"{item.path}/{'tvshow' if item.type == 'Series' else 'season'}.nfo"
    return f"{posixpath.splitext(item.path)[0]}.nfo"


def _shown(count: int) -> str:
    return f"{moment(count):%Y-%m-%dT%H:%M:%S}.{count % TICKS:07}Z"


__all__ = ["FakeImage", "FakeItem", "FakeLibrary", "FakePerson", "Shelf", "moment", "single", "ticks"]
