"""The work of jobs as it is stored: which items a job still has to do, and that finding them stays cheap."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, event

from factories import EARLIER, NOW, item, stored
from metarr.domain.values import Kind
from metarr.store import awaited_answers, items, jobs
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Database
from metarr.store.jobs import Done, DoneMark, Job, Scope

DAY = timedelta(days=1)
KINDS = frozenset({Kind.MOVIE, Kind.SERIES})


def add(connection: Connection, number: int = 0, **more: Any) -> int:
    ids = {"tmdb": f"{number}", "imdb": f"tt{number}"} if number else None
    return items.add(connection, item(ids=ids, **more)).id


def order(connection: Connection, **more: Any) -> Job:
    return jobs.add(connection, Job(created_at=NOW, **more))


def left(connection: Connection, job: Job, after: int = 0, limit: int = 100) -> list[int]:
    return [each.id for each in jobs.candidates(connection, job, KINDS, after, limit)]


def test_a_job_goes_through_its_items_by_id_in_batches(connection: Connection) -> None:
    added = [add(connection) for _ in range(5)]
    job = order(connection)
    first = left(connection, job, limit=3)
    assert first == added[:3]
    assert left(connection, job, after=first[-1], limit=3) == added[3:]
    assert left(connection, job, after=added[-1], limit=3) == []


def test_what_a_job_is_done_with_is_not_left_and_still_counts(connection: Connection) -> None:
    done, skipped, waits = (add(connection) for _ in range(3))
    job, other = order(connection), order(connection)
    jobs.mark(connection, job.id, {done: DoneMark(Done.CHANGED, {"tmdb": "answered"})})
    jobs.mark_unchanged(connection, job.id, [skipped])
    assert left(connection, job) == [waits]
    assert left(connection, other) == [done, skipped, waits]
    assert jobs.count(connection, job, KINDS) == 3
    assert jobs.tally(connection, job.id).done == 2


def test_an_item_comes_with_its_fingerprint_and_its_ids_but_no_former_ones(connection: Connection) -> None:
    known = items.add(connection, item(ids={"tmdb": "603", "imdb": "tt0133093"}, fingerprint="f")).id
    nameless = add(connection, kind=Kind.SERIES)
    connection.exec_driver_sql(f"UPDATE external_ids SET alias = (1 = 1) WHERE item_id = {known} AND type = 'imdb'")
    first, second = jobs.candidates(connection, order(connection), KINDS, 0, 10)
    assert (first.id, first.kind, first.fingerprint, first.ids) == (known, "movie", "f", {"tmdb": "603"})
    assert (second.id, second.kind, second.fingerprint, second.ids) == (nameless, "series", "", {})


@pytest.mark.parametrize(
    ("scope", "auto", "taken"),
    [
        (Scope(), False, {"movie", "series", "unmonitored", "waiting"}),
        (Scope(), True, {"movie", "series", "waiting"}),
        (Scope(kind=Kind.SERIES), False, {"series"}),
        (Scope(kind=Kind.EPISODE), False, {"episode"}),
        (Scope(monitored=False), False, {"unmonitored"}),
        (Scope(title_contains="ÉTÉ"), False, {"movie"}),
        (Scope(missing_field="plot"), False, {"series", "unmonitored", "waiting"}),
        (Scope(awaited_provider="omdb"), False, {"waiting"}),
    ],
)
def test_a_scope_takes_live_items_of_kinds_that_can_be_asked_about(
    connection: Connection, scope: Scope, auto: bool, taken: set[str]
) -> None:
    title = stored("Un été")
    ids = {
        "movie": add(connection, fields={"title": title, "plot": stored("It happens.")}),
        "series": add(connection, kind=Kind.SERIES),
        "episode": add(connection, kind=Kind.EPISODE),
        "gone": add(connection, deleted_at=EARLIER),
        "unmonitored": add(connection, monitored=False),
        "waiting": add(connection),
    }
    awaited_answers.set_for_item(
        connection, ids["waiting"], {"omdb": AwaitedAnswer(reason="timeout", since=NOW, not_before=NOW)}
    )
    job = order(connection, scope=scope, auto=auto)
    found = set(left(connection, job))
    assert {name for name, item_id in ids.items() if item_id in found} == taken


def test_what_was_missing_when_it_was_done_stays_counted(connection: Connection) -> None:
    added = add(connection)
    job = order(connection, scope=Scope(missing_field="plot"))
    before = items.get(connection, added)
    assert before is not None
    items.save(connection, before, replace(before, fields={"plot": stored("It happens.")}))
    assert (left(connection, job), jobs.count(connection, job, KINDS)) == ([], 0)
    jobs.mark(connection, job.id, {added: DoneMark(Done.CHANGED)})
    assert (left(connection, job), jobs.count(connection, job, KINDS)) == ([], 1)


def test_an_external_id_names_the_one_live_item_that_has_it(connection: Connection) -> None:
    movie, series = add(connection, 7), add(connection, 8, kind=Kind.SERIES)
    add(connection, 9, deleted_at=EARLIER)
    items.add(connection, item(kind=Kind.SERIES, ids={"tmdb": "7"}))
    asked = [("imdb", "tt7"), ("imdb", "tt8"), ("imdb", "tt9"), ("tmdb", "7"), ("tvdb", "8"), ("imdb", "tt7")]
    assert jobs.named(connection, asked) == {("imdb", "tt7"): movie, ("imdb", "tt8"): series}
    assert jobs.live(connection, [movie, series, 99]) == {movie, series}


def test_pages_neither_repeat_nor_leave_out_a_job_while_others_are_added(connection: Connection) -> None:
    first = [order(connection).id for _ in range(5)]
    seen = [each.id for each in jobs.page(connection, limit=2)]
    while more := jobs.page(connection, before_id=seen[-1], limit=2):
        order(connection)
        seen += [each.id for each in more]
    assert seen == first[::-1]


def test_only_what_is_asked_about_by_itself_has_a_next_attempt(connection: Connection) -> None:
    job, later = order(connection), NOW + DAY
    monitored, left_out, ordered, gone = (add(connection, monitored=not n) for n in range(4))
    jobs.mark(connection, job.id, dict.fromkeys((monitored, left_out, ordered, gone), DoneMark(Done.UNCHANGED)))
    items.soft_delete(connection, [gone], NOW)

    def miss(item_id: int, **more: Any) -> None:
        waits = AwaitedAnswer(reason="quota_exhausted", since=NOW, not_before=later, **more)
        awaited_answers.set_for_item(connection, item_id, {"omdb": waits})

    miss(left_out)
    miss(gone)
    assert [(each.items, each.next_attempt) for each in jobs.waiting(connection, job.id)] == [(1, None)]
    miss(ordered, fresh_after=EARLIER)
    assert [(each.items, each.next_attempt) for each in jobs.waiting(connection, job.id)] == [(2, later)]
    assert [due.item_id for due in awaited_answers.due(connection, "omdb", later, 9)] == [ordered]
    miss(monitored)
    assert {due.item_id for due in awaited_answers.due(connection, "omdb", later, 9)} == {ordered, monitored}
    awaited_answers.content(connection, job.id, EARLIER)
    assert [due.item_id for due in awaited_answers.due(connection, "omdb", later, 9)] == [monitored]


def test_a_batch_of_a_large_library_reads_no_more_than_itself() -> None:
    """Of SQLite, which chose to sort the whole library for every batch of it."""
    database, asked = Database.in_memory(), []

    def note(*given: Any) -> None:
        asked.append((given[2], given[3]))

    with database.begin() as connection:
        job = order(connection, auto=True)
        event.listen(connection, "before_cursor_execute", note)
        jobs.candidates(connection, job, KINDS, 0, 500)
        statement, given = asked[0]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    assert plan[0].startswith("SEARCH items USING INTEGER PRIMARY KEY")
    assert not any("TEMP B-TREE" in line for line in plan)
    database.close()
