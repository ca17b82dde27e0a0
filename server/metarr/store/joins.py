"""Items that were joined to others: what became of them, and what it takes to take them apart again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from metarr.domain.changes import Change
from metarr.domain.item import IdClaim
from metarr.domain.values import Struct
from metarr.store.chunks import chunks
from metarr.store.tables import change_sets, field_values, items, joins
from metarr.store.values import decode_stored


class Join(Struct, frozen=True, kw_only=True):
    """One item became part of another, whose `changes` and ids before and after are kept.

    `ids` were the joined item's; `change_sets`, `children` (items below it), `aliases` (type, value) and `player_items`
    (entries of players) moved along.
    The rest of the joined item stays in its own row, deleted. `split_at`: when both were taken apart again; None: they
    are one.
    """

    survivor_id: int
    joined_id: int
    at: datetime
    changes: tuple[Change, ...] = ()
    old_ids: dict[str, IdClaim] = {}
    new_ids: dict[str, IdClaim] = {}
    ids: dict[str, IdClaim] = {}
    change_sets: tuple[int, ...] = ()
    children: tuple[int, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    player_items: tuple[int, ...] = ()
    split_at: datetime | None = None
    id: int = 0


def add(connection: Connection, join: Join) -> Join:
    """Keep a join; its `id` is given here."""
    values = {
        "survivor_id": join.survivor_id,
        "joined_id": join.joined_id,
        "at": join.at,
        "split_at": join.split_at,
        "changes": {
            change.field: (msgspec.json.encode(change.old).decode(), msgspec.json.encode(change.new).decode())
            for change in join.changes
        },
        "old_ids": join.old_ids,
        "new_ids": join.new_ids,
        "ids": join.ids,
        "change_sets": join.change_sets,
        "children": join.children,
        "aliases": join.aliases,
        "player_items": join.player_items,
    }
    key = connection.execute(insert(joins), values).inserted_primary_key
    return msgspec.structs.replace(join, id=int(key[0]) if key else 0)


def get(connection: Connection, survivor_id: int, joined_id: int) -> Join | None:
    """The last join of this item to that one, split or not. None: they were never one."""
    query = (
        select(joins)
        .where(joins.c.survivor_id == survivor_id, joins.c.joined_id == joined_id)
        .order_by(joins.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _join(row)


def joined_to(connection: Connection, survivor_id: int) -> list[int]:
    """The items that are part of this one now, in the order in which they were joined."""
    query = (
        select(joins.c.joined_id)
        .where(joins.c.survivor_id == survivor_id, joins.c.split_at.is_(None))
        .order_by(joins.c.id)
    )
    return list(connection.execute(query).scalars())


def survivor(connection: Connection, item_id: int) -> int:
    """The item that this one is part of now, through every join; itself where it was never joined to another."""
    seen = {item_id}
    while True:
        survivor_id = connection.execute(_SURVIVOR, {"joined": item_id}).scalar()
        if survivor_id is None or survivor_id in seen:
            return item_id
        item_id = survivor_id
        seen.add(survivor_id)


_SURVIVOR = select(joins.c.survivor_id).where(joins.c.joined_id == bindparam("joined"), joins.c.split_at.is_(None))


def were_split(connection: Connection, one: int, other: int) -> bool:
    """Whether the owner has taken these two apart before, whichever had been joined to which."""
    pair = or_(
        (joins.c.survivor_id == one) & (joins.c.joined_id == other),
        (joins.c.survivor_id == other) & (joins.c.joined_id == one),
    )
    return connection.execute(select(joins.c.id).where(pair, joins.c.split_at.is_not(None))).first() is not None


def mark_split(connection: Connection, join: Join, at: datetime) -> None:
    """Note that they are two again."""
    connection.execute(update(joins).where(joins.c.id == join.id).values(split_at=at))


def move_history(connection: Connection, from_id: int, to_id: int) -> tuple[int, ...]:
    """Have all change-sets of one item belong to another; returns which."""
    moved = connection.execute(select(change_sets.c.id).where(change_sets.c.item_id == from_id)).scalars().all()
    connection.execute(update(change_sets).where(change_sets.c.item_id == from_id).values(item_id=to_id))
    return tuple(moved)


def return_history(connection: Connection, change_set_ids: Iterable[int], to_id: int) -> None:
    """Have these change-sets, as far as they are still there, belong to an item."""
    for chunk in chunks(change_set_ids):
        connection.execute(update(change_sets).where(change_sets.c.id.in_(chunk)).values(item_id=to_id))


def move_children(
    connection: Connection, from_id: int, to_id: int, only: Iterable[int] | None = None
) -> tuple[int, ...]:
    """Have the live items below one item be below another; returns which. `only`: of these."""
    query = select(items.c.id).where(items.c.parent_id == from_id, items.c.deleted_at.is_(None))
    children = set(connection.execute(query).scalars())
    moved = tuple(sorted(children if only is None else children & set(only)))
    for child in moved:
        connection.execute(
            update(items)
            .where(items.c.id == child)
            .values(parent_id=to_id, version=items.c.version + 1, fingerprint="")
        )
    return moved


def have_same_child(connection: Connection, one: int, other: int) -> bool:
    """Whether live items below both are the same season, or it cannot be told: one of them has no number."""
    numbers = [_seasons(connection, item_id) for item_id in (one, other)]
    return bool(numbers[0] and numbers[1] and (numbers[0] & numbers[1] or None in numbers[0] | numbers[1]))


def _seasons(connection: Connection, item_id: int) -> set[str | None]:
    of_field = and_(field_values.c.item_id == items.c.id, field_values.c.field == "season_number")
    query = select(field_values.c.value).select_from(items.outerjoin(field_values, of_field))
    live = query.where(items.c.parent_id == item_id, items.c.deleted_at.is_(None))
    return set(connection.execute(live).scalars())


def _join(row: Row[Any]) -> Join:
    changes = []
    for field, (old, new) in row.changes.items():
        before, after = decode_stored(field, old), decode_stored(field, new)
        if before is not None and after is not None:
            changes.append(Change(field=field, old=before, new=after))
    return Join(
        id=row.id,
        survivor_id=row.survivor_id,
        joined_id=row.joined_id,
        at=row.at,
        split_at=row.split_at,
        changes=tuple(changes),
        old_ids=row.old_ids,
        new_ids=row.new_ids,
        ids=row.ids,
        change_sets=row.change_sets,
        children=row.children,
        aliases=row.aliases,
        player_items=row.player_items,
    )
