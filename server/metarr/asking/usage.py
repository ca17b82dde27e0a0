"""What is asked of the providers, counted in memory and written down once a minute: to write each request would cost
more than it is worth, and of a daemon that is killed a minute is lost."""

import threading
from datetime import timedelta

import structlog

from metarr.clock import Clock
from metarr.domain.usage import NONE, Fate, of_one, together
from metarr.errors import DatabaseUnusable
from metarr.store import usage
from metarr.store.database import Database
from metarr.store.usage import Days

log = structlog.get_logger(__name__)


KEPT = timedelta(days=400)


class UsageBook:
    """Counts them by provider and day. A day is one of UTC, by which most quotas count. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._unwritten: Days = {}

    def note(self, provider: str, fate: Fate, seconds: float) -> None:
        """Count a request that was sent, and how long it took."""
        key, one = (provider, self.day()), of_one(fate, seconds)
        with self._lock:
            self._unwritten[key] = together(self._unwritten.get(key, NONE), one)

    def day(self, ago: int = 0) -> str:
        """Today, or so many days before."""
        return f"{self._clock.now() - timedelta(days=ago):%Y-%m-%d}"

    def last(self, days: int) -> Days:
        """The last days on which something was asked, today counted in."""
        first = self.day(days - 1)
        with self._writing:
            with self._database.read() as connection:
                kept = usage.since(connection, first)
            with self._lock:
                unwritten = {key: counted for key, counted in self._unwritten.items() if key[1] >= first}
        return _joined(kept, unwritten)

    def write(self) -> None:
        """Write down what was counted since the last time."""
        with self._writing:
            with self._lock:
                counted, self._unwritten = self._unwritten, {}
            if not counted:
                return
            try:
                with self._database.begin() as connection:
                    usage.add(connection, counted)
            except BaseException:
                with self._lock:
                    self._unwritten = _joined(counted, self._unwritten)
                raise

    def stop(self) -> None:
        """The daemon ends: write it down, where that can be done."""
        try:
            self.write()
        except DatabaseUnusable as error:
            log.warning("usage_not_kept", why=str(error))


def _joined(one: Days, other: Days) -> Days:
    return one | {key: together(one.get(key, NONE), more) for key, more in other.items()}
