"""The images of items: which are ours, and how another one gets there, whatever is killed meanwhile.

A field holds a mark with the server's tag of its image. A tag tells when a file was written, not what it holds: where
that is to be known, the bytes are compared.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from metarr_adapter.host import EntryAway
from metarr_adapter.kind import HostImage
from metarr_jellyfin import items
from metarr_jellyfin.fields import ARTWORK, TYPES
from metarr_jellyfin.items import LIGHT
from metarr_jellyfin.journal import Image, Journal, Upload
from metarr_jellyfin.server import Gone, JellyfinServer, Refused
from metarr_jellyfin.shapes import Raw

SECONDS = 90.0
MOST_BYTES = 32 * 1024 * 1024
SEVERAL = "Backdrop"
"""The only type of which an item has several; the first is shown first."""

_MEDIA_TYPES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))


def tags(raw: Raw, image_type: str) -> list[str]:
    """The tags of an item's images of a type."""
    if image_type == SEVERAL:
        return list(raw.get("BackdropImageTags") or ())
    tag = (raw.get("ImageTags") or {}).get(image_type)
    return [tag] if tag else []


class Artwork:
    """`fetch`: what the daemon has of an address, for an entry."""

    def __init__(
        self,
        server: JellyfinServer,
        journal: Journal,
        fetch: Callable[[str, str], HostImage],
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        self._server, self._journal, self._fetch, self._beat = server, journal, fetch, beat

    # What is there

    def marks(self, raw: Raw) -> dict[str, Any]:
        """By field what an item holds; None: nothing."""
        types = ARTWORK[TYPES[raw["Type"]]]
        return {field: self._mark(raw, image_type) for field, image_type in types.items()}

    def _mark(self, raw: Raw, image_type: str) -> list[dict[str, str]] | None:
        there = tags(raw, image_type)
        ours = self._still_ours(raw, image_type, there)
        if not there:
            return None
        tag = ours.tag if ours is not None and ours.now == there[0] else there[0]
        return [{"url": f"jellyfin:{image_type}#{tag}"}]

    def _still_ours(self, raw: Raw, image_type: str, there: Sequence[str]) -> Image | None:
        """The one of ours that is there. Whose file was only written anew is still ours."""
        item, ours = raw["Id"], self._journal.image(raw["Id"], image_type)
        if ours is None or ours.now in there or self._journal.upload(item, image_type) is not None:
            return ours
        now = next((tag for place, tag in enumerate(there) if self._holds(item, image_type, place, ours.sha256)), None)
        if now is None:
            self._journal.drop_image(item, image_type)
            return None
        ours = ours._replace(now=now)
        self._journal.put_image(item, image_type, ours)
        return ours

    def same(self, current: Any, value: Any) -> bool:
        """Whether a mark is of what an address led to."""
        if not current or not value:
            return not current and not value
        image_type, _, tag = current[0].get("url", "").removeprefix("jellyfin:").partition("#")
        return bool(tag) and self._journal.url_of(image_type, tag) == value[0].get("url")

    def finish(self, raw: Raw) -> bool:
        """End what a kill left halfway on an item; whether anything changed there."""
        changed = False
        for image_type in ARTWORK[TYPES[raw["Type"]]].values():
            upload = self._journal.upload(raw["Id"], image_type)
            if upload is None:
                continue
            place = self._place(raw, image_type, upload)
            if place is not None:
                with suppress(Gone, Refused):
                    self._arrange(raw["Id"], image_type, upload, tags(raw, image_type), place)
                changed = True
            # It is done, or never came, or somebody's stands there now.
            self._journal.end_upload(raw["Id"], image_type)
        return changed

    def _place(self, raw: Raw, image_type: str, upload: Upload) -> int | None:
        """Where an upload is, of which nobody knows whether it came."""
        there = enumerate(tags(raw, image_type))
        fresh = [place for place, tag in there if tag not in upload.before]
        if image_type == SEVERAL and not fresh and len(tags(raw, image_type)) > len(upload.before):
            fresh = [len(upload.before)]
        return next((each for each in fresh if self._holds(raw["Id"], image_type, each, upload.sha256)), None)

    def _holds(self, item: str, image_type: str, place: int, sha256: str) -> bool:
        self._beat()
        try:
            content = self._server.bytes_of(f"/Items/{quote(item)}/Images/{image_type}/{place}", MOST_BYTES)
        except (Gone, Refused):
            return False
        return hashlib.sha256(content).hexdigest() == sha256

    # What is to be there

    def write(self, raw: Raw, values: Mapping[str, Any], *, beside: bool) -> dict[str, str]:
        """Put images there, and take ours away where they are to be emptied. Returns why, by field, where that failed.
        `beside`: images are written beside the media. Raises EntryAway where one cannot be fetched now."""
        why: dict[str, str] = {}
        later = ""
        types = ARTWORK[TYPES[raw["Type"]]]
        for field, value in values.items():
            self._beat()
            there = tags(raw, types[field])
            ours = self._still_ours(raw, types[field], there)
            if ours is not None and ours.now not in there:
                ours = None
            try:
                if not value:
                    why |= {field: "this image is not Metarr's"} if there and ours is None else {}
                    if ours is not None:
                        self._remove(raw["Id"], types[field], there, ours)
                elif beside and there and ours is None:
                    why[field] = "the library keeps artwork beside the media: an image there would be overwritten"
                else:
                    later = self._put(raw["Id"], types[field], there, ours, value[0]["url"]) or later
            except Refused as error:
                self._journal.end_upload(raw["Id"], types[field])
                why[field] = str(error)
            except Gone:
                why[field] = "it is gone"
        if later and not why:
            raise EntryAway(later)
        return why

    def _put(self, item: str, image_type: str, before: Sequence[str], ours: Image | None, url: str) -> str:
        """Why that is to be tried later, "" where it was done. Raises Refused."""
        image = self._fetch(item, url)
        if not image.content:
            if image.later:
                return f"an image cannot be fetched now: {image.why}"
            raise Refused(f"the image {image.why}")
        media_type = next((each for head, each in _MEDIA_TYPES if image.content.startswith(head)), "")
        if not media_type:
            raise Refused("Jellyfin takes no image of this kind")
        former = ours.now if ours is not None else ""
        displaced = ours.displaced if ours is not None else ""
        upload = Upload(url, image.sha256, before, former, displaced)
        self._journal.begin_upload(item, image_type, upload)
        self._server.upload(
            f"/Items/{quote(item)}/Images/{image_type}", base64.b64encode(image.content), media_type, SECONDS
        )
        there = self._tags(item, image_type)
        self._arrange(item, image_type, upload, there, len(there) - 1)
        return ""

    def _arrange(self, item: str, image_type: str, upload: Upload, there: Sequence[str], place: int) -> None:
        """Of several, have the one at this place stand first in the place of our former one; note that it is ours."""
        displaced = upload.displaced
        if image_type == SEVERAL:
            former = there.index(upload.former) if upload.former in there else None
            if place:
                self._swap(item, place)
                there = self._tags(item, image_type)
                if former is None:
                    displaced = there[place]
            if former is not None:
                self._delete(item, image_type, place if former == 0 else former)
        self._journal.put_image(item, image_type, Image(there[0], there[0], upload.url, upload.sha256, displaced))
        self._journal.end_upload(item, image_type)

    def _remove(self, item: str, image_type: str, there: Sequence[str], ours: Image) -> None:
        place = there.index(ours.now)
        if place == 0 and len(there) > 1 and there[-1] == ours.displaced:
            # As it came: the one that it took the place from has it again.
            place = len(there) - 1
            self._swap(item, place)
        self._delete(item, image_type, place)
        self._journal.drop_image(item, image_type)

    def _tags(self, item: str, image_type: str) -> list[str]:
        raw = items.one(self._server, item, LIGHT)
        if raw is None:
            raise Gone
        return tags(raw, image_type)

    def _swap(self, item: str, place: int) -> None:
        self._server.post(f"/Items/{quote(item)}/Images/{SEVERAL}/{place}/Index?newIndex=0")

    def _delete(self, item: str, image_type: str, place: int) -> None:
        self._server.delete(f"/Items/{quote(item)}/Images/{image_type}?imageIndex={place}")
