"""Adding and saving items: what is written, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, text

from factories import NOW, item, source_of, stored
from metarr.domain.item import IdClaim, MediaItem, Veto
from metarr.errors import VersionMoved
from metarr.store import items
from metarr.store.database import Database
from strategies import items as any_items


@given(any_items())
def test_an_item_comes_back_as_it_was_added(shared: Database, new: MediaItem) -> None:
    with shared.read() as connection:
        added = items.add(connection, new)
        assert items.get(connection, added.id) == added == replace(new, id=added.id, version=1)


@given(any_items(), any_items())
def test_saving_any_item_over_any_other_leaves_exactly_the_new_one(
    shared: Database, old: MediaItem, new: MediaItem
) -> None:
    with shared.read() as connection:
        added = items.add(connection, old)
        saved = items.save(connection, added, new)
        assert items.get(connection, added.id) == saved == replace(new, id=added.id, version=2)


def test_a_save_against_an_old_version_is_refused_and_writes_nothing(connection: Connection) -> None:
    read = items.add(connection, item(fields={"plot": stored("old")}))
    newer = items.save(connection, read, replace(read, fields={"plot": stored("newer")}))
    with pytest.raises(VersionMoved):
        items.save(connection, read, replace(read, fields={"plot": stored("late")}, ids={"imdb": IdClaim(value="tt1")}))
    assert items.get(connection, read.id) == newer


@given(st.lists(st.tuples(any_items(), any_items()), max_size=4))
def test_saving_many_items_leaves_what_saving_each_of_them_leaves(
    shared: Database, pairs: list[tuple[MediaItem, MediaItem]]
) -> None:
    with shared.read() as connection:
        # No ids: two of these items may not have the same.
        added = [(items.add(connection, replace(old, ids={})), replace(new, ids={})) for old, new in pairs]
        saved = items.save_all(connection, added)
        assert saved == [replace(new, id=old.id, version=2) for old, new in added]
        assert items.get_many(connection, [item.id for item in saved]) == {item.id: item for item in saved}


def test_many_items_are_not_saved_where_one_of_them_was_changed_since_it_was_read(connection: Connection) -> None:
    one, two = items.add(connection, item()), items.add(connection, item())
    items.save(connection, two, replace(two, title="Newer"))
    with pytest.raises(VersionMoved):
        items.save_all(connection, [(one, replace(one, title="A")), (two, replace(two, title="B"))])


def test_a_fingerprint_is_put_without_anything_else(connection: Connection) -> None:
    one, two = items.add(connection, item(fingerprint="old")), items.add(connection, item(fingerprint="old"))
    items.put_fingerprints(connection, {})
    items.put_fingerprints(connection, {one.id: "new"})
    assert items.get_many(connection, [one.id, two.id]) == {one.id: replace(one, fingerprint="new"), two.id: two}


def test_versions_are_told_of_live_items_only(connection: Connection) -> None:
    one, two = items.add(connection, item()), items.add(connection, item())
    items.save(connection, one, replace(one, title="Heat"))
    items.soft_delete(connection, [two.id], NOW)
    assert items.versions(connection, [one.id, two.id, 999]) == {one.id: 2}


def test_a_save_writes_only_the_fields_that_differ(connection: Connection) -> None:
    read = items.add(connection, item(fields={"plot": stored("old"), "tagline": stored("as it was")}))
    connection.execute(text("UPDATE field_values SET source = '[\"untouched\"]' WHERE field = 'tagline'"))
    items.save(connection, read, replace(read, fields={**read.fields, "plot": stored("new")}))
    after = items.get(connection, read.id)
    assert after is not None
    assert (after.fields["plot"].value, source_of(after.fields["tagline"])) == ("new", "untouched")


def test_ids_are_never_given_twice(connection: Connection) -> None:
    first = items.add(connection, item())
    connection.execute(text("DELETE FROM items"))
    assert items.add(connection, item()).id > first.id


def test_clearing_a_fingerprint_makes_a_running_merge_repeat(connection: Connection) -> None:
    read = items.add(connection, item(fingerprint="same"))
    items.clear_fingerprints(connection, [read.id])
    now = items.get(connection, read.id)
    assert now is not None
    assert now.fingerprint == ""
    with pytest.raises(VersionMoved):
        items.save(connection, read, read)


def test_vetoes_go_when_they_are_gone_from_the_item(connection: Connection) -> None:
    veto = Veto(field="plot", providers=("tmdb",), value="x")
    read = items.add(connection, item(vetoes=(veto, replace(veto, providers=("omdb",)))))
    saved = items.save(connection, read, replace(read, vetoes=(replace(veto, providers=("omdb",)),)))
    assert items.get(connection, read.id) == saved
