"""What the providers list of the episodes of a series, as far as the library holds something of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from metarr.asking.config import Config
from metarr.asking.gather import Gatherer, Inquiry
from metarr.asking.heard import Heard
from metarr.asking.parts import PartGatherer, PartOutcomes, SeriesInquiry, first_due
from metarr.clock import Clock
from metarr.domain.entries import leading_orders, number_of
from metarr.domain.evidence import answer_of, is_awaited
from metarr.domain.item import MediaItem
from metarr.domain.listings import Listing, ListPart, listing
from metarr.domain.numbering import AIRED, USUAL, Number, Numbering
from metarr.domain.outcome import Answered, Outcome
from metarr.domain.subject import subject_of
from metarr.domain.values import Kind
from metarr.store import items, numbers
from metarr.store.database import Connection, Database


@dataclass(frozen=True)
class Holding:
    """What the library holds of a series: the live seasons and episodes, those that rest, and what the numbers of files
    point to."""

    series: MediaItem
    below: Sequence[MediaItem]
    resting: Sequence[MediaItem]
    numbering: Numbering

    def counts(self) -> Counter[int]:
        """By season, as it was shown, how many episodes the library holds of it, a season itself being one at least:
        others than TheTVDB list episodes by these alone."""
        aired = {item: number for number, item in self.numbering.remembered.get(AIRED, {}).items()}
        shown = self.numbering.order == AIRED
        counts = Counter(
            number[0]
            for item in self.below
            if item.kind is Kind.EPISODE and (number := _number(item) if shown else aired.get(item.id, _number(item)))
        )
        seasons = (number_of(item, "season_number") for item in self.below if item.kind is Kind.SEASON)
        return counts | Counter({season: 1 for season in seasons if season is not None})


def counts_of(connection: Connection, series: MediaItem) -> Counter[int]:
    """By season, as it was shown, how many numbers of files a series has: about what `Holding.counts` says, without a
    look at the items."""
    numbering = numbers.numbering_of(connection, series.id, series.order)
    shown = numbering.library
    if numbering.order != AIRED:
        ours = set(numbering.library.values())
        shown = {number: item for number, item in numbering.remembered.get(AIRED, {}).items() if item in ours}
    return Counter(season for season, _ in shown)


def holding_of(connection: Connection, series: MediaItem) -> Holding:
    """What the library holds of a series now."""
    below = items.get_many(connection, items.descendants(connection, [series.id])).values()
    numbering = numbers.numbering_of(connection, series.id, series.order)
    live, resting = [item for item in below if item.deleted_at is None], [item for item in below if item.rests]
    return Holding(series, live, resting, numbering)


@dataclass(frozen=True)
class SeriesFacts:
    """What is told of the series itself. `original_language`: ISO 639-1, "" for unknown. `orders`: by provider those in
    which it has the episodes, `order_titles`: what they are called, by name; `outcomes`: what came of asking it."""

    original_language: str
    orders: Mapping[str, tuple[str, ...]]
    order_titles: Mapping[str, str]
    outcomes: Mapping[str, Outcome]

    def untold(self) -> dict[str, frozenset[tuple[str, str]]]:
        """By provider the parts that were to come with its answer and did not."""
        return {provider: each.untold for provider, each in self.outcomes.items() if isinstance(each, Answered)}

    def seasons_of(self, provider: str) -> dict[int, int]:
        """By season that a provider has, and is to be asked about, how many episodes it lists there."""
        answer = answer_of(self.outcomes[provider]) if provider in self.outcomes else None
        seasons = answer.fragment.seasons if isinstance(answer, Answered) else ()
        return {each.number: each.episodes for each in seasons if each.fragment is None}


def facts_of(series: MediaItem, outcomes: Mapping[str, Outcome]) -> SeriesFacts:
    """What is stored of it, else what was told now."""
    answers = {
        provider: answer
        for provider, outcome in sorted(outcomes.items())
        if isinstance(answer := answer_of(outcome), Answered)
    }
    stored = series.fields.get("original_language")
    named = (answer.fragment.values.get("original_language") for answer in answers.values())
    languages = (stored.value if stored is not None else None, *named)
    return SeriesFacts(
        original_language=next((each for each in languages if isinstance(each, str)), ""),
        orders={provider: answer.fragment.orders for provider, answer in answers.items()},
        order_titles={
            order: name for answer in answers.values() for order, name in answer.fragment.order_titles.items()
        },
        outcomes=outcomes,
    )


def tells_of_seasons(facts: SeriesFacts, everyone: Heard) -> dict[str, Outcome]:
    """By provider that can tell of seasons, what came of asking it about the series."""
    askers = [each.id for each in everyone.askers(Kind.SEASON) if each.id in facts.outcomes]
    return {provider: facts.outcomes[provider] for provider in askers}


@dataclass(frozen=True)
class Listings:
    """By provider what it lists; `missing`: why one of its parts could not be had; `due_at`: when the first is due."""

    by_provider: Mapping[str, Listing]
    missing: Mapping[str, Outcome]
    due_at: datetime | None = None

    def orders(self) -> Mapping[str, Mapping[Number, str]]:
        """The orders that could be heard, by name."""
        return leading_orders(self.by_provider)


class Lister:
    """Has the providers list the episodes of series."""

    def __init__(self, database: Database, gatherer: Gatherer, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._parts = PartGatherer(database, gatherer, clock)

    def heard(self, series: MediaItem, config: Config) -> tuple[Holding, SeriesFacts, Listings]:
        """What was heard before. Nobody is asked."""
        inquiry = Inquiry(kind=series.kind, subject=subject_of(series))
        facts = facts_of(series, self._gatherer.gather(inquiry, config).outcomes)
        with self._database.read() as connection:
            now = holding_of(connection, series)
        return now, facts, self.ask(now, inquiry, config, facts)

    def ask(
        self,
        series: Holding,
        inquiry: Inquiry,
        config: Config,
        facts: SeriesFacts,
        further: Mapping[str, Mapping[int, int]] | None = None,
    ) -> Listings:
        """Ask for the parts of the seasons that the library holds; `further`: by provider of other ones."""
        ids = {id_type: claim.value for id_type, claim in inquiry.subject.ids.items()}
        wanted = {*USUAL, series.numbering.order} - {AIRED}
        orders = {provider: tuple(each for each in has if each in wanted) for provider, has in facts.orders.items()}
        everyone = self._gatherer.heard(config)
        gathered = self._parts.gather(
            SeriesInquiry(
                ids, series.counts(), facts.original_language, orders, inquiry, further or {}, facts.untold()
            ),
            everyone,
        )
        if inquiry.deadline is None:  # seasons that were never asked for are no silence
            gathered = {provider: _without_unasked(parts, series.counts()) for provider, parts in gathered.items()}
        askers = {asker.id: asker for asker in everyone.askers(Kind.SERIES)}
        listings = {
            provider: listing(
                askers[provider].asked_ids(ids)[0],
                [
                    ListPart(language=part.language, season=part.season, outcome=outcome, order=part.order)
                    for part, outcome in parts.items()
                ],
            )
            for provider, parts in gathered.items()
        }
        missing = {
            provider: worst
            for provider, parts in gathered.items()
            if (worst := next((each for each in parts.values() if is_awaited(each)), None)) is not None
        }
        soon = timedelta(hours=config.settings.airing_refresh_hours)
        return Listings(listings, missing, first_due(gathered, soon))


def _number(item: MediaItem) -> Number | None:
    season, number = number_of(item, "season_number"), number_of(item, "episode_number")
    return None if season is None else (season, number or 0)


def _without_unasked(parts: PartOutcomes, counts: Mapping[int, int]) -> PartOutcomes:
    return {
        part: outcome
        for part, outcome in parts.items()
        if part.season is None or part.season in counts or answer_of(outcome) is not None
    }
