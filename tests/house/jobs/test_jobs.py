"""Jobs over many items, through the simulators: real HTTP, the real store, and a clock that the test owns."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from factories import source_of
from fakes import FakeClock
from harness import PROVIDERS, House, house
from metarr.app import start_background
from metarr.domain.item import MediaItem
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, NoSuchThing
from metarr.jobs.jobs import Order
from metarr.jobs.runner import ThreadRunner
from metarr.jobs.summary import ended, next_attempt
from metarr.library import merging
from metarr.library.intake import NewItem
from metarr.store.items import ItemFilter
from metarr.store.jobs import Job, JobState, Scope
from simulators.generated import generated_movie
from tiers import slow_but

pytestmark = pytest.mark.slow

EVERYTHING = Order(scope=Scope(), auto=True)
PATIENCE = 300.0
"""Real seconds until a test gives up on a thread."""


@pytest.fixture
def busy(home: House) -> Iterator[House]:
    with at_work(home):
        yield home


@contextmanager
def at_work(home: House) -> Iterator[None]:
    """The services at work: jobs run, queues are worked off. Each was looked at once, while it was empty."""

    def looked() -> bool:
        timed = home.services.runner._timed
        return len(timed) >= len(PROVIDERS) and all(each.moment > home.clock.now() for each in timed)

    with ExitStack() as running:
        start_background(home.services, running)
        until(looked, "the first look at every queue")
        yield


def add_movies(home: House, count: int, *, first: int = 0) -> list[int]:
    """Generated movies, known by every id; returns their items."""
    wanted = []
    for n in range(first, first + count):
        told = generated_movie(n)
        ids = {"imdb": str(told.imdb), "tmdb": str(told.tmdb), "tvdb": str(told.tvdb)}
        wanted.append(NewItem(Kind.MOVIE, told.title, told.year, ids))
    return [taken.item.id for taken in home.services.library.upsert(wanted)]


def until(true: Callable[[], Any], what: str) -> None:
    """Wait for another thread, in real time."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.005)


def finished(home: House, job: Job) -> Job:
    # To look into the database costs more than most of what is waited for.
    running = home.services.jobs._running
    until(lambda: job.id not in running and ended(home.services.jobs.get(job.id)), "the end of the job")
    return home.services.jobs.get(job.id)


def run(home: House, order: Order = EVERYTHING) -> Job:
    return finished(home, home.services.jobs.submit(order))


def waits(home: House, provider: str) -> int:
    return len([row for row in home.rows("pending_answers")["pending_answers"] if row[1] == provider])


def test_a_job_enriches_every_item_and_tells_what_became_of_asking_whom(busy: House) -> None:
    items = add_movies(busy, 12)
    job = run(busy)
    assert (job.state, job.total, job.tally.done, job.tally.changed) == (JobState.COMPLETE, 12, 12, 12)
    assert job.tally.outcomes == {provider: {"answered": 12} for provider in ("fanart", "omdb", "tmdb", "tvdb")}
    assert job.detail == ""
    assert job.waiting == ()
    assert all(source_of(busy.item(item_id).fields["plot"]) == "tmdb" for item_id in items)
    assert [change_set.job_id for item_id in items for change_set in busy.history(item_id)] == [job.id] * 12


def test_an_unchanged_second_run_asks_changes_and_leaves_nothing(busy: House) -> None:
    add_movies(busy, 12)
    run(busy)
    before = busy.rows("items", "change_sets", "field_values", "pending_answers")
    busy.asked()
    job = run(busy)
    assert busy.asked() == {}
    assert (job.state, job.tally.unchanged, job.tally.outcomes) == (JobState.COMPLETE, 12, {})
    assert busy.rows("items", "change_sets", "field_values", "pending_answers") == before
    assert before["pending_answers"] == []


