"""Items without their fields: lists to be shown, and all of them in batches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, tuple_

from metarr.domain.item import IdClaim, Undecided
from metarr.domain.values import Kind, Struct
from metarr.store.chunks import CHUNK, chunks
from metarr.store.items.filter import ItemFilter, narrowed
from metarr.store.items.ids import claims_of
from metarr.store.tables import items

ALL = ItemFilter()
"""Every live item."""


class ItemHead(Struct, frozen=True, kw_only=True):
    """An item without its fields: for lists and for jobs that ask "is there anything to do?".

    `title` and `year` are the ones shown: the field's where there is one. `released`: YYYY-MM-DD, "" unknown.
    `sort_key` with `id` is the cursor of `page`.
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
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[ItemHead]:
    """Items by title, without their fields. `after`: (sort_key, id) of the last one of the page before."""
    key = _SORT_KEY if fits.title or fits.title_contains else items.c.sort_key
    query = _listed(select(*_HEAD), fits, parent_id).order_by(key, items.c.id)
    if after:
        query = query.where(tuple_(key, items.c.id) > tuple_(*after))
    return _heads(connection, connection.execute(query.limit(limit)).all())


def count(connection: Connection, fits: ItemFilter = ALL, *, parent_id: int | None = None) -> int:
    """How many items `page` would go through."""
    return int(connection.execute(_listed(select(func.count()), fits, parent_id)).scalar_one())


def fitting(connection: Connection, item_ids: Iterable[int], fits: ItemFilter) -> set[int]:
    """Those of the items that fit."""
    query = _listed(select(items.c.id), fits, None).where(items.c.id.in_(bindparam("ids", expanding=True)))
    return {item_id for chunk in chunks(item_ids) for item_id in connection.execute(query, {"ids": chunk}).scalars()}


def undecided_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, Undecided]:
    """By item, what a search in vain left; items without are left out."""
    return {
        item_id: left
        for chunk in chunks(item_ids)
        for item_id, left in connection.execute(_UNDECIDED, {"ids": chunk}).all()
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
    return list(connection.execute(_listed(select(items.c.id), ALL, None).order_by(items.c.id)).scalars())


def heads(connection: Connection, *, after_id: int = 0, limit: int = CHUNK) -> list[ItemHead]:
    """The next live items by id, of all: for work that goes through the library batch by batch."""
    query = _listed(select(*_HEAD), ALL, None).where(items.c.id > after_id).order_by(items.c.id).limit(limit)
    return _heads(connection, connection.execute(query).all())


# Statements and rows

# As an expression, where titles are searched: by the index SQLite would look up every single row of the table.
_SORT_KEY = items.c.sort_key.concat("")
_UNDECIDED = select(items.c.id, items.c.undecided).where(
    items.c.id.in_(bindparam("ids", expanding=True)), items.c.undecided.is_not(None)
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


def _listed(query: Select[Any], fits: ItemFilter, parent_id: int | None) -> Select[Any]:
    query = narrowed(query.select_from(items), fits)
    if fits.kind:
        query = query.where(items.c.kind == fits.kind)
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
