"""Which items hold a decision of the owner that no provider could tell again."""

from sqlalchemy import Connection, and_, exists, false, or_, select

from metarr.domain.pairing import PairingRule
from metarr.domain.values import Kind
from metarr.store.tables import episode_entries, field_values, items


def page(connection: Connection, after: int, limit: int) -> list[int]:
    """Live items with a locked field or a dismissed conflict, those that are not monitored, and series that go by
    another order than the aired one, or of which it was said which entry is which episode, by id; those beyond
    `after`."""
    locked = exists().where(field_values.c.item_id == items.c.id, field_values.c.locked)
    reordered = and_(items.c.kind == Kind.SERIES, items.c.numbering != "")
    paired = exists().where(
        episode_entries.c.series_id == items.c.id, episode_entries.c.rule == PairingRule.DECIDED.value
    )
    decided = or_(items.c.monitored == false(), locked, items.c.dismissed.is_not(None), reordered, paired)
    query = (
        select(items.c.id)
        .where(items.c.id > after, items.c.deleted_at.is_(None), decided)
        .order_by(items.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
