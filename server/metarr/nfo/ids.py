"""The external ids in an .nfo file, in every dialect, by the gate of `domain.ids`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from metarr.domain.addresses import Link, links
from metarr.domain.id_spelling import is_known_type, typed
from metarr.domain.ids import Bearer, ExternalId, IdContext, NoId, admit, of_link
from metarr.domain.values import Kind


@dataclass(frozen=True)
class Ids:
    """By type the ids of a title, of its series and of its collection. `weak`: types of its own that need a witness."""

    title: Mapping[str, str] = field(default_factory=dict)
    series: Mapping[str, str] = field(default_factory=dict)
    collection: Mapping[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()


_PROSE = frozenset({"plot", "outline", "tagline", "title", "originaltitle", "sorttitle"})
"""An address in running text may be another title's."""
_NO_ADDRESS = _PROSE | {"id", "uniqueid", "thumb", "name", "role"}
_TOOLS = ("sonarr", "radarr")
"""They number what they manage, and may write that number into `id`."""
_FILE = IdContext(from_file=True)
_UNTYPED = IdContext(from_file=True, bare=True)

Admitted = list[ExternalId | NoId]


def ids_of(element: Element, kind: Kind, around: Sequence[Link]) -> Ids:
    """The ids of a title. `around`: what the addresses around the elements of the file name.

    Of two of one type the default one counts, then an element for all types before one of its own, then an address,
    then an id of which no type is said. An address in running text counts where there is nothing else.
    """
    unique = [(each.get("type", ""), each.text or "") for each in _default_first(element.findall("uniqueid"))]
    bare, typed_there = _legacy(element)
    admitted: Admitted = []
    for id_type, value in (*unique, *_of_own_element(element), *typed_there):
        if typed(id_type):
            admitted.append(admit(kind, id_type, value, _FILE))
    admitted += _agreed(of_link(kind, link) for link in around)
    admitted += _agreed(of_link(kind, link) for text in _texts(element) for link in links(text))
    admitted += [admit(kind, id_type, value, _FILE) for id_type, value in _guide(element)]
    beside = frozenset(each.value.lower() for each in admitted if isinstance(each, ExternalId))
    admitted += [
        admit(kind, "", value, replace(_FILE, beside=beside)) for id_type, value in unique if not typed(id_type)
    ]
    tool = next((typed(id_type) for id_type, _ in unique if typed(id_type) in _TOOLS), "")
    for value in bare:
        id_type_meant = tool if value.strip().isdecimal() else ""
        admitted.append(admit(kind, id_type_meant, value, _FILE if id_type_meant else replace(_UNTYPED, beside=beside)))
    if not any(isinstance(each, ExternalId) and each.bearer is Bearer.TITLE for each in admitted):
        prose = (of_link(kind, link) for each in element if each.tag in _PROSE for link in links(each.text or ""))
        admitted += [replace(each, weak=True) for each in _agreed(prose)]
    return _sorted(admitted)


def _default_first(elements: list[Element]) -> list[Element]:
    return sorted(elements, key=lambda each: each.get("default", "").lower() != "true")


def _sorted(admitted: Iterable[ExternalId | NoId]) -> Ids:
    """By whose they are; of several of one type the first."""
    kept: dict[tuple[Bearer, str], ExternalId] = {}
    for each in admitted:
        if isinstance(each, ExternalId):
            kept.setdefault((each.bearer, each.type), each)
    title, series, collection = (
        {id_type: each.value for (whose, id_type), each in kept.items() if whose is bearer}
        for bearer in (Bearer.TITLE, Bearer.SERIES, Bearer.COLLECTION)
    )
    weak = frozenset(id_type for (whose, id_type), each in kept.items() if whose is Bearer.TITLE and each.weak)
    return Ids(title=title, series=series, collection=collection, weak=weak)


def _agreed(admitted: Iterable[ExternalId | NoId]) -> list[ExternalId]:
    """Those of which no other one of the type says otherwise: who lists a film's sequel tells nothing of the film."""
    said: dict[tuple[Bearer, str], list[ExternalId]] = {}
    for each in admitted:
        if isinstance(each, ExternalId):
            said.setdefault((each.bearer, each.type), []).append(each)
    return [several[0] for several in said.values() if len({each.value for each in several}) == 1]


# Where files hold them


def _of_own_element(element: Element) -> Iterator[tuple[str, str]]:
    """In an element named for the type: `tmdbid` of Jellyfin, `imdb` with an attribute `id` of FileBot, and those that
    tinyMediaManager once listed in `ids`."""
    for child in element:
        if child.tag == "set":
            yield from _of_set(child)
        elif is_known_type(child.tag):
            yield child.tag, child.get("id") or child.text or ""
        elif child.tag in _NOTED:
            yield _NOTED[child.tag], child.text or ""
    for entry in element.iterfind("ids/entry"):
        yield entry.findtext("key", ""), entry.findtext("value", "")


_NOTED = {"tvrageid": "tvrage", "zap2itid": "zap2it", "tvrage_id": "tvrage", "zap2it_id": "zap2it"}


def _of_set(element: Element) -> Iterator[tuple[str, str]]:
    """Of a movie's collection, in an attribute or a child."""
    parts = [*element.attrib.items(), *((child.tag, child.text or "") for child in element)]
    return (("tmdbcollection", value) for name, value in parts if typed(name) in ("tmdb", typed("tmdbcollection")))


def _legacy(element: Element) -> tuple[list[str], list[tuple[str, str]]]:
    """What stands in elements `id`, apart from what their attributes type: <id TMDB="550">tt0137523</id> of Ember,
    <id moviedb="imdb">tt0137523</id> of YAMJ."""
    bare: list[str] = []
    typed_ids: list[tuple[str, str]] = []
    for each in element.findall("id"):
        named = [each.get(name, "") for name in ("type", "moviedb")]
        id_type = next((word for word in named if word and not word.isdecimal()), "")
        typed_ids += [(name, value) for name, value in each.attrib.items() if is_known_type(name) and value != id_type]
        if id_type:
            typed_ids.append((id_type, each.text or ""))
        else:
            bare.append(each.text or "")
    return bare, typed_ids


def _texts(element: Element) -> Iterator[str]:
    return (text for each in element.iter() if each.tag not in _NO_ADDRESS for text in (each.text, each.tail) if text)


_LOGIN = re.compile(r"thetvdb\.com/login\?.{0,200}\"id\":\s*\"?(\d{1,12})")


def _guide(element: Element) -> Iterator[tuple[str, str]]:
    """By which Kodi asks for the episodes of a series: ids as JSON, or once a request to TheTVDB."""
    for text in (element.findtext("episodeguide", ""), element.findtext("episodeguide/url", "")):
        if login := _LOGIN.search(text):
            yield "tvdb", login[1]
        try:
            guide = json.loads(text) if text.lstrip().startswith("{") else {}
        except (ValueError, RecursionError):
            continue
        yield from ((str(id_type), str(value)) for id_type, value in guide.items())
