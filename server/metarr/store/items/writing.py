"""Writing items: new ones, and what differs on known ones."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from metarr.domain.item import FieldValue, MediaItem, Veto
from metarr.errors import VersionMoved
from metarr.store.chunks import chunks
from metarr.store.items import field_counts
from metarr.store.items.ids import refuse_taken, write_claims
from metarr.store.items.statements import write_new_statements, write_statements
from metarr.store.items.words import search_key, shown_title, sort_key, text_of
from metarr.store.tables import field_values, items, vetoes
from metarr.store.upsert import count as count_written
from metarr.store.upsert import upsert
from metarr.store.values import NOTHING, encode_value


def add(connection: Connection, item: MediaItem, *, looked_up: bool = False) -> MediaItem:
    """Insert a new item; its `id` and `version` are given here. `looked_up`: nobody has its ids, the caller saw.

    Raises InvalidInput (`ID_TAKEN`) where another live item of the kind has one of its ids.
    """
    added = enter(connection, item, looked_up=looked_up)
    fill(connection, [added])
    return added


def enter(connection: Connection, item: MediaItem, *, looked_up: bool = False) -> MediaItem:
    """As `add`, but for its fields, vetoes and statements: `fill` writes those of many at once, in this transaction."""
    if not looked_up:
        refuse_taken(connection, item, item.ids)
    key = connection.execute(_ADD, _columns(item) | {"version": 1}).inserted_primary_key
    entered = replace(item, id=int(key[0]) if key else 0, version=1)
    write_claims(connection, [({}, entered)], looked_up=True)
    return entered


def fill(connection: Connection, entered: Sequence[MediaItem]) -> None:
    """Write the fields, vetoes and statements of items that were entered and do not have them yet."""
    _write_fields(connection, [({}, item) for item in entered])
    for item in entered:
        _write_vetoes(connection, (), item)
    write_new_statements(connection, entered)


def save(connection: Connection, before: MediaItem, after: MediaItem) -> MediaItem:
    """Write what differs between the item as it was read and as it shall be. Returns it with its new version.

    Raises VersionMoved where the row is not at `before.version` any more, with nothing written: read it again and
    repeat; InvalidInput (`ID_TAKEN`) where another live item of the kind has one of the new ids.
    """
    return save_all(connection, [(before, after)])[0]


def save_all(connection: Connection, pairs: Sequence[tuple[MediaItem, MediaItem]]) -> list[MediaItem]:
    """`save` for many items, each as it was read and as it shall be. Where it raises, some may be written already."""
    rows = [
        _columns(after) | {"at_id": before.id, "at_version": before.version, "version": before.version + 1}
        for before, after in pairs
    ]
    if rows and count_written(connection, _SAVE, rows) != len(rows):
        named = f"item {pairs[0][0].id} was" if len(pairs) == 1 else "some items were"
        raise VersionMoved(f"{named} changed since read")
    saved = [replace(after, id=before.id, version=before.version + 1) for before, after in pairs]
    write_claims(connection, [(before.ids, item) for (before, _), item in zip(pairs, saved, strict=True)])
    for (before, _), item in zip(pairs, saved, strict=True):
        _write_vetoes(connection, before.vetoes, item)
        write_statements(connection, before.statements, item)
    _write_fields(connection, [(before.fields, item) for (before, _), item in zip(pairs, saved, strict=True)])
    return saved


# Versions and fingerprints


def versions(connection: Connection, item_ids: Iterable[int]) -> dict[int, int]:
    """By id, the version at which each live item is."""
    return {
        item_id: version
        for chunk in chunks(item_ids)
        for item_id, version in connection.execute(_VERSIONS, {"ids": chunk}).all()
    }


def put_fingerprints(connection: Connection, fingerprints: Mapping[int, str]) -> None:
    """Say of items, by id, that merging them again changes nothing. Nobody else needs to read them again for that."""
    if fingerprints:
        rows = [{"at_id": item_id, "fingerprint": mark} for item_id, mark in fingerprints.items()]
        connection.execute(_MARK, rows)


def clear_fingerprints(connection: Connection, item_ids: Iterable[int]) -> None:
    """Have these items merged again at the next opportunity; a merge that runs now will have to be repeated."""
    for chunk in chunks(item_ids):
        connection.execute(
            update(items).where(items.c.id.in_(chunk)).values(fingerprint="", version=items.c.version + 1)
        )


# Statements

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ADD = insert(items)
_SAVE = (
    update(items)
    .where(items.c.id == bindparam("at_id"), items.c.version == bindparam("at_version"))
    .values({column.name: bindparam(column.name) for column in items.c if column.name != "id"})
)
_MARK = update(items).where(items.c.id == bindparam("at_id")).values(fingerprint=bindparam("fingerprint"))
_VERSIONS = select(items.c.id, items.c.version).where(items.c.id.in_(_IDS), items.c.deleted_at.is_(None))
_DROP_FIELD = delete(field_values).where(
    field_values.c.item_id == bindparam("of_item"), field_values.c.field == bindparam("named")
)


# From items to rows


def _columns(item: MediaItem) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "parent_id": item.parent_id,
        "title": item.title,
        "year": item.year,
        "monitored": item.monitored,
        "added_at": item.added_at,
        "deleted_at": item.deleted_at,
        "deleted_by": item.deleted_by,
        "origin": item.origin,
        "last_enriched_at": item.last_enriched_at,
        "last_enriched_providers": item.last_enriched_providers,
        "bases": item.bases,
        "below_due_at": item.below_due_at,
        "fingerprint": item.fingerprint,
        "numbering": item.numbering,
        "conflicts": item.conflicts,
        "dismissed": item.dismissed or None,
        "undecided": item.undecided,
        "readings": item.readings or None,
        "shown_title": shown_title(item),
        "shown_year": item.shown_year(),
        "released": text_of(item, "release_date"),
        "sort_key": sort_key(item),
        "search_key": search_key(item),
    }


def _write_fields(connection: Connection, pairs: Sequence[tuple[Mapping[str, FieldValue], MediaItem]]) -> None:
    """Write the fields of items that differ from what they were before."""
    gone: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for before, item in pairs:
        gone += [{"of_item": item.id, "named": field} for field in before if field not in item.fields]
        rows += [
            {
                "item_id": item.id,
                "field": field,
                "value": None if stored.value is None else encode_value(stored.value),
                "source": stored.sources,
                "fetched_at": stored.fetched_at,
                "rule": stored.rule,
                "asked_id": stored.asked_ids,
                "locked": stored.locked,
                "locks_below": stored.locks_below,
                "contributors": stored.contributors,
                "language": stored.language,
                "day": stored.day,
                "withdrawals": stored.withdrawals,
                "days_withdrawn": max((each.days for each in stored.withdrawals), default=0),
            }
            for field, stored in item.fields.items()
            if before.get(field) != stored
        ]
    if gone:
        connection.execute(_DROP_FIELD, gone)
    upsert(connection, field_values, rows)
    if gone or rows:
        field_counts.note(connection, pairs)


def _write_vetoes(connection: Connection, before: tuple[Veto, ...], item: MediaItem) -> None:
    if item.vetoes == before:
        return
    connection.execute(delete(vetoes).where(vetoes.c.item_id == item.id))
    rows = [
        {
            "item_id": item.id,
            "field": veto.field,
            "provider": veto.providers,
            "value": NOTHING if veto.value is None else encode_value(veto.value),
            "language": veto.language,
        }
        for veto in item.vetoes
    ]
    if rows:
        connection.execute(insert(vetoes), rows)
