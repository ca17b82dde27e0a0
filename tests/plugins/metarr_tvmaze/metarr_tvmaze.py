"""TVmaze, https://www.tvmaze.com/api: series, without a key."""

from collections.abc import Mapping
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from metarr.domain.outcome import Fragment
from metarr.domain.values import Artwork, Credit, Image, Kind
from metarr.errors import BadAnswer, ProviderError, RateLimited, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response
from metarr.providers.contract import Ask, Candidate, Preferences, Provider, Query, SettingValue, common_settings
from metarr.providers.reading import Reading, https, iso_date, objects, section, text, texts, whole

BASE_URL = "https://api.tvmaze.com"
LIMITS = Limits(per_second=2.0)
"""TVmaze allows at least 20 calls in 10 seconds."""
IMAGES = {"poster": "poster", "fanart": "background", "banner": "banner", "clearlogo": "typography"}
EXTERNALS = {"imdb": "imdb", "tvdb": "thetvdb"}
A_KNOWN_SHOW = "82"


class TvMaze(Provider):
    """Facts, texts, cast and artwork of series."""

    id = "tvmaze"
    name = "TVmaze"
    homepage = "https://www.tvmaze.com"
    attribution = "Data from TVmaze, licensed CC BY-SA."
    settings = common_settings(BASE_URL, LIMITS)
    limits = LIMITS
    covers = {
        Kind.SERIES: frozenset(
            {"title", "plot", "release_date", "end_date", "runtime_minutes", "status", "genres", "networks"}
            | {"countries", "languages", "homepage", "cast", *IMAGES}
        )
    }
    asks_by = {Kind.SERIES: ("tvmaze",)}
    looks_up_by = {Kind.SERIES: ("imdb", "tvdb")}

    def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
        return Connection(base_url=str(settings.get("base_url") or BASE_URL))

    def shape(self, kind: Kind, preferences: Preferences, settings: Mapping[str, SettingValue]) -> str:
        return ""

    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        if response.status == 404:
            return TitleNotFound("TVmaze does not know this series")
        if response.status == 429:
            return RateLimited("TVmaze: too many requests")
        return BadAnswer(f"TVmaze answered {response.status}") if response.status >= 400 else None

    def details(self, ask: Ask, http: Http) -> Fragment:
        path = f"/shows/{quote(ask.ids['tvmaze'], safe='')}"
        return parse_show(http.get(path, {"embed": "cast"}), http.get(f"{path}/images"))

    def lookup(self, ask: Ask, http: Http) -> Mapping[str, str]:
        id_type = next(known for known in self.looks_up_by[ask.kind] if known in ask.ids)
        return {"tvmaze": _id(http.get("/lookup/shows", {EXTERNALS[id_type]: ask.ids[id_type]}))}

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        return parse_search(http.get("/search/shows", {"q": query.title})) if query.kind is Kind.SERIES else ()

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        http.get(f"/shows/{A_KNOWN_SHOW}")


def _id(show: Any) -> str:
    known = show.get("id") if isinstance(show, dict) else None
    if not isinstance(known, int) or known < 1:
        raise BadAnswer("TVmaze answered with something else than a series")
    return str(known)


def parse_show(show: Any, images: Any = None) -> Fragment:
    """What `/shows/{id}`, with or without its embedded cast, and `/shows/{id}/images` say. Raises BadAnswer.

    Without images (None) those fields are unread.
    """
    _id(show)
    reading = Reading(TvMaze, Kind.SERIES)
    reading.read("title", lambda: text(show["name"]))
    reading.read("plot", lambda: plain(text(show["summary"]) or ""))
    reading.read("release_date", lambda: iso_date(show["premiered"]))
    reading.read("end_date", lambda: iso_date(show["ended"]))
    reading.read("runtime_minutes", lambda: whole(show.get("averageRuntime") or show["runtime"]))
    reading.read("status", lambda: text(show["status"]))
    reading.read("genres", lambda: texts(show["genres"]))
    reading.read("networks", lambda: texts(place.get("name") for place in _places(show)))
    reading.read("countries", lambda: texts((place.get("country") or {}).get("name") for place in _places(show)))
    reading.read("languages", lambda: texts([show["language"]]))
    reading.read("homepage", lambda: https(show["officialSite"]))
    reading.read("cast", lambda: _cast(objects(show["_embedded"]["cast"])))
    if images is None:
        reading.missing("images", IMAGES)
    else:
        for field, kind in IMAGES.items():
            reading.read(field, partial(_images, images, kind))
    return reading.fragment(_ids(show), texts([show.get("name")]) or ())


def _places(show: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [section(show, key) for key in ("network", "webChannel") if show[key] is not None]


def _ids(show: Mapping[str, Any]) -> dict[str, str]:
    externals = show.get("externals") or {}
    known = {id_type: str(externals[theirs]) for id_type, theirs in EXTERNALS.items() if externals.get(theirs)}
    return {"tvmaze": _id(show), **known}


def _cast(entries: list[dict[str, Any]]) -> tuple[Credit, ...]:
    return tuple(
        Credit(
            name=section(entry, "person")["name"],
            role=section(entry, "character")["name"],
            order=order,
            photo=_original(entry["person"].get("image")),
        )
        for order, entry in enumerate(entries)
    )


def _original(image: Any) -> str:
    return (https(image.get("original")) or "") if isinstance(image, dict) else ""


def _images(images: Any, kind: str) -> Artwork:
    """TVmaze tells no language and no votes, but which image of a kind is the main one."""
    chosen = [image for image in objects(images) if image.get("type") == kind]
    return tuple(_image(section(image, "resolutions")["original"], image.get("main") is True) for image in chosen)


def _image(original: Mapping[str, Any], main: bool) -> Image:
    size = whole(original.get("width")) or 0, whole(original.get("height")) or 0
    return Image(url=https(original["url"]) or "", width=size[0], height=size[1], votes=float(main))


def parse_search(found: Any) -> tuple[Candidate, ...]:
    """Candidates from `/search/shows`. Raises BadAnswer."""
    if not isinstance(found, list):
        raise BadAnswer("TVmaze answered a search without a list")
    return tuple(_candidate(entry["show"], entry.get("score")) for entry in objects(found))


def _candidate(show: Mapping[str, Any], score: Any) -> Candidate:
    premiered = iso_date(show.get("premiered"))
    return Candidate(
        provider=TvMaze.id,
        kind=Kind.SERIES,
        ids=_ids(show),
        titles=texts([show.get("name")]) or (),
        year=int(premiered[:4]) if premiered else 0,
        countries=texts((place.get("country") or {}).get("code") for place in _places(show)) or (),
        overview=plain(text(show.get("summary")) or ""),
        poster=_original(show.get("image")),
        popularity=float(score) if isinstance(score, int | float) else 0.0,
    )


class _Words(HTMLParser):
    """Collects the text of a piece of HTML; paragraphs and breaks become lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data.replace("\n", " "))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("p", "br"):
            self.words.append("\n")


def plain(html: str) -> str:
    """A summary without its markup."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.words).split("\n"))
    return "\n".join(line for line in lines if line)
