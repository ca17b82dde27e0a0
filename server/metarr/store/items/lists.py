"""Items without their fields: lists to be shown, and all of them in batches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
)

from metarr.domain.item import Conflict, IdClaim, Undecided
from metarr.domain.values import Image, Kind, Struct
from metarr.store.chunks import CHUNK, chunks
from metarr.store.items.filter import KIND, ItemFilter, narrowed
from metarr.store.items.ids import claims_of
from metarr.store.tables import EPOCH, MICROSECOND, field_values, items
from metarr.store.values import read_value

ALL = ItemFilter()
"""Every live item."""


class ItemOrder(StrEnum):
    """By what a list is sorted; what is equal follows by title."""

    TITLE = "title"
    YEAR = "year"
    ADDED = "added"
    ENRICHED = "enriched"


ItemPosition = tuple[int, str, int]
"""Where an item stands in a list: what it is sorted by, 0 where nothing is known of that or it is the title; the key of
its title; its number."""


class ItemHead(Struct, frozen=True, kw_only=True):
    """An item without its fields: for lists and for jobs that ask "is there anything to do?".

    `title` and `year` are the ones shown: the field's where there is one. `released`: YYYY-MM-DD, "" unknown.
    """

    id: int
    kind: Kind
    title: str
    year: int
    released: str
    ids: dict[str, IdClaim]
    monitored: bool
    parent_id: int | None
    added_at: datetime | None
    deleted_at: datetime | None
    last_enriched_at: datetime | None
    last_enriched_providers: tuple[str, ...]
    fingerprint: str
    version: int
    sort_key: str


def page(
    connection: Connection,
    fits: ItemFilter = ALL,
    *,
    parent_id: int | None = None,
    order: ItemOrder = ItemOrder.TITLE,
    descending: bool = False,
    after: ItemPosition | None = None,
    limit: int = 50,
) -> list[ItemHead]:
    """Items in an order, without their fields. `after`: the `position` of the last one of the page before."""
    query = listed(select(*_HEAD), fits, parent_id, by_kind=order is ItemOrder.TITLE)
    if order is ItemOrder.TITLE:
        query = _by_title(query, _title_key(fits), after, descending=descending)
    else:
        query = _by(_ORDERED_BY[order], query, after, descending=descending)
    return _heads(connection, connection.execute(query.limit(limit)).all())


def position(head: ItemHead, order: ItemOrder) -> ItemPosition:
    """Where an item stands in a list of that order."""
    moment = {ItemOrder.ADDED: head.added_at, ItemOrder.ENRICHED: head.last_enriched_at}.get(order)
    first = head.year if order is ItemOrder.YEAR else (moment - EPOCH) // MICROSECOND if moment else 0
    return first, head.sort_key, head.id


def _by_title(
    query: Select[Any], key: ColumnElement[Any], after: ItemPosition | None, *, descending: bool
) -> Select[Any]:
    columns = (key, items.c.id)
    if after is not None:
        here, last = tuple_(*columns), tuple_(*after[1:])
        query = query.where(here < last if descending else here > last)
    return query.order_by(*(column.desc() if descending else column for column in columns))


def _by(column: ColumnElement[Any], query: Select[Any], after: ItemPosition | None, *, descending: bool) -> Select[Any]:
    """By a column, what is unknown always counting as less than anything known; within the same by title."""
    ordered = column.desc().nulls_last() if descending else column.asc().nulls_first()
    if after is not None:
        first, number = after[0], type_coerce(column, BigInteger)
        beside = tuple_(items.c.sort_key, items.c.id) > tuple_(*after[1:])
        if not first:
            # Nothing is less than what is unknown.
            unknown = or_(column.is_(None), number == 0) & beside
            query = query.where(unknown if descending else or_(unknown, number > 0))
        elif descending:
            query = query.where(or_(number < first, (number == first) & beside, column.is_(None)))
        else:
            # The first condition says nothing more than the second: by it the index leads to where the page begins.
            query = query.where(number >= first, or_(number > first, beside))
    return query.order_by(ordered, items.c.sort_key, items.c.id)


def count(connection: Connection, fits: ItemFilter = ALL, *, parent_id: int | None = None) -> int:
    """How many items `page` would go through."""
    return int(connection.execute(listed(select(func.count()).select_from(items), fits, parent_id)).scalar_one())


def fitting(connection: Connection, item_ids: Iterable[int], fits: ItemFilter) -> set[int]:
    """Those of the items that fit."""
    query = listed(select(items.c.id), fits).where(items.c.id.in_(bindparam("ids", expanding=True)))
    return {item_id for chunk in chunks(item_ids) for item_id in connection.execute(query, {"ids": chunk}).scalars()}


def undecided_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, Undecided]:
    """By item, what a search in vain left; items without are left out."""
    return {
        item_id: left
        for chunk in chunks(item_ids)
        for item_id, left in connection.execute(_UNDECIDED, {"ids": chunk}).all()
    }


def filled(connection: Connection, item_ids: Iterable[int]) -> dict[int, set[str]]:
    """By item, the fields that hold a value; items without any are left out."""
    by_item: dict[int, set[str]] = {}
    for chunk in chunks(item_ids):
        for item_id, field in connection.execute(_FILLED, {"ids": chunk}).all():
            by_item.setdefault(item_id, set()).add(field)
    return by_item


def conflicts_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, tuple[Conflict, ...]]:
    """By item, its conflicts; items without any are left out."""
    return {
        item_id: conflicts
        for chunk in chunks(item_ids)
        for item_id, conflicts in connection.execute(_CONFLICTS, {"ids": chunk}).all()
    }


def posters(connection: Connection, item_ids: Iterable[int]) -> dict[int, str]:
    """By item, the address of its poster; items without one are left out."""
    images_of = {
        item_id: read_value("poster", text)
        for chunk in chunks(item_ids)
        for item_id, text in connection.execute(_POSTERS, {"ids": chunk}).all()
    }
    return {
        item_id: images[0].url
        for item_id, images in images_of.items()
        if isinstance(images, tuple) and images and isinstance(images[0], Image)
    }


def heads_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, ItemHead]:
    """Heads by id, deleted items too; unknown ids are left out."""
    query = select(*_HEAD).where(items.c.id.in_(bindparam("ids", expanding=True)))
    return {
        head.id: head
        for chunk in chunks(item_ids)
        for head in _heads(connection, connection.execute(query, {"ids": chunk}).all())
    }


def live_ids(connection: Connection) -> list[int]:
    """Of all live items."""
    return list(connection.execute(listed(select(items.c.id), ALL).order_by(items.c.id)).scalars())


def heads(connection: Connection, *, after_id: int = 0, limit: int = CHUNK) -> list[ItemHead]:
    """The next live items by id, of all: for work that goes through the library batch by batch."""
    query = listed(select(*_HEAD), ALL).where(items.c.id > after_id).order_by(items.c.id).limit(limit)
    return _heads(connection, connection.execute(query).all())


# Statements and rows

_ORDERED_BY = {
    ItemOrder.YEAR: items.c.shown_year,
    ItemOrder.ADDED: items.c.added_at,
    ItemOrder.ENRICHED: items.c.last_enriched_at,
}
_UNDECIDED = select(items.c.id, items.c.undecided).where(
    items.c.id.in_(bindparam("ids", expanding=True)), items.c.undecided.is_not(None)
)
_FILLED = select(field_values.c.item_id, field_values.c.field).where(
    field_values.c.item_id.in_(bindparam("ids", expanding=True)), field_values.c.value.is_not(None)
)
_CONFLICTS = select(items.c.id, items.c.conflicts).where(
    items.c.id.in_(bindparam("ids", expanding=True)), items.c.conflicts != ()
)
_POSTERS = select(field_values.c.item_id, field_values.c.value).where(
    field_values.c.item_id.in_(bindparam("ids", expanding=True)),
    field_values.c.field == literal_column("'poster'"),
    field_values.c.value.is_not(None),
)
_HEAD = (
    items.c.id,
    items.c.kind,
    items.c.shown_title,
    items.c.shown_year,
    items.c.released,
    items.c.monitored,
    items.c.parent_id,
    items.c.added_at,
    items.c.deleted_at,
    items.c.last_enriched_at,
    items.c.last_enriched_providers,
    items.c.fingerprint,
    items.c.version,
    items.c.sort_key,
)


def _title_key(fits: ItemFilter) -> ColumnElement[Any]:
    # As an expression, where titles are searched: by the index SQLite would look up every single row of the table.
    return items.c.sort_key.concat("") if fits.title or fits.title_contains else items.c.sort_key


def listed(query: Select[Any], fits: ItemFilter, parent_id: int | None = None, *, by_kind: bool = True) -> Select[Any]:
    """A query of items narrowed to those that fit. `by_kind`: a kind is found by the index on kinds, which is in the
    order of titles."""
    query = narrowed(query, fits)
    if fits.kind:
        query = query.where((items.c.kind if by_kind else KIND) == fits.kind)
    if parent_id is not None:
        query = query.where(items.c.parent_id == parent_id)
    return query


def _heads(connection: Connection, rows: Sequence[Any]) -> list[ItemHead]:
    claims = claims_of(connection, [row[0] for row in rows])
    return [_head(row, claims) for row in rows]


def _head(row: Iterable[Any], claims: Mapping[int, dict[str, IdClaim]]) -> ItemHead:
    # Unpacked at once, as a daily run does this for every item: a row's attributes cost more than all the rest.
    item_id, kind, title, year, released, monitored, parent_id, added, deleted, enriched, by, mark, version, key = row
    return ItemHead(
        id=item_id,
        kind=Kind(kind),
        title=title,
        year=year,
        released=released,
        ids=claims.get(item_id, {}),
        monitored=monitored,
        parent_id=parent_id,
        added_at=added,
        deleted_at=deleted,
        last_enriched_at=enriched,
        last_enriched_providers=by,
        fingerprint=mark,
        version=version,
        sort_key=key,
    )
