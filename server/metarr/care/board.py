"""The board: every notice that there is now, wherever it comes from; each is in the log once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.clock import Clock
from metarr.domain.notice import Notice, NoticeCode, Severity
from metarr.errors import CannotDo
from metarr.store import notices
from metarr.store.database import Database

log = structlog.get_logger(__name__)

Source = Callable[[], Iterable[Notice]]
"""Reads notices off a state."""

_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class NoticeBoard:
    """Looks at every source of notices and at those that the store keeps. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, sources: Iterable[Source] = ()) -> None:
        self._database = database
        self._clock = clock
        self._sources = (self._kept, *sources)
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], datetime] = {}

    def look(self) -> tuple[Notice, ...]:
        """Every notice that there is now, the worst first, each with its `since`. What is new is logged, and what is
        over."""
        there = {(each.code, each.subject): each for each in self._looked_at()}
        with self._lock:
            now = self._clock.now()
            new, over = there.keys() - self._seen.keys(), self._seen.keys() - there.keys()
            self._seen = {key: each.since or self._seen.get(key, now) for key, each in there.items()}
            dated = [replace(each, since=self._seen[key]) for key, each in there.items()]
        for key in sorted(new):
            _log(there[key])
        for code, subject in sorted(over):
            log.info("notice_over", code=str(code), subject=subject)
        return tuple(sorted(dated, key=order))

    def _looked_at(self) -> Iterator[Notice]:
        for source in self._sources:
            try:
                yield from source()
            except CannotDo as error:
                yield Notice(code=NoticeCode.DATABASE_UNUSABLE, subject="database", text=str(error))

    def _kept(self) -> list[Notice]:
        with self._database.read() as connection:
            return notices.everything(connection)


def order(notice: Notice) -> tuple[int, str, str]:
    """By which notices are sorted: the worst first."""
    return _WORST_FIRST.index(notice.severity), notice.code, notice.subject


def _log(notice: Notice) -> None:
    level = {Severity.INFO: log.info, Severity.WARNING: log.warning, Severity.ERROR: log.error}[notice.severity]
    level("notice", code=str(notice.code), subject=notice.subject, text=notice.text)
