"""External ids: whose they are, which further ones find an item, and that no two live items of a kind share one that
identifies a title."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, select, true

from metarr.domain.ids import Worth, finding, identifying, worth
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, Violation
from metarr.store.chunks import chunks
from metarr.store.tables import external_ids
from metarr.store.upsert import upsert

# Whose they are


def find_by_id(
    connection: Connection, kind: Kind | None, id_type: str, value: str, *, deleted: bool = False
) -> list[int]:
    """Items that have this external id, as theirs or as an alias, unless it is a mere note of theirs. Several where the
    kind is left open, or where the id is one that several titles share.

    `deleted`: deleted items too, after the live ones, the latest first.
    """
    query = _FIND.where(external_ids.c.type == id_type, external_ids.c.value == value)
    if kind:
        query = query.where(external_ids.c.kind == kind)
    if not deleted:
        query = query.where(external_ids.c.live == true())
    return [row.item_id for row in connection.execute(query) if worth(Kind(row.kind), id_type) is not Worth.NOTE]


def find_by_ids(connection: Connection, kind: Kind, ids: Mapping[str, str], *, deleted: bool = False) -> dict[str, int]:
    """By id type, the item of this kind that one of the ids identifies; live ones before deleted ones (those only if
    `deleted`)."""
    ids = identifying(kind, ids)
    rows = connection.execute(_OWNERS, {"kind": kind, "values": list(ids.values())}).all() if ids else []
    return {row.type: row.item_id for row in rows if ids.get(row.type) == row.value and (row.live or deleted)}


class IdLookup:
    """Whose ids of these values are, read at once for a batch. What was written since is to be told (`written`): of
    that the database is asked again."""

    def __init__(self, connection: Connection, values: Collection[str]) -> None:
        self._connection = connection
        self._rows: dict[str, list[Any]] = {value: [] for value in values}
        for chunk in chunks(values):
            for row in connection.execute(_OWNERS_OF_ANY, {"values": chunk}):
                self._rows[row.value].append(row)

    def live_items(self) -> set[int]:
        """Live items that have any of these values, whatever its type."""
        return {row.item_id for rows in self._rows.values() for row in rows if row.live}

    def find(self, kind: Kind, ids: Mapping[str, str], *, deleted: bool = False) -> dict[str, int]:
        """As `find_by_ids`."""
        ids = identifying(kind, ids)
        if not self._rows.keys() >= set(ids.values()):
            return find_by_ids(self._connection, kind, ids, deleted=deleted)
        return {
            id_type: row.item_id
            for id_type, value in ids.items()
            for row in self._rows[value]
            if row.type == id_type and row.kind == kind and (row.live or deleted)
        }

    def written(self, values: Collection[str]) -> None:
        """That an item has these values now."""
        for value in values:
            self._rows.pop(value, None)


def find_by_shared_ids(connection: Connection, kind: Kind, ids: Mapping[str, str]) -> list[int]:
    """Live items of this kind that have any of those ids that find a title and do not identify it, the oldest first."""
    ids = finding(kind, ids)
    rows = connection.execute(_OWNERS, {"kind": kind, "values": list(ids.values())}).all() if ids else []
    return sorted({row.item_id for row in rows if ids.get(row.type) == row.value and row.live})


# Aliases


def add_alias(connection: Connection, item: MediaItem, id_type: str, value: str, source: str) -> None:
    """Let a further external id find this item, such as one that an item joined to it had.

    Raises InvalidInput (`ID_TAKEN`) where another live item of the kind has it.
    """
    claim = {id_type: IdClaim(value=value, source=source)}
    refuse_taken(connection, item, claim)
    if item.ids.get(id_type) != claim[id_type]:
        upsert(connection, external_ids, [_claim_row(item, id_type, claim[id_type]) | {"alias": True}])


def aliases(connection: Connection, item_id: int) -> list[tuple[str, str]]:
    """Further external ids, as (type, value), that find this item."""
    query = select(external_ids.c.type, external_ids.c.value).where(
        external_ids.c.item_id == item_id, external_ids.c.alias == true()
    )
    return [(row.type, row.value) for row in connection.execute(query)]


def remove_alias(connection: Connection, item_id: int, id_type: str, value: str) -> None:
    """Forget an alias, as when a join is split again."""
    connection.execute(
        delete(external_ids).where(
            external_ids.c.item_id == item_id,
            external_ids.c.type == id_type,
            external_ids.c.value == value,
            external_ids.c.alias == true(),
        )
    )


# An item's own


def claims_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, dict[str, IdClaim]]:
    """By item and type, its ids without aliases. At most CHUNK items."""
    return ids_of(connection, item_ids)[0]


def ids_of(
    connection: Connection, item_ids: Sequence[int]
) -> tuple[dict[int, dict[str, IdClaim]], dict[int, frozenset[str]]]:
    """By item and type its ids, and by item its aliases, typed. At most CHUNK items."""
    claims: dict[int, dict[str, IdClaim]] = {}
    further: dict[int, frozenset[str]] = {}
    for item_id, id_type, value, source, weak, alias in connection.execute(_IDS_OF, {"ids": item_ids}).all():
        if alias:
            further[item_id] = further.get(item_id, frozenset()) | {f"{id_type}:{value}"}
        else:
            claims.setdefault(item_id, {})[id_type] = IdClaim(value=value, source=source, weak=weak)
    return claims, further


def write_claims(
    connection: Connection, pairs: Sequence[tuple[Mapping[str, IdClaim], MediaItem]], *, looked_up: bool = False
) -> None:
    """Write the ids of items that differ from what they were before.

    `looked_up`: nobody else has these, the caller saw. Raises InvalidInput (`ID_TAKEN`) where another live item of the
    kind has one of the new ids.
    """
    for before, item in pairs:
        for id_type, claim in before.items():
            if id_type not in item.ids or item.ids[id_type].value != claim.value:
                connection.execute(_REMOVE, {"of_item": item.id, "of_type": id_type, "of_value": claim.value})
    new = [
        (item, claims)
        for before, item in pairs
        if (claims := {id_type: claim for id_type, claim in item.ids.items() if before.get(id_type) != claim})
    ]
    if not looked_up:
        _refuse_taken(connection, new)
    rows = [_claim_row(item, id_type, claim) for item, claims in new for id_type, claim in claims.items()]
    upsert(connection, external_ids, rows)


def _claim_row(item: MediaItem, id_type: str, claim: IdClaim) -> dict[str, Any]:
    return {
        "item_id": item.id,
        "type": id_type,
        "value": claim.value,
        "kind": item.kind,
        "source": claim.source,
        "weak": claim.weak,
        "alias": False,
        "live": item.deleted_at is None,
        "identifies": worth(item.kind, id_type) is Worth.IDENTIFY,
    }


def refuse_taken(connection: Connection, item: MediaItem, claims: Mapping[str, IdClaim]) -> None:
    """Raises InvalidInput (`ID_TAKEN`) where another live item of the kind has one of these ids."""
    _refuse_taken(connection, [(item, claims)])


def _refuse_taken(connection: Connection, claimed: Sequence[tuple[MediaItem, Mapping[str, IdClaim]]]) -> None:
    """The same for what many items claim; also where two of them claim the same."""
    lookup = IdLookup(connection, {claim.value for _, claims in claimed for claim in claims.values()})
    given: dict[tuple[Kind, str, str], int] = {}
    for item, claims in claimed:
        if item.deleted_at is not None and item.id == 0:
            continue
        wanted = identifying(item.kind, {id_type: claim.value for id_type, claim in claims.items()})
        claimed_here = {t: given[item.kind, t, value] for t, value in wanted.items() if (item.kind, t, value) in given}
        violations = [
            Violation(f"ids.{id_type}", f"item {owner} has {id_type} {claims[id_type].value} already")
            for id_type, owner in {**claimed_here, **lookup.find(item.kind, wanted)}.items()
            if owner != item.id
        ]
        if violations:
            raise InvalidInput(*violations, reason="ID_TAKEN")
        given |= {(item.kind, id_type, value): item.id for id_type, value in wanted.items()}


# Statements

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_IDS_OF = select(
    external_ids.c.item_id,
    external_ids.c.type,
    external_ids.c.value,
    external_ids.c.source,
    external_ids.c.weak,
    external_ids.c.alias,
).where(external_ids.c.item_id.in_(_IDS))
_FIND = select(external_ids.c.item_id, external_ids.c.kind).order_by(
    external_ids.c.live.desc(), external_ids.c.item_id.desc()
)

_REMOVE = delete(external_ids).where(
    external_ids.c.item_id == bindparam("of_item"),
    external_ids.c.type == bindparam("of_type"),
    external_ids.c.value == bindparam("of_value"),
)
_OWNERS_OF_ANY = (
    select(external_ids.c.type, external_ids.c.value, external_ids.c.kind, external_ids.c.item_id, external_ids.c.live)
    .where(external_ids.c.value.in_(bindparam("values", expanding=True)))
    .order_by(external_ids.c.live, external_ids.c.item_id)
)
_OWNERS = (
    select(external_ids.c.type, external_ids.c.value, external_ids.c.item_id, external_ids.c.live)
    .where(
        external_ids.c.value.in_(bindparam("values", expanding=True)),
        external_ids.c.kind == bindparam("kind"),
    )
    .order_by(external_ids.c.live, external_ids.c.item_id)
)
