"""What Kodi asks of its scraper add-ons while it scans, answered by the daemon.

Kodi calls a scraper as a plugin, anew for every question: `find` a title by the words of a file's name, `NfoUrl` what a
file beside it names, `getdetails` of what was found, `getartwork` of what there is to choose from; of a show then
`getepisodelist`, and for each file `getepisodedetails`. The list has all that there is to say about each episode in its
address, so that the daemon is asked once for a show.
"""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Mapping, NamedTuple, Protocol
from urllib.parse import parse_qsl

from metarr_adapter.session import KINDS
from metarr_kodi import lookup, texts
from metarr_kodi.port import Port
from metarr_kodi.scraped import Actor, Picture, Scraped, scraped, untold, with_pictures, with_seasons
from metarr_kodi.visit import Connect, Trouble, Visit, connected, unexpected, visiting

_SCANNING = "Library.IsScanningVideo"
_STOP = "UpdateLibrary(video)"
"""It ends a scan that is under way."""

_EPISODE = 20359
"""Kodi's own word."""

_LEFT = "metarr.scan.left"
_LEFT_FOR = 30.0
"""Seconds in which a scan that was left is not left again: to say it twice begins another one."""


class Candidate(NamedTuple):
    """A title that may be meant. `url`: what `getdetails` is to be asked with; `relevance`: 0 to 1."""

    title: str
    year: int
    url: str
    poster: str = ""
    relevance: float = 1.0


class Listed(NamedTuple):
    """An episode of a show, by the numbers that files bear. `url`: what `getepisodedetails` is to be asked with."""

    season: int
    number: int
    title: str
    aired: str
    url: str


class Answers(Protocol):
    """How Kodi is answered: by one of these, once."""

    def candidates(self, several: Sequence[Candidate]) -> None:
        """Titles that may be meant, the best first: in a scan Kodi takes that one."""

    def episodes(self, several: Sequence[Listed]) -> None:
        """All episodes of a show."""

    def address(self, url: str) -> None:
        """What `getdetails` is to be asked with; "": nothing."""

    def details(self, title: Scraped | None) -> None:
        """A title; None: it cannot be had, and Kodi enters nothing."""


Query = Mapping[str, str]


def main(port: Port, answers: Answers, kind: str, query: str, *, connect: Connect = connected) -> None:
    """Answer one question; `query` is what Kodi gives to plugins."""
    asked = dict(parse_qsl(query.lstrip("?")))
    answer = _ANSWERS.get(asked.get("action", ""))
    try:
        if asked.get("action") == "NfoUrl":
            ids = lookup.ids_named_in(asked.get("nfo", ""))
            answers.address(_address(ids) if ids else "")
        elif asked.get("action") == "getepisodedetails":
            answers.details(unpacked(asked.get("url", "")))
        elif answer is None:
            answers.candidates([])
        else:
            with visiting(port, connect) as visit:
                answer(visit, answers, kind, asked)
    except Trouble as trouble:
        _in_vain(port, answers, asked, trouble)
    except Exception as error:  # noqa: BLE001 - Kodi waits for an answer, whatever happened
        _in_vain(port, answers, asked, unexpected(port, error))


