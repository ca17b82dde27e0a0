"""TheTVDB v4: a token to fetch first, separate ids for movies and series, texts in the original language on top.

Where the real answer is not documented this one is an assumption: the body for a bad token, the answer of
`/search/remoteid` for an unknown id (200 with `data` null), and the text of the 400 for a malformed id.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .catalogue import encoded, episode_by, movie_by, movies_named, patch_body, series_by, series_named
from .faults import refusal
from .messages import Request, Response, answer, encode, hex_id, number_of, token
from .records import Episode, Movie, Season, Series, Title
from .state import KEYS, State
from .titles import SERIES

EPISODES_PAGE = 500
SEARCH_LIMIT = 5000
TOKEN_SECONDS = 30 * 24 * 3600
HOST = "https://artworks.thetvdb.com"
_STAMP = "2025-03-04 05:06:07"  # lastUpdated: UTC without saying so
_LANGUAGES = {
    "en": "eng",
    "de": "deu",
    "fr": "fra",
    "ja": "jpn",
    "ko": "kor",
    "nl": "nld",
    "es": "spa",
    "it": "ita",
    "pt": "por",
    "pl": "pol",
    "sv": "swe",
}
_COUNTRIES = {
    "US": "usa",
    "GB": "gbr",
    "DE": "deu",
    "AU": "aus",
    "CA": "can",
    "JP": "jpn",
    "KR": "kor",
    "NZ": "nzl",
    "NL": "nld",
    "BE": "bel",
    "IE": "irl",
    "FR": "fra",
}
_GENRES = {"Sci-Fi & Fantasy": "Fantasy", "Action & Adventure": "Adventure", "War & Politics": "Drama"}
_MOVIE_STATUS = {"Released": 5, "Planned": 1}
_SERIES_STATUS = {"Returning Series": (1, "Continuing"), "Ended": (2, "Ended"), "Canceled": (2, "Ended")}
_ORDERS = {
    "official": (1, "Aired Order"),
    "dvd": (2, "DVD Order"),
    "absolute": (3, "Absolute Order"),
    "alternate": (4, "Alternate Order"),
    "regional": (5, "Regional Order"),
}
_MOVIE_ART = (("posters", 14, 680, 1000), ("backgrounds", 15, 1920, 1080), ("clearlogo", 25, 800, 310))
_SERIES_ART = (
    ("posters", 2, 680, 1000),
    ("backgrounds", 3, 1920, 1080),
    ("banners", 1, 758, 140),
    ("clearlogo", 23, 800, 310),
    ("clearart", 22, 1000, 562),
)
_PEOPLE = {"Director": 1, "Writer": 2, "Actor": 3, "Creator": 6}
# Titles for which /search/remoteid answers with an unrelated episode before the right record.
_HAUNTED = {"the-matrix", "game-of-thrones"}
_NUMBER = r"([^/]+)"
_ROUTES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(f"^/v4{pattern}$"))
    for kind, pattern in (
        ("login", "/login"),
        ("search", "/search"),
        ("remoteid", r"/search/remoteid/([^/]+)"),
        ("movie", f"/movies/{_NUMBER}(/extended)?"),
        ("series", f"/series/{_NUMBER}(/extended)?"),
        ("series_artworks", f"/series/{_NUMBER}/artworks"),
        ("episodes", f"/series/{_NUMBER}/episodes/([a-z]+)(?:/([a-z]+))?"),
        ("season", f"/seasons/{_NUMBER}(/extended)?"),
        ("episode", f"/episodes/{_NUMBER}(/extended)?"),
        ("translation", f"/(movies|series|seasons|episodes)/{_NUMBER}/translations/([a-z]+)"),
        ("artwork_types", "/artwork/types"),
    )
)


def _failure(status: int, message: str) -> Response:
    return answer({"status": "failure", "message": message, "data": None}, status)


def _not_found(what: str = "") -> Response:
    return _failure(404, f"NotFoundException: error fetching {what}" if what else "NotFoundException: not found")


def _success(data: Any, links: dict[str, Any] | None = None) -> dict[str, Any]:
    body = {"status": "success", "data": data}
    return body if links is None else {**body, "links": links}


def _route(request: Request) -> tuple[str, tuple[str, ...]]:
    for kind, pattern in _ROUTES:
        match = pattern.match(request.path)
        if match:
            return kind, tuple(part or "" for part in match.groups())
    return "other", ()


def endpoint_of(request: Request) -> str:
    return _route(request)[0]


def respond(request: Request, state: State) -> Response:
    """TVDB's answer to one request."""
    kind, parts = _route(request)
    if kind == "login":
        return _login(request, state)
    if not _authorised(request, state):
        return refusal("tvdb", "auth")
    if not state.spend("tvdb"):
        return refusal("tvdb", "limit", 60)
    if kind == "other" or request.method != "GET":
        return _not_found()
    return _HANDLERS[kind](request, state, *parts)


