"""Enrich items: ask everyone about them, merge on the rows as they are now, and commit all that belongs together.

One item is a batch of one.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from msgspec.structs import replace

from metarr.asking.config import Config, ConfigReader
from metarr.asking.gather import Gatherer, Inquiry
from metarr.asking.nobody import answered, nobody
from metarr.clock import Clock
from metarr.domain.evidence import in_order
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.settling import Findings
from metarr.domain.subject import subject_of
from metarr.domain.values import Kind
from metarr.errors import NoSuchThing, VersionMoved
from metarr.library import join
from metarr.library.batch import BatchCommitter, Outcomes, ends_all
from metarr.library.below import NOTHING_BELOW, Below, BelowEnricher
from metarr.library.listings import counts_of, facts_of
from metarr.library.recognize import Recognizer
from metarr.library.reference import Reference, find
from metarr.library.wish import Enriched, GatheredItem, Wish
from metarr.store import items
from metarr.store.database import Connection, Database

COMMIT_MARGIN = 0.5
"""Seconds of the caller's deadline that are kept for merging and committing what came."""

ATTEMPTS = 3
"""How often to begin again where the owner corrected the item's identity while the providers were asked."""


@dataclass(frozen=True)
class _WantedItem:
    """An item that was named, and the one that is asked about: the same, or the series that it is an episode of."""

    item: MediaItem
    whole: MediaItem
    number: int


@dataclass(frozen=True)
class _Asked:
    """An item as it was read, and the ids by which the providers are asked about it. `counts`: of a series, by season
    how many episodes are held."""

    item: MediaItem
    ids: Mapping[str, IdClaim]
    counts: Mapping[int, int] = field(default_factory=dict)


