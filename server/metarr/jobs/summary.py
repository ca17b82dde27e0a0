"""What is told of a job: how fast it is and when it ends, what came of asking whom, and what is wanting and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.errors import Reason
from metarr.store.jobs import UNDER_WAY, Job, JobState, JobTally, Waiting

UNHEARD = frozenset(Reason) | {Skip.PLANNED, "partial"}
"""Why an answer that is still wanting makes a job degraded. A title that has no id there, or is unknown, does not."""

FURTHEST = timedelta(days=1000)
"""No end is foretold that is further away."""


def ended(job: Job) -> bool:
    return job.state not in UNDER_WAY


def rate(job: Job, now: datetime) -> float:
    """Items a second: of one that runs, since it was taken up last; 0.0 where nothing can be told."""
    if job.state is JobState.RUNNING and job.resumed_at is not None:
        done, seconds = job.tally.done - job.resumed_with, (now - job.resumed_at).total_seconds()
    elif job.started_at is not None:
        done, seconds = job.tally.done, ((job.finished_at or now) - job.started_at).total_seconds()
    else:
        return 0.0
    return max(0, done) / seconds if seconds > 0 else 0.0


def estimated_end(job: Job, now: datetime) -> datetime | None:
    """When it will have ended. None: that cannot be told; what is done with every item spends short quotas still."""
    items, speed = job.total - job.tally.done, rate(job, now)
    if job.state is not JobState.RUNNING or items <= 0 or not speed:
        return None
    return now + timedelta(seconds=min(items / speed, FURTHEST.total_seconds()))


def next_attempt(job: Job) -> datetime | None:
    """When the first of a job's missing answers is asked for again."""
    return min((each.next_attempt for each in job.waiting if each.next_attempt), default=None)


def verdict(tally: JobTally, waiting: Iterable[Waiting]) -> tuple[JobState, str]:
    """How a job ended that went through all its items, and why not better, for a person to read."""
    unheard = [each for each in waiting if each.reason in UNHEARD]
    if not (tally.deferred or tally.failed or unheard):
        return JobState.COMPLETE, ""
    return JobState.DEGRADED, _why(tally, unheard)


def words(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """By provider what came of asking it, in a word; of those that count."""
    by_provider = {}
    for provider, outcome in outcomes.items():
        match outcome:
            case Answered(cached=True) | NotFound(cached=True):
                by_provider[provider] = "cached"
            case Answered():
                by_provider[provider] = "answered"
            case NotFound():
                by_provider[provider] = "not_found"
            case Unavailable(reason=reason):
                by_provider[provider] = str(reason)
            case NotAsked(reason=Skip.PLANNED):
                by_provider[provider] = str(Skip.PLANNED)
            case _:
                continue
    return by_provider


def _why(tally: JobTally, unheard: Iterable[Waiting]) -> str:
    parts = []
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.deferred:
        parts.append(f"{tally.deferred} deferred: no provider could be heard")
    for each in unheard:
        again = f", asked again from {each.next_attempt:%Y-%m-%d %H:%M} UTC" if each.next_attempt else ""
        parts.append(f"{each.items} wait for {each.provider} ({each.reason.replace('_', ' ')}{again})")
    return "; ".join(parts)
