"""Which answers of before stand in for one that cannot be had now."""

from datetime import datetime

from metarr.domain.freshness import is_soft_miss, may_stand_in
from metarr.domain.outcome import Answered, NotFound
from metarr.store.answers import StoredAnswer


def standing_in(stored: StoredAnswer | None, now: datetime) -> Answered | NotFound | None:
    """The last answer to the same question, where it is young enough to stand in for a newer one."""
    if stored is None:
        return None
    if not stored.head.found and not is_soft_miss(stored.head):
        if not may_stand_in(stored.head.fetched_at, now):
            return None
        return NotFound(fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id, stale=True, cached=True)
    fetched_at = stored.head.fetched_at if stored.head.found else stored.answered_at
    if stored.fragment is None or fetched_at is None or not may_stand_in(fetched_at, now):
        return None
    return Answered(
        fragment=stored.fragment, fetched_at=fetched_at, asked_id=stored.key.asked_id, stale=True, cached=True
    )
