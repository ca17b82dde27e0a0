"""The titles that an .nfo file describes, whichever tool wrote it.

What is malformed costs itself only; a field of which the value cannot be right is left out. So is what Metarr has no
place for: where a special is shown among the episodes, the edition, when a file was added, the overview of a set, and
what belongs to whoever watched it. What a series' file calls its seasons is read by `season_names`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element

from metarr.domain.addresses import Link, links
from metarr.domain.checked import checked_value
from metarr.domain.fields import fields_of
from metarr.domain.texts import LONG_TEXTS, cleaned, is_blank, says_nothing
from metarr.domain.values import Kind
from metarr.nfo import lists
from metarr.nfo.artwork import artwork, https
from metarr.nfo.encoding import text_of
from metarr.nfo.ids import Ids, ids_of
from metarr.nfo.markup import MOST_TAGS, TooManyTags, read
from metarr.nfo.numbers import amount, count, day, minutes, rating, whole, year

MOST_BYTES = 5 * 1024 * 1024
MOST_TITLES = 1000
"""Files beyond this are no .nfo files, whatever they say."""

KINDS = {"movie": Kind.MOVIE, "tvshow": Kind.SERIES, "season": Kind.SEASON, "episodedetails": Kind.EPISODE}
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

    `ids`: by type, whatever they are worth for the kind (`domain.ids.worth`); `weak`: types of those that need a second
    witness. `season`, `episode`: None where the file does not tell; `show`, `show_ids`: the name and ids of an
    episode's series, where it tells. `certification` is as the file has it, for any country
    (`domain.certifications`). `lock_all`: all of its fields are to stay; else those in `lock`. `line`: where it begins.
    """

    kind: Kind
    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)
    season: int | None = None
    episode: int | None = None
    show: str = ""
    show_ids: Mapping[str, str] = field(default_factory=dict)
    lock_all: bool = False
    lock: frozenset[str] = frozenset()
    line: int = field(default=1, compare=False)


def parse(content: bytes, name: str = "") -> list[Title]:
    """The titles of a file: one, or several episodes that share a video. `name`: the file's, which may say the kind
    where the file holds nothing but addresses. Raises NotUnderstood."""
    if len(content) > MOST_BYTES:
        raise NotUnderstood(f"has more than {MOST_BYTES // 1024 // 1024} MB")
    try:
        document = read(text_of(content))
    except TooManyTags:
        raise NotUnderstood(f"has more than {MOST_TAGS:,} elements") from None
    around = tuple(links(document.around))
    if len(document.titles) > MOST_TITLES:
        raise NotUnderstood(f"describes more than {MOST_TITLES:,} titles; one file describes one, or some episodes")
    titles = [title for element, line in document.titles for title in _titles(element, around, line)]
    filled = [
        title
        for before, title in zip([None, *titles], titles, strict=False)
        if not _is_empty(title) and title != before
    ]
    if titles and not filled:
        raise NotUnderstood("holds nothing about a title that can be read", titles[0].line)
    return filled or [_by_address(around, name)]


def _is_empty(title: Title) -> bool:
    return title == Title(title.kind, lock_all=title.lock_all, lock=title.lock)


def _by_address(around: Sequence[Link], name: str) -> Title:
    """A title of which the file holds an address alone, as Radarr can write it, or release notes do."""
    by_id = {(link.type, link.value): link for link in around}
    abouts = {link.about.kind for link in by_id.values() if link.about and link.about.kind}
    if not by_id:
        raise NoNfo(f"holds no {', '.join(KINDS)} element, and no address of a title")
    if re.search(r"s\d{1,4}[ ._-]?e\d{1,4}", name, re.IGNORECASE):
        raise NoNfo("holds addresses alone, which do not say of which episode")
    if len(abouts) > 1 or len({id_type for id_type, _ in by_id}) < len(by_id):
        raise NoNfo("holds addresses of several titles")
    stem = name.lower().removesuffix(".nfo")
    kind = KINDS.get(stem) or (abouts.pop() if abouts else Kind.MOVIE)
    ids = ids_of(Element("nfo"), kind, around)
    if not ids.title:
        raise NoNfo(f"holds no address of a {kind}")
    return Title(kind, ids=ids.title, weak=ids.weak)


