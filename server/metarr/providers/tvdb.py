"""TheTVDB, API v4: https://thetvdb.github.io/v4-api. Movies and series have ids of their own, which overlap."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from metarr.domain.id_spelling import valid_id
from metarr.domain.languages import TitleLanguages
from metarr.domain.numbering import AIRED
from metarr.domain.outcome import Fragment, ListedEpisode, ListedSeason
from metarr.domain.values import Artwork, Credit, Image, Kind, Text
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
    https,
    iso_date,
    languages_of,
    number,
    objects,
    one_entry_each,
    optional,
    place_number,
    posters,
    release_day,
    section,
    short_code,
    text,
    texts,
    web_address,
    whole,
)

BASE_URL = "https://api4.thetvdb.com/v4"
LIMITS = Limits(per_second=3.0)
"""TheTVDB publishes no number; this is what its volunteers' clients use without complaint."""
ARTWORK_HOST = "https://artworks.thetvdb.com/"
PLURALS = {Kind.MOVIE: "movies", Kind.SERIES: "series"}
SEARCH_LIMIT = 25
OFFICIAL = "official"
"""The order of episodes as they were shown. `default` is another name for one of the others, and moves."""
ORDERS = {OFFICIAL: AIRED}
"""What Metarr calls an order, where TheTVDB has another word for it."""
MAX_PAGES = 20
"""Of 500 episodes each."""
MAX_LANGUAGES = 3
"""Listed ones in which episodes are asked for, besides the original one."""
ENGLISH = TitleLanguages()

STATUSES = {"Continuing": 1, "Ended": 2, "Upcoming": 3}
"""Of series, from `/series/statuses`."""

ARTWORK_TYPES: Mapping[Kind, Mapping[str, int]] = {
    Kind.MOVIE: {"poster": 14, "fanart": 15, "banner": 16, "clearart": 24, "clearlogo": 25},
    Kind.SERIES: {"banner": 1, "poster": 2, "fanart": 3, "clearart": 22, "clearlogo": 23},
    Kind.SEASON: {"banner": 6, "poster": 7, "fanart": 8},
}
"""Numbers from `/artwork/types`."""
LOGOS = {types["clearlogo"] for types in ARTWORK_TYPES.values() if "clearlogo" in types}

REMOTE_IDS: Mapping[str, tuple[str, str]] = {
    "imdb": ("imdb", r"tt\d{7,10}"),
    "themoviedb.com": ("tmdb", r"[1-9]\d{0,9}(?=-|$)"),
    "tv maze": ("tvmaze", r"[1-9]\d{0,9}$"),
    "wikidata": ("wikidata", r"Q[1-9]\d*$"),
}
"""Source name to id type, and what such an id looks like. TMDB's may carry a slug, as in `603-the-matrix`.

The numeric type of a source differs between kinds of records, its name does not.
"""

_FACTS = {
    "release_date",
    "year",
    "runtime_minutes",
    "status",
    "certification",
    "genres",
    "studios",
    "countries",
    "languages",
    "original_language",
}
_ART = {"poster", "fanart", "banner", "clearlogo", "clearart", "keyart"}
_BOTH = frozenset({"title", "original_title", "plot", "cast", "trailer", "homepage"} | _FACTS | _ART)
_ISO: dict[str, list[tuple[str, str, str]]] = json.loads(Path(__file__).with_name("iso_codes.json").read_text("utf-8"))
_LANGUAGES, _COUNTRIES = _ISO["languages"], _ISO["countries"]

LANGUAGE_CODES = {short: long for short, long, _ in _LANGUAGES}
"""ISO 639-1 to TheTVDB's codes, which are ISO 639-2/T but for `pt` (Brazilian), `zhtw` and `yue`."""
SHORT_LANGUAGES = {long: short for short, long, _ in _LANGUAGES} | {"pt": "pt", "zhtw": "zh", "yue": "zh"}
LANGUAGE_NAMES = {long: name for _, long, name in _LANGUAGES} | {
    "pt": "Portuguese",
    "zhtw": "Mandarin",
    "yue": "Cantonese",
}
REGIONAL_LANGUAGES = {
    "pt-BR": ("pt", "por"),
    "pt-PT": ("por", "pt"),
    "pt": ("por", "pt"),
    "zh-TW": ("zhtw", "zho"),
    "zh-HK": ("yue", "zhtw", "zho"),
    "zh": ("zho", "zhtw"),
}
COUNTRY_CODES = {short: long for short, long, _ in _COUNTRIES}
SHORT_COUNTRIES = {long: short for short, long, _ in _COUNTRIES}
COUNTRY_NAMES = {long: name for _, long, name in _COUNTRIES}


