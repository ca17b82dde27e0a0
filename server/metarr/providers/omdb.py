"""OMDb, the Open Movie Database: IMDb's ratings and awards, Rotten Tomatoes, Metacritic; one request a title.

Documentation: https://www.omdbapi.com. Errors are told apart by their text: an exhausted quota and a refused key
share status 401, an unknown title comes with status 200.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from metarr.domain.id_spelling import valid_id
from metarr.domain.languages import TitleLanguages
from metarr.domain.outcome import Fragment, ListedEpisode
from metarr.domain.values import Artwork, Credit, Image, Kind, Text
from metarr.errors import BadAnswer, KeyRefused, ProviderError, QuotaExhausted, RateLimited, TitleNotFound
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
    https,
    iso_date,
    number,
    objects,
    place_number,
    section,
    text,
    texts,
    whole,
)

BASE_URL = "https://www.omdbapi.com"
LIMITS = Limits(per_second=10, daily_quota=1000)
SHORT, FULL = "short", "full"
PROBE_ID = "tt0133093"
"""A title that OMDb surely has."""

TYPES = {Kind.MOVIE: "movie", Kind.SERIES: "series"}
DUPLICATE = "#DUPE#"
"""The title of an entry that OMDb has given up in favour of another one."""

TOO_MANY = "too many results"
ERRORS: tuple[tuple[str, type[ProviderError | TitleNotFound], str], ...] = (
    ("limit", QuotaExhausted, "the day's requests are used up"),
    ("api key", KeyRefused, "the key is refused"),
    ("not found|incorrect|error getting", TitleNotFound, "it does not know the title"),
)
"""What the text of an error says, in the order in which to look; what it means, without quoting the answer."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
UNRATED = frozenset({"not rated", "unrated", "nr"})
COUNTRY_NAMES = {"USA": "United States", "UK": "United Kingdom"}
NO_LANGUAGE = "None"
LANGUAGE = "en"
ENGLISH = TitleLanguages()
POSTER_LANGUAGE = "en"
ENGLISH = TitleLanguages()
"""OMDb carries IMDb's main poster, which bears a title; its language is not told."""

_BOTH = """
title plot outline release_date year certification genres countries languages cast poster
imdb_rating imdb_votes rotten_tomatoes_score metacritic_score awards
"""
_MOVIES_ONLY = "directors writers runtime_minutes"
_SERIES_ONLY = "creators"
"""A series' runtime is that of an episode, of all of them or of nothing, as it comes: it is not read."""


