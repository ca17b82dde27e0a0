"""What a field can hold, all frozen.

msgspec structs, because the same types are decoded from the cache and the database as they are.
"""

from enum import StrEnum

import msgspec


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of every domain type."""


class Kind(StrEnum):
    """What an item is."""

    MOVIE = "movie"
    SERIES = "series"
    SEASON = "season"
    EPISODE = "episode"


class Text(Struct, frozen=True, kw_only=True):
    """A text in a language, a tag such as "es", "es-MX"; "": not known.

    `implied`: nobody wrote it in that language: a translation that leaves the title empty says that the title is called
    there as in the original.
    """

    value: str
    language: str = ""
    implied: bool = False


class Image(Struct, frozen=True, kw_only=True):
    """One artwork candidate, or one chosen artwork.

    `url` is the full-size address (https). `language` is ISO 639-1, "" when the image bears no text; `region` is the
    country of that language, ISO 3166-1 alpha-2, "" when none is stated.
    `width` and `height` are pixels, 0 when unknown. `votes` ranks images of one provider only.
    """

    url: str
    width: int = 0
    height: int = 0
    language: str = ""
    votes: float = 0.0
    region: str = ""


Artwork = tuple[Image, ...]
"""Candidates in a fragment; in an item the chosen ones: one, for fanart the main one and the extra ones."""


class Credit(Struct, frozen=True, kw_only=True):
    """A person in the cast. `order` counts from 0; `photo` is an https address or ""; `ids` by id type."""

    name: str
    role: str = ""
    order: int = 0
    photo: str = ""
    ids: dict[str, str] = {}


class Collection(Struct, frozen=True, kw_only=True):
    """The set a movie belongs to (Kodi's movie set). `poster` and `fanart` are https addresses or ""."""

    name: str
    ids: dict[str, str] = {}
    poster: str = ""
    fanart: str = ""


Value = str | int | float | tuple[str, ...] | tuple[Credit, ...] | Artwork | Collection
"""What a field can hold. Which of these, the catalogue says (`domain.fields`). Dates are ISO text, YYYY-MM-DD."""
