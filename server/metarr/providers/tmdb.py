"""TMDB, The Movie Database: movies and series, one request each.

Documentation: https://developer.themoviedb.org/docs and, for errors, https://developer.themoviedb.org/docs/errors.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from metarr.domain.id_spelling import valid_id
from metarr.domain.languages import TitleLanguages
from metarr.domain.outcome import Fragment, ListedEpisode, ListedSeason
from metarr.domain.values import Artwork, Collection, Credit, Image, Kind, Text
from metarr.errors import BadAnswer, KeyRefused, ProviderError, RateLimited, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response
from metarr.providers.contract import (
    Ask,
    Candidate,
    Part,
    Preferences,
    Provider,
    Query,
    Setting,
    SettingType,
    SettingValue,
    common_settings,
)
from metarr.providers.reading import (
    UNREADABLE,
    Malformed,
    Reading,
    certification,
    each,
    episode_title,
    first_year,
    iso_date,
    keyart,
    languages_of,
    number,
    objects,
    one_entry_each,
    optional,
    person,
    place_number,
    posters,
    release_day,
    season_title,
    section,
    short_code,
    text,
    texts,
    web_address,
    whole,
)

BASE_URL = "https://api.themoviedb.org/3"
IMAGES = "https://image.tmdb.org/t/p"
PREVIEW_SIZES = {"poster": "w342", "keyart": "w342"}
"""Posters have no w300, which all other pictures have."""
LIMITS = Limits(per_second=25)

PATHS = {Kind.MOVIE: "movie", Kind.SERIES: "tv"}
NAMES = {Kind.MOVIE: "title", Kind.SERIES: "name"}
"""The key of the title; the original title stands under `original_` and this."""

_SECTIONS = ("images", "videos", "external_ids", "keywords", "translations", "alternative_titles")
SECTIONS = {
    Kind.MOVIE: ("credits", "release_dates", *_SECTIONS),
    Kind.SERIES: ("aggregate_credits", "content_ratings", "episode_groups", *_SECTIONS),
}
"""What is appended to the details, so that a title costs one request; TMDB takes 20 at most."""

REFUSED_CODES = frozenset({3, 7, 10, 14, 16, 17, 30, 31, 32, 33})
LIMITED_CODES = frozenset({25})
UNKNOWN_CODES = frozenset({6, 34})
SUCCESS_CODES = frozenset({None, 1, 12, 13, 21})

ENGLISH = TitleLanguages()
MAX_IMAGE_LANGUAGES = 5
MAX_CAST = 50
MAX_TITLES = 60
MAX_IMAGES = 30
"""Of one kind in one language."""

NEUTRAL_VOTES = 5
"""Each image is given so many votes of 5 out of 10 besides its own, or a single 10 would beat a hundred 9s."""

PLACEHOLDERS = frozenset({"tba", "tbd", "tbc", "to be announced", "to be determined"})
COUNTRY_NAMES = {"United States of America": "United States"}
ENDED, GOING_ON = {"Ended", "Canceled"}, {"Returning Series", "Planned", "In Production", "Pilot"}
IN_CINEMAS, PREMIERE = (3, 2), 1
"""Types of releases: in cinemas, in few of them; at a festival."""

WRITING_JOBS = (
    *("Screenplay", "Writer", "Co-Writer", "Scenario Writer", "Teleplay", "Adaptation", "Dialogue", "Staff Writer"),
    *("Screenstory", "Story", "Original Story", "Story Developer", "Idea", "Original Concept", "Original Film Writer"),
    *("Original Series Creator", "Series Composition", "Author", "Novel", "Book", "Short Story", "Comic Book"),
    *("Graphic Novel", "Theatre Play", "Musical", "Opera", "Characters"),
)
"""Of the department Writing those who wrote, in the order of credits; not editors, coordinators, storyboarders."""

_BOTH = """
title original_title tagline plot release_date year runtime_minutes status certification genres studios countries
languages original_language tags cast trailer homepage tmdb_rating tmdb_votes poster fanart clearlogo landscape keyart
"""
_MOVIES_ONLY = "directors writers collection"
_SERIES_ONLY = "creators networks end_date"
_SEASONS = "title plot release_date poster"
_EPISODES = "title plot release_date runtime_minutes still directors writers cast tmdb_rating"

MAX_LANGUAGES = 3
"""Listed ones in which episodes are asked for, besides the original one."""
MAX_APPENDS = 20
GROUP = "tmdb-"
"""Before the id of an episode group, which is an order: two of one type are two, and only their ids stay."""
EPISODES_A_REQUEST, LEAST_A_SEASON = 400, 20
"""An answer has 10 KB for each episode, and may be 8 MiB long, people of the whole series among them; a season may have
more than the library holds of it."""


class Tmdb(Provider):
    """https://www.themoviedb.org."""

    id = "tmdb"
    name = "TMDB"
    homepage = "https://www.themoviedb.org"
    attribution = (
        "This product uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB."
    )
    limits = LIMITS
    image_hosts = ("image.tmdb.org",)
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            key="api_key",
            label="API key",
            type=SettingType.SECRET,
            required=True,
            help="The API key or, better, the API read access token: free, at https://www.themoviedb.org/settings/api.",
        ),
        *common_settings(BASE_URL, LIMITS),
    )
    covers: ClassVar[Mapping[Kind, frozenset[str]]] = {
        Kind.MOVIE: frozenset((_BOTH + _MOVIES_ONLY).split()),
        Kind.SERIES: frozenset((_BOTH + _SERIES_ONLY).split()),
        Kind.SEASON: frozenset(_SEASONS.split()),
        Kind.EPISODE: frozenset(_EPISODES.split()),
    }
    asks_by: ClassVar[Mapping[Kind, tuple[str, ...]]] = {Kind.MOVIE: ("tmdb",), Kind.SERIES: ("tmdb",)}
    plain_language = None
    parser_version = 3
    looks_up_by: ClassVar[Mapping[Kind, tuple[str, ...]]] = {Kind.MOVIE: ("imdb",), Kind.SERIES: ("imdb", "tvdb")}
    """/find knows only series by TVDB id: given the id of a TVDB movie, it finds some series."""

    searches_any_year = True

    def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
        key = str(settings.get("api_key", "")).strip().removeprefix("Bearer ").strip()
        token = len(key) > 32 or key.startswith("eyJ")
        return Connection(
            base_url=str(settings.get("base_url") or BASE_URL).rstrip("/"),
            headers={"Authorization": f"Bearer {key}"} if token else {},
            params={"api_key": key} if key and not token else {},
        )

    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        status, verdict = response.status, _verdict(response.body)
        code = verdict.status_code if verdict else None
        said = f"HTTP {status}" + (f", TMDB code {code}" if isinstance(code, int) else "")
        if code in LIMITED_CODES or status == 429:
            return RateLimited(f"TMDB asks for a pause ({said})")
        if code in REFUSED_CODES or status == 401:
            return KeyRefused(f"TMDB refuses the key ({said})")
        if verdict is None:
            return BadAnswer(f"TMDB's answer is no JSON object ({said})")
        if code in UNKNOWN_CODES or (status == 404 and code is None):
            return TitleNotFound(f"TMDB does not know it ({said})")
        if status == 200 and code in SUCCESS_CODES:
            return None
        return BadAnswer(f"TMDB failed ({said})")

    def details(self, ask: Ask, http: Http) -> Fragment:
        fragment, _ = self.details_along(ask, (), http)
        return fragment

    def along(self, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
        """Seasons in the language of the details, as many as fit beside the other sections."""
        wanted = [part for part in self.parts(ask, counts) if part.shape == ask.preferences.language]
        first = next(iter(self.together(wanted, counts)), ())
        return first[: MAX_APPENDS - len(SECTIONS[Kind.SERIES])]

    def details_along(
        self, ask: Ask, parts: Sequence[Part], http: Http
    ) -> tuple[Fragment, Mapping[Part, Fragment | None]]:
        asked = _id_of("tmdb", ask.ids["tmdb"])
        if not asked:
            raise TitleNotFound("that is no TMDB id")
        path = f"/{PATHS[ask.kind]}/{asked}"
        body = http.get(path, _details_params(ask.kind, ask.preferences, ask.original_language, parts))
        joined = body
        if further := _further_language(body, ask):
            joined = {**body, "images": _joined_images(body, _images_in(further, path, http))}
        return parse_title(joined, ask.kind, ask.preferences), parse_seasons(body, asked, parts) if parts else {}

    def lookup(self, ask: Ask, http: Http) -> Mapping[str, str]:
        for id_type in self.looks_up_by[ask.kind]:
            if external := _id_of(id_type, ask.ids.get(id_type)):
                body = http.get(f"/find/{external}", {"external_source": f"{id_type}_id"})
                if tmdb_id := parse_find(body, ask.kind):
                    return {"tmdb": tmdb_id}
        raise TitleNotFound("TMDB knows no title by these ids")

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        path = f"/search/{PATHS[query.kind]}"
        params = {"query": query.title, "language": query.preferences.language, "include_adult": "false"}
        if not query.year:
            return parse_search(http.get(path, params), query.kind)
        exact = parse_search(http.get(path, params | {"year": str(query.year)}), query.kind)
        page = http.get(path, params)
        candidates = [*exact, *parse_search(page, query.kind)]
        if len(candidates) > len(exact) and (optional(whole, page.get("total_pages")) or 0) > 1:
            # Its namesakes fill more than a page: those of the years beside are asked for by themselves.
            for year in (query.year - 1, query.year + 1):
                candidates += parse_search(http.get(path, params | {"year": str(year)}), query.kind)
        by_id: dict[str, Candidate] = {}
        for candidate in candidates:
            by_id.setdefault(candidate.ids["tmdb"], candidate)
        return tuple(by_id.values())

    def parts(self, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
        """Every season in every language: what TMDB calls an episode there that has no translation, it does not say.
        And every group that is wanted."""
        series = ask.ids["tmdb"]
        groups = [order for order in ask.orders if order.startswith(GROUP)]
        return (
            *(
                Part(asked_id=f"tmdb:{series}/s{season}", shape=language, language=language, season=season)
                for language in _asked_languages(ask)
                for season in sorted(counts)
            ),
            *(Part(asked_id=f"tmdb:{series}/{order}", order=order) for order in groups),
        )

    def together(self, parts: Sequence[Part], counts: Mapping[int, int]) -> tuple[tuple[Part, ...], ...]:
        """The seasons of one language, as many as may be appended and as an answer has room for; each group alone."""
        bundles: list[list[Part]] = []
        room = 0
        seasons = [part for part in parts if part.season is not None]
        for part in sorted(seasons, key=lambda part: (part.shape, part.season or 0)):
            size = max(counts.get(part.season or 0, 0), LEAST_A_SEASON)
            if not bundles or bundles[-1][0].shape != part.shape or len(bundles[-1]) == MAX_APPENDS or size > room:
                bundles.append([])
                room = EPISODES_A_REQUEST
            bundles[-1].append(part)
            room -= size
        return (*map(tuple, bundles), *((part,) for part in parts if part.season is None))

    def listed(self, ask: Ask, parts: Sequence[Part], http: Http) -> Mapping[Part, Fragment | None]:
        series = _id_of("tmdb", ask.ids["tmdb"])
        if not series:
            raise TitleNotFound("that is no TMDB id")
        if parts[0].order:
            group = parts[0].order.removeprefix(GROUP)
            return {parts[0]: parse_group(http.get(f"/tv/episode_group/{quote(group, safe='')}"), series)}
        params = {"language": parts[0].shape, "append_to_response": ",".join(_appended(parts))}
        body = http.get(f"/tv/{series}", params)
        return parse_seasons(body, series, parts)

    def preview(self, url: str, field: str) -> str:
        full = f"{IMAGES}/original/"
        return url.replace(full, f"{IMAGES}/{PREVIEW_SIZES.get(field, 'w300')}/") if url.startswith(full) else ""

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        with suppress(TitleNotFound):
            body = http.get("/configuration")
            if isinstance(body, dict) and "images" in body:
                return
        raise BadAnswer("what answers at this address is not TMDB")


# Asking ------------------------------------------------------------------------------------------------------------


def _details_params(
    kind: Kind, preferences: Preferences, original: str = "", parts: Iterable[Part] = ()
) -> dict[str, str]:
    listed = preferences.image_languages[: MAX_IMAGE_LANGUAGES - 2]
    images = (*listed, original) if original and "artwork" in preferences.original else listed
    videos = (*preferences.image_languages[: MAX_IMAGE_LANGUAGES - 2], original or "en", "en", "null")
    return {
        "language": preferences.language,
        "append_to_response": ",".join((*SECTIONS[kind], *_appended(parts))),
        # Without these two, `language` filters images and videos as well: no textless image would come.
        "include_image_language": ",".join(dict.fromkeys((*images, "null"))),
        "include_video_language": ",".join(dict.fromkeys(videos)),
    }


def _appended(parts: Iterable[Part]) -> list[str]:
    return [f"season/{part.season}" for part in parts]


def _further_language(body: Any, ask: Ask) -> str:
    """The original language, where it was not known when the images were asked for, and no poster of a listed one came;
    "": there is nothing more to ask for."""
    if ask.original_language or "artwork" not in ask.preferences.original or not isinstance(body, dict):
        return ""
    listed = ask.preferences.image_languages
    with suppress(Malformed, KeyError, TypeError):
        original = _original(body)
        if not original or original in listed:
            return ""
        posters = objects(section(section(body, "images"), "posters", list))
        return "" if any(image.get("iso_639_1") in listed for image in posters) else original
    return ""


def _images_in(language: str, path: str, http: Http) -> Any:
    """A title's images in one more language. The same path as before, so that one more request is all that it takes."""
    body = http.get(path, {"append_to_response": "images", "include_image_language": language})
    return body.get("images") if isinstance(body, dict) else None


def _joined_images(body: dict[str, Any], further: Any) -> Any:
    """The images of both answers; unread where the second has none that can be read."""
    images = body["images"]
    if not isinstance(further, dict):
        return None
    groups = {group: further.get(group) for group in ("posters", "backdrops", "logos")}
    return {**images, **{g: [*images.get(g, ()), *more] for g, more in groups.items() if isinstance(more, list)}}


def _language(preferences: Preferences) -> str:
    return preferences.language.partition("-")[0].lower()


class _TmdbVerdict(msgspec.Struct):
    """All that tells an error from an answer; decoding it checks the rest of the body for well-formedness."""

    status_code: Any = None


def _verdict(body: bytes) -> _TmdbVerdict | None:
    """None where the body is no JSON object."""
    try:
        verdict = msgspec.json.decode(body, type=_TmdbVerdict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return verdict if isinstance(verdict.status_code, int | None) else None


def _id_of(id_type: str, raw: Any) -> str:
    """An id that has the form of its type, else ""."""
    value = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    return value if valid_id(id_type, value) else ""


def _asked_languages(ask: Ask) -> tuple[str, ...]:
    """The listed languages, each once, and the original one, which titles are paired by."""
    tags = {tag.partition("-")[0]: tag for tag in reversed(ask.preferences.languages)}
    listed = [tags[base] for base in ask.preferences.image_languages[:MAX_LANGUAGES]]
    original = ask.original_language
    return (*listed, original) if original and original not in tags else tuple(listed)


# Reading -----------------------------------------------------------------------------------------------------------


def parse_title(body: Any, kind: Kind, preferences: Preferences) -> Fragment:
    """What a details answer with its appended sections says. Raises BadAnswer where it is none at all.

    A section that was not appended leaves its fields unread.
    """
    if not isinstance(body, dict) or not _id_of("tmdb", body.get("id")):
        raise BadAnswer("TMDB's answer is no title")
    reading = Reading(Tmdb, kind)
    _read_texts(reading, body, kind, preferences)
    _read_facts(reading, body, kind)
    _read_art(reading, body)
    if kind is Kind.MOVIE:
        _read_movie(reading, body, preferences)
    else:
        _read_series(reading, body, preferences)
    fragment = reading.fragment(_claims(body, kind), _known_titles(body, NAMES[kind]))
    if kind is not Kind.SERIES:
        return fragment
    groups = optional(_groups, body.get("episode_groups")) or {}
    return replace(fragment, orders=tuple(groups), order_titles=groups, seasons=_seasons(body))


def _groups(section: Any) -> dict[str, str]:
    """By order that a series has besides the aired one what TMDB calls it."""
    rows = each(objects(section["results"]), lambda row: (_group_id(row["id"]), optional(text, row.get("name")) or ""))
    return {f"{GROUP}{group}": name for group, name in rows}


def _group_id(raw: Any) -> str:
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9a-f]{8,32}", raw):
        raise Malformed("no id of an episode group")
    return raw


def parse_group(body: Any, series: str) -> Fragment:
    """What a group lists: places count, not the numbers that TMDB writes, which begin at 0 or 1. Specials are season 0
    in every order, where they have their own numbers. Raises BadAnswer."""
    try:
        groups = sorted(objects(body["groups"]), key=lambda group: place_number(group["order"]))
        seasons = [_members(group, series) for group in groups]
    except UNREADABLE as error:
        raise BadAnswer("TMDB's answer is no episode group") from error
    proper = [members for members in seasons if any(season for season, _ in members)]
    listed = [
        ListedEpisode(
            id=f"tmdb:{series}/{season}/{number}",
            season=place,
            number=count,
            fragment=Fragment(provider=Tmdb.id, kind=Kind.EPISODE),
        )
        for place, members in enumerate(proper, 1)
        for count, (season, number) in enumerate(members, 1)
    ]
    return Fragment(provider=Tmdb.id, kind=Kind.SEASON, listed=tuple(listed))


def _members(group: dict[str, Any], series: str) -> list[tuple[int, int]]:
    """The numbers of its episodes, in their sequence; those of another series are left out."""
    rows = [row for row in objects(group["episodes"]) if str(row.get("show_id") or series) == series]
    rows.sort(key=lambda row: optional(place_number, row.get("order")) or 0)
    return each(rows, lambda row: (place_number(row["season_number"]), place_number(row["episode_number"])))


def _seasons(body: dict[str, Any]) -> tuple[ListedSeason, ...]:
    """The seasons that there are; what is said about each is to be asked for."""

    def season(row: Mapping[str, Any]) -> ListedSeason:
        episodes = optional(whole, row.get("episode_count")) or 0
        return ListedSeason(number=place_number(row["season_number"]), episodes=episodes)

    return tuple(optional(lambda rows: each(objects(rows), season), body.get("seasons")) or ())


def parse_seasons(body: Any, series: str, parts: Sequence[Part]) -> dict[Part, Fragment | None]:
    """What a details answer says of the seasons appended to it: None of one that its own list does not have. One that
    was asked for and is not there was not told. Raises BadAnswer."""
    if not isinstance(body, dict) or _id_of("tmdb", body.get("id")) != series:
        raise BadAnswer("TMDB's answer is not about that series")
    by_part: dict[Part, Fragment | None] = {}
    numbers = optional(
        lambda body: {season["season_number"] for season in objects(section(body, "seasons", list))}, body
    )
    for part in parts:
        season = body.get(f"season/{part.season}")
        if isinstance(season, dict) and isinstance(season.get("episodes"), list):
            by_part[part] = _season(season, series, part)
        elif numbers is not None and part.season not in numbers:
            by_part[part] = None
    return by_part


def _season(season: dict[str, Any], series: str, part: Part) -> Fragment:
    reading = Reading(Tmdb, Kind.SEASON)
    number = part.season or 0
    reading.read_texts("title", lambda: _spoken(season_title(_said(season["name"]), number), part.language), ENGLISH)
    reading.read_texts("plot", lambda: _spoken(_said(season["overview"]), part.language), ENGLISH)
    reading.read("release_date", lambda: iso_date(season["air_date"]))
    reading.read("poster", lambda: _one_image(season["poster_path"], part.language.partition("-")[0]))
    listed = each(season["episodes"], lambda raw: _episode(raw, series, part))
    return replace(reading.fragment({}), listed=tuple(listed))


def _episode(raw: dict[str, Any], series: str, part: Part) -> ListedEpisode:
    season, number = place_number(raw["season_number"]), place_number(raw["episode_number"])
    reading = Reading(Tmdb, Kind.EPISODE)
    reading.read_texts(
        "title", lambda: _spoken(episode_title(_said(raw["name"]), season, number), part.language), ENGLISH
    )
    reading.read_texts("plot", lambda: _spoken(_said(raw["overview"]), part.language), ENGLISH)
    reading.read("release_date", lambda: iso_date(raw["air_date"]))
    reading.read("runtime_minutes", lambda: whole(raw["runtime"]))
    reading.read("still", lambda: _one_image(raw["still_path"], ""))
    reading.read("directors", lambda: _crew(raw["crew"], "Directing", ("Director",)))
    reading.read("writers", lambda: _crew(raw["crew"], "Writing", WRITING_JOBS))
    reading.read("cast", lambda: _cast(raw["guest_stars"]))
    reading.read("tmdb_rating", lambda: _rating(raw["vote_average"]))
    entry = f"tmdb:{series}/{season}/{number}"
    return ListedEpisode(id=entry, season=season, number=number, fragment=reading.fragment({}))


def _spoken(words: str | None, language: str) -> tuple[Text, ...]:
    return (Text(value=words, language=language),) if words else ()


def _one_image(path: Any, language: str) -> Artwork:
    url = _image_url(path)
    return (Image(url=url, language=language),) if url else ()


def parse_find(body: Any, kind: Kind) -> str | None:
    """The TMDB id that `/find/{id}` found for this kind, if any. Raises BadAnswer."""
    results = _results(body, f"{PATHS[kind]}_results")
    return next((tmdb for result in results if (tmdb := _id_of("tmdb", result.get("id")))), None)


def parse_search(body: Any, kind: Kind) -> tuple[Candidate, ...]:
    """What a page of `/search/movie` or `/search/tv` found. Raises BadAnswer."""
    candidates = (_candidate(result, kind) for result in _results(body, "results"))
    return tuple(candidate for candidate in candidates if candidate)


def _results(body: Any, key: str) -> list[dict[str, Any]]:
    try:
        return objects(section(body, key, list))
    except (Malformed, KeyError, TypeError) as error:
        raise BadAnswer(f"TMDB's answer has no {key}") from error


def _candidate(raw: dict[str, Any], kind: Kind) -> Candidate | None:
    tmdb, name = _id_of("tmdb", raw.get("id")), NAMES[kind]
    titles = texts((raw.get(name), raw.get(f"original_{name}")))
    if not tmdb or not titles:
        return None
    day = re.match(r"[0-9]{4}", str(raw.get("release_date" if kind is Kind.MOVIE else "first_air_date") or ""))
    countries, overview, popularity = raw.get("origin_country"), raw.get("overview"), raw.get("popularity")
    return Candidate(
        provider=Tmdb.id,
        kind=kind,
        ids={"tmdb": tmdb},
        titles=titles,
        year=int(day[0]) if day else 0,
        countries=texts(countries if isinstance(countries, list) else ()) or (),
        overview=overview if isinstance(overview, str) else "",
        poster=_image_url(raw.get("poster_path"), "w342") or "",
        popularity=float(popularity) if isinstance(popularity, int | float) and 0 < popularity < 1e15 else 0.0,
    )


def _claims(body: dict[str, Any], kind: Kind) -> dict[str, str]:
    """External ids by type; the TVDB id is claimed for series only, whose namespace it is."""
    external = body.get("external_ids")
    external = external if isinstance(external, dict) else {}
    claims = {
        "tmdb": _id_of("tmdb", body["id"]),
        "imdb": _id_of("imdb", body.get("imdb_id")) or _id_of("imdb", external.get("imdb_id")),
        "wikidata": _id_of("wikidata", external.get("wikidata_id")),
    }
    return claims if kind is Kind.MOVIE else {**claims, "tvdb": _id_of("tvdb", external.get("tvdb_id"))}


def _known_titles(body: dict[str, Any], name: str) -> tuple[str, ...]:
    titles = [body.get(name), body.get(f"original_{name}")]
    with suppress(Malformed, KeyError):
        alternatives = section(body, "alternative_titles")
        titles += [entry.get("title") for entry in objects(alternatives.get("titles") or alternatives.get("results"))]
    with suppress(Malformed, KeyError):
        titles += [_data(entry).get(name) for entry in objects(section(body, "translations").get("translations"))]
    return tuple(title for title in texts(titles) or () if _said(title))[:MAX_TITLES]


def _read_texts(reading: Reading, body: dict[str, Any], kind: Kind, preferences: Preferences) -> None:
    name, wanted = NAMES[kind], languages_of(preferences, _original_or_none(body))
    reading.read_texts("title", lambda: _titles(body, name, preferences), wanted)
    reading.read("original_title", lambda: _said(body[f"original_{name}"]))
    reading.read_texts("tagline", lambda: _in_languages(body, "tagline", preferences), wanted)
    reading.read_texts("plot", lambda: _in_languages(body, "overview", preferences), wanted)
    reading.read("homepage", lambda: web_address(body["homepage"]))
    reading.read_texts("trailer", lambda: _trailers(section(body, "videos"), wanted.original), wanted)


def _read_facts(reading: Reading, body: dict[str, Any], kind: Kind) -> None:
    tags = "keywords" if kind is Kind.MOVIE else "results"
    reading.read("status", lambda: text(body["status"]))
    reading.read("genres", lambda: _names(body["genres"]))
    reading.read("studios", lambda: _names(body["production_companies"]))
    reading.read("countries", lambda: _countries(body["production_countries"]))
    reading.read("languages", lambda: _languages(body["spoken_languages"]))
    reading.read("original_language", lambda: _original(body))
    reading.read("tags", lambda: _names(section(body, "keywords")[tags]))
    reading.read("tmdb_rating", lambda: _rating(body["vote_average"]))
    reading.read("tmdb_votes", lambda: whole(body["vote_count"]))


def _read_art(reading: Reading, body: dict[str, Any]) -> None:
    images = cache(lambda group: _images(body, group))
    reading.read("poster", lambda: posters(images("posters")))
    reading.read("keyart", lambda: keyart(images("posters")))
    reading.read("fanart", lambda: _textless(images("backdrops")))
    reading.read("landscape", lambda: _lettered(images("backdrops")))
    reading.read("clearlogo", lambda: images("logos"))


def _read_movie(reading: Reading, body: dict[str, Any], preferences: Preferences) -> None:
    country = preferences.country
    reading.read("release_date", lambda: _release_date(body, country))
    _read_year(reading, body, "release_date")
    reading.read("certification", lambda: _certification(body, country))
    reading.read("runtime_minutes", lambda: whole(body["runtime"]))
    reading.read("collection", lambda: _collection(body["belongs_to_collection"]))
    reading.read("cast", lambda: _cast(section(body, "credits")["cast"]))
    reading.read("directors", lambda: _crew(section(body, "credits")["crew"], "Directing", ("Director",)))
    reading.read("writers", lambda: _crew(section(body, "credits")["crew"], "Writing", WRITING_JOBS))


def _read_year(reading: Reading, body: dict[str, Any], key: str) -> None:
    """TMDB's own day is that of the first release anywhere."""
    reading.read_year(lambda: first_year((iso_date(body[key]) or "")[:4]), lambda: iso_date(body[key]))


def _read_series(reading: Reading, body: dict[str, Any], preferences: Preferences) -> None:
    reading.read("release_date", lambda: iso_date(body["first_air_date"]))
    _read_year(reading, body, "first_air_date")
    reading.read("end_date", lambda: iso_date(body["last_air_date"]) if _has_ended(body) else None)
    reading.read("certification", lambda: _content_rating(body, preferences.country))
    reading.read("runtime_minutes", lambda: _episode_minutes(body))
    reading.read("networks", lambda: _names(body["networks"]))
    reading.read("creators", lambda: _names(body["created_by"]))
    reading.read("cast", lambda: _cast(section(body, "aggregate_credits")["cast"]))


def _episode_minutes(body: dict[str, Any]) -> int | None:
    """As entered for all episodes, which it is less and less; else of the last one."""
    entered = each(section(body, "episode_run_time", list), whole)
    last = body.get("last_episode_to_air")
    return entered[0] if entered else optional(whole, last.get("runtime")) if isinstance(last, dict) else None


def _has_ended(body: dict[str, Any]) -> bool:
    """By its status; where that tells nothing, what is not in production has ended."""
    status = optional(text, body.get("status"))
    return status in ENDED or (status not in GOING_ON and not section(body, "in_production", bool))


def _said(raw: Any) -> str | None:
    """A text that says something: no placeholder."""
    words = text(raw)
    return None if words is None or words.casefold().strip(" .") in PLACEHOLDERS else words


def _data(translation: dict[str, Any]) -> dict[str, Any]:
    data = translation.get("data")
    return data if isinstance(data, dict) else {}


def _original(body: dict[str, Any]) -> str:
    """The original language, ISO 639-1; "" where there is none ("xx")."""
    code = (text(body["original_language"]) or "").lower()
    return code if re.fullmatch("[a-z]{2}", code) and code != "xx" else ""


def _original_or_none(body: dict[str, Any]) -> str:
    """The same, "" also where it cannot be read: no text hangs on it."""
    with suppress(Malformed, KeyError, TypeError):
        return _original(body)
    return ""


def _translations(body: dict[str, Any], preferences: Preferences) -> list[tuple[str, dict[str, Any]]]:
    """The translations into the listed languages and the original one, each with its tag, such as "es-MX"."""
    wanted = (*preferences.image_languages, _original_or_none(body))
    translations = objects(section(body, "translations")["translations"])
    entries = [(entry.get("iso_639_1"), entry.get("iso_3166_1"), _data(entry)) for entry in translations]
    return [
        (f"{language}-{country}" if isinstance(country, str) and country else str(language), data)
        for language, country, data in entries
        if language and language in wanted
    ]


def _tells_translations(body: dict[str, Any]) -> bool:
    """Whether there is a list of translations that can be read."""
    return optional(lambda part: section(part, "translations").get("translations"), body) is not None


def _in_languages(body: dict[str, Any], key: str, preferences: Preferences) -> tuple[Text, ...]:
    """A text in each language: as asked for, then as translated. TMDB itself gives "" where it has none."""
    words = _said(body[key])
    here = [Text(value=words, language=preferences.language)] if words else []
    if words and not _tells_translations(body):
        return tuple(here)
    translated = [(tag, optional(_said, data.get(key))) for tag, data in _translations(body, preferences)]
    return (*here, *(Text(value=value, language=tag) for tag, value in translated if value))


def _titles(body: dict[str, Any], name: str, preferences: Preferences) -> tuple[Text, ...]:
    """The title in each language. TMDB gives the original title where it has none in the language asked for; a
    translation that leaves it empty says that it is called there as in the original."""
    title, original, language = (
        _said(body[name]),
        optional(_said, body.get(f"original_{name}")),
        _original_or_none(body),
    )
    here = [Text(value=title, language=preferences.language)] if title and title != original else []
    first = [Text(value=original, language=language)] if original and language else []
    if title and not _tells_translations(body):
        if title == original and language not in ("", _language(preferences)):
            raise Malformed("a title that may be the original one, and no translations to tell")
        return (*here, *first) or (Text(value=title, language=language or "und"),)
    translated = [(tag, optional(_said, data.get(name))) for tag, data in _translations(body, preferences)]
    named = [Text(value=value, language=tag) for tag, value in translated if value]
    implied = [Text(value=original, language=tag, implied=True) for tag, value in translated if not value and original]
    return (*here, *named, *first, *implied) or ((Text(value=title, language="und"),) if title else ())


def _names(raw: Any, key: str = "name") -> tuple[str, ...] | None:
    objects_there = objects(raw)
    names = texts(entry.get(key) for entry in objects_there)
    if objects_there and names is None:
        raise Malformed(f"no {key} in {len(objects_there)} entries")
    return names


def _countries(raw: Any) -> tuple[str, ...] | None:
    return texts(COUNTRY_NAMES.get(name, name) for name in _names(raw) or ())


def _languages(raw: Any) -> tuple[str, ...] | None:
    """In English; the code "xx" stands for "no language"."""
    return _names([entry for entry in objects(raw) if entry.get("iso_639_1") != "xx"], "english_name")


def _rating(raw: Any) -> float | None:
    rating = number(raw)
    if rating is not None and rating > 10:
        raise Malformed(f"rating {rating} above 10")
    return rating


class _Release(NamedTuple):
    """A release of a movie in a country."""

    country: Any
    type: Any
    day: str | None
    certification: str | None


def _releases(body: dict[str, Any]) -> list[_Release]:
    there = each(section(body, "release_dates")["results"], _releases_there)
    return [release for releases in there for release in releases]


def _releases_there(entry: dict[str, Any]) -> list[_Release]:
    country = entry["iso_3166_1"]
    return each(
        entry["release_dates"],
        lambda release: _Release(
            country=country,
            type=release["type"],
            day=optional(iso_date, release.get("release_date")),
            certification=optional(certification, release.get("certification")),
        ),
    )


def _release_date(body: dict[str, Any], country: str) -> str | None:
    """The first in the cinemas of the country, if that is no re-release, else the first anywhere.

    A showing online before, as at a festival of 2021, is no release where any other is known.
    """
    releases = _releases(body)
    here = [release for release in releases if release.country == country]
    first_here = _first_day(here, *IN_CINEMAS) or _first_day(here, PREMIERE)
    return (
        release_day(first_here, _first_day(releases, PREMIERE, *IN_CINEMAS))
        or iso_date(body["release_date"])
        or _first_day(releases, *{release.type for release in releases})
    )


def _first_day(releases: Iterable[_Release], *types: int) -> str | None:
    return min((release.day for release in releases if release.day and release.type in types), default=None)


def _certification(body: dict[str, Any], country: str) -> str | None:
    """That of the cinemas, else the earliest; releases without one stand beside it."""
    rated = [
        (IN_CINEMAS.index(release.type) if release.type in IN_CINEMAS else len(IN_CINEMAS), release.day or "9", rating)
        for release in _releases(body)
        if release.country == country and (rating := release.certification)
    ]
    return min(rated)[-1] if rated else None


def _content_rating(body: dict[str, Any], country: str) -> str | None:
    """Of several, which have no dates, always the same."""
    ratings = objects(section(body, "content_ratings")["results"])
    there = [entry for entry in ratings if entry.get("iso_3166_1") == country]
    return min(each(there, lambda entry: certification(entry["rating"])), default=None)


def _collection(raw: Any) -> Collection | None:
    if raw is None:
        return None
    name, tmdb = text(raw["name"]), _id_of("tmdb", raw.get("id"))
    if not name:
        return None
    poster, fanart = (_image_url(raw.get(key)) or "" for key in ("poster_path", "backdrop_path"))
    return Collection(name=name, ids={"tmdb": tmdb} if tmdb else {}, poster=poster, fanart=fanart)


def _cast(raw: Any) -> tuple[Credit, ...]:
    """Who played in most episodes first, as a lead entered as a guest did, then in the order of billing."""
    people: dict[str, list[_Entry]] = {}
    for entry in each(raw, _entry):
        people.setdefault(person(entry.credits[0]), []).append(entry)
    ranked = sorted(
        people.values(), key=lambda of_one: (-sum(e.episodes for e in of_one), min(e.billing for e in of_one))
    )
    return one_entry_each(credit for of_one in ranked for entry in of_one for credit in entry.credits)[:MAX_CAST]


class _Entry(NamedTuple):
    """An entry of a cast list: one of its credits for each role. A movie's tells no episodes."""

    episodes: int
    billing: float
    credits: list[Credit]


def _entry(raw: dict[str, Any]) -> _Entry:
    name, tmdb, order = text(raw["name"]), _id_of("tmdb", raw.get("id")), raw.get("order")
    if name is None:
        raise Malformed("nobody has this role")
    roles = [(optional(whole, role.get("episode_count")) or 0, role.get("character")) for role in _roles(raw)]
    roles.sort(key=lambda role: -role[0])
    photo, ids = _image_url(raw.get("profile_path")) or "", {"tmdb": tmdb} if tmdb else {}
    return _Entry(
        episodes=optional(whole, raw.get("total_episode_count")) or sum(played for played, _ in roles),
        billing=order if isinstance(order, int) and not isinstance(order, bool) else math.inf,
        credits=[
            Credit(name=name, role=optional(text, character) or "", photo=photo, ids=ids) for _, character in roles
        ],
    )


def _roles(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """The cast of a series carries its roles in a list, each with its episodes."""
    return optional(objects, raw.get("roles")) or [raw]


def _crew(raw: Any, department: str, jobs: tuple[str, ...]) -> tuple[str, ...] | None:
    """Who did one of these jobs, in the order of the jobs."""
    people = [person for person in objects(raw) if person.get("department") == department and person.get("job") in jobs]
    return _names(sorted(people, key=lambda person: jobs.index(person["job"])))


def _trailers(videos: dict[str, Any], original: str) -> tuple[Text, ...]:
    """In each language a trailer, else a teaser; official ones first. One that names none speaks the original one."""
    playable = [video for video in objects(videos["results"]) if _video_url(video)]
    fitting = sorted((v for v in playable if v.get("type") in ("Trailer", "Teaser")), key=_video_rank)
    spoken = [(optional(text, video.get("iso_639_1")) or original or "und", _video_url(video)) for video in fitting]
    return tuple(Text(value=url, language=language) for language, url in spoken if url)


def _video_rank(video: dict[str, Any]) -> tuple[bool, bool, float]:
    return (
        video.get("type") != "Trailer",
        video.get("official") is not True,
        -(optional(number, video.get("size")) or 0),
    )


def _video_url(video: dict[str, Any]) -> str | None:
    site, key = video.get("site"), video.get("key")
    if site == "YouTube" and isinstance(key, str) and re.fullmatch(r"[A-Za-z0-9_-]{6,20}", key):
        return f"https://www.youtube.com/watch?v={key}"
    if site == "Vimeo" and isinstance(key, str) and re.fullmatch(r"[0-9]{1,15}", key):
        return f"https://vimeo.com/{key}"
    return None


_IMAGE_PATH = re.compile(r"/[A-Za-z0-9_-]+\.(jpg|jpeg|png|webp)")


def _image_url(path: Any, size: str = "original") -> str | None:
    """Of an image that every player can show: logos are also kept as SVG."""
    if not isinstance(path, str) or not _IMAGE_PATH.fullmatch(path):
        return None
    return f"{IMAGES}/{size}{path}"


def _images(body: dict[str, Any], group: str) -> Artwork:
    """The candidates of a group, best first."""
    hits = each(section(section(body, "images"), group, list), _image)
    images: dict[str, Image] = {}
    for image in hits:
        images.setdefault(image.url, image)  # twins come where they were asked for twice
    taken: Counter[str] = Counter()
    kept = []
    for image in sorted(images.values(), key=lambda image: -image.votes):
        taken[image.language] += 1
        if taken[image.language] <= MAX_IMAGES:
            kept.append(image)
    return tuple(kept)


def _image(raw: dict[str, Any]) -> Image | None:
    url, language = _image_url(raw.get("file_path")), short_code(raw.get("iso_639_1"))
    if url is None:
        return None
    votes, average = (optional(number, raw.get(key)) or 0.0 for key in ("vote_count", "vote_average"))
    return Image(
        url=url,
        width=optional(whole, raw.get("width")) or 0,
        height=optional(whole, raw.get("height")) or 0,
        language="" if language in (None, "xx") else language,
        region=_region(raw.get("iso_3166_1")),
        votes=round((average * votes + 5.0 * NEUTRAL_VOTES) / (votes + NEUTRAL_VOTES), 3),
    )


_REGION = re.compile("[A-Z]{2}")


def _region(raw: Any) -> str:
    return raw if isinstance(raw, str) and _REGION.fullmatch(raw) else ""


def _lettered(images: Artwork) -> Artwork:
    return tuple(image for image in images if image.language)


def _textless(images: Artwork) -> Artwork:
    return tuple(image for image in images if not image.language)
