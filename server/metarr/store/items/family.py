"""What stands above and below an item: series, seasons, episodes."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select, true

from metarr.domain.item import Place
from metarr.domain.numbering import AIRED
from metarr.domain.values import Kind, Struct
from metarr.store.chunks import chunks
from metarr.store.tables import field_values, items
from metarr.store.values import encode_value, read_value


def descendants(connection: Connection, item_ids: Iterable[int]) -> list[int]:
    """Seasons and episodes below these items, deleted ones too."""
    below: list[int] = []
    level = list(item_ids)
    while level:
        level = [item_id for chunk in chunks(level) for item_id in connection.execute(_BELOW, {"ids": chunk}).scalars()]
        below += level
    return below


def children(connection: Connection, item_id: int) -> list[int]:
    """What is directly below an item, deleted ones too."""
    return list(connection.execute(_BELOW, {"ids": [item_id]}).scalars())


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


def find_season(connection: Connection, series_id: int, number: int, order: str) -> int | None:
    """The season of that number in an order of a series; a live one where there is any."""
    values = {
        "parent_id": series_id,
        "field": "season_number",
        "value": encode_value(number),
        "numberings": ["", AIRED] if order == AIRED else [order],
    }
    return connection.execute(_SEASON, values).scalars().first()


class Above(Struct, frozen=True, kw_only=True):
    """What stands above an item: the fields of which the lock there reaches it, and the title of its series."""

    locked: frozenset[str] = frozenset()
    series: str = ""


def above(connection: Connection, parents: Mapping[int, int]) -> dict[int, Above]:
    """By item what stands above it; `parents`: the parent of each item that has one."""
    rows: dict[int, Row[Any]] = {}
    level = set(parents.values())
    while level:
        above = [row for chunk in chunks(level) for row in connection.execute(_PARENTS, {"ids": chunk})]
        rows |= {row.id: row for row in above}
        level = {row.parent_id for row in above if row.parent_id} - rows.keys()
    locks: dict[int, dict[str, bool]] = {}
    for chunk in chunks(rows):
        for row in connection.execute(_LOCKS, {"ids": chunk}):
            locks.setdefault(row.item_id, {})[row.field] = row.locks_below
    return {item_id: _above(rows, locks, parent) for item_id, parent in parents.items()}


def _above(rows: Mapping[int, Row[Any]], locks: Mapping[int, Mapping[str, bool]], parent: int) -> Above:
    reach: dict[str, bool] = {}
    series = ""
    ancestor: int | None = parent
    while ancestor:
        row = rows[ancestor]
        reach = {**locks.get(ancestor, {}), **reach}  # the nearest one counts
        series = row.shown_title if row.kind == Kind.SERIES else series
        ancestor = row.parent_id
    return Above(locked=frozenset(field for field, reaches in reach.items() if reaches), series=series)


def places(connection: Connection, parents: Mapping[int, int]) -> dict[int, Place]:
    """By item where it stands within its series; `parents`: the parent of each item that has one."""
    numbers: dict[int, dict[str, int]] = {}
    for chunk in chunks(parents):
        for item_id, field, text in connection.execute(_NUMBERS, {"ids": chunk}).all():
            number = read_value(field, text)
            if isinstance(number, int):
                numbers.setdefault(item_id, {})[field] = number
    places_of = {}
    for item_id, each in above(connection, parents).items():
        own = numbers.get(item_id, {})
        places_of[item_id] = Place(
            series=each.series, season=own.get("season_number"), episode=own.get("episode_number")
        )
    return places_of


def count_children(connection: Connection, item_ids: Iterable[int]) -> dict[int, int]:
    """By item how many live ones are directly below it; those without are left out."""
    return {
        parent: number
        for chunk in chunks(item_ids)
        for parent, number in connection.execute(_CHILDREN, {"ids": chunk}).all()
    }


# Statements

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PARENTS = select(items.c.id, items.c.parent_id, items.c.kind, items.c.shown_title).where(items.c.id.in_(_IDS))
_BELOW = select(items.c.id).where(items.c.parent_id.in_(_IDS))
_ABOVE = select(items.c.parent_id).where(items.c.id.in_(_IDS), items.c.parent_id.is_not(None))
_LOCKS = select(field_values.c.item_id, field_values.c.field, field_values.c.locks_below).where(
    field_values.c.item_id.in_(_IDS), field_values.c.locked == true()
)
_NUMBERS = select(field_values.c.item_id, field_values.c.field, field_values.c.value).where(
    field_values.c.item_id.in_(_IDS),
    field_values.c.field.in_(("season_number", "episode_number")),
    field_values.c.value.is_not(None),
)
_CHILDREN = (
    select(items.c.parent_id, func.count())
    .where(items.c.parent_id.in_(_IDS), items.c.deleted_at.is_(None))
    .group_by(items.c.parent_id)
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
_SEASON = _CHILD.where(items.c.numbering.in_(bindparam("numberings", expanding=True)))
