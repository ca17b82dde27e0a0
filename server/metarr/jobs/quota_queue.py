"""Spends short quotas where they matter most, and asks again by itself for what is still awaited.

Every provider has a queue of its own, the awaited answers, in the order of `domain.freshness.whom_first`; a provider
that is limited, refuses its key or fails is left alone and holds up no other one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate

import structlog

from metarr.asking.costs import cost_of_many, cost_of_series
from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.clock import Clock
from metarr.domain.freshness import DueItem
from metarr.domain.values import Kind
from metarr.errors import DatabaseUnusable, MetarrError, ProviderError, QuotaExhausted, RateLimited, Stopped
from metarr.fetch.contract import Lane
from metarr.jobs.batches import in_batches
from metarr.jobs.runner import Runner
from metarr.library.batch import Outcomes
from metarr.library.enrich import Enricher
from metarr.library.wish import Enriched, Wish
from metarr.store import awaited_answers, items, numbers
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)

BATCH = 200
SOONEST, LATEST = timedelta(seconds=5), timedelta(seconds=30)
"""Between two looks at a provider's queue: other parts of Metarr fill and wake it at any time."""

PATIENCE = 600.0
"""Seconds that one item of a batch may take, its waits for a provider's pace included."""


def _never() -> bool:
    return False


