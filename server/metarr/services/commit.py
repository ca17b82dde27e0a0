"""Saving an item together with the change-set that records what changed on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from metarr.domain.changes import diff, sync_reason
from metarr.domain.model import MediaItem
from metarr.store import changes, items
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection


@dataclass(frozen=True)
class Committed:
    """The item as it is now, and the change-set; None where no field and no id changed."""

    item: MediaItem
    change_set: ChangeSet | None = None


def commit(
    connection: Connection,
    before: MediaItem,
    after: MediaItem,
    *,
    cause: str,
    now: datetime,
    sync_fields: Collection[str],
) -> Committed:
    """Save what was changed by hand: not by a merge, so the item is to be merged again.

    Raises what `store.items.save` raises.
    """
    saved = items.save(connection, before, after)
    if before.locked_fields() != saved.locked_fields():
        # A lock protects what is below, too.
        items.clear_fingerprints(connection, items.descendants(connection, [saved.id]))
    changed = diff(before.fields, saved.fields)
    moved = saved.ids != before.ids
    if not changed and not moved:
        return Committed(item=saved)
    change_set = ChangeSet(
        item_id=saved.id,
        at=now,
        cause=cause,
        changes=changed,
        sync_reason=sync_reason(changed, sync_fields),
        old_ids=before.ids if moved else None,
        new_ids=saved.ids if moved else None,
    )
    return Committed(item=saved, change_set=changes.record(connection, change_set))
