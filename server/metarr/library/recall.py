"""What the providers said about an item of the library: from the cached answers, nobody is asked."""

from collections.abc import Mapping

from metarr.asking.config import Config
from metarr.asking.gather import Gatherer, Inquiry
from metarr.clock import Clock
from metarr.domain.item import MediaItem
from metarr.domain.outcome import Outcome
from metarr.domain.subject import subject_of
from metarr.domain.values import Kind
from metarr.library.below import BelowEnricher
from metarr.library.listings import facts_of
from metarr.store import items
from metarr.store.database import Database


class Recall:
    """Tells what was said: about a season or an episode, what the lists of its series say of it."""

    def __init__(self, database: Database, gatherer: Gatherer, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._below = BelowEnricher(database, gatherer, clock=clock)

    def outcomes(self, item: MediaItem, config: Config) -> Mapping[str, Outcome]:
        """By provider, what came of asking it, as far as that is kept."""
        series = self._series_above(item, config)
        if series is None:
            return self._gatherer.gather(Inquiry(kind=item.kind, subject=subject_of(item)), config).outcomes
        inquiry = Inquiry(kind=series.kind, subject=subject_of(series))
        facts = facts_of(series, self._gatherer.gather(inquiry, config).outcomes)
        return self._below.recall(series, inquiry, config, facts).get(item.id, {})

    def _series_above(self, item: MediaItem, config: Config) -> MediaItem | None:
        """The series in whose run an item is enriched; None where that is its own."""
        if self._gatherer.can_ask(item.kind, item.id_values(), config):
            return None  # a provider of somebody's tells of it by an id of its own
        with self._database.read() as connection:
            above = items.get_many(connection, items.ancestors(connection, [item.id])).values()
        return next((each for each in above if each.kind is Kind.SERIES and each.id != item.id), None)
