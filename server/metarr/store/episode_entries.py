"""What is known of the entries of providers' lists: which episode of the library each is."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from metarr.domain.entries import KnownEntry, PairState
from metarr.domain.pairing import PairingRule
from metarr.store.tables import episode_entries as table
from metarr.store.upsert import upsert


def of_series(connection: Connection, series_id: int) -> list[KnownEntry]:
    """Every entry that is known of a series, by provider and number."""
    return [_entry(row) for row in connection.execute(_OF_SERIES, {"of_series": series_id})]


def of_items(connection: Connection, item_ids: Iterable[int]) -> dict[int, list[KnownEntry]]:
    """By episode of the library the entries that it is."""
    by_item: dict[int, list[KnownEntry]] = {}
    for row in connection.execute(_OF_ITEMS, {"ids": list(item_ids)}):
        by_item.setdefault(row.item_id, []).append(_entry(row))
    return by_item


def write(connection: Connection, series_id: int, before: Iterable[KnownEntry], after: Iterable[KnownEntry]) -> None:
    """Write what differs from what was known before."""
    old, new = {each.key: each for each in before}, {each.key: each for each in after}
    gone = [{"of_series": series_id, "from": key[0], "named": key[1]} for key in old if key not in new]
    if gone:
        connection.execute(_FORGET, gone)
    upsert(connection, table, [_columns(series_id, each) for key, each in new.items() if old.get(key) != each])


def move(connection: Connection, from_series: int, to_series: int, below: Collection[int] | None = None) -> None:
    """Have what is known of a series be known of another one, where that knows no better; `below`: only what is known
    to be one of these items."""
    theirs, ours = of_series(connection, from_series), of_series(connection, to_series)
    moved = {each.key: each for each in theirs if below is None or each.item_id in below}
    before = {each.key: each for each in ours}
    stronger = {key: each for key, each in moved.items() if key not in before or _worth(each) > _worth(before[key])}
    write(connection, to_series, ours, {**before, **stronger}.values())
    write(connection, from_series, theirs, [each for each in theirs if each.key not in moved])


def _worth(entry: KnownEntry) -> tuple[bool, bool]:
    return entry.is_decided, entry.item_id is not None


def _entry(row: Any) -> KnownEntry:
    return KnownEntry(
        provider=row.provider,
        entry=row.entry,
        state=PairState(row.state),
        season=row.season,
        number=row.number,
        title=row.title,
        day=row.day,
        item_id=row.item_id,
        rule=PairingRule(row.rule) if row.rule else None,
        since=row.since,
        made_for=row.made_for,
    )


def _columns(series_id: int, entry: KnownEntry) -> Mapping[str, Any]:
    return {
        "series_id": series_id,
        "provider": entry.provider,
        "entry": entry.entry,
        "item_id": entry.item_id,
        "rule": entry.rule or "",
        "state": entry.state,
        "season": entry.season,
        "number": entry.number,
        "title": entry.title,
        "day": entry.day,
        "since": entry.since,
        "made_for": entry.made_for,
    }


_ORDER = (table.c.provider, table.c.season, table.c.number, table.c.entry)
_OF_SERIES = select(table).where(table.c.series_id == bindparam("of_series")).order_by(*_ORDER)
_OF_ITEMS = select(table).where(table.c.item_id.in_(bindparam("ids", expanding=True))).order_by(*_ORDER)
_FORGET = delete(table).where(
    table.c.series_id == bindparam("of_series"),
    table.c.provider == bindparam("from"),
    table.c.entry == bindparam("named"),
)