# Tokens -------------------------------------------------------------------------------------------------------------


def _login(request: Request, state: State) -> Response:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = {}
    key, pin = (body.get("apikey"), body.get("pin")) if isinstance(body, dict) else (None, None)
    if "tvdb" in state.refused or key not in (KEYS["tvdb"], KEYS["tvdb_user_supported"]):
        return _failure(401, "InvalidAPIKey: apikey invalid")
    if key == KEYS["tvdb_user_supported"]:
        if not pin:
            return _failure(400, "InvalidValueType: pin required")
        if pin != KEYS["tvdb_pin"]:
            return _failure(401, "InvalidAPIKey: apikey invalid")
    expires = time.time() + TOKEN_SECONDS
    made = _jwt({"age": "", "apikey": key, "exp": int(expires), "iss": "simulated", "nonce": len(state.tokens)})
    state.tokens[made] = expires
    return answer(_success({"token": made}))


def _jwt(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    text = [base64.urlsafe_b64encode(encode(part)).rstrip(b"=").decode() for part in parts]
    return ".".join([*text, token(text[1], 43)])


def _authorised(request: Request, state: State) -> bool:
    if "tvdb" in state.refused:
        return False
    text = request.headers.get("authorization", "")
    return state.tokens.get(text.removeprefix("Bearer "), 0.0) > time.time()


# Texts --------------------------------------------------------------------------------------------------------------


def _texts(title: Title) -> dict[str, tuple[str, str]]:
    """Language code to name and overview, the original language first."""
    original = _LANGUAGES[title.original_language]
    texts = {original: (title.native_title, title.tvdb_overview)}
    if original != "eng":
        texts["eng"] = (title.title, title.overview)
    for entry in title.translations:
        texts.setdefault(_LANGUAGES[entry.language], (entry.title or title.native_title, entry.overview))
    return texts


def _slug(title: Title) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.title.lower()).strip("-")


def _translations(texts: dict[str, tuple[str | None, str | None]]) -> dict[str, Any]:
    names = [
        {"name": name, "language": code, "isPrimary": i == 0}
        for i, (code, (name, _)) in enumerate(texts.items())
        if name
    ]
    overviews = [
        {"overview": text, "language": code, "isPrimary": i == 0}
        for i, (code, (_, text)) in enumerate(texts.items())
        if text
    ]
    return {"nameTranslations": names, "overviewTranslations": overviews, "aliases": None}


# Records ------------------------------------------------------------------------------------------------------------


def _image(title: Title, folder: str, index: int) -> str:
    """Absolute, but for The Matrix, whose images are relative."""
    kind = "movie" if isinstance(title, Movie) else "series"
    ending = "png" if "clear" in folder else "jpg"
    path = f"/banners/v4/{kind}/{title.tvdb}/{folder}/{hex_id(f'{title.key}{folder}{index}', 13)}.{ending}"
    return path if title.key == "the-matrix" else HOST + path


def _thumbnail(image: str) -> str:
    """Relative thumbnails lack the /banners of their image."""
    stem, _, ending = image.rpartition(".")
    thumb = f"{stem}_t.{ending}"
    return thumb.removeprefix("/banners")


def _artwork(
    title: Title, folder: str, kind: int, size: tuple[int, int], *, index: int, language: str | None
) -> dict[str, Any]:
    image = _image(title, folder, index)
    return {
        "id": number_of(f"{title.key}{folder}{index}", 60_000_000, 65_000_000),
        "image": image,
        "thumbnail": _thumbnail(image),
        "language": language,
        "type": kind,
        "score": 100_010 - index,
        "width": size[0],
        "height": size[1],
        "includesText": language is not None,
        "thumbnailWidth": 0,
        "thumbnailHeight": 0,
        "updatedAt": 0,
        "status": {"id": 0, "name": None},
        "tagOptions": None,
    }


def _artworks(title: Title) -> list[dict[str, Any]]:
    rows = []
    for folder, kind, width, height in _MOVIE_ART if isinstance(title, Movie) else _SERIES_ART:
        source = title.backdrops if folder == "backgrounds" else title.logos if folder == "clearlogo" else title.posters
        for index, language in enumerate(source):
            rows.append(
                _artwork(
                    title,
                    folder,
                    kind,
                    (width, height),
                    index=index,
                    language=_LANGUAGES[language] if language else None,
                )
            )
    if isinstance(title, Series) and title.posters:
        for season in title.seasons:
            art = _artwork(
                title, "seasons", 7, (680, 1000), index=season.number, language=_LANGUAGES[title.original_language]
            )
            rows.append({**art, "seasonId": season.tvdb})
    return rows


