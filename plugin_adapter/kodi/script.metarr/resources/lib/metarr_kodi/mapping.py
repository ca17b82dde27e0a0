"""What of Metarr's fields Kodi's video library takes, and how: the parameters of Set*Details.

Pure: nothing here talks to Kodi. `read` and `write` work on an answer to Get*Details that was asked for `properties`,
and for nothing else: asked for `streamdetails`, Kodi answers with another runtime.

Never written: what the owner's watching made (playcount, lastplayed, resume, userrating), `dateadded` and the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from metarr_kodi.plain import is_web
from metarr_kodi.shapes import (
    Art,
    Certification,
    Collection,
    Date,
    Fanart,
    Ids,
    Minutes,
    Score,
    Shape,
    Status,
    Tags,
    Texts,
    Title,
    Trailer,
    Votes,
)


class Noun(NamedTuple):
    """How Kodi's API speaks of a kind: of a movie `VideoLibrary.GetMovieDetails` with `movieid` gives `moviedetails`,
    and `VideoLibrary.GetMovies` gives `movies`."""

    one: str
    many: str

    @property
    def id_name(self) -> str:
        return f"{self.one.lower()}id"

    @property
    def details(self) -> str:
        return f"{self.one.lower()}details"

    @property
    def get(self) -> str:
        return f"VideoLibrary.Get{self.one}Details"

    @property
    def get_all(self) -> str:
        return f"VideoLibrary.Get{self.many}"

    @property
    def set(self) -> str:
        return f"VideoLibrary.Set{self.one}Details"


NOUNS: Mapping[str, Noun] = {
    "movie": Noun("Movie", "Movies"),
    "series": Noun("TVShow", "TVShows"),
    "season": Noun("Season", "Seasons"),
    "episode": Noun("Episode", "Episodes"),
}
"""By kind."""


class Field(NamedTuple):
    """One field that Kodi takes: by which parameter, in which shape. `readable`: Get*Details also tells it."""

    parameter: str
    shape: Shape
    readable: bool = True


_TEXT, _TEXTS = Shape(), Texts()
_UNKNOWN_DAY = "1970-01-01"


def _art(**keys: str) -> dict[str, Field]:
    return {name: Field("art", Art(key)) for name, key in keys.items()}


def _ratings(removable: bool = True, **keys: str) -> dict[str, Field]:
    """Scores of ten with their votes: imdb="imdb" is imdb_rating and imdb_votes, under Kodi's name imdb."""
    scores = {f"{name}_rating": Field("ratings", Score(key, removable=removable)) for name, key in keys.items()}
    return {**scores, **{f"{name}_votes": Field("ratings", Votes(key)) for name, key in keys.items()}}


def _critics(removable: bool = True) -> dict[str, Field]:
    return {
        "rotten_tomatoes_score": Field("ratings", Score("tomatometerallcritics", 100, removable)),
        "metacritic_score": Field("ratings", Score("metacritic", 100, removable)),
    }


FIELDS: Mapping[str, Mapping[str, Field]] = {
    "movie": {
        "title": Field("title", Title()),
        "original_title": Field("originaltitle", _TEXT),
        "sort_title": Field("sorttitle", _TEXT),
        "tagline": Field("tagline", _TEXT),
        "plot": Field("plot", _TEXT),
        "outline": Field("plotoutline", _TEXT),
        "release_date": Field("premiered", Date()),
        "runtime_minutes": Field("runtime", Minutes()),
        "certification": Field("mpaa", Certification()),
        "genres": Field("genre", _TEXTS),
        "studios": Field("studio", _TEXTS),
        "countries": Field("country", _TEXTS),
        "tags": Field("tag", Tags()),
        "directors": Field("director", _TEXTS),
        "writers": Field("writer", _TEXTS),
        "collection": Field("set", Collection()),
        "trailer": Field("trailer", Trailer()),
        **_ratings(imdb="imdb", tmdb="themoviedb"),
        **_critics(),
        **_art(poster="poster"),
        "fanart": Field("art", Fanart()),
        **_art(clearlogo="clearlogo", clearart="clearart", banner="banner", landscape="landscape"),
        **_art(disc="discart", keyart="keyart"),
        "ids": Field("uniqueid", Ids()),
    },
    "series": {
        "title": Field("title", Title()),
        "original_title": Field("originaltitle", _TEXT),
        "sort_title": Field("sorttitle", _TEXT),
        "plot": Field("plot", _TEXT),
        "release_date": Field("premiered", Date(_UNKNOWN_DAY)),
        "runtime_minutes": Field("runtime", Minutes()),
        "status": Field("status", Status(), readable=False),
        "certification": Field("mpaa", Certification()),
        "genres": Field("genre", _TEXTS),
        "networks": Field("studio", _TEXTS),
        "tags": Field("tag", Tags()),
        **_ratings(imdb="imdb", tmdb="themoviedb"),
        **_critics(),
        **_art(poster="poster"),
        "fanart": Field("art", Fanart()),
        **_art(clearlogo="clearlogo", clearart="clearart", banner="banner", landscape="landscape"),
        **_art(characterart="characterart", keyart="keyart"),
        "ids": Field("uniqueid", Ids()),
    },
    "season": {
        "title": Field("title", Title()),
        **_art(poster="poster"),
        "fanart": Field("art", Fanart()),
        **_art(banner="banner", landscape="landscape"),
    },
    "episode": {
        "title": Field("title", Title()),
        "original_title": Field("originaltitle", _TEXT),
        "plot": Field("plot", _TEXT),
        "release_date": Field("firstaired", Date(_UNKNOWN_DAY)),
        "runtime_minutes": Field("runtime", Minutes()),
        "directors": Field("director", _TEXTS),
        "writers": Field("writer", _TEXTS),
        **_ratings(removable=False, imdb="imdb", tmdb="themoviedb"),
        **_critics(removable=False),
        **_art(still="thumb"),
        "ids": Field("uniqueid", Ids(removable=False)),
    },
}
"""By kind and name of the field; `ids` are the external ids by type."""

