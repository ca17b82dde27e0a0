"""Values as the elements of Kodi's dialect, which Jellyfin, Emby and Plex read, too."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from metarr.domain.fields import fields_of
from metarr.domain.values import Kind

ROOTS = {Kind.MOVIE: "movie", Kind.SERIES: "tvshow", Kind.SEASON: "season", Kind.EPISODE: "episodedetails"}

_IN_ALL: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "original_title": ("originaltitle",),
    "sort_title": ("sorttitle",),
    "tagline": ("tagline",),
    "plot": ("plot",),
    "outline": ("outline",),
    "year": ("year",),
    "end_date": ("enddate",),
    "runtime_minutes": ("runtime",),
    "certification": ("mpaa",),
    "trailer": ("trailer",),
}
_DATES: Mapping[Kind, tuple[str, ...]] = {
    Kind.MOVIE: ("premiered", "releasedate"),
    Kind.SERIES: ("premiered", "aired", "releasedate", "firstaired"),
    Kind.SEASON: ("premiered", "aired", "releasedate"),
    Kind.EPISODE: ("aired", "premiered", "releasedate", "firstaired"),
}
LISTS: Mapping[str, str] = {
    "genres": "genre",
    "studios": "studio",
    "countries": "country",
    "tags": "tag",
    "directors": "director",
    "writers": "credits",
    "creators": "credits",
}
RATINGS: Mapping[str, tuple[str, str, int]] = {
    "imdb": ("imdb_rating", "imdb_votes", 10),
    "themoviedb": ("tmdb_rating", "tmdb_votes", 10),
    "tomatometerallcritics": ("rotten_tomatoes_score", "", 100),
    "metacritic": ("metacritic_score", "", 100),
}
"""By the name of a rating: the field of its value, that of its votes, and its scale."""

_STATUS: Mapping[str, tuple[str, ...]] = {"status": ("status",)}

_NOT_OF: Mapping[Kind, frozenset[str]] = {
    Kind.MOVIE: frozenset({"end_date", "creators"}),
    Kind.SERIES: frozenset({"directors", "writers", "collection"}),
    Kind.SEASON: frozenset(
        {"original_title", "runtime_minutes", "certification", "genres", "studios", "countries", "tags", "directors",
         "writers", "creators", "collection", "trailer", "tagline", "outline", "sort_title", "year", "end_date",
         "imdb_rating", "imdb_votes", "rotten_tomatoes_score", "metacritic_score", "ids", "cast", "tmdb_rating",
         "tmdb_votes"}
    ),
    Kind.EPISODE: frozenset({"end_date", "creators", "collection", "tags", "genres", "countries", "studios", "year"}),
}  # fmt: skip
"""What files about a kind have no element for, or players read of none."""


def lines(kind: Kind) -> Mapping[str, tuple[str, ...]]:
    """By field, the elements that hold a single text: the first is written, the others are kept in step."""
    named = {**_IN_ALL, "release_date": _DATES[kind], **(_STATUS if kind is Kind.SERIES else {})}
    return {name: tags for name, tags in named.items() if name not in _NOT_OF[kind]}


@cache
def writable(kind: Kind) -> frozenset[str]:
    """The fields that a file about a kind holds, the external ids as `ids`."""
    rated = {name for score, votes, _ in RATINGS.values() for name in (score, votes) if name}
    named = {*lines(kind), *LISTS, *rated, "cast", "collection"}.intersection(field.name for field in fields_of(kind))
    return frozenset(named - _NOT_OF[kind]) | ({"ids"} - _NOT_OF[kind])


@dataclass(frozen=True, slots=True)
class Fresh:
    """An element to be written. Either `text` or `parts`; a tag has its attributes in their order."""

    name: str
    text: str = ""
    attributes: Sequence[tuple[str, str]] = ()
    parts: Sequence["Fresh"] = ()

    def markup(self, indent: bytes) -> bytes:
        """As bytes; `indent` is what stands before an element of its place."""
        tag = self.name + "".join(f" {key}={quoteattr(value)}" for key, value in self.attributes)
        return f"<{tag}>".encode() + self.content(indent) + f"</{self.name}>".encode()

    def content(self, indent: bytes) -> bytes:
        """What stands between its tags."""
        if not self.parts:
            return _escaped(self.text, indent).encode()
        inner = indent + b"  " if indent else b""
        return b"".join(inner + part.markup(inner) for part in self.parts) + indent


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _escaped(text: str, indent: bytes) -> str:
    plain = escape(_NO_XML.sub("", text).replace("\r\n", "\n"))
    return plain.replace("\n", "\r\n") if indent.startswith(b"\r\n") else plain


def line(field: str, value: Any) -> str:
    """A single value as text."""
    if field == "trailer" and (video := re.search(r"youtube\.com/watch\?v=([\w-]{6,20})", str(value))):
        return f"plugin://plugin.video.youtube/?action=play_video&videoid={video[1]}"
    return _plain(value)


def _plain(value: Any) -> str:
    """A value as text: a whole number bears no decimals, though JSON may have told it as 148.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def listed(field: str, value: Iterable[str]) -> list[Fresh]:
    return [Fresh(LISTS[field], text) for text in value]


def actors(value: Iterable[Mapping[str, Any]]) -> list[Fresh]:
    fresh = []
    for place, each in enumerate(value):
        parts = [Fresh("name", each["name"])]
        parts += [Fresh("role", each["role"])] if each.get("role") else []
        parts += [Fresh("order", _plain(each.get("order", place)))]
        parts += [Fresh("thumb", each["photo"])] if each.get("photo") else []
        fresh.append(Fresh("actor", parts=parts))
    return fresh


def collection(value: Mapping[str, Any]) -> Fresh:
    ids = [("tmdbcolid", text) for id_type, text in (value.get("ids") or {}).items() if id_type.startswith("tmdb")]
    return Fresh("set", attributes=ids[:1], parts=[Fresh("name", value["name"])])


def rating(name: str, score: float, votes: int | None, scale: int, *, default: bool) -> Fresh:
    attributes = [("name", name), ("max", str(scale)), *([("default", "true")] if default else [])]
    parts = [Fresh("value", f"{score:g}"), *([Fresh("votes", _plain(votes))] if votes else [])]
    return Fresh("rating", attributes=attributes, parts=parts)


DEFAULT_IDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MOVIE: ("imdb", "tmdb"),
    Kind.SERIES: ("tvdb", "tmdb", "imdb"),
    Kind.EPISODE: ("tvdb", "tmdb", "imdb"),
    Kind.SEASON: ("tvdb", "tmdb", "imdb"),
}
"""Which id is the default one, the first that there is."""


def unique_id(id_type: str, value: str, *, default: bool) -> Fresh:
    return Fresh("uniqueid", value, [("type", id_type), *([("default", "true")] if default else [])])
