"""Finding titles by id and by words, and the encoded answers about them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from . import generated, generated_series
from .messages import encode
from .records import Episode, Movie, Season, Series, Title
from .state import State
from .titles import MOVIES, SERIES

SEARCHABLE_GENERATED = 30  # "generated movie" without a number finds this many

_MOVIES: dict[tuple[str, str], Movie] = {}
_SERIES: dict[tuple[str, str], Series] = {}
_EPISODES: dict[tuple[str, str], tuple[Series, Season, Episode]] = {}
for _movie in MOVIES:
    for _name, _id in (("tmdb", _movie.tmdb), ("imdb", _movie.imdb), ("tvdb", _movie.tvdb)):
        if _id:
            _MOVIES[_name, str(_id)] = _movie
for _series in SERIES:
    for _name, _id in (("tmdb", _series.tmdb), ("imdb", _series.imdb), ("tvdb", _series.tvdb)):
        if _id:
            _SERIES[_name, str(_id)] = _series
    for _season in _series.seasons:
        _SERIES["tvdb_season", str(_season.tvdb)] = _series
        for _episode in _season.episodes:
            _EPISODES["tvdb", str(_episode.tvdb)] = (_series, _season, _episode)
            _EPISODES["imdb", _episode.imdb] = (_series, _season, _episode)


def movie_by(provider: str, record_id: str) -> Movie | None:
    """`provider` is the owner of the id: tmdb, imdb or tvdb."""
    found = _MOVIES.get((provider, record_id))
    if found is not None or (provider != "imdb" and not record_id.isdecimal()):
        return found
    n = generated.number_in(provider, record_id)
    return None if n is None else generated.generated_movie(n)


def series_by(provider: str, record_id: str) -> Series | None:
    found = _SERIES.get((provider, record_id))
    if found is not None:
        return found
    n = generated_series.number_in(provider, record_id)
    return None if n is None else generated_series.generated_series(n)


def series_of_season(tvdb_season_id: str) -> tuple[Series, Season] | None:
    found = _SERIES.get(("tvdb_season", tvdb_season_id))
    if found is None:
        return None
    return found, next(season for season in found.seasons if str(season.tvdb) == tvdb_season_id)


def episode_by(provider: str, record_id: str) -> tuple[Series, Season, Episode] | None:
    return _EPISODES.get((provider, record_id))


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(char for char in plain if not unicodedata.combining(char)))


def names_of(title: Title) -> Iterable[str]:
    yield title.title
    yield title.native_title
    yield from (entry.title for entry in title.translations if entry.title)
    yield from (name for _, name in title.alternative_titles)


def matches(title: Title, wanted: list[str], native_only: bool = False) -> bool:
    """Do all wanted words occur, whole, in one of the title's names?"""
    names = [title.title] if native_only else names_of(title)
    return bool(wanted) and any(set(wanted) <= set(words(name)) for name in names)


def movies_named(query: str, provider: str, native_only: bool = False) -> list[Movie]:
    """The movies that `provider` knows and the words of `query` fit, most popular first."""
    wanted = words(query)
    if wanted[:2] == ["generated", "movie"]:
        if wanted[2:]:
            n = int(wanted[2]) if wanted[2].isdecimal() else -1
            return [generated.generated_movie(n)] if 0 <= n < generated.COUNT and len(wanted) == 3 else []
        return [generated.generated_movie(n) for n in range(SEARCHABLE_GENERATED)]
    found = [entry for entry in MOVIES if entry.known_to(provider) and matches(entry, wanted, native_only)]
    return sorted(found, key=lambda entry: -entry.popularity)


def series_named(query: str, provider: str, native_only: bool = False) -> list[Series]:
    wanted = words(query)
    found = [entry for entry in SERIES if entry.known_to(provider) and matches(entry, wanted, native_only)]
    return sorted(found, key=lambda entry: -entry.popularity)


def encoded(state: State, key: tuple[Any, ...], title: Title, render: Callable[[Any], Any]) -> bytes:
    """The JSON of `render(title)`, kept for the next request of the same `key`.

    `key` must not contain the id of a generated movie: all of them share one template.
    """
    n = generated.number_of_movie(title) if isinstance(title, Movie) else None
    model = title if n is None else generated.generated_movie(generated.MODEL)
    key = (*key, type(title).__name__, title.key)
    body = state.cached(key)
    if body is None:
        body = encode(render(model))
        state.remember(key, body)
    return body if n is None else generated.fill(body, n)


def patch_body(body: bytes, fields: dict[str, Any], within: str | None = None) -> bytes:
    """The JSON body with `fields` replaced at its top level, or in its object `within`."""
    if not fields:
        return body
    record = json.loads(body)
    (record if within is None else record[within]).update(fields)
    return encode(record)
