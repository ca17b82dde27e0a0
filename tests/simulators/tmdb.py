"""The TMDB API v3, as far as a metadata client uses it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from .catalogue import encoded, episode_by, movie_by, movies_named, patch_body, series_by, series_named
from .faults import refusal
from .messages import Request, Response, answer, hex_id, number_of, token
from .records import Episode, Movie, Season, Series, Title
from .state import KEYS, State
from .titles import MOVIES, SERIES

PAGE = 20
MAX_APPENDS = 20
_GENRES = {
    "Action": 28,
    "Adventure": 12,
    "Animation": 16,
    "Comedy": 35,
    "Crime": 80,
    "Documentary": 99,
    "Drama": 18,
    "Family": 10751,
    "Fantasy": 14,
    "History": 36,
    "Horror": 27,
    "Music": 10402,
    "Mystery": 9648,
    "Romance": 10749,
    "Science Fiction": 878,
    "Thriller": 53,
    "War": 10752,
    "Western": 37,
    "Action & Adventure": 10759,
    "Sci-Fi & Fantasy": 10765,
    "Soap": 10766,
    "War & Politics": 10768,
}
_COUNTRIES = {
    "US": "United States of America",
    "GB": "United Kingdom",
    "DE": "Germany",
    "AU": "Australia",
    "CA": "Canada",
    "JP": "Japan",
    "KR": "South Korea",
    "NZ": "New Zealand",
    "NL": "Netherlands",
    "BE": "Belgium",
    "IE": "Ireland",
    "FR": "France",
}
_LANGUAGES = {
    "en": ("English", "English"),
    "de": ("German", "Deutsch"),
    "fr": ("French", "Français"),
    "ja": ("Japanese", "日本語"),
    "ko": ("Korean", "한국어/조선말"),
    "nl": ("Dutch", "Nederlands"),
    "es": ("Spanish", "Español"),
    "it": ("Italian", "Italiano"),
    "pt": ("Portuguese", "Português"),
    "pl": ("Polish", "Polski"),
    "sv": ("Swedish", "svenska"),
}
_MOVIE_SECTIONS = (
    "credits",
    "images",
    "videos",
    "external_ids",
    "release_dates",
    "keywords",
    "translations",
    "alternative_titles",
    "recommendations",
)
_TV_SECTIONS = (
    "credits",
    "aggregate_credits",
    "images",
    "videos",
    "external_ids",
    "content_ratings",
    "keywords",
    "translations",
    "alternative_titles",
    "episode_groups",
    "recommendations",
)
_ROUTES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(f"^/3{pattern}$"))
    for kind, pattern in (
        ("configuration", "/configuration"),
        ("authentication", "/authentication"),
        ("movie", r"/movie/(\d+)(?:/([a-z_]+))?"),
        ("episode", r"/tv/(\d+)/season/(\d+)/episode/(\d+)(?:/([a-z_]+))?"),
        ("season", r"/tv/(\d+)/season/(\d+)(?:/([a-z_]+))?"),
        ("group", r"/tv/episode_group/([0-9a-f]+)"),
        ("tv", r"/tv/(\d+)(?:/([a-z_]+))?"),
        ("search_movie", "/search/movie"),
        ("search_tv", "/search/tv"),
        ("find", r"/find/([^/]+)"),
        ("collection", r"/collection/(\d+)"),
    )
)


def _error(status: int, code: int, text: str) -> Response:
    return answer({"success": False, "status_code": code, "status_message": text}, status)


def _not_found() -> Response:
    return _error(404, 34, "The resource you requested could not be found.")


def _route(request: Request) -> tuple[str, tuple[str, ...]]:
    for kind, pattern in _ROUTES:
        match = pattern.match(request.path)
        if match:
            return kind, tuple(part or "" for part in match.groups())
    return "other", ()


def endpoint_of(request: Request) -> str:
    return _route(request)[0]


def respond(request: Request, state: State) -> Response:
    """TMDB's answer to one request."""
    if not _authorised(request, state):
        return refusal("tmdb", "auth")
    if not state.spend("tmdb"):
        return refusal("tmdb", "limit", 1)
    kind, parts = _route(request)
    if kind == "other" or request.method != "GET":
        return _not_found()
    response = _HANDLERS[kind](request, state, *parts)
    if response.status == 200:
        response.headers["Cache-Control"] = "public, max-age=21600"
        tag = f'W/"{zlib.crc32(response.body):08x}{len(response.body):08x}"'
        response.headers["ETag"] = tag
        if request.headers.get("if-none-match") == tag:
            return Response(304, headers=response.headers)
    return response


