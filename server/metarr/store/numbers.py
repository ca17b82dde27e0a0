"""The numbers of episodes: what each points to, by series and numbering.

A numbering is an order of the episodes, as it was when it was left, or what the files say (`LIBRARY`).
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, bindparam, delete, func, select, tuple_, update

from metarr.domain.numbering import LIBRARY, Number, Numbering
from metarr.store.chunks import chunks
from metarr.store.tables import episode_numbers as table
from metarr.store.upsert import upsert


def numbering_of(connection: Connection, series_id: int, order: str) -> Numbering:
    """What all numbers of a series point to, the files of which go by that order."""
    by_numbering: dict[str, dict[Number, int]] = {}
    for row in connection.execute(_OF_SERIES, {"series_id": series_id}):
        by_numbering.setdefault(row.numbering, {})[row.season, row.number] = row.item_id
    return Numbering(order=order, library=by_numbering.pop(LIBRARY, {}), remembered=by_numbering)


def find(connection: Connection, series_id: int, order: str, number: Number) -> int | None:
    """The item of a file that bears this number: the one that such files have, else the one of that order."""
    season, episode = number
    rows = connection.execute(
        _AT, {"series_id": series_id, "numberings": [LIBRARY, order], "season": season, "number": episode}
    ).all()
    items_there = {row.numbering: row.item_id for row in rows}
    return items_there.get(LIBRARY, items_there.get(order))


def library_of(connection: Connection, item_ids: Collection[int]) -> dict[int, list[Number]]:
    """By item the numbers of files that point to it."""
    numbers: dict[int, list[Number]] = {}
    for chunk in chunks(item_ids):
        for row in connection.execute(_LIBRARY_OF, {"ids": chunk}):
            numbers.setdefault(row.item_id, []).append((row.season, row.number))
    return numbers


def season_counts(connection: Connection, series_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """By series, and by season of it, how many numbers of files there are. Series without any are left out."""
    counts: dict[int, dict[int, int]] = {}
    for chunk in chunks(series_ids):
        for series_id, season, count in connection.execute(_SEASON_COUNTS, {"ids": chunk}):
            counts.setdefault(series_id, {})[season] = count
    return counts


def of_item(connection: Connection, item_id: int) -> list[tuple[str, Number]]:
    """The numbers that point to an item, each with its numbering."""
    return [(row.numbering, (row.season, row.number)) for row in connection.execute(_OF_ITEM, {"item_id": item_id})]


def point(connection: Connection, series_id: int, numbering: str, pointers: Mapping[Number, int]) -> None:
    """Have numbers point to items."""
    rows = [
        {"series_id": series_id, "numbering": numbering, "season": season, "number": number, "item_id": item_id}
        for (season, number), item_id in pointers.items()
    ]
    upsert(connection, table, rows)


def drop(connection: Connection, series_id: int, numbering: str, numbers: Collection[Number]) -> None:
    """Have numbers point to nothing."""
    for season, number in numbers:
        connection.execute(
            _DROP, {"of_series": series_id, "of_numbering": numbering, "of_season": season, "of_number": number}
        )


def write(connection: Connection, series_id: int, before: Numbering, after: Numbering) -> None:
    """Write what differs."""
    was, now = _by_numbering(before), _by_numbering(after)
    for numbering in was.keys() | now.keys():
        old, new = was.get(numbering, {}), now.get(numbering, {})
        drop(connection, series_id, numbering, old.keys() - new.keys())
        point(connection, series_id, numbering, {n: item for n, item in new.items() if old.get(n) != item})


def move(connection: Connection, from_series: int, to_series: int, below: Collection[int]) -> None:
    """Have the numbers of a series that point to these items be another one's, where that has none such."""
    theirs = select(table.c.numbering, table.c.season, table.c.number).where(table.c.series_id == to_series)
    for chunk in chunks(below):
        connection.execute(
            update(table)
            .where(
                table.c.series_id == from_series,
                table.c.item_id.in_(chunk),
                tuple_(table.c.numbering, table.c.season, table.c.number).not_in(theirs),
            )
            .values(series_id=to_series)
        )


def _by_numbering(numbering: Numbering) -> dict[str, Mapping[Number, int]]:
    return {LIBRARY: numbering.library, **numbering.remembered}


# Statements

_SEASON_COUNTS = (
    select(table.c.series_id, table.c.season, func.count())
    .where(table.c.numbering == LIBRARY, table.c.series_id.in_(bindparam("ids", expanding=True)))
    .group_by(table.c.series_id, table.c.season)
)
_OF_SERIES = select(table).where(table.c.series_id == bindparam("series_id"))
_AT = select(table.c.numbering, table.c.item_id).where(
    table.c.series_id == bindparam("series_id"),
    table.c.numbering.in_(bindparam("numberings", expanding=True)),
    table.c.season == bindparam("season"),
    table.c.number == bindparam("number"),
)
_OF_ITEM = (
    select(table.c.numbering, table.c.season, table.c.number)
    .where(table.c.item_id == bindparam("item_id"))
    .order_by(table.c.numbering, table.c.season, table.c.number)
)
_LIBRARY_OF = (
    select(table.c.item_id, table.c.season, table.c.number)
    .where(table.c.item_id.in_(bindparam("ids", expanding=True)), table.c.numbering == LIBRARY)
    .order_by(table.c.season, table.c.number)
)
_DROP = delete(table).where(
    and_(
        table.c.series_id == bindparam("of_series"),
        table.c.numbering == bindparam("of_numbering"),
        table.c.season == bindparam("of_season"),
        table.c.number == bindparam("of_number"),
    )
)
