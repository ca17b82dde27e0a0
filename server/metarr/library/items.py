"""The items of the library: adding, finding, showing them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from metarr.asking.config import ConfigReader
from metarr.asking.gather import Gatherer, Inquiry
from metarr.clock import Clock
from metarr.domain.item import MediaItem
from metarr.domain.merge import RunnerUp, explain, merge
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, NoSuchThing, Violation
from metarr.library import intake
from metarr.library.intake import NewItem, Upserted
from metarr.store import awaited_answers, items, joins
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Connection, Database
from metarr.store.items import ItemHead

Reference = int | tuple[str, str]
"""How a caller names an item: by its own id, or by an external one as (type, value)."""


@dataclass(frozen=True)
class Shown:
    """An item with what is to be told about it besides; `aliases` as (type, value), `joined`: items that are part of
    it."""

    item: MediaItem
    awaited: Mapping[str, AwaitedAnswer]
    runners_up: Mapping[str, tuple[RunnerUp, ...]]
    waiting: Mapping[str, tuple[str, ...]]
    aliases: tuple[tuple[str, str], ...] = ()
    joined: tuple[int, ...] = ()


@dataclass(frozen=True)
class Page:
    """Items by title, `total` on all pages."""

    heads: list[ItemHead]
    awaited: Mapping[int, Mapping[str, AwaitedAnswer]]
    total: int


class Library:
    """The library's use cases."""

    def __init__(self, database: Database, gatherer: Gatherer, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._config = config
        self._clock = clock

    def upsert(self, wanted: list[NewItem]) -> list[Upserted]:
        """Add items, or add to those that are there: all of them or none (see `services.intake`).

        Raises InvalidInput with what is wrong about each of them.
        """
        sync_fields = self._config.read().sync_fields
        with self._database.begin() as connection:
            return intake.take_all(connection, wanted, self._clock.now(), sync_fields)

    def find(
        self, connection: Connection, reference: Reference, path: str = "item_id", *, deleted: bool = False
    ) -> MediaItem:
        """The item that a caller names. Raises NoSuchThing; InvalidInput where the name fits several.

        An item that was joined to another one is that other one. `deleted`: deleted items count as well; by an external
        id the one deleted last, where no live item has it.
        """
        if isinstance(reference, int):
            ids = [joins.survivor(connection, reference)]
        else:
            ids = items.find_by_id(connection, None, *reference)
        if deleted and not ids and not isinstance(reference, int):
            gone = items.get_many(connection, items.find_by_id(connection, None, *reference, deleted=True))
            latest = {each.kind: each.id for each in reversed(gone.values())}
            ids = list(latest.values())
        if len(ids) > 1:
            listed = ", ".join(str(item_id) for item_id in ids)
            raise InvalidInput(Violation(path, f"several items have this id: {listed}; name one of these"))
        item = items.get(connection, ids[0]) if ids else None
        if item is None or (item.deleted_at is not None and not deleted):
            named = str(reference) if isinstance(reference, int) else ":".join(reference)
            raise NoSuchThing(path, f"there is no item {named}", reason="ITEM_NOT_FOUND")
        return item

    def show(self, reference: Reference, *, why: bool) -> Shown:
        """One item; with `why` also what other providers would say, from the cached answers."""
        with self._database.read() as connection:
            item = self.find(connection, reference)
            shown = Shown(
                item=item,
                awaited=awaited_answers.of_items(connection, [item.id]).get(item.id, {}),
                runners_up={},
                waiting={},
                aliases=tuple(items.aliases(connection, item.id)),
                joined=tuple(joins.joined_to(connection, item.id)),
            )
        if not why:
            return shown
        config = self._config.read()
        findings = self._gatherer.gather(Inquiry(kind=item.kind, ids=item.ids), config)
        coverage = self._gatherer.coverage(item.kind)
        decisions = merge(item, findings.outcomes, config.policy, coverage).decisions
        return dataclasses.replace(
            shown,
            runners_up=explain(item, findings.outcomes, config.policy, coverage),
            waiting={decision.field: decision.waiting for decision in decisions},
        )

    def page(
        self,
        kind: Kind | None,
        title_contains: str,
        after: tuple[str, int] | None,
        limit: int,
        *,
        parent: Reference | None = None,
    ) -> Page:
        """Items by title; `parent`: only those below this one. Raises NoSuchThing for an unknown parent."""
        with self._database.read() as connection:
            parent_id = None if parent is None else self.find(connection, parent, "parent_id").id
            heads = items.page(
                connection, kind=kind, title_contains=title_contains, parent_id=parent_id, after=after, limit=limit
            )
            return Page(
                heads=heads,
                awaited=awaited_answers.of_items(connection, [head.id for head in heads]),
                total=items.count(connection, kind=kind, title_contains=title_contains, parent_id=parent_id),
            )
