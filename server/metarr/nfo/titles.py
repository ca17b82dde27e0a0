"""Reads .nfo files as Kodi, Jellyfin and tinyMediaManager write them. Pure: bytes in, titles out.

What is malformed costs itself only; a field of which the value cannot be right is left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

from metarr.domain.checked import checked_value
from metarr.domain.fields import fields_of
from metarr.domain.id_spelling import valid_id
from metarr.domain.values import Kind

MOST_BYTES = 5 * 1024 * 1024
"""Files beyond this are no .nfo files, whatever they say."""

KINDS = {"movie": Kind.MOVIE, "tvshow": Kind.SERIES, "episodedetails": Kind.EPISODE}
"""What an element at the top is about."""


class NotUnderstood(Exception):
    """A file that cannot be read; the text tells a person why, `line` where (0: the whole file)."""

    def __init__(self, why: str, line: int = 0) -> None:
        self.line = line
        super().__init__(why)


class NoNfo(NotUnderstood):
    """A file that is something else, such as the release notes that bear the same name."""


@dataclass(frozen=True)
class Title:
    """A title that a file describes. `fields`: plain values by name, all of them acceptable. `year` 0: unknown.

    `season`, `episode`: None where the file does not tell; `show`: the name of an episode's series, where it tells.
    `line`: where it begins.
    """

    kind: Kind
    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    season: int | None = None
    episode: int | None = None
    show: str = ""
    lock_all: bool = False
    line: int = 1


def parse(content: bytes) -> list[Title]:
    """The titles of a file: one, or several episodes that share a video. Raises NotUnderstood."""
    if len(content) > MOST_BYTES:
        raise NotUnderstood(f"has more than {MOST_BYTES // 1024 // 1024} MB")
    text = _text(content)
    start, end = text.find("<"), text.rfind(">")
    body = text[start : end + 1] if start >= 0 else ""
    link = _linked_id(text[end + 1 :])
    first = text.count("\n", 0, max(start, 0)) + 1
    found = [
        _title(element, KINDS[element.tag], link if number == 0 else {}, first)
        for number, element in enumerate(_elements(body, first))
        if element.tag in KINDS
    ]
    if not found:
        raise NoNfo("holds no movie, tvshow or episodedetails element")
    return found


# Text


_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Whoever can read the declaration byte by byte has no UTF-16 before him, whatever it says.
_TEXTUAL = re.compile(r"(us-?)?ascii|latin[-_]?1|iso[-_]?8859[-_]\d+|(windows|cp)[-_]?\d+", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def _text(content: bytes) -> str:
    """The file as text: as its mark or its declaration says; else UTF-8, and where it is none, the western encoding."""
    for name in _encodings(content):
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        # Control characters are no XML, and some tools write them all the same.
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text.replace("\r\n", "\n"))
    return ""


def _encodings(content: bytes) -> Iterator[str]:
    for mark, name in _BOMS:
        if content.startswith(mark):
            yield name
    declared = _DECLARED.search(content[:300])
    if declared and _TEXTUAL.fullmatch(declared[1].decode()):
        yield declared[1].decode()
    yield from ("utf-8", "cp1252", "latin-1")


# XML


def _elements(body: str, first_line: int) -> list[Element]:
    """The elements at the top, of which there may be several. Raises NotUnderstood."""
    if "<!ENTITY" in body or re.search(r"<!DOCTYPE[^<>\[]*\[", body):
        raise NotUnderstood("declares entities of its own, which are not read", first_line)
    # As one document they need one root; declarations may stand before each of them, and are gone by now.
    plain = re.sub(r"<\?xml[^<>]*\?>|<!DOCTYPE[^<>]*>", lambda gone: "\n" * gone[0].count("\n"), body)
    try:
        return list(fromstring(f"<nfo>{plain}</nfo>"))  # noqa: S314 (no document type can be declared within a root)
    except ParseError as error:
        line, _ = error.position
        raise NotUnderstood(f"is no XML: {str(error).partition(':')[0]}", line + first_line - 1) from None


def _child(parent: Element, *names: str) -> str:
    """The text of the first child of one of these names that has any."""
    return next((text for name in names for text in _children(parent, name)), "")


def _children(parent: Element, name: str) -> list[str]:
    return [text for child in parent.findall(name) if (text := (child.text or "").strip())]


def _parts(parent: Element, name: str) -> list[str]:
    """Texts of all children of a name; one child may hold several, parted by " / "."""
    return [part.strip() for text in _children(parent, name) for part in text.split(" / ") if part.strip()]


def _number(text: str) -> float | None:
    """A number above 0, also "1,234" and "139 min"; None for anything else."""
    match = re.match(r"\d{1,15}(\.\d{1,9})?", re.sub(r"(?<=\d)[, ](?=\d{3})", "", text))
    return (float(match[0]) or None) if match else None


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None


# Titles


def _title(element: Element, kind: Kind, link: Mapping[str, str], line: int) -> Title:
    date = _child(element, "aired", "premiered", "releasedate", "firstaired") if kind is not Kind.MOVIE else ""
    date = (date or _child(element, "premiered", "releasedate"))[:10]
    year = _whole(_child(element, "year")[:4]) or _whole(date[:4]) or 0
    return Title(
        kind=kind,
        title=" ".join(_child(element, "title", "originaltitle").split())[:500],
        year=year if 1870 <= year <= 2200 else 0,
        ids={**link, **_ids(element, kind)},
        fields=_acceptable(kind, {**_facts(element, kind), "release_date": date}),
        season=_whole(_child(element, "season")),
        episode=_whole(_child(element, "episode")),
        show=_child(element, "showtitle")[:500],
        lock_all=_child(element, "lockdata").lower() == "true",
        line=line,
    )


def _acceptable(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """What an item of this kind can have, and only values that can be right."""
    fields = {}
    for name in (each.name for each in fields_of(kind)):
        try:
            if given.get(name) not in (None, "", []) and checked_value(name, given[name]) is not None:
                fields[name] = given[name]
        except ValueError:
            continue
    return fields


def _facts(element: Element, kind: Kind) -> dict[str, Any]:
    writers = _parts(element, "credits") or _parts(element, "writer")
    return {
        "original_title": _child(element, "originaltitle"),
        "sort_title": _child(element, "sorttitle"),
        "tagline": _child(element, "tagline"),
        "plot": _child(element, "plot"),
        "outline": _child(element, "outline"),
        "end_date": _child(element, "enddate")[:10],
        "runtime_minutes": _minutes(_child(element, "runtime")),
        "status": _child(element, "status"),
        "certification": _rated(_child(element, "mpaa", "certification")[:200]),
        "genres": _parts(element, "genre"),
        "studios": _parts(element, "studio"),
        "countries": _parts(element, "country"),
        "tags": _children(element, "tag"),
        "directors": _parts(element, "director"),
        "writers": writers,
        "creators": writers,
        "cast": list(_cast(element)),
        "collection": _collection(element),
        "trailer": _trailer(_child(element, "trailer")[:2000]),
        "season_number": _whole(_child(element, "season")) if kind is Kind.EPISODE else None,
        "episode_number": _whole(_child(element, "episode")) if kind is Kind.EPISODE else None,
        **_ratings(element),
        **_art(element, kind),
    }


def _minutes(text: str) -> int | None:
    hours = re.match(r"(\d{1,3})\s*h\D{0,8}(\d{1,2})?", text)
    if hours:
        return int(hours[1]) * 60 + int(hours[2] or 0)
    minutes = _number(text)
    return round(minutes) if minutes else None


def _rated(text: str) -> str:
    """The bare rating: "PG-13" of "Rated PG-13 for violence" and of "US:PG-13 / DE:12"."""
    first = re.sub(r"^[A-Z]{2,3}:", "", text.partition(" / ")[0].strip())
    bare = re.sub(r"^Rated\s+", "", first, flags=re.IGNORECASE)
    bare = re.split(r"\s+for\s", bare, maxsplit=1)[0].strip()
    return "" if bare.lower() in ("", "rated", "n/a", "none") else bare


def _collection(element: Element) -> dict[str, str] | None:
    """A movie set: newer files name it in an element of its own, with an overview beside it."""
    held = element.find("set")
    name = "" if held is None else _child(held, "name") or (held.text or "").strip()
    return {"name": name} if name else None


def _trailer(text: str) -> str:
    """An address; that of a Kodi add-on, where it names a video of YouTube, as the page of the video."""
    video = re.search(r"plugin://plugin\.video\.youtube/.*?video_?id=([\w-]{6,20})", text)
    if video:
        return f"https://www.youtube.com/watch?v={video[1]}"
    return text if re.match(r"https?://\S+$", text) else ""


def _cast(element: Element) -> Iterator[dict[str, Any]]:
    for place, actor in enumerate(element.findall("actor")):
        if not (name := _child(actor, "name")):
            continue
        order = _whole(_child(actor, "order", "sortorder"))
        photo = _https(_child(actor, "thumb"))
        yield {
            "name": name[:1000],
            "role": _child(actor, "role")[:1000],
            "order": place if order is None else order,
            "photo": photo,
        }


# Ids


_ALIASES = {"themoviedb": "tmdb", "thetvdb": "tvdb", "tvdbid": "tvdb", "imdbid": "imdb", "tmdbid": "tmdb"}
_OF_NO_TITLE = {"unknown", "home", "tmdbset", "tmdbcol", "tmdbcollection", "tvdbcollection"}
"""Types under which files carry ids that several titles share, or that say nothing."""


def _ids(element: Element, kind: Kind) -> dict[str, str]:
    """Its external ids; of two of one type the default one counts, then an element for all types before others."""
    unique = element.findall("uniqueid")
    unique.sort(key=lambda each: each.get("default", "").lower() != "true")
    claims = [(each.get("type", ""), each.text or "") for each in unique]
    claims += [("imdb", text) for name in ("imdbid", "imdb_id") for text in _children(element, name)]
    claims += [(name, text) for name in ("tmdbid", "tvdbid") for text in _children(element, name)]
    claims += [(_legacy_type(text, kind), text) for text in _children(element, "id")]
    ids: dict[str, str] = {}
    for told, text in claims:
        id_type = _ALIASES.get(told.strip().lower(), told.strip().lower())
        value = text.strip()
        if id_type in ("", "unknown") and value.startswith("tt"):
            id_type = "imdb"
        if id_type not in _OF_NO_TITLE and valid_id(id_type, value):
            ids.setdefault(id_type, value)
    return ids


def _legacy_type(value: str, kind: Kind) -> str:
    """What a bare `id` is: scrapers wrote IMDb's, or for series and episodes TVDB's."""
    if value.startswith("tt"):
        return "imdb"
    return "" if kind is Kind.MOVIE else "tvdb"


_LINKS = (
    ("imdb", re.compile(r"imdb\.com/\S*?title/(tt\d{7,10})")),
    ("tmdb", re.compile(r"themoviedb\.org/(?:movie|tv)/(\d{1,12})")),
    ("tvdb", re.compile(r"thetvdb\.com/\S*?[?&]id=(\d{1,12})")),
)


def _linked_id(tail: str) -> dict[str, str]:
    """The id in an address that follows the XML, by which Kodi has its scraper find the title."""
    found = {id_type: match[1] for id_type, link in _LINKS if (match := link.search(tail[:2000]))}
    return {id_type: value for id_type, value in found.items() if valid_id(id_type, value)}


# Ratings

_RATINGS: Mapping[str, tuple[str, str, int]] = {
    "imdb": ("imdb_rating", "imdb_votes", 10),
    "themoviedb": ("tmdb_rating", "tmdb_votes", 10),
    "tmdb": ("tmdb_rating", "tmdb_votes", 10),
    "tomatometerallcritics": ("rotten_tomatoes_score", "", 100),
    "rottentomatoes": ("rotten_tomatoes_score", "", 100),
    "metacritic": ("metacritic_score", "", 100),
}
"""By the name of a rating: its field, the field of its votes, and its scale here."""


def _ratings(element: Element) -> dict[str, Any]:
    """Ratings of which the file says whose they are. A bare one may be anybody's."""
    told: dict[str, Any] = {}
    listed = element.find("ratings")
    ratings = [] if listed is None else listed.findall("rating")
    ratings.sort(key=lambda each: each.get("default", "").lower() != "true")
    for rating in ratings:
        score, votes, scale = _RATINGS.get(rating.get("name", "").lower(), ("", "", 0))
        value, best = _number(_child(rating, "value")), _number(rating.get("max", "10"))
        if not score or not value or not best or score in told:
            continue
        scaled = value * scale / best
        told[score] = round(scaled, 3) if scale == 10 else round(scaled)
        if votes and (count := _number(_child(rating, "votes"))):
            told[votes] = round(count)
    if critics := _number(_child(element, "criticrating")):
        told.setdefault("rotten_tomatoes_score", round(critics))
    return told


