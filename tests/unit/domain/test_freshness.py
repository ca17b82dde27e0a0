from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from factories import NOW, coverage_of, listens_to, policy
from metarr.domain.artwork import ArtworkPolicy
from metarr.domain.freshness import (
    EPISODE_SPAN,
    MAX_AGE,
    MOVIE_SPAN,
    RETRY_FIRST,
    RETRY_MOST,
    TTL,
    AnswerHead,
    DueItem,
    Novelty,
    due_soon,
    fingerprint_on,
    ground,
    is_fresh,
    is_soft_miss,
    may_stand_in,
    next_attempt,
    whom_first,
)
from metarr.domain.languages import LanguagePolicy
from metarr.domain.merge import MergePolicy

DAY, SECOND, MINUTE = timedelta(days=1), timedelta(seconds=1), timedelta(minutes=1)
p = pytest.param


def head(age: timedelta, **more: Any) -> AnswerHead:
    return AnswerHead(fetched_at=NOW - age, parser_version=2, **more)


@pytest.mark.parametrize(
    ("answer", "fresh"),
    [
        p(head(7 * DAY - SECOND), True, id="an answer keeps for seven days"),
        p(head(7 * DAY), False, id="and no longer"),
        p(head(SECOND, partial=True), False, id="a partial one stays due"),
        p(head(1 * DAY - SECOND, found=False, misses=1), True, id="first miss: a day"),
        p(head(1 * DAY, found=False, misses=1), False, id="first miss: over"),
        p(head(1 * DAY, found=False), False, id="a miss that nobody counted is a first one"),
        p(head(2 * DAY - SECOND, found=False, misses=2), True, id="second miss: two days"),
        p(head(2 * DAY, found=False, misses=2), False, id="second miss: over"),
        p(head(4 * DAY - SECOND, found=False, misses=3), True, id="third miss: four days"),
        p(head(4 * DAY, found=False, misses=3), False, id="third miss: over"),
        p(head(7 * DAY - SECOND, found=False, misses=4), True, id="from then on seven days"),
        p(head(7 * DAY, found=False, misses=40), False, id="however often it was missed"),
    ],
)
def test_fresh(answer: AnswerHead, *, fresh: bool) -> None:
    assert is_fresh(answer, now=NOW) is fresh


@pytest.mark.parametrize("version", [1, 3])
def test_an_answer_is_as_fresh_whichever_parser_read_it(version: int) -> None:
    assert is_fresh(AnswerHead(fetched_at=NOW - 7 * DAY + SECOND, parser_version=version), now=NOW)


def test_misses_never_wait_longer_than_the_ttl() -> None:
    assert not is_fresh(head(DAY, found=False, misses=3), now=NOW, ttl=DAY)


@pytest.mark.parametrize(("age", "counts"), [(180 * DAY - SECOND, True), (180 * DAY, False)])
def test_an_answer_stands_in_until_it_is_180_days_old(age: timedelta, *, counts: bool) -> None:
    assert may_stand_in(NOW - age, NOW) is counts
    assert MAX_AGE > TTL


@pytest.mark.parametrize(
    ("answer", "soft"),
    [
        p(head(DAY, found=False, answered_before=True, miss_days=1), True, id="an id that was answered before"),
        p(head(DAY, found=False, soft=True, miss_days=2), True, id="a provider whose misses are unreliable"),
        p(head(DAY, found=False, answered_before=True, miss_days=3), False, id="believed on the third day"),
        p(head(DAY, found=False, soft=True, miss_days=3), False, id="of either"),
        p(head(DAY, found=False, miss_days=1), False, id="an id never answered is missing at once"),
        p(head(DAY, answered_before=True), False, id="an answer is no miss"),
        p(head(DAY, found=False, soft=True, misses=9, miss_days=1), True, id="days count, not times"),
    ],
)
def test_soft_miss(answer: AnswerHead, *, soft: bool) -> None:
    assert is_soft_miss(answer) is soft


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(-1, 5), (0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (9, 1280), (10, 1440), (11, 1440), (10**9, 1440)],
)
def test_waits_double_from_five_minutes_to_a_day(attempts: int, minutes: int) -> None:
    assert next_attempt(attempts, NOW) == NOW + minutes * MINUTE