class Tvdb(Provider):
    """Facts, texts, cast and artwork. Needs a login, whose token lasts a month."""

    id = "tvdb"
    name = "TheTVDB"
    homepage = "https://thetvdb.com"
    attribution = "Metadata provided by TheTVDB. Please consider adding missing information or subscribing."
    image_hosts = ("artworks.thetvdb.com",)
    settings = (
        Setting(
            key="api_key",
            label="API key",
            type=SettingType.SECRET,
            required=True,
            help="A v4 project key (with dashes), from https://thetvdb.com/api-information.",
        ),
        Setting(
            key="pin",
            label="Subscriber PIN",
            type=SettingType.SECRET,
            help="Only for a user-supported key: your PIN, from https://thetvdb.com/dashboard/account/editinfo.",
        ),
        *common_settings(BASE_URL, LIMITS),
    )
    limits = LIMITS
    covers = {
        Kind.MOVIE: _BOTH | {"directors", "writers"},
        Kind.SERIES: _BOTH | {"end_date", "networks", "creators"},
        Kind.SEASON: frozenset(ARTWORK_TYPES[Kind.SEASON]),
        Kind.EPISODE: frozenset({"title", "plot", "release_date", "runtime_minutes", "still"}),
    }
    asks_by = {Kind.MOVIE: ("tvdb",), Kind.SERIES: ("tvdb",)}
    plain_language = None
    parser_version = 4
    looks_up_by = {Kind.MOVIE: ("imdb", "tmdb"), Kind.SERIES: ("imdb", "tmdb")}

    def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
        return Connection(base_url=str(settings.get("base_url") or BASE_URL), headers={"Accept": "application/json"})

    def shape(self, kind: Kind, preferences: Preferences, settings: Mapping[str, SettingValue]) -> str:
        """Images of every language are in every answer."""
        return f"{','.join(sorted(preferences.languages))}|{preferences.country}"

    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        if response.status < 400:
            return None
        message = _message(response.body)
        if response.status == 404:
            return TitleNotFound("TheTVDB answered 404, which it also does for titles it has", soft=True)
        if response.status == 400 and "pin" in message.lower().split():
            return KeyRefused("TheTVDB wants a subscriber PIN with this API key: set the PIN")
        if response.status in (401, 403):
            return KeyRefused("TheTVDB refused the API key, the PIN or the login")
        if response.status == 429:
            return RateLimited("TheTVDB: too many requests")
        return BadAnswer(f"TheTVDB answered {response.status}")

    def details(self, ask: Ask, http: Http) -> Fragment:
        params = {"meta": "translations"} | ({"short": "false"} if ask.kind is Kind.SERIES else {})
        path = f"/{PLURALS[ask.kind]}/{quote(ask.ids['tvdb'], safe='')}/extended"
        return parse_details(ask.kind, _get(http, ask.settings, path, params), ask.preferences)

    def lookup(self, ask: Ask, http: Http) -> Mapping[str, str]:
        """The TVDB id of the title with this IMDb or TMDB id. Raises TitleNotFound, also for more than one."""
        soft = False
        for id_type in [known_type for known_type in self.looks_up_by[ask.kind] if known_type in ask.ids]:
            try:
                tvdb_ids = self._with_remote_id(ask, http, id_type)
            except TitleNotFound:
                soft = True
                continue
            if len(tvdb_ids) > 1:
                raise TitleNotFound(f"ambiguous: {len(tvdb_ids)} records of TheTVDB have this {id_type} id")
            if tvdb_ids:
                return {"tvdb": tvdb_ids[0]}
        raise TitleNotFound("no record of TheTVDB has one of these ids", soft=soft)

    def _with_remote_id(self, ask: Ask, http: Http, id_type: str) -> list[str]:
        body = _get(http, ask.settings, f"/search/remoteid/{quote(ask.ids[id_type], safe='')}", {})
        by_id = parse_remote_matches(ask.kind, body, id_type, ask.ids[id_type])
        if id_type == "imdb":
            return [tvdb_id for tvdb_id, confirmed in by_id.items() if confirmed is not False]
        return [
            tvdb_id
            for tvdb_id, confirmed in by_id.items()
            if confirmed or (confirmed is None and self._bears(ask, http, tvdb_id, id_type))
        ]

    def _bears(self, ask: Ask, http: Http, tvdb_id: str, id_type: str) -> bool:
        """A bare number may be the id of another source, such as TVmaze: the record itself tells."""
        record = _get(http, ask.settings, f"/{PLURALS[ask.kind]}/{tvdb_id}/extended", {"short": "true"})
        return parse_remote_ids(_record(record).get("remoteIds")).get(id_type) == ask.ids[id_type]

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        params = {"query": query.title, "type": query.kind.value, "limit": str(SEARCH_LIMIT)}
        year = {"year": str(query.year)} if query.year else {}
        return parse_search(query.kind, _get(http, query.settings, "/search", params | year), query.preferences)

    def parts(self, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
        """The official order, which comes with the original names, its names in each listed language, and further
        orders."""
        series, original = f"tvdb:{ask.ids['tvdb']}", ask.original_language or "und"
        bases = {tag.partition("-")[0]: tag for tag in reversed(ask.preferences.languages)}
        others = [bases[base] for base in ask.preferences.image_languages[:MAX_LANGUAGES] if base != original]
        codes = {own_codes(tag)[0]: tag for tag in others}
        return (
            Part(asked_id=f"{series}/{OFFICIAL}", language=original),
            *(Part(asked_id=f"{series}/{OFFICIAL}", shape=code, language=tag_of(code)) for code in codes),
            *(Part(asked_id=f"{series}/{order}", language=original, order=order) for order in ask.orders),
        )

    def together(self, parts: Sequence[Part], counts: Mapping[int, int]) -> tuple[tuple[Part, ...], ...]:
        return tuple((part,) for part in parts)

    def listed(self, ask: Ask, parts: Sequence[Part], http: Http) -> Mapping[Part, Fragment | None]:
        [part] = parts
        path = f"/series/{quote(ask.ids['tvdb'], safe='')}/episodes/{part.order or OFFICIAL}"
        path += f"/{part.shape}" if part.shape else ""
        pages: list[Any] = []
        while len(pages) < MAX_PAGES:
            page = _get(http, ask.settings, path, {"page": str(len(pages))})
            if page in pages:
                raise BadAnswer("TheTVDB repeats a page of its list")
            pages.append(page)
            if not _has_next(page):
                return {part: parse_episodes(pages, part.language)}
        raise BadAnswer(f"TheTVDB's list has more than {MAX_PAGES} pages")

    def preview(self, url: str, field: str) -> str:
        """Stills have none: they are small themselves."""
        name, dot, ending = url.rpartition(".")
        return f"{name}_t.{ending}" if dot and field != "still" and not name.endswith("_t") else ""

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        _get(http, settings, "/artwork/types", {})


def _get(http: Http, settings: Mapping[str, SettingValue], path: str, params: Mapping[str, str]) -> Any:
    """GET with the remembered token; one that is refused is replaced once."""
    token = http.recall("token")
    if token:
        try:
            return http.get(path, params, _bearer(token))
        except KeyRefused:
            if http.recall("token") == token:  # else another thread has logged in meanwhile
                http.remember("token", None)
    return http.get(path, params, _bearer(http.recall("token") or _login(http, settings)))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _login(http: Http, settings: Mapping[str, SettingValue]) -> str:
    if not settings.get("api_key"):
        raise KeyRefused("TheTVDB needs an API key")
    body = {"apikey": settings["api_key"]} | ({"pin": settings["pin"]} if settings.get("pin") else {})
    token = _data(http.post("/login", body), dict).get("token")
    if not isinstance(token, str) or not token:
        raise BadAnswer("TheTVDB's login answered without a token")
    http.remember("token", token)
    return token


def _message(body: bytes) -> str:
    """The text of an error body; "" for one that is not JSON, such as the HTML of a gateway."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(answer.get("message", "")) if isinstance(answer, dict) else ""


def _data(body: Any, kind: type) -> Any:
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, kind):
        raise BadAnswer("TheTVDB answered without the data that was asked for")
    return data


def _record(body: Any) -> dict[str, Any]:
    record: dict[str, Any] = _data(body, dict)
    if not _identifier(record.get("id")):
        raise BadAnswer("TheTVDB answered with a record without an id")
    return record


def _identifier(raw: Any) -> str | None:
    """TheTVDB's own id, a number above 0 or such a number as text."""
    value = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    return value if valid_id("tvdb", value) else None


def parse_details(kind: Kind, body: Any, preferences: Preferences) -> Fragment:
    """What `/movies/{id}/extended` or `/series/{id}/extended`, with translations, says. Raises BadAnswer."""
    record = _record(body)
    reading = Reading(Tvdb, kind)
    spoken = languages_of(preferences, _original(record))
    _read_texts(reading, record, _codes_wanted(preferences, record), spoken)
    country = COUNTRY_CODES.get(preferences.country.upper(), "")
    _read_facts(reading, record, country)
    if kind is Kind.SERIES:
        reading.read("release_date", lambda: iso_date(record["firstAired"]))
        reading.read_year(lambda: first_year(record["year"]), lambda: iso_date(record["firstAired"]))
        reading.read("runtime_minutes", lambda: whole(record["averageRuntime"]))
    else:
        reading.read("release_date", lambda: _premiere(record, country))
        reading.read_year(lambda: first_year(record["year"]), lambda: _earliest(_releases(record)))
        reading.read("runtime_minutes", lambda: whole(record["runtime"]))
    _read_people(reading, record)
    _read_artwork(reading, record, kind)
    reading.read_texts("trailer", lambda: _trailers(record), spoken)
    fragment = reading.fragment(
        {"tvdb": str(record["id"]), **parse_remote_ids(record.get("remoteIds"))},
        (title for title in _all_titles(record) if not _is_placeholder(title)),
    )
    if kind is not Kind.SERIES:
        return fragment
    return replace(fragment, orders=_orders(record), seasons=tuple(_seasons(record)))


def _orders(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The orders that a series has: TheTVDB answers with an empty list about others."""
    types = optional(lambda raw: each(objects(raw), lambda row: text(row["type"])), record.get("seasonTypes")) or []
    return tuple(dict.fromkeys(ORDERS.get(order, order) for order in types if order))


def _seasons(record: Mapping[str, Any]) -> Iterator[ListedSeason]:
    """Every season of every order; what is said about it is its artwork, which stands with that of the series."""
    rows = optional(lambda raw: each(objects(raw), _season), record.get("seasons")) or []
    by_season: dict[Any, list[dict[str, Any]]] = {}
    for artwork in optional(objects, record.get("artworks")) or ():
        by_season.setdefault(_identifier(artwork.get("seasonId")), []).append(artwork)
    for season_id, order, place in rows:
        reading = Reading(Tvdb, Kind.SEASON)
        if isinstance(record.get("artworks"), list):
            own = {"artworks": by_season.get(season_id, [])}
            for field, type_number in ARTWORK_TYPES[Kind.SEASON].items():
                reading.read(field, partial(_images, own, type_number))
        yield ListedSeason(number=place, order=order, fragment=reading.fragment({}))


def _season(row: Mapping[str, Any]) -> tuple[str, str, int] | None:
    season_id, order = _identifier(row["id"]), text(section(row, "type")["type"])
    return (season_id, ORDERS.get(order, order), place_number(row["number"])) if season_id and order else None


def _has_next(page: Any) -> bool:
    links = page.get("links") if isinstance(page, dict) else None
    return isinstance(links, dict) and bool(links.get("next"))


def parse_episodes(pages: Iterable[Any], language: str) -> Fragment:
    """What the pages of `/series/{id}/episodes/{order}` list, with or without a language. Raises BadAnswer.

    With a language the series is around the list, else beside it. Of two records of one id the later one counts.
    """
    records = [record for page in pages for record in _listed(page)]
    records.sort(key=lambda record: str(record.get("lastUpdated") or ""))
    entries = {entry.id: entry for entry in each(records, lambda record: _episode(record, language))}
    return Fragment(provider=Tvdb.id, kind=Kind.SEASON, listed=tuple(entries.values()))


def _listed(page: Any) -> list[dict[str, Any]]:
    try:
        return objects(_data(page, dict)["episodes"])
    except UNREADABLE as error:
        raise BadAnswer("TheTVDB's answer is no list of episodes") from error


def _episode(record: dict[str, Any], language: str) -> ListedEpisode:
    tvdb = _identifier(record["id"])
    if tvdb is None:
        raise Malformed("an episode without an id")
    season, number = place_number(record["seasonNumber"]), place_number(record["number"])
    reading = Reading(Tvdb, Kind.EPISODE)
    reading.read_texts("title", lambda: _spoken(episode_title(text(record["name"]), season, number), language), ENGLISH)
    reading.read_texts("plot", lambda: _spoken(text(record["overview"]), language), ENGLISH)
    reading.read("release_date", lambda: iso_date(record["aired"]))
    reading.read("runtime_minutes", lambda: whole(record["runtime"]))
    reading.read("still", lambda: _still(record["image"]))
    return ListedEpisode(id=f"tvdb:{tvdb}", season=season, number=number, fragment=reading.fragment({"tvdb": tvdb}))


def _spoken(words: str | None, language: str) -> tuple[Text, ...]:
    return (Text(value=words.replace("\r\n", "\n"), language=language),) if words else ()


def _still(raw: Any) -> Artwork:
    url = image_url(raw)
    return (Image(url=url),) if url else ()


def _original(record: Mapping[str, Any]) -> str:
    """The original language, ISO 639-1; "" where it is not told, or has no such code."""
    code = record.get("originalLanguage")
    return SHORT_LANGUAGES.get(code, "") if isinstance(code, str) else ""


def _read_texts(reading: Reading, record: Mapping[str, Any], wanted: tuple[str, ...], spoken: TitleLanguages) -> None:
    reading.read("original_title", lambda: _no_placeholder(text(record["name"])))
    if "translations" not in record:
        reading.missing("translations", ("title", "plot"))
        return
    reading.read_texts("title", lambda: _titles(record, wanted), spoken)
    reading.read_texts("plot", lambda: _translated(record, "overviewTranslations", "overview", wanted), spoken)


def _titles(record: Mapping[str, Any], wanted: tuple[str, ...]) -> tuple[Text, ...]:
    named = tuple(_translated(record, "nameTranslations", "name", wanted))
    own = Text(value=optional(text, record.get("name")) or "", language=_original(record) or "und")
    return tuple(each for each in (*named, own) if _no_placeholder(each.value))


def _codes_wanted(preferences: Preferences, record: Mapping[str, Any]) -> tuple[str, ...]:
    """TheTVDB's codes for the listed languages, the best first, and for the original one."""
    listed = [code for tag in preferences.languages for code in own_codes(tag)]
    original = record.get("originalLanguage")
    return tuple(dict.fromkeys((*listed, *([original] if isinstance(original, str) else ()))))


def _read_facts(reading: Reading, record: Mapping[str, Any], country: str) -> None:
    """`country` is the owner's, as TheTVDB writes it ("usa"); "" when it is not in the table."""
    reading.read("status", lambda: text(section(record, "status")["name"]))
    reading.read("genres", lambda: texts(genre.get("name") for genre in objects(record["genres"])))
    reading.read("certification", lambda: _certification(record["contentRatings"], country))
    reading.read("studios", lambda: _studios(record))
    reading.read("countries", lambda: texts(COUNTRY_NAMES.get(code, "") for code in _countries(record)))
    reading.read("languages", lambda: texts(LANGUAGE_NAMES.get(code, "") for code in _languages(record)))
    reading.read("original_language", lambda: SHORT_LANGUAGES.get(text(record["originalLanguage"]) or ""))
    reading.read("homepage", lambda: _homepage(record["remoteIds"]))
    reading.read("networks", lambda: _networks(record))
    reading.read("end_date", lambda: _end_date(record))


def _read_people(reading: Reading, record: Mapping[str, Any]) -> None:
    for field, role in {"directors": "Director", "writers": "Writer", "creators": "Creator"}.items():
        reading.read(field, partial(_names, record, role))
    reading.read("cast", lambda: _cast(_people(record, "Actor")))


def _read_artwork(reading: Reading, record: Mapping[str, Any], kind: Kind) -> None:
    numbers = ARTWORK_TYPES[kind]
    for field, type_number in numbers.items():
        if field != "poster":
            reading.read(field, partial(_images, record, type_number))
    reading.read("poster", lambda: posters(_images(record, numbers["poster"])))
    reading.read("keyart", lambda: _keyart(record, numbers["poster"]))


def language_codes(language: str) -> tuple[str, ...]:
    """TheTVDB's codes for a language such as "pt-BR", best first, English last."""
    return tuple(dict.fromkeys((*own_codes(language), "eng")))


def own_codes(language: str) -> tuple[str, ...]:
    """TheTVDB's codes for a language such as "pt-BR", best first."""
    base = language.partition("-")[0].lower()
    return REGIONAL_LANGUAGES.get(language) or REGIONAL_LANGUAGES.get(base) or (LANGUAGE_CODES.get(base, base),)


REGIONS = {"pt": "pt-BR", "por": "pt-PT", "zhtw": "zh-TW", "yue": "zh-HK"}


def tag_of(code: str) -> str:
    """The tag of a language that TheTVDB names by its code, such as "es" for "spa"; "und" where there is none."""
    return REGIONS.get(code) or SHORT_LANGUAGES.get(code) or "und"


def _translated(record: Mapping[str, Any], part: str, key: str, wanted: Iterable[str]) -> Iterator[Text]:
    """Texts in these languages, in their order; aliases are no names."""
    entries = each(
        section(record, "translations").get(part),
        lambda entry: None if entry.get("isAlias") else (str(entry["language"]), text(entry[key])),
    )
    by_language = dict(reversed(entries))
    for language in wanted:
        if translation := by_language.get(language):
            yield Text(value=translation.replace("\r\n", "\n"), language=tag_of(language))


def _is_placeholder(name: str) -> bool:
    return name.casefold() in ("tba", "tbd")


def _no_placeholder(name: str | None) -> str | None:
    return None if name is None or _is_placeholder(name) else name


def _all_titles(record: Mapping[str, Any]) -> Iterator[str]:
    """Every name, for matching: what is malformed there costs nothing."""
    translations = record.get("translations")
    lists = (
        [translations.get("nameTranslations"), translations.get("aliases")] if isinstance(translations, dict) else []
    )
    yield from texts([record.get("name")]) or ()
    for entries in (*lists, record.get("aliases")):
        for entry in entries if isinstance(entries, list) else ():
            yield from texts([entry.get("name") if isinstance(entry, dict) else entry]) or ()


def parse_remote_ids(raw: Any) -> dict[str, str]:
    """Ids of other services by id type. Where a record has several different ones of a type, none is believed."""
    by_type: dict[str, set[str]] = {}
    for entry in raw if isinstance(raw, list) else ():
        source = entry.get("sourceName") if isinstance(entry, dict) else None
        id_type, pattern = REMOTE_IDS.get(str(source).lower(), ("", r"(?!)"))
        if match := re.match(pattern, str(entry.get("id")).strip() if id_type else ""):
            by_type.setdefault(id_type, set()).add(match[0])
    return {id_type: values.pop() for id_type, values in by_type.items() if len(values) == 1}


def _certification(ratings: Any, country: str) -> str | None:
    """Of several, always the same: the list has no sequence that would mean anything."""
    there = [rating for rating in objects(ratings) if rating.get("country") == country]
    return min(each(there, lambda rating: certification(rating["name"])), default=None)


def _studios(record: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Studios, then production companies. Series have one list, movies a list per role (null: none)."""
    companies = record["companies"]
    if isinstance(companies, dict):
        lists = each([companies.get("studio"), companies.get("production")], lambda listed: objects(listed) or None)
        return texts(company.get("name") for listed in lists for company in listed)
    roles = [(_role(company), company.get("name")) for company in objects(companies)]
    return texts(name for wanted in ("studio", "production") for role, name in roles if role.startswith(wanted))


def _role(company: Mapping[str, Any]) -> str:
    kind = company.get("companyType")
    return str(kind.get("companyTypeName")).lower() if isinstance(kind, dict) else ""


def _networks(record: Mapping[str, Any]) -> tuple[str, ...] | None:
    keys = ("originalNetwork", "latestNetwork")
    named = each([record[key] for key in keys], lambda network: network and text(network["name"]))
    return texts(named)


def _countries(record: Mapping[str, Any]) -> list[str]:
    """Codes of the countries that made it: movies list them, series have one of origin."""
    produced = each(record.get("production_countries"), lambda country: text(country["country"]))
    return produced or each([record["originalCountry"]], text)


def _languages(record: Mapping[str, Any]) -> list[str]:
    return each(record.get("spoken_languages"), text) or each([record["originalLanguage"]], text)


def _homepage(remote_ids: Any) -> str | None:
    official = [entry for entry in objects(remote_ids) if entry.get("sourceName") == "Official Website"]
    return next(iter(each(official, lambda entry: web_address(entry["id"]))), None)


def _end_date(record: Mapping[str, Any]) -> str | None:
    status = section(record, "status")
    status_code = STATUSES.get(optional(text, status.get("name")) or "") or section(status, "id", int)
    return iso_date(record["lastAired"]) if status_code == STATUSES["Ended"] else None


def _premiere(record: Mapping[str, Any], country: str) -> str | None:
    """The first release in the owner's country, if that is no re-release, else the first anywhere."""
    releases = _releases(record)
    here = [release for release in releases if release.get("country") == country]
    return release_day(optional(_earliest, here), _earliest(releases))


def _releases(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "releases" not in record and "first_release" not in record:
        raise Malformed("neither releases nor first_release")
    first = optional(lambda each: section(each, "first_release"), record)
    return [*objects(record.get("releases")), *([first] if first else [])]


def _earliest(releases: list[dict[str, Any]]) -> str | None:
    return min(each(releases, lambda release: iso_date(release["date"])), default=None)


def _people(record: Mapping[str, Any], people_type: str) -> list[dict[str, Any]]:
    people = [person for person in objects(record["characters"]) if person.get("peopleType") == people_type]
    return sorted(people, key=lambda person: optional(number, person.get("sort")) or 0.0)


def _names(record: Mapping[str, Any], people_type: str) -> tuple[str, ...] | None:
    return texts(person.get("personName") for person in _people(record, people_type))


def _cast(actors: list[dict[str, Any]]) -> tuple[Credit, ...]:
    return one_entry_each(each(actors, _credit))


def _credit(actor: Mapping[str, Any]) -> Credit:
    name = text(actor["personName"])
    if name is None:
        raise Malformed("nobody has this role")
    photo = optional(image_url, actor.get("personImgURL")) or optional(image_url, actor.get("image"))
    return Credit(
        name=name,
        role=optional(text, actor.get("name")) or "",
        photo=photo or "",
        ids={"tvdb": tvdb_id} if (tvdb_id := _identifier(actor.get("peopleId"))) else {},
    )


def _trailers(record: Mapping[str, Any]) -> Iterator[Text]:
    """The first in each language; one that names none speaks the original."""
    original = _original(record) or "und"
    for url, code in each(record["trailers"], lambda one: (https(one["url"]), optional(text, one.get("language")))):
        if url:
            yield Text(value=url, language=tag_of(code) if code else original)


def image_url(raw: Any) -> str | None:
    """An image's address. TheTVDB also writes paths: `/banners/v4/…`, and some without `/banners`."""
    read = text(raw)
    if read is None or read.startswith(("https://", "http://")):
        return https(read)
    path = read.lstrip("/")
    return https(ARTWORK_HOST + (path if path.startswith("banners/") else f"banners/{path}"))


def _images(record: Mapping[str, Any], type_number: int) -> Artwork:
    of_type = [artwork for artwork in objects(record["artworks"]) if artwork.get("type") == type_number]
    return tuple(sorted(each(of_type, _image), key=lambda image: -image.votes))


def _keyart(record: Mapping[str, Any], type_number: int) -> Artwork:
    """Posters said to bear no text; of which nothing is said, those without a language beside some that have one."""
    of_type = [artwork for artwork in objects(record["artworks"]) if artwork.get("type") == type_number]
    said = [artwork for artwork in of_type if artwork.get("includesText") is False]
    silent = [a for a in of_type if a.get("includesText") is None and not a.get("language")]
    return _images({"artworks": said + silent if len(silent) < len(of_type) else []}, type_number)


def _image(artwork: Mapping[str, Any]) -> Image | None:
    """The score is TheTVDB's own ordering, far from any rating: it serves as votes."""
    url, language = image_url(artwork["image"]), short_code(artwork.get("language")) or ""
    if url is None:
        return None
    # A logo is lettering, whatever its record says.
    textless = artwork.get("includesText") is False and artwork["type"] not in LOGOS
    return Image(
        url=url,
        width=optional(whole, artwork.get("width")) or 0,
        height=optional(whole, artwork.get("height")) or 0,
        language="" if textless else SHORT_LANGUAGES.get(language, language),
        votes=optional(number, artwork.get("score")) or 0.0,
    )


def parse_remote_matches(kind: Kind, body: Any, id_type: str, value: str) -> dict[str, bool | None]:
    """TVDB ids of this kind that `/search/remoteid` found; other kinds come along and are passed over.

    True where the entry's own remote ids confirm the match, False where they contradict it, None where it has none.
    """
    data = body.get("data") if isinstance(body, dict) else body
    if data is not None and not isinstance(data, list):
        raise BadAnswer("TheTVDB's look-up answered without a list")
    by_id: dict[str, bool | None] = {}
    for entry in data or ():
        match = entry.get(kind.value) if isinstance(entry, dict) else None
        if isinstance(match, dict) and (tvdb_id := _identifier(match.get("id"))):
            ids = parse_remote_ids(match.get("remoteIds"))
            by_id[tvdb_id] = ids[id_type] == value if id_type in ids else None
    return by_id


def parse_search(kind: Kind, body: Any, preferences: Preferences) -> tuple[Candidate, ...]:
    """Candidates of this kind from `/search`; a malformed one costs itself only. Raises BadAnswer."""
    results = _data(body, list)
    wanted = language_codes(preferences.language)
    return tuple(filter(None, (_candidate(kind, result, wanted) for result in results)))


def _candidate(kind: Kind, result: Any, wanted: tuple[str, ...]) -> Candidate | None:
    if not isinstance(result, dict) or result.get("type") != kind.value:
        return None
    tvdb_id = _identifier(result.get("tvdb_id"))
    translations, overviews = (_texts_by_language(result.get(key)) for key in ("translations", "overviews"))
    aliases = result.get("aliases")
    titles = texts(
        (
            *(translations.get(language) for language in wanted),
            result.get("name"),
            *translations.values(),
            *(aliases if isinstance(aliases, list) else ()),
        )
    )
    year = str(result.get("year"))
    if not tvdb_id or not titles:
        return None
    country = SHORT_COUNTRIES.get(str(result.get("country")))
    return Candidate(
        provider=Tvdb.id,
        kind=kind,
        ids={"tvdb": tvdb_id, **parse_remote_ids(result.get("remote_ids"))},
        titles=titles,
        year=int(year) if re.fullmatch(r"[12]\d{3}", year) else 0,
        countries=(country,) if country else (),
        overview=next(iter(texts((*(overviews.get(code) for code in wanted), result.get("overview"))) or ()), ""),
        poster=_poster(result.get("image_url")),
    )


def _texts_by_language(raw: Any) -> dict[str, str]:
    return (
        {language: words for language, words in raw.items() if isinstance(words, str)} if isinstance(raw, dict) else {}
    )


def _poster(raw: Any) -> str:
    return (image_url(raw) or "") if isinstance(raw, str) else ""
