"""A series with all that is listed of it, as if the library held every episode: what a scraper asks for before the
library knows any of them. Nothing is stored but answers.

What the library has is told as it is there, with its owner's edits; the numbers are those of files, in the order that
the owner chose.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from metarr.asking.config import Config
from metarr.asking.gather import Gatherer, Inquiry
from metarr.clock import Clock
from metarr.domain.entries import LASTING, KnownEntry, SeriesPairs, number_of, pairs_of, place_of
from metarr.domain.item import FieldValue, IdClaim, MediaItem, Rule
from metarr.domain.merge import merge
from metarr.domain.numbering import Number, Numbering
from metarr.domain.outcome import Outcome
from metarr.domain.series import outcomes_below
from metarr.domain.values import Kind
from metarr.library.listings import Holding, Lister, Listings, SeriesFacts, holding_of, tells_of_seasons
from metarr.store import episode_entries, items
from metarr.store.database import Database

SEASONS_GUESSED = 20
"""So many are asked for where nobody lists a series as a whole: TMDB answers about them in one request."""


class WholeSeries:
    """Has the seasons and episodes of a series listed and merged."""

    def __init__(self, database: Database, gatherer: Gatherer, lister: Lister, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._lister = lister
        self._clock = clock

    def below(self, series: MediaItem, inquiry: Inquiry, config: Config, facts: SeriesFacts) -> list[MediaItem]:
        """Seasons, then episodes, by number. `series` has the ids of the inquiry; it may be in the library or not."""
        holding, records = self._holding(series)
        with self._gatherer.arrivals.expected():
            whole, lists = self._listed(holding, inquiry, config, facts)
        everything = [*whole.below, *whole.resting]
        pairs = pairs_of(everything, lists.by_provider, records, self._clock.now(), whole.numbering.order)
        of_series = tells_of_seasons(facts, self._gatherer.heard(config))
        outcomes = outcomes_below(whole.below, lists.by_provider, pairs, of_series)
        return sorted((self._merged(item, outcomes[item.id], pairs, config) for item in whole.below), key=_in_sequence)

    def _holding(self, series: MediaItem) -> tuple[Holding, list[KnownEntry]]:
        with self._database.read() as connection:
            ids = items.find_by_ids(connection, Kind.SERIES, series.id_values())
            stored = items.get(connection, min(ids.values())) if ids else None
            if stored is None or stored.deleted_at is not None:
                return Holding(series, (), (), Numbering()), []
            return holding_of(connection, stored), list(episode_entries.of_series(connection, stored.id))

    def _listed(
        self, holding: Holding, inquiry: Inquiry, config: Config, facts: SeriesFacts
    ) -> tuple[Holding, Listings]:
        """What is held and what stands for all else that is listed, and the lists of it all."""
        order = holding.numbering.order
        numbers = self._lister.ask(holding, inquiry, config, facts).orders().get(order, {})
        if not numbers:  # nobody lists it as a whole
            guessed = [(season, None) for season in range(SEASONS_GUESSED)]
            lists = self._lister.ask(_with(holding, guessed), inquiry, config, facts)
            numbers = lists.orders().get(order, {})
        seasons = {season for season, _ in numbers}
        whole = _with(holding, [*((season, None) for season in sorted(seasons)), *sorted(numbers)])
        return whole, self._lister.ask(whole, inquiry, config, facts)

    def _merged(
        self, item: MediaItem, outcomes: Mapping[str, Outcome], pairs: SeriesPairs, config: Config
    ) -> MediaItem:
        if item.last_enriched_at is not None:
            return item
        coverage = self._gatherer.coverage(item.kind, config)
        merged = merge(item, outcomes, config.policy, coverage).item
        entry = pairs.leading.get(pairs.named.get(item.id, ""))
        ids = {} if entry is None else dict(_lasting_ids(entry.ids))
        return replace(merged, id=max(item.id, 0), ids={**ids, **item.ids})


def _with(holding: Holding, places: Iterable[tuple[int, int | None]]) -> Holding:
    """What is held, and for each place where nothing is, an item of no library: its id is below zero."""
    there = {(number_of(item, "season_number"), number_of(item, "episode_number")) for item in holding.below}
    lacking = [place for place in places if place not in there]
    order = holding.series.numbering
    made = [_stand_in(-1 - index, order, *place) for index, place in enumerate(lacking)]
    return dataclasses.replace(holding, below=[*holding.below, *made])


def _stand_in(item_id: int, order: str, season: int, episode: int | None) -> MediaItem:
    numbers = {"season_number": season} | ({} if episode is None else {"episode_number": episode})
    fields = {name: FieldValue(value=value, rule=Rule.REPORTED) for name, value in numbers.items()}
    if episode is None:
        return MediaItem(id=item_id, kind=Kind.SEASON, numbering=order, fields=fields)
    return MediaItem(id=item_id, kind=Kind.EPISODE, fields=fields)


def _lasting_ids(entry_ids: Iterable[str]) -> Iterator[tuple[str, IdClaim]]:
    """The ids by which an episode is found again: TMDB's change and repeat."""
    for typed in sorted(entry_ids):
        id_type, _, value = typed.partition(":")
        if id_type in LASTING:
            yield id_type, IdClaim(value=value, source=id_type)


def _in_sequence(item: MediaItem) -> tuple[bool, Number]:
    season = number_of(item, "season_number") or 0
    return item.kind is Kind.EPISODE, place_of(item) or (season, 0)