class Planner:
    """Works off the queues of awaited answers."""

    def __init__(self, roster: Roster, database: Database, enricher: Enricher, runner: Runner, clock: Clock) -> None:
        self._roster = roster
        self._database = database
        self._enricher = enricher
        self._runner = runner
        self._clock = clock
        self._lock = threading.Lock()
        self._turns = {provider: threading.Lock() for provider in roster.ids()}
        self._left: Counter[str] = Counter()
        self._stopped = False

    def start(self) -> None:
        """Look after every queue from now on."""
        for provider in sorted(self._roster.ids()):
            self._runner.do_at(self._clock.now(), partial(self._look, provider))

    def stop(self) -> None:
        self._stopped = True

    def scarce(self, count: int, kinds: frozenset[Kind]) -> frozenset[str]:
        """The providers whose quota of today may not suffice for so many items of these kinds."""
        limited = [
            (configured, left)
            for configured in self._roster.all()
            if (left := left_today(configured)) is not None and any(configured.skip(kind) is None for kind in kinds)
        ]
        if not limited:
            return frozenset()
        with self._database.read() as connection:
            stock = items.stock(connection)
        series = min(count, stock[Kind.SERIES].monitored if {Kind.SERIES} & kinds & stock.keys() else 0)
        count_of = {Kind.SERIES: series, Kind.MOVIE: count - series}
        return frozenset(each.id for each, left in limited if left < cost_of_many(each, count_of, stock))

    @contextmanager
    def leaving(self, providers: frozenset[str]) -> Iterator[None]:
        """Meanwhile the queues of these are left to the caller: they fill, and their order is not known yet."""
        with self._lock:
            self._left.update(providers)
        try:
            yield
        finally:
            with self._lock:
                self._left.subtract(providers)

    def spend(
        self,
        provider: str,
        wish: Callable[[], Wish] | None = None,
        stopped: Callable[[], bool] = _never,
        job_id: int | None = None,
    ) -> int:
        """Ask about what is due in a provider's queue, in order, until nothing is or the provider cannot be asked.

        `wish`: how to enrich its items. `job_id`: of this job's items only. Returns about how many items was asked.
        """
        with self._turns[provider]:
            return self._spend(provider, wish or self._wish, lambda: self._stopped or stopped(), job_id)

    def _spend(self, provider: str, wish: Callable[[], Wish], stopped: Callable[[], bool], job_id: int | None) -> int:
        # An item may be as due after it was tried as before: what came of it could not be noted, for the database was
        # not there. It would be asked about without end.
        tried: set[int] = set()
        while not stopped() and (room := self._room(provider)):
            with self._database.read() as connection:
                due = awaited_answers.due(connection, provider, self._clock.now(), room, job_id=job_id)
                batch = [each for each in due if each.item_id not in tried]
                batch = self._affordable(connection, provider, batch)
            if not batch:
                break
            tried.update(each.item_id for each in batch)
            # Alone: after a limit one request finds out whether it is over, and until that one is back all others are
            # refused. Begun together with it, 199 items would be merged for nothing.
            self._enrich(provider, batch[:1], wish)
            self._all(provider, batch[1:], wish, stopped)
        if not stopped():
            self._postpone(provider)
        return len(tried)

    def _affordable(self, connection: Connection, provider: str, batch: list[DueItem]) -> list[DueItem]:
        """The first ones that the rest of the quota suffices for; one, in any case: what came of it counts, and the
        next run goes on where it stopped."""
        configured = self._roster.get(provider)
        left = None if configured is None else left_today(configured)
        counts = numbers.season_counts(connection, [each.item_id for each in batch])
        if configured is None or left is None or not counts:
            return batch
        costs = (cost_of_series(configured, counts[each.item_id]) if each.item_id in counts else 1 for each in batch)
        return batch[: max(1, sum(1 for spent in accumulate(costs) if spent <= left))]

    def _postpone(self, provider: str) -> None:
        """Where the provider is at its limit, note when what waits comes to its turn.

        OMDb's 1,000 requests are spent by 1 in the morning, 9,000 titles wait: at once, not by looking at each of them,
        all are said to come tomorrow.
        """
        configured, now = self._roster.get(provider), self._clock.now()
        try:
            if configured is not None:
                configured.channel.check()
        except (RateLimited, QuotaExhausted) as error:
            if error.retry_at is not None and error.retry_at > now:
                with self._database.begin() as connection:
                    awaited_answers.postpone(
                        connection, provider, now, error.retry_at, reason=str(error.reason), detail=error.detail
                    )
        except ProviderError:
            pass

    def _all(self, provider: str, batch: list[DueItem], wish: Callable[[], Wish], stopped: Callable[[], bool]) -> None:
        """Enrich these, many at once, as long as the provider can be asked; returns when all of them ended."""
        left = threading.Semaphore(0)
        begun = 0

        def some(due: Sequence[DueItem]) -> None:
            try:
                self._enrich(provider, due, wish)
            finally:
                left.release()

        for together in in_batches(batch, lambda each: each.kind is not Kind.MOVIE):
            if stopped() or not self._room(provider):
                break
            self._runner.do(partial(some, together))
            begun += 1
        for _ in range(begun):
            # Whoever stops does not wait for those that are under way; these end by themselves.
            while not left.acquire(timeout=1.0):
                if stopped():
                    return

    def _enrich(self, provider: str, due: Sequence[DueItem], wish: Callable[[], Wish]) -> None:
        """Enrich some, those together of which equally new answers are wanted."""
        by_wish: dict[datetime | None, list[int]] = {}
        for each in due:
            by_wish.setdefault(each.fresh_after, []).append(each.item_id)
        for fresh_after, item_ids in by_wish.items():
            left = set(item_ids)
            try:
                for outcomes in self._enricher.enrich_all(item_ids, _wanted(provider, fresh_after, wish())):
                    left -= outcomes.keys()
                    self._put_off_failed(provider, outcomes)
            except Stopped:
                return
            except DatabaseUnusable as error:
                log.warning("queue_waits_for_the_database", provider=provider, why=str(error))
            except Exception as error:  # noqa: BLE001 told below; some must not hold up all that wait behind them
                self._put_off_failed(provider, dict.fromkeys(left, error))

    def _put_off_failed(self, provider: str, outcomes: Outcomes) -> None:
        """Have items that nothing came of wait for their next turn, where nothing else was noted of them."""
        failed = {item_id: each for item_id, each in outcomes.items() if isinstance(each, Exception)}
        for item_id, error in failed.items():
            if isinstance(error, MetarrError):
                log.info("awaiting_item_waits_on", item=item_id, why=str(error))
            else:
                log.error("awaiting_item_failed", item=item_id, provider=provider, exc_info=error)
        if failed:
            with self._database.begin() as connection:
                for item_id in failed:
                    awaited_answers.put_off(connection, item_id, provider, self._clock.now())

    def _room(self, provider: str) -> int:
        """How many items to ask about next; 0: the provider cannot be asked now."""
        configured = self._roster.get(provider)
        if configured is None or not configured.config.enabled or not configured.ready:
            return 0
        try:
            configured.channel.check()
        except ProviderError:
            return 0
        left = left_today(configured)
        return BATCH if left is None else min(BATCH, left)

    def _wish(self) -> Wish:
        deadline = self._clock.monotonic() + PATIENCE
        return Wish(deadline=deadline, auto=True, lane=Lane.BATCH, also=self._unless_stopped)

    def _unless_stopped(self, connection: Connection, enriched: Mapping[int, Enriched]) -> None:
        if self._stopped:
            raise Stopped

    def _look(self, provider: str) -> None:
        if not self._left[provider]:
            try:
                self.spend(provider, stopped=lambda: bool(self._left[provider]))
            except Exception:  # the next look must come
                log.exception("queue_failed", provider=provider)
        now = self._clock.now()
        try:
            with self._database.read() as connection:
                due = awaited_answers.next_due(connection, provider)
        except DatabaseUnusable as error:
            log.warning("queue_waits_for_the_database", provider=provider, why=str(error))
            due = None
        again = min(max(due or now + LATEST, now + SOONEST), now + LATEST)
        self._runner.do_at(again, partial(self._look, provider))


def _wanted(provider: str, fresh_after: datetime | None, wish: Wish) -> Wish:
    """The wish for items of which answers newer than that were ordered: of this provider, whoever else was to be asked
    then has a row of its own."""
    if fresh_after is None or (wish.fresh_after is not None and wish.fresh_after >= fresh_after):
        return wish
    return replace(wish, fresh_after=fresh_after, providers=frozenset({provider}), auto=False)


def left_today(configured: ConfiguredProvider) -> int | None:
    """Requests that are left of a provider's daily quota; None: it has none."""
    status = configured.channel.status()
    return max(0, status.quota_limit - status.quota_used) if status.quota_limit else None