def _authorised(request: Request, state: State) -> bool:
    if "tmdb" in state.refused:
        return False
    bearer = request.headers.get("authorization", "")
    return bearer == f"Bearer {KEYS['tmdb_bearer']}" or request.query.get("api_key") == KEYS["tmdb"]


# Pieces of records --------------------------------------------------------------------------------------------------


def _path(title: Title, what: str, kind: str = "jpg") -> str:
    return f"/{token(what, 20)}{title.tmdb}.{kind}"


def _first(languages: tuple[str | None, ...], title: Title, what: str) -> str | None:
    return _path(title, f"{what}0") if languages else None


def _language(request: Request) -> tuple[str, str]:
    """The wanted language and country, "en" and "US" when none is named."""
    language, _, country = request.query.get("language", "en-US").partition("-")
    return language.lower(), country.upper()


def _texts(title: Title, language: str, country: str) -> tuple[str, str, str]:
    """Title, overview and tagline in a language: what is not translated is "", the title falls back to the original."""
    if language == "en":
        return title.title, title.overview, title.tagline
    fitting = [entry for entry in title.translations if entry.language == language]
    exact = [entry for entry in fitting if entry.country == country] or fitting
    if not exact:
        return title.native_title, "", ""
    return exact[0].title or title.native_title, exact[0].overview, exact[0].tagline


def _image(
    title: Title, what: str, index: int, language: str | None, *, size: tuple[int, int], kind: str
) -> dict[str, Any]:
    width, height = size
    return {
        "aspect_ratio": round(width / height, 3),
        "height": height,
        "iso_639_1": language,
        "file_path": _path(title, f"{what}{index}", kind),
        "vote_average": round(5.0 + index * 13 % 7 / 10, 3) if index else 5.456,
        "vote_count": 30 // (index + 1),
        "width": width,
    }


def _images(title: Title, request: Request) -> dict[str, Any]:
    """Filtered by `language` and `include_image_language`, like everything that TMDB appends."""
    query = request.query
    if "include_image_language" in query:
        allowed = {None if name == "null" else name[:2] for name in query["include_image_language"].split(",")}
    else:
        allowed = {query["language"][:2]} if query.get("language") else set()
    groups: tuple[tuple[str, tuple[str | None, ...], tuple[int, int]], ...] = (
        ("backdrops", title.backdrops, (3840, 2160)),
        ("logos", title.logos, (1600, 400)),
        ("posters", title.posters, (2000, 3000)),
    )
    return {
        name: [
            _image(
                title,
                name[:-1],
                i,
                language,
                size=size,
                kind="svg" if name == "logos" and i == 1 else "png" if name == "logos" else "jpg",
            )
            for i, language in enumerate(languages)
            if not allowed or language in allowed
        ]
        for name, languages, size in groups
    }


def _videos(title: Title, request: Request) -> dict[str, Any]:
    allowed = set(
        request.query.get("include_video_language", request.query.get("language", "en"))[:99]
        .replace("null", "")
        .split(",")
    )
    rows = []
    if title.backdrops and "en" in {name[:2] for name in allowed}:
        rows = [
            ("Official Trailer", "Trailer", "YouTube", True),
            ("Teaser", "Teaser", "YouTube", True),
            ("Making of", "Featurette", "Vimeo", False),
        ]
    return {
        "results": [
            {
                "iso_639_1": "en",
                "iso_3166_1": "US",
                "name": name,
                "key": token(f"{title.key}{name}", 11),
                "site": site,
                "size": 1080,
                "type": kind,
                "official": official,
                "published_at": f"{title.year}-01-0{i + 1}T15:00:00.000Z",
                "id": hex_id(f"video{title.key}{name}"),
            }
            for i, (name, kind, site, official) in enumerate(rows)
        ]
    }


def _person(name: str, department: str) -> dict[str, Any]:
    return {
        "adult": False,
        "gender": number_of(name, 0, 4),
        "id": number_of(name, 100, 2_000_000),
        "known_for_department": department,
        "name": name,
        "original_name": name,
        "popularity": number_of(name, 100, 9000) / 1000,
        "profile_path": None if number_of(name, 0, 6) == 0 else f"/{token(name)}.jpg",
    }


