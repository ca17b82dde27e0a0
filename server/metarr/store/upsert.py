"""Insert or update in one statement, said the same way for every database."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERT: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    keep: tuple[str, ...] = (),
    newest: str = "",
) -> int:
    """Insert the rows, or where the primary key is there already, update it. All rows name the same columns.

    `keep`: columns that only an insert sets. `newest`: leave a row alone whose value in this column is greater than
    the one that comes. Returns, for a single row, whether it was written (1 or 0).
    """
    if not rows:
        return 0
    statement = _statement(connection.dialect.name, table, tuple(rows[0]), keep, newest)
    return count(connection, statement, rows)


def count(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Execute a statement for each of the rows; how many it wrote."""
    # Given alone, a row is counted by every driver; of many at once, some do not know.
    given = rows[0] if len(rows) == 1 else list(rows)
    return connection.execute(statement, given, execution_options={"preserve_rowcount": True}).rowcount


@cache
def _statement(dialect: str, table: Table, columns: tuple[str, ...], keep: tuple[str, ...], newest: str) -> Any:
    keys = [column.name for column in table.primary_key]
    insert = _INSERT[dialect](table)
    changed = {name: insert.excluded[name] for name in columns if name not in keys and name not in keep}
    if not changed:
        return insert.on_conflict_do_nothing(index_elements=keys)
    where = table.c[newest] <= insert.excluded[newest] if newest else None
    return insert.on_conflict_do_update(index_elements=keys, set_=changed, where=where)
