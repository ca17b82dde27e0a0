"""The gate of external ids: what one is worth for a title of its kind, whoever wrote it in whatever spelling.

Of a title some types of id *identify* it: they find and join items, and two different ones are two titles. Others only
*find*: a wider or narrower thing bears them, such as one season of an anime, so a name or year has to agree. The rest
are *notes*, which are shown: a tool's own numbers, an edition's, names in addresses.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from msgspec.structs import replace

from metarr.domain.addresses import About, Link, links
from metarr.domain.id_spelling import OF_COLLECTION, expected, is_blank, spelled, typed, valid_type
from metarr.domain.values import Kind, Struct

T = TypeVar("T")


class Worth(StrEnum):
    """What an id does for a title."""

    IDENTIFY = "identify"
    """It finds and joins; two different ones of a type contradict each other."""
    FIND = "find"
    """It finds a title whose name or year agrees; two different ones contradict nothing."""
    NOTE = "note"
    """It is shown. It never finds, joins or contradicts."""


class Bearer(StrEnum):
    """Whose id it is: not always the title's that it is written at."""

    TITLE = "title"
    SERIES = "series"
    COLLECTION = "collection"


class ExternalId(Struct, frozen=True, kw_only=True):
    """An id that passed the gate, in the spelling that is stored. `weak`: not to be believed without a second witness,
    for what type it is of was not said."""

    type: str
    value: str
    worth: Worth
    weak: bool = False
    bearer: Bearer = Bearer.TITLE


class NoId(Struct, frozen=True, kw_only=True):
    """What did not pass. `why` tells a person, after its value. `blank`: it stands where no id is, such as "None"."""

    why: str
    blank: bool = False


class IdContext(Struct, frozen=True, kw_only=True):
    """Where an id is written.

    `bare`: in a place for an id of any type, such as the element `id`. `beside`: the values of typed ids beside it.
    `series_ids`: those of the series of an episode. `from_file`: by a tool that may not tell TVDB's movies from its
    series.
    """

    bare: bool = False
    beside: frozenset[str] = frozenset()
    series_ids: Mapping[str, str] = {}
    from_file: bool = False


NOWHERE = IdContext()

_MOST = 1000
"""Characters of an id, and of an address that names it."""


_SOME = frozenset({"imdb", "tmdb", "tvdb", "trakt"})
_IDENTIFY: Mapping[Kind, frozenset[str]] = {
    Kind.MOVIE: _SOME,
    Kind.SERIES: _SOME | {"tvmaze"},
    # A season is its series and number; TMDB's episode numbers change and repeat.
    Kind.SEASON: frozenset(),
    Kind.EPISODE: frozenset({"imdb", "tvdb"}),
}
_FIND = frozenset({"wikidata", "anidb", "anilist", "mal", "kitsu", "douban"})
"""They find movies and series. What anime sites number is a season or a cour: several for a series is normal."""


def worth(kind: Kind, id_type: str) -> Worth:
    """What ids of a type do for titles of a kind."""
    if id_type in _IDENTIFY[kind]:
        return Worth.IDENTIFY
    return Worth.FIND if id_type in _FIND and kind in (Kind.MOVIE, Kind.SERIES) else Worth.NOTE


def identifying(kind: Kind, ids: Mapping[str, T]) -> dict[str, T]:
    """Those of the ids, by type, that identify a title of the kind."""
    return {id_type: value for id_type, value in ids.items() if worth(kind, id_type) is Worth.IDENTIFY}


def finding(kind: Kind, ids: Mapping[str, T]) -> dict[str, T]:
    """Those of the ids, by type, that find a title of the kind where its name or year agrees."""
    return {id_type: value for id_type, value in ids.items() if worth(kind, id_type) is Worth.FIND}


# The gate


def admit(kind: Kind | None, id_type: str, value: str, context: IdContext = NOWHERE) -> ExternalId | NoId:
    """What an id is, by its type and value as they are written; `kind` None: what it is about was not said.

    A value that names its own type, as addresses and Plex's guids do, is of that type.
    """
    read = _read(kind, id_type, value.strip().rstrip("/"), context)
    if kind is not Kind.EPISODE or isinstance(read, NoId) or read.bearer is not Bearer.TITLE:
        return read
    return NoId(why="is its series' own id") if context.series_ids.get(read.type) == read.value else read


class Admitted(Struct, frozen=True, kw_only=True):
    """The ids of a title among several that were written: by type, which types of these are weak, and what is wrong
    with others."""

    ids: dict[str, str] = {}
    weak: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()


def admit_all(kind: Kind, written: Mapping[str, str], context: IdContext = NOWHERE) -> Admitted:
    """All that somebody wrote, by type. Of two spellings of one type the first counts; what stands for no id, and what
    is the id of its series or collection, is passed over."""
    passed: dict[str, ExternalId] = {}
    faults = []
    for id_type, value in sorted(written.items(), key=lambda pair: not typed(pair[0])):
        read = admit(kind, id_type, value, replace(context, beside=frozenset(each.value for each in passed.values())))
        if isinstance(read, ExternalId) and read.bearer is Bearer.TITLE:
            passed.setdefault(read.type, read)
        elif isinstance(read, NoId) and not read.blank:
            faults.append(f"{value[:40]!r} {read.why}")
    return Admitted(
        ids={id_type: each.value for id_type, each in passed.items()},
        weak=frozenset(id_type for id_type, each in passed.items() if each.weak),
        faults=tuple(faults),
    )


