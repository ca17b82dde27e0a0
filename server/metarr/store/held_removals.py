"""Entries that a player says to be gone, and that are held: it was very much at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from metarr.store.chunks import chunks
from metarr.store.tables import held_removals, player_items
from metarr.store.upsert import upsert


def of_player(connection: Connection, player_id: str) -> dict[str, datetime]:
    """The keys, and since when each is held."""
    query = select(held_removals.c.host_key, held_removals.c.since).where(held_removals.c.player_id == player_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def hold(connection: Connection, player_id: str, keys: Collection[str], since: datetime) -> None:
    rows = [{"player_id": player_id, "host_key": key, "since": since} for key in keys]
    for start in range(0, len(rows), 500):
        upsert(connection, held_removals, rows[start : start + 500])


def release(connection: Connection, player_id: str, keys: Collection[str]) -> None:
    """These are held no more: they are there again, or gone."""
    for chunk in chunks(keys):
        connection.execute(
            delete(held_removals).where(held_removals.c.player_id == player_id, held_removals.c.host_key.in_(chunk))
        )


def entries(connection: Connection, player_id: str) -> int:
    """How many entries a player has."""
    query = select(func.count()).where(player_items.c.player_id == player_id)
    return int(connection.execute(query).scalar_one())


def existing(connection: Connection, player_id: str, keys: Collection[str]) -> list[str]:
    """Those of the keys that are of entries."""
    query = select(player_items.c.host_key).where(player_items.c.player_id == player_id)
    return [
        key
        for chunk in chunks(keys)
        for key in connection.execute(query.where(player_items.c.host_key.in_(chunk))).scalars()
    ]


def unreported(connection: Connection, player_id: str, report_id: str) -> list[str]:
    """The keys of entries that were not in a report."""
    query = select(player_items.c.host_key).where(
        player_items.c.player_id == player_id, player_items.c.report_id != report_id
    )
    return list(connection.execute(query).scalars())
