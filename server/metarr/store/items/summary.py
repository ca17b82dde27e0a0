"""How the library stands: by kind, what its items lack; by field, in how many it is filled, and by whom."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, case, false, func, select

from metarr.domain.values import Kind, Struct
from metarr.store.items import field_counts
from metarr.store.items.field_counts import FieldCount, FieldCounts
from metarr.store.items.filter import AWAITS_PROVIDERS, KIND, LOCKED, ItemFilter, undecided, unidentified
from metarr.store.items.lists import listed
from metarr.store.tables import awaited_answers, items, player_items


class KindSummary(Struct, frozen=True, kw_only=True):
    """How many items of a kind there are, and how many of them want something. `awaited`: by provider, those that await
    an answer of it; `by_player`: those that each player has."""

    items: int = 0
    never_enriched: int = 0
    unmonitored: int = 0
    locked: int = 0
    conflicts: int = 0
    unidentified: int = 0
    undecided: int = 0
    awaited: dict[str, int] = {}
    by_player: dict[str, int] = {}


class FieldSummary(Struct, frozen=True, kw_only=True):
    """How a field stands in the items of a kind. `by_source`: in how many each source has a part in its value."""

    count: FieldCount = FieldCount()
    by_source: dict[str, int] = {}


def kinds_summary(connection: Connection, fits: ItemFilter) -> dict[Kind, KindSummary]:
    """Of the items that a filter fits; kinds without any are left out."""
    wants = {
        "never_enriched": items.c.last_enriched_at.is_(None),
        "unmonitored": items.c.monitored == false(),
        "locked": items.c.id.in_(LOCKED),
        "conflicts": items.c.conflicts != (),
        "unidentified": unidentified(fits.asked_by),
        "undecided": undecided(fits.asked_by),
    }
    sums = [func.count(case((condition, 1))).label(name) for name, condition in wants.items()]
    columns: list[Any] = [KIND.label("kind"), func.count().label("items"), *sums]
    query = listed(select(*columns), fits, by_kind=False).group_by(KIND)
    awaited = _by(connection, fits, awaited_answers, awaited_answers.c.provider, AWAITS_PROVIDERS)
    by_player = _by(connection, fits, player_items, player_items.c.player_id)
    return {
        (kind := Kind(row["kind"])): KindSummary(
            **{name: row[name] for name in ("items", *wants)},
            awaited=awaited.get(kind, {}),
            by_player=by_player.get(kind, {}),
        )
        for row in connection.execute(query).mappings()
    }


def fields_summary(connection: Connection, fits: ItemFilter) -> dict[tuple[Kind, str], FieldSummary]:
    """The same by field, of every field that one of these items holds anything in."""
    plain = fits == ItemFilter(kind=fits.kind, kinds=fits.kinds, asked_by=fits.asked_by)
    counts = (
        field_counts.counted(connection) if plain else field_counts.count(connection, listed(select(items.c.id), fits))
    )
    kinds = fits.kinds or tuple(Kind)
    return _summed({key: each for key, each in counts.items() if key[0] in kinds and fits.kind in (None, key[0])})


def _summed(counts: FieldCounts) -> dict[tuple[Kind, str], FieldSummary]:
    totals: defaultdict[tuple[Kind, str], FieldCount] = defaultdict(FieldCount)
    by_source: defaultdict[tuple[Kind, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (kind, field, sources), each in counts.items():
        totals[kind, field] += each
        for source in sources if each.filled else ():
            by_source[kind, field][source] += each.filled
    return {
        key: FieldSummary(count=total, by_source=dict(sorted(by_source[key].items()))) for key, total in totals.items()
    }


def _by(
    connection: Connection, fits: ItemFilter, table: Table, column: Column[Any], *conditions: ColumnElement[bool]
) -> Mapping[Kind, dict[str, int]]:
    """By kind and what stands in a column of a table of items, how many items it stands beside."""
    beside = table.alias()  # a filter may look into the same table
    name = beside.c[column.name]
    query = select(KIND, name, func.count(beside.c.item_id.distinct()))
    query = query.join_from(items, beside, beside.c.item_id == items.c.id)
    query = listed(query, fits, by_kind=False).where(*conditions).group_by(KIND, name).order_by(name)
    by_kind: defaultdict[Kind, dict[str, int]] = defaultdict(dict)
    for kind, named, number in connection.execute(query).all():
        by_kind[Kind(kind)][named] = number
    return by_kind
