"""The items of the library: adding, listing, showing them."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from metarr.asking.config import ConfigReader
from metarr.asking.gather import Gatherer
from metarr.asking.roster import Roster
from metarr.clock import Clock
from metarr.domain.fields import fields_of
from metarr.domain.item import Conflict, IdClaim, Match, MediaItem, Place
from metarr.domain.merge import RunnerUp, explain, merge
from metarr.domain.values import Kind
from metarr.library import intake
from metarr.library.filter import checked
from metarr.library.intake import NewItem, Upserted
from metarr.library.names import places_of
from metarr.library.numbers import Numbered, numbers_of
from metarr.library.recall import Recall
from metarr.library.reference import Reference, find
from metarr.library.stating import terms_of
from metarr.store import awaited_answers, episode_entries, items, joins, numbers
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Connection, Database
from metarr.store.items import FieldSummary, ItemFilter, ItemHead, ItemOrder, ItemPosition, KindSummary

TITLES = (Kind.MOVIE, Kind.SERIES)
"""Kinds that are looked for by their words."""

PARENTS = (Kind.SERIES, Kind.SEASON)
"""Kinds that may have items below them."""


@dataclass(frozen=True)
class Shown:
    """An item with what is to be told about it besides; `aliases` as (type, value), `joined`: items that are part of
    it, `children`: how many are directly below it; `undecided`: it was looked for in vain; `numbers`: of an episode;
    `missing`: fields that hold nothing and that somebody can tell."""

    item: MediaItem
    awaited: Mapping[str, AwaitedAnswer]
    runners_up: Mapping[str, tuple[RunnerUp, ...]]
    waiting: Mapping[str, tuple[str, ...]]
    aliases: tuple[tuple[str, str], ...] = ()
    joined: tuple[int, ...] = ()
    children: int = 0
    undecided: bool = False
    numbers: tuple[Numbered, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Items in an order, with what is to be told about them besides, by item; `total` on all pages. `missing`: fields
    that hold nothing, where that was asked for. `posters`: their addresses."""

    heads: list[ItemHead]
    total: int
    awaited: Mapping[int, Mapping[str, AwaitedAnswer]]
    places: Mapping[int, Place]
    children: Mapping[int, int]
    undecided: Collection[int]
    matches: Mapping[int, tuple[Match, ...]]
    missing: Mapping[int, tuple[str, ...]]
    posters: Mapping[int, str]
    conflicts: Mapping[int, tuple[Conflict, ...]]


@dataclass(frozen=True)
class PageWish:
    """Which part of a list is wanted, and how it is sorted. `after`: what the last one of the page before stands by;
    `total`: how many there are, where that was counted before. `missing`: also which fields hold nothing."""

    order: ItemOrder = ItemOrder.TITLE
    descending: bool = False
    after: ItemPosition | None = None
    limit: int = 50
    total: int | None = None
    missing: bool = False


@dataclass(frozen=True)
class LibrarySummary:
    """How the library stands, by kind and by field; kinds without items are left out. `fields` None: not asked for."""

    kinds: Mapping[Kind, KindSummary]
    fields: Mapping[tuple[Kind, str], FieldSummary] | None


