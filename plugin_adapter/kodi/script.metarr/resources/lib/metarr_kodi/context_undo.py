"""Undo last change: the latest change of an item that still stands."""

from __future__ import annotations

from metarr_kodi import menu_texts, plain
from metarr_kodi.context import Entry
from metarr_kodi.undoing import lines, take_back, undoable
from metarr_kodi.visit import Trouble, Visit

_LOOK_BACK = 50
_SHOWN = 3
"""Lines that Kodi's dialog has place for beside the first one: of more it would scroll that away."""
_WIDE = 40
"""Characters of a title, or of values, that with what stands beside them make a line of it."""


def run(visit: Visit, entry: Entry) -> None:
    """Ask, and take it back. Asked again it takes back the one before, not the undo: that is for the history."""
    answer = visit.ask("Enrichment", "ListChangeSets", itemId=entry.item_id, pageSize=_LOOK_BACK)
    standing = [each for each in answer.get("changeSets", ()) if undoable(each) and each.get("cause") != "undo"]
    if not standing:
        raise Trouble(visit.text(menu_texts.UNDO_NONE, title=entry.title))
    latest = standing[0]
    if visit.port.confirm(
        visit.text(menu_texts.UNDO_ASK),
        _question(visit, entry, latest),
        yes=visit.text(menu_texts.UNDO),
        no=visit.text(222),
    ):
        take_back(visit, latest)


def _question(visit: Visit, entry: Entry, change_set: dict[str, object]) -> str:
    changes = lines(visit, change_set, _WIDE)
    when = visit.words.when(str(change_set.get("changedAt", "")))
    head = visit.text(menu_texts.HISTORY_FROM, title=plain.line(entry.title, _WIDE), when=when)
    if len(changes) > _SHOWN:
        changes[_SHOWN - 1 :] = [visit.text(menu_texts.AND_MORE, list="…", count=len(changes) - _SHOWN + 1)]
    return "\n".join([head, *changes])
