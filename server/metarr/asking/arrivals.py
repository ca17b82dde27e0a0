"""Answers that came and are not stored yet: several are written in one transaction, with the item that waited for them.

A transaction of its own for every answer would cost more than everything else that is done about the answer.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from metarr.clock import Clock
from metarr.store import answers
from metarr.store.answers import AnswerKey, NewAnswer, StoredAnswer
from metarr.store.database import Connection, Database

SLOTS = 4096
"""Counters of what came, each for many questions: memory does not grow, and a look too many now and then is cheap."""

STORED_WITHIN = 1.0
"""Seconds that an answer waits at most when others come: a slow provider must not keep unstored what others said."""


class Arrivals:
    """What waits to be stored. Thread-safe.

    As long as something waits, somebody in `expected` is still going to store it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[AnswerKey, NewAnswer] = {}
        self._since = 0.0
        self._expecting = 0
        self._came = [0] * SLOTS

    @contextmanager
    def expected(self) -> Iterator[None]:
        """While answers are gathered: what comes may wait until it is stored here, by `begin` or at the end."""
        with self._lock:
            self._expecting += 1
        try:
            yield
        finally:
            with self._lock:
                self._expecting -= 1
                # Not only what this caller asked for: an answer may come after whoever asked for it has gone, such as
                # one of TheTVDB's ten seconds after an interactive call's deadline.
                left = self._waiting and not self._expecting
            if left:
                self.store()

    def add(self, came: Iterable[NewAnswer]) -> None:
        """Have answers stored: soon, and where nobody expects any, now. Raises what a transaction raises."""
        now = self._clock.monotonic()
        by_key = {answer.key: answer for answer in came}
        with self._lock:
            if not self._waiting:
                self._since = now
            self._waiting |= by_key
            # Counted under the same lock as it is put there. Otherwise another caller could take its marks after the
            # count and look before the answer is there: it would ask again for what has just come.
            self._count(by_key)
            due = not self._expecting or now - self._since > STORED_WITHIN
        if due:
            self.store()

    def marks(self, keys: Iterable[AnswerKey]) -> tuple[int, ...]:
        """To be taken before answers to these questions are looked for. Once they differ, there may be one that was
        not seen: look again. As long as they do not, there is none, here or in the database.

        Two jobs ask about one film. The first one's answer comes, is stored and its flight ends, all between the other
        one's look into the cache and its call: there is no flight to join any more, and without the marks the provider
        would be asked twice.
        """
        return tuple(self._came[hash(key) % SLOTS] for key in keys)

    def stored(self, keys: Iterable[AnswerKey]) -> None:
        """Note that answers to these questions were stored by the caller's own, committed transaction."""
        with self._lock:
            self._count(keys)

    def find(self, keys: Iterable[AnswerKey]) -> dict[AnswerKey, StoredAnswer]:
        """Those of these answers that wait. To be asked before the database is: what is gone from here is there, while
        after a look at the database first, an answer could move there unseen."""
        if not self._waiting:
            return {}
        with self._lock:
            came = [self._waiting[key] for key in keys if key in self._waiting]
        return {answer.key: answer.stored() for answer in came}

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction in which everything is stored that waits. Should it be rolled back, answers are stored
        all the same."""
        try:
            with self._database.begin() as connection:
                taken = self._write(connection)
                yield connection
        except BaseException:
            # Such as a version that moved: the item is merged again, but nobody asks the providers again.
            self.store()
            raise
        # Only now: until the commit, others see it neither in the database nor, if it were forgotten, here.
        self._forget(taken)

    def store(self) -> None:
        """Write everything that waits. What cannot be written is lost, as whoever calls this is told."""
        taken = tuple(self._waiting.values())
        try:
            if taken:
                with self._database.begin() as connection:
                    taken = self._write(connection)
        finally:
            self._forget(taken)

    def _write(self, connection: Connection) -> tuple[NewAnswer, ...]:
        with self._lock:
            taken = tuple(self._waiting.values())
        answers.write_all(connection, taken)
        return taken

    def _count(self, keys: Iterable[AnswerKey]) -> None:
        for key in keys:
            self._came[hash(key) % SLOTS] += 1

    def _forget(self, written: Iterable[NewAnswer]) -> None:
        with self._lock:
            for answer in written:
                # A newer answer to the same question may have come while this one was written, such as a forced one.
                if self._waiting.get(answer.key) is answer:
                    del self._waiting[answer.key]
            self._since = self._clock.monotonic()
