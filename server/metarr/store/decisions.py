"""Which items hold a decision of the owner that no provider could tell again."""

from sqlalchemy import Connection, exists, false, or_, select

from metarr.store.tables import field_values, items


def page(connection: Connection, after: int, limit: int) -> list[int]:
    """Live items with a locked field or a dismissed conflict, and those that are not monitored, by id; those beyond
    `after`."""
    locked = exists().where(field_values.c.item_id == items.c.id, field_values.c.locked)
    query = (
        select(items.c.id)
        .where(items.c.id > after, items.c.deleted_at.is_(None))
        .where(or_(items.c.monitored == false(), locked, items.c.dismissed.is_not(None)))
        .order_by(items.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
