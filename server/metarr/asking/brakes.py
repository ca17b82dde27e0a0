"""The brakes of all providers: counts what their answers change, and says whose are taken no more (`domain.brake`)."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

from metarr.clock import Clock
from metarr.domain.brake import Altered, Brake, counted
from metarr.domain.outcome import Unavailable
from metarr.errors import Reason
from metarr.store import brakes
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)


class Brakes:
    """Counts in the transactions that commit the items, which take turns. Thread-safe.

    Stored is what was counted when a title was changed last: to write down each answer that changes none would cost a
    statement an item, and what a restart forgets of those makes a brake hardly quicker.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        with database.read() as connection:
            self._brakes: Mapping[str, Brake] = brakes.everything(connection)
        self._to_store: set[str] = set()

    def of(self, provider: str) -> Brake:
        return self._brakes.get(provider, _LOOSE)

    def stopped(self, provider: str) -> Unavailable | None:
        """The outcome of asking a provider of which nothing is taken now; None: it may be asked. What it said last does
        not stand in: that may be the nonsense for which it was stopped."""
        brake = self.of(provider)
        return None if brake.stopped_at is None else _STOPPED

    @contextmanager
    def counting(self, connection: Connection) -> Iterator[None]:
        """Within a transaction that commits items: what is counted is stored with them, or forgotten where they are
        not committed, for then they are counted again."""
        before, self._to_store = self._brakes, set()
        try:
            yield
            for provider in sorted(self._to_store):
                brakes.put(connection, provider, self.of(provider))
        except BaseException:
            with self._lock:
                self._brakes = before
            raise

    def count(self, provider: str, altered: Altered | None) -> bool:
        """Note, while `counting`, a comparable answer that is about to be committed, and what it would alter.

        True: its provider is stopped now, so it must not be committed.
        """
        before = self.of(provider)
        after = counted(before, altered, self._clock.now())
        self._put(provider, after)
        if altered is not None:
            self._to_store.add(provider)
        if after.stopped_at is None or before.stopped_at is not None:
            return False
        log.warning("provider_stopped", provider=provider, why=after.describe())
        return True

    def release(self, connection: Connection, provider: str) -> bool:
        """Take its answers again; the count starts anew. False: it was not stopped."""
        if self.of(provider).stopped_at is None:
            return False
        brakes.put(connection, provider, _LOOSE)
        self._put(provider, _LOOSE)
        log.info("provider_goes_on", provider=provider)
        return True

    def _put(self, provider: str, brake: Brake) -> None:
        with self._lock:
            self._brakes = {**self._brakes, provider: brake}


_LOOSE = Brake()
_STOPPED = Unavailable(reason=Reason.SUSPECT, detail="its answers make other titles of too many items: see the notices")
