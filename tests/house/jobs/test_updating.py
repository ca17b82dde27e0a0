"""Editing many items as a job: stored, watched, ended, resumed and undone like any other."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from factories import item, stored
from fakes import FakeClock
from harness import House, house
from house.jobs.test_jobs import at_work, finished, until
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput
from metarr.jobs import updating
from metarr.jobs.jobs import Order
from metarr.jobs.updating import UpdateWork
from metarr.library.edit import Edit
from metarr.store import items
from metarr.store.changes import Selection
from metarr.store.jobs import Job, JobEdit, JobKind, JobState, Scope
from simulators import Simulators

pytestmark = pytest.mark.slow

LOCK_PLOT = JobEdit(lock=("plot",))


@pytest.fixture
def home(simulators: Simulators, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    """Without any provider: nobody is asked for it."""
    with house(simulators, tmp_path, clock, ()) as home:
        yield home


@pytest.fixture
def busy(home: House) -> Iterator[House]:
    with at_work(home):
        yield home


@pytest.fixture
def library(home: House) -> list[int]:
    """Eight movies with a plot, two without."""
    with home.database.begin() as connection:
        fields = [{"plot": stored(f"Plot {number}")} if number < 8 else {} for number in range(10)]
        return [items.add(connection, item(title=f"T{n}", fields=each)).id for n, each in enumerate(fields)]


def update(edit: JobEdit, *, request_id: str = "", **scope: Any) -> Order:
    return Order(scope=Scope(**scope), kind=JobKind.UPDATE, edit=edit, request_id=request_id)


def locks(home: House, library: Sequence[int]) -> list[set[str]]:
    return [set(home.item(item_id).locked_fields()) for item_id in library]


@pytest.mark.parametrize(
    ("edit", "changed", "expected"),
    [
        (LOCK_PLOT, 10, [{"plot"}] * 10),
        (JobEdit(lock=("season_number", "plot")), 10, [{"plot"}] * 10),
        (JobEdit(lock=("season_number",)), 0, [set()] * 10),
        (JobEdit(lock_all=True), 8, [{"plot"}] * 8 + [set()] * 2),
        (JobEdit(unlock=("plot",)), 0, [set()] * 10),
        (JobEdit(monitored=True), 0, [set()] * 10),
        (JobEdit(monitored=False), 10, [set()] * 10),
    ],
)
def test_it_does_with_each_item_what_an_edit_does(
    busy: House, library: list[int], edit: JobEdit, changed: int, expected: list[set[str]]
) -> None:
    job = finished(busy, busy.services.jobs.submit(update(edit)))
    assert (job.state, job.total, job.tally.done, job.tally.changed) == (JobState.COMPLETE, 10, 10, changed)
    assert locks(busy, library) == expected
    assert {busy.item(item_id).monitored for item_id in library} == {edit.monitored is not False}


def test_what_was_locked_is_unlocked_and_the_whole_is_undone_as_one(busy: House, library: list[int]) -> None:
    busy.services.editor.edit(library[0], Edit(lock=frozenset({"plot", "title"})))
    job = finished(busy, busy.services.jobs.submit(update(JobEdit(unlock_all=True), locked=True)))
    assert (job.total, job.tally.changed) == (1, 1)
    assert locks(busy, library)[0] == set()
    job = finished(busy, busy.services.jobs.submit(update(LOCK_PLOT)))
    assert locks(busy, library) == [{"plot"}] * 10
    change_set = busy.history(library[0])[0]
    assert (change_set.cause, change_set.job_id, change_set.group) == ("edit", job.id, f"job-{job.id}")
    busy.services.mass_undo.undo(Selection(job_id=job.id))
    assert locks(busy, library) == [set()] * 10


def test_items_of_every_kind_that_is_meant_are_taken_and_no_deleted_ones(busy: House) -> None:
    with busy.database.begin() as connection:
        series = items.add(connection, item(Kind.SERIES, title="Dark"))
        season = items.add(connection, item(Kind.SEASON, parent_id=series.id))
        episode = items.add(connection, item(Kind.EPISODE, parent_id=season.id))
        gone = items.add(connection, item(title="Gone"))
        items.soft_delete(connection, [gone.id], busy.clock.now())
    busy.services.editor.edit(series.id, Edit(lock=frozenset({"plot"}), lock_below=True))
    with busy.database.begin() as connection:
        items.put_fingerprints(connection, {each.id: "merged" for each in (series, season, episode)})
    job = finished(busy, busy.services.jobs.submit(update(JobEdit(unlock=("plot",)), kinds=(Kind.SERIES,))))
    assert (job.total, busy.item(series.id).locked_fields()) == (1, set())
    merged = [busy.item(each.id).fingerprint for each in (series, season, episode)]
    assert merged == ["", "", ""], "a lock that reached what is below is gone there, too"
    assert finished(busy, busy.services.jobs.submit(update(JobEdit(lock=("title",))))).tally.changed == 3
    assert not busy.item(gone.id).locked_fields()


def test_more_items_than_the_owner_saw_are_refused(home: House, library: list[int]) -> None:
    jobs = home.services.jobs
    with pytest.raises(CannotDo, match="10 items are meant by now, more than the 9") as caught:
        jobs.submit(update(JobEdit(lock_all=True, most_items=9)))
    assert caught.value.reason == "MORE_ITEMS"
    assert jobs.page(None, 10) == []
    assert jobs.meant(Scope(missing_field="plot")) == 2
    # It waits, and more come meanwhile.
    job = jobs.submit(update(JobEdit(lock_all=True, most_items=10)))
    with home.database.begin() as connection:
        items.add(connection, item(title="late", fields={"plot": stored("A plot")}))
    with at_work(home):
        failed = finished(home, job)
    assert (failed.state, failed.tally.done) == (JobState.FAILED, 0)
    assert "nothing was changed" in failed.detail
    assert locks(home, library) == [set()] * 10


def test_a_request_id_is_one_job_whatever_became_of_what_it_meant(home: House, library: list[int]) -> None:
    jobs = home.services.jobs
    order = update(JobEdit(monitored=False, most_items=10), request_id="a", monitored=True)
    first = jobs.submit(order)
    with at_work(home):
        finished(home, first)
        assert jobs.submit(order).id == first.id
        with home.database.begin() as connection:
            for number in range(11):
                items.add(connection, item(title=f"late {number}"))
        assert jobs.submit(order).id == first.id, "it is not refused for what came since"
    with pytest.raises(InvalidInput, match="another request"):
        jobs.submit(update(JobEdit(monitored=True), request_id="a", monitored=True))


class Held:
    """The editing of one item after the other, held after so many."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.done: list[int] = []
        self.go_on = False
        edit = UpdateWork._edit

        def slow(work: UpdateWork, run: Any, wanted: JobEdit, ids: Sequence[int]) -> None:
            until(lambda: self.go_on or len(self.done) < after, "leave to go on")
            edit(work, run, wanted, ids)
            self.done += ids

        monkeypatch.setattr(updating, "TOGETHER", 1)
        monkeypatch.setattr(UpdateWork, "_edit", slow)


