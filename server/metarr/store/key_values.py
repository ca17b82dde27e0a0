"""JSON values by key: the owner's settings, and a few that stand alone. What keys there are, their users say."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from metarr.store.tables import settings as table
from metarr.store.upsert import upsert


def read(connection: Connection) -> dict[str, Any]:
    """Every setting that was ever set, as plain JSON values; the defaults are not the store's to know."""
    return {row.key: row.value for row in connection.execute(_ALL)}


def get(connection: Connection, key: str, default: Any = None) -> Any:
    """One setting."""
    row = connection.execute(select(table.c.value).where(table.c.key == key)).one_or_none()
    return default if row is None else row.value


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Set these; others stay."""
    upsert(connection, table, [{"key": key, "value": value} for key, value in values.items()])


def remove(connection: Connection, keys: Iterable[str]) -> None:
    """Back to the default."""
    connection.execute(delete(table).where(table.c.key.in_(list(keys))))


_ALL = select(table)