def _cast(title: Title, with_cast_id: bool) -> list[dict[str, Any]]:
    rows = []
    for order, (name, role) in enumerate(title.cast):
        row = _person(name, "Acting")
        if with_cast_id:
            row["cast_id"] = order + 4
        rows.append({**row, "character": role, "credit_id": hex_id(f"{title.key}{name}{role}"), "order": order})
    return rows


def _crew_rows(title: Title) -> list[tuple[str, str, str]]:
    directors = [(name, "Directing", "Director") for name in getattr(title, "directors", ())]
    writers = [(name, "Writing", "Screenplay") for name in title.writers]
    return [*directors, *writers, *title.crew]


def _crew(title: Title, rows: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {
            **_person(name, department),
            "credit_id": hex_id(f"{title.key}{name}{job}"),
            "department": department,
            "job": job,
        }
        for name, department, job in rows
    ]


def _credits(title: Title, _request: Request) -> dict[str, Any]:
    return {"cast": _cast(title, isinstance(title, Movie)), "crew": _crew(title, _crew_rows(title))}


def _aggregate_credits(title: Title, _request: Request) -> dict[str, Any]:
    assert isinstance(title, Series)
    count = sum(len(season.episodes) for season in title.regular_seasons)
    cast: list[dict[str, Any]] = []
    crew: list[dict[str, Any]] = []
    for order, (name, role) in enumerate(title.cast):
        roles = [{"credit_id": hex_id(f"{title.key}{name}"), "character": role, "episode_count": max(1, count - order)}]
        cast.append(
            {**_person(name, "Acting"), "roles": roles, "total_episode_count": max(1, count - order), "order": order}
        )
    for name, department, job in [
        *_crew_rows(title),
        *((name, "Production", "Executive Producer") for name in title.creators),
    ]:
        jobs = [{"credit_id": hex_id(f"{title.key}{name}{job}"), "job": job, "episode_count": count}]
        crew.append({**_person(name, department), "jobs": jobs, "department": department, "total_episode_count": count})
    return {"cast": cast, "crew": crew}


def _external_ids(title: Title, _request: Request) -> dict[str, Any]:
    """Movies have no tvdb_id here; series do."""
    social = {"wikidata_id": title.wikidata, "facebook_id": None, "instagram_id": None, "twitter_id": None}
    imdb = title.tmdb_fields.get("imdb_id", title.imdb)
    if isinstance(title, Movie):
        return {"imdb_id": imdb, **social}
    return {
        "imdb_id": imdb,
        "freebase_mid": None,
        "freebase_id": None,
        "tvdb_id": title.tvdb,
        "tvrage_id": None,
        **social,
    }


def _release_dates(title: Title, _request: Request) -> dict[str, Any]:
    assert isinstance(title, Movie)
    rows: Mapping[str, tuple[tuple[str, str, int], ...]] = title.release_rows or {
        country: (("", title.released, 1), (rating, title.released, 3))
        if country == "US"
        else ((rating, title.released, 3),)
        for country, rating in title.certifications.items()
    }
    return {
        "results": [
            {
                "iso_3166_1": country,
                "release_dates": [
                    {
                        "certification": rating,
                        "descriptors": [],
                        "iso_639_1": "" if kind == 3 else "en",
                        "note": "Premiere" if kind == 1 else "",
                        "release_date": f"{day}T00:00:00.000Z",
                        "type": kind,
                    }
                    for rating, day, kind in dates
                ],
            }
            for country, dates in rows.items()
        ]
    }


def _content_ratings(title: Title, _request: Request) -> dict[str, Any]:
    return {
        "results": [
            {"descriptors": [], "iso_3166_1": country, "rating": rating}
            for country, rating in title.certifications.items()
        ]
    }


def _keywords(title: Title, _request: Request) -> dict[str, Any]:
    rows = [{"id": number_of(name, 100, 300_000), "name": name} for name in title.keywords]
    return {"keywords" if isinstance(title, Movie) else "results": rows}