def _read(kind: Kind | None, id_type: str, value: str, context: IdContext) -> ExternalId | NoId:
    if is_blank(value):
        return NoId(why="stands for no id", blank=True)
    if len(value) > _MOST:
        return NoId(why="is too long for an id")
    if "://" in value and (guid := _guid(kind, value)):
        return guid
    if link := next(links(value), None):
        return of_link(kind, link)
    if "://" in value:
        return NoId(why="is an address that names no id")
    spelled_type = typed(id_type)
    bare = context.bare or not spelled_type
    if bare and value.lower() in context.beside:
        return NoId(why="is another id of the same title again")
    if bare:
        spelled_type = _type_by_shape(value, kind if context.bare else None)
    if spelled_type.startswith(OF_COLLECTION):
        return _spelled(Kind.MOVIE, spelled_type.removeprefix(OF_COLLECTION), value, bearer=Bearer.COLLECTION)
    if (match := _WITH_KIND.fullmatch(value)) and worth(Kind.SERIES, spelled_type) is Worth.IDENTIFY:
        about = About.MOVIE if match[1].lower() == "movie" else About.SERIES
        return of_link(kind, Link(type=spelled_type, value=match[2], about=about))
    weak = bare or (spelled_type == "tvdb" and kind is Kind.MOVIE and context.from_file)
    return _spelled(kind, spelled_type, value, weak=weak)


_WITH_KIND = re.compile(r"(movie|tv|series|show)s?[/-](\d{1,12})", re.ASCII | re.IGNORECASE)
"""As in "movie/550" of TMDB's paths, and "series-81189" of TheTVDB's search."""


def _spelled(
    kind: Kind | None, id_type: str, value: str, *, weak: bool = False, bearer: Bearer = Bearer.TITLE
) -> ExternalId | NoId:
    """An id of a type that is known by now, as it is stored."""
    if not valid_type(id_type):
        return NoId(why=f"is of {id_type[:40]!r}, which is no type of id")
    if (stored := spelled(id_type, value)) is None:
        return NoId(why=f"is no {id_type} id: {expected(id_type)}")
    id_type, value = stored
    of = Kind.SERIES if bearer is Bearer.SERIES else kind
    worth_of_id = worth(of, id_type) if of else Worth.NOTE
    return ExternalId(type=id_type, value=value, worth=worth_of_id, weak=weak, bearer=bearer)


def _type_by_shape(value: str, kind: Kind | None) -> str:
    """The type of an id of which none is said: IMDb's show themselves; of numbers, files told TVDB's and TMDB's."""
    if re.match(r"tt\d", value, re.IGNORECASE):
        return "imdb"
    return {None: "unknown", Kind.MOVIE: "tmdb"}.get(kind, "tvdb")


# Values that name their type


def of_link(kind: Kind | None, link: Link) -> ExternalId | NoId:
    """What an address names at a title: a series' address at an episode names the series."""
    if link.about is About.COLLECTION:
        return _spelled(Kind.MOVIE, link.type, link.value, bearer=Bearer.COLLECTION)
    about = link.about.kind if link.about else None
    if about is Kind.SERIES and kind in _BELOW:
        return _spelled(kind, link.type, link.value, bearer=Bearer.SERIES)
    if about and kind and about is not kind:
        return NoId(why=f"names a title of another kind: {about}")
    # TMDB counts movies and series apart, each from 1.
    return _spelled(kind or about, link.type, link.value, weak=link.type == "tmdb" and about is None)


_BELOW = (Kind.SEASON, Kind.EPISODE)
_GUID = re.compile(
    r"(?P<of_old>(?:[\w-]+\.)*agents\.)?(?P<agent>\w+)://(?P<value>[^/?#\s]*)(?P<rest>[^?#\s]*)", re.ASCII
)
_HAMA = re.compile(r"(?P<site>[a-z]+?)\d?-(?P<value>\w+)", re.ASCII)
_AGENTS = {"imdb": "imdb", "tmdb": "tmdb", "themoviedb": "tmdb", "tvdb": "tvdb", "thetvdb": "tvdb"}


def _guid(kind: Kind | None, text: str) -> ExternalId | NoId | None:
    """What Plex calls a title: imdb://tt0137523, com.plexapp.agents.thetvdb://121361/1/2?lang=en.

    The agents of old name the series at each season and episode.
    """
    match = _GUID.match(text)
    if match is None or (agent := match["agent"].lower()) in ("http", "https"):
        return None
    value = match["value"]
    bearer = Bearer.SERIES if match["of_old"] and kind in _BELOW else Bearer.TITLE
    if agent == "plex":
        return _spelled(kind, "plex", f"{value}{match['rest']}".strip("/"))
    if agent == "hama" and (named := _HAMA.fullmatch(value)):
        return _spelled(kind, named["site"], named["value"], bearer=bearer)
    if agent.startswith("xbmcnfo") and bearer is Bearer.TITLE:
        return _spelled(kind, _type_by_shape(value, kind), value, weak=True)
    if agent in _AGENTS:
        return _spelled(kind, _AGENTS[agent], value, bearer=bearer)
    return NoId(why=f"is known to {agent[:40]} alone", blank=agent in ("local", "localmedia", "none"))


# References


_ITEM_ID = re.compile(r"[1-9]\d{0,17}", re.ASCII)


def parse_reference(text: str) -> tuple[str, str] | int:
    """An item's own id, or an external one as (type, value), from text such as "17" or "imdb:tt0137523".

    Raises ValueError, whose text says what was expected.
    """
    if _ITEM_ID.fullmatch(text):
        return int(text)
    id_type, colon, value = text.partition(":")
    if not colon:
        raise ValueError("an item's number, or an external id such as imdb:tt0137523")
    spelled_type = typed(id_type)
    if not valid_type(spelled_type):
        raise ValueError("before the colon: the type of an id, such as imdb, tmdb or tvdb")
    stored = None if is_blank(value.strip()) else spelled(spelled_type, value.strip())
    if stored is None:
        raise ValueError(f"after {spelled_type}: {expected(spelled_type)}")
    return stored
