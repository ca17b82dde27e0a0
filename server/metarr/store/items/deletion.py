"""Soft deletion of items, and taking it back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from metarr.domain.item import OWNER, IdClaim
from metarr.store.chunks import chunks
from metarr.store.items.family import descendants
from metarr.store.items.ids import aliases, refuse_taken
from metarr.store.items.reading import get
from metarr.store.tables import awaited_answers, external_ids, items


def soft_delete(connection: Connection, item_ids: Iterable[int], at: datetime, by: str = OWNER) -> list[int]:
    """Mark items and everything below them as deleted; their ids are free for others. Returns those not deleted yet."""
    roots = list(item_ids)
    candidates = roots + descendants(connection, roots)
    gone: list[int] = []
    for chunk in chunks(candidates):
        live = select(items.c.id).where(items.c.id.in_(chunk), items.c.deleted_at.is_(None))
        gone += connection.execute(live).scalars()
    for chunk in chunks(gone):
        connection.execute(
            update(items).where(items.c.id.in_(chunk)).values(deleted_at=at, deleted_by=by, version=items.c.version + 1)
        )
        connection.execute(update(external_ids).where(external_ids.c.item_id.in_(chunk)).values(live=False))
        connection.execute(delete(awaited_answers).where(awaited_answers.c.item_id.in_(chunk)))
    return gone


def revive(connection: Connection, item_id: int) -> None:
    """Take back a deletion of this one item. Raises InvalidInput (`ID_TAKEN`) where another item has its ids now."""
    item = get(connection, item_id)
    if item is None or item.deleted_at is None:
        return
    refuse_taken(connection, item, item.ids)
    for id_type, value in aliases(connection, item_id):
        refuse_taken(connection, item, {id_type: IdClaim(value=value)})
    connection.execute(
        update(items)
        .where(items.c.id == item_id)
        .values(deleted_at=None, deleted_by="", fingerprint="", version=items.c.version + 1)
    )
    connection.execute(update(external_ids).where(external_ids.c.item_id == item_id).values(live=True))
