"""When the daily run is due, and what a tick does. No clock runs here but the test's."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes import FakeClock
from harness import House, house
from metarr.app import start_background
from metarr.domain.notice import NoticeCode
from metarr.domain.values import Kind
from metarr.errors import DatabaseUnusable
from metarr.jobs.daily import STUCK
from metarr.library.intake import NewItem
from metarr.scheduler import TICK, Scheduler, daily_due, next_run, occurrence
from postgres import MakeDatabase
from simulators import Simulators

AT = time(3)
MOMENTS = st.integers(0, 25 * 365 * 24 * 60).map(
    lambda minutes: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
CHANGES = [
    # Zone, the day of the change, the length of that day in hours. In Beirut, Tehran and Amman the clocks change at
    # midnight or 1:00; in Athens and Helsinki the gap is 3:00 to 4:00.
    ("Europe/Athens", date(2026, 3, 29), 23),
    ("Europe/Athens", date(2026, 10, 25), 25),
    ("Europe/Helsinki", date(2026, 3, 29), 23),
    ("Europe/Helsinki", date(2026, 10, 25), 25),
    ("America/New_York", date(2026, 3, 8), 23),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
]
ZONES = sorted({zone for zone, _, _ in CHANGES} | {"UTC", "Pacific/Apia", "Asia/Kathmandu", "America/Havana"})


def runs(
    zone: ZoneInfo, begin: datetime, end: datetime, at: time, step: timedelta = timedelta(minutes=1)
) -> list[datetime]:
    """When a scheduler that looks with every step would have run."""
    last, found, now = begin, [], begin
    while now <= end:
        if daily_due(last, now, at, zone) is not None:
            last = now
            found.append(now)
        now += step
    return found


@pytest.mark.parametrize("at", [time(3), time(2, 30), time(3, 30), time(0), time(23, 59)], ids=str)
@pytest.mark.parametrize(("name", "day", "hours"), CHANGES)
def test_around_a_change_of_the_clocks_there_is_one_run_a_local_date(
    name: str, day: date, hours: float, at: time
) -> None:
    zone = ZoneInfo(name)
    begin = datetime.combine(day - timedelta(days=1), time(12), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=2), time(12), tzinfo=zone).astimezone(UTC)
    dates = [moment.astimezone(zone).date() for moment in runs(zone, begin, end, at)]
    assert len(set(dates)) == len(dates)
    assert {day, day + timedelta(days=1)} <= set(dates)
    whole_day = occurrence(day + timedelta(days=1), time(0), zone) - occurrence(day, time(0), zone)
    assert whole_day == timedelta(hours=hours)


def test_in_a_gap_at_three_the_run_moves_forward_and_in_a_fold_it_is_the_first_three() -> None:
    athens = ZoneInfo("Europe/Athens")
    gap, fold = occurrence(date(2026, 3, 29), AT, athens), occurrence(date(2026, 10, 25), AT, athens)
    assert gap.astimezone(athens).isoformat() == "2026-03-29T04:00:00+03:00"
    assert fold == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert fold.astimezone(athens).isoformat() == "2026-10-25T03:00:00+03:00"


def test_after_nights_missed_there_is_one_run_and_the_next_in_the_night_after() -> None:
    zone = ZoneInfo("Europe/Berlin")
    last = datetime(2026, 6, 1, 1, tzinfo=UTC)
    back = datetime(2026, 6, 5, 18, tzinfo=UTC)
    assert daily_due(last, back, AT, zone) == date(2026, 6, 5)
    assert daily_due(back, back + timedelta(minutes=1), AT, zone) is None
    assert next_run(back, back, AT, zone) == datetime(2026, 6, 6, 1, tzinfo=UTC)


def test_a_run_made_up_after_midnight_is_that_dates_run() -> None:
    zone = ZoneInfo("UTC")
    made_up = datetime(2026, 6, 5, 0, 30, tzinfo=UTC)
    assert daily_due(datetime(2026, 6, 3, 3, tzinfo=UTC), made_up, AT, zone) == date(2026, 6, 4)
    assert daily_due(made_up, datetime(2026, 6, 5, 3, tzinfo=UTC), AT, zone) is None
    assert daily_due(made_up, datetime(2026, 6, 6, 3, tzinfo=UTC), AT, zone) == date(2026, 6, 6)


def test_a_clock_that_was_years_ahead_does_not_stop_the_runs() -> None:
    now = datetime(2026, 6, 5, 4, tzinfo=UTC)
    assert daily_due(datetime(2031, 1, 1, tzinfo=UTC), now, AT, ZoneInfo("UTC")) == date(2026, 6, 5)
    assert daily_due(now + timedelta(hours=2), now, AT, ZoneInfo("UTC")) is None


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    at=st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0)),
    begin=MOMENTS,
    step=st.timedeltas(timedelta(minutes=5), timedelta(hours=5)),
)
def test_never_two_runs_a_local_date_and_none_left_out(
    zone: ZoneInfo, at: time, begin: datetime, step: timedelta
) -> None:
    end = begin + timedelta(days=12)
    dates = [moment.astimezone(zone).date() for moment in runs(zone, begin, end, at, step)]
    assert len(set(dates)) == len(dates)
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    # A look that comes hours late falls on the next date, which has had its run with that; Samoa left out a whole day.
    assert all(gap <= 2 for gap in gaps)
    assert len(dates) >= 5


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    now=MOMENTS,
    ago=st.timedeltas(timedelta(0), timedelta(days=5)),
    at=st.times(timezones=st.none()),
)
def test_the_next_run_that_is_told_is_the_one_that_comes(
    zone: ZoneInfo, now: datetime, ago: timedelta, at: time
) -> None:
    last = now - ago
    told = next_run(last, now, at, zone)
    assert daily_due(last, told, at, zone) is not None
    assert told == now or daily_due(last, told - timedelta(microseconds=1), at, zone) is None


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def home(simulators: Simulators, clock: FakeClock, tmp_path: Path, make_database: MakeDatabase) -> Iterator[House]:
    with make_database() as database, house(simulators, tmp_path, clock, database=database) as made:
        yield made


@pytest.fixture
def scheduler(home: House, clock: FakeClock) -> Scheduler:
    home.services.settings.update({"daily_zone": "UTC"})
    scheduler = Scheduler(home.services.daily, clock)
    scheduler.tick()
    return scheduler


def causes(home: House) -> list[str]:
    return [job.cause for job in home.services.jobs.page(None, 50)]


def test_a_new_house_begins_with_the_next_night(home: House, clock: FakeClock, scheduler: Scheduler) -> None:
    assert causes(home) == []
    assert home.services.daily.outlook().last_run is None
    assert home.services.daily.outlook().next_run == datetime(2026, 11, 23, 3, tzinfo=UTC)
    clock.advance(15 * 3600 - 60)
    scheduler.tick()
    assert causes(home) == []
    clock.advance(60)
    scheduler.tick()
    scheduler.tick()
    assert causes(home) == ["daily"]
    assert home.services.daily.outlook().last_run == clock.now()
    assert home.services.daily.outlook().next_run == datetime(2026, 11, 24, 3, tzinfo=UTC)


def test_a_date_that_falls_due_during_a_run_is_dropped(
    home: House, clock: FakeClock, scheduler: Scheduler, capfd: pytest.CaptureFixture[str]
) -> None:
    clock.advance(15 * 3600)
    scheduler.tick()
    [running] = home.services.jobs.page(None, 50)  # nothing runs it: a run longer than a day
    clock.advance(24 * 3600)
    scheduler.tick()
    assert "daily_run_dropped" in capfd.readouterr().err
    home.services.jobs.cancel(running.id)
    clock.advance(3600)
    scheduler.tick()
    assert causes(home) == ["daily"]
    clock.advance(23 * 3600)
    scheduler.tick()
    assert causes(home) == ["daily", "daily"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Athens"])
def test_another_time_zone_right_after_a_run_makes_no_second_one_of_the_same_night(
    home: House, clock: FakeClock, scheduler: Scheduler, zone: str
) -> None:
    clock.advance(15 * 3600)
    scheduler.tick()
    [first] = home.services.jobs.page(None, 50)
    home.services.jobs.cancel(first.id)
    home.services.settings.update({"daily_zone": zone})
    scheduler.tick()
    assert causes(home) == ["daily"]
    told = home.services.daily.outlook().next_run
    assert told is not None
    assert told.astimezone(ZoneInfo(zone)).time() == AT
    clock.advance((told - clock.now()).total_seconds() - 1)
    scheduler.tick()
    assert causes(home) == ["daily"]
    clock.advance(1)
    scheduler.tick()
    assert causes(home) == ["daily", "daily"]


@pytest.mark.parametrize("setting", ["daily_enabled", "multi_provider_aggregation"])
def test_switched_off_it_does_not_run_and_says_so(
    home: House, clock: FakeClock, scheduler: Scheduler, setting: str
) -> None:
    home.services.settings.update({setting: False})
    clock.advance(3 * 24 * 3600)
    scheduler.tick()
    assert causes(home) == []
    outlook = home.services.daily.outlook()
    assert outlook.off
    assert outlook.next_run is None


def test_it_takes_monitored_items_only_and_costs_nothing_for_fresh_ones(
    home: House, clock: FakeClock, scheduler: Scheduler
) -> None:
    with ExitStack() as running:
        start_background(home.services, running)
        home.enrich(home.add("inception"))
        [left_out] = home.services.library.upsert([NewItem(Kind.MOVIE, "The Matrix", 1999, {"imdb": "tt0133093"})])
        home.change(left_out.item.id, lambda item: replace(item, monitored=False))
        home.asked()
        clock.advance(15 * 3600)
        scheduler.tick()
        while home.services.jobs.everything_runs():
            pass
        [job] = home.services.jobs.page(None, 5)
        assert (job.cause, str(job.state), job.total, job.tally.unchanged) == ("daily", "complete", 1, 1)
        assert home.asked() == {}


def test_the_tick_forgets_what_is_too_old(home: House, clock: FakeClock, scheduler: Scheduler) -> None:
    item_id = home.add("inception")
    home.enrich(item_id)
    home.services.settings.update({"change_set_retention_days": 30})
    clock.advance(29 * 24 * 3600)
    scheduler.tick()
    assert len(home.history(item_id)) == 1
    clock.advance(2 * 24 * 3600)
    scheduler.tick()
    assert home.history(item_id) == []
    assert len(home.rows("provider_answers")["provider_answers"]) > 0
    clock.advance(150 * 24 * 3600)
    scheduler.tick()
    assert home.rows("provider_answers")["provider_answers"] == []
    assert "plot" in home.item(item_id).fields


def test_a_clock_that_was_not_set_yet_begins_and_forgets_nothing(
    home: House, clock: FakeClock, scheduler: Scheduler
) -> None:
    clock.advance(15 * 3600)
    scheduler.tick()
    [first] = home.services.jobs.page(None, 50)
    home.services.jobs.cancel(first.id)
    before = home.rows("settings")
    ahead = (clock.now() - datetime(1970, 1, 1, 4, tzinfo=UTC)).total_seconds()
    clock.step_wall(-ahead)
    scheduler.tick()
    assert causes(home) == ["daily"]
    assert home.rows("settings") == before
    clock.step_wall(ahead)
    scheduler.tick()
    assert causes(home) == ["daily"]


def test_a_run_that_could_not_be_begun_is_tried_again_with_the_next_tick(
    home: House, clock: FakeClock, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(15 * 3600)

    def locked(_: Any) -> None:
        raise DatabaseUnusable("the database cannot be used: database is locked")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(home.services.jobs, "submit", locked)
        scheduler.tick()
    assert causes(home) == []
    scheduler.tick()
    scheduler.tick()
    assert causes(home) == ["daily"]


def test_the_look_that_fails_is_not_the_last_one(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler, looks = Scheduler(home.services.daily, clock), []
    monkeypatch.setattr(scheduler._stopping, "wait", lambda _: None)

    def look(_: Any) -> None:
        looks.append(clock.monotonic())
        if len(looks) == 2:
            scheduler._stopping.set()
        raise OverflowError("date value out of range")

    monkeypatch.setattr(scheduler, "_wait_and_tick", look)
    scheduler._run()
    assert len(looks) == 2


def test_health_tells_when_it_was_last_looked_and_that_nobody_looks_any_more(
    home: House, clock: FakeClock, scheduler: Scheduler
) -> None:
    looked = clock.now()
    clock.advance(STUCK)
    assert home.services.daily.outlook().last_look == looked
    assert list(home.services.daily.notices()) == []
    clock.advance(1)
    [told] = home.services.daily.notices()
    assert (told.code, told.since) == (NoticeCode.SCHEDULER_STUCK, looked)
    scheduler.tick()
    assert list(home.services.daily.notices()) == []


class SetBack(FakeClock):
    """A clock that somebody sets back during the third wait, and on which nobody waits for ever."""

    back = timedelta()

    def wait(self, seconds: float, until: threading.Event | None = None) -> bool:
        assert len(self.waits) < 20
        if len(self.waits) == 2:
            self.step_wall(-self.back.total_seconds())
        return super().wait(seconds, until)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=2000)], ids=str)
def test_a_clock_that_is_set_back_does_not_stop_the_ticks(
    home: House, monkeypatch: pytest.MonkeyPatch, back: timedelta
) -> None:
    clock, ticked = SetBack(auto=True), []
    clock.back = back

    class Local(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return clock.now().astimezone(tz).replace(tzinfo=tz)

    monkeypatch.setattr("schedule.datetime", SimpleNamespace(**{**vars(dt), "datetime": Local}))
    scheduler = Scheduler(home.services.daily, clock)

    def tick() -> None:
        ticked.append(clock.monotonic())
        if len(ticked) == 6:
            scheduler._stopping.set()

    monkeypatch.setattr(scheduler, "tick", tick)
    scheduler._run()
    assert all(later - earlier <= 2 * TICK for earlier, later in pairwise(ticked))
