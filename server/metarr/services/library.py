"""The items of the library: adding, finding, showing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from metarr.clock import Clock
from metarr.domain.merge import RunnerUp, explain, merge
from metarr.domain.model import OWNER, FieldValue, IdClaim, Kind, MediaItem, Rule
from metarr.errors import InvalidInput, NoSuchThing, Violation
from metarr.services.aggregate import Aggregator, Question
from metarr.services.config import ConfigReader
from metarr.store import items, pending
from metarr.store.database import Connection, Database
from metarr.store.items import ItemHead
from metarr.store.pending import Pending

IMPORTED = "import"
"""The source of what an item was added with: below every provider."""

Reference = int | tuple[str, str]
"""How a caller names an item: by its own id, or by an external one as (type, value)."""


@dataclass(frozen=True)
class NewItem:
    """A title to add. `year` 0: unknown."""

    kind: Kind
    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """An item with what is to be told about it besides."""

    item: MediaItem
    pending: Mapping[str, Pending]
    runners_up: Mapping[str, tuple[RunnerUp, ...]]
    waiting: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Page:
    """Items by title, `total` on all pages."""

    heads: list[ItemHead]
    pending: Mapping[int, Mapping[str, Pending]]
    total: int


class Library:
    """The library's use cases."""

    def __init__(self, database: Database, aggregator: Aggregator, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._aggregator = aggregator
        self._config = config
        self._clock = clock

    def upsert(self, wanted: list[NewItem]) -> list[tuple[MediaItem, bool]]:
        """Add items, or add ids to those that are there: all of them or none. Tells which are new.

        Raises InvalidInput where ids contradict each other: an item has another id of a type already, or two ids
        belong to two items.
        """
        with self._database.begin() as connection:
            return [self._upsert(connection, new, f"items[{place}]") for place, new in enumerate(wanted)]

    def _upsert(self, connection: Connection, new: NewItem, path: str) -> tuple[MediaItem, bool]:
        owners = items.find_by_ids(connection, new.kind, new.ids)
        if len(set(owners.values())) > 1:
            told = ", ".join(f"{id_type} {new.ids[id_type]} is item {owner}" for id_type, owner in owners.items())
            raise InvalidInput(Violation(f"{path}.ids", f"these ids belong to different items: {told}"))
        if not owners:
            return items.add(connection, self._new(new)), True
        held = items.get(connection, next(iter(owners.values())))
        if held is None:
            raise AssertionError("an id without its item")
        return items.save(connection, held, _with_ids(held, new, path)), False

    def _new(self, new: NewItem) -> MediaItem:
        fields = {}
        if new.title:
            fields["title"] = FieldValue(value=new.title, source=IMPORTED, rule=Rule.REPORTED)
        return MediaItem(
            kind=new.kind,
            title=new.title,
            year=new.year,
            ids={id_type: IdClaim(value=value, source=OWNER) for id_type, value in sorted(new.ids.items())},
            fields=fields,
            added_at=self._clock.now(),
        )

    def find(self, connection: Connection, reference: Reference, path: str = "item_id") -> MediaItem:
        """The item that a caller names. Raises NoSuchThing; InvalidInput where the name fits several."""
        found = [reference] if isinstance(reference, int) else items.find_by_id(connection, None, *reference)
        if len(found) > 1:
            listed = ", ".join(str(item_id) for item_id in found)
            raise InvalidInput(Violation(path, f"several items have this id: {listed}; name one of these"))
        item = items.get(connection, found[0]) if found else None
        if item is None or item.deleted_at is not None:
            named = str(reference) if isinstance(reference, int) else ":".join(reference)
            raise NoSuchThing(path, f"there is no item {named}", reason="ITEM_NOT_FOUND")
        return item

    def show(self, reference: Reference, *, why: bool) -> Shown:
        """One item; with `why` also what other providers would say, from the cached answers."""
        with self._database.read() as connection:
            item = self.find(connection, reference)
            missing = pending.of_items(connection, [item.id]).get(item.id, {})
        if not why:
            return Shown(item=item, pending=missing, runners_up={}, waiting={})
        config = self._config.read()
        findings = self._aggregator.gather(Question(kind=item.kind, ids=item.ids), config)
        coverage = self._aggregator.coverage(item.kind)
        decisions = merge(item, findings.outcomes, config.policy, coverage).decisions
        return Shown(
            item=item,
            pending=missing,
            runners_up=explain(item, findings.outcomes, config.policy, coverage),
            waiting={decision.field: decision.waiting for decision in decisions},
        )

    def page(self, kind: Kind | None, title_contains: str, after: tuple[str, int] | None, limit: int) -> Page:
        """Items by title."""
        with self._database.read() as connection:
            heads = items.page(connection, kind=kind, title_contains=title_contains, after=after, limit=limit)
            return Page(
                heads=heads,
                pending=pending.of_items(connection, [head.id for head in heads]),
                total=items.count(connection, kind=kind, title_contains=title_contains),
            )


def _with_ids(held: MediaItem, new: NewItem, path: str) -> MediaItem:
    """The item with further ids, each the owner's word. Raises InvalidInput where it has another one of a type."""
    wrong = [
        Violation(f"{path}.ids.{id_type}", f"item {held.id} has {id_type} {held.ids[id_type].value}, not {value}")
        for id_type, value in new.ids.items()
        if id_type in held.ids and held.ids[id_type].value != value
    ]
    if wrong:
        raise InvalidInput(*wrong)
    claims = {id_type: IdClaim(value=value, source=OWNER) for id_type, value in new.ids.items()}
    return replace(
        held, ids={**held.ids, **claims}, title=held.title or new.title, year=held.year or new.year, fingerprint=""
    )