_NO_CAST = "Kodi takes a cast from its scrapers and from .nfo files only"
_NO_PLACE = "Kodi has no place for it"
_NO_YEAR = "Kodi shows the year of the date"
_NUMBERED = "Kodi numbers an episode by the name of its file"

CANNOT: Mapping[str, Mapping[str, str]] = {
    "movie": {
        "cast": _NO_CAST,
        "year": _NO_YEAR,
        "status": _NO_PLACE,
        "languages": _NO_PLACE,
        "original_language": _NO_PLACE,
        "homepage": _NO_PLACE,
        "awards": _NO_PLACE,
    },
    "series": {
        "cast": _NO_CAST,
        "year": _NO_YEAR,
        "tagline": "Kodi takes no tagline for a show",
        "outline": "Kodi takes no outline for a show",
        "end_date": _NO_PLACE,
        "studios": "as the studio of a show, Kodi shows its network",
        "countries": "Kodi takes no country for a show",
        "languages": _NO_PLACE,
        "original_language": _NO_PLACE,
        "creators": "Kodi takes no creators for a show",
        "trailer": "Kodi takes no trailer for a show",
        "homepage": _NO_PLACE,
        "awards": _NO_PLACE,
    },
    "season": {
        "cast": _NO_CAST,
        "plot": "Kodi takes no plot for a season",
        "release_date": "Kodi takes no date for a season",
        "tmdb_rating": "Kodi takes no rating for a season",
        "tmdb_votes": "Kodi takes no rating for a season",
        "season_number": _NUMBERED,
        "ids": "Kodi takes no ids for a season",
    },
    "episode": {
        "cast": _NO_CAST,
        "outline": "Kodi takes no outline for an episode",
        "certification": "Kodi takes no certification for an episode",
        "season_number": _NUMBERED,
        "episode_number": _NUMBERED,
        "absolute_number": _NUMBERED,
        "dvd_season_number": _NUMBERED,
        "dvd_episode_number": _NUMBERED,
    },
}
"""What Kodi cannot take, by kind and field, and why, in words for its owner."""

RATINGS = ("imdb", "themoviedb", "tomatometerallcritics", "metacritic")
"""Kodi's names of the ratings that Metarr knows. Any of them may be the one that Kodi shows first."""


class Part(NamedTuple):
    """Parameters that belong together, and the fields which they write."""

    fields: frozenset[str]
    params: dict[str, Any]


def takes(kind: str) -> tuple[str, ...]:
    """The fields that Kodi takes, "ids" among them."""
    return tuple(FIELDS[kind])


def art_keys(kind: str) -> dict[str, str]:
    """By field that holds pictures, Kodi's name for their kind: "discart" for "disc"."""
    shapes = {name: field.shape for name, field in FIELDS[kind].items()}
    return {name: shape.key for name, shape in shapes.items() if isinstance(shape, Art)}


def art_of_set(collection: Mapping[str, Any]) -> dict[str, str]:
    """By Kodi's name for their kind the pictures of a collection."""
    return {key: url for key in ("poster", "fanart") if is_web(url := collection.get(key) or "")}


def properties(kind: str) -> list[str]:
    """What to ask for with Get*Details, or with the method that lists all of a kind."""
    return sorted({field.parameter for field in FIELDS[kind].values() if field.readable})