def _find(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    title, year = asked.get("title", "").strip(), _number(asked.get("year", ""))
    matches = lookup.search(visit, kind, title, year)
    may_be = [Candidate(each.title, each.year, _address(each.ids), each.poster, each.score) for each in matches.titles]
    if may_be and not matches.clear and visit.port.holds(_SCANNING):
        # Kodi would take the first one without asking. A film comes in under the name of its file, and its owner says
        # in the library which title it is; a show would come without episodes.
        visit.port.log("warning", f"{title}: several titles may be meant")
        may_be = [Candidate(title, year, _address({"title": title, "year": str(year)}))] if kind == "movie" else []
    answers.candidates(may_be)


def _get_details(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    ids = {**_named(asked.get("uniqueIDs", "")), **_named(asked.get("url", ""))}
    rating = visit.port.setting("default_rating")
    if "title" in ids:
        answers.details(untold(kind, ids["title"], _number(ids.get("year", ""))))
    elif kind == "series":
        item, below = lookup.series_of(visit, ids)
        show = with_seasons(scraped(kind, item, rating), _seasons(below))
        answers.details(show._replace(values={**show.values, "episodeguide": _address(show.ids)}))
    else:
        answers.details(scraped(kind, lookup.item_of(visit, kind, ids), rating))


def _seasons(below: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in below if each["kind"] == KINDS["season"]]


def _get_episode_list(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    _, below = lookup.series_of(visit, _named(asked.get("url", "")))
    answers.episodes([_listed(visit, item) for item in below if item["kind"] == KINDS["episode"]])


def _listed(visit: Visit, item: Mapping[str, Any]) -> Listed:
    season, number = item.get("seasonNumber", 0), item.get("episodeNumber", 0)
    episode = scraped("episode", item, visit.port.setting("default_rating"))
    if not episode.title:
        untitled = f"{visit.text(_EPISODE)} {number}"
        episode = episode._replace(values={**episode.values, "title": untitled})
    return Listed(season, number, episode.title, episode.values.get("firstaired", ""), packed(episode))


def packed(title: Scraped) -> str:
    """A title as an address, in which no sign means anything to Kodi."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(title).encode())).decode()


def unpacked(address: str) -> Scraped:
    """Raises ValueError for what is none."""
    try:
        kind, values, cast, pictures, _ = json.loads(zlib.decompress(base64.urlsafe_b64decode(address)))
    except zlib.error as error:
        raise ValueError("it is no episode's address") from error
    return Scraped(kind, values, tuple(Actor(*each) for each in cast), tuple(Picture(*each) for each in pictures))


def _get_artwork(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    may_be = lookup.ids_of_bare(asked.get("id", ""))
    item = next(filter(None, (lookup.known_item(visit, kind, ids) for ids in may_be)), {})
    ids: lookup.Ids = {each["type"]: each["value"] for each in item.get("ids", ())}
    ids = ids or (may_be[0] if may_be else {})
    if not ids:
        answers.details(None)
        return
    if item:
        title = with_pictures(kind, lookup.gallery(visit, kind, item["id"]))
    else:
        title = scraped(kind, lookup.item_of(visit, kind, ids), "")
    if kind == "series":  # Kodi looks here for the pictures of seasons that came later
        title = with_seasons(title, _seasons(lookup.series_of(visit, ids)[1]))
    answers.details(title)


_ANSWERS: Mapping[str, Callable[[Visit, Answers, str, Query], None]] = {
    "find": _find,
    "getdetails": _get_details,
    "getartwork": _get_artwork,
    "getepisodelist": _get_episode_list,
}


def _in_vain(port: Port, answers: Answers, asked: Query, trouble: Trouble) -> None:
    """Answer with nothing. Where no title could be had, a scan is left: Kodi would take its folders for done."""
    port.log("warning", f"{asked.get('action')} {asked.get('title', '')}: {trouble.text}")
    if trouble.set_up:
        _leave_scan(port, trouble.text)
    if asked.get("action") in ("getdetails", "getartwork", "getepisodedetails"):
        answers.details(None)
    else:
        answers.candidates([])


def _leave_scan(port: Port, why: str) -> None:
    left_at = port.property(_LEFT)
    if left_at and time.time() < float(left_at) + _LEFT_FOR:
        return
    port.set_property(_LEFT, str(time.time()))
    scanning = port.holds(_SCANNING)
    port.notify(port.text(texts.SCAN_LEFT, why=why) if scanning else why, problem=True)
    if scanning:
        port.builtin(_STOP)


def _address(ids: Mapping[str, str]) -> str:
    return json.dumps(ids)


def _named(address: str) -> dict[str, str]:
    """The ids of an address that `_address` made, or of Kodi's own; {}: it is none."""
    try:
        ids = json.loads(address)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in ids.items() if value} if isinstance(ids, dict) else {}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
