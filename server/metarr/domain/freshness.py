"""When an answer is fresh, when to ask again, whom to ask first, and when a merge can be left out.

Pure: the clock's reading is an argument. All spans are `timedelta`s.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from metarr.domain.fields import CATALOGUE_VERSION
from metarr.domain.values import Kind, Struct

TTL = timedelta(days=7)
"""How long an answer is fresh: one span for every provider (specification, "Simple Caching")."""

MAX_AGE = timedelta(days=180)
"""How long an answer may stand in for one that cannot be had (TMDB's terms: six months)."""

NOT_FOUND_WAITS = (timedelta(days=1), timedelta(days=2), timedelta(days=4))
"""How long "does not know the title" is believed, by the number of times it was said; then the TTL."""

LONGEST_WAIT = TTL + timedelta(days=1)
"""Nothing waits longer for its next turn."""

AHEAD = timedelta(minutes=5)
"""How far ahead of the clock a stored time may be, as clocks are corrected by seconds. Whatever is further ahead was
noted by a clock that lied, or is read by one."""

SOFT_MISS_DAYS = 3
"""On how many days a doubtful "not found" must repeat before it is believed."""

RETRY_FIRST, RETRY_MOST = timedelta(minutes=5), timedelta(hours=24)


class Novelty(Struct, frozen=True):
    """So long before a day and after it, something is new. `before` None: always."""

    before: timedelta | None
    after: timedelta

    def around(self, day: str) -> tuple[datetime, datetime]:
        """The first and the last moment for a day, ISO text; none for what is no day."""
        try:
            midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
        except ValueError:
            return _NEVER
        try:
            first = _NEVER[1] if self.before is None else midnight - self.before
            return first, midnight + self.after + timedelta(days=1)
        except OverflowError:
            return _NEVER


_NEVER = (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))

EPISODE_SPAN = Novelty(timedelta(days=7), timedelta(days=30))
MOVIE_SPAN = Novelty(None, timedelta(days=90))


class AnswerHead(Struct, frozen=True, kw_only=True):
    """What freshness needs to know about a cached answer, without the answer.

    `misses`: how many times in a row the provider said that it does not know the title; `miss_days`: on how many
    days; `answered_before`: the same id was answered before. `partial`: some field could not be read. `due_at`: when it
    is due before the TTL is over, for what it is about is just being shown.
    """

    fetched_at: datetime
    found: bool = True
    partial: bool = False
    parser_version: int = 0
    misses: int = 0
    miss_days: int = 0
    answered_before: bool = False
    soft: bool = False
    content: str = ""
    due_at: datetime | None = None


def is_fresh(head: AnswerHead, now: datetime, ttl: timedelta = TTL) -> bool:
    """Whether the answer need not be asked for again. A partial one stays due.

    One that an older parser read is as fresh as any: else a new version would ask for the whole library at once. One
    from ahead of the clock is not: it would be for ten years after a minute in which the clock was ten years ahead.
    """
    if head.partial or is_ahead(head.fetched_at, now):
        return False
    if head.found and head.due_at is not None and now >= head.due_at:
        return False
    wait = ttl
    if not head.found and head.misses <= len(NOT_FOUND_WAITS):
        wait = min(ttl, NOT_FOUND_WAITS[max(1, head.misses) - 1])
    return now - head.fetched_at < wait


def due_soon(days: Iterable[str], fetched_at: datetime, soon: timedelta, shown: Novelty) -> datetime | None:
    """When an answer is due that tells of what comes out on these days, ISO text, if that is before the TTL is over:
    `soon` after it was given, as long as it is one of those days for the `shown` span around it."""
    due: list[datetime] = []
    for day in days:
        first, last = shown.around(day)
        asked = max(fetched_at + soon, first)
        if fetched_at <= last and asked < fetched_at + TTL:
            due.append(asked)
    return min(due, default=None)


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether a stored time is none that the clock, as it is now, has seen."""
    return moment - now > AHEAD


def may_stand_in(fetched_at: datetime, now: datetime) -> bool:
    """Whether an old answer still counts while a newer one cannot be had."""
    return now - fetched_at < MAX_AGE


def is_soft_miss(head: AnswerHead) -> bool:
    """Whether a "not found" is not to be believed yet: for an id that was answered before, and for providers whose
    misses are known to be unreliable, until it has repeated on three days."""
    return not head.found and (head.answered_before or head.soft) and head.miss_days < SOFT_MISS_DAYS


def next_attempt(attempts: int, now: datetime, retry_at: datetime | None = None) -> datetime:
    """When to ask again after that many attempts in vain: 5 minutes, doubling up to 24 hours; not before `retry_at`."""
    wait: timedelta = min(RETRY_FIRST * (1 << min(max(0, attempts - 1), 12)), RETRY_MOST)
    return max(now + wait, retry_at or now)


def is_due(not_before: datetime, now: datetime) -> bool:
    """Whether the time has come; also where it is so far off that a clock must have been ahead when it was set."""
    return not_before <= now or not_before - now > LONGEST_WAIT


class DueItem(Struct, frozen=True, kw_only=True):
    """An item that one provider is to be asked about. `fetched_at` None: it has no answer at all yet. `fresh_after`:
    an answer fetched before will not do."""

    item_id: int
    kind: Kind = Kind.MOVIE
    fetched_at: datetime | None = None
    release_date: str = ""
    fresh_after: datetime | None = None


def whom_first(due: Iterable[DueItem]) -> list[DueItem]:
    """In which order to spend a short quota: items with no answer at all, the newest release first; then the oldest
    answers, where the release date only breaks ties.

    Nobody sorts a library in memory: the statement in `store/awaited_answers.due` says the same, and is tested against
    this, its oracle.
    """
    due = tuple(due)
    never = [item for item in due if item.fetched_at is None]
    stale = [item for item in due if item.fetched_at is not None]
    never.sort(key=lambda item: item.item_id)
    never.sort(key=lambda item: item.release_date, reverse=True)
    stale.sort(key=lambda item: item.item_id)
    stale.sort(key=lambda item: item.release_date, reverse=True)
    stale.sort(key=lambda item: item.fetched_at)  # type: ignore[arg-type, return-value]
    return never + stale


def ground(policy: object, coverage: Mapping[str, frozenset[str]]) -> bytes:
    """The part of a fingerprint that many items share: everything that a merge reads but the answers and the stored
    values. `policy`: any frozen struct."""
    parts = (policy, sorted((p, sorted(f)) for p, f in coverage.items()), CATALOGUE_VERSION)
    return hashlib.blake2b(msgspec.json.encode(parts, order="deterministic"), digest_size=16).digest()


def digest(parts: object) -> str:
    """A short hash of plain data and frozen structs."""
    return hashlib.blake2b(msgspec.json.encode(parts, order="deterministic"), digest_size=6).hexdigest()


def fingerprint_on(shared: bytes, answers: Mapping[str, str]) -> str:
    """A hash of everything a merge reads but the stored values; while it stands, merging again changes nothing.

    `shared`: what `ground` gave; `answers`: by provider, a text that changes whenever its answer does.
    """
    encoded = msgspec.json.encode(sorted(answers.items()))
    return hashlib.blake2b(shared + encoded, digest_size=16).hexdigest()