def read(kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """What Kodi holds, in Metarr's shape; None where it holds nothing. What Get*Details does not tell is there where it
    was found out otherwise."""
    return {
        name: field.shape.read(details.get(field.parameter))
        for name, field in FIELDS[kind].items()
        if field.readable or field.parameter in details
    }


def normal(kind: str, field: str, value: Any) -> Any:
    """A value as `read` would give it once Kodi holds it; None where Kodi would show nothing."""
    return FIELDS[kind][field].shape.normal(value)


def same(kind: str, field: str, shown: Any, wanted: Any) -> bool:
    """Whether Kodi shows what is wanted: `shown` comes from `read`, `wanted` is any value, None for nothing.

    Like comparing with `normal`, but for tags and collections of which Kodi knew another spelling before, and for
    ids, of which Kodi may hold more.
    """
    return FIELDS[kind][field].shape.same(shown, wanted)


def refusal(kind: str, field: str, value: Any) -> str:
    """Why Kodi cannot take a value of a field (None: cannot empty it), in words for its owner; "" where it can.

    Asked only about what Kodi does not show already.
    """
    if field not in FIELDS[kind]:
        return CANNOT[kind].get(field, _NO_PLACE)
    return FIELDS[kind][field].shape.refusal(value)


def write(kind: str, values: Mapping[str, Any], current: Mapping[str, Any], default_rating: str = "imdb") -> list[Part]:
    """What one call of Set*Details has to bring for Kodi to show `values`; None empties a field.

    `current` is what Kodi answered when asked for `properties`. What it shows already is not written again, but for
    what it never tells; nor is what it refuses. Without any part there is nothing to call for. `joined` makes the
    parameters of a call from any of the parts, for a call that is rejected as a whole to be tried in halves.
    `default_rating` is Kodi's name of the rating to show first; where there is no such rating, the one that was first
    stays it.
    """
    wanted = {name: values[name] for name in FIELDS[kind] if name in values and not refusal(kind, name, values[name])}
    plain = [name for name in wanted if FIELDS[kind][name].parameter != "ratings"]
    parts = [Part(frozenset({name}), _params(kind, name, wanted[name], current)) for name in plain]
    ratings = _rating_parts(kind, wanted, current.get("ratings") or {}, default_rating)
    return _keeping_runtime(kind, [part for part in parts if part.params] + ratings, current)


def joined(parts: Iterable[Part]) -> dict[str, Any]:
    """The parameters of one call that brings all these parts."""
    params: dict[str, Any] = {}
    for part in parts:
        for name, value in part.params.items():
            params[name] = {**params.get(name, {}), **value} if isinstance(value, dict) else value
    return params


def _params(kind: str, name: str, value: Any, current: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter that writes a field; none where Kodi shows the value already."""
    parameter, shape, readable = FIELDS[kind][name]
    shown = current.get(parameter)
    if (readable or parameter in current) and shape.same(shape.read(shown), value):
        return {}
    sent = shape.sent(value if isinstance(shape, Ids) else shape.normal(value), shown)
    return {} if sent == {} else {parameter: sent}


def _keeping_runtime(kind: str, parts: list[Part], current: Mapping[str, Any]) -> list[Part]:
    """The parts, each with the runtime that is to stand.

    Where it knows the length of the file, Kodi puts that in place of the runtime with every call that is silent
    about the runtime.
    """
    seconds = joined(parts).get("runtime", current.get("runtime"))
    if kind not in ("movie", "episode") or seconds is None:
        return parts
    return [Part(part.fields, {**part.params, "runtime": seconds}) for part in parts]


def _rating_parts(kind: str, wanted: Mapping[str, Any], current: Mapping[str, Any], default_rating: str) -> list[Part]:
    """A part for each rating that is to change: a score goes together with its votes."""
    fields: dict[str, list[str]] = {}
    for name in wanted:
        shape = FIELDS[kind][name].shape
        if isinstance(shape, (Score, Votes)):
            fields.setdefault(shape.key, []).append(name)
    entries = {key: _entry(kind, {name: wanted[name] for name in fields[key]}, current, key) for key in fields}
    first = _first(default_rating, entries, current)
    parts = []
    for key, entry in entries.items():
        to_lead = key == first and not current.get(key, {}).get("default")
        if to_lead or entry != _entry(kind, {}, current, key):
            sent = {**entry, "default": True} if entry and key == first else entry
            parts.append(Part(frozenset(fields[key]), {"ratings": {key: sent}}))
    return parts


def _entry(kind: str, wanted: Mapping[str, Any], current: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """What is to stand for a rating: what is wanted, else what stands there; None for no rating."""
    stands = current.get(key) or {}
    entry = {"rating": stands.get("rating") or 0.0, "votes": stands.get("votes") or 0}
    for name, value in wanted.items():
        shape = FIELDS[kind][name].shape
        if isinstance(shape, (Score, Votes)) and not shape.same(shape.read(current), value):
            entry[shape.part] = shape.sent(shape.normal(value), current)
    return entry if entry["rating"] else None


def _first(default_rating: str, entries: Mapping[str, Any], current: Mapping[str, Any]) -> str:
    """The rating to show first: the one asked for, else that which is, else any, of those that will be there."""
    present = [key for key in {**current, **entries} if entries.get(key, current.get(key))]
    leading = [key for key in present if current.get(key, {}).get("default")]
    return next((key for key in (default_rating, *leading, *RATINGS) if key in present), "")
