"""The images that players take: fetched once, kept by what they hold, handed out by that."""

import contextlib
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from metarr.clock import Clock
from metarr.domain.values import Struct
from metarr.fetch.images import ImageFailed, ImageFetcher, ImageRefused

FOLDER = "images"
MOST_BYTES = 2 * 1024 * 1024 * 1024
LEFT = 0.9
"""What share of that is left when room is made: the oldest go first."""

SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=24)
"""Until an address that failed is asked again, doubling."""

_SHA = re.compile(r"[0-9a-f]{64}")
_LOCKS = 64


class KeptImage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of an address: the image that it led to, or why there is none. `retry_at`: when it is asked again;
    None with a `why`: never, it was refused."""

    sha256: str = ""
    media_type: str = ""
    size: int = 0
    why: str = ""
    retry_at: datetime | None = None
    failures: int = 0


@dataclass(frozen=True)
class ImageFile:
    """A kept image, to be sent."""

    path: Path
    media_type: str


class Images:
    """Thread-safe. What is kept can be deleted at any time: it is fetched again."""

    def __init__(self, fetcher: ImageFetcher, folder: Path, clock: Clock, most: int = MOST_BYTES) -> None:
        self._fetcher, self._folder, self._clock, self._most = fetcher, folder, clock, most
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._counting = threading.Lock()
        self._size = -1

    def get(self, url: str) -> KeptImage:
        """The image of an address, fetched where it is not kept. Waits for whoever fetches it already."""
        name = hashlib.sha256(url.encode()).hexdigest()
        with self._locks[int(name[:4], 16) % _LOCKS]:
            kept = self._noted(name)
            if kept.sha256 and self._touch(kept.sha256):
                return kept
            if kept.why and (kept.retry_at is None or self._clock.now() < kept.retry_at):
                return kept
            kept = self._fetch(url, kept.failures)
            self._put(self._folder / "addresses" / name[:2] / name, msgspec.json.encode(kept))
        return kept

    def file(self, sha256: str) -> ImageFile | None:
        """A kept image by its SHA-256; None: there is none."""
        path = self._path(sha256)
        if _SHA.fullmatch(sha256) is None or not path.is_file():
            return None
        with path.open("rb") as file:
            head = file.read(12)
        kinds = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}
        return ImageFile(path, kinds.get(head[:2], "application/octet-stream"))

    def _fetch(self, url: str, failures: int) -> KeptImage:
        try:
            image = self._fetcher.fetch(url)
        except ImageRefused as error:
            return KeptImage(why=str(error))
        except ImageFailed as error:
            wait = min(SOONEST * 2**failures, LATEST) if failures < 20 else LATEST
            return KeptImage(why=str(error), retry_at=self._clock.now() + wait, failures=failures + 1)
        sha256 = hashlib.sha256(image.content).hexdigest()
        self._put(self._path(sha256), image.content)
        self._make_room(len(image.content))
        return KeptImage(sha256=sha256, media_type=image.media_type, size=len(image.content))

    # Files

    def _path(self, sha256: str) -> Path:
        return self._folder / "contents" / sha256[:2] / sha256

    def _noted(self, name: str) -> KeptImage:
        try:
            return msgspec.json.decode((self._folder / "addresses" / name[:2] / name).read_bytes(), type=KeptImage)
        except (OSError, msgspec.DecodeError):
            return KeptImage()

    def _touch(self, sha256: str) -> bool:
        """Note that it is of use; whether it is there."""
        try:
            os.utime(self._path(sha256))
        except OSError:
            return False
        return True

    def _put(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, path)

    def _make_room(self, more: int) -> None:
        """Delete the images that were of use longest ago, where there are more than may be kept."""
        with self._counting:
            if self._size < 0:
                self._size = sum(status.st_size for _, status in self._contents())
            else:
                self._size += more
            if self._size <= self._most:
                return
            for path, status in sorted(self._contents(), key=lambda each: each[1].st_mtime):
                if self._size <= self._most * LEFT:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                    self._size -= status.st_size

    def _contents(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in (self._folder / "contents").glob("*/*"):
            with contextlib.suppress(OSError):
                yield path, path.stat()
