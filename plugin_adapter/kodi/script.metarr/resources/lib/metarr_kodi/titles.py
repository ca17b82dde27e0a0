"""A title as a scraper gives it to Kodi, and as it travels in an address: to be had without anything else. Pure."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, Mapping, NamedTuple

DEFAULT_IDS = ("imdb", "tmdb", "tvdb")
"""Which id is the one that Kodi shows, the first that there is: it asks for artwork by the bare id, and of these that
of IMDb tells its type."""


class Actor(NamedTuple):
    """Somebody of a cast; `order` counts from 0."""

    name: str
    role: str
    order: int
    photo: str


class Picture(NamedTuple):
    """A picture that there is, under Kodi's name for its kind. `season`: the number of the one that it is of."""

    key: str
    url: str
    preview: str = ""
    season: int | None = None


class Scraped(NamedTuple):
    """A title for Kodi. `values`: parameters of Set*Details, without `art`; `pictures`: of each kind the chosen one
    first, then those that may be chosen instead; `seasons`: of a show, their titles by number."""

    kind: str
    values: Mapping[str, Any]
    cast: tuple[Actor, ...]
    pictures: tuple[Picture, ...]
    seasons: Mapping[int, str] = {}

    @property
    def title(self) -> str:
        return str(self.values.get("title", ""))

    @property
    def ids(self) -> dict[str, str]:
        return dict(self.values.get("uniqueid", {}))

    @property
    def default_id(self) -> str:
        """The type of the id that Kodi shows; "": there is none."""
        return next((each for each in (*DEFAULT_IDS, *self.ids) if each in self.ids), "")


_PACKED = "metarr-"


def packed(title: Scraped) -> str:
    """A title without its seasons as an address, in which no sign means anything to Kodi."""
    return _PACKED + base64.urlsafe_b64encode(zlib.compress(json.dumps(title).encode())).decode()


def unpacked(address: str) -> Scraped | None:
    """The title that was packed; None: this is no such address."""
    if not address.startswith(_PACKED):
        return None
    try:
        content = zlib.decompress(base64.urlsafe_b64decode(address[len(_PACKED) :]))
    except (ValueError, zlib.error):
        return None
    kind, values, cast, pictures, _ = json.loads(content)
    return Scraped(kind, values, tuple(Actor(*each) for each in cast), tuple(Picture(*each) for each in pictures))
