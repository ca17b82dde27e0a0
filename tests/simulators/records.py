"""The canonical record of a title, from which each provider's answer is made, and where providers differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTHING: Mapping[str, Any] = {}
DEFAULT_MOVIE_ART: Mapping[str, tuple[str, ...]] = {
    "hdmovielogo": ("en", "de"),
    "hdmovieclearart": ("en",),
    "movieposter": ("en", "00", "de"),
    "moviebackground": ("", ""),
    "movie4kbackground": ("",),
    "moviebanner": ("en",),
    "moviethumb": ("en",),
    "moviedisc": ("en",),
}
DEFAULT_TV_ART: Mapping[str, tuple[str, ...]] = {
    "hdtvlogo": ("en",),
    "hdclearart": ("en",),
    "tvposter": ("en", "00", "de"),
    "tvbanner": ("en",),
    "tvthumb": ("en",),
    "showbackground": ("", ""),
    "show4kbackground": ("",),
    "characterart": ("",),
    "seasonposter": ("en",),
    "seasonbanner": ("en",),
    "seasonthumb": ("en",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One language of a title; `language` is ISO 639-1, `country` ISO 3166-1."""

    language: str
    country: str
    title: str = ""
    overview: str = ""
    tagline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What movies and series share. Dates are ISO; texts without a language are English.

    `unknown_to` names the providers that do not have the title; `<provider>_fields` replace top-level fields of that
    provider's record as they stand, which is where odd values come from.
    """

    key: str
    title: str
    year: int
    released: str
    tmdb: int | None = None
    imdb: str = ""
    tvdb: int | None = None
    runtime: int = 0
    genres: tuple[str, ...] = ()
    countries: tuple[str, ...] = ("US",)
    original_language: str = "en"
    original_title: str = ""
    overview: str = ""
    tagline: str = ""
    short_plot: str = "N/A"
    full_plot: str = "N/A"
    tvdb_overview: str = ""
    cast: tuple[tuple[str, str], ...] = ()
    writers: tuple[str, ...] = ()
    crew: tuple[tuple[str, str, str], ...] = ()  # name, department, job: besides directors and writers
    studios: tuple[str, ...] = ()
    certifications: Mapping[str, str] = field(default_factory=dict)
    translations: tuple[Translation, ...] = ()
    alternative_titles: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] = ()
    status: str = "Released"
    popularity: float = 20.5
    tmdb_rating: float = 7.25
    tmdb_votes: int = 1200
    imdb_rating: str = "N/A"
    imdb_votes: int = 0
    rotten_tomatoes: int | None = None
    metacritic: int | None = None
    awards: str = "N/A"
    posters: tuple[str | None, ...] = ("en", "de", None)
    backdrops: tuple[str | None, ...] = (None, None, "en")
    logos: tuple[str, ...] = ("en", "de")
    homepage: str = ""
    wikidata: str | None = None
    unknown_to: frozenset[str] = frozenset()
    art: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tmdb_fields: Mapping[str, Any] = field(default_factory=dict)
    omdb_fields: Mapping[str, Any] = field(default_factory=dict)
    tvdb_fields: Mapping[str, Any] = field(default_factory=dict)
    fanart_fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def native_title(self) -> str:
        return self.original_title or self.title

    def known_to(self, provider: str) -> bool:
        return provider not in self.unknown_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie(Title):
    """A movie. `release_rows`: country to rows of certification, ISO date, TMDB release type, replacing the default."""

    directors: tuple[str, ...] = ()
    collection: tuple[int, str] | None = None
    release_rows: Mapping[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)
    budget: int = 0
    revenue: int = 0
    box_office: str = "N/A"
    tvdb_remote_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode; `native_title` is the title in the series' own language, "" when that is the English one."""

    number: int
    title: str
    aired: str
    tmdb: int
    tvdb: int
    imdb: str
    overview: str = ""
    runtime: int | None = 45
    native_title: str = ""
    native_overview: str = ""
    directors: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    guests: tuple[tuple[str, str], ...] = ()
    rating: float = 7.5
    translated: bool = True
    finale: bool = False
    absolute: int = 0
    dvd: int | None = None
    still: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    number: int
    name: str
    tmdb: int
    tvdb: int
    episodes: tuple[Episode, ...]
    overview: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(Title):
    """A series; `ended` is the last air date or "" while it runs."""

    ended: str = ""
    networks: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()
    seasons: tuple[Season, ...] = ()
    has_absolute: bool = False
    has_dvd: bool = False

    @property
    def regular_seasons(self) -> tuple[Season, ...]:
        return tuple(season for season in self.seasons if season.number > 0)

    def season(self, number: int) -> Season | None:
        return next((season for season in self.seasons if season.number == number), None)