# Texts


def _text(element: Element | None, *, lines: bool = False) -> str:
    return "" if element is None else cleaned(element.text or "", lines=lines)


def _child(parent: Element, *names: str) -> str:
    """The text of the first child of one of these names that says anything."""
    return next((text for name in names for text in _children(parent, name)), "")


def _children(parent: Element, name: str) -> list[str]:
    texts = (_text(child, lines=name in LONG_TEXTS) for child in parent.findall(name))
    return [text for text in texts if not says_nothing(text)]


def _named(parent: Element, *names: str) -> str:
    """A title, which may be "None"."""
    texts = (_text(child) for name in names for child in parent.findall(name))
    return next((text for text in texts if not is_blank(text) and text.casefold() != "n/a"), "")


# Titles


def _titles(element: Element, around: Sequence[Link], line: int) -> Iterator[Title]:
    """The title that an element describes; of several episodes in a video, each, which Jellyfin describes together."""
    title = _title(element, KINDS[element.tag], around, line)
    last = whole(_child(element, "episodenumberend"))
    if title.episode is None or last is None or not title.episode < last <= title.episode + _MOST_TOGETHER:
        yield title
        return
    numbers = range(title.episode, last + 1)
    names = title.title.split(" / ")
    if len(names) != len(numbers):
        names = [title.title, *[""] * (len(numbers) - 1)]
    yield replace(title, title=names[0])
    common = {name: value for name, value in title.fields.items() if name in ("season_number", "release_date")}
    for number, name in zip(numbers[1:], names[1:], strict=True):
        fields = {**common, "episode_number": number}
        yield replace(title, title=name, episode=number, ids={}, weak=frozenset(), fields=fields)


_MOST_TOGETHER = 20

_LOCKED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "cast": ("cast", "directors", "writers", "creators"),
    "genres": ("genres",),
    "productionlocations": ("countries",),
    "studios": ("studios",),
    "tags": ("tags",),
    "name": ("title",),
    "overview": ("plot", "outline"),
    "runtime": ("runtime_minutes",),
    "officialrating": ("certification",),
}
"""By what Jellyfin calls them in `lockedfields`."""


def _locked_fields(text: str) -> Iterator[str]:
    for name in text.split("|"):
        yield from _LOCKED_FIELDS.get(name.strip().lower(), ())


