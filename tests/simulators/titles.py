"""The titles of movies.toml and series.toml, which also say what is odd about each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .messages import number_of
from .records import Episode, Movie, Season, Series, Translation

FOLDER = Path(__file__).parent
_RAW = ("tmdb", "omdb", "tvdb", "fanart")
"""Providers whose records are changed by a title's `<provider>_fields` and `<provider>_nulls`."""


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))[name]
    return found


def _values(told: Mapping[str, Any]) -> dict[str, Any]:
    """A title's values as its record has them."""
    values = dict(told)
    raw = {
        f"{provider}_fields": values.pop(f"{provider}_fields", {})
        | dict.fromkeys(values.pop(f"{provider}_nulls", ()), None)
        for provider in _RAW
    }
    for images in {"posters", "backdrops"} & values.keys():
        values[images] = [language or None for language in values[images]]
    translations = values.pop("translations", {})
    values["translations"] = [_translation(*code.split("-"), **texts) for code, texts in translations.items()]
    return _frozen(values) | raw | {"unknown_to": frozenset(values.get("unknown_to", ()))}


def _translation(language: str, country: str, **texts: str) -> Translation:
    return Translation(language=language, country=country, **texts)


def _frozen(part: Any) -> Any:
    """The same with tuples for lists."""
    if isinstance(part, dict):
        return {key: _frozen(value) for key, value in part.items()}
    return tuple(map(_frozen, part)) if isinstance(part, list) else part


def _series(told: Mapping[str, Any]) -> Series:
    values = dict(told)
    seasons = values.pop("seasons")
    return Series(**_values(values), seasons=tuple(_season(values["key"], **season) for season in seasons))


def _season(
    key: str,
    *,
    number: int,
    episodes: list[list[str]],
    overview: str = "",
    changed: Mapping[str, Mapping[str, Any]] | None = None,
    absolute_from: int | None = None,
    **common: Any,
) -> Season:
    """A season of the series with this key. Ids are made from the key; `common` values are those of every episode."""
    made = []
    if absolute_from is None and number == 1:
        absolute_from = 1
    for place, (title, aired, told) in enumerate(episodes):
        code = f"{key}/{number}/{place + 1}"
        episode = Episode(
            number=place + 1,
            title=title,
            aired=aired,
            overview=told,
            tmdb=number_of("tmdb" + code, 3_000_000, 3_900_000),
            tvdb=number_of("tvdb" + code, 5_000_000, 9_900_000),
            imdb=f"tt{number_of('imdb' + code, 8_000_000, 8_999_999)}",
            finale=place + 1 == len(episodes) and number > 0,
            rating=round(7.0 + ((place + 1) * 7 % 20) / 10, 1),
            absolute=0 if absolute_from is None else absolute_from + place,
            **common,
        )
        changes = _frozen(dict((changed or {}).get(str(place + 1), {})))
        if changes.get("runtime") == 0:
            changes["runtime"] = None
        made.append(replace(episode, **changes))
    return Season(
        number=number,
        name=f"Season {number}" if number else "Specials",
        overview=overview,
        tmdb=number_of(f"tmdb{key}/{number}", 100_000, 900_000),
        tvdb=number_of(f"tvdb{key}/{number}", 1_500_000, 2_400_000),
        episodes=tuple(made),
    )


MOVIES: tuple[Movie, ...] = tuple(Movie(**_values(told)) for told in _read("movies"))
SERIES: tuple[Series, ...] = tuple(map(_series, _read("series")))
