"""What was said of a part of a series, as far as it is believed, and kept.

A list that comes back empty, or much shorter than it was, is not believed until it says so on three days: TheTVDB
answers with an empty list, and status 200, about what it does not serve at the moment.
"""

from datetime import datetime

import structlog

from metarr.asking.arrivals import Arrivals
from metarr.asking.heard import Asker
from metarr.asking.standing import standing_in
from metarr.clock import Clock
from metarr.domain.freshness import EPISODE_SPAN, SOFT_MISS_DAYS, due_soon, is_soft_miss
from metarr.domain.outcome import Answered, Fragment, NotFound, Outcome, Unavailable
from metarr.domain.values import Kind
from metarr.errors import Reason
from metarr.providers.contract import Part
from metarr.store import answers
from metarr.store.answers import AnswerKey, StoredAnswer

log = structlog.get_logger(__name__)

SHRUNKEN, LEAST_LOST = 5, 3
"""A list that lost a fifth of its entries, and so many at least, is not believed at once."""


class PartAnswers:
    """Keeps what providers say of parts. Thread-safe."""

    def __init__(self, arrivals: Arrivals, clock: Clock) -> None:
        self._arrivals = arrivals
        self._clock = clock

    def keep(self, asker: Asker, part: Part, fragment: Fragment | None, stored: StoredAnswer | None) -> Outcome:
        """What came of asking for a part; `fragment` None: there is no such one. `stored`: what was kept before."""
        if fragment is None:
            return self.miss(asker, part, stored, soft=False)
        now, key = self._clock.now(), key_of(asker, part)
        if is_shrunken(fragment, stored.fragment if stored else None) and not _says_so_again(stored, now):
            log.info("part_not_believed", provider=asker.id, asked=part.asked_id, listed=len(fragment.listed))
            return self.miss(asker, part, stored, soft=True)
        due_at = due_soon(days_of(fragment), now, asker.soon, EPISODE_SPAN)
        self._arrivals.add([answers.new_answer(key, fragment, now, asker.parser_version, due_at=due_at)])
        return Answered(fragment=fragment, fetched_at=now, asked_id=part.asked_id)

    def miss(self, asker: Asker, part: Part, stored: StoredAnswer | None, *, soft: bool) -> Outcome:
        """What came of it where nothing is told of a part."""
        now, key = self._clock.now(), key_of(asker, part)
        with self._arrivals.begin() as connection:
            head = answers.write_miss(connection, key, now, asker.parser_version, soft=soft)
        self._arrivals.stored([key])
        answered_at = stored.answered_at if stored else None
        fragment = stored.fragment if stored else None
        return believed(StoredAnswer(key=key, head=head, fragment=fragment, answered_at=answered_at), now)


def key_of(asker: Asker, part: Part) -> AnswerKey:
    """Where what a provider says of a part is kept."""
    return AnswerKey(provider=asker.id, kind=Kind.SEASON, asked_id=part.asked_id, shape=part.shape)


def days_of(fragment: Fragment) -> list[str]:
    """The days on which the episodes of a list come out."""
    return [day for each in fragment.listed if isinstance(day := each.fragment.values.get("release_date"), str)]


def is_shrunken(fragment: Fragment, before: Fragment | None) -> bool:
    """Whether a list is empty, or lost so much of what it was that it need not be the whole."""
    ids = {entry.id for entry in fragment.listed}
    lost = len({entry.id for entry in before.listed} - ids) if before else 0
    return not ids or lost >= max(LEAST_LOST, len(before.listed) / SHRUNKEN if before else 0)


def _says_so_again(stored: StoredAnswer | None, now: datetime) -> bool:
    """Whether what is not believed was said on two days before this one."""
    if stored is None or stored.head.found:
        return False
    another_day = stored.head.fetched_at.date() != now.date()
    return stored.head.miss_days + another_day >= SOFT_MISS_DAYS


def believed(stored: StoredAnswer, now: datetime) -> NotFound | Unavailable:
    """That there is no such part, as far as it is to be believed."""
    if is_soft_miss(stored.head):
        detail = "lists nothing of it any more; not believed until it says so on three days"
        return Unavailable(reason=Reason.ERROR, detail=detail, last=standing_in(stored, now))
    return NotFound(fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id)
