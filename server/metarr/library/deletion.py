"""Taking a deletion back, with what hangs together."""

from metarr.domain.item import MediaItem
from metarr.store import items, player_entries
from metarr.store.database import Connection


def restore(connection: Connection, item_id: int, *, alone: bool = False) -> list[int]:
    """Take back the deletion of an item, of what was deleted together with it, and of what it belongs to.

    `alone`: what is below it stays deleted. Returns the ids of what was deleted. Raises InvalidInput (`ID_TAKEN`) where
    another item has an id by now.
    """
    item = items.get(connection, item_id)
    if item is None or item.deleted_at is None or item.rests:
        return []
    above = _restore_above(connection, item)
    below = {} if alone else items.get_many(connection, items.descendants(connection, [item_id]))
    together = [item_id, *(each.id for each in below.values() if each.deleted_at == item.deleted_at)]
    for each in together:
        items.revive(connection, each)
    player_entries.wake_items(connection, [*above, *together])
    return [*above, *together]


def _restore_above(connection: Connection, item: MediaItem) -> list[int]:
    """The season and the series that an item belongs to; their other episodes stay as they are."""
    parent = items.get(connection, item.parent_id) if item.parent_id is not None else None
    if parent is None or parent.deleted_at is None:
        return []
    above = _restore_above(connection, parent)
    items.revive(connection, parent.id)
    return [*above, parent.id]
