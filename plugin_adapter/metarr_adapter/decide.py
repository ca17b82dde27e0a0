"""Decides about one pending field: is it written, and what became of it. No host, no daemon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from metarr_adapter.host import IDS
from metarr_adapter.values import are_ours, folded, is_empty, same

TAKEN, EDITED, KEPT, REFUSED = "OUTCOME_TAKEN", "OUTCOME_EDITED", "OUTCOME_KEPT", "OUTCOME_REFUSED"
WRITE = "write"
"""Not decided yet: it is to be written, and read back."""

ALWAYS, IF_EMPTY, IF_OURS, UNION = "MODE_ALWAYS", "MODE_IF_EMPTY", "MODE_IF_OURS", "MODE_UNION"


class Reading(Protocol):
    """How a host reads and compares values: the part of `host.Host` that decides."""

    def normal(self, kind: str, field: str, value: Any) -> Any: ...

    def same(self, kind: str, field: str, current: Any, value: Any) -> bool: ...


def joined(pending: Mapping[str, Any], readings: Mapping[str, Any]) -> Mapping[str, Any]:
    """A PendingField that is to be joined with the list that the host holds, as one of the whole list: what the host
    has of its own stays, and Metarr's words come and go. Any other as it is."""
    field = pending["name"]
    if pending.get("mode") != UNION or field not in readings:
        return pending
    current, words = list(readings[field] or ()), list(pending.get("value") or ())
    ours = {folded(each) for part in pending.get("ours", ()) for each in part or ()}
    wanted = {folded(each) for each in words}
    stays = [each for each in current if folded(each) in wanted or folded(each) not in ours]
    there = {folded(each) for each in stays}
    return {**pending, "value": stays + [each for each in words if folded(each) not in there], "mode": ALWAYS}


def decide(host: Reading, kind: str, pending: Mapping[str, Any], readings: Mapping[str, Any]) -> str:
    """What to do about a PendingField, where the host holds `readings`: WRITE, or the outcome without writing.

    A mode that is not known writes over nothing.
    """
    field, mode = pending["name"], pending.get("mode")
    if field not in readings:
        # Nobody can tell whether the host holds something of its own there.
        return WRITE if mode in (ALWAYS, IF_OURS) else KEPT
    current = readings[field]
    if host.same(kind, field, current, pending.get("value")):
        return TAKEN
    if mode == ALWAYS:
        return WRITE
    if mode == IF_OURS:
        return WRITE if _is_ours(host, kind, pending, current) else EDITED
    if is_empty(current) or (mode == IF_EMPTY and _is_ours(host, kind, pending, current)):
        return WRITE
    return KEPT


def _is_ours(host: Reading, kind: str, pending: Mapping[str, Any], current: Any) -> bool:
    """The first of `ours` is what the host told when it took a value: another version of it may tell it otherwise."""
    field, ours = pending["name"], pending.get("ours", [])
    if field == IDS:
        target = host.normal(kind, field, pending.get("value"))
        candidates = [*ours[:1], *(host.normal(kind, field, value) for value in ours)]
        return any(are_ours(current, value, target) for value in candidates)
    return any(same(current, value) for value in ours[:1]) or any(
        host.same(kind, field, current, value) for value in ours
    )
