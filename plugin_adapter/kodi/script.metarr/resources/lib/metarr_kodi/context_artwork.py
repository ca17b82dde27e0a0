"""Choose artwork: opens the pictures of an entry, which are a listing of their own."""

from __future__ import annotations

from metarr_kodi.context import Entry
from metarr_kodi.links import show
from metarr_kodi.visit import Visit


def run(visit: Visit, entry: Entry) -> None:
    visit.port.builtin(f"ActivateWindow(programs,{show('artwork', item=entry.item_id)},return)")
