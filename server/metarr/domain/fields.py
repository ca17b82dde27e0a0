"""The field catalogue: every field Metarr knows, with its type, kinds, default order and merge strategy.

Default orders are Appendix A of the specification as written; what it leaves open follows design 4.1.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from metarr.domain.values import Artwork, Collection, Credit, Kind, Struct, Value


class FieldType(StrEnum):
    """How a field's value is formed, compared and shown."""

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"
    RATING = "rating"
    TEXTS = "texts"
    CREDITS = "credits"
    COLLECTION = "collection"
    ARTWORK = "artwork"


PYTHON_TYPES: Mapping[FieldType, Any] = {
    FieldType.TEXT: str,
    FieldType.DATE: str,
    FieldType.INTEGER: int,
    FieldType.RATING: float,
    FieldType.TEXTS: tuple[str, ...],
    FieldType.CREDITS: tuple[Credit, ...],
    FieldType.COLLECTION: Collection,
    FieldType.ARTWORK: Artwork,
}

MOVIE, SERIES, SEASON, EPISODE = Kind.MOVIE, Kind.SERIES, Kind.SEASON, Kind.EPISODE
ALL = (MOVIE, SERIES, SEASON, EPISODE)
TITLES = (MOVIE, SERIES)
WATCHED = (MOVIE, EPISODE)
NOT_SEASON = (MOVIE, SERIES, EPISODE)

FACTS = ("tmdb", "tvdb", "omdb")
EPISODE_FACTS = ("tvdb", "tmdb", "omdb")
EXTRA_ART = ("fanart", "tmdb", "tvdb")


class Textless(StrEnum):
    """Whether artwork without any text is welcome, and where it ranks."""

    NEVER = "never"
    LAST = "last"
    FIRST = "first"
    ONLY = "only"


class Field(Struct, frozen=True, kw_only=True):
    """One field of the catalogue.

    `order`: providers it listens to by default; `episode_order` instead of it for seasons and episodes.
    `sync`: a change wakes the players by default. `decimals`: shown precision of a rating. `beside`: the field without
    which it means nothing. `unit`: what a number counts. `choices`: what it can be, where that is a closed set.
    `union`: lists are joined by default, files' and players' among them. `in_languages`: its
    values are in a language, so that language comes before provider. `national`: another one in every country.
    `shown_by`: the field in which a player shows it that does not take it. `textless` and `min_width` (pixels) say
    which artwork is acceptable.
    """

    name: str
    type: FieldType
    label: str
    kinds: tuple[Kind, ...] = TITLES
    order: tuple[str, ...] = FACTS
    episode_order: tuple[str, ...] = EPISODE_FACTS
    exclusive: bool = False
    sync: bool = False
    decimals: int = 1
    unit: str = ""
    choices: tuple[str, ...] = ()
    beside: str = ""
    union: bool = False
    in_languages: bool = False
    national: bool = False
    shown_by: str = ""
    textless: Textless = Textless.LAST
    min_width: int = 0

    def default_order(self, kind: Kind) -> tuple[str, ...]:
        return self.episode_order if kind in (SEASON, EPISODE) else self.order


def _omdb_only(
    name: str, field_type: FieldType, label: str, kinds: tuple[Kind, ...] = NOT_SEASON, **more: Any
) -> Field:
    return Field(
        name=name,
        type=field_type,
        label=label,
        kinds=kinds,
        order=("omdb",),
        episode_order=("omdb",),
        exclusive=True,
        **more,
    )


def _art(name: str, label: str, order: tuple[str, ...], kinds: tuple[Kind, ...], min_width: int, **more: Any) -> Field:
    return Field(
        name=name,
        type=FieldType.ARTWORK,
        label=label,
        kinds=kinds,
        order=order,
        episode_order=more.pop("episode_order", order),
        min_width=min_width,
        in_languages=True,
        **more,
    )


T = FieldType