# Artwork

_ASPECTS = {"discart": "disc", "logo": "clearlogo", "": "poster", "thumb": "landscape"}
MOST_FANART = 6


def _art(element: Element, kind: Kind) -> dict[str, Any]:
    """The first image of each kind that has a web address; of fanart a few. Images of single seasons are not its."""
    found: dict[str, list[dict[str, Any]]] = {}
    for thumb in element.findall("thumb"):
        if thumb.get("season", "-1") not in ("-1", "") or thumb.get("type") == "season":
            continue
        aspect = thumb.get("aspect", "").lower()
        name = "still" if kind is Kind.EPISODE else _ASPECTS.get(aspect, aspect)
        _add(found, name, thumb.text or "")
    for fanart in element.findall("fanart"):
        for thumb in fanart.findall("thumb"):
            _add(found, "fanart", fanart.get("url", "") + (thumb.text or "").strip())
    for art in element.findall("art"):
        for image in art:
            _add(found, _ASPECTS.get(image.tag, image.tag) if image.tag != "thumb" else "still", image.text or "")
    return {name: images[: MOST_FANART if name == "fanart" else 1] for name, images in found.items()}


def _add(found: dict[str, list[dict[str, Any]]], name: str, address: str) -> None:
    url = _https(address)
    images = found.setdefault(name, [])
    if url and {"url": url} not in images:
        images.append({"url": url})


def _https(address: str) -> str:
    """A web address that can be shown, always https; "" for a path."""
    url = re.sub(r"^http://", "https://", address.strip()[:2001])
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme == "https" and parts.hostname and len(url) <= 2000 and not re.search(r"\s", url) else ""
