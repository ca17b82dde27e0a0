"""What the tests of items share."""

import pytest
from sqlalchemy import Connection

from factories import item, stored
from metarr.domain.item import MediaItem
from metarr.domain.values import Kind
from metarr.store import items


@pytest.fixture
def family(connection: Connection) -> tuple[MediaItem, MediaItem, MediaItem]:
    """A series with a season with an episode, each with a locked field."""
    series = items.add(connection, item(Kind.SERIES, title="Dark", fields={"plot": stored("p", locked=True)}))
    season = items.add(connection, item(Kind.SEASON, parent_id=series.id, fields={"poster": stored(None, locked=True)}))
    episode = items.add(connection, item(Kind.EPISODE, parent_id=season.id, fields={"title": stored("t", locked=True)}))
    return series, season, episode
