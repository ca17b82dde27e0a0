"""The days that the daemon lived through, counted on the clock that only goes forward, and kept across restarts.

By them it is decided what is too old to be kept. The wall clock may say anything: it was ten years ahead for a minute,
and everything would be too old. A day on which the machine was off or asleep does not count; what is kept longer for
that harms nobody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog

from metarr.clock import Clock
from metarr.domain.notice import Notice, NoticeCode
from metarr.errors import DatabaseUnusable
from metarr.store import answers, changes, key_values
from metarr.store.database import Database

log = structlog.get_logger(__name__)

KEY = "lived"
"""Where it is kept: seconds lived through, and what the wall clock said then."""

DAY = 86400.0
KEEP_EVERY = DAY / 4
"""Seconds that are lost at most when the daemon is killed; a disk that sleeps is not to be woken for them."""

APART = timedelta(days=2)
"""How far the wall clock may be from what it should say."""


class LivedDays:
    """Counts them. `count` is to be called by one thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        kept = self._read()
        self._before = self._kept = float(kept.get("seconds", 0.0))
        self._began = clock.monotonic()
        # The wall clock and the seconds lived through when both were last seen to agree.
        at = datetime.fromisoformat(kept["at"]) if kept else clock.now()
        self._agreed = (at, self._before)
        database.day = self.day

    @property
    def seconds(self) -> float:
        return self._before + self._clock.monotonic() - self._began

    @property
    def day(self) -> int:
        """The day that it is, the first one being 0."""
        return int(self.seconds // DAY)

    def count(self) -> int:
        """Take note of the time that has gone by; returns the day that it is."""
        if abs(self._off()) <= APART or self.seconds - self._agreed[1] >= DAY:
            self._agreed = (self._clock.now(), self.seconds)
        self._database.day = self.day
        if self.seconds - self._kept >= KEEP_EVERY:
            self.keep()
        return self.day

    def keep(self) -> None:
        """Have it survive the end of the daemon."""
        at, _ = self._agreed
        with self._database.begin() as connection:
            key_values.put(connection, {KEY: {"seconds": self.seconds, "at": at.isoformat()}})
        self._kept = self.seconds

    def stop(self) -> None:
        """The daemon ends: keep it, where that can be done."""
        try:
            self.keep()
        except DatabaseUnusable as error:
            log.warning("lived_days_not_kept", why=str(error))

    def notices(self) -> Iterator[Notice]:
        """Whether the wall clock is to be believed."""
        now, off = self._clock.now(), self._off()
        with self._database.read() as connection:
            stored = [each for each in (answers.newest(connection), changes.newest(connection)) if each is not None]
        behind = max(-off, max(stored, default=now) - now)
        if behind > APART:
            text = (
                f"the clock says {now:%Y-%m-%d %H:%M} UTC, and what is stored is of {behind.days} days later: it is "
                "behind now, or was ahead. Set the clock of this machine. Until then those answers count as old"
            )
            yield Notice(code=NoticeCode.CLOCK, subject="clock", text=text)
        elif off > APART:
            text = (
                f"the clock says {now:%Y-%m-%d %H:%M} UTC, {off.days} days more than Metarr ran since it was last seen "
                "to be right: the machine was off or asleep that long, or its clock is ahead and has to be set"
            )
            yield Notice(code=NoticeCode.CLOCK, subject="clock", text=text)

    def _off(self) -> timedelta:
        """How far the wall clock is ahead of what it should say; behind: negative."""
        at, seconds = self._agreed
        return self._clock.now() - at - timedelta(seconds=self.seconds - seconds)

    def _read(self) -> dict[str, Any]:
        with self._database.read() as connection:
            kept = key_values.get(connection, KEY)
        return kept if isinstance(kept, dict) else {}