def test_a_job_with_force_asks_about_what_is_fresh(busy: House, clock: FakeClock) -> None:
    add_movies(busy, 3)
    run(busy)
    clock.advance(60)
    busy.asked()
    job = run(busy, Order(scope=Scope(), auto=True, force=True))
    assert busy.asked() == {"fanart": 3, "omdb": 3, "tmdb": 3, "tvdb": 3}
    assert (job.state, job.tally.unchanged) == (JobState.COMPLETE, 3)


@pytest.mark.parametrize("count", slow_but([12], [12, 200]))
def test_with_half_the_quota_everything_has_the_others_data_and_the_rest_comes_by_itself(
    busy: House, count: int
) -> None:
    halve_the_quota(busy, count)


def halve_the_quota(busy: House, count: int) -> None:
    """A job over so many movies, of which OMDb may be asked about half on the first day."""
    half, clock = count // 2, busy.clock
    assert isinstance(clock, FakeClock)
    busy.services.providers.update("omdb", None, {"daily_quota": half})
    items = add_movies(busy, count)
    job = run(busy)
    omdb = busy.services.roster.get("omdb")
    assert omdb is not None
    reset_at = omdb.channel.status().quota_reset_at
    assert busy.simulators.count("tvdb", "movie") == count  # logins and the like besides
    assert busy.asked() | {"tvdb": count} == {"fanart": count, "omdb": half, "tmdb": count, "tvdb": count}
    assert all(source_of(busy.item(item_id).fields["plot"]) == "tmdb" for item_id in items)
    assert (job.state, job.tally.done, job.tally.changed) == (JobState.DEGRADED, count, count)
    assert waits(busy, "omdb") == half
    [waiting] = job.waiting
    assert (waiting.provider, waiting.items) == ("omdb", half)
    assert next_attempt(job) == waiting.next_attempt == reset_at
    assert reset_at is not None
    assert f"{half} wait for omdb" in job.detail
    rated = {item_id for item_id in items if "imdb_rating" in busy.item(item_id).fields}
    newest = sorted(items, key=lambda item_id: str(busy.item(item_id).fields["release_date"].value), reverse=True)
    assert rated == set(newest[:half])
    clock.advance((reset_at - clock.now()).total_seconds() - 60)
    time.sleep(0.05)
    assert busy.asked() == {}
    clock.advance(61)
    until(lambda: _later(busy, waits(busy, "omdb") == 0), "the answers of the next day")
    assert busy.asked() == {"omdb": half}
    assert all("imdb_rating" in busy.item(item_id).fields for item_id in items)


def _advanced(clock: FakeClock, done: bool, seconds: float = 0.02) -> bool:
    """Let time pass, though requests are under way: so little that a thread may be away for long."""
    if not done:
        clock.advance(seconds)
    return done


def _later(home: House, done: bool) -> bool:
    """As above, and more at once while nothing is under way."""
    runner, clock = home.services.runner, home.clock
    assert isinstance(runner, ThreadRunner)
    assert isinstance(clock, FakeClock)
    only_the_timer = len(runner._threads) <= 1 and not runner.under_way()
    return _advanced(clock, done, 1.0 if only_the_timer else 0.02)


def rated(home: House, items: Iterable[int]) -> list[int]:
    """Those that OMDb told about."""
    return [item_id for item_id in items if "imdb_rating" in home.item(item_id).fields]


def by_release(home: House, items: Iterable[int]) -> list[int]:
    """The newest release first."""
    return sorted(items, key=lambda item_id: str(home.item(item_id).fields["release_date"].value), reverse=True)


def test_an_owners_job_spends_a_short_quota_on_its_own_items_the_newest_first(busy: House) -> None:
    others = add_movies(busy, 6, first=50)
    run(busy, Order(scope=Scope(item_ids=tuple(others)), providers=frozenset({"tmdb"})))
    busy.services.providers.update("omdb", None, {"daily_quota": 5})
    items = add_movies(busy, 12)
    busy.change(items[0], _unmonitored)
    busy.asked()
    job = run(busy, Order(scope=Scope(item_ids=tuple(items))))
    assert busy.asked()["omdb"] == 5
    assert set(rated(busy, items + others)) == set(by_release(busy, items)[:5])
    assert (job.state, job.tally.done, job.tally.changed) == (JobState.DEGRADED, 12, 12)
    [waiting] = job.waiting
    assert (waiting.provider, waiting.reason, waiting.items) == ("omdb", "quota_exhausted", 7)


