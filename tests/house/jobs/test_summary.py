"""What is told of a job from its numbers: its pace, its end, and what is wanting."""

from datetime import timedelta
from typing import Any

import pytest

from factories import NOW
from metarr.jobs.summary import FURTHEST, estimated_end, next_attempt, rate, verdict
from metarr.store.jobs import Job, JobState, JobTally, Waiting

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def job(done: int, total: int = 100, **more: Any) -> Job:
    """A job that has been running for ten seconds."""
    began = NOW - 10 * SECOND
    known = {"state": JobState.RUNNING, "started_at": began, "resumed_at": began} | more
    return Job(created_at=NOW - HOUR, total=total, tally=JobTally(changed=done), **known)


def test_the_end_follows_from_the_pace_so_far() -> None:
    assert rate(job(20), NOW) == 2.0
    assert estimated_end(job(20), NOW) == NOW + 40 * SECOND


def test_the_hours_in_which_the_daemon_was_down_slow_nothing() -> None:
    resumed = job(60, started_at=NOW - 10 * HOUR, resumed_with=50)
    assert rate(resumed, NOW) == 1.0
    assert estimated_end(resumed, NOW) == NOW + 40 * SECOND


@pytest.mark.parametrize(
    "told",
    [
        job(0),
        job(50, resumed_with=50),
        job(100),
        job(103),
        job(20, resumed_at=NOW + HOUR),
        job(20, state=JobState.QUEUED, started_at=None, resumed_at=None),
        job(20, state=JobState.CANCELLED, finished_at=NOW),
    ],
    ids=["nothing done", "nothing since", "all done", "more than all", "clock set back", "queued", "cancelled"],
)
def test_no_end_is_told_where_none_can_be_known(told: Job) -> None:
    assert estimated_end(told, NOW) is None
    assert rate(told, NOW) >= 0


def test_an_end_in_the_far_future_is_still_a_time() -> None:
    slow = job(1, total=2**31 - 1, resumed_at=NOW - 100 * HOUR)
    assert estimated_end(slow, NOW) == NOW + FURTHEST


def test_what_ended_is_as_fast_as_it_was() -> None:
    done = job(100, state=JobState.COMPLETE, started_at=NOW - 2 * HOUR, finished_at=NOW - HOUR)
    assert rate(done, NOW) == 100 / 3600


def waits(reason: str, **more: Any) -> Waiting:
    return Waiting(provider="omdb", reason=reason, items=3, **more)


def test_a_job_is_complete_though_a_title_is_unknown_somewhere() -> None:
    assert verdict(JobTally(changed=3), [waits("no_id"), waits("not_found")]) == (JobState.COMPLETE, "")


def test_a_job_is_complete_though_the_owner_has_to_say_which_title_some_are() -> None:
    assert verdict(JobTally(changed=1, undecided=2), [waits("no_id")]) == (JobState.COMPLETE, "")


@pytest.mark.parametrize(
    ("tally", "waiting", "why"),
    [
        (JobTally(failed=1, undecided=2), (), "1 failed"),
        (JobTally(failed=1, deferred=2), (), "1 failed; 2 deferred: no provider could be heard"),
        (JobTally(), (waits("timeout"), waits("no_id")), "3 wait for omdb (timeout)"),
        (
            JobTally(),
            (waits("quota_exhausted", next_attempt=NOW),),
            f"3 wait for omdb (quota exhausted, asked again from {NOW:%Y-%m-%d %H:%M} UTC)",
        ),
    ],
)
def test_a_degraded_job_says_what_is_wanting(tally: JobTally, waiting: tuple[Waiting, ...], why: str) -> None:
    assert verdict(tally, waiting) == (JobState.DEGRADED, why)


def test_the_next_attempt_is_the_first_of_all() -> None:
    times = [NOW + HOUR, None, NOW + SECOND]
    told = job(1, waiting=tuple(waits("timeout", next_attempt=each) for each in times))
    assert next_attempt(told) == NOW + SECOND
    assert next_attempt(job(1)) is None
