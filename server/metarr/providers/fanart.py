"""fanart.tv, API v3.2: artwork made by its members. Movies by TMDB or IMDb id, series by TVDB series id."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from metarr.domain.episode_lists import SPECIALS
from metarr.domain.id_spelling import valid_id
from metarr.domain.outcome import Fragment, ListedSeason
from metarr.domain.values import Artwork, Image, Kind
from metarr.errors import BadAnswer, KeyRefused, ProviderError, RateLimited, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response
from metarr.providers.contract import Ask, Preferences, Provider, Setting, SettingType, SettingValue, common_settings
from metarr.providers.reading import (
    Reading,
    each,
    https,
    number,
    objects,
    optional,
    place_number,
    posters,
    short_code,
    texts,
    whole,
)

BASE_URL = "https://webservice.fanart.tv/v3.2"
LIMITS = Limits(per_second=5.0)
"""fanart.tv publishes no number."""
PATHS = {Kind.MOVIE: "movies", Kind.SERIES: "tv"}
A_KNOWN_MOVIE = "550"

KEYS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.MOVIE: {
        "clearlogo": ("hdmovielogo", "movielogo"),
        "clearart": ("hdmovieclearart", "movieart"),
        "poster": ("movieposter",),
        "fanart": ("moviebackground", "movie4kbackground"),
        "banner": ("moviebanner",),
        "landscape": ("moviethumb",),
        "disc": ("moviedisc",),
    },
    Kind.SERIES: {
        "clearlogo": ("hdtvlogo", "clearlogo"),
        "clearart": ("hdclearart", "clearart"),
        "poster": ("tvposter",),
        "fanart": ("showbackground", "show4kbackground"),
        "banner": ("tvbanner",),
        "landscape": ("tvthumb",),
        "characterart": ("characterart",),
    },
    Kind.SEASON: {
        "poster": ("seasonposter",),
        "fanart": ("showbackground", "show4kbackground"),
        "banner": ("seasonbanner",),
        "landscape": ("seasonthumb",),
    },
}
"""Field to fanart.tv's own names of the lists. A list without art is absent; unknown ones appear now and then."""

SIZES: Mapping[str, tuple[int, int]] = {
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
    "hdtvlogo": (800, 310),
    "clearlogo": (400, 155),
    "hdclearart": (1000, 562),
    "clearart": (500, 281),
    "tvposter": (1000, 1426),
    "showbackground": (1920, 1080),
    "show4kbackground": (3840, 2160),
    "tvbanner": (1000, 185),
    "tvthumb": (500, 281),
    "seasonposter": (1000, 1426),
    "seasonbanner": (1000, 185),
    "seasonthumb": (500, 281),
    "characterart": (512, 512),
}
"""The sizes that fanart.tv asks its members to upload, for answers of API versions that do not tell."""

OWN_IDS = {"tmdb_id": "tmdb", "imdb_id": "imdb", "thetvdb_id": "tvdb"}
TEXTLESS = "00"
LANGUAGES = {TEXTLESS: "", "cz": "cs"}
"""fanart.tv's own codes: textless art, and Czech."""
WHOLE_SHOW = ("", "all", "0")
"""Of a picture that is of no one season; of a season's poster, banner or thumb, "0" is the specials."""


class Fanart(Provider):
    """Artwork only."""

    id = "fanart"
    name = "fanart.tv"
    homepage = "https://fanart.tv"
    attribution = "Artwork provided by fanart.tv."
    image_hosts = ("assets.fanart.tv",)
    settings = (
        Setting(
            key="api_key",
            label="API key",
            type=SettingType.SECRET,
            required=True,
            help="A project key, from https://fanart.tv/get-an-api-key/.",
        ),
        Setting(
            key="client_key",
            label="Personal API key",
            type=SettingType.SECRET,
            help="Yours, from your fanart.tv profile: new artwork after 2 days instead of 7.",
        ),
        *common_settings(BASE_URL, LIMITS),
    )
    limits = LIMITS
    covers = {
        kind: frozenset(keys) | (frozenset() if kind is Kind.SEASON else {"keyart"}) for kind, keys in KEYS.items()
    }
    parser_version = 2
    asks_by = {Kind.MOVIE: ("tmdb", "imdb"), Kind.SERIES: ("tvdb",)}

    def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
        keys = {"api-key": settings.get("api_key"), "client-key": settings.get("client_key")}
        return Connection(
            base_url=str(settings.get("base_url") or BASE_URL),
            headers={"Accept": "application/json", **{name: str(key) for name, key in keys.items() if key}},
        )

    def shape(self, kind: Kind, preferences: Preferences, settings: Mapping[str, SettingValue]) -> str:
        """An answer holds the images of every language: no preference changes it."""
        return ""

    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        complaint = _complaint(response.body)
        if response.status == 404 or complaint == "not found":
            return TitleNotFound("fanart.tv has no artwork for this title")
        if response.status in (401, 403) or "api key" in complaint:
            return KeyRefused("fanart.tv refused the API key")
        if response.status == 429:
            return RateLimited("fanart.tv: too many requests")
        if response.status >= 400 or complaint:
            return BadAnswer(f"fanart.tv answered {response.status} with an error")
        return None

    def details(self, ask: Ask, http: Http) -> Fragment:
        title_id = next(ask.ids[id_type] for id_type in self.asks_by[ask.kind] if id_type in ask.ids)
        return parse_art(ask.kind, http.get(f"/{PATHS[ask.kind]}/{quote(title_id, safe='')}"))

    def preview(self, url: str, field: str) -> str:
        return url.replace("/fanart/", "/preview/", 1) if "/fanart/" in url else ""

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        try:
            http.get(f"/{PATHS[Kind.MOVIE]}/{A_KNOWN_MOVIE}")
        except TitleNotFound:
            return  # the key was accepted, and nothing else is asked here