class Enricher:
    """Enriches items of the library."""

    def __init__(
        self,
        database: Database,
        gatherer: Gatherer,
        recognizer: Recognizer,
        *,
        config: ConfigReader,
        clock: Clock,
    ) -> None:
        self._database = database
        self._gatherer = gatherer
        self._recognizer = recognizer
        self._config = config
        self._clock = clock
        self._below = BelowEnricher(database, gatherer, clock=clock)
        self._committer = BatchCommitter(gatherer, clock)

    def enrich(self, reference: Reference, wish: Wish) -> Enriched:
        """Bring one item up to date; a series with what is below it, and what is below a series with all of it.

        Where it turns out to be one with another item of the library, both are joined, and that one is told.

        Raises NoSuchThing; AllLimited, AllRefused or NobodyAnswered where nobody could be heard, with the item
        unchanged and answers awaited; CannotDo where there is nobody to ask, and where its words tell no title clearly.
        """
        [outcome] = chain.from_iterable(some.values() for some in self.enrich_all([self._id_of(reference)], wish))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def enrich_all(self, item_ids: Sequence[int], wish: Wish) -> Iterator[Outcomes]:
        """The same for some items at once, by the batch: what came of each, or what it failed with, once that is
        committed. Those that are found by words and those with something below them are done one by one, the last.

        Raises what ends all of them: what the database or the machine lacks, and Stopped.
        """
        for last in (False,) * (ATTEMPTS - 1) + (True,):
            moved: list[int] = []
            for outcomes in self._attempt(item_ids, wish):
                again = [] if last else [wanted for wanted, each in outcomes.items() if isinstance(each, VersionMoved)]
                moved += again
                yield {wanted: each for wanted, each in outcomes.items() if wanted not in again}
            if not moved:
                return
            item_ids = moved

    def merge_below(self, series_id: int) -> Below:
        """Merge anew what is below a series, of what was said before: nobody is asked. Raises NoSuchThing."""
        with self._database.read() as connection:
            series = find(connection, series_id)
            config = self._config.read_in(connection)
        inquiry = Inquiry(kind=series.kind, subject=subject_of(series))
        facts = facts_of(series, self._gatherer.gather(inquiry, config).outcomes)
        return self._below.enrich(series, inquiry, config, facts=facts, keep=True, job_id=None)

    def _id_of(self, reference: Reference) -> int:
        if isinstance(reference, int):
            return reference
        with self._database.read() as connection:
            return find(connection, reference).id

    def _attempt(self, item_ids: Sequence[int], wish: Wish) -> Iterator[Outcomes]:
        with self._database.read() as connection:
            config = self._config.read_in(connection)
            wanted, settled = self._read(connection, item_ids, config, wish)
        if settled:
            yield settled
        together = {each.number: each for each in wanted if self._is_plain(each, config) and not wish.dry_run}
        yield from self._together(together, config, wish)
        for each in wanted:
            if each.number not in together:
                yield {each.number: self._by_itself(each, config, wish)}

    def _read(
        self, connection: Connection, item_ids: Sequence[int], config: Config, wish: Wish
    ) -> tuple[list[_WantedItem], Outcomes]:
        """The items, each once; and what is settled about those at which nothing is to be done."""
        read, settled, wanted = items.get_many(connection, item_ids), Outcomes(), {}
        for item_id in item_ids:
            item = read.get(item_id)
            try:
                # One that is gone may have been joined to another one.
                item = find(connection, item_id) if item is None or item.deleted_at is not None else item
            except NoSuchThing as error:
                settled[item_id] = error
                continue
            if wish.auto and not item.monitored:
                settled[item_id] = Enriched(item=item, skipped=True)
                continue
            wanted[item_id] = _WantedItem(item, self._whole(connection, item, config), item_id)
        return list(wanted.values()), settled

    def _whole(self, connection: Connection, item: MediaItem, config: Config) -> MediaItem:
        """The series in the run of which an item is enriched; itself, where that is its own."""
        if item.parent_id is None or self._gatherer.can_ask(item.kind, item.id_values(), config):
            return item  # or a provider of somebody's tells of it by an id of its own
        above = items.get_many(connection, items.ancestors(connection, [item.id])).values()
        return next((each for each in above if each.kind is Kind.SERIES), item)

    def _is_plain(self, wanted: _WantedItem, config: Config) -> bool:
        """Whether nothing is to be done about it but to ask by its ids, and to merge."""
        return wanted.whole.kind is not Kind.SERIES and self._leads(wanted.whole, config)

    def _leads(self, item: MediaItem, config: Config) -> bool:
        """Whether an item need not be searched for by its words."""
        leads = item.identifying_ids() or self._gatherer.can_ask(item.kind, item.id_values(), config)
        return bool(leads) or not item.title or item.kind not in join.JOINABLE

    def _together(self, wanted: Mapping[int, _WantedItem], config: Config, wish: Wish) -> Iterator[Outcomes]:
        asked = {number: _Asked(each.whole, each.whole.ids) for number, each in wanted.items()}
        inquiries = {number: _inquiry(each, wish) for number, each in asked.items()}
        with self._gatherer.arrivals.expected():
            for some in self._gatherer.gather_all(inquiries, config):
                failed, gathered = Outcomes(), []
                for number, findings in some.items():
                    if isinstance(findings, Exception):
                        if ends_all(findings):
                            raise findings
                        failed[number] = findings
                    else:
                        gathered.append(GatheredItem(number, asked[number].item, asked[number].ids, findings))
                yield {**failed, **self._committer.commit(gathered, config, wish)}

    def _by_itself(self, wanted: _WantedItem, config: Config, wish: Wish) -> Enriched | Exception:
        try:
            return self._enrich(wanted, config, wish)
        except Exception as error:
            if ends_all(error):
                raise
            return error

    def _enrich(self, wanted: _WantedItem, config: Config, wish: Wish) -> Enriched:
        asked = self._identified(wanted.whole, config, wish)
        if asked.item.kind is Kind.SERIES:
            with self._database.read() as connection:
                asked = dataclasses.replace(asked, counts=counts_of(connection, asked.item))
        with self._gatherer.arrivals.expected():
            findings = self._gatherer.gather(_inquiry(asked, wish), config)
            below = NOTHING_BELOW
            if answered(findings.outcomes):
                below = self._enrich_below(asked, findings, config, wish)
            gathered = GatheredItem(wanted.number, asked.item, asked.ids, findings, below)
            if wish.dry_run:
                self._gatherer.arrivals.store()
                with self._database.read() as connection:
                    enriched = self._committer.preview(connection, gathered, config)
            else:
                outcome = self._committer.commit([gathered], config, wish)[wanted.number]
                if isinstance(outcome, Exception):
                    raise outcome
                enriched = outcome
        return enriched if wanted.whole is wanted.item else _of_below(wanted.item, enriched, below)

    def _enrich_below(self, asked: _Asked, findings: Findings, config: Config, wish: Wish) -> Below:
        """The seasons and episodes of a series, before itself: while any of it is not done, it is not."""
        if asked.item.kind is not Kind.SERIES:
            return NOTHING_BELOW
        inquiry = _inquiry(dataclasses.replace(asked, ids=findings.settled.ids), wish)
        facts = facts_of(asked.item, findings.outcomes)
        return self._below.enrich(asked.item, inquiry, config, facts=facts, keep=not wish.dry_run, job_id=wish.job_id)

    def _identified(self, item: MediaItem, config: Config, wish: Wish) -> _Asked:
        """The ids by which to ask: where the item has none that leads to it, those of the title that its words name."""
        if self._leads(item, config):
            return _Asked(item, item.ids)
        ids = self._recognizer.recognize(
            item,
            config,
            # Half the time: one that hangs must not take that in which the others can be asked about what was found.
            deadline=(self._clock.monotonic() + wish.deadline - COMMIT_MARGIN) / 2,
            lane=wish.lane,
            providers=wish.providers,
            patient=wish.auto and wish.fresh_after is None,
            keep=not wish.dry_run,
        )
        return _Asked(item, {**ids, **item.ids})


def _inquiry(asked: _Asked, wish: Wish) -> Inquiry:
    return Inquiry(
        kind=asked.item.kind,
        subject=replace(subject_of(asked.item), ids=asked.ids),
        providers=wish.providers,
        planned=wish.planned,
        fresh_after=wish.fresh_after,
        lane=wish.lane,
        deadline=wish.deadline - COMMIT_MARGIN,
        counts=asked.counts,
    )


def _of_below(item: MediaItem, series: Enriched, below: Below) -> Enriched:
    """What came of it for an item below the series that was enriched."""
    if item.id not in below.enriched:
        raise NoSuchThing("item_id", f"item {item.id} was deleted meanwhile", reason="ITEM_NOT_FOUND")
    own = below.enriched[item.id]
    if not any(map(in_order, own.outcomes.values())):
        raise nobody(own.outcomes)
    return Enriched(
        item=own.item,
        changes=own.changes,
        outcomes=own.outcomes,
        decisions=own.decisions,
        awaited=series.awaited,
        sync_reason=own.sync_reason,
    )
