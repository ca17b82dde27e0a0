"""Saving an item together with the change-set that records what changed on it, and letting the players hear of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from metarr.domain.changes import diff, is_told, sync_reason
from metarr.domain.consent import IDS
from metarr.domain.item import MediaItem
from metarr.store import changes, items, player_entries
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
    group_id: int = 0,
) -> Committed:
    """Save what was changed by hand: not by a merge, so the item is to be merged again. `group_id`: of the change-set.

    Raises what `store.items.save` raises.
    """
    saved = items.save(connection, before, after)
    _have_merged(connection, [(before, saved)])
    changed = diff(before.fields, saved.fields)
    moved = saved.ids != before.ids
    if not changed and not moved:
        return Committed(item=saved)
    change_set = ChangeSet(
        item_id=saved.id,
        at=now,
        cause=cause,
        changes=changed,
        old_ids=before.ids if moved else None,
        new_ids=saved.ids if moved else None,
        group_id=group_id,
    )
    return Committed(item=saved, change_set=publish(connection, change_set, sync_fields))


def commit_all(
    connection: Connection,
    pairs: Sequence[tuple[MediaItem, MediaItem]],
    *,
    now: datetime,
    sync_fields: Collection[str],
    job_id: int,
) -> None:
    """`commit` of what a job edits, for many items, each as it was read and as it shall be; their ids stay."""
    saved = items.save_all(connection, pairs)
    written = [(old, new) for (old, _), new in zip(pairs, saved, strict=True)]
    _have_merged(connection, written)
    change_sets = [
        ChangeSet(item_id=new.id, at=now, cause="edit", changes=changed, job_id=job_id)
        for old, new in written
        if (changed := diff(old.fields, new.fields))
    ]
    publish_all(connection, change_sets, sync_fields)


def _have_merged(connection: Connection, written: Sequence[tuple[MediaItem, MediaItem]]) -> None:
    """Have what is above and below be merged again, as far as it hangs on what was written."""
    relocked = [new.id for old, new in written if old.locked_below() != new.locked_below()]
    items.clear_fingerprints(connection, items.descendants(connection, relocked))
    # What is below a series is merged in its run.
    below = [new.id for _, new in written if new.parent_id is not None]
    items.put_fingerprints(connection, dict.fromkeys(items.ancestors(connection, below), ""))


def save_merged(
    connection: Connection,
    pairs: Sequence[tuple[MediaItem, MediaItem]],
    change_sets: Sequence[ChangeSet],
    sync_fields: Collection[str],
) -> list[MediaItem]:
    """Save what merges made of items, each as it was read and as it is to be, and publish what changed. Where nothing
    but what it was merged of is another, an item is only marked."""
    marked = {before.id: after.fingerprint for before, after in pairs if _is_only_marked(before, after)}
    changed = [(before, after) for before, after in pairs if before.id not in marked and before != after]
    saved = {item.id: item for item in items.save_all(connection, changed)}
    items.put_fingerprints(connection, marked)
    publish_all(connection, change_sets, sync_fields)
    return [saved.get(before.id, after) for before, after in pairs]


def _is_only_marked(before: MediaItem, after: MediaItem) -> bool:
    return after.fingerprint != before.fingerprint and replace(after, fingerprint=before.fingerprint) == before


def publish(connection: Connection, change_set: ChangeSet, sync_fields: Collection[str]) -> ChangeSet:
    """Keep a change-set, and have the players hear of it that are concerned. Its `id` and why players must hear of it
    are given here."""
    kept = changes.add(connection, _with_reason(change_set, sync_fields))
    _wake(connection, [kept], sync_fields)
    return kept


def publish_all(connection: Connection, change_sets: Sequence[ChangeSet], sync_fields: Collection[str]) -> None:
    """`publish` for many."""
    changes.add_all(connection, [_with_reason(change_set, sync_fields) for change_set in change_sets])
    _wake(connection, change_sets, sync_fields)


def _with_reason(change_set: ChangeSet, sync_fields: Collection[str]) -> ChangeSet:
    return replace(change_set, sync_reason=sync_reason(change_set.changes, sync_fields))


def _wake(connection: Connection, change_sets: Sequence[ChangeSet], sync_fields: Collection[str]) -> None:
    changed: dict[int, set[str]] = {}
    for each in change_sets:
        fields = {change.field for change in each.changes if is_told(change)}
        fields |= {IDS} if each.old_ids != each.new_ids else set()
        if fields:
            changed.setdefault(each.item_id, set()).update(fields)
    player_entries.wake_changed(connection, changed, sync_fields)
