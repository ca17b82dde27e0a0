"""OMDb: one address, and errors that come with HTTP 200 or 401 and always as {"Response": "False", "Error": ...}."""

from __future__ import annotations

import re
from typing import Any

from .catalogue import encoded, episode_by, movie_by, movies_named, patch_body, series_by, series_named, words
from .faults import refusal
from .messages import Request, Response, answer, token
from .records import Episode, Movie, Season, Series, Title
from .state import KEYS, State

PAGE = 10
_NA = "N/A"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GENRES = {
    "Science Fiction": "Sci-Fi",
    "Sci-Fi & Fantasy": "Fantasy",
    "Action & Adventure": "Action",
    "War & Politics": "Thriller",
    "Soap": "Romance",
}
_COUNTRIES = {
    "US": "United States",
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
}
_LANGUAGES = {"en": "English", "ja": "Japanese", "ko": "Korean", "de": "German", "nl": "Dutch"}
_GAME: dict[str, Any] = {
    "Title": "Star Wars",
    "Year": "1983",
    **dict.fromkeys(
        (
            "Rated",
            "Released",
            "Runtime",
            "Genre",
            "Director",
            "Writer",
            "Actors",
            "Plot",
            "Language",
            "Country",
            "Awards",
            "Poster",
        ),
        _NA,
    ),
    "Ratings": [],
    **dict.fromkeys(("Metascore", "imdbRating", "imdbVotes"), _NA),
    "imdbID": "tt0990099",
    "Type": "game",
    **dict.fromkeys(("DVD", "BoxOffice", "Production", "Website"), _NA),
    "Response": "True",
}


def _error(text: str, status: int = 200) -> Response:
    return answer({"Response": "False", "Error": text}, status)


def endpoint_of(request: Request) -> str:
    query = request.query
    if "s" in query:
        return "search"
    if "Episode" in query:
        return "episode"
    if "Season" in query:
        return "season"
    return "id" if "i" in query else "title"


def respond(request: Request, state: State) -> Response:
    """OMDb's answer to one request."""
    query = request.query
    if "apikey" not in query:
        return _error("No API key provided.", 401)
    if query["apikey"] != KEYS["omdb"] or "omdb" in state.refused or _confused(request):
        return refusal("omdb", "auth")
    if not state.spend("omdb"):
        return refusal("omdb", "quota")
    response = _dispatch(request, state)
    response.headers.setdefault("Cache-Control", "public, max-age=3600")
    return response


def _confused(request: Request) -> bool:
    """The parameter-order bug: `i` with `page` before `apikey` is taken for a wrong key."""
    names = [name for name, _ in request.pairs]
    return "i" in names and "page" in names and names.index("page") < names.index("apikey")


def _dispatch(request: Request, state: State) -> Response:
    query = request.query
    if "s" in query:
        return _search(query, state)
    if "i" in query:
        if not re.fullmatch(r"tt\d{7,10}", query["i"]):
            return _error("Incorrect IMDb ID.")
        title: Title | None = movie_by("imdb", query["i"]) or series_by("imdb", query["i"])
    elif query.get("t"):
        title = _titled(query, state)
        if title is None and not query.get("type") and query["t"].casefold() == "star wars" and not query.get("y"):
            return answer(_GAME)
    else:
        return _error("Incorrect IMDb ID.")
    if "Season" in query:
        return _seasons(query, state, title)
    if "i" in query and title is None:
        found = episode_by("imdb", query["i"])
        if found is not None and not state.is_missing("omdb", "episode", query["i"]):
            return _episode(query, state, *found)
    if title is None or not _known(title, state):
        return _error("Error getting data." if "i" in query else "Movie not found!")
    return _record(query, state, title)


def _known(title: Title, state: State) -> bool:
    kind = "movie" if isinstance(title, Movie) else "series"
    return bool(title.imdb) and title.known_to("omdb") and not state.is_missing("omdb", kind, title.imdb)


def _candidates(text: str, query: dict[str, str], state: State) -> list[Title]:
    """Whole words only, and only of the title that OMDb has."""
    found: list[Title] = []
    if query.get("type") in (None, "", "movie"):
        found += movies_named(text, "omdb", native_only=True)
    if query.get("type") in (None, "", "series"):
        found += series_named(text, "omdb", native_only=True)
    year = query.get("y")
    return [title for title in found if _known(title, state) and (not year or str(title.year) == year)]


def _titled(query: dict[str, str], state: State) -> Title | None:
    """The exact title with the most votes, else the best fit; without `type`, a game may come first."""
    if query["t"].casefold() == "star wars" and not query.get("type") and not query.get("y"):
        return None
    found = _candidates(query["t"], query, state)
    exact = [title for title in found if words(title.title) == words(query["t"])]
    return max(exact or found, key=lambda title: title.imdb_votes, default=None)


# Records ------------------------------------------------------------------------------------------------------------


def _date(iso: str) -> str:
    return f"{iso[8:10]} {_MONTHS[int(iso[5:7]) - 1]} {iso[:4]}" if len(iso) >= 10 else _NA


def _joined(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names) or _NA


def _years(title: Title) -> str:
    """Series have an EN DASH, and nothing after it while they run."""
    if not isinstance(title, Series):
        return str(title.year)
    last = title.ended[:4]
    return str(title.year) if last == str(title.year) else f"{title.year}\u2013{last}"


def _poster(title: Title) -> str:
    if not title.posters:
        return str(title.omdb_fields.get("Poster", _NA))
    return f"https://m.media-amazon.com/images/M/MV5B{token('omdb', 40)}{title.imdb}@._V1_SX300.jpg"


