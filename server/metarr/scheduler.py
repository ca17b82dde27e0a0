"""The daily run: when it is due, and the minute tick that looks."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import schedule
import structlog

from metarr.clock import Clock
from metarr.errors import MetarrError
from metarr.jobs.daily import Daily

log = structlog.get_logger(__name__)

TICK = 60.0
"""Seconds."""

EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
"""A clock that says less was not set yet, as that of a small machine that just started."""


def occurrence(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time on a day, in UTC: the first of two, and moved forward out of a gap."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def daily_due(last_run: datetime | None, now: datetime, at: time, zone: ZoneInfo) -> date | None:
    """The local date for which the daily run is due now; None: it is not.

    One run per local date, and one for all nights missed. `last_run` None: never. One that lies more than a day
    ahead was noted by a clock that has since gone back, and does not count.
    """
    today = now.astimezone(zone).date()
    day = today if occurrence(today, at, zone) <= now else today - timedelta(days=1)
    if last_run is None or last_run > now + timedelta(days=1):
        return day
    return day if last_run.astimezone(zone).date() < day else None


def next_run(last_run: datetime | None, now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """When the next daily run will be due; now, where it is due already."""
    if daily_due(last_run, now, at, zone) is not None:
        return now
    today = now.astimezone(zone).date()
    planned = (occurrence(today + timedelta(days=ahead), at, zone) for ahead in range(4))
    return next(moment for moment in planned if moment > now and daily_due(last_run, moment, at, zone) is not None)


class Scheduler:
    """Looks once a minute whether something is due, in a thread of its own."""

    def __init__(self, daily: Daily, clock: Clock, *also: Callable[[], object]) -> None:
        """`also`: what else is to be looked at with every tick."""
        self._daily = daily
        self._also = also
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(2.0)

    def tick(self) -> None:
        """Do what is due. What goes wrong is logged, and tried again with the next tick."""
        self._daily.looked()
        for look in (self._look, *self._also):
            try:
                look()
            except MetarrError as error:
                log.warning("daily_run_failed", error=str(error))
            except Exception:  # the tick must go on
                log.exception("tick_failed")

    def _look(self) -> None:
        now = self._clock.now()
        if now < EARLIEST:
            return
        settings = self._daily.settings()
        self._daily.prune(now)
        if not (settings.daily_enabled and settings.multi_provider_aggregation):
            return
        last_run = self._daily.last_run(now)
        day = daily_due(last_run, now, settings.daily_time, settings.zone)
        if day is None:
            return
        if self._daily.run(now):
            log.info("daily_run_started", date=str(day))
        else:
            log.info("daily_run_dropped", date=str(day), why="a job over the whole library is running")

    def _run(self) -> None:
        ticks = schedule.Scheduler()
        ticks.every().minute.do(self.tick)
        self.tick()
        while not self._stopping.is_set():
            try:
                self._wait_and_tick(ticks)
            except Exception:  # such as a clock beyond what can be counted with: without this loop no night would run
                log.exception("scheduler_failed")
                self._stopping.wait(TICK)

    def _wait_and_tick(self, ticks: schedule.Scheduler) -> None:
        if self._clock.wait(min(TICK, max(1.0, ticks.idle_seconds or 0.0)), self._stopping):
            return
        if (ticks.idle_seconds or 0.0) > TICK:  # the clock was set back: it would wait until it is that late again
            ticks.run_all()
        else:
            ticks.run_pending()
