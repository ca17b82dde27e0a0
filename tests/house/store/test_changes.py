from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, text

from factories import EARLIER, NOW, item, stored
from metarr.domain.changes import Change
from metarr.domain.fields import FIELDS
from metarr.domain.item import FieldValue
from metarr.store import changes, items
from metarr.store.changes import ChangeFilter, ChangeSet
from metarr.store.database import Database
from strategies import stored_of

_ANY_FIELD = st.sampled_from(sorted(FIELDS))


def change(field: str, old: str | None, new: str | None) -> Change:
    return Change(field=field, old=stored(old) if old else FieldValue(), new=stored(new, "omdb"))


def record(connection: Connection, item_id: int, at: datetime = NOW, **more: object) -> ChangeSet:
    return changes.add(connection, ChangeSet(item_id=item_id, at=at, cause="enrich", **more))  # type: ignore[arg-type]


@given(
    _ANY_FIELD.flatmap(
        lambda field: st.builds(Change, field=st.just(field), old=stored_of(field), new=stored_of(field))
    )
)
def test_a_change_of_any_field_comes_back_with_its_whole_provenance(shared: Database, changed: Change) -> None:
    with shared.read() as connection:
        written = record(connection, items.add(connection, item()).id, changes=(changed,))
        assert changes.get(connection, written.id) == written


def test_long_changes_are_packed_and_found_by_their_fields_and_sources(connection: Connection) -> None:
    added = items.add(connection, item()).id
    long = tuple(change(field, None, "It happens. " * 50) for field in ("plot", "outline"))
    written = record(connection, added, changes=long)
    query = text("SELECT changes, packed_changes FROM change_sets WHERE id = :id")
    words, packed = connection.execute(query, {"id": written.id}).one()
    assert (words, len(packed) < 300) == ('["omdb","outline","plot"]', True)
    assert changes.get(connection, written.id) == written
    for fits, found in (
        (ChangeFilter(field="plot"), True),
        (ChangeFilter(source="omdb"), True),
        (ChangeFilter(field="plot", source="omdb"), True),
        (ChangeFilter(field="tagline"), False),
        (ChangeFilter(source="tmdb"), False),
    ):
        assert bool(changes.page(connection, item_id=added, fits=fits)) is found
    assert changes.values_had(connection, added)["plot"][1].value == "It happens. " * 50


def test_changes_of_before_they_were_packed_are_read(connection: Connection) -> None:
    written = record(
        connection, items.add(connection, item()).id, changes=(change("plot", None, "It happens. " * 500),)
    )
    whole = msgspec.json.encode(written.changes).decode()
    statement = text("UPDATE change_sets SET changes = :whole, packed_changes = NULL WHERE id = :id")
    connection.execute(statement, {"whole": whole, "id": written.id})
    assert changes.get(connection, written.id) == written


def test_everything_about_a_change_set_comes_back(connection: Connection) -> None:
    new = items.add(connection, item())
    written = record(
        connection,
        new.id,
        job_id=7,
        sync_reason="Changed: plot",
        providers=("omdb", "tmdb"),
        changes=(change("title", "a", "b"), change("plot", None, "c"), change("homepage", "d", None)),
    )
    assert changes.get(connection, written.id) == written
    assert written.requires_player_sync
    assert not record(connection, new.id).requires_player_sync
    assert changes.get(connection, 999) is None


def test_change_sets_are_listed_the_latest_first_by_item_and_by_job(connection: Connection) -> None:
    one, two = items.add(connection, item()), items.add(connection, item())
    sets = [
        record(connection, (one, two)[number % 2].id, job_id=number // 3, changes=(change("plot", "a", str(number)),))
        for number in range(6)
    ]
    assert changes.page(connection) == sets[::-1]
    assert changes.page(connection, item_id=two.id) == [sets[5], sets[3], sets[1]]
    assert changes.page(connection, job_id=0) == sets[2::-1]
    assert changes.page(connection, item_id=one.id, job_id=1) == [sets[4]]
    assert changes.page(connection, before_id=sets[4].id, limit=2) == [sets[3], sets[2]]


def test_a_change_set_knows_what_took_it_back_and_forgets_it_on_redo(connection: Connection) -> None:
    new = items.add(connection, item())
    first, second, undo = (record(connection, new.id) for _ in range(3))
    changes.mark_undone(connection, [first.id, second.id], undo.id)
    assert changes.get(connection, first.id) == replace(first, undone_by=undo.id)
    assert changes.get(connection, undo.id) == undo
    changes.mark_undone(connection, [first.id], None)
    assert changes.get(connection, first.id) == first


def test_many_change_sets_are_kept_at_once_as_if_one_by_one(connection: Connection) -> None:
    new = items.add(connection, item())
    sets = [
        ChangeSet(item_id=new.id, at=NOW, cause="authority", changes=(change("plot", "a", str(number)),))
        for number in range(3)
    ]
    changes.add_all(connection, [])
    changes.add_all(connection, sets)
    assert [replace(each, id=0) for each in changes.page(connection)] == sets[::-1]


def test_pruning_forgets_old_change_sets(connection: Connection) -> None:
    new = items.add(connection, item())
    record(connection, new.id, EARLIER, changes=(change("plot", "a", "b"),))
    kept = record(connection, new.id, changes=(change("plot", "b", "c"),))
    assert changes.prune(connection, NOW - timedelta(days=1), 1) == 1
    assert changes.page(connection) == [kept]


def test_what_was_written_on_a_lived_day_that_is_young_is_not_too_old_whatever_its_time(connection: Connection) -> None:
    new = items.add(connection, item())
    connection.info["day"] = 5
    record(connection, new.id, EARLIER, changes=(change("plot", "a", "b"),))
    assert changes.prune(connection, NOW, 5) == 0
    assert changes.prune(connection, NOW, 6) == 1


def test_ids_of_pruned_change_sets_are_not_given_again(connection: Connection) -> None:
    new = items.add(connection, item())
    first = record(connection, new.id)
    changes.prune(connection, NOW + timedelta(days=1), 1)
    assert record(connection, new.id).id > first.id


@pytest.mark.parametrize(("now", "later"), [('"plot"', '"field_of_tomorrow"'), ('"value":"c"', '"value":7')])
def test_a_change_that_cannot_be_read_is_left_out_rather_than_shown_as_nothing(
    connection: Connection, now: str, later: str
) -> None:
    new = items.add(connection, item())
    written = record(connection, new.id, changes=(change("title", "a", "b"), change("plot", "c", "d")))
    edit = text("UPDATE change_sets SET changes = replace(changes, :now, :later) WHERE changes LIKE '%' || :now || '%'")
    assert connection.execute(edit, {"now": now, "later": later}).rowcount == 1
    read = changes.get(connection, written.id)
    assert read is not None
    assert read.changes == written.changes[:1]
