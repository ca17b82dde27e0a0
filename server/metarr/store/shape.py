"""What a SQLite file is made of, compared with what the migrations make: tables, columns and indexes, and nothing else.

A file that somebody hands over may hold anything under the right version number, such as a trigger that deletes an item
with every edit.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from metarr.store import schema

Shape = dict[tuple[str, str], tuple[object, ...]]
"""By type and name, such as ("table", "items"), what it is made of."""


def difference(connection: sqlite3.Connection, revision: str) -> str:
    """The first thing in which the file is not what the migrations make of that revision; "" where it is."""
    return next(_differences(connection, expected(revision)), "")


def _differences(connection: sqlite3.Connection, wanted: Shape) -> Iterator[str]:
    names = _names(connection)
    for type_, name in sorted(names - wanted.keys()):
        yield f"holds a {type_} that Metarr did not make: {name}"
    for type_, name in sorted(wanted.keys() - names):
        yield f"lacks the {type_} {name}"
    # Only now: of a table that is none, such as one of a module, not even the columns are looked at.
    for key, made_of in sorted(_shape(connection, names).items()):
        if made_of != wanted[key]:
            yield f"has another {key[0]} {key[1]} than Metarr makes"


@cache
def expected(revision: str) -> Shape:
    """What the migrations make of that revision."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.db"
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            schema.upgrade(connection, revision)
        engine.dispose()
        with closing(sqlite3.connect(path)) as made:
            return _shape(made, _names(made))


def _names(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    # Those of SQLite itself are its own: statistics, and the numbers that were given last.
    query = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    return {(str(type_), str(name)) for type_, name in connection.execute(query)}


def _shape(connection: sqlite3.Connection, names: set[tuple[str, str]]) -> Shape:
    return {
        (type_, name): _columns(connection, name) if type_ == "table" else _indexed(connection, name)
        for type_, name in names
    }


def _columns(connection: sqlite3.Connection, table: str) -> tuple[object, ...]:
    columns = connection.execute("SELECT name, type, [notnull], pk, hidden FROM pragma_table_xinfo(?)", (table,))
    references = connection.execute("SELECT [from], [table], [to], on_delete FROM pragma_foreign_key_list(?)", (table,))
    keys = connection.execute("SELECT [unique], origin, partial FROM pragma_index_list(?)", (table,))
    return tuple(sorted(columns)), tuple(sorted(references, key=str)), tuple(sorted(keys))


def _indexed(connection: sqlite3.Connection, index: str) -> tuple[object, ...]:
    table = connection.execute("SELECT tbl_name FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    columns = connection.execute("SELECT seqno, name, [desc] FROM pragma_index_xinfo(?) WHERE key", (index,))
    return tuple(table), tuple(sorted(columns, key=str))
