"""A series with seasons and episodes in the library of a test, and what is told of them."""

from collections.abc import Mapping

from harness import House, title
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.values import Kind
from metarr.library.intake import NewItem, NewSeries
from metarr.store import items
from simulators import Series

Tree = Mapping[tuple[int, int], MediaItem]
"""By season and episode; a season itself is episode 0."""


def add_series(home: House, key: str, *, seasons: tuple[int, ...] = (1, 2)) -> int:
    """A series with all episodes of these seasons, as an import would add them."""
    series = title(key)
    assert isinstance(series, Series)
    series_id = home.add(key)
    add_episodes(
        home, series, {s.number: [e.number for e in s.episodes] for s in series.seasons if s.number in seasons}
    )
    return series_id


def add_episodes(home: House, series: Series, numbers: Mapping[int, list[int]]) -> None:
    given = NewSeries(series.title, series.year, {"imdb": series.imdb})
    new = [
        NewItem(Kind.EPISODE, series=given, season=season, episode=episode)
        for season, episodes in numbers.items()
        for episode in episodes
    ]
    home.services.library.upsert(new)


def tree(home: House, series_id: int) -> Tree:
    with home.database.read() as connection:
        below = items.get_many(connection, items.descendants(connection, [series_id])).values()
    return {(number(item, "season_number"), number(item, "episode_number")): item for item in below}


def number(item: MediaItem, field: str) -> int:
    value = item.fields.get(field, FieldValue()).value
    return value if isinstance(value, int) else 0


def told(item: MediaItem, *fields: str) -> dict[str, object]:
    return {name: item.fields[name].value if name in item.fields else None for name in fields}


def everything(home: House, series_id: int) -> dict[tuple[int, int], Mapping[str, FieldValue]]:
    return {place: item.fields for place, item in tree(home, series_id).items()}


def values_of(fields: Mapping[tuple[int, int], Mapping[str, FieldValue]]) -> dict[tuple[int, int], dict[str, object]]:
    """What is stored, without where it is from."""
    return {
        place: {name: stored.value for name, stored in of_item.items() if stored.value is not None}
        for place, of_item in fields.items()
    }
