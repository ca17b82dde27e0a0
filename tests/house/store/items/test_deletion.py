"""Deleting items with all that is below them, and taking it back."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from factories import NOW, item
from metarr.domain.item import MediaItem
from metarr.domain.values import Kind
from metarr.errors import InvalidInput
from metarr.store import awaited_answers, items
from metarr.store.awaited_answers import AwaitedAnswer


def test_deleting_a_series_deletes_what_is_below_it_and_frees_its_ids(
    connection: Connection, family: tuple[MediaItem, MediaItem, MediaItem]
) -> None:
    series, season, episode = family
    other = items.add(connection, item(ids={"imdb": "tt1"}))
    awaited_answers.set_for_item(
        connection, season.id, {"tmdb": AwaitedAnswer(reason="error", since=NOW, not_before=NOW)}
    )
    assert sorted(items.soft_delete(connection, [series.id, other.id], NOW)) == [
        series.id,
        season.id,
        episode.id,
        other.id,
    ]
    assert items.soft_delete(connection, [series.id], NOW + timedelta(days=1)) == []
    assert items.page(connection) == []
    assert awaited_answers.of_items(connection, [season.id]) == {}
    deleted = items.get(connection, other.id)
    assert deleted is not None
    assert (deleted.deleted_at, deleted.version) == (NOW, 2)
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1") == []
    again = items.add(connection, item(ids={"imdb": "tt1"}))
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1", deleted=True) == [again.id, other.id]
    assert items.find_by_ids(connection, Kind.MOVIE, {"imdb": "tt1"}, deleted=True) == {"imdb": again.id}


def test_a_deleted_item_can_be_revived_unless_its_id_went_to_another(connection: Connection) -> None:
    first = items.add(connection, item(ids={"imdb": "tt1"}))
    items.soft_delete(connection, [first.id], NOW)
    items.revive(connection, first.id)
    assert items.find_by_id(connection, Kind.MOVIE, "imdb", "tt1") == [first.id]
    assert items.count(connection) == 1
    items.soft_delete(connection, [first.id], NOW)
    items.add(connection, item(ids={"imdb": "tt1"}))
    with pytest.raises(InvalidInput, match="tt1"):
        items.revive(connection, first.id)