def begun(home: House, order: Order, held: Held, after: int) -> Job:
    job = home.services.jobs.submit(order)
    until(lambda: len(held.done) == after, "the first items")
    return job


def test_cut_off_it_goes_on_where_it_was_after_the_next_start(
    home: House, library: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: FakeClock
) -> None:
    held = Held(monkeypatch, 3)
    # What is done fits the filter no more; what came since was not seen, but the job has begun.
    order = update(JobEdit(lock=("plot",), most_items=10), locked=False)
    with at_work(home):
        job = begun(home, order, held, 3)
        home.services.jobs.stop()
        held.go_on = True
    assert home.services.jobs.get(job.id).state is JobState.RUNNING
    assert sum(map(len, locks(home, library))) == 3
    with house(home.simulators, tmp_path, clock, (), home.database) as again, at_work(again):
        resumed = finished(again, job)
        assert (resumed.state, resumed.tally.done, resumed.tally.changed) == (JobState.COMPLETE, 10, 10)
        assert (resumed.edit, resumed.resumed_with) == (order.edit, 3)
        assert sorted(held.done) == sorted(library), "each once"
        assert locks(again, library) == [{"plot"}] * 10


def test_cancelled_it_stops_and_what_is_done_stays(
    busy: House, library: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, 3)
    job = begun(busy, update(LOCK_PLOT), held, 3)
    cancelled = busy.services.jobs.cancel(job.id)
    held.go_on = True
    finished(busy, job)
    assert (cancelled.state, cancelled.tally.done) == (JobState.CANCELLED, 3)
    assert sum(map(len, locks(busy, library))) == 3


def test_an_item_that_cannot_be_edited_fails_alone(
    busy: House, library: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = updating.edited

    def failing(of: Any, edit: Any, now: Any) -> Any:
        if of.id == library[4]:
            raise RuntimeError("never seen before")
        return edited(of, edit, now)

    monkeypatch.setattr(updating, "edited", failing)
    job = finished(busy, busy.services.jobs.submit(update(LOCK_PLOT)))
    assert (job.state, job.tally.failed, job.tally.changed) == (JobState.DEGRADED, 1, 9)
    [trouble] = busy.services.jobs.troubles(job.id, 10)
    assert trouble.item_id == library[4]


def test_jobs_are_listed_by_kind_and_state(home: House, library: list[int]) -> None:
    jobs = home.services.jobs
    first = jobs.submit(update(LOCK_PLOT))
    second = jobs.submit(Order(scope=Scope(item_ids=(library[0],))))
    third = jobs.submit(update(JobEdit(monitored=False)))
    jobs.cancel(third.id)
    listed = [jobs.page(None, 10, kind=JobKind.UPDATE), jobs.page(None, 10, kind=JobKind.APPLY)]
    assert [[job.id for job in page] for page in listed] == [[third.id, first.id], []]
    queued = jobs.page(None, 1, state=JobState.QUEUED)
    assert [job.id for job in queued] == [second.id]
    assert [job.id for job in jobs.page(second.id, 10, state=JobState.QUEUED, kind=JobKind.UPDATE)] == [first.id]
