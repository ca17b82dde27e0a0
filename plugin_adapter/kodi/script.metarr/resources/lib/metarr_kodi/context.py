"""The context menu of an entry of Kodi's library: finds the item that Metarr has for it."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from metarr_adapter.moments import now_here
from metarr_adapter.status import State
from metarr_kodi import commands, menu_texts, texts
from metarr_kodi.library import Library
from metarr_kodi.port import Port
from metarr_kodi.status import current
from metarr_kodi.visit import Connect, Now, Trouble, Visit, connected, telling_failures, visiting

KINDS = {"movie": "movie", "tvshow": "series", "season": "season", "episode": "episode"}
"""Metarr's kinds by Kodi's."""

PATIENCE = 20.0
"""Seconds that the service has to tell Metarr about an entry."""

_STEP = 0.5


class Entry(NamedTuple):
    """What the owner pointed at: an entry of Kodi's library, and the item that Metarr has for it."""

    kind: str
    item_id: str
    title: str


def run(port: Port, what: str, listitem: Any, *, connect: Connect = connected, now: Now = now_here) -> None:
    """Do one of the things that the menu offers, the module `context_{what}`, with the entry of the list."""
    tag = listitem.getVideoInfoTag()
    kind, number = KINDS.get(tag.getMediaType(), ""), tag.getDbId()
    with telling_failures(port), visiting(port, connect, now) as visit:
        entry = entry_of(visit, kind, number)
        importlib.import_module(f"metarr_kodi.context_{what}").run(visit, entry)


def entry_of(visit: Visit, kind: str, number: int) -> Entry:
    """The item of an entry. Raises Trouble where there is none, and RpcError."""
    listed = Library(visit.port).one(kind, number) if kind and number > 0 else None
    if listed is None:
        raise Trouble(visit.text(menu_texts.NO_FILE if kind and number > 0 else menu_texts.NOT_IN_LIBRARY))
    _demand_player(visit)
    item = _listed_item(visit, listed.key) or _reported(visit, listed.key)
    year = listed.details.get("year", 0)  # there is one for films and shows
    return Entry(kind, item["itemId"], visit.words.title({**item, "year": year}))


def _demand_player(visit: Visit) -> None:
    """Raises Trouble where the service has not said which library this is."""
    if not visit.player_id:
        status = current(visit.port)
        raise Trouble(status.error or visit.text(texts.SERVICE_OFF), set_up=status.state == State.NOT_SET_UP)


def _listed_item(visit: Visit, key: str) -> dict[str, Any]:
    """The player's item; {}: it has none."""
    answer = visit.ask("Sync", "ListPlayerItems", playerId=visit.player_id, hostKeys=[key])
    return next(iter(answer.get("items", ())), {})


def _reported(visit: Visit, key: str) -> dict[str, Any]:
    """The item once the service has told Metarr about the entry. Raises Trouble where that takes too long."""
    port = visit.port
    if not current(port).connected:
        raise Trouble(current(port).error or visit.text(texts.LOST))
    commands.send(port, commands.SYNC_NOW)
    left = PATIENCE
    with port.progress(visit.text(menu_texts.METARR), visit.text(menu_texts.TELLING), background=True):
        while left > 0 and not port.pause(_STEP):
            left -= _STEP
            item = _listed_item(visit, key)
            if item:
                return item
    raise Trouble(visit.text(menu_texts.STILL_TELLING))
