"""Finding out which title an item without ids is, from the words it was added with."""

from datetime import timedelta

import structlog
from msgspec.structs import replace

from metarr.asking.awaited import still_awaited
from metarr.asking.config import Config
from metarr.asking.gather import Gatherer, Inquiry
from metarr.asking.nobody import answered
from metarr.asking.search import Matches, Searcher, claims, not_one, undecided
from metarr.clock import Clock
from metarr.domain.freshness import NOT_FOUND_WAITS, TTL, is_due, next_attempt
from metarr.domain.item import IdClaim, MediaItem, Undecided
from metarr.domain.matching import Wanted
from metarr.domain.outcome import Unavailable
from metarr.fetch.contract import Lane
from metarr.store import awaited_answers, items
from metarr.store.database import Database

log = structlog.get_logger(__name__)


class Recognizer:
    """Searches for items; what it cannot decide it leaves to the owner, listed on the item."""

    def __init__(self, searcher: Searcher, gatherer: Gatherer, database: Database, clock: Clock) -> None:
        self._searcher = searcher
        self._gatherer = gatherer
        self._database = database
        self._clock = clock

    def recognize(
        self,
        item: MediaItem,
        config: Config,
        *,
        deadline: float,
        lane: Lane,
        providers: frozenset[str] | None,
        patient: bool,
        keep: bool,
    ) -> dict[str, IdClaim]:
        """The ids of the title that fits clearly. `deadline`: monotonic seconds.

        `patient`: an item that was searched for in vain is not searched for again before its time. `keep`: store what
        was found where it decides nothing. Raises CannotDo where no title fits clearly (`TITLE_AMBIGUOUS`,
        `TITLE_UNKNOWN`), and what nobody's answering raises.
        """
        wanted = Wanted(title=item.title, year=item.year)
        if patient and item.undecided is not None and not is_due(item.undecided.not_before, self._clock.now()):
            raise not_one(wanted, item.undecided.matches)
        matches = self._searcher.search_readings(
            item.kind, (wanted, *item.readings), config, deadline=deadline, lane=lane, providers=providers
        )
        winner = matches.winner()
        if winner is not None:
            log.info("item_identified", item=item.id, ids=winner.ids, score=winner.score, providers=winner.providers)
            return claims(winner)
        if keep:
            self._leave(item, matches, config)
        raise undecided(wanted, matches)

    def _leave(self, item: MediaItem, matches: Matches, config: Config) -> None:
        """List what was found on the item, and when to search again: soon, if somebody could not be heard."""
        now = self._clock.now()
        with self._database.begin() as connection:
            before = items.get(connection, item.id)
            if before is None or before.deleted_at is not None or before.identifying_ids():
                return
            attempts = awaited_answers.of_items(connection, [item.id]).get(item.id, {})
            outcomes = matches.outcomes
            if answered(outcomes):
                times = before.undecided.times + 1 if before.undecided else 1
                complete = not any(isinstance(outcome, Unavailable) for outcome in outcomes.values())
                not_before = now + _wait(times) if complete else next_attempt(times, now)
                left = Undecided(not_before=not_before, times=times, matches=matches.matches)
                items.save(connection, before, replace(before, undecided=left))
                # Nobody can be asked about it by an id; the next search decides when.
                outcomes = self._gatherer.gather(Inquiry(kind=item.kind), config).outcomes
                awaited = still_awaited(outcomes, attempts, now)
                awaited = {provider: replace(each, not_before=not_before) for provider, each in awaited.items()}
            else:
                awaited = still_awaited(outcomes, attempts, now)
            awaited_answers.set_for_item(connection, item.id, awaited)
        log.info("item_undecided", item=item.id, found=len(matches.matches))


def _wait(times: int) -> timedelta:
    return NOT_FOUND_WAITS[times - 1] if times <= len(NOT_FOUND_WAITS) else TTL
