"""The images beside media: which file is which, what it holds, and how another one gets there."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from metarr.files.listing import ending, stem
from metarr_adapter.host import EntryAway
from metarr_adapter.kind import HostImage
from metarr_folders import writing
from metarr_folders.index import Index
from metarr_folders.roots import Root
from metarr_folders.titles import Located
from metarr_folders.walk import IMAGES, FileStatus
from metarr_folders.writing import NotWritten

_NAMES: Mapping[str, tuple[str, ...]] = {
    "poster": ("poster", "folder", "cover", "movie", "show"),
    "fanart": ("fanart", "backdrop", "background", "art"),
    "clearlogo": ("clearlogo", "logo"),
    "clearart": ("clearart",),
    "banner": ("banner",),
    "landscape": ("landscape", "thumb"),
    "disc": ("disc", "discart"),
    "keyart": ("keyart",),
    "characterart": ("characterart",),
}
"""By field the names that a player reads in a title's own folder; a new file gets the first."""

_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "movie": ("poster", "fanart", "clearlogo", "clearart", "banner", "landscape", "disc", "keyart"),
    "series": ("poster", "fanart", "clearlogo", "clearart", "banner", "landscape", "keyart", "characterart"),
    "season": ("poster", "fanart", "banner", "landscape"),
    "episode": ("still",),
}
_EXTENSIONS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"RIFF", "webp"))
MOST_BYTES = 64 * 1024 * 1024
"""Of a file that is looked at."""


def fields_of(kind: str) -> tuple[str, ...]:
    """The images that a title of a kind has beside it."""
    return _OF_KIND.get(kind, ())


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an image goes: the file that takes the place now, None for none, and the name of a new one."""

    path: Path | None
    folder: Path
    name: str


Fetch = Callable[[str, str], HostImage]


class Artwork:
    """The images of the titles of a host. What files hold is looked up once, and again where they changed.

    `fanarts`: how many of them a title has beside it.
    """

    def __init__(self, index: Index, fetch: Fetch, beat: Callable[[], object], fanarts: int = 1) -> None:
        self._index, self._fetch, self._beat, self._fanarts = index, fetch, beat, fanarts

    def read(self, root: Root, located: Located) -> dict[str, Any]:
        """What is there, by field: marks with the file's name and its SHA-256. Raises OSError."""
        marks: dict[str, Any] = dict.fromkeys(fields_of(located.kind))
        for field, several in slots(root, located, self._fanarts).items():
            there = [(slot.path.name, self._sha256(slot.path)) for slot in several if slot.path is not None]
            marks[field] = [{"url": f"file:{name}#{sha256}"} for name, sha256 in there if sha256] or None
        return marks

    def normal(self, field: str, value: Any) -> Any:
        """A value as far as there are places for it."""
        return value[: self._fanarts if field == "fanart" else 1] if value else None

    def same(self, field: str, current: Any, value: Any) -> bool:
        """Whether marks are of what addresses lead to, as far as those were ever fetched."""
        wanted = self.normal(field, value) or []
        hashes = [self._index.sha256_of(each.get("url", "")) for each in wanted]
        marks = [each.get("url", "").rpartition("#")[2] for each in current or ()]
        return all(hashes) and marks == hashes

    def write(self, key: str, root: Root, located: Located, values: Mapping[str, Any]) -> dict[str, str]:
        """Put images there, and take those away that are to be emptied. Returns why, by field, where that failed.
        Raises EntryAway where one cannot be fetched now."""
        why: dict[str, str] = {}
        later = ""
        places = slots(root, located, self._fanarts)
        for field, value in values.items():
            self._beat()
            try:
                if field not in places:
                    why[field] = _without_place(located)
                else:
                    later = self._put_all(key, places[field], [each["url"] for each in value or ()]) or later
            except NotWritten as error:
                why[field] = str(error)
            except OSError as error:
                why[field] = f"it cannot be read: {error.strerror or type(error).__name__}"
        if later and not why:
            raise EntryAway(later)
        return why

    def _put_all(self, key: str, several: Sequence[Slot], urls: Sequence[str]) -> str:
        """Have these there and no others; why one is to be tried later, "" where it was done. Raises NotWritten."""
        later = ""
        for slot, url in zip_longest(several, urls[: len(several)]):
            if url is None:
                _remove(slot)
            else:
                later = self._put(key, slot, url) or later
        return later

    def _put(self, key: str, slot: Slot, url: str) -> str:
        """Fetch and write one; why that is to be tried later, "" where it was done. Raises NotWritten."""
        image = self._fetch(key, url)
        if not image.content:
            if image.later:
                return f"an image cannot be fetched now: {image.why}"
            raise NotWritten(f"the image {image.why}")
        self._index.note_address(url, image.sha256)
        extension = next((each for head, each in _EXTENSIONS if image.content.startswith(head)), "jpg")
        fits = slot.path is not None and ending(slot.path.name).replace("jpeg", "jpg") == extension
        if slot.path is not None and fits:
            target = slot.path
        else:
            target = slot.folder / f"{stem(slot.path.name) if slot.path else slot.name}.{extension}"
        before = writing.content_of(target)
        writing.replace(target, image.content, before)
        if slot.path is not None and not fits:
            # The place has one file: what another ending held is replaced with it.
            slot.path.unlink(missing_ok=True)
        return ""

    def _sha256(self, path: Path) -> str:
        """What a file holds; "" for none that is looked at."""
        status = path.stat()
        now = FileStatus(status.st_size, status.st_mtime_ns, status.st_ino)
        noted = self._index.sha256(str(path), now)
        if noted or status.st_size > MOST_BYTES:
            return noted
        self._beat()
        content = writing.content_of(path)
        sha256 = "" if content is None else hashlib.sha256(content).hexdigest()
        self._index.note_sha256(str(path), now, sha256)
        return sha256


