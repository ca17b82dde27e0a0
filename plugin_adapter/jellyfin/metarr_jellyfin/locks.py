"""The server's locks of an item: those of its owner bind Metarr, and Metarr's own come and go with what it wrote.

The server itself lets nobody who writes be stopped by them.
"""

from collections.abc import Mapping
from typing import Any

from metarr_jellyfin.fields import Place
from metarr_jellyfin.shapes import Raw

NONE, FIELDS, ITEM = "none", "fields", "item"
"""What Metarr locks: nothing, what it wrote, or the whole item."""

WHOLE = "*"
"""In the journal, the lock of an item as a whole."""

LOCKED = "locked in Jellyfin"
_FOLDERS = ("Series", "Season")


def still_there(raw: Raw, ours: set[str]) -> set[str]:
    """Those of ours that an item still has: one that its owner took off is ours no more."""
    there = set(raw.get("LockedFields") or ()) | ({WHOLE} if raw.get("LockData") else set())
    return ours & there


def refused(raw: Raw, places: Mapping[str, Place], fields: Mapping[str, Any], ours: set[str]) -> dict[str, str]:
    """Why, by field, the owner's locks keep it from being written."""
    if raw.get("LockData") and WHOLE not in ours:
        return dict.fromkeys(fields, LOCKED)
    theirs = set(raw.get("LockedFields") or ()) - ours
    return {name: LOCKED for name in fields if name in places and places[name].lock in theirs}


def wanted(raw: Raw, places: Mapping[str, Place], written: Mapping[str, Any], ours: set[str], policy: str) -> set[str]:
    """Those of ours that an item is to have after this is written."""
    if policy == NONE:
        return set()
    if policy == ITEM and raw["Type"] not in _FOLDERS:
        # A folder would hand it down to everything below, and take its owner's along when it goes.
        return {WHOLE} if WHOLE in ours or not raw.get("LockData") else set()
    theirs = set(raw.get("LockedFields") or ()) - ours
    guarded = {places[name].lock for name, value in written.items() if value is not None}
    left = {places[name].lock for name, value in written.items() if value is None} - guarded
    return ((ours - {WHOLE} - left) | guarded) - {""} - theirs


def fields_of(raw: Raw, before: set[str], after: set[str]) -> list[str] | None:
    """The item's locks of fields as they are to be; None: as they are."""
    there = list(raw.get("LockedFields") or ())
    kept = [lock for lock in there if lock not in before or lock in after]
    locks = [*kept, *sorted(after - {WHOLE} - set(kept))]
    return None if locks == there else locks


def whole_of(before: set[str], after: set[str]) -> bool | None:
    """Whether an item is to be locked as a whole; None: as it is."""
    return None if (WHOLE in before) == (WHOLE in after) else WHOLE in after
