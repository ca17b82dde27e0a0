"""What files and players last said about items, and which item a file tells of."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from metarr.domain.item import REPORTERS, MediaItem, Statement
from metarr.store.chunks import chunks
from metarr.store.tables import statements
from metarr.store.upsert import upsert
from metarr.store.values import decode_held, encode_held


def statements_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, tuple[Statement, ...]]:
    """By item what is said about it, by source, file and part."""
    by_item: dict[int, list[Statement]] = {}
    for row in connection.execute(_OF_ITEMS, {"ids": item_ids}):
        statement = Statement(
            source=row.source,
            file=row.file,
            part=row.part,
            title=row.title,
            year=row.year,
            ids=row.ids,
            values=decode_held(row.values_held),
            locks=frozenset(row.locks),
        )
        by_item.setdefault(row.item_id, []).append(statement)
    return {item_id: tuple(sorted(said, key=lambda each: each.key)) for item_id, said in by_item.items()}


def find_by_files(connection: Connection, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """By file and part, of these, the item that it told of last. One file may tell of the whole library."""
    by_place: dict[tuple[str, str], int] = {}
    for chunk in chunks(places):
        files, parts = {file for file, _ in chunk}, {part for _, part in chunk}
        rows = connection.execute(_BY_FILE, {"files": files, "parts": parts, "sources": REPORTERS})
        wanted = set(chunk)
        by_place |= {(row.file, row.part): row.item_id for row in rows if (row.file, row.part) in wanted}
    return by_place


def write_statements(connection: Connection, before: Collection[Statement], item: MediaItem) -> None:
    """Write what differs from what was said before."""
    if item.statements == before:
        return
    kept = {each.key for each in item.statements}
    for each in before:
        if each.key not in kept:
            connection.execute(_REMOVE, _named(item.id, each))
    upsert(connection, statements, [_row(item, each) for each in item.statements if each not in before])


def write_new_statements(connection: Connection, added: Iterable[MediaItem]) -> None:
    """Write what is said about items of which nothing was said before."""
    upsert(connection, statements, [_row(item, each) for item in added for each in item.statements])


def _named(item_id: int, statement: Statement) -> dict[str, object]:
    at = {"at_source": statement.source, "at_file": statement.file, "at_part": statement.part}
    return {"of_item": item_id, **at}


def remove_elsewhere(connection: Connection, item_id: int, file: str, part: str) -> None:
    """Have a file tell of no other item than this one."""
    connection.execute(_ELSEWHERE, {"of_item": item_id, "at_file": file, "at_part": part, "sources": REPORTERS})


# Statements, built once

_IDS: BindParameter[Collection[int]] = bindparam("ids", expanding=True)
_OF_ITEMS = select(statements).where(statements.c.item_id.in_(_IDS))
_BY_FILE = select(statements.c.item_id, statements.c.file, statements.c.part).where(
    statements.c.file.in_(bindparam("files", expanding=True)),
    statements.c.part.in_(bindparam("parts", expanding=True)),
    statements.c.source.in_(bindparam("sources", expanding=True)),
)
_ELSEWHERE = delete(statements).where(
    statements.c.item_id != bindparam("of_item"),
    statements.c.file == bindparam("at_file"),
    statements.c.part == bindparam("at_part"),
    statements.c.source.in_(bindparam("sources", expanding=True)),
)
_REMOVE = delete(statements).where(
    statements.c.item_id == bindparam("of_item"),
    statements.c.source == bindparam("at_source"),
    statements.c.file == bindparam("at_file"),
    statements.c.part == bindparam("at_part"),
)


def _row(item: MediaItem, statement: Statement) -> Mapping[str, object]:
    return {
        "item_id": item.id,
        "source": statement.source,
        "file": statement.file,
        "part": statement.part,
        "title": statement.title,
        "year": statement.year,
        "ids": statement.ids,
        "locks": tuple(sorted(statement.locks)),
        "values_held": encode_held(statement.values),
    }
