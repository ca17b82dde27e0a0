"""The daily run and the sweeping that rides on its tick; when it is due, the scheduler says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.freshness import MAX_AGE
from metarr.jobs.jobs import Jobs, Order
from metarr.settings import Settings
from metarr.store import answers, changes, jobs, key_values
from metarr.store.database import Database
from metarr.store.jobs import Scope

log = structlog.get_logger(__name__)

LAST_RUN, SINCE, LAST_SWEEP = "daily_last_run", "daily_since", "last_sweep"
"""Where the times are kept, as ISO text."""

SWEEP_EVERY = timedelta(days=1)
JOBS_KEPT = timedelta(days=90)

NextRun = Callable[[datetime | None, datetime, time, ZoneInfo], datetime]
"""When the next run is due, from the last one, now, the time of day and the zone."""


@dataclass(frozen=True)
class Outlook:
    """When the daily run ran and will run. `off`: why it does not, "" where it does."""

    at: str
    zone: str
    off: str
    last_run: datetime | None
    next_run: datetime | None


class Daily:
    """What the scheduler does, and what is told about it."""

    def __init__(self, database: Database, work: Jobs, config: ConfigReader, clock: Clock, next_run: NextRun) -> None:
        self._database = database
        self._jobs = work
        self._config = config
        self._clock = clock
        self._next_run = next_run

    def settings(self) -> Settings:
        return self._config.read().settings

    def last_run(self, now: datetime) -> datetime:
        """When the last run began. Before the first one, since when there is a daily run at all: a new house begins
        with the next night."""
        last = self._time(LAST_RUN) or self._time(SINCE)
        if last is None:
            self._keep(SINCE, now)
        return last or now

    def run(self, now: datetime) -> bool:
        """Begin a run. False: a job over everything runs already, so the date is dropped."""
        begins = not self._jobs.everything_runs()
        if begins:
            self._jobs.submit(Order(scope=Scope(), auto=True, cause="daily"))
        # Afterwards: where it could not be begun, the next tick tries again.
        self._keep(LAST_RUN, now)
        return begins

    def prune(self, now: datetime) -> None:
        """Once a day, forget what is too old: the history by its setting, answers that may not stand in any more."""
        last = self._time(LAST_SWEEP)
        if last is not None and timedelta() <= now - last < SWEEP_EVERY:
            return
        kept = timedelta(days=self.settings().change_set_retention_days)
        with self._database.begin() as connection:
            gone = {
                "change_sets": changes.prune(connection, now - kept),
                "answers": answers.prune(connection, now - MAX_AGE),
                "jobs": jobs.prune(connection, now - JOBS_KEPT),
            }
        self._keep(LAST_SWEEP, now)
        if any(gone.values()):
            log.info("swept", **gone)

    def outlook(self) -> Outlook:
        chosen, now, last = self.settings(), self._clock.now(), self._time(LAST_RUN)
        off = ""
        if not chosen.daily_enabled:
            off = "switched off"
        elif not chosen.multi_provider_aggregation:
            off = "multi-provider aggregation is off"
        since = last or self._time(SINCE) or now
        due = None if off else self._next_run(since, now, chosen.daily_time, chosen.zone)
        return Outlook(at=chosen.daily_at, zone=str(chosen.zone), off=off, last_run=last, next_run=due)

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