def _remote_ids(title: Title) -> list[dict[str, Any]]:
    """Key on sourceName: TMDB is type 10 on movies and 12 on series, and its id may carry a slug."""
    rows = []
    if title.imdb:
        rows.append({"id": title.imdb, "type": 2, "sourceName": "IMDB"})
    if title.homepage:
        rows.append({"id": title.homepage, "type": 4, "sourceName": "Official Website"})
    special = title.tvdb_remote_id if isinstance(title, Movie) else ""
    if title.tmdb and special != "-":
        slug = special or (f"{title.tmdb}-game-of-thrones" if title.key == "game-of-thrones" else str(title.tmdb))
        rows.append({"id": slug, "type": 10 if isinstance(title, Movie) else 12, "sourceName": "TheMovieDB.com"})
    if title.wikidata:
        rows.append({"id": title.wikidata, "type": 18, "sourceName": "Wikidata"})
    return rows


def _characters(title: Title) -> list[dict[str, Any]]:
    people: list[tuple[str, str, str | None]] = [("Actor", name, role) for name, role in title.cast]
    people += [("Director", name, None) for name in getattr(title, "directors", ())]
    people += [("Writer", name, None) for name in title.writers]
    people += [("Creator", name, None) for name in getattr(title, "creators", ())]
    movie = isinstance(title, Movie)
    rows = []
    for sort, (kind, person, role) in enumerate(people, start=1):
        number = number_of(person, 250_000, 900_000)
        photo = None if number % 5 == 0 else f"{HOST}/banners/person/{number}/{hex_id(person, 13)}.jpg"
        rows.append(
            {
                "id": number_of(f"{title.key}{person}{kind}", 60_000_000, 80_000_000),
                "name": role,
                "peopleId": number,
                "seriesId": None if movie else title.tvdb,
                "series": None,
                "movie": None,
                "movieId": title.tvdb if movie else None,
                "episodeId": None,
                "type": _PEOPLE[kind],
                "image": None,
                "sort": sort,
                "isFeatured": sort < 4,
                "url": f"https://thetvdb.com/people/{number}-{_dashed(person)}",
                "nameTranslations": None,
                "overviewTranslations": None,
                "aliases": None,
                "peopleType": kind,
                "personName": person,
                "tagOptions": None,
                "personImgURL": photo,
            }
        )
    return rows


