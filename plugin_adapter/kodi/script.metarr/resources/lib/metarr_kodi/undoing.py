"""Taking a change back: what it was, the question, and what came of it. For the context menu and the history."""

from __future__ import annotations

from typing import Any

from metarr_kodi import menu_texts
from metarr_kodi.visit import Visit
from metarr_kodi.words import SHORT

_WHOLE = frozenset({"join", "split"})
"""Changes that more hangs on than fields."""


def undoable(change_set: dict[str, Any]) -> bool:
    """Whether the change stands, and can be taken back."""
    return not change_set.get("undoneBy") and change_set.get("cause") not in _WHOLE


def lines(visit: Visit, change_set: dict[str, Any], most: int = SHORT) -> list[str]:
    """What the change did: a line for each field, with `most` characters of values."""
    changes = [visit.words.change(change, most) for change in change_set.get("changes", ())]
    return [visit.text(menu_texts.UNDO_IDS), *changes] if change_set.get("cause") == "identify" else changes


def take_back(visit: Visit, change_set: dict[str, Any]) -> None:
    """Take it back, and tell what came of it. Raises RpcError."""
    answer = visit.ask("Enrichment", "UndoChangeSet", changeSetId=change_set["id"])
    words, refused = visit.words, answer.get("refused", ())
    names = [change["field"] for change in answer.get("changeSet", {}).get("changes", ())]
    done = visit.text(menu_texts.UNDONE, fields=words.fields(names)) if names else visit.text(menu_texts.UNDO_NOTHING)
    if not names and "changeSet" in answer:
        done = visit.text(menu_texts.UNDONE, fields=words.field("ids"))
    stays = [
        visit.text(menu_texts.UNDO_REFUSED, field=words.field(each["field"]), why=each.get("why", ""))
        for each in refused
    ]
    if stays:
        visit.port.tell(visit.text(menu_texts.UNDO_LAST), "\n".join([done, *stays]))
    else:
        visit.port.notify(done)
