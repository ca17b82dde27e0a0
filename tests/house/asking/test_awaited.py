"""When a missing answer is asked for again, and what counts as an attempt in vain."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from factories import EARLIER, NOW, answered, not_asked, not_found, unavailable
from metarr.asking.awaited import ordered_anew, still_awaited
from metarr.domain.freshness import RETRY_FIRST, RETRY_MOST
from metarr.domain.outcome import Outcome, Skip, Unavailable
from metarr.errors import Reason
from metarr.store.awaited_answers import AwaitedAnswer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEFORE = AwaitedAnswer(reason="timeout", since=EARLIER, attempts=2, not_before=NOW)


def missed(outcome: Outcome, before: AwaitedAnswer | None = None) -> AwaitedAnswer:
    return still_awaited({"omdb": outcome}, {"omdb": before} if before else {}, NOW)["omdb"]


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.ERROR])
def test_what_was_tried_in_vain_waits_twice_as_long_the_next_time(reason: Reason) -> None:
    first = missed(unavailable(reason))
    assert (first.attempts, first.not_before, first.since) == (1, NOW + RETRY_FIRST, NOW)
    again = missed(unavailable(reason), BEFORE)
    assert (again.attempts, again.not_before, again.since) == (3, NOW + 4 * RETRY_FIRST, EARLIER)


@pytest.mark.parametrize(
    "outcome",
    [not_asked(Skip.NO_ID), not_asked(Skip.CONFLICT), not_asked(Skip.PLANNED)]
    + [unavailable(reason) for reason in (Reason.CIRCUIT_OPEN, Reason.DEADLINE, Reason.AUTH)]
    + [Unavailable(reason=Reason.QUOTA_EXHAUSTED, retry_at=NOW + DAY)],
    ids=lambda outcome: str(outcome.reason),
)
def test_an_item_that_is_passed_over_does_not_wait_longer_each_time(outcome: Outcome) -> None:
    first = missed(outcome)
    last = first
    for _ in range(9):
        last = missed(outcome, last)
    assert last == first
    assert last.attempts == 0
    assert missed(outcome, BEFORE).attempts == 2


@pytest.mark.parametrize("skip", [Skip.NO_ID, Skip.CONFLICT])
def test_without_an_id_of_its_own_an_item_is_looked_at_once_a_day(skip: Skip) -> None:
    assert missed(not_asked(skip), BEFORE).not_before == NOW + RETRY_MOST


def test_what_is_planned_may_be_asked_at_once_and_a_refused_key_not_by_time() -> None:
    assert missed(not_asked(Skip.PLANNED), BEFORE).not_before == NOW
    assert missed(unavailable(Reason.AUTH), BEFORE).not_before is None


def test_a_limit_ends_when_the_provider_says() -> None:
    limited = Unavailable(reason=Reason.RATE_LIMITED, retry_at=NOW + DAY)
    assert missed(limited, BEFORE).not_before == NOW + DAY


def test_who_was_not_selected_is_missed_as_before_and_who_answered_is_not_missed() -> None:
    assert missed(not_asked(Skip.NOT_SELECTED), BEFORE) == BEFORE
    assert missed(not_asked(Skip.NOT_SELECTED)).not_before == NOW
    outcomes = {"omdb": not_asked(Skip.NOT_SELECTED, answered("omdb")), "tmdb": answered("tmdb"), "tvdb": not_found()}
    assert still_awaited(outcomes, {}, NOW) == {}
    assert still_awaited({"omdb": not_asked(Skip.DISABLED)}, {"omdb": BEFORE}, NOW) == {}


def test_what_is_partly_unread_or_not_believed_yet_is_asked_for_again() -> None:
    partial = missed(answered("omdb", unread={"plot"}))
    assert (partial.reason, partial.detail, partial.attempts) == ("partial", "could not be read: plot", 1)
    assert partial.answered_at == NOW
    soft = missed(not_found(soft=True))
    assert (soft.reason, soft.not_before) == ("not_found", NOW + DAY)


ORDERED = AwaitedAnswer(reason="planned", since=EARLIER, not_before=NOW, fresh_after=NOW - HOUR)
"""Something newer than an hour was ordered, and could not be had."""


@pytest.mark.parametrize("answer", [answered, not_found])
def test_what_was_fetched_before_a_newer_answer_was_ordered_will_not_do(answer: Callable[..., Outcome]) -> None:
    older, newer = NOW - 2 * HOUR, NOW - HOUR / 2
    who = ("omdb",) if answer is answered else ()
    assert missed(answer(*who, cached=True, fetched_at=older), ORDERED) == ORDERED
    for enough in (answer(*who, cached=True, fetched_at=newer), answer(*who, fetched_at=older)):
        assert still_awaited({"omdb": enough}, {"omdb": ORDERED}, NOW) == {}


@pytest.mark.parametrize("outcome", [unavailable(), not_asked(Skip.PLANNED), not_asked(Skip.NOT_SELECTED)])
def test_what_was_ordered_stays_ordered_as_long_as_it_cannot_be_had(outcome: Outcome) -> None:
    assert missed(outcome, ORDERED).fresh_after == ORDERED.fresh_after


def test_an_order_is_for_those_who_were_to_be_asked_and_the_latest_counts() -> None:
    two = {"omdb": ORDERED, "tvdb": BEFORE}
    assert ordered_anew(two, None, None) == two
    assert {p: each.fresh_after for p, each in ordered_anew(two, NOW, None).items()} == {"omdb": NOW, "tvdb": NOW}
    assert ordered_anew(two, NOW, {"omdb"})["tvdb"] == BEFORE
    assert ordered_anew(two, NOW - DAY, {"omdb"}) == two
