"""Wrong title?: search by words, pick the right one, correct the item's ids, and look it up anew."""

from __future__ import annotations

import re
from typing import Any

from metarr_kodi import menu_texts, plain
from metarr_kodi.context import Entry
from metarr_kodi.context_refresh import refreshed
from metarr_kodi.port import Option
from metarr_kodi.visit import LONG, Trouble, Visit

_SEARCHED = ("movie", "series")
_OVERVIEW = 160
_WITH_YEAR = re.compile(r"(?P<title>.*\S)\s*\((?P<year>\d{4})\)\s*")


def run(visit: Visit, entry: Entry) -> None:
    if entry.kind not in _SEARCHED:
        raise Trouble(visit.text(menu_texts.IDENTIFY_KIND))
    words: str | None = entry.title
    while True:
        words = visit.port.ask(visit.text(menu_texts.IDENTIFY_WORDS), words or "")
        if not words or not words.strip():
            return
        candidates = _search(visit, entry.kind, words)
        place = _choose(visit, words, candidates)
        if place is None:
            return
        if place < len(candidates):
            break
    _correct(visit, entry, candidates[place])


def wanted(words: str) -> tuple[str, int]:
    """The title and the year that somebody typed: "Alien (1979)"; 0: no year."""
    match = _WITH_YEAR.fullmatch(words)
    return (match["title"], int(match["year"])) if match else (words.strip(), 0)


def _search(visit: Visit, kind: str, words: str) -> list[dict[str, Any]]:
    title, year = wanted(words)
    notice = visit.text(menu_texts.SEARCHING, title=title)
    with visit.port.progress(visit.text(menu_texts.METARR), notice, background=True):
        message = {"kind": f"MEDIA_KIND_{kind.upper()}", "title": title, "year": year}
        answer = visit.ask("Aggregation", "Search", LONG, **message)
    if not answer.get("candidates"):
        lines = [visit.text(menu_texts.IDENTIFY_NONE, title=title), *visit.words.limited(answer.get("outcomes", ()))]
        visit.port.tell(visit.text(menu_texts.IDENTIFY), "\n".join(lines))
    return list(answer.get("candidates", ()))


def _choose(visit: Visit, words: str, candidates: list[dict[str, Any]]) -> int | None:
    """The place of the chosen one; that after the last one: look for something else."""
    if not candidates:
        return 0
    options = [option(visit, candidate) for candidate in candidates]
    return visit.port.choose(
        visit.text(menu_texts.IDENTIFY_FOUND), [*options, Option(visit.text(menu_texts.IDENTIFY_AGAIN), words)]
    )


def option(visit: Visit, candidate: dict[str, Any]) -> Option:
    """A candidate, with its poster beside it."""
    title, score = plain.line(candidate.get("title", "")), round(100 * candidate.get("score", 0))
    year = candidate.get("year")
    label = (
        visit.text(menu_texts.CANDIDATE, title=title, year=year, score=score)
        if year
        else visit.text(menu_texts.CANDIDATE_NO_YEAR, title=title, score=score)
    )
    poster = candidate.get("poster", "")
    image = poster if plain.is_web(poster) else ""
    return Option(label, plain.line(candidate.get("overview", ""), _OVERVIEW), image)


def _correct(visit: Visit, entry: Entry, candidate: dict[str, Any]) -> None:
    ids = [{"type": each["type"], "value": each["value"]} for each in candidate.get("ids", ())]
    visit.ask("Library", "UpdateItem", itemId=entry.item_id, ids=ids, updateMask="ids")
    title = visit.words.title(candidate)
    outcome = refreshed(visit, entry._replace(title=title))
    visit.port.notify(f"{visit.text(menu_texts.IDENTIFIED, title=title)}. {outcome}")
