"""Refresh metadata: ask the providers again about one item, and tell what changed."""

from __future__ import annotations

from typing import Any

from metarr_kodi import menu_texts
from metarr_kodi.context import Entry
from metarr_kodi.visit import LONG, Visit


def run(visit: Visit, entry: Entry) -> None:
    visit.port.notify(refreshed(visit, entry))


def refreshed(visit: Visit, entry: Entry) -> str:
    """Look the item up; what came of it. Raises RpcError."""
    asking = visit.text(menu_texts.ASKING, title=entry.title)
    with visit.port.progress(visit.text(menu_texts.METARR), asking, background=True) as bar:
        bar.update(10, asking)
        answer = visit.ask(
            "Enrichment", "Enrich", LONG, itemId=entry.item_id, mode="ENRICHMENT_MODE_MANUAL", forceRefresh=True
        )
        bar.update(100, asking)
    return summary(visit, answer)


def summary(visit: Visit, answer: dict[str, Any]) -> str:
    """What changed, and who could not be heard; or that nobody knows the title."""
    outcomes = answer.get("outcomes", ())
    if any(map(_unknown, outcomes)) and not any(each.get("status") == "STATUS_ANSWERED" for each in outcomes):
        heard = [each for each in outcomes if not _unknown(each)]
        return " ".join([visit.text(menu_texts.NOBODY_KNOWS), *visit.words.limited(heard)])
    return ". ".join([visit.words.changed(answer.get("changes", ())), *visit.words.limited(outcomes)])


def _unknown(outcome: dict[str, Any]) -> bool:
    """Whether a provider does not know the title, or has no id by which it could."""
    return outcome.get("status") == "STATUS_NOT_FOUND" or outcome.get("reason") == "no_id"
