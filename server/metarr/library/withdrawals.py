"""Which values do not go now although their own source has none any more: too many of them would go at once."""

from metarr.domain.item import MediaItem
from metarr.domain.withdrawal import CONFIRMED_DAYS, too_many
from metarr.store import items
from metarr.store.database import Connection


def guarded(connection: Connection, item: MediaItem) -> frozenset[tuple[str, str]]:
    """Of the item's values that are on their way out, the pairs of source and field of which none may go.

    Costs nothing for an item that has none, and nearly none has.
    """
    leaving = {
        (each.source, name)
        for name, stored in item.fields.items()
        for each in stored.withdrawals
        if each.days >= CONFIRMED_DAYS
    }
    return frozenset(
        (source, name) for source, name in leaving if too_many(*items.count_leaving(connection, source, name))
    )
