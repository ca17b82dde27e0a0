"""Insert or update in one statement, said the same way for every database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Table, literal_column, or_, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from metarr.domain.freshness import AHEAD

MICROSECOND = timedelta(microseconds=1)

TOGETHER = (32, 16, 8, 4, 2, 1)
"""How many rows one statement for SQLite holds: few sizes, for each is a statement of its own."""

_INSERT: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    keep: tuple[str, ...] = (),
    newest: str = "",
    add: tuple[str, ...] = (),
) -> int:
    """Insert the rows, or where the primary key is there already, update it. All rows name the same columns.

    `keep`: columns that only an insert sets. `add`: columns to which an update adds. `newest`: leave a row alone whose
    time in this column is later than the one that comes, but for one that is ahead of that: then a clock lied. Returns,
    for a single row, whether it was written (1 or 0).
    """
    if not rows:
        return 0
    statement = _statement(connection.dialect.name, table, tuple(rows[0]), keep, newest, add=add)
    if connection.dialect.name == "sqlite":
        return _many(connection, statement, table, rows)
    return count(connection, statement, rows)


def count(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Execute a statement for each of the rows; how many it wrote."""
    # Given alone, a row is counted by every driver; of many at once, some do not know.
    given = rows[0] if len(rows) == 1 else list(rows)
    return connection.execute(statement, given, execution_options={"preserve_rowcount": True}).rowcount


def _many(connection: Connection, statement: Any, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Several rows in each statement. SQLite's driver lets another thread run at every single one, and whoever holds
    the write lock would wait as often until it may go on."""
    # 13 rows go as 8, 4 and 1: six texts of statements are enough for any number, and each stays compiled.
    written, start = 0, 0
    while start < len(rows):
        size = next(size for size in TOGETHER if size <= len(rows) - start)
        text, processors = _text(statement, table, tuple(rows[0]), size)
        given = tuple(
            process(row[name]) if process else row[name]
            for row in rows[start : start + size]
            for name, process in processors
        )
        written += connection.exec_driver_sql(text, given).rowcount
        start += size
    return written


@cache
def _text(statement: Any, table: Table, columns: tuple[str, ...], size: int) -> tuple[str, list[tuple[str, Any]]]:
    """The statement for so many rows, and by column, in the order in which values are given, what makes them ready."""
    dialect = sqlite.dialect()
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names = compiled.positiontup
    # VALUES (?, ?) ON CONFLICT … becomes VALUES (?, ?), (?, ?), (?, ?), (?, ?) ON CONFLICT … for four rows.
    one = f"({', '.join('?' * len(names))})"
    whole = str(compiled).replace(f"VALUES {one}", f"VALUES {', '.join([one] * size)}", 1)
    return whole, [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]


@cache
def _statement(
    dialect: str, table: Table, columns: tuple[str, ...], keep: tuple[str, ...], newest: str, *, add: tuple[str, ...]
) -> Any:
    keys = [column.name for column in table.primary_key]
    insert = _INSERT[dialect](table)
    changed = {name: insert.excluded[name] for name in columns if name not in keys and name not in keep}
    changed |= {name: table.c[name] + insert.excluded[name] for name in add}
    if not changed:
        return insert.on_conflict_do_nothing(index_elements=keys)
    # Such as an answer of 12:00:05 that is there already when one of 12:00:01 comes, which had to wait for its turn.
    # One of ten years later was noted by a clock that was ahead.
    where = None
    if newest:
        later = type_coerce(table.c[newest], BigInteger) - type_coerce(insert.excluded[newest], BigInteger)
        where = or_(later <= literal_column("0"), later > literal_column(str(AHEAD // MICROSECOND)))
    return insert.on_conflict_do_update(index_elements=keys, set_=changed, where=where)