def _dashed(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _company(name: str, country: str, kind: int, kind_name: str) -> dict[str, Any]:
    return {
        "id": number_of(name, 100, 60_000),
        "name": name,
        "slug": _dashed(name),
        "nameTranslations": ["eng"],
        "overviewTranslations": [],
        "aliases": [],
        "country": country,
        "primaryCompanyType": kind,
        "activeDate": None,
        "inactiveDate": None,
        "companyType": {"companyTypeId": kind, "companyTypeName": kind_name},
        "parentCompany": {"id": None, "name": None, "relation": {"id": None, "typeName": None}},
        "tagOptions": None,
    }


def _genres(title: Title) -> list[dict[str, Any]]:
    names = dict.fromkeys(_GENRES.get(name, name) for name in title.genres)
    return [{"id": number_of(name, 1, 40), "name": name, "slug": _dashed(name)} for name in names]


def _content_ratings(title: Title) -> list[dict[str, Any]]:
    return [
        {
            "id": number_of(country + rating, 1, 400),
            "name": rating,
            "country": _COUNTRIES[country],
            "description": f"Rated {rating}",
            "contentType": "",
            "order": 0,
            "fullname": None,
        }
        for country, rating in title.certifications.items()
    ]


def _trailers(title: Title) -> list[dict[str, Any]]:
    url = f"https://www.youtube.com/watch?v={token(title.key + 'Official Trailer', 11)}"
    row = {"id": number_of(title.key, 1, 200_000), "name": "Trailer", "url": url, "language": "eng", "runtime": 0}
    return [row] if title.backdrops else []


def movie_base(title: Movie) -> dict[str, Any]:
    """No overview here: texts of movies come with meta=translations only."""
    texts = _texts(title)
    status = {
        "id": _MOVIE_STATUS[title.status],
        "name": "Released" if title.status == "Released" else "Announced",
        "recordType": "movie",
        "keepUpdated": True,
    }
    return {
        "id": title.tvdb,
        "name": title.native_title,
        "slug": _slug(title),
        "image": _image(title, "posters", 0) if title.posters else "",
        "nameTranslations": list(texts),
        "overviewTranslations": [code for code, (_, text) in texts.items() if text],
        "aliases": [{"language": "eng", "name": name} for _, name in title.alternative_titles],
        "score": number_of(title.key, 50_000, 900_000),
        "runtime": title.runtime,
        "status": status,
        "lastUpdated": _STAMP,
        "year": str(title.year),
        **title.tvdb_fields,
    }


def movie_extended(title: Movie, translations: bool, short: bool) -> dict[str, Any]:
    """`short` without translations leaves the three big lists out."""
    country = _COUNTRIES[title.countries[0]] if title.countries else "usa"
    language = _LANGUAGES[title.original_language]
    studios = [_company(name, country, 2, "Studio") for name in title.studios]
    releases = [{"country": "global", "date": title.released, "detail": None}]
    releases += [{"country": _COUNTRIES[code], "date": title.released, "detail": None} for code in title.certifications]
    record = {
        **movie_base(title),
        "trailers": _trailers(title),
        "genres": _genres(title),
        "releases": releases,
        "artworks": _artworks(title),
        "remoteIds": _remote_ids(title),
        "characters": _characters(title),
        "budget": str(title.budget) if title.budget else "",
        "boxOffice": str(title.revenue) if title.revenue else "",
        "boxOfficeUS": title.box_office.replace("$", "").replace(",", "").replace("N/A", ""),
        "originalCountry": country,
        "originalLanguage": language,
        "audioLanguages": [],
        "subtitleLanguages": [],
        "studios": [{"id": row["id"], "name": row["name"], "parentStudio": 0} for row in studios],
        "production_countries": [
            {"id": number_of(code, 1, 250), "country": _COUNTRIES[code], "name": code} for code in title.countries
        ],
        "spoken_languages": [language],
        "first_release": releases[0],
        "companies": {"studio": studios, "network": [], "production": [], "distributor": [], "special_effects": []},
        "contentRatings": _content_ratings(title),
        "tagOptions": [],
    }
    if translations:
        record["translations"] = _translations(dict(_texts(title)))
    elif short:
        record |= {"trailers": None, "artworks": None, "characters": None}
    return record


def series_base(title: Series) -> dict[str, Any]:
    texts = _texts(title)
    number, name = _SERIES_STATUS[title.status]
    aired = [entry.aired for season in title.regular_seasons for entry in season.episodes if entry.aired]
    return {
        "id": title.tvdb,
        "name": title.native_title,
        "slug": _slug(title),
        "image": _image(title, "posters", 0),
        "nameTranslations": list(texts),
        "overviewTranslations": [code for code, (_, text) in texts.items() if text],
        "aliases": [{"language": "eng", "name": alias} for _, alias in title.alternative_titles],
        "firstAired": title.released,
        "lastAired": title.ended or (aired[-1] if aired else ""),
        "nextAired": "",
        "score": number_of(title.key, 100_000, 2_000_000),
        "status": {"id": number, "name": name, "recordType": "series", "keepUpdated": number == 1},
        "originalCountry": _COUNTRIES[title.countries[0]],
        "originalLanguage": _LANGUAGES[title.original_language],
        "defaultSeasonType": 1,
        "isOrderRandomized": False,
        "lastUpdated": _STAMP,
        "averageRuntime": title.runtime,
        "episodes": None,
        "overview": title.tvdb_overview,
        "year": str(title.year),
        **title.tvdb_fields,
    }


def series_extended(title: Series, translations: bool, episodes: bool, short: bool) -> dict[str, Any]:
    base = series_base(title)
    country = base["originalCountry"]
    networks = [_company(name, country, 1, "Network") for name in title.networks]
    studios = [_company(name, country, 2, "Studio") for name in title.studios]
    days = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    record = {
        **base,
        "artworks": _artworks(title),
        "companies": [*studios, *networks],
        "originalNetwork": networks[0] if networks else None,
        "latestNetwork": networks[-1] if networks else None,
        "genres": _genres(title),
        "trailers": _trailers(title),
        "lists": [],
        "remoteIds": _remote_ids(title),
        "characters": _characters(title),
        "airsDays": {day: day == "sunday" for day in days},
        "airsTime": "21:00",
        "seasons": [_season_row(title, part) for part in ordered_seasons(title)],
        "tags": [{"id": 2, "tag": 1, "tagName": "Sub-Genre", "name": "Serial", "helpText": None}],
        "contentRatings": _content_ratings(title),
        "seasonTypes": [_season_type(order) for order in dict.fromkeys(part.order for part in ordered_seasons(title))],
    }
    if translations:
        record["translations"] = _translations(dict(_texts(title)))
    elif short:
        record |= {"artworks": None, "characters": None}
    if episodes:
        record["episodes"] = [_episode_row(title, part, entry, None) for part, entry in episodes_in(title, "official")]
    return record


# Seasons and episodes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderedSeason:
    """A season as one of the orders has it; the official ones keep the season's own id."""

    order: str
    number: int
    id: int
    image_of: Season
    episodes: tuple[tuple[int, Season, Episode], ...]  # number within the order, the aired season, the episode


def ordered_seasons(series: Series) -> list[OrderedSeason]:
    def made(order: str, number: int, season: Season, rows: Iterable[tuple[int, Season, Episode]]) -> OrderedSeason:
        own = season.tvdb if order == "official" else number_of(f"{series.key}{order}{number}", 2_400_001, 2_900_000)
        return OrderedSeason(order, number, own, season, tuple(sorted(rows, key=lambda row: row[0])))

    parts = [
        made("official", season.number, season, ((entry.number, season, entry) for entry in season.episodes))
        for season in series.seasons
    ]
    regular = series.regular_seasons
    if series.has_dvd:
        parts += [
            made("dvd", s.number, s, ((entry.dvd or entry.number, s, entry) for entry in s.episodes)) for s in regular
        ]
    if series.has_absolute:
        parts.append(
            made("absolute", 1, regular[0], ((entry.absolute, s, entry) for s in regular for entry in s.episodes))
        )
    return parts


def episodes_in(series: Series, order: str) -> list[tuple[OrderedSeason, tuple[int, Season, Episode]]]:
    order = "official" if order == "default" else order
    return [(part, row) for part in ordered_seasons(series) if part.order == order for row in part.episodes]


_SEASONS: dict[str, tuple[Series, OrderedSeason]] = {
    str(part.id): (entry, part) for entry in SERIES for part in ordered_seasons(entry)
}


def _season_type(order: str) -> dict[str, Any]:
    number, name = _ORDERS[order]
    return {"id": number, "name": name, "type": order, "alternateName": None}


def _season_row(series: Series, part: OrderedSeason) -> dict[str, Any]:
    """Overview languages come as one string with commas, inside a list."""
    languages = ",".join(_texts(series)) if part.image_of.overview and part.order == "official" else ""
    return {
        "id": part.id,
        "seriesId": series.tvdb,
        "type": _season_type(part.order),
        "number": part.number,
        "nameTranslations": [],
        "overviewTranslations": [languages] if languages else [],
        "image": f"{HOST}/banners/v4/season/{part.id}/posters/{hex_id(str(part.id), 13)}.jpg",
        "imageType": 7,
        "companies": dict.fromkeys(("studio", "network", "production", "distributor", "special_effects")),
        "lastUpdated": _STAMP,
    }


def _episode_texts(series: Series, episode: Episode) -> dict[str, tuple[str | None, str | None]]:
    """Language code to name and overview; a language that has neither is left out."""
    original = _LANGUAGES[series.original_language]
    if original == "eng":
        return {"eng": (episode.title, episode.overview or None)}
    texts: dict[str, tuple[str | None, str | None]] = {}
    if episode.native_title:
        texts[original] = (episode.native_title, episode.native_overview or None)
    if episode.translated:
        texts["eng"] = (episode.title, episode.overview or None)
    return texts


def _episode_row(
    series: Series, part: OrderedSeason, row: tuple[int, Season, Episode], language: str | None
) -> dict[str, Any]:
    """`language` None: the original one. A missing translation makes name and overview null."""
    number, _, episode = row
    texts = _episode_texts(series, episode)
    wanted = language or _LANGUAGES[series.original_language]
    name, overview = texts.get(wanted, (None, None))
    if language is None and name is None and episode.title in {"TBA", f"Episode {episode.number}"}:
        name = episode.title
    still = (
        f"{HOST}/banners/v4/episode/{episode.tvdb}/screencap/{hex_id(str(episode.tvdb), 13)}.jpg"
        if episode.still
        else None
    )
    record = {
        "id": episode.tvdb,
        "seriesId": series.tvdb,
        "name": name,
        "aired": episode.aired or None,
        "runtime": episode.runtime,
        "nameTranslations": list(texts) or None,
        "overview": overview,
        "overviewTranslations": [code for code, (_, text) in texts.items() if text] or None,
        "image": still,
        "imageType": 11 if still else None,
        "isMovie": 0,
        "seasons": None,
        "number": number,
        "absoluteNumber": episode.absolute,
        "seasonNumber": part.number,
        "lastUpdated": _STAMP,
        "finaleType": "season" if episode.finale and episode.aired else None,
    }
    if part.number == 0:
        record |= {"airsBeforeSeason": 1, "airsBeforeEpisode": 1}
    if episode.aired:
        record["year"] = episode.aired[:4]
    return record


# Endpoints ----------------------------------------------------------------------------------------------------------


def _malformed(record_id: str) -> bool:
    return not record_id.isdecimal()


def _meta(request: Request) -> tuple[bool, bool, bool]:
    meta = request.query.get("meta", "")
    return "translations" in meta, "episodes" in meta, request.query.get("short", "").lower() == "true"


def _enveloped(render: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda title: _success(render(title))


def _movie(request: Request, state: State, record_id: str, extended: str) -> Response:
    if _malformed(record_id):
        return _failure(400, "InvalidValueType: invalid id")
    title = movie_by("tvdb", record_id)
    if title is None or not title.known_to("tvdb") or state.is_missing("tvdb", "movie", record_id):
        return _not_found()
    translations, _, short = _meta(request)
    render = (lambda entry: movie_extended(entry, translations, short)) if extended else movie_base
    body = encoded(state, ("tvdb", extended, translations, short), title, _enveloped(render))
    return Response(body=patch_body(body, state.patched("tvdb", "movie", record_id), "data"))


def _series(request: Request, state: State, record_id: str, extended: str) -> Response:
    if _malformed(record_id):
        return _failure(400, "InvalidValueType: invalid id")
    title = _series_known(state, record_id)
    if title is None:
        return _not_found("series")
    flags = _meta(request)
    render = (lambda entry: series_extended(entry, *flags)) if extended else series_base
    body = encoded(state, ("tvdb", extended, flags), title, _enveloped(render))
    return Response(body=patch_body(body, state.patched("tvdb", "series", record_id), "data"))


def _series_known(state: State, record_id: str) -> Series | None:
    title = series_by("tvdb", record_id)
    return (
        None if title is None or not title.known_to("tvdb") or state.is_missing("tvdb", "series", record_id) else title
    )


def _series_artworks(request: Request, state: State, record_id: str) -> Response:
    title = _series_known(state, record_id)
    if title is None:
        return _not_found("series")
    query = request.query
    rows = [
        row
        for row in _artworks(title)
        if query.get("lang") in (None, "", row["language"]) and query.get("type") in (None, "", str(row["type"]))
    ]
    return answer(_success({**series_base(title), "artworks": rows}))


def _links(request: Request, page: int, size: int, total: int) -> dict[str, Any]:
    base = f"https://api4.thetvdb.com{request.path}?page="
    return {
        "prev": f"{base}{page - 1}" if page else None,
        "self": f"{base}{page}",
        "next": f"{base}{page + 1}" if (page + 1) * size < total else None,
        "total_items": total,
        "page_size": size,
    }


def _episodes(request: Request, state: State, record_id: str, order: str, language: str) -> Response:
    """Without a language the series is beside the episodes, with one it is around them."""
    title = _series_known(state, record_id)
    if title is None:
        return _not_found("series")
    if order not in {"default", *_ORDERS}:
        return _failure(400, "InvalidValueType: season-type")
    query = request.query
    rows = [_episode_row(title, part, row, language or None) for part, row in episodes_in(title, order)]
    for name, key in (("season", "seasonNumber"), ("episodeNumber", "number"), ("airDate", "aired")):
        if query.get(name):
            rows = [row for row in rows if str(row[key]) == query[name]]
    for row in rows:
        row.update(state.patched("tvdb", "episode", row["id"]))
    page = int(query["page"]) if query.get("page", "").isdecimal() else 0
    size = state.page_sizes.get("tvdb", EPISODES_PAGE)
    links = _links(request, page, size, len(rows))
    rows = rows[page * size : (page + 1) * size]
    data = {**series_base(title), "episodes": rows} if language else {"series": series_base(title), "episodes": rows}
    return answer(_success(data, links))


def _season(_request: Request, state: State, record_id: str, extended: str) -> Response:
    found = _SEASONS.get(record_id)
    if found is None or state.is_missing("tvdb", "season", record_id):
        return _not_found("season")
    series, part = found
    row = {
        **_season_row(series, part),
        "companies": {name: [] for name in ("studio", "network", "production", "distributor", "special_effects")},
    }
    first = part.episodes[0][2].aired if part.episodes else ""
    row["year"] = first[:4]
    if extended:
        art = _artwork(
            series, "seasons", 7, (680, 1000), index=part.number, language=_LANGUAGES[series.original_language]
        )
        plain = {
            key: art[key]
            for key in ("id", "image", "thumbnail", "language", "type", "score", "width", "height", "includesText")
        }
        row |= {
            "episodes": [_episode_row(series, part, entry, None) for entry in part.episodes],
            "trailers": [],
            "artwork": [plain],
            "tagOptions": None,
        }
    return answer(_success({**row, **state.patched("tvdb", "season", record_id)}))


def _episode(request: Request, state: State, record_id: str, extended: str) -> Response:
    found = episode_by("tvdb", record_id)
    if found is None or state.is_missing("tvdb", "episode", record_id):
        return _not_found("episode")
    series, season, episode = found
    part = next(entry for entry in ordered_seasons(series) if entry.id == season.tvdb)
    record = _episode_row(series, part, (episode.number, season, episode), None)
    orders = [entry for entry in ordered_seasons(series) if any(row[2].tvdb == episode.tvdb for row in entry.episodes)]
    record["seasons"] = [
        _season_row(series, entry) | {"nameTranslations": None, "overviewTranslations": None} for entry in orders
    ]
    if extended:
        people = [("Director", name, None) for name in episode.directors] + [
            ("Writer", name, None) for name in episode.writers
        ]
        guests = [("Actor", name, role) for name, role in episode.guests]
        record["characters"] = [
            {
                "id": number_of(f"{record_id}{name}", 60_000_000, 80_000_000),
                "name": role,
                "type": _PEOPLE[kind],
                "peopleType": kind,
                "personName": name,
                "image": None,
                "personImgURL": None,
                "sort": i,
                "isFeatured": False,
                "episodeId": episode.tvdb,
            }
            for i, (kind, name, role) in enumerate([*people, *guests], start=1)
        ]
        record["remoteIds"] = [{"id": episode.imdb, "type": 2, "sourceName": "IMDB"}]
        if _meta(request)[0]:
            record["translations"] = _translations(_episode_texts(series, episode))
    return answer(_success({**record, **state.patched("tvdb", "episode", record_id)}))


def _translation(_request: Request, state: State, kind: str, record_id: str, language: str) -> Response:
    texts: dict[str, tuple[Any, Any]] = {}
    aliases: list[str] | None = None
    if kind == "movies":
        movie = movie_by("tvdb", record_id)
        if movie is not None and movie.known_to("tvdb") and not state.is_missing("tvdb", "movie", record_id):
            texts = dict(_texts(movie))
    elif kind == "series":
        series = _series_known(state, record_id)
        if series is not None:
            texts, aliases = dict(_texts(series)), [name for _, name in series.alternative_titles]
    elif kind == "episodes":
        found = episode_by("tvdb", record_id)
        if found is not None:
            texts = _episode_texts(found[0], found[2])
    elif (season := _SEASONS.get(record_id)) and season[1].image_of.overview:
        texts = {"eng": (None, season[1].image_of.overview)}
    if language not in texts:
        return _not_found("translation")
    name, overview = texts[language]
    data = (
        {"overview": overview, "language": language}
        if kind == "seasons"
        else {"name": name, "overview": overview, "language": language}
    )
    return answer(_success(data if aliases is None else {**data, "aliases": aliases}))


def _search_row(title: Title) -> dict[str, Any]:
    """Ids are strings; a key is left out when its value is not known."""
    kind = "movie" if isinstance(title, Movie) else "series"
    texts = _texts(title)
    own = f"{kind}-{title.tvdb}"
    image = _image(title, "posters", 0) if title.posters else f"{HOST}/banners/images/missing/{kind}.jpg"
    # The index lags behind the record of this one.
    status = "Announced" if title.key == "quiet-lighthouse" else title.status
    row: dict[str, Any] = {
        "objectID": own,
        "aliases": [name for _, name in title.alternative_titles],
        "country": _COUNTRIES[title.countries[0]] if title.countries else "",
        "id": own,
        "image_url": image,
        "name": title.native_title,
        "first_air_time": title.released,
        "overview": title.tvdb_overview,
        "primary_language": _LANGUAGES[title.original_language],
        "primary_type": kind,
        "status": _SERIES_STATUS[title.status][1] if isinstance(title, Series) else status,
        "type": kind,
        "tvdb_id": str(title.tvdb),
        "year": str(title.year),
        "slug": _slug(title),
        "overviews": {code: text for code, (_, text) in texts.items() if text},
        "translations": {code: name for code, (name, _) in texts.items()},
        "remote_ids": _remote_ids(title),
        "thumbnail": _thumbnail(image),
    }
    if isinstance(title, Movie):
        row |= {
            "director": ", ".join(title.directors),
            "extended_title": f"{title.native_title} ({title.year})",
            "genres": [entry["name"] for entry in _genres(title)],
            "studios": list(title.studios),
        }
    elif isinstance(title, Series):
        row["network"] = title.networks[0] if title.networks else ""
    return {key: value for key, value in row.items() if value not in ("", [], {})}


def _titles_named(request: Request, state: State) -> list[Title]:
    query = request.query
    found: list[Title] = []
    if query.get("type") in (None, "", "movie"):
        found += [
            entry for entry in movies_named(query["query"], "tvdb") if not state.is_missing("tvdb", "movie", entry.tvdb)
        ]
    if query.get("type") in (None, "", "series"):
        found += [
            entry
            for entry in series_named(query["query"], "tvdb")
            if not state.is_missing("tvdb", "series", entry.tvdb)
        ]
    if query.get("year"):
        found = [entry for entry in found if str(entry.year) == query["year"]]
    if query.get("remote_id"):
        found = [entry for entry in found if any(row["id"] == query["remote_id"] for row in _remote_ids(entry))]
    return sorted(found, key=lambda entry: -entry.popularity)


def _search(request: Request, state: State) -> Response:
    query = request.query
    if not query.get("query"):
        return _failure(400, "InvalidValueType: query is required")
    offset, limit = _whole(query.get("offset"), 0), _whole(query.get("limit"), 50)
    if offset + limit > SEARCH_LIMIT:
        return _failure(400, "InvalidValueType: too many results requested")
    rows = [_search_row(title) for title in _titles_named(request, state)]
    base = f"https://api4.thetvdb.com/v4/search?query={query['query']}&offset="
    links = {
        "prev": f"{base}{max(0, offset - limit)}" if offset else None,
        "self": f"{base}{offset}",
        "next": f"{base}{offset + limit}" if offset + limit < len(rows) else None,
        "total_items": len(rows),
        "page_size": limit,
    }
    return answer(_success(rows[offset : offset + limit], links))


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _remote(_request: Request, state: State, remote_id: str) -> Response:
    """Entities of any kind; some titles bring an unrelated episode along, and it comes first."""
    owner = "imdb" if remote_id.startswith("tt") else "tmdb"
    rows: list[dict[str, Any]] = []
    movie, series = movie_by(owner, remote_id), series_by(owner, remote_id)
    if movie is not None and (
        not movie.tvdb or not movie.known_to("tvdb") or state.is_missing("tvdb", "movie", movie.tvdb)
    ):
        movie = None
    if movie is not None and owner == "tmdb" and movie.tvdb_remote_id == "-":
        movie = None
    if series is not None and _series_known(state, str(series.tvdb)) is None:
        series = None
    found = episode_by("imdb", remote_id) if owner == "imdb" else None
    if any(entry is not None and entry.key in _HAUNTED for entry in (movie, series)):
        other = SERIES[2]
        part, row = episodes_in(other, "official")[0]
        rows.append({"episode": _episode_row(other, part, row, None)})
    if movie is not None:
        rows.append({"movie": movie_base(movie)})
    if series is not None:
        rows.append({"series": series_base(series)})
    if found is not None:
        part = next(entry for entry in ordered_seasons(found[0]) if entry.id == found[1].tvdb)
        rows.append({"episode": _episode_row(found[0], part, (found[2].number, found[1], found[2]), None)})
    return answer(_success(rows or None))


def _artwork_types(_request: Request, _state: State) -> Response:
    rows = (
        (1, "Banner", "series", "banners", "JPG", 758, 140),
        (2, "Poster", "series", "posters", "JPG", 680, 1000),
        (3, "Background", "series", "backgrounds", "JPG", 1920, 1080),
        (5, "Icon", "series", "icons", "JPG", 1024, 1024),
        (7, "Poster", "season", "posters", "JPG", 680, 1000),
        (11, "16:9 Screencap", "episode", "screencap", "JPG", 640, 360),
        (13, "Photo", "actor", "photo", "JPG", 300, 450),
        (14, "Poster", "movie", "posters", "JPG", 680, 1000),
        (15, "Background", "movie", "backgrounds", "JPG", 1920, 1080),
        (16, "Banner", "movie", "banners", "JPG", 758, 140),
        (22, "ClearArt", "series", "clearart", "PNG", 1000, 562),
        (23, "ClearLogo", "series", "clearlogo", "PNG", 800, 310),
        (24, "ClearArt", "movie", "clearart", "PNG", 1000, 562),
        (25, "ClearLogo", "movie", "clearlogo", "PNG", 800, 310),
    )
    names = ("id", "name", "recordType", "slug", "imageFormat", "width", "height")
    made = [
        {**dict(zip(names, row, strict=True)), "thumbWidth": row[5] // 2, "thumbHeight": row[6] // 2} for row in rows
    ]
    return answer(_success(made))


_HANDLERS: dict[str, Callable[..., Response]] = {
    "search": _search,
    "remoteid": _remote,
    "movie": _movie,
    "series": _series,
    "series_artworks": _series_artworks,
    "episodes": _episodes,
    "season": _season,
    "episode": _episode,
    "translation": _translation,
    "artwork_types": _artwork_types,
}
