"""Decides about one pending field: is it written, and what became of it. No host, no daemon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from metarr_adapter.values import holds, is_empty, is_ours

TAKEN, EDITED, KEPT, REFUSED = "OUTCOME_TAKEN", "OUTCOME_EDITED", "OUTCOME_KEPT", "OUTCOME_REFUSED"
WRITE = "write"
"""Not decided yet: it is to be written, and read back."""

ALWAYS, IF_OURS = "MODE_ALWAYS", "MODE_IF_OURS"


def decide(pending: Mapping[str, Any], held: Mapping[str, Any], normal: Callable[[Any], Any]) -> str:
    """What to do about a PendingField, where the host holds `held`: WRITE, or the outcome without writing.

    `normal`: a value of Metarr's as the host would tell it. A mode that is not known writes over nothing.
    """
    field, mode = pending["name"], pending.get("mode")
    if field not in held:
        # Nobody can tell whether the host holds something of its own there.
        return WRITE if mode in (ALWAYS, IF_OURS) else KEPT
    current, target = held[field], normal(pending.get("value"))
    if holds(field, current, target):
        return TAKEN
    if mode == ALWAYS:
        return WRITE
    if _is_ours(field, current, target, pending.get("ours", ()), normal):
        return WRITE
    if mode == IF_OURS:
        return EDITED
    return WRITE if is_empty(current) else KEPT


def _is_ours(field: str, current: Any, target: Any, ours: Any, normal: Callable[[Any], Any]) -> bool:
    """The first of `ours` is the host's own reading; a host that reads otherwise since its update shows the others."""
    return any(is_ours(field, current, value, target) for value in ours[:1]) or any(
        is_ours(field, current, normal(value), target) for value in ours
    )
