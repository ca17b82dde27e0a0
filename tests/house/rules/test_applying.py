"""Applying rules as a job: stored, watched, ended and resumed like any other."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from factories import source_of
from fakes import FakeClock
from harness import House, house, put_enriched
from house.jobs.test_jobs import at_work, finished, until
from house.rules.test_remerge import OMDB_FIRST, ONLY_TMDB, TITLES
from metarr.domain.values import Kind
from metarr.errors import InvalidInput
from metarr.jobs.jobs import Order
from metarr.rules import applying
from metarr.rules.remerge import Remerger
from metarr.store.jobs import Job, JobKind, JobState, Scope
from simulators import Simulators

pytestmark = pytest.mark.slow

APPLY = Order(scope=Scope(), kind=JobKind.APPLY)


@pytest.fixture
def library(home: House) -> dict[str, int]:
    """Eight enriched titles by their key; no request is counted yet."""
    return put_enriched(home, *TITLES)


@pytest.fixture
def busy(home: House, library: dict[str, int]) -> Iterator[House]:
    with at_work(home):
        yield home


def sources(home: House, library: dict[str, int]) -> dict[str, str]:
    """By title who told its plot."""
    fields = {key: home.item(item_id).fields for key, item_id in library.items()}
    return {key: source_of(of["plot"]) for key, of in fields.items() if "plot" in of}


def test_it_changes_what_a_preview_counts_and_asks_nobody(busy: House, library: dict[str, int]) -> None:
    busy.services.authorities.update(**OMDB_FIRST)
    preview = busy.services.remerger.preview()
    job = finished(busy, busy.services.jobs.submit(APPLY))
    assert (job.state, job.kind, job.total, job.tally.done) == (JobState.COMPLETE, JobKind.APPLY, 8, 8)
    assert (job.tally.changed, job.tally.failed, job.waiting) == (preview.changed_items, 0, ())
    assert busy.services.jobs.changed_fields(job.id) == preview.changed_fields() == {(Kind.MOVIE, "plot"): 3}
    changed = busy.history(library["inception"])[0]
    assert (changed.cause, changed.job_id, changed.group) == ("authority", job.id, f"job-{job.id}")
    assert busy.asked() == {}
    assert finished(busy, busy.services.jobs.submit(APPLY)).tally.changed == 0


def test_what_is_foreign_is_dropped_where_that_was_ordered(busy: House, library: dict[str, int]) -> None:
    busy.services.authorities.update(**ONLY_TMDB)
    dropped = busy.services.remerger.preview(drop_foreign=True).changed_items
    kept = finished(busy, busy.services.jobs.submit(APPLY)).tally.changed
    job = finished(busy, busy.services.jobs.submit(Order(scope=Scope(), kind=JobKind.APPLY, drop_foreign=True)))
    assert (job.drop_foreign, job.tally.changed) == (True, dropped - kept)
    assert dropped > kept


class Held:
    """The merging of batches of one item, held after so many."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.done: list[int] = []
        self.go_on = after > len(TITLES)
        merge = Remerger.apply_to

        def apply_to(remerger: Remerger, item_ids: Sequence[int], *given: Any, **more: Any) -> None:
            until(lambda: self.go_on or len(self.done) < after, "leave to go on")
            merge(remerger, item_ids, *given, **more)
            self.done += item_ids

        monkeypatch.setattr(applying, "BATCH", 1)
        monkeypatch.setattr(Remerger, "apply_to", apply_to)


def begun(home: House, held: Held, after: int) -> Job:
    job = home.services.jobs.submit(APPLY)
    until(lambda: len(held.done) == after, "the first items")
    return job


def test_cut_off_it_goes_on_where_it_was_after_the_next_start(
    home: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: FakeClock
) -> None:
    home.services.authorities.update(**OMDB_FIRST)
    held = Held(monkeypatch, 3)
    with at_work(home):
        job = begun(home, held, 3)
        home.services.jobs.stop()
        held.go_on = True
    assert home.services.jobs.get(job.id).state is JobState.RUNNING
    first = list(held.done)
    assert len(first) == 3
    with house(home.simulators, tmp_path, clock, (), home.database) as again, at_work(again):
        resumed = finished(again, job)
        assert (resumed.state, resumed.tally.done, resumed.resumed_with) == (JobState.COMPLETE, 8, 3)
        assert sorted(held.done) == sorted(library.values()), "each once"
        assert again.services.jobs.changed_fields(job.id) == {(Kind.MOVIE, "plot"): 3}