_CATALOGUE = (
    Field(name="title", type=T.TEXT, label="Title", kinds=ALL, order=("tmdb", "omdb"), sync=True, in_languages=True),
    Field(name="original_title", type=T.TEXT, label="Original title", kinds=NOT_SEASON),
    Field(name="sort_title", type=T.TEXT, label="Sort title"),
    Field(name="tagline", type=T.TEXT, label="Tagline", in_languages=True),
    Field(name="plot", type=T.TEXT, label="Plot", kinds=ALL, order=("tmdb", "omdb"), sync=True, in_languages=True),
    _omdb_only("outline", T.TEXT, "Outline", in_languages=True),
    Field(name="release_date", type=T.DATE, label="Release date", kinds=ALL, sync=True),
    Field(name="year", type=T.INTEGER, label="Year", shown_by="release_date"),
    Field(name="end_date", type=T.DATE, label="End date", kinds=(SERIES,)),
    Field(name="runtime_minutes", type=T.INTEGER, label="Runtime", unit="minutes", kinds=NOT_SEASON),
    Field(name="status", type=T.TEXT, label="Status"),
    Field(name="certification", type=T.TEXT, label="Certification", kinds=NOT_SEASON, national=True),
    Field(name="genres", type=T.TEXTS, label="Genres", order=("tmdb", "tvdb")),
    Field(name="studios", type=T.TEXTS, label="Studios"),
    Field(name="networks", type=T.TEXTS, label="Networks", kinds=(SERIES,)),
    Field(name="countries", type=T.TEXTS, label="Countries"),
    Field(name="languages", type=T.TEXTS, label="Languages"),
    Field(name="original_language", type=T.TEXT, label="Original language"),
    Field(name="tags", type=T.TEXTS, label="Tags", union=True),
    Field(name="directors", type=T.TEXTS, label="Directors", kinds=WATCHED),
    Field(name="writers", type=T.TEXTS, label="Writers", kinds=WATCHED),
    Field(name="creators", type=T.TEXTS, label="Creators", kinds=(SERIES,)),
    Field(name="cast", type=T.CREDITS, label="Cast", kinds=ALL, order=("tmdb", "omdb"), sync=True),
    Field(name="collection", type=T.COLLECTION, label="Collection", kinds=(MOVIE,)),
    Field(name="trailer", type=T.TEXT, label="Trailer", in_languages=True),
    Field(name="homepage", type=T.TEXT, label="Homepage"),
    _omdb_only("imdb_rating", T.RATING, "IMDb rating", sync=True),
    _omdb_only("imdb_votes", T.INTEGER, "IMDb votes", beside="imdb_rating"),
    Field(name="tmdb_rating", type=T.RATING, label="TMDB rating", kinds=ALL, order=("tmdb",), episode_order=("tmdb",)),
    Field(
        name="tmdb_votes",
        type=T.INTEGER,
        label="TMDB votes",
        kinds=ALL,
        order=("tmdb",),
        episode_order=("tmdb",),
        beside="tmdb_rating",
    ),
    _omdb_only("rotten_tomatoes_score", T.INTEGER, "Rotten Tomatoes score", unit="%"),
    _omdb_only("metacritic_score", T.INTEGER, "Metacritic score", decimals=0),
    _omdb_only("awards", T.TEXT, "Awards", kinds=TITLES),
    Field(name="season_number", type=T.INTEGER, label="Season number", kinds=(SEASON, EPISODE)),
    Field(name="episode_number", type=T.INTEGER, label="Episode number", kinds=(EPISODE,)),
    Field(name="absolute_number", type=T.INTEGER, label="Absolute number", kinds=(EPISODE,)),
    Field(name="dvd_season_number", type=T.INTEGER, label="Season number (DVD order)", kinds=(EPISODE,)),
    Field(name="dvd_episode_number", type=T.INTEGER, label="Episode number (DVD order)", kinds=(EPISODE,)),
    _art(
        "poster",
        "Poster",
        ("tmdb", "fanart"),
        (MOVIE, SERIES, SEASON),
        300,
        sync=True,
        episode_order=("tmdb", "fanart", "tvdb"),
    ),
    _art("fanart", "Fanart", ("fanart", "tmdb"), (MOVIE, SERIES, SEASON), 1280, sync=True, textless=Textless.FIRST),
    _art("clearlogo", "Clear logo", EXTRA_ART, TITLES, 200, textless=Textless.NEVER),
    _art("clearart", "Clear art", EXTRA_ART, TITLES, 400),
    _art("banner", "Banner", EXTRA_ART, (MOVIE, SERIES, SEASON), 700),
    _art("landscape", "Landscape", EXTRA_ART, (MOVIE, SERIES, SEASON), 500),
    _art("disc", "Disc", EXTRA_ART, (MOVIE,), 500),
    _art("characterart", "Character art", EXTRA_ART, (SERIES,), 300, textless=Textless.FIRST),
    _art("keyart", "Key art", ("tmdb", "fanart", "tvdb"), TITLES, 300, textless=Textless.ONLY),
    _art("still", "Still", ("tvdb", "tmdb"), (EPISODE,), 300, sync=True, textless=Textless.FIRST),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _CATALOGUE}
"""Every field by its name, in the order in which they are shown."""

NATIONAL = frozenset(field.name for field in _CATALOGUE if field.national)
"""Fields that are others in every country."""

CATALOGUE_VERSION = 3
"""Raised when a change here could make a merge come out differently; part of every fingerprint."""


@cache
def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields that an item of this kind can have, in catalogue order."""
    return tuple(field for field in FIELDS.values() if kind in field.kinds)


_encode = msgspec.json.Encoder().encode
_DECODE = {name: msgspec.json.Decoder(PYTHON_TYPES[field.type]).decode for name, field in FIELDS.items()}


def encode_value(value: Value) -> str:
    """A field's value as JSON text."""
    return _encode(value).decode()


def decode_value(name: str, text: str | bytes | msgspec.Raw) -> Value:
    """The value of a field from its JSON text.

    Raises KeyError for an unknown field and `msgspec.DecodeError` for text of another form.
    """
    value: Value = _DECODE[name](text)
    return value


def convert_value(name: str, raw: object) -> Value:
    """A plain JSON value (from a form, a file) as the field's type. Raises `msgspec.ValidationError`."""
    value: Value = msgspec.convert(raw, PYTHON_TYPES[FIELDS[name].type], strict=False)
    return value
