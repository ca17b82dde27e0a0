"""Which answers an item still misses after a run, and when to ask for them again."""

from collections.abc import Mapping
from datetime import datetime

from metarr.domain.evidence import answer_of, missing
from metarr.domain.freshness import NOT_FOUND_WAITS, RETRY_MOST, next_attempt
from metarr.domain.model import Answered, NotAsked, NotFound, Outcome, Reason, Skip, Unavailable
from metarr.services.unheard import LIMITED
from metarr.store.pending import Pending

NOT_TRIED = frozenset({Reason.CIRCUIT_OPEN, Reason.DEADLINE})
"""Why a provider is unavailable though no request about the item was made."""


def still_missing(outcomes: Mapping[str, Outcome], before: Mapping[str, Pending], now: datetime) -> dict[str, Pending]:
    """The providers of which an answer is still to be had, and when to ask again.

    What is limited comes back when its limit ends; a refused key when the settings change; what was tried in vain
    after a growing while. Where nobody was asked, that is no attempt: it makes nobody wait longer the next time.
    """
    missed = {}
    for provider, outcome in outcomes.items():
        if not missing(outcome):
            continue
        last = before.get(provider)
        if isinstance(outcome, NotAsked) and outcome.reason is Skip.NOT_SELECTED:
            if last is not None:
                missed[provider] = last
            elif outcome.last is None:
                missed[provider] = Pending(reason=str(outcome.reason), since=now, not_before=now)
            continue
        missed[provider] = _pending(outcome, last, now)
    return missed


def _pending(outcome: Outcome, last: Pending | None, now: datetime) -> Pending:
    attempts = last.attempts if last else 0
    answer = answer_of(outcome)
    reason, detail, not_before = "", "", None
    match outcome:
        case Unavailable():
            reason, detail = str(outcome.reason), outcome.detail
            if outcome.reason in LIMITED and outcome.retry_at:
                not_before = outcome.retry_at
            elif outcome.reason is not Reason.AUTH:
                attempts += outcome.reason not in NOT_TRIED
                not_before = next_attempt(attempts, now, outcome.retry_at)
        case NotAsked(reason=Skip.PLANNED):
            reason, detail, not_before = str(outcome.reason), outcome.detail, now
        case NotAsked():
            # No time brings an id: an answer of others does, and then all who gained one are asked at once.
            reason, detail, not_before = str(outcome.reason), outcome.detail, now + RETRY_MOST
        case Answered():
            attempts += 1
            unread = ", ".join(sorted(outcome.fragment.unread))
            reason, detail, not_before = "partial", f"could not be read: {unread}", next_attempt(attempts, now)
        case NotFound():
            attempts += not outcome.cached
            day = outcome.fetched_at + NOT_FOUND_WAITS[0]
            reason, detail, not_before = "not_found", "not believed yet", next_attempt(attempts, now, day)
    return Pending(
        reason=reason,
        detail=detail,
        since=last.since if last else now,
        attempts=attempts,
        not_before=not_before,
        answered_at=answer.fetched_at if answer is not None else None,
    )
