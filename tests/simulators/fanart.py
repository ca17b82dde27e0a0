"""fanart.tv v3, v3.1 and v3.2: every scalar is a string, only the counts of v3.2 are numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .catalogue import encoded, movie_by, patch_body, series_by
from .faults import refusal
from .messages import Request, Response, answer, hex_id, number_of
from .records import DEFAULT_MOVIE_ART, DEFAULT_TV_ART, Movie, Series, Title
from .state import KEYS, State

_ROUTE = re.compile(r"^/(v3(?:\.[12])?)/(movies|tv)/([^/]+)$")
_SIZES = {
    "hdmovielogo": (800, 310),
    "movielogo": (400, 155),
    "hdmovieclearart": (1000, 562),
    "movieart": (500, 281),
    "movieposter": (1000, 1426),
    "moviebackground": (1920, 1080),
    "movie4kbackground": (3840, 2160),
    "moviebanner": (1000, 185),
    "moviethumb": (1000, 562),
    "moviedisc": (1000, 1000),
    "moviesquare": (1000, 1000),
    "hdtvlogo": (800, 310),
    "hdclearart": (1000, 562),
    "tvposter": (1000, 1426),
    "tvbanner": (1000, 185),
    "tvthumb": (1000, 562),
    "showbackground": (1920, 1080),
    "show4kbackground": (3840, 2160),
    "characterart": (512, 512),
    "seasonposter": (1000, 1426),
    "seasonbanner": (1000, 185),
    "seasonthumb": (1000, 562),
}
_WITH_SEASON = {"showbackground", "show4kbackground", "seasonposter", "seasonbanner", "seasonthumb"}
_LOSSLESS = ("logo", "clearart", "disc", "characterart", "movieart")


def endpoint_of(request: Request) -> str:
    match = _ROUTE.match(request.path)
    return match.group(2) if match else "other"


def respond(request: Request, state: State) -> Response:
    """fanart.tv's answer to one request."""
    key = request.headers.get("api-key") or request.query.get("api_key")
    personal = request.headers.get("client-key") or request.query.get("client_key")
    if key != KEYS["fanart"] or personal not in (None, KEYS["fanart_personal"]) or "fanart" in state.refused:
        return refusal("fanart", "auth")
    if not state.spend("fanart"):
        return refusal("fanart", "limit", 60)
    match = _ROUTE.match(request.path)
    if match is None:
        return _not_found()
    version, kind, record_id = match.groups()
    return _movie(state, version, record_id) if kind == "movies" else _tv(state, version, record_id)


def _not_found() -> Response:
    """The key of the text has a space in it."""
    return answer({"status": "error", "error message": "Not found"}, 404)


def _movie(state: State, version: str, record_id: str) -> Response:
    title = movie_by("imdb" if record_id.startswith("tt") else "tmdb", record_id)
    if title is None or not title.known_to("fanart") or state.is_missing("fanart", "movie", title.tmdb):
        return _not_found()
    body = encoded(state, ("fanart", version), title, lambda entry: movie_art(entry, version))
    return Response(body=patch_body(body, state.patched("fanart", "movie", title.tmdb)))


def _tv(state: State, version: str, record_id: str) -> Response:
    """Known by the TVDB series id only."""
    title = series_by("tvdb", record_id)
    if title is None or not title.known_to("fanart") or state.is_missing("fanart", "series", record_id):
        return _not_found()
    body = encoded(state, ("fanart", version), title, lambda entry: series_art(entry, version))
    return Response(body=patch_body(body, state.patched("fanart", "series", record_id)))


def movie_art(title: Movie, version: str) -> dict[str, Any]:
    record = {"name": title.title, "tmdb_id": str(title.tmdb), "imdb_id": title.imdb}
    return _with_art(title, record, title.art or DEFAULT_MOVIE_ART, version)


def series_art(title: Series, version: str) -> dict[str, Any]:
    record = {"name": title.title, "thetvdb_id": str(title.tvdb)}
    return _with_art(title, record, title.art or DEFAULT_TV_ART, version)


def _with_art(title: Title, record: dict[str, Any], art: Mapping[str, tuple[str, ...]], version: str) -> dict[str, Any]:
    lists = {kind: _images(title, kind, languages, version) for kind, languages in art.items()}
    if version == "v3.2":
        record["image_count"] = sum(len(rows) for rows in lists.values())
        record |= {f"{kind}_count": len(rows) for kind, rows in lists.items()}
    return {**record, **lists, **title.fanart_fields}


def _images(title: Title, kind: str, languages: tuple[str, ...], version: str) -> list[dict[str, Any]]:
    """Ordered by likes, but for the Fellowship, whose lists come the wrong way round."""
    rows = [
        _image(title, kind, index, language=language, likes=len(languages) - index, version=version)
        for index, language in enumerate(languages)
    ]
    return rows[::-1] if title.key == "fellowship" else rows


def _image(title: Title, kind: str, index: int, *, language: str, likes: int, version: str) -> dict[str, Any]:
    seed = f"{title.key}{kind}{index}"
    folder, owner = ("movies", title.tmdb) if isinstance(title, Movie) else ("tv", title.tvdb)
    ending = "png" if any(part in kind for part in _LOSSLESS) else "jpg"
    scheme = "https" if version == "v3.2" else "http"
    slug = re.sub(r"[^a-z0-9]+", "-", title.title.lower()).strip("-")
    row = {
        "id": str(number_of(seed, 1000, 400_000)),
        "url": f"{scheme}://assets.fanart.tv/fanart/{folder}/{owner}/{kind}/{slug}-{hex_id(seed, 13)}.{ending}",
        "lang": language,
        "likes": str(likes),
    }
    if kind in _WITH_SEASON:
        row["season"] = "all" if kind.startswith("show") and index == 0 else str(1 if kind.startswith("season") else 0)
    if kind == "moviedisc":
        row |= {"disc": str(index + 1), "disc_type": "dvd" if index == 1 else "bluray"}
    if version != "v3":
        row["added"] = f"20{10 + index:02d}-08-16 22:52:46"
    if version == "v3.2":
        width, height = _SIZES[kind]
        row |= {"width": str(width), "height": str(height)}
    return row
