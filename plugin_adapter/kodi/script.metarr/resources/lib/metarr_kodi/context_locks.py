"""Lock fields: what no lookup changes any more."""

from __future__ import annotations

from metarr_kodi import menu_texts
from metarr_kodi.context import Entry
from metarr_kodi.port import Option
from metarr_kodi.visit import Trouble, Visit


def run(visit: Visit, entry: Entry) -> None:
    item = visit.ask("Library", "GetItem", itemId=entry.item_id, explain=True)["item"]
    fields = item.get("fields", [])
    if not fields:
        raise Trouble(visit.text(menu_texts.LOCKS_NONE))
    locked = [place for place, field in enumerate(fields) if field.get("locked")]
    options = [Option(visit.words.field(field["name"]), visit.words.value(field.get("value"))) for field in fields]
    chosen = visit.port.choose_several(visit.text(menu_texts.LOCKS_OF, title=entry.title), options, chosen=locked)
    if chosen is None:
        return
    to_lock = [fields[place]["name"] for place in chosen if place not in locked]
    to_unlock = [fields[place]["name"] for place in locked if place not in chosen]
    if to_lock or to_unlock:
        visit.ask(
            "Library",
            "UpdateItem",
            itemId=entry.item_id,
            lockFields=to_lock,
            unlockFields=to_unlock,
            updateMask="lockFields,unlockFields",
            etag=item.get("etag", ""),
        )
    visit.port.notify(_summary(visit, to_lock, to_unlock))


def _summary(visit: Visit, locked: list[str], unlocked: list[str]) -> str:
    sentences = [
        visit.text(number, fields=visit.words.fields(names))
        for number, names in ((menu_texts.LOCKS_SET, locked), (menu_texts.LOCKS_LIFTED, unlocked))
        if names
    ]
    return ". ".join(sentences) or visit.text(menu_texts.LOCKS_SAME)