def test_an_owners_job_asks_about_what_is_not_monitored_too(busy: House) -> None:
    busy.services.providers.update("omdb", None, {"daily_quota": 2})
    items = add_movies(busy, 4)
    for item_id in items:
        busy.change(item_id, _unmonitored)
    run(busy, Order(scope=Scope()))
    assert set(rated(busy, items)) == set(by_release(busy, items)[:2])


def test_a_forced_job_that_a_quota_cuts_short_asks_for_the_oldest_answers_first(busy: House, clock: FakeClock) -> None:
    items = add_movies(busy, 6)
    for item_id in (3, 1, 5, 0, 2, 4):
        busy.enrich(items[item_id])
        clock.advance(60)
    busy.services.providers.update("omdb", None, {"daily_quota": 9})
    busy.asked()
    job = run(busy, Order(scope=Scope(), force=True, providers=frozenset({"omdb"})))
    assert busy.asked() == {"omdb": 3}
    assert job.tally.done == 6
    waits = {item_id for item_id in items if busy.awaited(item_id)}
    assert waits == {items[0], items[2], items[4]}


def forced_with_too_small_a_quota(home: House, clock: FakeClock, only: frozenset[str] = frozenset()) -> Job:
    """A forced job over six movies of which every answer is an hour old, with OMDb's quota enough for four."""
    items = add_movies(home, 6)
    run(home)
    clock.advance(3600)
    home.services.providers.update("omdb", None, {"daily_quota": 10})
    home.asked()
    job = run(home, Order(scope=Scope(item_ids=tuple(items)), force=True, providers=only))
    assert home.asked()["omdb"] == 4
    return job


def quota_is_back(home: House, clock: FakeClock) -> None:
    omdb = home.services.roster.get("omdb")
    assert omdb is not None
    reset_at = omdb.channel.status().quota_reset_at
    assert reset_at is not None
    clock.advance((reset_at - clock.now()).total_seconds() + 60)


@pytest.mark.parametrize("only", [frozenset(), frozenset({"omdb"})], ids=["everyone", "omdb"])
def test_what_a_quota_left_of_a_forced_job_is_asked_once_when_it_is_back_though_all_is_fresh(
    home: House, clock: FakeClock, tmp_path: Path, only: frozenset[str]
) -> None:
    with ExitStack() as running:
        start_background(home.services, running)
        job = forced_with_too_small_a_quota(home, clock, only)
        [waiting] = job.waiting
        assert (waiting.provider, waiting.reason, waiting.items) == ("omdb", "quota_exhausted", 2)
        left = [item_id for item_id in job.scope.item_ids if home.awaited(item_id)]
        # Nobody else takes what is fresh for what was ordered.
        run(home)
        for item_id in left:
            home.enrich(item_id)
        assert home.asked() == {}
        assert [home.awaited(item_id)["omdb"].reason for item_id in left] == ["quota_exhausted"] * 2
    with house(home.simulators, tmp_path, clock, (), home.database) as again, ExitStack() as running:
        start_background(again.services, running)
        quota_is_back(again, clock)
        until(lambda: _later(again, waits(again, "omdb") == 0), "the rest of the forced job")
        assert again.asked() == {"omdb": 2}
        run(again)
        assert again.asked() == {}


