"""What an item takes over from those above it."""

from sqlalchemy import Connection

from metarr.domain.item import MediaItem
from metarr.store import items


def test_locks_are_inherited_from_every_level_above(
    connection: Connection, family: tuple[MediaItem, MediaItem, MediaItem]
) -> None:
    series, season, episode = family
    read = items.get_many(connection, [series.id, season.id, episode.id])
    assert read[series.id].parent_locked == frozenset()
    assert read[season.id].parent_locked == {"plot"}
    assert read[episode.id].parent_locked == {"plot", "poster"}
