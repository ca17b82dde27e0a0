"""Items as they are stored, with their fields, external ids, vetoes and inherited locks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, literal_column, select

from metarr.domain.item import FieldValue, IdClaim, MediaItem, Rule, Statement, Veto
from metarr.domain.values import Kind
from metarr.store.chunks import chunks
from metarr.store.items.family import Above, above
from metarr.store.items.ids import ids_of
from metarr.store.items.statements import statements_of
from metarr.store.items.words import ROW_FIELDS
from metarr.store.tables import field_values, items, vetoes
from metarr.store.values import NOTHING, read_value


def get(connection: Connection, item_id: int) -> MediaItem | None:
    """One item with everything; deleted ones too (see `deleted_at`). None: never there."""
    return get_many(connection, [item_id]).get(item_id)


def get_many(
    connection: Connection, item_ids: Iterable[int], fields: Collection[str] | None = None
) -> dict[int, MediaItem]:
    """Items by id, in the order given; unknown ids are left out. Reads in chunks; keep the number in bounds.

    `fields`: with these alone, those that an item's row is written from, so that it can be saved, and the original
    language, which others are chosen by.
    """
    by_id: dict[int, MediaItem] = {}
    for chunk in chunks(item_ids):
        rows = connection.execute(_ROWS, {"ids": chunk}).all()
        values = _fields_of(connection, chunk, fields)
        ids = ids_of(connection, chunk)
        forbidden = _vetoes_of(connection, chunk)
        said = statements_of(connection, chunk)
        inherited = above(connection, {row.id: row.parent_id for row in rows if row.parent_id})
        read = {row.id: _item(row, values, ids, (forbidden, said), inherited.get(row.id, TOP)) for row in rows}
        by_id |= {item_id: read[item_id] for item_id in chunk if item_id in read}
    return by_id


def having_rule(connection: Connection, item_ids: Iterable[int], rule: Rule) -> set[int]:
    """Those of the items that have a value chosen by this rule."""
    return {
        item_id
        for chunk in chunks(item_ids)
        for item_id in connection.execute(_HAVING_RULE, {"ids": chunk, "rule": rule}).scalars()
    }


# Statements, built once: what a statement costs most is being built.

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ROWS = select(items).where(items.c.id.in_(_IDS))
_FIELDS = select(
    field_values.c.item_id,
    field_values.c.field,
    field_values.c.value,
    field_values.c.source,
    field_values.c.fetched_at,
    field_values.c.rule,
    field_values.c.asked_id,
    field_values.c.locked,
    field_values.c.contributors,
    field_values.c.language,
    field_values.c.day,
    field_values.c.withdrawals,
    field_values.c.locks_below,
).where(field_values.c.item_id.in_(_IDS))
_FEW_FIELDS = _FIELDS.where(field_values.c.field.in_(bindparam("names", expanding=True)))
_HAVING_RULE = (
    select(field_values.c.item_id)
    .where(field_values.c.item_id.in_(_IDS), field_values.c.rule == bindparam("rule"))
    .distinct()
)
_VETOES = select(vetoes).where(vetoes.c.item_id.in_(_IDS)).order_by(vetoes.c.id)


# From rows to items

TOP = Above()
"""Nothing stands above."""

_RULES = {str(rule): rule for rule in Rule}  # calling an enum costs more than all else of a field


def _item(
    row: Row[Any],
    fields: Mapping[int, dict[str, FieldValue]],
    ids: tuple[Mapping[int, dict[str, IdClaim]], Mapping[int, frozenset[str]]],
    beside: tuple[Mapping[int, list[Veto]], Mapping[int, tuple[Statement, ...]]],
    inherited: Above,
) -> MediaItem:
    return MediaItem(
        id=row.id,
        kind=Kind(row.kind),
        title=row.title,
        year=row.year,
        ids=ids[0].get(row.id, {}),
        aliases=ids[1].get(row.id, frozenset()),
        fields=fields.get(row.id, {}),
        vetoes=tuple(beside[0].get(row.id, ())),
        statements=beside[1].get(row.id, ()),
        conflicts=row.conflicts,
        dismissed=row.dismissed or (),
        undecided=row.undecided,
        readings=row.readings or (),
        monitored=row.monitored,
        parent_id=row.parent_id,
        parent_locked=inherited.locked,
        series_title=inherited.series,
        added_at=row.added_at,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
        origin=row.origin,
        last_enriched_at=row.last_enriched_at,
        last_enriched_providers=row.last_enriched_providers,
        bases=row.bases,
        below_due_at=row.below_due_at,
        fingerprint=row.fingerprint,
        numbering=row.numbering,
        version=row.version,
    )


def _fields_of(
    connection: Connection, item_ids: Sequence[int], names: Collection[str] | None
) -> dict[int, dict[str, FieldValue]]:
    fields: dict[int, dict[str, FieldValue]] = {}
    if names is None:
        rows = connection.execute(_FIELDS, {"ids": item_ids}).all()
    else:
        rows = connection.execute(
            _FEW_FIELDS, {"ids": item_ids, "names": sorted({*names, *ROW_FIELDS, "original_language"})}
        ).all()
    for (
        item_id,
        field,
        text,
        sources,
        fetched_at,
        rule,
        asked_ids,
        locked,
        contributors,
        language,
        day,
        withdrawals,
        locks_below,
    ) in rows:
        value = None if text is None else read_value(field, text)
        if value is None and text is not None:
            continue
        fields.setdefault(item_id, {})[field] = FieldValue(
            value=value,
            sources=sources,
            fetched_at=fetched_at,
            rule=_RULES[rule],
            asked_ids=asked_ids,
            locked=locked,
            contributors=contributors,
            language=language,
            day=day,
            withdrawals=withdrawals,
            locks_below=locks_below,
        )
    return fields


def _vetoes_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, list[Veto]]:
    by_item: dict[int, list[Veto]] = {}
    for row in connection.execute(_VETOES, {"ids": item_ids}):
        value = None if row.value == NOTHING else read_value(row.field, row.value)
        if value is not None or row.value == NOTHING:
            veto = Veto(field=row.field, providers=row.provider, value=value, language=row.language)
            by_item.setdefault(row.item_id, []).append(veto)
    return by_item


def count_leaving(connection: Connection, source: str, field: str) -> tuple[int, int]:
    """How many values of a source in a field it has said on two days at least to have no more, and how many it has."""
    given = {"from_source": (source,), "of_field": field}
    return (
        int(connection.execute(_LEAVING, given).scalar_one()),
        int(connection.execute(_OF_SOURCE, given).scalar_one()),
    )


_OF_SOURCE = (
    select(func.count())
    .select_from(field_values)
    .where(field_values.c.source == bindparam("from_source"), field_values.c.field == bindparam("of_field"))
    .where(field_values.c.value.is_not(None))
)
_LEAVING = _OF_SOURCE.where(field_values.c.days_withdrawn >= literal_column("2"))
