"""The items of the library: rows, external ids, field values, vetoes."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace
from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    true,
    tuple_,
    update,
)

from metarr.domain.model import OWNER, FieldValue, IdClaim, Kind, MediaItem, Rule, Struct, Veto
from metarr.errors import InvalidInput, VersionMoved, Violation
from metarr.store.database import Database
from metarr.store.tables import external_ids, field_values, items, joins, pending_answers, vetoes
from metarr.store.upsert import count as count_written
from metarr.store.upsert import upsert
from metarr.store.values import encode_value, read_value

_Key = TypeVar("_Key", int, str)

CHUNK = 500
"""How many ids one statement names at most."""


class ItemHead(Struct, frozen=True, kw_only=True):
    """An item without its fields: for lists and for jobs that ask "is there anything to do?".

    `title` and `year` are the ones shown: the field's where there is one. `released`: YYYY-MM-DD, "" unknown.
    `sort_key` with `id` is the cursor of `page`.
    """

    id: int
    kind: Kind
    title: str
    year: int
    released: str
    ids: dict[str, IdClaim]
    monitored: bool
    parent_id: int | None
    added_at: datetime | None
    deleted_at: datetime | None
    last_enriched_at: datetime | None
    last_enriched_providers: tuple[str, ...]
    fingerprint: str
    version: int
    sort_key: str


class Words(Struct, frozen=True, kw_only=True):
    """The words that an item was added with. `identified`: it has external ids."""

    item_id: int
    kind: Kind
    title: str
    year: int
    identified: bool = False
    deleted: bool = False


# Reading


def get(connection: Connection, item_id: int) -> MediaItem | None:
    """One item with everything; deleted ones too (see `deleted_at`). None: never there."""
    return get_many(connection, [item_id]).get(item_id)


def get_many(connection: Connection, item_ids: Iterable[int]) -> dict[int, MediaItem]:
    """Items by id, in the order given; unknown ids are left out. Reads in chunks; keep the number in bounds."""
    found: dict[int, MediaItem] = {}
    for chunk in _chunks(item_ids):
        rows = connection.execute(_ROWS, {"ids": chunk}).all()
        fields = _fields_of(connection, chunk)
        claims = _claims_of(connection, chunk)
        forbidden = _vetoes_of(connection, chunk)
        inherited = _inherited_locks(connection, {row.id: row.parent_id for row in rows if row.parent_id})
        read = {row.id: _item(row, fields, claims, forbidden, inherited.get(row.id, frozenset())) for row in rows}
        found |= {item_id: read[item_id] for item_id in chunk if item_id in read}
    return found


def find_by_id(
    connection: Connection, kind: Kind | None, id_type: str, value: str, *, deleted: bool = False
) -> list[int]:
    """Items that have this external id, as theirs or as an alias; several only where the kind is left open.

    `deleted`: deleted items too, after the live ones, the latest first.
    """
    query = _FIND.where(external_ids.c.type == id_type, external_ids.c.value == value)
    if kind:
        query = query.where(external_ids.c.kind == kind)
    if not deleted:
        query = query.where(external_ids.c.live == true())
    return list(connection.execute(query).scalars())


def find_by_ids(connection: Connection, kind: Kind, ids: Mapping[str, str], *, deleted: bool = False) -> dict[str, int]:
    """By id type, the item of this kind that has the id; live ones before deleted ones (those only if `deleted`)."""
    rows = connection.execute(_OWNERS, {"kind": kind, "values": list(ids.values())}).all() if ids else []
    return {row.type: row.item_id for row in rows if ids.get(row.type) == row.value and (row.live or deleted)}


def find_by_values(connection: Connection, values: Collection[str]) -> list[int]:
    """Live items that have any of these external ids, whatever its type."""
    return [item for chunk in _chunks(values) for item in connection.execute(_BY_VALUES, {"values": chunk}).scalars()]


def find_by_words(connection: Connection, titles: Collection[str]) -> list[Words]:
    """Items without a parent that were added with one of these titles, letter by letter; deleted ones too.

    One that was joined to another item stands for that one.
    """
    return [
        Words(
            item_id=row.id,
            kind=Kind(row.kind),
            title=row.title,
            year=row.year,
            identified=row.identified,
            deleted=row.deleted_at is not None and not row.joined,
        )
        for chunk in _chunks(titles)
        for row in connection.execute(_BY_WORDS, {"titles": chunk})
    ]


def find_child(connection: Connection, parent_id: int, field: str, number: int) -> int | None:
    """The item below another one of which this field holds that number; a live one where there is any."""
    values = {"parent_id": parent_id, "field": field, "value": encode_value(number)}
    return connection.execute(_CHILD, values).scalars().first()


def page(
    connection: Connection,
    *,
    kind: Kind | None = None,
    title_contains: str = "",
    parent_id: int | None = None,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[ItemHead]:
    """Live items by title, without their fields. `after`: (sort_key, id) of the last one of the page before.

    `title_contains` looks into the shown, the original and the given title, without regard to case and accents.
    """
    query = _listed(select(*_HEAD), kind, title_contains, parent_id).order_by(items.c.sort_key, items.c.id)
    if after:
        query = query.where(tuple_(items.c.sort_key, items.c.id) > tuple_(*after))
    return _heads(connection, connection.execute(query.limit(limit)).all())


def count(
    connection: Connection, *, kind: Kind | None = None, title_contains: str = "", parent_id: int | None = None
) -> int:
    """How many items `page` would go through."""
    return int(connection.execute(_listed(select(func.count()), kind, title_contains, parent_id)).scalar_one())


def count_monitored(connection: Connection, kinds: Iterable[Kind]) -> tuple[int, int]:
    """How many live, monitored items of these kinds there are, and how many of them were never enriched."""
    query = select(func.count(), func.count().filter(items.c.last_enriched_at.is_(None))).where(
        items.c.deleted_at.is_(None), items.c.monitored == true(), items.c.kind.in_(sorted(kinds))
    )
    known, untouched = connection.execute(query).one()
    return int(known), int(untouched)


def heads(
    connection: Connection,
    *,
    after_id: int = 0,
    limit: int = CHUNK,
    kind: Kind | None = None,
    monitored_only: bool = False,
) -> list[ItemHead]:
    """The next live items by id."""
    query = _listed(select(*_HEAD), kind, "", None).where(items.c.id > after_id).order_by(items.c.id).limit(limit)
    if monitored_only:
        query = query.where(items.c.monitored == true())
    return _heads(connection, connection.execute(query).all())


def heads_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, ItemHead]:
    """Heads by id, deleted items too; unknown ids are left out."""
    query = select(*_HEAD).where(items.c.id.in_(bindparam("ids", expanding=True)))
    return {
        head.id: head
        for chunk in _chunks(item_ids)
        for head in _heads(connection, connection.execute(query, {"ids": chunk}).all())
    }


def batches(
    database: Database,
    *,
    size: int = CHUNK,
    after_id: int = 0,
    kind: Kind | None = None,
    monitored_only: bool = False,
) -> Iterator[list[ItemHead]]:
    """All live items by id, batch after batch, each read in a transaction of its own: memory stays flat and no
    transaction stays open while a batch is worked on."""
    while True:
        with database.read() as connection:
            batch = heads(connection, after_id=after_id, limit=size, kind=kind, monitored_only=monitored_only)
        if not batch:
            return
        yield batch
        after_id = batch[-1].id


def descendants(connection: Connection, item_ids: Iterable[int]) -> list[int]:
    """Seasons and episodes below these items, deleted ones too."""
    below: list[int] = []
    level = list(item_ids)
    query = select(items.c.id).where(items.c.parent_id.in_(bindparam("ids", expanding=True)))
    while level:
        level = [found for chunk in _chunks(level) for found in connection.execute(query, {"ids": chunk}).scalars()]
        below += level
    return below


def ancestors(connection: Connection, item_ids: Iterable[int]) -> list[int]:
    """What these items belong to: seasons and series, each once, deleted ones too."""
    above: list[int] = []
    level = list(item_ids)
    query = select(items.c.parent_id).where(
        items.c.id.in_(bindparam("ids", expanding=True)), items.c.parent_id.is_not(None)
    )
    while level:
        level = list(
            dict.fromkeys(
                found for chunk in _chunks(level) for found in connection.execute(query, {"ids": chunk}).scalars()
            )
        )
        above += level
    return list(dict.fromkeys(above))


# Writing


def add(connection: Connection, item: MediaItem) -> MediaItem:
    """Insert a new item; its `id` and `version` are given here.

    Raises InvalidInput (`ID_TAKEN`) where another live item of the kind has one of its ids.
    """
    _refuse_taken(connection, item, item.ids)
    key = connection.execute(insert(items), _columns(item) | {"version": 1}).inserted_primary_key
    added = replace(item, id=int(key[0]) if key else 0, version=1)
    _write_claims(connection, {}, added)
    _write_fields(connection, [({}, added)])
    _write_vetoes(connection, (), added)
    return added


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
    for (before, _), item in zip(pairs, saved, strict=True):
        new = {id_type: claim for id_type, claim in item.ids.items() if before.ids.get(id_type) != claim}
        _refuse_taken(connection, item, new)
        _write_claims(connection, before.ids, item)
        _write_vetoes(connection, before.vetoes, item)
    _write_fields(connection, [(before.fields, item) for (before, _), item in zip(pairs, saved, strict=True)])
    return saved


def put_fingerprints(connection: Connection, fingerprints: Mapping[int, str]) -> None:
    """Say of items, by id, that merging them again changes nothing. Nobody else needs to read them again for that."""
    if fingerprints:
        rows = [{"at_id": item_id, "fingerprint": mark} for item_id, mark in fingerprints.items()]
        connection.execute(_MARK, rows)


def versions(connection: Connection, item_ids: Iterable[int]) -> dict[int, int]:
    """By id, the version at which each live item is."""
    return {
        item_id: version
        for chunk in _chunks(item_ids)
        for item_id, version in connection.execute(_VERSIONS, {"ids": chunk}).all()
    }


def soft_delete(connection: Connection, item_ids: Iterable[int], at: datetime, by: str = OWNER) -> list[int]:
    """Mark items and everything below them as deleted; their ids are free for others. Returns those not deleted yet."""
    roots = list(item_ids)
    candidates = roots + descendants(connection, roots)
    gone: list[int] = []
    for chunk in _chunks(candidates):
        live = select(items.c.id).where(items.c.id.in_(chunk), items.c.deleted_at.is_(None))
        gone += connection.execute(live).scalars()
    for chunk in _chunks(gone):
        connection.execute(
            update(items).where(items.c.id.in_(chunk)).values(deleted_at=at, deleted_by=by, version=items.c.version + 1)
        )
        connection.execute(update(external_ids).where(external_ids.c.item_id.in_(chunk)).values(live=False))
        connection.execute(delete(pending_answers).where(pending_answers.c.item_id.in_(chunk)))
    return gone


def revive(connection: Connection, item_id: int) -> None:
    """Take back a deletion of this one item. Raises InvalidInput (`ID_TAKEN`) where another item has its ids now."""
    item = get(connection, item_id)
    if item is None or item.deleted_at is None:
        return
    _refuse_taken(connection, item, item.ids)
    for id_type, value in aliases(connection, item_id):
        _refuse_taken(connection, item, {id_type: IdClaim(value=value)})
    connection.execute(
        update(items)
        .where(items.c.id == item_id)
        .values(deleted_at=None, deleted_by="", fingerprint="", version=items.c.version + 1)
    )
    connection.execute(update(external_ids).where(external_ids.c.item_id == item_id).values(live=True))


def clear_fingerprints(connection: Connection, item_ids: Iterable[int]) -> None:
    """Have these items merged again at the next opportunity; a merge that runs now will have to be repeated."""
    for chunk in _chunks(item_ids):
        connection.execute(
            update(items).where(items.c.id.in_(chunk)).values(fingerprint="", version=items.c.version + 1)
        )


def add_alias(connection: Connection, item: MediaItem, id_type: str, value: str, source: str) -> None:
    """Let a further external id find this item, such as one that an item joined to it had.

    Raises InvalidInput (`ID_TAKEN`) where another live item of the kind has it.
    """
    claim = {id_type: IdClaim(value=value, source=source)}
    _refuse_taken(connection, item, claim)
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


# Statements, built once: what a statement costs most is being built.

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ROWS = select(items).where(items.c.id.in_(_IDS))
_CLAIMS = select(external_ids.c.item_id, external_ids.c.type, external_ids.c.value, external_ids.c.source).where(
    external_ids.c.item_id.in_(_IDS), external_ids.c.alias == (~true())
)
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
).where(field_values.c.item_id.in_(_IDS))
_VETOES = select(vetoes).where(vetoes.c.item_id.in_(_IDS)).order_by(vetoes.c.id)
_LOCKS = select(field_values.c.item_id, field_values.c.field).where(
    field_values.c.item_id.in_(_IDS), field_values.c.locked == true()
)
_PARENTS = select(items.c.id, items.c.parent_id).where(items.c.id.in_(_IDS))
_FIND = select(external_ids.c.item_id).order_by(external_ids.c.live.desc(), external_ids.c.item_id.desc())
_JOINED = exists().where(joins.c.joined_id == items.c.id, joins.c.split_at.is_(None))
_BY_VALUES = (
    select(external_ids.c.item_id)
    .where(external_ids.c.value.in_(bindparam("values", expanding=True)), external_ids.c.live == true())
    .distinct()
)
_BY_WORDS = select(
    items.c.id,
    items.c.kind,
    items.c.title,
    items.c.year,
    items.c.deleted_at,
    (exists().where(external_ids.c.item_id == items.c.id) | _JOINED).label("identified"),
    _JOINED.label("joined"),
).where(items.c.title.in_(bindparam("titles", expanding=True)), items.c.parent_id.is_(None))
_CHILD = (
    select(items.c.id)
    .join(field_values)
    .where(
        items.c.parent_id == bindparam("parent_id"),
        field_values.c.field == bindparam("field"),
        field_values.c.value == bindparam("value"),
    )
    .order_by(items.c.deleted_at.is_not(None), items.c.id)
)
_OWNERS = (
    select(external_ids.c.type, external_ids.c.value, external_ids.c.item_id, external_ids.c.live)
    .where(
        external_ids.c.value.in_(bindparam("values", expanding=True)),
        external_ids.c.kind == bindparam("kind"),
    )
    .order_by(external_ids.c.live, external_ids.c.item_id)
)
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
_HEAD = (
    items.c.id,
    items.c.kind,
    items.c.shown_title,
    items.c.year,
    items.c.released,
    items.c.monitored,
    items.c.parent_id,
    items.c.added_at,
    items.c.deleted_at,
    items.c.last_enriched_at,
    items.c.last_enriched_providers,
    items.c.fingerprint,
    items.c.version,
    items.c.sort_key,
)


def _listed(query: Select[Any], kind: Kind | None, title_contains: str, parent_id: int | None) -> Select[Any]:
    query = query.select_from(items).where(items.c.deleted_at.is_(None))
    if kind:
        query = query.where(items.c.kind == kind)
    if parent_id is not None:
        query = query.where(items.c.parent_id == parent_id)
    if title_contains:
        query = query.where(items.c.search_key.contains(folded(title_contains), autoescape=True))
    return query


# From rows to items

_RULES = {str(rule): rule for rule in Rule}  # calling an enum costs more than all else of a field


def _item(
    row: Row[Any],
    fields: Mapping[int, dict[str, FieldValue]],
    claims: Mapping[int, dict[str, IdClaim]],
    forbidden: Mapping[int, list[Veto]],
    parent_locked: frozenset[str],
) -> MediaItem:
    return MediaItem(
        id=row.id,
        kind=Kind(row.kind),
        title=row.title,
        year=row.year,
        ids=claims.get(row.id, {}),
        fields=fields.get(row.id, {}),
        vetoes=tuple(forbidden.get(row.id, ())),
        conflicts=row.conflicts,
        undecided=row.undecided,
        monitored=row.monitored,
        parent_id=row.parent_id,
        parent_locked=parent_locked,
        added_at=row.added_at,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
        origin=row.origin,
        last_enriched_at=row.last_enriched_at,
        last_enriched_providers=row.last_enriched_providers,
        fingerprint=row.fingerprint,
        version=row.version,
    )


def _heads(connection: Connection, rows: Sequence[Any]) -> list[ItemHead]:
    claims = _claims_of(connection, [row[0] for row in rows])
    return [_head(row, claims) for row in rows]


def _head(row: Iterable[Any], claims: Mapping[int, dict[str, IdClaim]]) -> ItemHead:
    # Unpacked at once, as a daily run does this for every item: a row's attributes cost more than all the rest.
    item_id, kind, title, year, released, monitored, parent_id, added, deleted, enriched, by, mark, version, key = row
    return ItemHead(
        id=item_id,
        kind=Kind(kind),
        title=title,
        year=int(released[:4]) if released else year,
        released=released,
        ids=claims.get(item_id, {}),
        monitored=monitored,
        parent_id=parent_id,
        added_at=added,
        deleted_at=deleted,
        last_enriched_at=enriched,
        last_enriched_providers=by,
        fingerprint=mark,
        version=version,
        sort_key=key,
    )


def _claims_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, dict[str, IdClaim]]:
    claims: dict[int, dict[str, IdClaim]] = {}
    for item_id, id_type, value, source in connection.execute(_CLAIMS, {"ids": item_ids}).all():
        claims.setdefault(item_id, {})[id_type] = IdClaim(value=value, source=source)
    return claims


def _fields_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, dict[str, FieldValue]]:
    fields: dict[int, dict[str, FieldValue]] = {}
    rows = connection.execute(_FIELDS, {"ids": item_ids}).all()
    for item_id, field, text, source, fetched_at, rule, asked_id, locked, contributors in rows:
        value = None if text is None else read_value(field, text)
        if value is None and text is not None:
            continue
        fields.setdefault(item_id, {})[field] = FieldValue(
            value=value,
            source=source,
            fetched_at=fetched_at,
            rule=_RULES[rule],
            asked_id=asked_id,
            locked=locked,
            contributors=contributors,
        )
    return fields


def _vetoes_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, list[Veto]]:
    found: dict[int, list[Veto]] = {}
    for row in connection.execute(_VETOES, {"ids": item_ids}):
        value = read_value(row.field, row.value)
        if value is not None:
            found.setdefault(row.item_id, []).append(Veto(field=row.field, provider=row.provider, value=value))
    return found


def _inherited_locks(connection: Connection, parents: Mapping[int, int]) -> dict[int, frozenset[str]]:
    """By item, the fields that some ancestor locks."""
    above: dict[int, int | None] = {}
    level = set(parents.values())
    while level:
        rows = [row for chunk in _chunks(level) for row in connection.execute(_PARENTS, {"ids": chunk})]
        above |= {row.id: row.parent_id for row in rows}
        level = {row.parent_id for row in rows if row.parent_id} - above.keys()
    locks: dict[int, set[str]] = {}
    for chunk in _chunks(above):
        for row in connection.execute(_LOCKS, {"ids": chunk}):
            locks.setdefault(row.item_id, set()).add(row.field)
    inherited = {}
    for item_id, parent in parents.items():
        fields: set[str] = set()
        ancestor: int | None = parent
        while ancestor:
            fields |= locks.get(ancestor, set())
            ancestor = above.get(ancestor)
        inherited[item_id] = frozenset(fields)
    return inherited


# From items to rows


def _columns(item: MediaItem) -> dict[str, Any]:
    shown = _text(item, "title") or item.title
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
        "fingerprint": item.fingerprint,
        "conflicts": item.conflicts,
        "undecided": item.undecided,
        "shown_title": shown,
        "released": _text(item, "release_date"),
        "sort_key": folded(_text(item, "sort_title") or _without_article(shown)),
        "search_key": "\n".join(
            dict.fromkeys(folded(title) for title in (shown, _text(item, "original_title"), item.title))
        ),
    }


def _text(item: MediaItem, field: str) -> str:
    stored = item.fields.get(field)
    return stored.value if stored and isinstance(stored.value, str) else ""


def folded(text: str) -> str:
    """Without case and accents, so that "amelie" finds "Amélie"."""
    cased = text.casefold()
    if cased.isascii():
        return cased.strip()
    apart = unicodedata.normalize("NFKD", cased)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).strip()


def _without_article(title: str) -> str:
    return re.sub(r"^(the|an?)\s+(?=\S)", "", title, flags=re.IGNORECASE)


def _write_claims(connection: Connection, before: Mapping[str, IdClaim], item: MediaItem) -> None:
    for id_type, claim in before.items():
        if id_type not in item.ids or item.ids[id_type].value != claim.value:
            connection.execute(
                delete(external_ids).where(
                    external_ids.c.item_id == item.id,
                    external_ids.c.type == id_type,
                    external_ids.c.value == claim.value,
                )
            )
    rows = [_claim_row(item, id_type, claim) for id_type, claim in item.ids.items() if before.get(id_type) != claim]
    upsert(connection, external_ids, rows)


def _claim_row(item: MediaItem, id_type: str, claim: IdClaim) -> dict[str, Any]:
    return {
        "item_id": item.id,
        "type": id_type,
        "value": claim.value,
        "kind": item.kind,
        "source": claim.source,
        "alias": False,
        "live": item.deleted_at is None,
    }


def _refuse_taken(connection: Connection, item: MediaItem, claims: Mapping[str, IdClaim]) -> None:
    if item.deleted_at is not None and item.id == 0:
        return
    taken = find_by_ids(connection, item.kind, {id_type: claim.value for id_type, claim in claims.items()})
    violations = [
        Violation(f"ids.{id_type}", f"item {owner} has {id_type} {claims[id_type].value} already")
        for id_type, owner in taken.items()
        if owner != item.id
    ]
    if violations:
        raise InvalidInput(*violations, reason="ID_TAKEN")


def _write_fields(connection: Connection, pairs: Iterable[tuple[Mapping[str, FieldValue], MediaItem]]) -> None:
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
                "source": stored.source,
                "fetched_at": stored.fetched_at,
                "rule": stored.rule,
                "asked_id": stored.asked_id,
                "locked": stored.locked,
                "contributors": stored.contributors,
            }
            for field, stored in item.fields.items()
            if before.get(field) != stored
        ]
    if gone:
        connection.execute(_DROP_FIELD, gone)
    upsert(connection, field_values, rows)


def _write_vetoes(connection: Connection, before: tuple[Veto, ...], item: MediaItem) -> None:
    if item.vetoes == before:
        return
    connection.execute(delete(vetoes).where(vetoes.c.item_id == item.id))
    rows = [
        {"item_id": item.id, "field": veto.field, "provider": veto.provider, "value": encode_value(veto.value)}
        for veto in item.vetoes
    ]
    if rows:
        connection.execute(insert(vetoes), rows)


def _chunks(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