def _translations(title: Title, _request: Request) -> dict[str, Any]:
    """The translated title is "" when it equals the original one."""
    name = "title" if isinstance(title, Movie) else "name"
    rows = [("US", "en", title.title, title.overview, title.tagline)] if title.overview else []
    rows += [
        (entry.country, entry.language, entry.title, entry.overview, entry.tagline) for entry in title.translations
    ]
    result = []
    for country, language, text, overview, tagline in rows:
        english, native = _LANGUAGES.get(language, (language, language))
        data: dict[str, Any] = {
            "homepage": "",
            "overview": overview,
            "tagline": tagline,
            name: "" if text == title.native_title else text,
        }
        if name == "title":
            data["runtime"] = title.runtime if language == "en" else 0
        result.append(
            {"iso_3166_1": country, "iso_639_1": language, "name": native, "english_name": english, "data": data}
        )
    return {"translations": result}


def _alternative_titles(title: Title, _request: Request) -> dict[str, Any]:
    rows = [{"iso_3166_1": country, "title": name, "type": ""} for country, name in title.alternative_titles]
    return {"titles" if isinstance(title, Movie) else "results": rows}


def _recommendations(_title: Title, _request: Request) -> dict[str, Any]:
    return {"page": 1, "results": [], "total_pages": 1, "total_results": 0}


_GROUPED = ("game-of-thrones",)
"""Series with an episode group."""
ARC = 4
"""Episodes of each group of it."""


def _group_of(title: Title) -> str:
    return hex_id(f"group{title.key}")


