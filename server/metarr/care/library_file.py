"""The file that the library is in: whether it is there, and whether it is whole."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.freshness import is_ahead
from metarr.domain.notice import Notice, NoticeCode
from metarr.errors import CannotDo
from metarr.jobs.runner import Runner
from metarr.store import key_values, notices
from metarr.store.database import Database

log = structlog.get_logger(__name__)

KEY = "integrity"
"""Where the last look is kept: when it was, and what it came to."""

OFTEN, SELDOM, LARGE = timedelta(days=1), timedelta(days=7), 10**9
"""How often the file is looked at, and one of so many bytes."""

LEAST_FREE = 50 * 10**6
"""Bytes that should be free on its disk."""

TOLD_FOR = timedelta(days=30)
"""For how long it is told that a library was begun anew."""


class LibraryFile:
    """Looks at it once a day, in the hour of the daily run, and tells what is wrong. Of PostgreSQL's files that server
    takes care."""

    def __init__(self, database: Database, clock: Clock, config: ConfigReader, runner: Runner) -> None:
        self._database = database
        self._clock = clock
        self._config = config
        self._runner = runner
        self._under_way = False
        kept = self._read()
        self._began = clock.now()
        self._looked_at = datetime.fromisoformat(kept["at"]) if kept else None
        self._problem = str(kept.get("problem", ""))

    def look(self) -> None:
        """Begin a look where it is time for one; to be called once a minute."""
        now = self._clock.now()
        if self._database.path is not None and not self._under_way and self._is_due(now):
            self._under_way = True
            self._runner.do_at(now, self.check)

    def check(self) -> None:
        """Read the whole file, and note what is wrong with it."""
        try:
            problems = self._database.problems()
        except CannotDo as error:
            problems = (str(error),)
        now = self._clock.now()
        self._problem, self._looked_at, self._under_way = next(iter(problems), ""), now, False
        log.info("library_file_checked", problems=len(problems))
        try:
            with self._database.begin() as connection:
                key_values.put(connection, {KEY: {"at": now.isoformat(), "problem": self._problem}})
                notices.end_before(connection, NoticeCode.LIBRARY_BEGUN_ANEW, now - TOLD_FOR)
        except CannotDo as error:
            log.warning("library_file_not_noted", why=str(error))

    def notices(self) -> Iterator[Notice]:
        if not self._database.is_gone():
            yield from self._unwritable()
        else:
            text = (
                f"the file of the library, {self._database.path}, was deleted, moved or replaced while Metarr runs: "
                "what it writes is lost when it ends. Put the file back, or stop Metarr and restore a backup"
            )
            yield Notice(code=NoticeCode.LIBRARY_GONE, subject="database", text=text)
        if self._problem:
            text = (
                f"the file of the library is damaged: {self._problem}. Stop Metarr and restore the last good backup; "
                "look at the disk, too"
            )
            yield Notice(code=NoticeCode.LIBRARY_DAMAGED, subject="database", text=text, since=self._looked_at)

    def _unwritable(self) -> Iterator[Notice]:
        """Whether something keeps the library from being written, or soon will."""
        file, trouble = self._database.path, self._database.trouble
        free = shutil.disk_usage(file.parent).free if file is not None else LEAST_FREE
        if free < LEAST_FREE or "full" in trouble:
            text = f"the disk of the library is full: {free / 1e6:.0f} MB are free. Nothing is kept until there is room"
            yield Notice(code=NoticeCode.DISK_FULL, subject="disk", text=text)
        elif trouble:
            yield Notice(code=NoticeCode.DATABASE_UNUSABLE, subject="database", text=trouble)

    def _is_due(self, now: datetime) -> bool:
        settings, file = self._config.read().settings, self._database.path
        every = SELDOM if file is not None and file.exists() and file.stat().st_size >= LARGE else OFTEN
        last = self._looked_at
        if last is not None and is_ahead(last, now):
            return True
        if now.astimezone(settings.zone).hour == settings.daily_time.hour:
            return last is None or now - last >= every - timedelta(hours=2)
        # A machine that is never on at that hour has it made up for.
        return now - (last or self._began) > every + OFTEN

    def _read(self) -> dict[str, Any]:
        with self._database.read() as connection:
            kept = key_values.get(connection, KEY)
        return kept if isinstance(kept, dict) else {}


def note_begun_anew(database: Database, now: datetime) -> None:
    """The library was gone at the start, though there had been one: its key file is there."""
    text = (
        "at the start there was no library, though there had been one, and an empty one was begun: stop Metarr and "
        "restore a backup, or bring the titles in again"
    )
    log.warning("library_begun_anew")
    with database.begin() as connection:
        notices.put(connection, Notice(code=NoticeCode.LIBRARY_BEGUN_ANEW, subject="database", text=text), now)