def _without_place(located: Located) -> str:
    if located.shared:
        return "its file has one image, that of its first episode"
    return "its folder holds other titles, too, and no name is its own"


def _remove(slot: Slot) -> None:
    try:
        if slot.path is not None:
            slot.path.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten(writing.reason(error, slot.path or slot.folder)) from error


def slots(root: Root, located: Located, fanarts: int) -> dict[str, list[Slot]]:
    """The places of a title's images, by field; none where no name would be its own. Raises OSError."""
    if located.kind == "series" and not located.own:
        return {}
    if located.shared and located.shared[0] != (located.season, located.episode):
        return {}
    if located.kind == "season":
        return dict(_of_season(root, located))
    folder = root.path / located.folder
    video = ""
    if located.videos:
        path = root.path / located.videos[0]
        folder = path.parent if not located.own else folder
        video = stem(path.name) if not path.is_dir() else ""
    there = _images(folder)
    places: dict[str, list[Slot]] = {}
    for field in fields_of(located.kind):
        names = list(_names(field, located, video))
        # Further ones are "fanart1" and so on, as Kodi reads them; Jellyfin reads "backdrop1".
        for number in range(fanarts if field == "fanart" and names else min(len(names), 1)):
            numbered = [f"{name}{number or ''}" for name in names]
            places.setdefault(field, []).append(Slot(_taken(there, numbered), folder, numbered[0]))
    return places


def _of_season(root: Root, located: Located) -> Iterator[tuple[str, list[Slot]]]:
    """A season's lie in its series' folder; those in the folder of its own count, too."""
    named = f"season{located.season:02}" if located.season else "season-specials"
    of_series = root.path / located.folder if located.own else None
    own = root.path / located.within if located.within else None
    there = _images(of_series) if of_series else {}
    within = _images(own) if own else {}
    for field in fields_of(located.kind):
        names = [f"{named}-{name}" for name in _NAMES[field]] + ([named] if field == "poster" else [])
        taken = _taken(there, names) or _taken(within, _NAMES[field])
        if of_series:
            yield field, [Slot(taken, of_series, names[0])]
        elif own:
            yield field, [Slot(taken, own, _NAMES[field][0])]


def _taken(there: Mapping[str, Path], names: Iterable[str]) -> Path | None:
    return next((there[name.casefold()] for name in names if name.casefold() in there), None)


def _names(field: str, located: Located, video: str) -> Iterator[str]:
    if field == "still":
        if video:
            yield from (f"{video}-thumb", video)
        return
    if located.own:
        yield from _NAMES[field]
    if video:
        yield from (f"{video}-{name}" for name in _NAMES[field])
        if field == "poster" and not located.own:
            yield video


def _images(folder: Path) -> dict[str, Path]:
    """By name without its ending, whatever its case, the images of a folder."""
    with os.scandir(folder) as entries:
        named: Sequence[str] = sorted(entry.name for entry in entries if ending(entry.name) in IMAGES)
    return {stem(name).casefold(): folder / name for name in reversed(named)}
