"""The owner's own choice of what a field holds: an edit, which locks it."""

from __future__ import annotations

from typing import Any

from metarr_kodi import menu_texts
from metarr_kodi.visit import Visit

SEVERAL = frozenset({"fanart"})
"""Fields of more than one picture, the main one first."""


def choose(visit: Visit, item_id: str, name: str, value: Any) -> None:
    """Have an item's field hold this; of a field of several pictures, the others stay behind it. Raises RpcError, also
    where somebody changed the item in the meantime."""
    item = visit.ask("Library", "GetItem", itemId=item_id)["item"]
    if name in SEVERAL:
        value = _before(value, next((each.get("value") for each in item["fields"] if each["name"] == name), None))
    visit.ask(
        "Library",
        "UpdateItem",
        itemId=item_id,
        fields={name: value},
        updateMask="fields",
        etag=item.get("etag", ""),
    )
    visit.port.notify(visit.text(menu_texts.CHOSEN_AND_LOCKED, field=visit.words.field(name)))


def _before(first: list[dict[str, Any]], stored: Any) -> list[dict[str, Any]]:
    """A picture before the others, as many as there were."""
    others = [each for each in stored or () if each.get("url") != first[0]["url"]]
    return [*first, *others[: max(len(stored or ()) - 1, 0)]]