@given(st.integers(0, 100), st.none() | st.timedeltas(-3 * DAY, 3 * DAY))
def test_the_next_attempt_respects_the_provider_and_the_bounds(attempts: int, told: timedelta | None) -> None:
    retry_at = None if told is None else NOW + told
    at = next_attempt(attempts, NOW, retry_at)
    assert at >= NOW + RETRY_FIRST
    assert retry_at is None or at >= retry_at
    assert at <= max(NOW + RETRY_MOST, retry_at or NOW)


DUE = st.builds(
    DueItem,
    item_id=st.integers(1, 40),
    fetched_at=st.none() | st.sampled_from([NOW - days * DAY for days in (1, 8, 9, 200)]),
    release_date=st.sampled_from(["", "1999-10-15", "2026-11-20", "2027-01-01"]),
)


@given(st.lists(DUE, max_size=15, unique_by=lambda due: due.item_id), st.randoms(use_true_random=False))
def test_whom_first(due: list[DueItem], random: Any) -> None:
    order = whom_first(due)
    assert sorted(order, key=lambda one: one.item_id) == sorted(due, key=lambda one: one.item_id), "nothing is lost"
    for one, following in pairwise(order):
        if one.fetched_at is None and following.fetched_at is None:
            assert one.release_date >= following.release_date
        elif one.fetched_at is not None:
            assert following.fetched_at is not None, "what was never answered comes first"
            assert one.fetched_at <= following.fetched_at
            if one.fetched_at == following.fetched_at:
                assert one.release_date >= following.release_date
    random.shuffle(due)
    assert whom_first(due) == order


def test_with_a_short_quota_everything_is_asked_in_the_end() -> None:
    """Nothing starves: what was asked goes to the end, so ten rounds of a quota of three serve thirty items."""
    items = {n: DueItem(item_id=n, release_date=f"20{n:02d}-01-01") for n in range(1, 31)}
    asked: set[int] = set()
    for day in range(10):
        for due in whom_first(items.values())[:3]:
            asked.add(due.item_id)
            items[due.item_id] = replace(due, fetched_at=NOW + day * DAY)
    assert asked == set(items)
    assert [due.item_id for due in whom_first(items.values())[:3]] == [30, 29, 28]


# What a merge reads.

ANSWERS = {"tmdb": "1", "omdb": "2"}
COVERAGE = coverage_of("tmdb", "omdb")
RULE = listens_to("tmdb", "omdb")
BASE = policy({"plot": RULE, "tags": RULE})


def fingerprint(answers: Mapping[str, str], rules: MergePolicy, coverage: Mapping[str, frozenset[str]]) -> str:
    return fingerprint_on(ground(rules, coverage), answers)


@pytest.mark.parametrize(
    "other",
    [
        p(policy({"plot": listens_to("omdb", "tmdb"), "tags": RULE}), id="an order"),
        p(policy({"plot": listens_to("tmdb", "omdb", exclusive=True), "tags": RULE}), id="exclusive"),
        p(policy({"plot": RULE, "tags": listens_to("tmdb", "omdb", union=True)}), id="a strategy"),
        p(policy({"plot": RULE}), id="a rule given up"),
        p(policy({"plot": RULE, "tags": RULE}, fill_gaps=False), id="fill_gaps"),
        p(policy({"plot": RULE, "tags": RULE}, priority=("tmdb", "omdb", "tvdb", "fanart")), id="the priority"),
        p(policy({"plot": RULE, "tags": RULE}, languages=LanguagePolicy(listed=("de", "en"))), id="languages"),
        p(policy({"plot": RULE, "tags": RULE}, languages=LanguagePolicy(listed=("en-US",))), id="another language"),
        p(policy({"plot": RULE, "tags": RULE}, artwork=ArtworkPolicy(extra_fanart=0)), id="extra fanart"),
    ],
)
def test_the_fingerprint_moves_with_every_knob(other: Any) -> None:
    assert fingerprint(ANSWERS, other, COVERAGE) != fingerprint(ANSWERS, BASE, COVERAGE)