class Omdb(Provider):
    """https://www.omdbapi.com. Asked by IMDb id only: by title it answers with whatever resembles it."""

    id = "omdb"
    name = "OMDb"
    homepage = "https://www.omdbapi.com"
    attribution = "Ratings and further data from OMDb (omdbapi.com), licensed under CC BY-NC 4.0."
    country = "US"
    limits = LIMITS
    image_hosts = ("m.media-amazon.com",)
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            key="api_key",
            label="API key",
            type=SettingType.SECRET,
            required=True,
            help="Free for 1,000 requests a day, at https://www.omdbapi.com/apikey.aspx.",
        ),
        Setting(
            key="plot_length",
            label="Plot length",
            type=SettingType.CHOICE,
            default=SHORT,
            choices=(SHORT, FULL),
            help="The short plot is the outline as well; the full one leaves the outline as it is.",
        ),
        *common_settings(BASE_URL, LIMITS),
    )
    covers: ClassVar[Mapping[Kind, frozenset[str]]] = {
        Kind.MOVIE: frozenset((_BOTH + _MOVIES_ONLY).split()),
        Kind.SERIES: frozenset((_BOTH + _SERIES_ONLY).split()),
        Kind.EPISODE: frozenset({"title", "release_date", "imdb_rating"}),
    }
    asks_by: ClassVar[Mapping[Kind, tuple[str, ...]]] = {Kind.MOVIE: ("imdb",), Kind.SERIES: ("imdb",)}
    plain_language = LANGUAGE
    parser_version = 2

    def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
        key = str(settings.get("api_key", "")).strip()
        base_url = str(settings.get("base_url") or BASE_URL).rstrip("/")
        return Connection(base_url=base_url, params={"apikey": key} if key else {})

    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        said = f"HTTP {response.status}"
        if response.status == 429:
            return RateLimited(f"OMDb asks for a pause ({said})")
        verdict = _verdict(response.body)
        if verdict is None:
            return BadAnswer(f"OMDb's answer is no answer of its kind ({said})")
        for pattern, error, meaning in ERRORS if verdict.Response == "False" else ():
            if re.search(pattern, verdict.Error, re.IGNORECASE):
                return error(f"OMDb: {meaning} ({said})")
        if response.status == 401:
            return KeyRefused(f"OMDb refuses the key ({said})")
        if response.status == 200 and (verdict.Response == "True" or _too_many(verdict.Error)):
            return None
        return BadAnswer(f"OMDb failed ({said})")

    def details(self, ask: Ask, http: Http) -> Fragment:
        imdb, plot = ask.ids["imdb"], _plot_length(ask.settings)
        if not valid_id("imdb", imdb):
            raise TitleNotFound("that is no IMDb id")
        return parse_title(http.get("/", {"i": imdb, "plot": plot, "r": "json"}), ask.kind, imdb, plot)

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        params = {"s": query.title, "type": TYPES[query.kind], "r": "json"}
        year = {"y": str(query.year)} if query.year else {}
        try:
            return parse_search(http.get("/", params | year), query.kind)
        except TitleNotFound:
            return ()

    def parts(self, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
        """Every season but the specials, which OMDb lists nowhere."""
        series = ask.ids["imdb"]
        return tuple(
            Part(asked_id=f"imdb:{series}/s{season}", language=LANGUAGE, season=season)
            for season in sorted(counts)
            if season
        )

    def together(self, parts: Sequence[Part], counts: Mapping[int, int]) -> tuple[tuple[Part, ...], ...]:
        return tuple((part,) for part in parts)

    def listed(self, ask: Ask, parts: Sequence[Part], http: Http) -> Mapping[Part, Fragment | None]:
        [part] = parts
        if not valid_id("imdb", ask.ids["imdb"]):
            raise TitleNotFound("that is no IMDb id")
        body = http.get("/", {"i": ask.ids["imdb"], "Season": str(part.season), "r": "json"})
        return {part: parse_season(body, part.season or 0)}

    def preview(self, url: str, field: str) -> str:
        return url.replace("._V1_.", "._V1_SX300.", 1) if "._V1_." in url else ""

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        with suppress(TitleNotFound):
            body = http.get("/", {"i": PROBE_ID, "r": "json"})
            if isinstance(body, dict) and body.get("imdbID") == PROBE_ID:
                return
        raise BadAnswer("what answers at this address is not OMDb")

    def fields(self, kind: Kind, settings: Mapping[str, SettingValue]) -> frozenset[str]:
        """A full plot is no outline."""
        fields = super().fields(kind, settings)
        return fields - {"outline"} if settings.get("plot_length") == "full" else fields

    def shape(self, kind: Kind, preferences: Preferences, settings: Mapping[str, SettingValue]) -> str:
        """OMDb knows no languages."""
        return f"plot={_plot_length(settings)}"


def _plot_length(settings: Mapping[str, SettingValue]) -> str:
    return FULL if settings.get("plot_length") == FULL else SHORT


class _OmdbVerdict(msgspec.Struct):
    """All that tells an error from an answer; decoding it checks the rest of the body for well-formedness."""

    Response: str
    Error: str = ""


def _verdict(body: bytes) -> _OmdbVerdict | None:
    """None where the body is no JSON object of OMDb's making."""
    try:
        return msgspec.json.decode(body, type=_OmdbVerdict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _too_many(error: str) -> bool:
    return TOO_MANY in error.casefold()


# Reading -----------------------------------------------------------------------------------------------------------


def parse_title(body: Any, kind: Kind, imdb: str, plot: str = SHORT) -> Fragment:
    """What OMDb says about the title of an IMDb id, asked for with that plot length.

    The fragment bears the id that the answer names, which should be that one. Raises TitleNotFound where the answer
    names no id or is about another kind of title, BadAnswer where it is none.
    """
    if not isinstance(body, dict) or body.get("Response") != "True":
        raise BadAnswer("OMDb's answer is no title")
    own_id = body.get("imdbID")
    if not isinstance(own_id, str) or not valid_id("imdb", own_id):
        raise TitleNotFound(f"OMDb answered about {imdb} without naming it")
    if body.get("Type") != TYPES[kind]:
        raise TitleNotFound(f"what OMDb has under {imdb} is no {kind}")
    if body.get("Title") == DUPLICATE:
        raise TitleNotFound(f"OMDb has given {imdb} up as a duplicate")
    reading = Reading(Omdb, kind)
    _read_texts(reading, body, plot)
    _read_facts(reading, body)
    _read_ratings(reading, body)
    return reading.fragment({"imdb": own_id}, texts([body.get("Title")]) or ())


def parse_season(body: Any, season: int) -> Fragment:
    """What OMDb lists of a season. Raises BadAnswer. Holes are normal, and cost nothing but themselves."""
    try:
        if place_number(body["Season"]) != season:
            raise BadAnswer("OMDb answered about another season")
        listed = each(section(body, "Episodes", list), lambda raw: _episode(raw, season))
    except UNREADABLE as error:
        raise BadAnswer("OMDb's answer is no season") from error
    return replace(Reading(Omdb, Kind.SEASON).fragment({}), listed=tuple(listed))


def _episode(raw: dict[str, Any], season: int) -> ListedEpisode | None:
    """None of one without an id: nothing else tells it from others for long."""
    number, imdb = place_number(raw["Episode"]), raw["imdbID"]
    if not isinstance(imdb, str) or not valid_id("imdb", imdb):
        return None
    reading = Reading(Omdb, Kind.EPISODE)
    reading.read_texts("title", lambda: _english(episode_title(text(raw["Title"]), season, number)), ENGLISH)
    reading.read("release_date", lambda: _day(raw["Released"]))
    reading.read("imdb_rating", lambda: _rating(raw["imdbRating"]))
    return ListedEpisode(id=f"imdb:{imdb}", season=season, number=number, fragment=reading.fragment({"imdb": imdb}))


def parse_search(body: Any, kind: Kind) -> tuple[Candidate, ...]:
    """What a search found: nothing, where OMDb found too much. Raises BadAnswer."""
    if isinstance(body, dict) and body.get("Response") == "False" and _too_many(str(body.get("Error"))):
        return ()
    try:
        results = objects(section(body, "Search", list))
    except (Malformed, KeyError, TypeError) as error:
        raise BadAnswer("OMDb's answer is no search result") from error
    candidates = (_candidate(raw, kind) for raw in results if raw.get("Type") == TYPES[kind])
    return tuple({candidate.ids["imdb"]: candidate for candidate in candidates if candidate}.values())


def _candidate(raw: dict[str, Any], kind: Kind) -> Candidate | None:
    imdb, titles, year = raw.get("imdbID"), texts([raw.get("Title")]), re.match("[0-9]{4}", str(raw.get("Year")))
    if not isinstance(imdb, str) or not valid_id("imdb", imdb) or not titles or titles == (DUPLICATE,):
        return None
    poster = raw.get("Poster")
    return Candidate(
        provider=Omdb.id,
        kind=kind,
        ids={"imdb": imdb},
        titles=titles,
        year=int(year[0]) if year else 0,
        poster=https(poster) or "" if isinstance(poster, str) else "",
    )


def _read_texts(reading: Reading, body: dict[str, Any], plot: str) -> None:
    reading.read_texts("title", lambda: _english(body["Title"]), ENGLISH)
    reading.read_texts("plot", lambda: _english(body["Plot"]), ENGLISH)
    if plot == SHORT:
        reading.read_texts("outline", lambda: _english(body["Plot"]), ENGLISH)
    reading.read("awards", lambda: _awards(body["Awards"]))
    reading.read("genres", lambda: _listed(body["Genre"]))
    reading.read("countries", lambda: texts(COUNTRY_NAMES.get(name, name) for name in _listed(body["Country"])))
    reading.read("languages", lambda: texts(name for name in _listed(body["Language"]) if name != NO_LANGUAGE))


def _english(raw: Any) -> tuple[Text, ...]:
    """OMDb speaks English, whatever language is asked for."""
    words = text(raw)
    return (Text(value=words, language=LANGUAGE),) if words else ()


def _read_facts(reading: Reading, body: dict[str, Any]) -> None:
    reading.read("release_date", lambda: _day(body["Released"]))
    reading.read_year(lambda: first_year(body["Year"]), lambda: _day(body["Released"]))
    reading.read("runtime_minutes", lambda: _minutes(body["Runtime"]))
    reading.read("certification", lambda: _certification(body["Rated"]))
    reading.read("directors", lambda: _listed(body["Director"]))
    reading.read("writers", lambda: _listed(body["Writer"]))
    reading.read("creators", lambda: _listed(body["Writer"]))
    reading.read("cast", lambda: _cast(body["Actors"]))
    reading.read("poster", lambda: _poster(body["Poster"]))


def _read_ratings(reading: Reading, body: dict[str, Any]) -> None:
    reading.read("imdb_rating", lambda: _rating(body["imdbRating"]))
    reading.read("imdb_votes", lambda: whole(body["imdbVotes"]))
    reading.read("rotten_tomatoes_score", lambda: _tomatoes(section(body, "Ratings", list)))
    reading.read("metacritic_score", lambda: _score(body["Metascore"]))


_BETWEEN = re.compile(r",(?!\s*(?:Jr|Sr|II|III|IV|Ph\.? ?D|M\.? ?D|Esq)\.?\s*(?:,|$))", re.IGNORECASE)


def _listed(raw: Any) -> tuple[str, ...]:
    """Names between commas, without remarks such as "(novel (as "B"))"; "A, Jr." is one."""
    names, left = text(raw) or "", 1
    while left:
        names, left = re.subn(r"\([^()]*\)", "", names)
    return texts(_BETWEEN.split(re.sub(r"\([^,]*|\)", "", names))) or ()


def _cast(raw: Any) -> tuple[Credit, ...]:
    return tuple(Credit(name=name, order=order) for order, name in enumerate(_listed(raw)))


def _awards(raw: Any) -> str | None:
    """OMDb glues its sentences together: "Nominated for 1 BAFTA Award7 wins"."""
    sentences = text(raw)
    return sentences and re.sub(r"(?<=[a-z])(?=[0-9])", ". ", sentences)


def _certification(raw: Any) -> str | None:
    rated = certification(raw)
    return None if rated is None or rated.casefold() in UNRATED else rated


def _day(raw: Any) -> str | None:
    """From "16 Jul 2010", whatever language this machine speaks; or an ISO day. A bare year or month is no day."""
    if re.fullmatch(r"([A-Za-z]{3} )?[0-9]{4}", text(raw) or ""):
        return None
    match = re.fullmatch(r"([0-9]{1,2}) ([A-Za-z]{3}) ([0-9]{4})", text(raw) or "")
    if not match or match[2].lower() not in MONTHS:
        return iso_date(raw)
    return iso_date(f"{match[3]}-{MONTHS.index(match[2].lower()) + 1:02}-{match[1]:0>2}")


def _minutes(raw: Any) -> int | None:
    """From "148 min" or "1 h 30 min"."""
    runtime = text(raw)
    if runtime is None:
        return None
    match = re.fullmatch(r"(?:([0-9]{1,3}) ?h)? ?(?:([0-9,]{1,6}) ?min)?", runtime)
    if not match:
        raise Malformed(f"{runtime[:20]!r} is no runtime")
    return (60 * int(match[1] or 0) + (whole(match[2]) or 0)) or None


def _rating(raw: Any) -> float | None:
    rating = number(raw)
    if rating is not None and rating > 10:
        raise Malformed(f"rating {rating} above 10")
    return rating


def _tomatoes(ratings: list[Any]) -> int | None:
    """The share of good reviews; 0 % is one of the values."""
    theirs = [rating for rating in objects(ratings) if rating.get("Source") == "Rotten Tomatoes"]
    return next(iter(each(theirs, lambda rating: _score(rating["Value"], "%"))), None)


def _score(raw: Any, unit: str = "") -> int | None:
    """A score from 0 to 100."""
    score = text(raw)
    if score is None:
        return None
    if not re.fullmatch(f"[0-9]{{1,3}}{unit}", score) or int(score.removesuffix(unit)) > 100:
        raise Malformed(f"{score[:20]!r} is no score")
    return int(score.removesuffix(unit))


def _poster(raw: Any) -> Artwork | None:
    """OMDb links a small version; without its size the address leads to the full one."""
    url = https(raw)
    return (Image(url=re.sub(r"_V1_SX[0-9]+\.", "_V1_.", url), language=POSTER_LANGUAGE),) if url else None