def _ratings(title: Title) -> list[dict[str, str]]:
    rows = []
    if title.imdb_rating != _NA:
        rows.append({"Source": "Internet Movie Database", "Value": f"{title.imdb_rating}/10"})
    if title.rotten_tomatoes is not None:
        rows.append({"Source": "Rotten Tomatoes", "Value": f"{title.rotten_tomatoes}%"})
    if title.metacritic is not None:
        rows.append({"Source": "Metacritic", "Value": f"{title.metacritic}/100"})
    return rows


def record_of(title: Title, plot: str) -> dict[str, Any]:
    """A movie or a series as `i=` and `t=` answer it."""
    movie = title if isinstance(title, Movie) else None
    record: dict[str, Any] = {
        "Title": title.title,
        "Year": _years(title),
        "Rated": title.certifications.get("US", _NA),
        "Released": _date(title.released),
        "Runtime": f"{title.runtime} min" if title.runtime else _NA,
        "Genre": _joined([_GENRES.get(name, name) for name in title.genres]),
        "Director": _joined(movie.directors) if movie else _NA,
        "Writer": _joined(title.writers),
        "Actors": _joined([name for name, _ in title.cast[:3]]),
        "Plot": title.full_plot if plot == "full" else title.short_plot,
        "Language": _LANGUAGES[title.original_language],
        "Country": _joined([_COUNTRIES[code] for code in title.countries]),
        "Awards": title.awards,
        "Poster": _poster(title),
        "Ratings": _ratings(title),
        "Metascore": _NA if title.metacritic is None else str(title.metacritic),
        "imdbRating": title.imdb_rating,
        "imdbVotes": f"{title.imdb_votes:,}" if title.imdb_votes else _NA,
        "imdbID": title.imdb,
        "Type": "movie" if movie else "series",
    }
    if movie:
        record |= {"DVD": _NA, "BoxOffice": movie.box_office, "Production": _NA, "Website": _NA}
    elif isinstance(title, Series):
        record["totalSeasons"] = str(len(title.regular_seasons))
    return {**record, "Response": "True", **title.omdb_fields}


def _record(query: dict[str, str], state: State, title: Title) -> Response:
    plot = "full" if query.get("plot") == "full" else "short"
    body = encoded(state, ("omdb", plot), title, lambda entry: record_of(entry, plot))
    kind = "movie" if isinstance(title, Movie) else "series"
    return Response(body=patch_body(body, state.patched("omdb", kind, title.imdb)))


def _episode(query: dict[str, str], state: State, series: Series, season: Season, episode: Episode) -> Response:
    record = {
        "Title": episode.title,
        "Year": episode.aired[:4] or _NA,
        "Rated": series.certifications.get("US", _NA),
        "Released": _date(episode.aired),
        "Season": str(season.number),
        "Episode": str(episode.number),
        "Runtime": f"{episode.runtime} min" if episode.runtime else _NA,
        "Genre": _joined([_GENRES.get(name, name) for name in series.genres]),
        "Director": _joined(episode.directors),
        "Writer": _joined(episode.writers),
        "Actors": _joined([name for name, _ in series.cast[:3]]),
        "Plot": episode.overview or _NA,
        "Language": _LANGUAGES[series.original_language],
        "Country": _joined([_COUNTRIES[code] for code in series.countries]),
        "Awards": _NA,
        "Poster": _poster(series) if episode.still else _NA,
        "Ratings": [{"Source": "Internet Movie Database", "Value": f"{episode.rating}/10"}] if episode.aired else [],
        "Metascore": _NA,
        "imdbRating": str(episode.rating) if episode.aired else _NA,
        "imdbVotes": "1,234" if episode.aired else _NA,
        "imdbID": episode.imdb,
        "seriesID": series.imdb,
        "Type": "episode",
        "Response": "True",
    }
    if query.get("plot") == "full" and episode.overview:
        record["Plot"] = f"{episode.overview} Told at greater length."
    return answer({**record, **state.patched("omdb", "episode", episode.imdb)})


def _seasons(query: dict[str, str], state: State, series: Title | None) -> Response:
    if not isinstance(series, Series) or not _known(series, state):
        return _error("Series not found!" if "t" in query else "Series or season not found!")
    number = int(query["Season"]) if query["Season"].isdecimal() else 0
    season = series.season(number) if number else None
    if season is None:
        return _error("Series or season not found!")
    if "Episode" in query:
        found = next((entry for entry in season.episodes if str(entry.number) == query["Episode"]), None)
        return _error("Series or season not found!") if found is None else _episode(query, state, series, season, found)
    rows = [
        {
            "Title": entry.title,
            "Released": entry.aired or _NA,
            "Episode": str(entry.number),
            "imdbRating": str(entry.rating) if entry.aired else _NA,
            "imdbID": entry.imdb,
        }
        for entry in season.episodes
    ]
    total = str(len(series.regular_seasons))
    return answer(
        {"Title": series.title, "Season": str(number), "totalSeasons": total, "Episodes": rows, "Response": "True"}
    )


def _search(query: dict[str, str], state: State) -> Response:
    text = query["s"].strip()
    if len(text) <= 3:
        return _error("Too many results.")
    found = sorted(_candidates(text, query, state), key=lambda title: -title.imdb_votes)
    page = int(query["page"]) if query.get("page", "").isdecimal() else 1
    if not 1 <= page <= 100:
        return _error("Movie not found!")
    rows = [
        {
            "Title": title.omdb_fields.get("Title", title.title),
            "Year": _years(title),
            "imdbID": title.imdb,
            "Type": "movie" if isinstance(title, Movie) else "series",
            "Poster": _poster(title),
        }
        for title in found[(page - 1) * PAGE : page * PAGE]
    ]
    if not rows:
        return _error("Movie not found!")
    return answer({"Search": rows, "totalResults": str(len(found)), "Response": "True"})