def _complaint(body: bytes) -> str:
    """The text of an error body, in lower case; "" for any other body."""
    if not body[:200].lstrip().startswith(b"{") or b'"error message"' not in body[:500]:
        return ""
    try:
        return str(json.loads(body)["error message"]).strip().lower()
    except (ValueError, KeyError, RecursionError):
        return ""


def parse_art(kind: Kind, body: Any) -> Fragment:
    """What `/movies/{id}` or `/tv/{id}` says. Raises BadAnswer for what is no answer about a title."""
    if not isinstance(body, dict) or not (body.keys() & {"name", *OWN_IDS}):
        raise BadAnswer("fanart.tv answered with something else than a title's artwork")
    reading = Reading(Fanart, kind)
    for field, keys in KEYS[kind].items():
        if field != "poster":
            reading.read(field, partial(_images, body, keys))
    [key] = KEYS[kind]["poster"]
    reading.read("poster", lambda: posters(_images(body, (key,))))
    reading.read("keyart", lambda: _images({key: _textless(body.get(key))}, (key,)))
    ids = {id_type: str(body.get(key)) for key, id_type in OWN_IDS.items()}
    claims = {id_type: value for id_type, value in ids.items() if valid_id(id_type, value)}
    fragment = reading.fragment(claims, texts([body.get("name")]) or ())
    return replace(fragment, seasons=tuple(_seasons(body))) if kind is Kind.SERIES else fragment


def _seasons(body: Mapping[str, Any]) -> Iterator[ListedSeason]:
    """The seasons that have a picture of their own."""
    lists = [body.get(key) for keys in KEYS[Kind.SEASON].values() for key in keys]
    rows = [raw for listed in lists for raw in optional(objects, listed) or ()]
    for season in sorted({place for raw in rows if (place := _place(raw.get("season"))) is not None}):
        reading = Reading(Fanart, Kind.SEASON)
        for field, keys in KEYS[Kind.SEASON].items():
            # A background of "season 0" is one of the whole show.
            of_season = () if field == "fanart" and season == SPECIALS else keys
            reading.read(field, partial(_images, body, of_season, season))
        yield ListedSeason(number=season, fragment=reading.fragment({}))


def _place(season: Any) -> int | None:
    """The number of a season; None of "all", which names none."""
    return optional(place_number, season)


def _textless(listed: Any) -> list[Any]:
    """Those that are said to bear no text: one without any language is one of which nothing is said."""
    return [raw for raw in objects(listed) if raw.get("lang") == TEXTLESS]


def _images(body: Mapping[str, Any], keys: Sequence[str], season: int | None = None) -> Artwork:
    """Every image of these lists, of the whole show or of a season, the most liked first."""
    images = [image for key in keys for image in each(body.get(key), partial(_image, usual=SIZES[key], of=season))]
    return tuple(sorted(images, key=lambda image: -image.votes))


def _image(raw: Mapping[str, Any], usual: tuple[int, int], of: int | None) -> Image | None:
    """None where it has no usable address, or belongs to another season than this; `of` None: the whole show. Numbers
    are texts here."""
    url, language, season = https(raw["url"]), short_code(raw.get("lang")) or "", raw.get("season")
    fits = str(season or "") in WHOLE_SHOW if of is None else _place(season) == of
    if url is None or not fits:
        return None
    return Image(
        url=url,
        width=optional(whole, raw.get("width")) or usual[0],
        height=optional(whole, raw.get("height")) or usual[1],
        language=LANGUAGES.get(language.lower(), language.lower()),
        votes=optional(number, raw.get("likes")) or 0.0,
    )
