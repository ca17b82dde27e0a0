"""Numbers that others remember: of change-sets, and of what is pending for players. None is given twice.

What is not durable may be lost in a power cut, and its numbers with it. Whoever was told one of them would take the
next thing that gets it for the one that it knows.
"""

from sqlalchemy import text, update

from metarr.store import key_values
from metarr.store.database import Connection, Database
from metarr.store.tables import sync_state

JUMP = 100_000
"""More numbers than can be given in the seconds that a power cut takes."""

_IN_USE = "in_use"
"""The key under which it is kept that a daemon began with the database and has not ended."""


def begin(database: Database) -> bool:
    """A daemon begins to use the database. Where the one before did not end by itself, numbers go on far ahead; whether
    they do. A server of PostgreSQL loses nothing that it said is committed."""
    if database.path is None:
        return False
    with database.begin_durably() as connection:
        unclean = bool(key_values.get(connection, _IN_USE))
        if unclean:
            _jump(connection)
        key_values.put(connection, {_IN_USE: True})
    return unclean


def end(database: Database) -> None:
    """It ends; all that it told anybody is committed."""
    if database.path is not None:
        with database.begin_durably() as connection:
            key_values.remove(connection, [_IN_USE])


def _jump(connection: Connection) -> None:
    connection.execute(update(sync_state).values(last_sequence=sync_state.c.last_sequence + JUMP))
    name = {"name": "change_sets", "jump": JUMP}
    moved = connection.execute(text("UPDATE sqlite_sequence SET seq = seq + :jump WHERE name = :name"), name).rowcount
    if not moved:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :jump)"), name)
