"""Which item a caller means."""

from metarr.domain.item import MediaItem
from metarr.errors import InvalidInput, NoSuchThing, Violation
from metarr.store import items, joins
from metarr.store.database import Connection

Reference = int | tuple[str, str]
"""How a caller names an item: by its own id, or by an external one as (type, value)."""


def find(connection: Connection, reference: Reference, path: str = "item_id", *, deleted: bool = False) -> MediaItem:
    """The item that a caller names. Raises NoSuchThing; InvalidInput where the name fits several.

    An item that was joined to another one is that other one. `deleted`: deleted items count as well; by an external
    id the one deleted last, where no live item has it.
    """
    if isinstance(reference, int):
        ids = [joins.survivor(connection, reference)]
    else:
        ids = items.find_by_id(connection, None, *reference)
    if deleted and not ids and not isinstance(reference, int):
        gone = items.get_many(connection, items.find_by_id(connection, None, *reference, deleted=True))
        latest = {each.kind: each.id for each in reversed(gone.values())}
        ids = list(latest.values())
    if len(ids) > 1:
        listed = ", ".join(str(item_id) for item_id in ids)
        raise InvalidInput(Violation(path, f"several items have this id: {listed}; name one of these"))
    item = items.get(connection, ids[0]) if ids else None
    if item is None or (item.deleted_at is not None and not deleted):
        named = str(reference) if isinstance(reference, int) else ":".join(reference)
        raise NoSuchThing(path, f"there is no item {named}", reason="ITEM_NOT_FOUND")
    return item
