from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from factories import EARLIER, NOW, item, stored
from metarr.domain.freshness import DueItem, whom_first
from metarr.domain.item import Undecided
from metarr.domain.values import Kind
from metarr.store import awaited_answers, items
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Database
from metarr.store.items import ItemFilter
from strategies import moments, texts

HOUR = timedelta(hours=1)


def add(connection: Connection, released: str = "", **more: object) -> int:
    fields = {"release_date": stored(released)} if released else {}
    return items.add(connection, item(fields=fields, **more)).id


def waiting(**more: object) -> AwaitedAnswer:
    return AwaitedAnswer(**{"reason": "timeout", "since": NOW, "not_before": NOW, **more})  # type: ignore[arg-type]


@given(
    st.builds(
        AwaitedAnswer,
        reason=texts,
        since=moments,
        detail=texts,
        attempts=st.integers(0, 999),
        not_before=st.none() | moments,
        answered_at=st.none() | moments,
        fresh_after=st.none() | moments,
    )
)
def test_what_is_missing_comes_back_as_it_was_set(shared: Database, missing: AwaitedAnswer) -> None:
    with shared.read() as connection:
        item_id = add(connection)
        awaited_answers.set_for_item(connection, item_id, {"omdb": missing})
        assert awaited_answers.of_items(connection, [item_id]) == {item_id: {"omdb": missing}}


def test_an_item_misses_what_was_set_last_since_it_was_first_missed(connection: Connection) -> None:
    item_id, other = add(connection), add(connection)
    awaited_answers.set_for_item(connection, other, {"omdb": waiting()})
    awaited_answers.set_for_item(connection, item_id, {"omdb": waiting(since=EARLIER), "tvdb": waiting()})
    awaited_answers.set_for_item(connection, item_id, {"omdb": waiting(attempts=2), "fanart": waiting()})
    assert awaited_answers.of_items(connection, [item_id]) == {
        item_id: {"omdb": waiting(since=EARLIER, attempts=2), "fanart": waiting()}
    }
    awaited_answers.set_for_item(connection, item_id, {})
    assert awaited_answers.of_items(connection, [item_id, other]).keys() == {other}


def test_only_monitored_live_items_whose_time_has_come_are_due(connection: Connection) -> None:
    now, _later, _settings, _unmonitored, gone, elsewhere = (
        add(connection, monitored=number != 3) for number in range(6)
    )
    for item_id in range(now, elsewhere):
        awaited_answers.set_for_item(connection, item_id, {"omdb": waiting()})
    awaited_answers.set_for_item(connection, _later, {"omdb": waiting(not_before=NOW + HOUR)})
    awaited_answers.set_for_item(connection, _settings, {"omdb": waiting(not_before=None)})
    awaited_answers.set_for_item(connection, elsewhere, {"tvdb": waiting()})
    items.soft_delete(connection, [gone], NOW)
    assert [due.item_id for due in awaited_answers.due(connection, "omdb", NOW, 10)] == [now]
    assert [due.item_id for due in awaited_answers.due(connection, "omdb", NOW + HOUR, 10)] == [now, _later]
    assert awaited_answers.next_due(connection) == NOW


def test_what_was_searched_for_in_vain_waits_for_its_owner_and_for_nobody_else(connection: Connection) -> None:
    plain, in_vain = add(connection), add(connection, undecided=Undecided(not_before=NOW + HOUR))
    gone = add(connection, undecided=Undecided(not_before=NOW))
    for item_id in (plain, in_vain, gone):
        awaited_answers.set_for_item(connection, item_id, {"omdb": waiting(), "tvdb": waiting(reason="no_id")})
    items.soft_delete(connection, [gone], NOW)
    assert awaited_answers.counts(connection) == {"omdb": 1, "tvdb": 1}
    assert awaited_answers.count_items(connection) == 1
    assert items.kinds_summary(connection, ItemFilter())[Kind.MOVIE].awaited == {"omdb": 1, "tvdb": 1}
    assert [head.id for head in items.page(connection, ItemFilter(awaited_provider="omdb"))] == [plain]


def test_nothing_is_due_at_a_time_when_all_wait_for_the_settings(connection: Connection) -> None:
    awaited_answers.set_for_item(connection, add(connection), {"omdb": waiting(not_before=None)})
    assert awaited_answers.next_due(connection) is None


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
            awaited_answers.set_for_item(connection, item_id, {"quota": waiting(answered_at=answered_at)})
            expected.append(DueItem(item_id=item_id, fetched_at=answered_at, release_date=released))  # type: ignore[arg-type]
        assert awaited_answers.due(connection, "quota", NOW, limit) == whom_first(expected)[:limit]


def test_new_settings_make_everything_of_that_provider_due_at_once(connection: Connection) -> None:
    one, two = add(connection), add(connection)
    awaited_answers.set_for_item(connection, one, {"omdb": waiting(not_before=None, reason="auth", attempts=5)})
    awaited_answers.set_for_item(
        connection, two, {"omdb": waiting(not_before=NOW + HOUR), "tvdb": waiting(not_before=None)}
    )
    assert awaited_answers.wake(connection, "omdb", NOW) == 2
    assert [due.item_id for due in awaited_answers.due(connection, "omdb", NOW, 10)] == [one, two]
    assert awaited_answers.of_items(connection, [one])[one]["omdb"].attempts == 0
    assert awaited_answers.due(connection, "tvdb", NOW, 10) == []


def test_items_are_counted_by_provider_and_once_over_all(connection: Connection) -> None:
    one, two = add(connection), add(connection, monitored=False)
    awaited_answers.set_for_item(connection, one, {"omdb": waiting(), "tvdb": waiting()})
    awaited_answers.set_for_item(connection, two, {"omdb": waiting(not_before=None)})
    assert awaited_answers.counts(connection) == {"omdb": 2, "tvdb": 1}
    assert awaited_answers.count_items(connection) == 2
