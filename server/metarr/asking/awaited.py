"""Which answers are still awaited of the providers after a run, and when to ask for them again."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec.structs import replace

from metarr.asking.nobody import LIMITED
from metarr.domain.evidence import answer_of, is_awaited
from metarr.domain.freshness import NOT_FOUND_WAITS, RETRY_MOST, next_attempt
from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.errors import Reason
from metarr.store.awaited_answers import AwaitedAnswer

NOT_TRIED = frozenset({Reason.CIRCUIT_OPEN, Reason.DEADLINE, Reason.PROXY})
"""Why a provider is unavailable though no request about the item was made."""

FOR_THE_OWNER = frozenset({Reason.AUTH, Reason.SUSPECT})
"""Why a provider is unavailable until the owner does something about it: no time mends that."""


def still_awaited(
    outcomes: Mapping[str, Outcome], before: Mapping[str, AwaitedAnswer], now: datetime
) -> dict[str, AwaitedAnswer]:
    """The providers of which an answer is still to be had, and when to ask again.

    What is limited comes back when its limit ends; a refused key when the settings change; what was tried in vain
    after a growing while. Where nobody was asked, that is no attempt: it makes nobody wait longer the next time.
    Where a newer answer was ordered than the one that is cached, that one is still awaited.
    """
    awaited = {}
    for provider, outcome in outcomes.items():
        last = before.get(provider)
        if not is_awaited(outcome):
            if last is not None and _is_older(outcome, last.fresh_after):
                awaited[provider] = last
            continue
        if isinstance(outcome, NotAsked) and outcome.reason is Skip.NOT_SELECTED:
            if last is not None:
                awaited[provider] = last
            elif outcome.last is None:
                awaited[provider] = AwaitedAnswer(reason=str(outcome.reason), since=now, not_before=now)
            continue
        awaited[provider] = _awaited(outcome, last, now)
    return awaited


def ordered_anew(
    awaited: Mapping[str, AwaitedAnswer], fresh_after: datetime | None, providers: Collection[str] | None
) -> dict[str, AwaitedAnswer]:
    """The same where answers newer than `fresh_after` were wanted, of these providers or of all: until there is one,
    none that is cached will do."""
    if fresh_after is None:
        return dict(awaited)
    return {
        provider: replace(each, fresh_after=max(fresh_after, each.fresh_after or fresh_after))
        if providers is None or provider in providers
        else each
        for provider, each in awaited.items()
    }


def _is_older(outcome: Outcome, fresh_after: datetime | None) -> bool:
    """Whether a cached answer is older than wanted. One that was given now is not, whatever the clock said before."""
    if fresh_after is None or not isinstance(outcome, Answered | NotFound):
        return False
    return outcome.cached and outcome.fetched_at < fresh_after


def _awaited(outcome: Outcome, last: AwaitedAnswer | None, now: datetime) -> AwaitedAnswer:
    attempts = last.attempts if last else 0
    answer = answer_of(outcome)
    reason, detail, not_before = "", "", None
    match outcome:
        case Unavailable():
            reason, detail = str(outcome.reason), outcome.detail
            if outcome.reason in LIMITED and outcome.retry_at:
                not_before = outcome.retry_at
            elif outcome.reason not in FOR_THE_OWNER:
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
    return AwaitedAnswer(
        reason=reason,
        detail=detail,
        since=last.since if last else now,
        attempts=attempts,
        not_before=not_before,
        answered_at=answer.fetched_at if answer is not None else None,
        fresh_after=None if last is None or isinstance(outcome, Answered | NotFound) else last.fresh_after,
    )
