"""What stands above and below an item: series, seasons, episodes."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, true

from metarr.store.chunks import chunks
from metarr.store.tables import field_values, items
from metarr.store.values import encode_value


def descendants(connection: Connection, item_ids: Iterable[int]) -> list[int]:
    """Seasons and episodes below these items, deleted ones too."""
    below: list[int] = []
    level = list(item_ids)
    while level:
        level = [item_id for chunk in chunks(level) for item_id in connection.execute(_BELOW, {"ids": chunk}).scalars()]
        below += level
    return below


def ancestors(connection: Connection, item_ids: Iterable[int]) -> list[int]:
    """What these items belong to: seasons and series, each once, deleted ones too."""
    above: list[int] = []
    level = list(item_ids)
    while level:
        level = list(
            dict.fromkeys(
                item_id for chunk in chunks(level) for item_id in connection.execute(_ABOVE, {"ids": chunk}).scalars()
            )
        )
        above += level
    return list(dict.fromkeys(above))


def find_child(connection: Connection, parent_id: int, field: str, number: int) -> int | None:
    """The item below another one of which this field holds that number; a live one where there is any."""
    values = {"parent_id": parent_id, "field": field, "value": encode_value(number)}
    return connection.execute(_CHILD, values).scalars().first()


def inherited_locks(connection: Connection, parents: Mapping[int, int]) -> dict[int, frozenset[str]]:
    """By item, the fields that some ancestor locks."""
    above: dict[int, int | None] = {}
    level = set(parents.values())
    while level:
        rows = [row for chunk in chunks(level) for row in connection.execute(_PARENTS, {"ids": chunk})]
        above |= {row.id: row.parent_id for row in rows}
        level = {row.parent_id for row in rows if row.parent_id} - above.keys()
    locks: dict[int, set[str]] = {}
    for chunk in chunks(above):
        for row in connection.execute(_LOCKS, {"ids": chunk}):
            locks.setdefault(row.item_id, set()).add(row.field)
    inherited = {}
    for item_id, parent in parents.items():
        fields: set[str] = set()
        ancestor: int | None = parent
        while ancestor:
            fields |= locks.get(ancestor, set())
            ancestor = above.get(ancestor)
        inherited[item_id] = frozenset(fields)
    return inherited


# Statements

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PARENTS = select(items.c.id, items.c.parent_id).where(items.c.id.in_(_IDS))
_BELOW = select(items.c.id).where(items.c.parent_id.in_(_IDS))
_ABOVE = select(items.c.parent_id).where(items.c.id.in_(_IDS), items.c.parent_id.is_not(None))
_LOCKS = select(field_values.c.item_id, field_values.c.field).where(
    field_values.c.item_id.in_(_IDS), field_values.c.locked == true()
)
_CHILD = (
    select(items.c.id)
    .join(field_values)
    .where(
        items.c.parent_id == bindparam("parent_id"),
        field_values.c.field == bindparam("field"),
        field_values.c.value == bindparam("value"),
    )
    .order_by(items.c.deleted_at.is_not(None), items.c.id)
)