def _title(element: Element, kind: Kind, around: Sequence[Link], line: int) -> Title:
    names = ("premiered", "releasedate") if kind is Kind.MOVIE else ("aired", "premiered", "releasedate", "firstaired")
    date = _child(element, *names)
    ids = ids_of(element, kind, around)
    facts = {**_facts(element, kind, ids), "release_date": day(date)}
    lock_all = _child(element, "lockdata").lower() in ("true", "yes", "1")
    return Title(
        kind=kind,
        title=_named(element, "title", "originaltitle")[:500],
        year=year(_child(element, "year")) or year(date),
        ids=ids.title,
        weak=ids.weak,
        fields=_acceptable(kind, facts),
        season=whole(_child(element, "seasonnumber" if kind is Kind.SEASON else "season")),
        episode=whole(_child(element, "episode")),
        show=_named(element, "showtitle")[:500],
        show_ids=ids.series,
        lock_all=lock_all,
        lock=frozenset() if lock_all else frozenset(_locked_fields(_child(element, "lockedfields"))),
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


def _facts(element: Element, kind: Kind, ids: Ids) -> dict[str, Any]:
    writers = lists.people(_children(element, "credits") or _children(element, "writer"))
    return {
        "original_title": _named(element, "originaltitle"),
        "sort_title": _named(element, "sorttitle"),
        "tagline": _child(element, "tagline"),
        "plot": _child(element, "plot"),
        "outline": _child(element, "outline"),
        "end_date": day(_child(element, "enddate")),
        "runtime_minutes": minutes(_child(element, "runtime")),
        "status": _child(element, "status"),
        "certification": " / ".join(dict.fromkeys(_certifications(element)))[:_MOST_CERTIFICATIONS],
        "genres": lists.genres(_children(element, "genre")),
        "studios": lists.companies(_children(element, "studio") or _children(element, "company")),
        "countries": lists.countries(_children(element, "country")),
        # A code says nothing to a person, and no provider tells one.
        "languages": [name for name in lists.genres(_children(element, "languages")) if len(name) > _CODE],
        "tags": lists.tags(_children(element, "tag")),
        "directors": lists.people(_children(element, "director")),
        "writers": writers,
        "creators": writers,
        "cast": list(_cast(element)),
        "collection": _collection(element, ids),
        "trailer": _trailer(_child(element, "trailer")),
        "season_number": _season_number(element, kind),
        "episode_number": whole(_child(element, "episode")) if kind is Kind.EPISODE else None,
        **_ratings(element),
        **artwork(element, kind),
    }


_MOST_CERTIFICATIONS = 1000
_CODE = 3
"""Letters of a language's code at most."""


def _certifications(element: Element) -> Iterable[str]:
    return (text for name in ("mpaa", "certification", "contentrating") for text in _children(element, name))


def _season_number(element: Element, kind: Kind) -> int | None:
    if kind is Kind.SEASON:
        return whole(_child(element, "seasonnumber"))
    return whole(_child(element, "season")) if kind is Kind.EPISODE else None


def _collection(element: Element, ids: Ids) -> dict[str, Any] | None:
    """A movie set: newer files name it in an element of its own, with an overview beside it."""
    sets = [*element.findall("set"), *element.findall("sets/set")]
    name = next((name for each in sets if (name := _child(each, "name") or _text(each)) and not says_nothing(name)), "")
    if not name:
        return None
    return {"name": name, "ids": dict(ids.collection)} if ids.collection else {"name": name}


_OF_KODI = re.compile(r"plugin://plugin\.video\.(?:youtube|tubed|invidious)/.*?video_?id=([\w-]{6,20})", re.ASCII)
_MOST_TRAILER = 2000


def _trailer(text: str) -> str:
    """An address; that of a Kodi add-on, where it names a video of YouTube, as the page of the video."""
    if video := _OF_KODI.search(text[:_MOST_TRAILER]):
        return f"https://www.youtube.com/watch?v={video[1]}"
    return text[:_MOST_TRAILER] if re.match(r"https?://\S+$", text) else ""


_NO_ACTORS = frozenset({"director", "writer", "producer", "composer"})


def _cast(element: Element) -> Iterator[dict[str, Any]]:
    for place, actor in enumerate(element.findall("actor")):
        name = _child(actor, "name") or _text(actor)
        if says_nothing(name) or _child(actor, "type").lower() in _NO_ACTORS:
            continue
        order = whole(_child(actor, "order", "sortorder"))
        yield {
            "name": name[:1000],
            "role": _child(actor, "role")[:1000],
            "order": place if order is None else order,
            "photo": https(_child(actor, "thumb")),
        }


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
    fields: dict[str, Any] = {}
    ratings = element.findall("ratings/rating")
    ratings.sort(key=lambda each: each.get("default", "").lower() != "true")
    for each in ratings:
        score, votes, scale = _RATINGS.get(re.sub(r"\W|_", "", each.get("name", "").lower()), ("", "", 0))
        value = rating(_child(each, "value") or _text(each), each.get("max", "").strip(), scale or 10)
        if not score or not value or score in fields:
            continue
        fields[score] = round(value, 3) if scale == 10 else round(value)
        if votes and (votes_cast := count(_child(each, "votes"))):
            fields[votes] = votes_cast
    if critics := amount(_child(element, "criticrating").removesuffix("%").rstrip()):
        fields.setdefault("rotten_tomatoes_score", round(critics))
    return fields
