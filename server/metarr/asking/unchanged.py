"""Which items need nothing: every answer is fresh or waited for already, and the last merge still stands.

Tells it for many items at once without decoding anything: a daily run does little else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from metarr.asking.heard import NOT_HEARD, Heard
from metarr.domain.freshness import is_due, is_fresh
from metarr.domain.values import Kind
from metarr.store import awaited_answers
from metarr.store.database import Connection
from metarr.store.jobs import JobItem


class Unchanged:
    """The view of one moment: the time stays what it was when this was made."""

    def __init__(self, heard: Heard, now: datetime) -> None:
        self._heard = heard
        self._now = now

    def unchanged(self, connection: Connection, items: Sequence[JobItem]) -> set[int]:
        """Those of the items at which there is nothing to do."""
        by_kind: dict[Kind, list[JobItem]] = {}
        for item in items:
            is_below_due = item.below_due_at is not None and is_due(item.below_due_at, self._now)
            if item.ids and not is_below_due:
                by_kind.setdefault(Kind(item.kind), []).append(item)
        wanting: dict[int, list[str]] = {}
        for kind, of_kind in by_kind.items():
            wanting |= self._standing(connection, kind, of_kind)
        waiting = awaited_answers.providers_of(
            connection, [item_id for item_id, providers in wanting.items() if providers]
        )
        return {
            item_id
            for item_id, providers in wanting.items()
            if not providers or waiting.get(item_id, set()).issuperset(providers)
        }

    def _standing(self, connection: Connection, kind: Kind, items: Sequence[JobItem]) -> dict[int, list[str]]:
        """Those of the items whose last merge stands, and of which providers a fresh answer is wanting."""
        marks: list[dict[str, str]] = [{} for _ in items]
        wanting: list[list[str]] = [[] for _ in items]
        for place, asker, mark, head in self._heard.marks_of_many(connection, kind, [item.ids for item in items]):
            marks[place][asker.id] = mark
            if head is None or not is_fresh(head, self._now):
                wanting[place].append(asker.id)
        return {
            item.id: wants
            for item, of_item, wants in zip(items, marks, wanting, strict=True)
            if self._stands(kind, item.fingerprint, of_item)
        }

    def _stands(self, kind: Kind, fingerprint: str, marks: Mapping[str, str]) -> bool:
        """Whether a merge would change nothing. Where nobody was heard yet there is nothing to merge."""
        if not fingerprint:
            return bool(marks) and all(mark == NOT_HEARD for mark in marks.values())
        return self._heard.fingerprint_on(kind, marks) == fingerprint