def test_of_a_cancelled_forced_job_nothing_more_is_asked(busy: House, clock: FakeClock) -> None:
    items = add_movies(busy, 6)
    run(busy)
    clock.advance(3600)
    busy.services.providers.update("omdb", None, {"daily_quota": 10})
    busy.simulators.fault("tmdb", "hang", count=1)
    busy.asked()
    job = busy.services.jobs.submit(Order(scope=Scope(item_ids=tuple(items)), force=True))
    until(lambda: waits(busy, "omdb") == 5, "all but the one that TMDB does not answer")
    busy.services.jobs.cancel(job.id)
    busy.simulators.clear_faults()
    until(lambda: _later(busy, waits(busy, "omdb") == 0), "an empty queue")
    assert "omdb" not in busy.asked()


def test_a_job_that_nobody_can_answer_defers_its_items_and_says_who_and_until_when(busy: House) -> None:
    add_movies(busy, 6)
    for provider in ("fanart", "omdb", "tmdb", "tvdb"):
        busy.simulators.fault(provider, "error_500")
    job = run(busy)
    assert (job.state, job.tally.deferred, job.tally.failed) == (JobState.DEGRADED, 6, 0)
    assert "6 deferred" in job.detail
    assert {each.provider for each in job.waiting} == {"fanart", "omdb", "tmdb", "tvdb"}
    assert all(each.next_attempt is not None for each in job.waiting)


def upsert(home: House, *wanted: NewItem) -> list[int]:
    return [taken.item.id for taken in home.services.library.upsert(list(wanted))]


def test_titles_that_the_owner_has_to_decide_leave_a_job_complete(busy: House, clock: FakeClock) -> None:
    add_movies(busy, 1)
    upsert(
        busy,
        NewItem(Kind.MOVIE, "Zzyzx Qwv", 1931, {}),  # nobody knows it
        NewItem(Kind.SERIES, "Dallas", 0, {}),  # two are known
        NewItem(Kind.MOVIE, "Heat", 1995, {"wikidata": "Q42198"}),  # by this id nobody can be asked, nor by the words
    )
    job = run(busy)
    assert (job.state, job.detail) == (JobState.COMPLETE, "")
    assert (job.tally.changed, job.tally.undecided, job.tally.failed, job.tally.done) == (1, 3, 0, 4)
    assert busy.services.jobs.troubles(job.id, 10) == []
    listed = busy.services.library.page(ItemFilter(undecided=True))
    assert (listed.total, len(listed.undecided), len(listed.matches)) == (3, 3, 3)
    assert all(busy.services.library.show(head.id, why=False).undecided for head in listed.heads)
    clock.advance(86400)
    again = run(busy)
    assert (again.state, again.tally.undecided) == (JobState.COMPLETE, 3)


def test_an_item_that_the_chosen_providers_cannot_be_asked_about_is_not_undecided(busy: House) -> None:
    [item] = upsert(busy, NewItem(Kind.MOVIE, "Night Ferry", 2001, {"tvdb": "42"}))
    job = run(busy, Order(scope=Scope(item_ids=(item,)), providers=frozenset({"omdb"})))
    assert (job.tally.undecided, job.tally.failed) == (0, 1)


