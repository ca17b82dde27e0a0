"""What was asked of each provider, day by day."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from metarr.domain.usage import NONE, Usage, together
from metarr.store.database import lived_day
from metarr.store.tables import provider_usage as table
from metarr.store.upsert import upsert

Days = dict[tuple[str, str], Usage]
"""By provider and day, such as ("omdb", "2026-11-30")."""


def add(connection: Connection, more: Days) -> None:
    """What was asked besides what is kept already."""
    kept = since(connection, min(day for _, day in more))
    today = lived_day(connection)
    rows = [
        {"provider": provider, "day": day, "usage": together(kept.get((provider, day), NONE), usage)}
        | {"lived_day": today}
        for (provider, day), usage in more.items()
    ]
    upsert(connection, table, rows)


def since(connection: Connection, day: str) -> Days:
    """Of that day and all after it."""
    rows = connection.execute(select(table).where(table.c.day >= day))
    return {(row.provider, row.day): row.usage for row in rows}


def prune(connection: Connection, before: datetime, before_day: int) -> int:
    """Forget days before that one, written before that day of the daemon's life. Returns how many."""
    old = (table.c.day < f"{before:%Y-%m-%d}", table.c.lived_day < before_day)
    return connection.execute(delete(table).where(*old)).rowcount
