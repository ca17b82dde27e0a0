"""The images beside media: which file is which, what it holds, and how another one gets there."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """The images of the titles of a host. What files hold is looked up once, and again where they changed."""

    def __init__(self, index: Index, fetch: Fetch, beat: Callable[[], object]) -> None:
        self._index, self._fetch, self._beat = index, fetch, beat

    def read(self, root: Root, located: Located) -> dict[str, Any]:
        """What is there, by field: a mark with the file's name and its SHA-256. Raises OSError."""
        marks: dict[str, Any] = dict.fromkeys(fields_of(located.kind))
        for field, slot in slots(root, located):
            if slot.path is not None and (sha256 := self._sha256(slot.path)):
                marks[field] = [{"url": f"file:{slot.path.name}#{sha256}"}]
        return marks

    def same(self, current: Any, value: Any) -> bool:
        """Whether a mark is of what an address leads to, as far as it was ever fetched."""
        if not current or not value:
            return not current and not value
        sha256 = self._index.sha256_of(value[0].get("url", ""))
        return bool(sha256) and current[0].get("url", "").endswith(f"#{sha256}")

    def write(self, key: str, root: Root, located: Located, values: Mapping[str, Any]) -> dict[str, str]:
        """Put images there, and take those away that are to be emptied. Returns why, by field, where that failed.
        Raises EntryAway where one cannot be fetched now."""
        why: dict[str, str] = {}
        later = ""
        places = dict(slots(root, located))
        for field, value in values.items():
            self._beat()
            try:
                if field not in places:
                    why[field] = _without_place(located)
                elif not value:
                    _remove(places[field])
                else:
                    later = self._put(key, places[field], value[0]["url"]) or later
            except NotWritten as error:
                why[field] = str(error)
            except OSError as error:
                why[field] = f"it cannot be read: {error.strerror or type(error).__name__}"
        if later and not why:
            raise EntryAway(later)
        return why

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


def slots(root: Root, located: Located) -> Iterator[tuple[str, Slot]]:
    """The places of a title's images, by field; none where no name would be its own. Raises OSError."""
    if located.kind == "series" and not located.own:
        return
    if located.shared and located.shared[0] != (located.season, located.episode):
        return
    folder = root.path / located.folder
    video = ""
    if located.videos:
        path = root.path / located.videos[0]
        folder = path.parent if not located.own else folder
        video = stem(path.name) if not path.is_dir() else ""
    there = _images(folder)
    for field in fields_of(located.kind):
        names = list(_names(field, located, video))
        if names:
            taken = next((there[name.casefold()] for name in names if name.casefold() in there), None)
            yield field, Slot(taken, folder, names[0])


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
