"""Web addresses of the sites that know titles, in every form that a site uses, and the ids they name."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from urllib.parse import parse_qsl

from metarr.domain.values import Kind, Struct


class About(StrEnum):
    """What an address is about, where it says so."""

    MOVIE = "movie"
    SERIES = "series"
    EPISODE = "episode"
    COLLECTION = "collection"

    @property
    def kind(self) -> Kind | None:
        return None if self is About.COLLECTION else Kind(self.value)


class Link(Struct, frozen=True, kw_only=True):
    """An id that an address names. `about` None: the address does not say what it is about."""

    type: str
    value: str
    about: About | None = None


def links(text: str) -> Iterator[Link]:
    """The ids that the addresses in a text name, in their order."""
    for match in _ADDRESS.finditer(text):
        if link := _link(match["site"].lower(), match["rest"]):
            yield link


_ADDRESS = re.compile(
    r"(?<![\w-])(?P<site>imdb|themoviedb|tmdb|thetvdb|tvmaze|trakt|wikidata|anidb|anilist|myanimelist|kitsu|douban"
    r"|letterboxd)\.(?:com|org|net|co|tv|io|app|de|fr|it|es|pt)(?P<rest>[/?#][^\s<>\"'|\\]{1,500})",
    re.IGNORECASE,
)
"""Whatever stands before the site's name: nothing, a scheme, "www.", "m.", "api.", "german."."""

_NUMBER = r"(?P<value>\d{1,12})(?!\d)"
_LANGUAGE = r"(?:/[a-z]{2}(?:-[a-z]{2})?)?"
_SLUG = r"(?P<value>[\w-]{1,64})"

_PATHS: Mapping[str, tuple[tuple[str, str, About | None], ...]] = {
    "imdb": (
        (rf"{_LANGUAGE}(?:/m)?(?:/title)?/(?P<value>tt\d{{7,10}})/+episodes\b", "imdb", About.SERIES),
        (rf"{_LANGUAGE}(?:/m)?(?:/title)?/(?P<value>tt\d{{7,10}})(?!\d)", "imdb", None),
        (r"/title/?\?(?P<value>(?:tt)?\d{7,10})(?!\d)", "imdb", None),
    ),
    "tmdb": (
        (rf"(?:/3|/4)?{_LANGUAGE}/movie/{_NUMBER}", "tmdb", About.MOVIE),
        (rf"(?:/3|/4)?{_LANGUAGE}/tv/{_NUMBER}", "tmdb", About.SERIES),
        (rf"(?:/3|/4)?{_LANGUAGE}/collection/{_NUMBER}", "tmdb", About.COLLECTION),
        (rf"{_LANGUAGE}(?:/title)?/{_NUMBER}", "tmdb", None),
    ),
    "tvdb": (
        (rf"/dereferrer/series/{_NUMBER}", "tvdb", About.SERIES),
        (rf"/dereferrer/movie/{_NUMBER}", "tvdb", About.MOVIE),
        (rf"/dereferrer/episode/{_NUMBER}", "tvdb", About.EPISODE),
        (rf"/(?:v\d/)?(?:api/[^/?#]+/)?series/{_NUMBER}/(?:all|default|absolute|[a-z]{{2}}\.)", "tvdb", About.SERIES),
        (rf"/series/[\w-]+/episodes/{_NUMBER}", "tvdb", About.EPISODE),
        # What follows is a name, even where it is a number: /series/24 is the show called "24".
        (rf"/series/{_SLUG}", "tvdbslug", About.SERIES),
        (rf"/movies/{_SLUG}", "tvdbslug", About.MOVIE),
    ),
    "tvmaze": (
        (rf"/shows/{_NUMBER}", "tvmaze", About.SERIES),
        (rf"/episodes/{_NUMBER}", "tvmaze", About.EPISODE),
    ),
    "trakt": (
        (rf"/movies/{_SLUG}", "traktslug", About.MOVIE),
        (rf"/shows/{_SLUG}", "traktslug", About.SERIES),
    ),
    "wikidata": ((r"/(?:wiki|entity)/(?P<value>Q\d{1,12})", "wikidata", None),),
    "anidb": (
        (rf"/(?:anime/|a){_NUMBER}", "anidb", None),
        (r"/perl-bin/animedb\.pl\?(?:\S*&)?aid=(?P<value>\d{1,12})", "anidb", None),
    ),
    "anilist": ((rf"/anime/{_NUMBER}", "anilist", None),),
    "myanimelist": ((rf"/anime/{_NUMBER}", "mal", None),),
    "kitsu": ((rf"/anime/{_NUMBER}(?![\w-])", "kitsu", None),),
    "douban": ((rf"(?:/movie)?/subject/{_NUMBER}", "douban", None),),
    "letterboxd": ((rf"/film/{_SLUG}", "letterboxd", About.MOVIE),),
}
"""By site: what follows its name, the type of the id in it, and what it is about. The first that fits counts."""

_SITES = {"themoviedb": "tmdb", "thetvdb": "tvdb"}
_READ = {
    site: tuple((re.compile(path, re.IGNORECASE | re.ASCII), id_type, about) for path, id_type, about in paths)
    for site, paths in _PATHS.items()
}


def _link(site: str, rest: str) -> Link | None:
    site = _SITES.get(site, site)
    for path, id_type, about in _READ[site]:
        if match := path.match(rest):
            return Link(type=id_type, value=match["value"], about=about)
    return _tvdb_query(rest) if site == "tvdb" else None


_TABS: Mapping[str, tuple[str, About]] = {
    "": ("id", About.SERIES),
    "series": ("id", About.SERIES),
    "seasonall": ("id", About.SERIES),
    "season": ("seriesid", About.SERIES),
    "episode": ("id", About.EPISODE),
}
"""By tab of TheTVDB's old pages: the parameter that holds the id, and what it is about."""


def _tvdb_query(rest: str) -> Link | None:
    """From addresses such as /?tab=series&id=81189&lid=7, which TheTVDB still leads on."""
    # In running text a bracket or a full stop may follow, which is no part of it.
    given = {name.lower(): value.rstrip(").,;").lower() for name, value in parse_qsl(rest.partition("?")[2])}
    name, about = _TABS.get(given.get("tab", ""), ("", None))
    value = given.get(name, given.get("seriesid", "") if about is About.SERIES else "")
    return Link(type="tvdb", value=value, about=about) if re.fullmatch(r"\d{1,12}", value, re.ASCII) else None
