"""How often each field holds a value of which source, and is locked: kept with every write, for a library of 50,000
items has a million values, and to count them takes a second."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select, true

from metarr.domain.item import FieldValue, MediaItem, Rule
from metarr.domain.values import Kind, Struct
from metarr.store.tables import field_counts as table
from metarr.store.tables import field_values, items
from metarr.store.upsert import upsert

Key = tuple[Kind, str, tuple[str, ...]]
"""A kind, a field, and the sources of its value."""


class FieldCount(Struct, frozen=True, kw_only=True):
    """In how many items a field is filled, locked, and holds a value that is held."""

    filled: int = 0
    locked: int = 0
    values_held: int = 0

    def __add__(self, other: "FieldCount") -> "FieldCount":
        return FieldCount(
            filled=self.filled + other.filled,
            locked=self.locked + other.locked,
            values_held=self.values_held + other.values_held,
        )


FieldCounts = Mapping[Key, FieldCount]


def note(connection: Connection, pairs: Iterable[tuple[Mapping[str, FieldValue], MediaItem]]) -> None:
    """Note what becomes of the fields of items: as they were stored, and as they are now. Both may lack the same fields
    that stay as they are."""
    changes: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for before, item in pairs:
        for fields, sign in ((before, -1), (item.fields, 1)):
            other = item.fields if sign < 0 else before
            for name, stored in fields.items():
                if stored is not other.get(name):
                    _add(changes[item.kind, name, stored.sources], stored, sign)
    rows = [
        {"kind": kind, "field": field, "source": sources, "filled": filled, "locked": locked, "values_held": held_back}
        for (kind, field, sources), (filled, locked, held_back) in sorted(changes.items())
        if filled or locked or held_back
    ]
    upsert(connection, table, rows, add=("filled", "locked", "values_held"))


def _add(sums: list[int], stored: FieldValue, sign: int) -> None:
    is_filled = stored.value is not None
    sums[0] += sign * is_filled
    sums[1] += sign * stored.locked
    sums[2] += sign * (is_filled and stored.rule is Rule.HELD)


def counted(connection: Connection) -> FieldCounts:
    """Of all live items."""
    everything = {
        (Kind(row.kind), row.field, row.source): FieldCount(
            filled=row.filled, locked=row.locked, values_held=row.values_held
        )
        for row in connection.execute(select(table))
    }
    for key, gone in count(connection, select(items.c.id).where(items.c.deleted_at.is_not(None))).items():
        kept = everything.get(key, FieldCount())
        everything[key] = FieldCount(
            filled=kept.filled - gone.filled,
            locked=kept.locked - gone.locked,
            values_held=kept.values_held - gone.values_held,
        )
    return {key: each for key, each in everything.items() if each != FieldCount()}


def count(connection: Connection, of_items: Select[Any]) -> FieldCounts:
    """Of the items that a query tells, by looking at each of their values."""
    rows = connection.execute(_COUNT.where(items.c.id.in_(of_items)))
    return {(Kind(row.kind), row.field, row.source): _counted(row) for row in rows}


def _counted(row: Row[Any]) -> FieldCount:
    return FieldCount(filled=row.filled, locked=row.locked, values_held=row.values_held)


_FILLED = field_values.c.value.is_not(None)
_COUNT = (
    select(
        items.c.kind,
        field_values.c.field,
        field_values.c.source,
        func.count(field_values.c.value).label("filled"),
        func.count(case((field_values.c.locked == true(), 1))).label("locked"),
        func.count(case((_FILLED & (field_values.c.rule == Rule.HELD), 1))).label("values_held"),
    )
    .join_from(items, field_values)
    .group_by(items.c.kind, field_values.c.field, field_values.c.source)
)
