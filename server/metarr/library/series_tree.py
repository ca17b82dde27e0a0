"""A series with its seasons and episodes by number, and what the library lacks of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from metarr.asking.config import ConfigReader
from metarr.domain.entries import LEADING, KnownEntry, PairState, number_of, place_of
from metarr.domain.item import MediaItem
from metarr.domain.numbering import AIRED, Number
from metarr.domain.values import Kind
from metarr.library.listings import Lister
from metarr.library.pairings import find_series
from metarr.library.reference import Reference
from metarr.store import episode_entries, items
from metarr.store.database import Database


@dataclass(frozen=True)
class TreeEpisode:
    """An episode of a season; without an item it is missing. `entries`: what is known of it in the providers' lists."""

    number: int
    item: MediaItem | None
    entries: tuple[KnownEntry, ...] = ()


@dataclass(frozen=True)
class TreeSeason:
    """A season with its episodes, by number; without an item it is only listed."""

    number: int
    item: MediaItem | None
    episodes: tuple[TreeEpisode, ...] = ()


@dataclass(frozen=True)
class SeriesTree:
    """A series with its seasons, by number."""

    series: MediaItem
    seasons: tuple[TreeSeason, ...]


class SeriesTrees:
    """Tells the tree of a series."""

    def __init__(self, database: Database, lister: Lister, config: ConfigReader) -> None:
        self._database = database
        self._lister = lister
        self._config = config

    def of(self, reference: Reference) -> SeriesTree:
        """Raises NoSuchThing; InvalidInput where it is no series."""
        with self._database.read() as connection:
            series = find_series(connection, reference, "item_id")
            below = items.get_many(connection, items.descendants(connection, [series.id])).values()
            records = episode_entries.of_series(connection, series.id)
        numbers = {each.entry: (each.season, each.number) for each in records}
        if series.order != AIRED:
            orders = self._lister.heard(series, self._config.read())[2].orders()
            numbers = {entry: number for number, entry in orders.get(series.order, {}).items()}
        return SeriesTree(series, _seasons([item for item in below if item.deleted_at is None], records, numbers))


def _seasons(
    below: Sequence[MediaItem], records: Sequence[KnownEntry], numbers: Mapping[str, Number]
) -> tuple[TreeSeason, ...]:
    """`numbers`: by entry the one that it has in the order by which the files are numbered."""
    entries_of: dict[int | None, list[KnownEntry]] = {}
    for each in records:
        entries_of.setdefault(each.item_id, []).append(each)
    season_items: dict[int, MediaItem] = {}
    episodes: dict[int, list[TreeEpisode]] = {}
    for item in below:
        season, place = number_of(item, "season_number"), place_of(item)
        if item.kind is Kind.SEASON and season is not None:
            season_items[season] = item
        elif item.kind is Kind.EPISODE and place is not None:
            episode = TreeEpisode(place[1], item, tuple(entries_of.get(item.id, ())))
            episodes.setdefault(place[0], []).append(episode)
    # Of an item that was made for a number nothing is known before the next run: it is what is listed there.
    unknown = {(season, each.number) for season, some in episodes.items() for each in some if not each.entries}
    for each in _missing(records, {item.id for item in below}):
        if each.entry in numbers and numbers[each.entry] not in unknown:
            season_number, number = numbers[each.entry]
            episodes.setdefault(season_number, []).append(TreeEpisode(number, None, (each,)))
    return tuple(
        TreeSeason(number, season_items.get(number), tuple(sorted(episodes.get(number, ()), key=_in_order)))
        for number in sorted(season_items.keys() | episodes.keys())
    )


def _missing(records: Sequence[KnownEntry], in_library: Collection[int]) -> list[KnownEntry]:
    """The episodes that the library lacks, as the list has them whose numbers the library's are."""
    leading = next((each for each in LEADING if any(entry.provider == each for entry in records)), "")
    of_leading = [each for each in records if each.provider == leading]
    return [
        each
        for each in of_leading
        if each.state is PairState.MISSING or (each.state is PairState.PAIRED and each.item_id not in in_library)
    ]


def _in_order(episode: TreeEpisode) -> tuple[int, int]:
    return (episode.number, 0 if episode.item is None else episode.item.id)