def test_an_item_that_fails_does_not_keep_the_others_from_being_done(
    busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = add_movies(busy, 2)
    merge = merging.merge

    def failing(item: MediaItem, *given: Any, **more: Any) -> Any:
        if item.id == bad:
            raise RuntimeError("boom")
        return merge(item, *given, **more)

    monkeypatch.setattr(merging, "merge", failing)
    job = run(busy)
    assert (job.state, job.detail) == (JobState.DEGRADED, "1 failed")
    assert (job.tally.changed, job.tally.failed) == (1, 1)
    [trouble] = busy.services.jobs.troubles(job.id, 10)
    assert (trouble.item_id, trouble.title, trouble.deferred) == (
        bad,
        busy.item(bad).title + f" ({busy.item(bad).year})",
        False,
    )
    assert "log" in trouble.detail
    assert busy.item(good).last_enriched_at is not None


@pytest.mark.parametrize(
    ("scope", "taken"),
    [
        (Scope(kind=Kind.SERIES), {"breaking-bad"}),
        (Scope(title_contains="MATRIX"), {"the-matrix"}),
        (Scope(missing_field="plot"), {"the-matrix", "breaking-bad", "inception"}),
        (Scope(monitored=False), {"inception"}),
        (Scope(awaited_provider="omdb"), set()),
    ],
)
def test_a_filter_says_which_items_are_taken(busy: House, scope: Scope, taken: set[str]) -> None:
    ids = {key: busy.add(key) for key in ("the-matrix", "breaking-bad", "inception")}
    busy.change(ids["inception"], _unmonitored)
    job = run(busy, Order(scope=scope))
    assert job.total == job.tally.done == len(taken)
    assert {key for key, item_id in ids.items() if busy.item(item_id).last_enriched_at} == taken


def _unmonitored(item: MediaItem) -> MediaItem:
    return replace(item, monitored=False)


def test_a_machines_job_leaves_out_what_is_not_monitored(busy: House) -> None:
    left_out = busy.add("inception")
    busy.change(left_out, _unmonitored)
    busy.add("the-matrix")
    assert run(busy).total == 1
    assert busy.item(left_out).last_enriched_at is None


def test_a_second_job_over_everything_is_the_first_one_while_that_runs(home: House) -> None:
    add_movies(home, 2)
    first = home.services.jobs.submit(Order(scope=Scope()))
    assert home.services.jobs.submit(Order(scope=Scope())).id == first.id
    assert home.services.jobs.submit(EVERYTHING).id == first.id
    assert home.services.jobs.submit(Order(scope=Scope(kind=Kind.MOVIE))).id != first.id
    home.services.jobs.cancel(first.id)
    assert home.services.jobs.submit(EVERYTHING).id != first.id


def test_the_same_request_id_gives_the_same_job_and_none_for_another_order(home: House) -> None:
    order = Order(scope=Scope(kind=Kind.MOVIE), request_id="r1")
    first = home.services.jobs.submit(order)
    assert home.services.jobs.submit(order).id == first.id
    with pytest.raises(InvalidInput, match="request_id"):
        home.services.jobs.submit(Order(scope=Scope(kind=Kind.SERIES), request_id="r1"))
    assert len(home.services.jobs.page(None, 10)) == 1


def test_the_same_request_id_gives_the_same_job_also_where_that_ran_before_for_somebody_else(home: House) -> None:
    daily = home.services.jobs.submit(EVERYTHING)
    mine = Order(scope=Scope(), auto=True, request_id="r1")
    assert home.services.jobs.submit(mine).id == daily.id
    home.services.jobs.cancel(daily.id)
    assert home.services.jobs.submit(mine).id == daily.id
    with pytest.raises(InvalidInput, match="request_id"):
        home.services.jobs.submit(Order(scope=Scope(), auto=True, force=True, request_id="r1"))


@pytest.mark.parametrize(
    ("scope", "match"),
    [
        (Scope(missing_field="plott"), "plott"),
        (Scope(awaited_provider="imdbx"), "imdbx"),
    ],
)
def test_an_order_that_names_what_is_not_there_is_refused(home: House, scope: Scope, match: str) -> None:
    with pytest.raises(InvalidInput, match=match):
        home.services.jobs.submit(Order(scope=scope))
    assert home.services.jobs.page(None, 10) == []


def test_a_filter_by_a_title_without_letters_is_refused_and_does_not_take_everything(home: House) -> None:
    with pytest.raises(InvalidInput, match="title_contains"):
        home.services.jobs.submit(Order(scope=Scope(title_contains="\N{COMBINING ACUTE ACCENT}")))
    assert home.services.jobs.page(None, 10) == []


def test_a_long_list_of_items_is_not_looked_up_one_by_one(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    items = add_movies(home, 20)

    def find(*_: Any) -> Any:
        raise AssertionError("looked up alone")

    monkeypatch.setattr("metarr.jobs.jobs.find", find)
    by_imdb = [("imdb", home.item(item_id).ids["imdb"].value) for item_id in items[:5]]
    named = home.services.jobs.item_ids([*by_imdb, *items], "item_ids")
    assert named == tuple(items)
    assert home.services.jobs.submit(Order(scope=Scope(item_ids=named))).scope.item_ids == named


def test_items_are_named_by_what_they_are_now_and_everything_wrong_is_told_at_once(home: House) -> None:
    items = add_movies(home, 3)
    imdb = ("imdb", home.item(items[2]).ids["imdb"].value)
    assert home.services.jobs.item_ids([items[1], imdb, items[2]], "item_ids") == (items[1], items[2])
    home.services.editor.delete([("item_ids[0]", items[0])])
    with pytest.raises(InvalidInput) as caught:
        home.services.jobs.item_ids([items[0], items[1], ("imdb", "tt0000000"), 99], "item_ids")
    assert [each.field for each in caught.value.violations] == ["item_ids[0]", "item_ids[2]", "item_ids[3]"]


def test_an_unknown_item_and_an_unknown_job_are_refused(home: House) -> None:
    with pytest.raises(NoSuchThing, match="no item 7"):
        home.services.jobs.submit(Order(scope=Scope(item_ids=(7,))))
    for ask in (home.services.jobs.get, home.services.jobs.cancel):
        with pytest.raises(NoSuchThing, match="no job 7"):
            ask(7)
    assert home.rows("jobs")["jobs"] == []


def test_a_cancelled_job_ends_keeps_what_is_done_and_stays_cancelled(busy: House, clock: FakeClock) -> None:
    items = add_movies(busy, 30)
    busy.simulators.fault("tmdb", "hang", count=1)
    job = busy.services.jobs.submit(EVERYTHING)
    until(lambda: any(busy.item(item_id).last_enriched_at for item_id in items), "the first item")
    assert busy.services.jobs.cancel(job.id).state is JobState.CANCELLED
    busy.simulators.clear_faults()
    until(lambda: _advanced(clock, busy.services.runner.under_way() == 0), "the end of what was under way")
    assert busy.services.jobs.cancel(job.id).state is JobState.CANCELLED
    assert busy.services.jobs.get(job.id).finished_at is not None


def test_without_any_provider_a_job_fails_and_says_what_to_do(busy: House) -> None:
    add_movies(busy, 1)
    for provider in ("fanart", "omdb", "tmdb", "tvdb"):
        busy.services.providers.update(provider, False, {})
    job = run(busy)
    assert job.state is JobState.FAILED
    assert "enter a key" in job.detail


def test_a_job_that_was_cut_off_goes_on_where_it_was(home: House, clock: FakeClock) -> None:
    add_movies(home, 8)
    job = home.services.jobs.submit(Order(scope=Scope(), auto=True, force=True))
    with ExitStack() as first:
        home.simulators.fault("omdb", "hang", count=1)
        start_background(home.services, first)
        until(lambda: len(home.rows("job_items")["job_items"]) >= 2, "the first marks")
        home.services.jobs.stop()
        home.simulators.clear_faults()
        until(lambda: _advanced(clock, home.services.runner.under_way() == 0), "the end of what was under way")
    done = {row[1] for row in home.rows("job_items")["job_items"]}
    assert home.services.jobs.get(job.id).state in (JobState.RUNNING, JobState.QUEUED)
    assert 2 <= len(done) < 8


def test_what_fails_is_asked_again_by_itself_when_its_time_has_come(busy: House, clock: FakeClock) -> None:
    [item_id] = add_movies(busy, 1)
    busy.simulators.fault("omdb", "error_500", count=1)
    job = run(busy)
    assert job.state is JobState.DEGRADED
    assert busy.awaited(item_id).keys() == {"omdb"}
    busy.asked()
    clock.advance(timedelta(minutes=5).total_seconds() - 1)
    time.sleep(0.05)
    assert busy.asked() == {}
    until(lambda: _later(busy, not busy.awaited(item_id)), "the answer")
    assert busy.asked() == {"omdb": 1}
    assert "imdb_rating" in busy.item(item_id).fields
