"""What an item takes over from those above it."""

from msgspec.structs import replace
from sqlalchemy import Connection

from factories import NOW, item, stored
from metarr.domain.item import FieldValue, Place
from metarr.domain.values import Kind
from metarr.store import items


def test_locks_are_inherited_from_every_level_above_where_they_reach_below_and_the_nearest_counts(
    connection: Connection,
) -> None:
    def locked(*, below: bool) -> FieldValue:
        return replace(stored("v", locked=True), locks_below=below)

    above = {"plot": locked(below=True), "title": locked(below=True), "tagline": locked(below=False)}
    series = items.add(connection, item(Kind.SERIES, fields=above))
    nearer = {"title": locked(below=False), "outline": locked(below=True)}
    season = items.add(connection, item(Kind.SEASON, parent_id=series.id, fields=nearer))
    episode = items.add(connection, item(Kind.EPISODE, parent_id=season.id, fields={"title": locked(below=True)}))
    read = items.get_many(connection, [series.id, season.id, episode.id])
    assert read[series.id].parent_locked == frozenset()
    assert read[season.id].parent_locked == {"plot", "title"}
    assert read[episode.id].parent_locked == {"plot", "outline"}
    assert read[series.id].fields == series.fields


def test_the_place_of_each_within_its_series_is_told_deleted_or_not(connection: Connection) -> None:
    series = items.add(connection, item(Kind.SERIES, title="Dunkel", fields={"title": stored("Dark")}))
    season = items.add(connection, item(Kind.SEASON, parent_id=series.id, fields={"season_number": stored(0)}))
    numbers = {"season_number": stored(0), "episode_number": stored(3)}
    episode = items.add(connection, item(Kind.EPISODE, parent_id=season.id, fields=numbers))
    bare = items.add(connection, item(Kind.EPISODE, parent_id=season.id))
    items.soft_delete(connection, [episode.id], NOW)
    parents = {season.id: series.id, episode.id: season.id, bare.id: season.id}
    assert items.places(connection, parents) == {
        season.id: Place(series="Dark", season=0),
        episode.id: Place(series="Dark", season=0, episode=3),
        bare.id: Place(series="Dark"),
    }
    read = items.get_many(connection, [series.id, season.id, episode.id, bare.id])
    assert {item_id: each.place() for item_id, each in read.items()} == {
        **items.places(connection, parents),
        series.id: Place(),
    }
    assert items.count_children(connection, [series.id, season.id, episode.id]) == {series.id: 1, season.id: 1}