class Library:
    """The library's use cases."""

    def __init__(
        self, database: Database, gatherer: Gatherer, config: ConfigReader, clock: Clock, *, roster: Roster
    ) -> None:
        self._database = database
        self._gatherer = gatherer
        self._roster = roster
        self._config = config
        self._clock = clock
        self._recall = Recall(database, gatherer, clock)

    def upsert(self, wanted: list[NewItem]) -> list[Upserted]:
        """Add items, or add to those that are there: all of them or none (see `services.intake`).

        Raises InvalidInput with what is wrong about each of them.
        """
        config = self._config.read()
        with self._database.begin_durably() as connection:
            terms = terms_of(self._gatherer, config, self._clock.now())
            return intake.take_all(connection, wanted, terms)

    def show(self, reference: Reference, *, why: bool) -> Shown:
        """One item; with `why` also what other providers would say, from the cached answers."""
        with self._database.read() as connection:
            item = find(connection, reference)
            shown = Shown(
                item=item,
                awaited=awaited_answers.of_items(connection, [item.id]).get(item.id, {}),
                runners_up={},
                waiting={},
                aliases=tuple(items.aliases(connection, item.id)),
                joined=tuple(joins.joined_to(connection, item.id)),
                children=items.count_children(connection, [item.id]).get(item.id, 0),
                undecided=bool(self._undecided(connection, {item.id: item.ids})),
                numbers=numbers_of(
                    item,
                    episode_entries.of_items(connection, [item.id]).get(item.id, ()),
                    numbers.of_item(connection, item.id),
                ),
                missing=_missing(self._able(item.kind), items.filled(connection, [item.id]).get(item.id, ())),
            )
        if not why:
            return shown
        config = self._config.read()
        outcomes = self._recall.outcomes(item, config)
        coverage = self._gatherer.coverage(item.kind, config)
        decisions = merge(item, outcomes, config.policy, coverage).decisions
        return dataclasses.replace(
            shown,
            runners_up=explain(item, outcomes, config.policy, coverage),
            waiting={decision.field: decision.waiting for decision in decisions},
        )

    def page(
        self,
        fits: ItemFilter,
        wish: PageWish = PageWish(),
        *,
        parent: Reference | None = None,
    ) -> Page:
        """A page of items; `parent`: only those below this one.

        Raises InvalidInput for a filter that nothing could fit, NoSuchThing for an unknown parent.
        """
        with self._database.read() as connection:
            fits = checked(connection, fits, self._roster)
            parent_id = None if parent is None else find(connection, parent, "parent_id").id
            heads = items.page(
                connection,
                fits,
                parent_id=parent_id,
                order=wish.order,
                descending=wish.descending,
                after=wish.after,
                limit=wish.limit,
            )
            undecided = self._undecided(connection, {head.id: head.ids for head in heads if head.kind in TITLES})
            return Page(
                heads=heads,
                total=items.count(connection, fits, parent_id=parent_id) if wish.total is None else wish.total,
                awaited=awaited_answers.of_items(connection, [head.id for head in heads]),
                places=places_of(connection, heads),
                children=items.count_children(connection, [head.id for head in heads if head.kind in PARENTS]),
                undecided=undecided,
                matches={item_id: left.matches for item_id, left in items.undecided_of(connection, undecided).items()},
                missing=self._missing_of(connection, heads) if wish.missing else {},
                posters=items.posters(connection, [head.id for head in heads]),
                conflicts=items.conflicts_of(connection, [head.id for head in heads]),
            )

    def summary(self, fits: ItemFilter, *, fields: bool) -> LibrarySummary:
        """How the items that a filter fits stand. Raises InvalidInput for a filter that nothing could fit."""
        with self._database.read() as connection:
            fits = replace(checked(connection, fits, self._roster), asked_by=self._roster.asked_by())
            return LibrarySummary(
                kinds=items.kinds_summary(connection, fits),
                fields=items.fields_summary(connection, fits) if fields else None,
            )

    def _missing_of(self, connection: Connection, heads: Collection[ItemHead]) -> dict[int, tuple[str, ...]]:
        able = {kind: self._able(kind) for kind in {head.kind for head in heads}}
        filled = items.filled(connection, [head.id for head in heads])
        return {head.id: _missing(able[head.kind], filled.get(head.id, ())) for head in heads}

    def _able(self, kind: Kind) -> list[str]:
        """The fields that somebody can tell of a kind, in catalogue order."""
        country = self._config.read().settings.country
        asked = [each.fields(kind, country) for each in self._roster.all() if not each.skip(kind)]
        return [field.name for field in fields_of(kind) if any(field.name in fields for fields in asked)]

    def _undecided(self, connection: Connection, ids: Mapping[int, Mapping[str, IdClaim]]) -> set[int]:
        """Those of the items, each with its ids, of which only the owner can say which title they are."""
        asked_by = self._roster.asked_by()
        without = [item_id for item_id, claims in ids.items() if claims.keys().isdisjoint(asked_by)]
        return items.fitting(connection, without, ItemFilter(undecided=True, asked_by=asked_by)) if without else set()


def _missing(able: Iterable[str], filled: Collection[str]) -> tuple[str, ...]:
    return tuple(field for field in able if field not in filled)
