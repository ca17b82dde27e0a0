"""Enrich what the library holds of a series: its seasons and episodes, in the run of the series itself.

They are never asked about alone: a list of a season tells of all its episodes at once. Nothing is created of what a
provider lists.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.asking.config import Config
from metarr.asking.gather import Gatherer, Inquiry
from metarr.clock import Clock
from metarr.domain.changes import Change, diff, sync_reason
from metarr.domain.entries import KnownEntry, number_of, pairs_of
from metarr.domain.episode_lists import SPECIALS
from metarr.domain.item import MediaItem
from metarr.domain.listings import Listing, asked_of
from metarr.domain.merge import Decision, merge
from metarr.domain.outcome import Answered, NotAsked, Outcome, Skip
from metarr.domain.series import outcomes_below
from metarr.domain.values import Kind
from metarr.errors import VersionMoved
from metarr.library.commit import publish, publish_all
from metarr.library.listings import Holding, Lister, Listings, SeriesFacts, holding_of, tells_of_seasons
from metarr.library.offers import fitting_order, offer
from metarr.library.reorder import point
from metarr.library.withdrawals import guarded
from metarr.store import episode_entries, items
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)

AT_ONCE = 100
"""Items in one transaction: whoever else writes waits for it."""


@dataclass(frozen=True)
class EnrichedBelow:
    """What came of it for one item below a series."""

    item: MediaItem
    changes: tuple[Change, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    sync_reason: str = ""


_Merged = tuple[MediaItem, EnrichedBelow]
"""An item as it was, and what came of it."""


@dataclass(frozen=True)
class Below:
    """What came of it for all of them, by id. `missing`: by provider, why a part could not be had. `group_id`: of the
    change-sets of the run, 0 where nothing changed. `due_at`: when it is due again."""

    enriched: Mapping[int, EnrichedBelow] = field(default_factory=dict)
    missing: Mapping[str, Outcome] = field(default_factory=dict)
    group_id: int = 0
    due_at: datetime | None = None


NOTHING_BELOW = Below()


@dataclass(frozen=True)
class _Gathered:
    """The outcomes for each item below a series, and of its parts those that are still awaited. `before` and
    `records`: what was known of entries, and is now; `decided`: by question about an entry the item that it is about,
    as the owner says, None for none; `order`: one that fits the files better than theirs, "" for none."""

    outcomes: Mapping[int, Mapping[str, Outcome]]
    missing: Mapping[str, Outcome]
    before: Sequence[KnownEntry] = ()
    records: Sequence[KnownEntry] = ()
    decided: Mapping[str, int | None] = field(default_factory=dict)
    order: str = ""
    due_at: datetime | None = None


class BelowEnricher:
    """Enriches what is below a series."""

    def __init__(self, database: Database, gatherer: Gatherer, *, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._lister = Lister(database, gatherer, clock)
        self._clock = clock

    def enrich(
        self, series: MediaItem, inquiry: Inquiry, config: Config, *, facts: SeriesFacts, keep: bool, job_id: int | None
    ) -> Below:
        """Bring up to date what is below a series, which has the ids of the inquiry. `keep` False: nothing is saved."""
        with self._database.read() as connection:
            holding = holding_of(connection, series)
            records = episode_entries.of_series(connection, series.id)
        if not holding.below:
            return Below()
        lists = self._lister.ask(holding, inquiry, config, facts)
        if keep and not holding.numbering.is_pointed and series.order in lists.orders():
            holding = self._pointed(series, lists)
        below = holding.below
        gathered = self._gather_whole(holding, records, lists, facts, config, inquiry=inquiry)
        enriched: dict[int, EnrichedBelow] = {}
        group_id = 0
        for start in range(0, len(below), AT_ONCE):
            ids = [item.id for item in below[start : start + AT_ONCE]]
            if not keep:
                with self._database.read() as connection:
                    merged = self._merge(connection, ids, inquiry, gathered, config)
            else:
                with self._gatherer.arrivals.begin() as connection:
                    if start == 0:
                        _keep(connection, holding, gathered)
                        offer(connection, holding, gathered.order, self._clock.now())
                    merged = self._merge(connection, ids, inquiry, gathered, config)
                    merged = _saved(connection, merged)
                    group_id = self._publish(connection, merged, config, job_id, group_id)
            enriched |= {each.item.id: each for _, each in merged}
        changed = sum(1 for each in enriched.values() if each.changes)
        log.info(
            "below_enriched", series=series.id, items=len(enriched), changed=changed, missing=sorted(gathered.missing)
        )
        return Below(enriched, gathered.missing, group_id, gathered.due_at)

    def recall(
        self, series: MediaItem, inquiry: Inquiry, config: Config, facts: SeriesFacts
    ) -> Mapping[int, Mapping[str, Outcome]]:
        """By item below a series, what came of the inquiry; one without a deadline asks nobody. Nothing is merged."""
        with self._database.read() as connection:
            holding = holding_of(connection, series)
            records = episode_entries.of_series(connection, series.id)
        lists = self._lister.ask(holding, inquiry, config, facts)
        return self._gather_whole(holding, records, lists, facts, config, inquiry=inquiry).outcomes

    def _pointed(self, series: MediaItem, lists: Listings) -> Holding:
        """What is held of a series of which the order could not be read before."""
        with self._gatherer.arrivals.begin() as connection:
            now = items.get(connection, series.id)
            if now is None or now.order != series.order:
                raise VersionMoved(f"another order of item {series.id} was chosen meanwhile")
            point(connection, now, lists.orders(), self._clock.now())
            return holding_of(connection, now)

    def _gather_whole(
        self,
        series: Holding,
        records: Sequence[KnownEntry],
        lists: Listings,
        facts: SeriesFacts,
        config: Config,
        *,
        inquiry: Inquiry,
    ) -> _Gathered:
        """What each provider says about each item; where episodes are open, also of what those list elsewhere who list
        by seasons."""
        gathered = self._gather(series, records, lists, facts, config)
        further = {
            provider: seasons
            for provider, listed in lists.by_provider.items()
            if listed.is_by_season
            and (seasons := _further_seasons(series, provider, listed, facts.seasons_of(provider), gathered))
        }
        if not further:
            return gathered
        return self._gather(series, records, self._lister.ask(series, inquiry, config, facts, further), facts, config)

    def _gather(
        self, series: Holding, records: Sequence[KnownEntry], lists: Listings, facts: SeriesFacts, config: Config
    ) -> _Gathered:
        """Sort out which entry is which episode, and what each provider says about it."""
        everyone = self._gatherer.heard(config)
        listings = lists.by_provider
        order = series.numbering.order
        pairs = pairs_of([*series.below, *series.resting], listings, records, self._clock.now(), order)
        outcomes = outcomes_below(series.below, listings, pairs, tells_of_seasons(facts, everyone))
        for item in series.below:
            for configured in everyone.providers:
                outcomes[item.id].setdefault(
                    configured.id,
                    everyone.left_out(configured, item.kind)
                    or NotAsked(reason=Skip.NO_ID, detail="it was not asked about the series"),
                )
        decided = {
            asked_of(listings[each.provider].series, each.entry): each.item_id
            for each in pairs.records
            if each.is_decided and each.provider in listings
        }
        offered = fitting_order(series, lists.orders())
        return _Gathered(outcomes, lists.missing, records, pairs.records, decided, offered, lists.due_at)

    def _merge(
        self, connection: Connection, ids: Iterable[int], inquiry: Inquiry, gathered: _Gathered, config: Config
    ) -> list[_Merged]:
        """What the merge makes of these items as they are now; with each what it was."""
        asked = {f"{id_type}:{claim.value}" for id_type, claim in inquiry.subject.ids.items()}
        return [
            (before, self._merged(connection, before, asked, gathered, config))
            for before in items.get_many(connection, ids).values()
            if before.deleted_at is None
        ]

    def _merged(
        self,
        connection: Connection,
        before: MediaItem,
        series: set[str],
        gathered: _Gathered,
        config: Config,
    ) -> EnrichedBelow:
        outcomes, coverage = gathered.outcomes[before.id], self._gatherer.coverage(before.kind, config)
        others = {asked_id for asked_id, item_id in gathered.decided.items() if item_id != before.id}
        base = without_other_entries(before, series, outcomes, others)
        merged = merge(base, outcomes, config.policy, coverage, guarded=guarded(connection, base))
        changed = diff(before.fields, merged.item.fields)
        answered = tuple(sorted(p for p, outcome in outcomes.items() if isinstance(outcome, Answered)))
        after = merged.item
        if after.fields != before.fields or after.vetoes != before.vetoes or answered != before.last_enriched_providers:
            after = replace(after, last_enriched_at=self._clock.now(), last_enriched_providers=answered)
        return EnrichedBelow(
            item=after,
            changes=changed,
            outcomes=outcomes,
            decisions=merged.decisions,
            sync_reason=sync_reason(changed, config.sync_fields),
        )

    def _publish(
        self, connection: Connection, merged: Sequence[_Merged], config: Config, job_id: int | None, group_id: int
    ) -> int:
        """Keep the change-sets; returns their group, which the first one of the run names."""
        change_sets = [
            ChangeSet(
                item_id=each.item.id,
                at=self._clock.now(),
                cause="enrich",
                changes=each.changes,
                job_id=job_id,
                providers=each.item.last_enriched_providers,
                group_id=group_id,
            )
            for _, each in merged
            if each.changes
        ]
        if change_sets and not group_id:
            group_id = publish(connection, change_sets.pop(0), config.sync_fields).id
        publish_all(connection, [replace(each, group_id=group_id) for each in change_sets], config.sync_fields)
        return group_id


def _further_seasons(
    series: Holding, provider: str, listed: Listing, seasons: Mapping[int, int], gathered: _Gathered
) -> dict[int, int]:
    """The seasons of a provider that the library does not have, with their counts, where it may list there what others
    list in those that it has: an anime in two seasons here is one there. Not where some of these are unheard."""
    paired = {record.item_id for record in gathered.records if record.provider == provider}
    open_ids = {record.item_id for record in gathered.records if record.provider != provider} - paired
    open_ones = [
        item
        for item in series.below
        if item.kind is Kind.EPISODE and item.id in open_ids and number_of(item, "season_number") != SPECIALS
    ]
    if not open_ones or listed.silent:
        return {}
    counts = series.counts()
    return {season: count for season, count in seasons.items() if season != SPECIALS and season not in counts}


def _saved(connection: Connection, merged: Sequence[_Merged]) -> list[_Merged]:
    """The same as it is stored now; what did not change is not written."""
    pairs = [(before, each.item) for before, each in merged if each.item != before]
    saved = {item.id: item for item in items.save_all(connection, pairs)}
    return [(before, dataclasses.replace(each, item=saved.get(before.id, before))) for before, each in merged]


def _keep(connection: Connection, holding: Holding, gathered: _Gathered) -> None:
    """Keep which entry is which. Raises VersionMoved where the owner decided meanwhile, about one or the order."""
    series_id = holding.series.id
    now, series = episode_entries.of_series(connection, series_id), items.get(connection, series_id)
    if [each for each in now if each.is_decided] != [each for each in gathered.before if each.is_decided]:
        raise VersionMoved(f"which episodes of item {series_id} are which was decided meanwhile")
    if series is None or series.order != holding.numbering.order:
        raise VersionMoved(f"another order of item {series_id} was chosen meanwhile")
    episode_entries.write(connection, series_id, now, gathered.records)


def without_other_entries(
    item: MediaItem, series: Iterable[str], outcomes: Mapping[str, Outcome], others: Collection[str] = ()
) -> MediaItem:
    """The item without the unlocked values that were got of another series, or of another entry than the one that is
    this episode now: a corrected identity. `others`: questions about entries of which the owner says that they are
    other episodes."""
    now = {each.asked_id for each in outcomes.values() if isinstance(each, Answered)}
    paired = {asked_id.partition("/")[0] for asked_id in now}

    def is_other(asked_id: str) -> bool:
        of_series, parted, _ = asked_id.partition("/")
        other = of_series not in series or of_series in paired or asked_id in others
        return bool(parted) and asked_id not in now and other

    fields = {
        name: stored
        for name, stored in item.fields.items()
        if stored.locked or not any(map(is_other, stored.asked_ids))
    }
    return item if len(fields) == len(item.fields) else replace(item, fields=fields)
