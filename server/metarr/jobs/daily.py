"""The daily run and the sweeping that rides on its tick; when it is due, the scheduler says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from metarr.asking.config import ConfigReader
from metarr.asking.usage import KEPT as USAGE_KEPT
from metarr.clock import Clock
from metarr.domain.freshness import MAX_AGE, is_ahead
from metarr.domain.notice import Notice, NoticeCode
from metarr.jobs.jobs import Jobs, Order
from metarr.jobs.lived import LivedDays
from metarr.settings import Settings
from metarr.store import answers, changes, jobs, key_values, usage
from metarr.store.database import Database
from metarr.store.jobs import Scope

log = structlog.get_logger(__name__)

LAST_RUN, SINCE = "daily_last_run", "daily_since"
"""Where the times are kept, as ISO text."""

LAST_SWEEP = "last_sweep_day"
"""Where the lived day of the last sweep is kept."""

STUCK = 600.0
"""Seconds without a look after which somebody is to know; there is one a minute."""

JOBS_KEPT = timedelta(days=90)

NextRun = Callable[[datetime | None, datetime, time, ZoneInfo], datetime]
"""When the next run is due, from the last one, now, the time of day and the zone."""


@dataclass(frozen=True)
class Outlook:
    """When the daily run ran and will run. `off`: why it does not, "" where it does. `last_look`: when it was last
    looked whether it is due; None: not yet."""

    at: str
    zone: str
    off: str
    last_run: datetime | None
    next_run: datetime | None
    last_look: datetime | None = None


class Daily:
    """What the scheduler does, and what is told about it."""

    def __init__(
        self,
        database: Database,
        work: Jobs,
        config: ConfigReader,
        clock: Clock,
        next_run: NextRun,
        *,
        lived: LivedDays,
    ) -> None:
        self._lived = lived
        self._database = database
        self._jobs = work
        self._config = config
        self._clock = clock
        self._next_run = next_run
        self._last_look: tuple[datetime, float] | None = None

    def looked(self) -> None:
        """Note that somebody looks, now, whether the run is due."""
        self._last_look = (self._clock.now(), self._clock.monotonic())

    def notices(self) -> Iterator[Notice]:
        """Whether nobody looks any more."""
        if self._last_look is None or self._clock.monotonic() - self._last_look[1] <= STUCK:
            return
        text = (
            "nothing is done at its time any more: no daily run, no sweeping. Start Metarr again, and look at its log"
        )
        since = self._last_look[0]
        yield Notice(code=NoticeCode.SCHEDULER_STUCK, subject="daily run", text=text, since=since)

    def settings(self) -> Settings:
        return self._config.read().settings

    def last_run(self, now: datetime) -> datetime:
        """When the last run began. Before the first one, since when there is a daily run at all: a new house begins
        with the next night. One that lies ahead was noted by a clock that has since gone back: from now on it counts as
        one of now, so that the next night has its own."""
        for key in (LAST_RUN, SINCE):
            last = self._time(key)
            if last is not None and is_ahead(last, now):
                self._keep(key, now)
                return now
            if last is not None:
                return last
        self._keep(SINCE, now)
        return now

    def run(self, now: datetime) -> bool:
        """Begin a run. False: a job over everything runs already, so the date is dropped."""
        begins = not self._jobs.everything_runs()
        if begins:
            self._jobs.submit(Order(scope=Scope(), auto=True, cause="daily"))
        # Afterwards: where it could not be begun, the next tick tries again.
        self._keep(LAST_RUN, now)
        return begins

    def prune(self, now: datetime) -> None:
        """Once in a lived day, forget what is too old by both clocks: the history by its setting, answers that may not
        stand in any more."""
        today = self._lived.count()
        with self._database.read() as connection:
            if key_values.get(connection, LAST_SWEEP) == today:
                return
        kept = timedelta(days=self.settings().change_set_retention_days)
        with self._database.begin() as connection:
            gone = {
                "change_sets": changes.prune(connection, now - kept, today - kept.days),
                "answers": answers.prune(connection, now - MAX_AGE, today - MAX_AGE.days),
                "jobs": jobs.prune(connection, now - JOBS_KEPT, today - JOBS_KEPT.days),
                "days_of_usage": usage.prune(connection, now - USAGE_KEPT, today - USAGE_KEPT.days),
            }
            key_values.put(connection, {LAST_SWEEP: today})
        if any(gone.values()):
            log.info("swept", **gone)

    def stop(self) -> None:
        """The daemon ends."""
        self._lived.stop()

    def outlook(self) -> Outlook:
        chosen, now, last = self.settings(), self._clock.now(), self._time(LAST_RUN)
        off = ""
        if not chosen.daily_enabled:
            off = "switched off"
        elif not chosen.multi_provider_aggregation:
            off = "multi-provider aggregation is off"
        since = last or self._time(SINCE) or now
        looked = self._last_look[0] if self._last_look else None
        due = None if off else self._next_run(since, now, chosen.daily_time, chosen.zone)
        return Outlook(
            at=chosen.daily_at, zone=str(chosen.zone), off=off, last_run=last, next_run=due, last_look=looked
        )

    def _time(self, key: str) -> datetime | None:
        with self._database.read() as connection:
            text = key_values.get(connection, key)
        try:
            return datetime.fromisoformat(text) if isinstance(text, str) else None
        except ValueError:
            return None

    def _keep(self, key: str, moment: datetime) -> None:
        with self._database.begin() as connection:
            key_values.put(connection, {key: moment.isoformat()})
