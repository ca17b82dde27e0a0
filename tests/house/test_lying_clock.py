"""A clock that lies, for a minute or for good, while the daemon runs or across a restart: nothing is lost for it,
whoever insists is asked, and the next night runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import House, house, put_enriched
from metarr.datadir import DATABASE
from metarr.domain.notice import NoticeCode
from metarr.jobs.jobs import Order
from metarr.scheduler import Scheduler
from metarr.settings import Settings
from metarr.store.database import Database
from metarr.store.jobs import JobState, Scope
from simulators import Simulators

pytestmark = pytest.mark.slow

DAY = 86400
JUMPS = {
    "a day": DAY,
    "a year": 365 * DAY,
    "ten years": 3652 * DAY,
    "a day back": -DAY,
    "a year back": -365 * DAY,
    "ten years back": -3652 * DAY,
}
KEPT = ("items", "field_values", "change_sets", "provider_answers", "jobs")
FAST = ("ten years", "a day back")
jumps = pytest.mark.parametrize(
    "jump",
    [pytest.param(jump, id=name, marks=[] if name in FAST else pytest.mark.slow) for name, jump in JUMPS.items()],
)
restarts = pytest.mark.parametrize("restarts", [False, pytest.param(True, marks=pytest.mark.slow)])


class Run:
    """A daemon's services with the scheduler, which a test ends and starts again."""

    def __init__(self, simulators: Simulators, folder: Path, clock: FakeClock) -> None:
        self._simulators, self._folder, self._clock = simulators, folder, clock
        self._made: object = None
        self.start(first=True)
        self.home.services.settings.update({"daily_zone": "UTC"})
        self.items = put_enriched(self.home, "inception", "fight-club")
        self.home.asked()

    def start(self, *, first: bool = False) -> None:
        database = Database(self._folder / DATABASE)
        database.migrate(None, self._clock.now())
        made = house(self._simulators, self._folder, self._clock, ("tmdb", "omdb") if first else (), database=database)
        self._leave: Callable[..., object] = made.__exit__
        self.home: House = made.__enter__()
        self.scheduler = Scheduler(self.home.services.daily, self._clock, self.home.services.board.look)
        self.scheduler.tick()

    def stop(self) -> None:
        self.home.services.daily.stop()
        self._leave(None, None, None)

    def restart(self) -> None:
        self.stop()
        self.start()

    def keys(self) -> dict[str, set[object]]:
        """What there is, by table: the first columns tell the rows apart."""
        count = {"provider_answers": 4, "field_values": 2}
        return {name: {row[: count.get(name, 1)] for row in rows} for name, rows in self.home.rows(*KEPT).items()}

    def ended_job(self) -> int:
        job = self.home.services.jobs.submit(Order(scope=Scope(item_ids=(self.items["inception"],))))
        self.home.services.jobs.cancel(job.id)
        return job.id

    def daily_runs(self) -> int:
        return sum(job.cause == "daily" for job in self.home.services.jobs.page(None, 50))

    def end_jobs(self) -> None:
        for job in self.home.services.jobs.page(None, 50):
            if job.state is not JobState.CANCELLED:
                self.home.services.jobs.cancel(job.id)

    def until(self, hour: int) -> None:
        """Let time pass, minute by minute as the scheduler sees it, until the clock says that hour."""
        now = self._clock.now()
        then = now.replace(hour=hour, minute=1, second=0, microsecond=0)
        self._clock.advance(((then if then > now else then + timedelta(days=1)) - now).total_seconds())
        self.scheduler.tick()

    def notices(self) -> list[NoticeCode]:
        return [each.code for each in self.home.services.board.look()]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def run(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> Run:
    made = Run(simulators, tmp_path, clock)
    yield made
    made.stop()


@jumps
@restarts
def test_no_row_is_gone_for_a_minute_in_which_the_clock_lies(
    run: Run, clock: FakeClock, jump: float, restarts: bool
) -> None:
    run.ended_job()
    run.home.services.settings.update({"change_set_retention_days": 1})
    clock.advance(60)
    run.scheduler.tick()
    before = run.keys()
    assert all(before.values())
    clock.step_wall(jump)
    if restarts:
        run.restart()
    clock.advance(60)
    run.scheduler.tick()
    run.ended_job()
    wrong = run.home.enrich(run.items["inception"], force=True).item
    clock.step_wall(-jump)
    if restarts:
        run.restart()
    for _ in range(3):
        clock.advance(60)
        run.scheduler.tick()
    after = run.keys()
    assert [row for name in KEPT for row in before[name] - after[name]] == []
    assert run.home.item(wrong.id).fields == wrong.fields


@jumps
@restarts
def test_whoever_insists_is_asked_under_a_clock_that_lies_and_after_it(
    run: Run, clock: FakeClock, jump: float, restarts: bool
) -> None:
    for step in (jump, -jump):
        clock.step_wall(step)
        if restarts:
            run.restart()
        clock.advance(60)
        run.home.enrich(run.items["inception"], force=True)
        assert run.home.asked().keys() == {"tmdb", "omdb"}
        clock.advance(60)
        run.home.enrich(run.items["inception"])
        assert run.home.asked() == {}, "what was fetched a minute ago is fresh"


@jumps
def test_an_answer_from_the_future_is_never_fresh(run: Run, clock: FakeClock, jump: float) -> None:
    clock.step_wall(abs(jump))
    run.home.enrich(run.items["inception"], force=True)
    clock.step_wall(-abs(jump))
    run.home.asked()
    run.home.enrich(run.items["inception"])
    assert run.home.asked().keys() == {"tmdb", "omdb"}


@jumps
def test_what_is_said_after_a_clock_was_ahead_replaces_what_was_said_then(
    run: Run, clock: FakeClock, jump: float
) -> None:
    clock.step_wall(abs(jump))
    run.home.enrich(run.items["inception"], force=True)
    clock.step_wall(-abs(jump))
    run.home.simulators.patch("tmdb", "movie", 27205, overview="Another plot.")
    assert run.home.enrich(run.items["inception"], force=True).item.fields["plot"].value == "Another plot."
    clock.advance(60)
    run.home.enrich(run.items["inception"])
    assert run.home.item(run.items["inception"]).fields["plot"].value == "Another plot."


@jumps
@restarts
@pytest.mark.parametrize("returns", [True, False], ids=["returns", "stays"])
def test_the_next_night_runs(run: Run, clock: FakeClock, jump: float, restarts: bool, returns: bool) -> None:
    run.until(3)
    assert run.daily_runs() == 1
    run.end_jobs()
    clock.step_wall(jump)
    if restarts:
        run.restart()
    run.scheduler.tick()
    run.end_jobs()
    if returns:
        clock.step_wall(-jump)
        if restarts:
            run.restart()
        run.scheduler.tick()
        run.end_jobs()
    before = run.daily_runs()
    run.until(2)
    assert run.daily_runs() == before
    run.until(3)
    assert run.daily_runs() == before + 1
    run.end_jobs()
    run.until(3)
    assert run.daily_runs() == before + 2


def test_a_run_under_a_clock_that_is_a_day_ahead_does_not_take_the_next_night(run: Run, clock: FakeClock) -> None:
    clock.step_wall(DAY)
    run.until(3)
    run.end_jobs()
    before = run.daily_runs()
    clock.step_wall(-DAY)
    run.scheduler.tick()
    assert run.daily_runs() == before
    run.until(3)
    assert run.daily_runs() == before + 1


def test_what_waits_for_a_time_that_a_clock_ahead_set_is_due(run: Run, clock: FakeClock) -> None:
    clock.step_wall(3652 * DAY)
    run.home.simulators.fault("omdb", "error_500")
    run.home.enrich(run.items["inception"], force=True)
    clock.step_wall(-3652 * DAY)
    run.home.simulators.reset()
    run.home.asked()
    run.home.services.planner.spend("omdb")
    assert "omdb" in run.home.asked()
    assert run.home.awaited(run.items["inception"]) == {}


@pytest.mark.parametrize("jump", [3 * DAY, 3652 * DAY, -3 * DAY, -3652 * DAY])
@restarts
def test_two_days_between_the_clock_and_what_is_stored_are_a_notice(
    run: Run, clock: FakeClock, jump: float, restarts: bool
) -> None:
    assert NoticeCode.CLOCK not in run.notices()
    clock.step_wall(jump)
    if restarts:
        run.restart()
    run.scheduler.tick()
    assert NoticeCode.CLOCK in run.notices()
    clock.step_wall(-jump)
    run.scheduler.tick()
    assert NoticeCode.CLOCK not in run.notices()


@pytest.mark.parametrize("jump", [DAY, -DAY, 3600, -3600])
def test_a_day_is_none(run: Run, clock: FakeClock, jump: float) -> None:
    clock.step_wall(jump)
    run.scheduler.tick()
    assert NoticeCode.CLOCK not in run.notices()


def test_days_are_counted_that_were_lived_through_and_kept_across_restarts(run: Run, clock: FakeClock) -> None:
    database, daily = run.home.database, run.home.services.daily
    assert database.day == 0
    clock.advance(1.5 * DAY)
    run.scheduler.tick()
    assert database.day == 1
    clock.step_wall(100 * DAY)
    run.restart()
    assert run.home.database.day == 1
    clock.advance(0.6 * DAY)
    run.scheduler.tick()
    assert run.home.database.day == 2
    assert daily is not run.home.services.daily


def test_settings_hold_nothing_of_it(run: Run) -> None:
    assert run.home.services.config.read().settings == Settings(daily_zone="UTC")