def test_cancelled_it_stops_and_what_is_done_stays(
    busy: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    busy.services.authorities.update(**OMDB_FIRST)
    before = sources(busy, library)
    held = Held(monkeypatch, 3)
    job = begun(busy, held, 3)
    cancelled = busy.services.jobs.cancel(job.id)
    held.go_on = True
    finished(busy, job)
    assert (cancelled.state, cancelled.tally.done, len(held.done)) == (JobState.CANCELLED, 3, 3)
    after = sources(busy, library)
    changed = {library[key] for key in after if after[key] != before[key]}
    assert changed
    assert changed <= set(held.done)


def test_rules_that_change_meanwhile_count_for_the_rest_and_a_second_order_does_all(
    busy: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sources(busy, library)
    busy.services.authorities.update(**OMDB_FIRST)
    held = Held(monkeypatch, 4)
    job = begun(busy, held, 4)
    busy.services.authorities.update(resets=[(Kind.MOVIE, "plot")])
    second = busy.services.jobs.submit(APPLY)
    assert second.id != job.id
    held.go_on = True
    assert [finished(busy, each).state for each in (job, second)] == [JobState.COMPLETE] * 2
    assert sources(busy, library) == before


def test_an_order_is_taken_once_while_it_waits_and_by_its_request_id_ever(home: House) -> None:
    jobs = home.services.jobs
    first = jobs.submit(Order(scope=Scope(), kind=JobKind.APPLY, request_id="a"))
    assert jobs.submit(APPLY).id == first.id, "it has not begun"
    other = jobs.submit(Order(scope=Scope(), kind=JobKind.APPLY, drop_foreign=True))
    everything = jobs.submit(Order(scope=Scope(), auto=True))
    assert len({first.id, other.id, everything.id}) == 3
    jobs.cancel(first.id)
    assert jobs.submit(Order(scope=Scope(), kind=JobKind.APPLY, request_id="a")).id == first.id
    with pytest.raises(InvalidInput):
        jobs.submit(Order(scope=Scope(), request_id="a"))
    jobs.cancel(everything.id)
    assert not jobs.everything_runs(), "the daily run waits for no apply"


def test_an_item_that_cannot_be_merged_fails_alone(
    busy: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    busy.services.authorities.update(**OMDB_FIRST)
    poisonous = library["inception"]
    monkeypatch.setattr(Remerger, "_steps_of", _failing(Remerger._steps_of, poisonous))
    job = finished(busy, busy.services.jobs.submit(APPLY))
    assert (job.state, job.tally.failed, job.tally.done) == (JobState.DEGRADED, 1, 8)
    [trouble] = busy.services.jobs.troubles(job.id, 10)
    assert (trouble.item_id, trouble.deferred) == (poisonous, False)


def _failing(steps_of: Any, poisonous: int) -> Any:
    def failing(remerger: Remerger, connection: Any, heads: Any, plan: Any) -> Any:
        if poisonous in {head.id for head in heads}:
            raise RuntimeError("never seen before")
        return steps_of(remerger, connection, heads, plan)

    return failing


@pytest.mark.parametrize(("most", "looked_at"), [(1, [0]), (3, [0, 2, 5]), (8, range(8)), (100, range(8))])
def test_a_preview_looks_at_so_many_items_from_all_over_the_library(
    home: House, library: dict[str, int], most: int, looked_at: Sequence[int]
) -> None:
    home.services.authorities.update(**OMDB_FIRST)
    tally = home.services.remerger.preview(max_items=most, samples=9)
    assert (tally.items, home.services.remerger.total()) == (len(looked_at), 8)
    ids = sorted(library.values())
    samples = {sample.item_id for effect in tally.effects.values() for sample in effect.samples}
    whole = home.services.remerger.preview(samples=9)
    all_samples = {sample.item_id for effect in whole.effects.values() for sample in effect.samples}
    assert samples == all_samples & {ids[place] for place in looked_at}


def test_it_needs_no_provider(simulators: Simulators, tmp_path: Path, clock: FakeClock) -> None:
    with house(simulators, tmp_path, clock, ()) as empty, at_work(empty):
        job = finished(empty, empty.services.jobs.submit(APPLY))
        assert (job.state, job.total) == (JobState.COMPLETE, 0)
