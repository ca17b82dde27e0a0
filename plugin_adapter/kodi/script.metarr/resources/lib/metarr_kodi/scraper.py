"""What Kodi asks of its scraper add-ons while it scans, answered by the daemon.

Kodi calls a scraper as a plugin, anew for every question: `find` a title by the words of a file's name, `NfoUrl` what a
file beside it names, `getdetails` of what was found, `getartwork` of what there is to choose from.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import parse_qsl

from metarr_kodi import lookup, texts
from metarr_kodi.port import Port
from metarr_kodi.scraped import Scraped, scraped, untold, with_pictures
from metarr_kodi.visit import Connect, Trouble, Visit, connected, unexpected, visiting

_SCANNING = "Library.IsScanningVideo"
_STOP = "UpdateLibrary(video)"
"""It ends a scan that is under way."""

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


class Answers(Protocol):
    """How Kodi is answered: by one of these, once."""

    def candidates(self, several: Sequence[Candidate]) -> None:
        """Titles that may be meant, the best first: in a scan Kodi takes that one."""

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
        # Kodi would take the first one without asking. Under the name of its file it comes into the library all the
        # same, and its owner says there which title it is.
        may_be = [Candidate(title, year, _address({"title": title, "year": str(year)}))]
    answers.candidates(may_be)


def _get_details(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    ids = {**_named(asked.get("uniqueIDs", "")), **_named(asked.get("url", ""))}
    if "title" in ids:
        answers.details(untold(kind, ids["title"], _number(ids.get("year", ""))))
    else:
        answers.details(scraped(kind, lookup.item_of(visit, kind, ids), visit.port.setting("default_rating")))


def _get_artwork(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    may_be = lookup.ids_of_bare(asked.get("id", ""))
    item = next(filter(None, (lookup.known_item(visit, kind, ids) for ids in may_be)), {})
    if item:
        answers.details(with_pictures(kind, lookup.gallery(visit, kind, item["id"])))
    elif may_be:
        answers.details(scraped(kind, lookup.item_of(visit, kind, may_be[0]), ""))
    else:
        answers.details(None)


_ANSWERS: Mapping[str, Callable[[Visit, Answers, str, Query], None]] = {
    "find": _find,
    "getdetails": _get_details,
    "getartwork": _get_artwork,
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