def _episode_groups(title: Title, _request: Request) -> dict[str, Any]:
    assert isinstance(title, Series)
    row = {"id": _group_of(title), "name": "Story Arcs", "type": 5, "description": "", "network": None, "order": 1}
    count = sum(len(season.episodes) for season in title.seasons)
    row |= {"episode_count": count, "group_count": -(-count // ARC)}
    return {"results": [row] if title.key in _GROUPED else []}


def _group(_request: Request, _state: State, group_id: str) -> Response:
    """Arcs of four episodes as they were shown; the specials are the first group, of order 0."""
    title = next((each for each in SERIES if each.key in _GROUPED and _group_of(each) == group_id), None)
    if title is None:
        return _not_found()
    rows = [_episode_row(title, season, entry, "en") for season in title.regular_seasons for entry in season.episodes]
    special = [
        _episode_row(title, season, entry, "en") for season in title.seasons if not season.number
        for entry in season.episodes
    ]  # fmt: skip
    arcs = [("Specials", special), *((f"Arc {n // ARC + 1}", rows[n : n + ARC]) for n in range(0, len(rows), ARC))]
    groups = [
        {"id": hex_id(name), "name": name, "order": place, "locked": True,
         "episodes": [{**row, "order": order} for order, row in enumerate(members)]}
        for place, (name, members) in enumerate(arcs)
    ]  # fmt: skip
    return answer({"id": group_id, "name": "Story Arcs", "type": 5, "groups": groups})


_SECTIONS: dict[str, Callable[[Any, Request], dict[str, Any]]] = {
    "credits": _credits,
    "aggregate_credits": _aggregate_credits,
    "images": _images,
    "videos": _videos,
    "external_ids": _external_ids,
    "release_dates": _release_dates,
    "content_ratings": _content_ratings,
    "keywords": _keywords,
    "translations": _translations,
    "alternative_titles": _alternative_titles,
    "episode_groups": _episode_groups,
    "recommendations": _recommendations,
}


def _company(name: str, country: str) -> dict[str, Any]:
    logo = None if number_of(name, 0, 3) == 0 else f"/{token(name)}.png"
    return {"id": number_of(name, 10, 200_000), "logo_path": logo, "name": name, "origin_country": country}


def _genres(title: Title) -> list[dict[str, Any]]:
    return [{"id": _GENRES[name], "name": name} for name in title.genres]


def _spoken(language: str) -> dict[str, Any]:
    english, native = _LANGUAGES[language]
    return {"english_name": english, "iso_639_1": language, "name": native}


def _lists(title: Title) -> dict[str, Any]:
    """What movie and series details have in common."""
    return {
        "production_companies": [
            _company(name, title.countries[0] if title.countries else "") for name in title.studios
        ],
        "production_countries": [{"iso_3166_1": code, "name": _COUNTRIES[code]} for code in title.countries],
        "spoken_languages": [_spoken(title.original_language)] if title.countries else [],
    }


def _common(title: Title) -> dict[str, Any]:
    return {
        "adult": False,
        "backdrop_path": _first(title.backdrops, title, "backdrop"),
        "id": title.tmdb,
        "original_language": title.original_language,
        "popularity": title.popularity,
        "poster_path": _first(title.posters, title, "poster"),
        "vote_average": title.tmdb_rating,
        "vote_count": title.tmdb_votes,
    }


def movie_details(title: Movie, language: str, country: str) -> dict[str, Any]:
    name, overview, tagline = _texts(title, language, country)
    collection = None
    if title.collection:
        number, text = title.collection
        collection = {
            "id": number,
            "name": text,
            "poster_path": f"/{token(text)}.jpg",
            "backdrop_path": f"/{token(text + 'b')}.jpg",
        }
    return {
        **_common(title),
        "belongs_to_collection": collection,
        "budget": title.budget,
        "genres": _genres(title),
        "homepage": title.homepage,
        "imdb_id": title.imdb,
        "origin_country": list(title.countries),
        "original_title": title.native_title,
        "overview": overview,
        **_lists(title),
        "release_date": title.released,
        "revenue": title.revenue,
        "runtime": title.runtime,
        "status": title.status,
        "tagline": tagline,
        "title": name,
        "video": False,
        **title.tmdb_fields,
    }


def _episode_names(series: Series, episode: Episode, language: str) -> tuple[str, str]:
    """Title and overview; TMDB calls what is not translated "Episode n"."""
    if language == series.original_language != "en":
        return episode.native_title or f"第{episode.number}話", episode.native_overview
    if language == "en":
        return episode.title, episode.overview
    return f"Episode {episode.number}", ""


def _episode_row(series: Series, season: Season, episode: Episode, language: str) -> dict[str, Any]:
    name, overview = _episode_names(series, episode, language)
    return {
        "air_date": episode.aired or None,
        "episode_number": episode.number,
        "episode_type": "finale" if episode.finale else "standard",
        "id": episode.tmdb,
        "name": name,
        "overview": overview,
        "production_code": "",
        "runtime": episode.runtime,
        "season_number": season.number,
        "show_id": series.tmdb,
        "still_path": f"/{token(f'still{episode.tmdb}')}.jpg" if episode.still else None,
        "vote_average": episode.rating,
        "vote_count": 60 + episode.number,
    }


def _episode_people(episode: Episode) -> dict[str, Any]:
    crew = [
        {
            "department": department,
            "job": job,
            "credit_id": hex_id(f"{episode.tmdb}{name}{job}"),
            **_person(name, department),
        }
        for names, department, job in (
            (episode.directors, "Directing", "Director"),
            (episode.writers, "Writing", "Writer"),
        )
        for name in names
    ]
    guests = [
        {"character": role, "credit_id": hex_id(f"{episode.tmdb}{name}"), "order": 500 + i, **_person(name, "Acting")}
        for i, (name, role) in enumerate(episode.guests)
    ]
    return {"crew": crew, "guest_stars": guests}


def _season_row(series: Series, season: Season) -> dict[str, Any]:
    aired = season.episodes[0].aired if season.episodes else ""
    return {
        "air_date": aired or None,
        "episode_count": len(season.episodes),
        "id": season.tmdb,
        "name": season.name,
        "overview": season.overview,
        "poster_path": f"/{token(f'season{season.tmdb}')}.jpg" if series.posters else None,
        "season_number": season.number,
        "vote_average": 0.0 if season.number == 0 else 7.9,
    }


def tv_details(title: Series, language: str, country: str) -> dict[str, Any]:
    name, overview, tagline = _texts(title, language, country)
    aired = [(season, episode) for season in title.regular_seasons for episode in season.episodes if episode.aired]
    upcoming = [
        (season, episode) for season in title.regular_seasons for episode in season.episodes if not episode.aired
    ]
    last = _episode_row(title, *aired[-1], language) if aired else None
    following = _episode_row(title, *upcoming[0], language) if upcoming else None
    running = not title.ended
    creators = [
        {
            "id": number_of(person, 100, 2_000_000),
            "credit_id": hex_id(title.key + person),
            "name": person,
            "original_name": person,
            "gender": number_of(person, 0, 4),
            "profile_path": None,
        }
        for person in title.creators
    ]
    return {
        **_common(title),
        "created_by": creators,
        "episode_run_time": [],
        "first_air_date": title.released,
        "genres": _genres(title),
        "homepage": title.homepage,
        "in_production": running,
        "languages": [title.original_language],
        "last_air_date": title.ended or (aired[-1][1].aired if aired else None),
        "last_episode_to_air": last,
        "name": name,
        "next_episode_to_air": following,
        "networks": [_company(network, title.countries[0]) for network in title.networks],
        "number_of_episodes": sum(len(season.episodes) for season in title.regular_seasons),
        "number_of_seasons": len(title.regular_seasons),
        "origin_country": list(title.countries),
        "original_name": title.native_title,
        "overview": overview,
        **_lists(title),
        "seasons": [_season_row(title, season) for season in title.seasons],
        "status": title.status,
        "tagline": tagline,
        "type": "Scripted",
        **title.tmdb_fields,
    }


# Endpoints ----------------------------------------------------------------------------------------------------------


def _appends(request: Request) -> list[str]:
    return [name for name in request.query.get("append_to_response", "").split(",") if name]


def _too_many() -> Response:
    return _error(400, 27, "Too many append to response objects: The maximum number of remote calls is 20.")


def _shape(request: Request) -> tuple[tuple[str, str], ...]:
    """What a rendered body depends on besides the title."""
    names = ("language", "append_to_response", "include_image_language", "include_video_language")
    return tuple((name, request.query[name]) for name in names if name in request.query)


def _title_response(request: Request, state: State, title: Title, section: str, names: tuple[str, ...]) -> Response:
    kind = "movie" if isinstance(title, Movie) else "series"
    language, country = _language(request)
    appends = _appends(request)
    if len(appends) > MAX_APPENDS:
        return _too_many()
    if section:
        if section not in names:
            return _not_found()
        return Response(
            body=encoded(
                state,
                ("tmdb", section, _shape(request)),
                title,
                lambda t: {"id": t.tmdb, **_SECTIONS[section](t, request)},
            )
        )

    def render(entry: Any) -> dict[str, Any]:
        body = (
            movie_details(entry, language, country)
            if isinstance(entry, Movie)
            else tv_details(entry, language, country)
        )
        for name in appends:
            if name in names:
                body[name] = _SECTIONS[name](entry, request)
            elif (
                isinstance(entry, Series) and name.startswith("season/") and (season := entry.season(_number(name[7:])))
            ):
                body[name] = season_details(entry, season, language)
        return body

    body = encoded(state, ("tmdb", kind, _shape(request)), title, render)
    return Response(body=patch_body(body, state.patched("tmdb", kind, title.tmdb)))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1


def _movie(request: Request, state: State, record_id: str, section: str) -> Response:
    title = movie_by("tmdb", record_id)
    if title is None or state.is_missing("tmdb", "movie", record_id):
        return _not_found()
    return _title_response(request, state, title, section, _MOVIE_SECTIONS)


def _tv(request: Request, state: State, record_id: str, section: str) -> Response:
    title = series_by("tmdb", record_id)
    if title is None or state.is_missing("tmdb", "series", record_id):
        return _not_found()
    return _title_response(request, state, title, section, _TV_SECTIONS)


def season_details(series: Series, season: Season, language: str) -> dict[str, Any]:
    row = _season_row(series, season)
    del row["episode_count"]
    episodes = [
        {**_episode_row(series, season, entry, language), **_episode_people(entry)} for entry in season.episodes
    ]
    return {"_id": hex_id(f"season{season.tmdb}"), **row, "episodes": episodes}


def _stills(kind: str, path: str | None) -> dict[str, Any]:
    size = (2000, 3000) if kind == "posters" else (1920, 1080)
    row = {
        "aspect_ratio": round(size[0] / size[1], 3),
        "height": size[1],
        "iso_639_1": "en" if kind == "posters" else None,
        "file_path": path,
        "vote_average": 5.3,
        "vote_count": 3,
        "width": size[0],
    }
    return {kind: [row] if path else []}


def _part_sections(
    request: Request, series: Series, season: Season, episode: Episode | None, names: list[str]
) -> dict[str, Any]:
    """The sections that may be appended to a season or an episode."""
    made: dict[str, Any] = {}
    ids: dict[str, Any] = {
        "freebase_mid": None,
        "freebase_id": None,
        "tvdb_id": (episode or season).tvdb,
        "tvrage_id": None,
        "wikidata_id": None,
    }
    for name in names:
        if name == "external_ids":
            made[name] = {"imdb_id": episode.imdb, **ids} if episode else ids
        elif name == "images":
            path = f"/{token(f'still{episode.tmdb}')}.jpg" if episode and episode.still else None
            made[name] = (
                _stills("stills", path) if episode else _stills("posters", _season_row(series, season)["poster_path"])
            )
        elif name == "videos":
            made[name] = {"results": []}
        elif name == "credits":
            made[name] = {"cast": _cast(series, False), "crew": _crew(series, _crew_rows(series))}
            if episode:
                made[name]["guest_stars"] = _episode_people(episode)["guest_stars"]
        elif name == "aggregate_credits" and episode is None:
            made[name] = _aggregate_credits(series, request)
        elif name == "translations":
            text = episode.title if episode else season.name
            overview = episode.overview if episode else season.overview
            data = {"name": text, "overview": overview}
            made[name] = {
                "translations": [
                    {"iso_3166_1": "US", "iso_639_1": "en", "name": "English", "english_name": "English", "data": data}
                ]
            }
    return made


def _part(
    request: Request,
    state: State,
    ids: tuple[str, ...],
    section: str,
    make: Callable[[Series, Season, Episode | None, str], dict[str, Any]],
) -> Response:
    """A season (two ids) or an episode (three)."""
    series = series_by("tmdb", ids[0])
    season = series.season(int(ids[1])) if series else None
    kind = "season" if len(ids) == 2 else "episode"
    if (
        series is None
        or season is None
        or state.is_missing("tmdb", kind, *ids)
        or state.is_missing("tmdb", "series", ids[0])
    ):
        return _not_found()
    episode = None
    if kind == "episode":
        episode = next((entry for entry in season.episodes if entry.number == int(ids[2])), None)
        if episode is None:
            return _not_found()
    appends = _appends(request)
    if len(appends) > MAX_APPENDS:
        return _too_many()
    language, _ = _language(request)
    if section:
        made = _part_sections(request, series, season, episode, [section])
        return answer({"id": (episode or season).tmdb, **made[section]}) if made else _not_found()

    def render(title: Series) -> dict[str, Any]:
        return {**make(title, season, episode, language), **_part_sections(request, title, season, episode, appends)}

    body = encoded(state, ("tmdb", kind, ids, _shape(request)), series, render)
    return Response(body=patch_body(body, state.patched("tmdb", kind, *ids)))


def _season(request: Request, state: State, series_id: str, number: str, section: str) -> Response:
    return _part(
        request,
        state,
        (series_id, number),
        section,
        lambda series, season, _, language: season_details(series, season, language),
    )


def _episode(request: Request, state: State, *parts: str) -> Response:
    def make(series: Series, season: Season, episode: Episode | None, language: str) -> dict[str, Any]:
        assert episode is not None
        row = _episode_row(series, season, episode, language)
        del row["show_id"], row["episode_type"]
        return {**row, **_episode_people(episode)}

    return _part(request, state, parts[:3], parts[3], make)


def _result(title: Title, request: Request) -> dict[str, Any]:
    """One row of a search."""
    name, overview, _ = _texts(title, *_language(request))
    row = {**_common(title), "genre_ids": [_GENRES[genre] for genre in title.genres], "overview": overview}
    if isinstance(title, Movie):
        date = title.tmdb_fields.get("release_date", title.released)
        return {**row, "original_title": title.native_title, "release_date": date, "title": name, "video": False}
    return {
        **row,
        "origin_country": list(title.countries),
        "original_name": title.native_title,
        "first_air_date": title.released,
        "name": name,
    }


def _search(request: Request, found: list[Any]) -> Response:
    if not request.query.get("query"):
        return answer({"errors": ["query must be provided"]}, 422)
    text = request.query.get("page", "1")
    page = int(text) if text.isdecimal() else 0
    if not 1 <= page <= 500:
        return _error(400, 22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")
    rows = [_result(title, request) for title in found[(page - 1) * PAGE : page * PAGE]]
    return answer(
        {"page": page, "results": rows, "total_pages": max(1, -(-len(found) // PAGE)), "total_results": len(found)}
    )


def _in_year(title: Title, year: str | None) -> bool:
    return not year or str(title.tmdb_fields.get("release_date", title.released))[:4] == year


def _search_movie(request: Request, state: State) -> Response:
    year = request.query.get("primary_release_year") or request.query.get("year")
    found = [
        title
        for title in movies_named(request.query.get("query", ""), "tmdb")
        if _in_year(title, year) and not state.is_missing("tmdb", "movie", title.tmdb)
    ]
    return _search(request, found)


def _search_tv(request: Request, state: State) -> Response:
    """`first_air_date_year` is strict; `year` fits any year in which the series aired."""
    first, year = request.query.get("first_air_date_year"), request.query.get("year")
    found = []
    for title in series_named(request.query.get("query", ""), "tmdb"):
        last = int(title.ended[:4] or 9999) if title.ended else 9999
        if (not first or title.released[:4] == first) and (not year or title.year <= _number(year) <= last):
            found.append(title)
    return _search(request, [title for title in found if not state.is_missing("tmdb", "series", title.tmdb)])


def _find(request: Request, state: State, external: str) -> Response:
    """`tvdb_id` knows series and episodes only: a TVDB movie id finds whatever show has something under that number."""
    source = request.query.get("external_source", "")
    body: dict[str, list[Any]] = {
        "movie_results": [],
        "person_results": [],
        "tv_results": [],
        "tv_episode_results": [],
        "tv_season_results": [],
    }
    if source not in {"imdb_id", "tvdb_id", "wikidata_id"}:
        return _error(400, 5, "Invalid parameters: Your request parameters are incorrect.")
    owner = source.removesuffix("_id")
    movie = movie_by("imdb", external) if owner == "imdb" else None
    series = series_by(owner, external)
    if owner == "wikidata":
        movie = next((entry for entry in MOVIES if entry.wikidata == external), None)
        series = next((entry for entry in SERIES if entry.wikidata == external), None)
    if owner == "tvdb" and series is None and movie_by("tvdb", external) is not None:
        series = SERIES[int(external) % len(SERIES)]
    known = movie is not None and movie.known_to("tmdb") and movie.tmdb_fields.get("imdb_id", movie.imdb)
    if movie is not None and known and not state.is_missing("tmdb", "movie", movie.tmdb):
        body["movie_results"].append({**_result(movie, request), "media_type": "movie"})
    if series is not None and not state.is_missing("tmdb", "series", series.tmdb):
        body["tv_results"].append({**_result(series, request), "media_type": "tv"})
    if owner in {"imdb", "tvdb"} and (found := episode_by(owner, external)):
        body["tv_episode_results"].append({**_episode_row(*found, _language(request)[0]), "media_type": "tv_episode"})
    return answer(body)


def _collection(request: Request, state: State, record_id: str) -> Response:
    parts = [title for title in MOVIES if title.collection and title.collection[0] == int(record_id)]
    if not parts:
        return _not_found()
    name = parts[0].collection[1] if parts[0].collection else ""
    return answer(
        {
            "id": int(record_id),
            "name": name,
            "overview": f"All the films of {name}.",
            "poster_path": f"/{token(name)}.jpg",
            "backdrop_path": f"/{token(name + 'b')}.jpg",
            "parts": [{**_result(title, request), "media_type": "movie"} for title in parts],
        }
    )


def _configuration(_request: Request, _state: State) -> Response:
    return answer(
        {
            "images": {
                "base_url": "http://image.tmdb.org/t/p/",
                "secure_base_url": "https://image.tmdb.org/t/p/",
                "backdrop_sizes": ["w300", "w780", "w1280", "original"],
                "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
                "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
                "profile_sizes": ["w45", "w185", "h632", "original"],
                "still_sizes": ["w92", "w185", "w300", "original"],
            },
            "change_keys": ["images", "overview", "title", "translations"],
        }
    )


def _authentication(_request: Request, _state: State) -> Response:
    return answer({"success": True, "status_code": 1, "status_message": "Success."})


_HANDLERS: dict[str, Callable[..., Response]] = {
    "configuration": _configuration,
    "authentication": _authentication,
    "movie": _movie,
    "tv": _tv,
    "group": _group,
    "season": _season,
    "episode": _episode,
    "search_movie": _search_movie,
    "search_tv": _search_tv,
    "find": _find,
    "collection": _collection,
}