@pytest.mark.parametrize(
    "answers", [{"tmdb": "1"}, {"tmdb": "2", "omdb": "1"}, {"tmdb": "1", "omdb": "3"}, {**ANSWERS, "tvdb": ""}, {}]
)
def test_the_fingerprint_moves_with_the_answers(answers: dict[str, str]) -> None:
    assert fingerprint(answers, BASE, COVERAGE) != fingerprint(ANSWERS, BASE, COVERAGE)


@pytest.mark.parametrize(
    "coverage",
    [
        {"tmdb": COVERAGE["tmdb"]},
        {**COVERAGE, "omdb": COVERAGE["omdb"] - {"plot"}},
        {**COVERAGE, "tvdb": frozenset[str]()},
    ],
)
def test_the_fingerprint_moves_with_who_is_enabled_and_what_they_declare(coverage: dict[str, frozenset[str]]) -> None:
    assert fingerprint(ANSWERS, BASE, coverage) != fingerprint(ANSWERS, BASE, COVERAGE)


def test_the_fingerprint_moves_with_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(ANSWERS, BASE, COVERAGE)
    monkeypatch.setattr("metarr.domain.freshness.CATALOGUE_VERSION", 10**6)
    assert fingerprint(ANSWERS, BASE, COVERAGE) != before


def test_the_fingerprint_does_not_see_the_order_of_mappings() -> None:
    turned = policy({"tags": RULE, "plot": RULE})
    answers, coverage = dict(reversed(ANSWERS.items())), dict(reversed(COVERAGE.items()))
    assert fingerprint(answers, turned, coverage) == fingerprint(ANSWERS, BASE, COVERAGE)


def test_ages_are_the_same_in_every_time_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert elsewhere.date() == datetime(2026, 11, 22, tzinfo=UTC).date()
    assert is_fresh(head(7 * DAY - SECOND), elsewhere)
    assert not is_fresh(head(7 * DAY), elsewhere)


SOON = timedelta(hours=20)


@pytest.mark.parametrize(
    ("shown", "days", "hours"),
    [
        (EPISODE_SPAN, -31.1, None),
        (EPISODE_SPAN, -30, 20),
        (EPISODE_SPAN, 0, 20),
        (EPISODE_SPAN, 6, 20),
        (EPISODE_SPAN, 9, 48),
        (EPISODE_SPAN, 15, None),
        (MOVIE_SPAN, -91.1, None),
        (MOVIE_SPAN, -90, 20),
        (MOVIE_SPAN, 300, 20),
    ],
)
def test_what_is_coming_out_is_due_sooner(shown: Novelty, days: float, hours: float | None) -> None:
    """From the week before an episode's day until a month after it; a movie until three months after its day."""
    fetched_at = datetime(2026, 11, 22, tzinfo=UTC)
    day = (fetched_at + timedelta(days=days)).date().isoformat()
    due_at = due_soon([day], fetched_at, SOON, shown)
    assert due_at == (None if hours is None else fetched_at + timedelta(hours=hours))
    head = AnswerHead(fetched_at=fetched_at, due_at=due_at)
    wait = TTL if due_at is None else due_at - fetched_at
    assert is_fresh(head, fetched_at + wait - timedelta(seconds=1))
    assert not is_fresh(head, fetched_at + wait)


def test_the_first_that_comes_out_counts_and_what_is_no_day_says_nothing() -> None:
    fetched_at = datetime(2026, 11, 22, tzinfo=UTC)
    days = ["2010-01-01", "2026-12-01", "2026-12-02", ""]
    assert due_soon(days, fetched_at, SOON, EPISODE_SPAN) == fetched_at + timedelta(days=2)
    assert due_soon(["", "soon", "9999-12-31", "0001-01-01"], fetched_at, SOON, EPISODE_SPAN) is None
    assert due_soon([], fetched_at, SOON, MOVIE_SPAN) is None


def test_the_ttl_is_the_ceiling() -> None:
    fetched_at = datetime(2026, 11, 22, tzinfo=UTC)
    assert due_soon(["2026-11-22"], fetched_at, TTL, EPISODE_SPAN) is None
