from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from factories import EARLIER, NOW, item, stored
from metarr.domain.freshness import DueItem, whom_first
from metarr.store import items, pending
from metarr.store.database import Database
from metarr.store.pending import Pending
from strategies import moments, texts

HOUR = timedelta(hours=1)


def add(connection: Connection, released: str = "", **more: object) -> int:
    fields = {"release_date": stored(released)} if released else {}
    return items.add(connection, item(fields=fields, **more)).id


def waiting(**more: object) -> Pending:
    return Pending(**{"reason": "timeout", "since": NOW, "not_before": NOW, **more})  # type: ignore[arg-type]


@given(
    st.builds(
        Pending,
        reason=texts,
        since=moments,
        detail=texts,
        attempts=st.integers(0, 999),
        not_before=st.none() | moments,
        answered_at=st.none() | moments,
        fresh_after=st.none() | moments,
    )
)
def test_what_is_missing_comes_back_as_it_was_set(shared: Database, missing: Pending) -> None:
    with shared.read() as connection:
        item_id = add(connection)
        pending.set_for_item(connection, item_id, {"omdb": missing})
        assert pending.of_items(connection, [item_id]) == {item_id: {"omdb": missing}}


def test_an_item_misses_what_was_set_last_since_it_was_first_missed(connection: Connection) -> None:
    item_id, other = add(connection), add(connection)
    pending.set_for_item(connection, other, {"omdb": waiting()})
    pending.set_for_item(connection, item_id, {"omdb": waiting(since=EARLIER), "tvdb": waiting()})
    pending.set_for_item(connection, item_id, {"omdb": waiting(attempts=2), "fanart": waiting()})
    assert pending.of_items(connection, [item_id]) == {
        item_id: {"omdb": waiting(since=EARLIER, attempts=2), "fanart": waiting()}
    }
    pending.set_for_item(connection, item_id, {})
    assert pending.of_items(connection, [item_id, other]).keys() == {other}


def test_only_monitored_live_items_whose_time_has_come_are_due(connection: Connection) -> None:
    now, _later, _settings, _unmonitored, gone, elsewhere = (
        add(connection, monitored=number != 3) for number in range(6)
    )
    for item_id in range(now, elsewhere):
        pending.set_for_item(connection, item_id, {"omdb": waiting()})
    pending.set_for_item(connection, _later, {"omdb": waiting(not_before=NOW + HOUR)})
    pending.set_for_item(connection, _settings, {"omdb": waiting(not_before=None)})
    pending.set_for_item(connection, elsewhere, {"tvdb": waiting()})
    items.soft_delete(connection, [gone], NOW)
    assert [due.item_id for due in pending.due(connection, "omdb", NOW, 10)] == [now]
    assert [due.item_id for due in pending.due(connection, "omdb", NOW + HOUR, 10)] == [now, _later]
    assert pending.next_due(connection) == NOW


def test_nothing_is_due_at_a_time_when_all_wait_for_the_settings(connection: Connection) -> None:
    pending.set_for_item(connection, add(connection), {"omdb": waiting(not_before=None)})
    assert pending.next_due(connection) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "1999-03-31", "1999-10-15", "2026-01-01"]),
            st.none() | st.sampled_from([EARLIER, EARLIER + HOUR, NOW]),
        ),
        max_size=8,
    ),
    st.integers(1, 9),
)
def test_a_short_quota_goes_where_the_domain_says(
    shared: Database, titles: list[tuple[str, object]], limit: int
) -> None:
    with shared.read() as connection:
        expected = []
        for released, answered_at in titles:
            item_id = add(connection, released)
            pending.set_for_item(connection, item_id, {"quota": waiting(answered_at=answered_at)})
            expected.append(DueItem(item_id=item_id, fetched_at=answered_at, release_date=released))  # type: ignore[arg-type]
        assert pending.due(connection, "quota", NOW, limit) == whom_first(expected)[:limit]


def test_new_settings_make_everything_of_that_provider_due_at_once(connection: Connection) -> None:
    one, two = add(connection), add(connection)
    pending.set_for_item(connection, one, {"omdb": waiting(not_before=None, reason="auth", attempts=5)})
    pending.set_for_item(connection, two, {"omdb": waiting(not_before=NOW + HOUR), "tvdb": waiting(not_before=None)})
    assert pending.wake(connection, "omdb", NOW) == 2
    assert [due.item_id for due in pending.due(connection, "omdb", NOW, 10)] == [one, two]
    assert pending.of_items(connection, [one])[one]["omdb"].attempts == 0
    assert pending.due(connection, "tvdb", NOW, 10) == []


def test_items_are_counted_by_provider_and_once_over_all(connection: Connection) -> None:
    one, two = add(connection), add(connection, monitored=False)
    pending.set_for_item(connection, one, {"omdb": waiting(), "tvdb": waiting()})
    pending.set_for_item(connection, two, {"omdb": waiting(not_before=None)})
    assert pending.counts(connection) == {"omdb": 2, "tvdb": 1}
    assert pending.count_items(connection) == 2
