"""Answers what Kodi asks of a scraper, from what the daemon says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Mapping

from metarr_adapter.host import IDS
from metarr_adapter.session import KINDS
from metarr_kodi import lookup, mapping, texts
from metarr_kodi.port import Port
from metarr_kodi.scraped import scraped, untold, with_pictures, with_seasons
from metarr_kodi.scraper import Answers, Candidate, Listed
from metarr_kodi.titles import Scraped, packed
from metarr_kodi.visit import Trouble, Visit, unexpected, visiting

_SCANNING = "Library.IsScanningVideo"
_STOP = "UpdateLibrary(video)"
"""It ends a scan that is under way."""

_EPISODE = 20359
"""Kodi's own word."""

_LEFT = "metarr.scan.left"
_LEFT_FOR = 30.0
"""Seconds in which a scan that was left is not left again: to say it twice begins another one."""


Query = Mapping[str, str]


def answer(port: Port, answers: Answers, kind: str, asked: Query, **options: Any) -> None:
    """Answer a question, whatever comes of it: Kodi waits."""
    question = _QUESTIONS.get(asked.get("action", ""))
    try:
        if asked.get("action") == "NfoUrl":
            ids = lookup.ids_named_in(asked.get("nfo", ""))
            answers.address(_address(ids) if ids else "")
        elif question is None:
            _with_nothing(answers, asked)
        else:
            with visiting(port, **options) as visit:
                question(visit, answers, kind, asked)
    except Trouble as trouble:
        _in_vain(port, answers, asked, trouble)
    except Exception as error:  # noqa: BLE001 - a traceback is for the log
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
    elif may_be and kind == "movie" and visit.port.holds(_SCANNING):
        may_be = [may_be[0]._replace(url=packed(_details_of(visit, kind, matches.titles[0].ids)))]
    answers.candidates(may_be)


def _details_of(visit: Visit, kind: str, ids: Mapping[str, str]) -> Scraped:
    return scraped(kind, lookup.item_of(visit, kind, ids), visit.port.setting("default_rating"))


def _get_details(visit: Visit, answers: Answers, kind: str, asked: Query) -> None:
    named = {**_named(asked.get("uniqueIDs", "")), **_named(asked.get("url", ""))}
    ids = mapping.normal(kind, IDS, named) or {}  # Kodi and other scrapers spell the types in their own ways
    if "title" in named:
        answers.details(untold(kind, named["title"], _number(named.get("year", ""))))
    elif kind == "series":
        item, below = lookup.series_of(visit, ids)
        show = with_seasons(scraped(kind, item, visit.port.setting("default_rating")), _seasons(below))
        answers.details(show._replace(values={**show.values, "episodeguide": _address(show.ids)}))
    else:
        answers.details(_details_of(visit, kind, ids))


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


_QUESTIONS: Mapping[str, Callable[[Visit, Answers, str, Query], None]] = {
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
    _with_nothing(answers, asked)


def _with_nothing(answers: Answers, asked: Query) -> None:
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
