"""The entries of the players' libraries: which item each is, what it holds, and what is pending for it.

An entry is pending while its sequence is greater than the one that was acknowledged last.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import asdict, replace
from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, or_, select, update

from metarr.domain.changes import wakes
from metarr.domain.delivery import FieldState
from metarr.domain.fields import FIELDS
from metarr.domain.numbering import Number
from metarr.domain.values import Kind, Struct
from metarr.store import players
from metarr.store.chunks import chunks
from metarr.store.players import Player
from metarr.store.tables import change_sets, items, player_items, statements


class PlayerEntry(Struct, frozen=True, kw_only=True):
    """An entry of a player.

    `host_id`: the host's own number for it; another one means that the host made it anew. `ids`: as last reported.
    `report_id`: the last report of the whole library that it was in. `sequence`: of the last change that it has to hear
    of; `acked`: the last that it acknowledged; `acked_change`: the item's last change-set at that time. `troubled`,
    `edited`: it did not take something; something was changed there by hand. `season`, `number`: that it bears, of a
    season or an episode, as last reported.
    """

    player_id: str
    host_key: str
    kind: Kind
    item_id: int
    host_id: str = ""
    ids: dict[str, str] = {}
    report_id: str = ""
    sequence: int = 0
    acked: int = 0
    acked_change: int = 0
    states: dict[str, FieldState] = {}
    troubled: bool = False
    edited: bool = False
    season: int | None = None
    number: int | None = None
    id: int = 0

    @property
    def pending(self) -> bool:
        return self.sequence > self.acked


# Reading


def by_keys(connection: Connection, player_id: str, keys: Collection[str]) -> dict[str, PlayerEntry]:
    """Entries of a player by their keys; unknown keys are left out."""
    query = select(player_items).where(player_items.c.player_id == player_id)
    return {
        row.host_key: _entry(row)
        for chunk in chunks(keys)
        for row in connection.execute(query.where(player_items.c.host_key.in_(chunk)))
    }


def whole_of_item(connection: Connection, item_id: int) -> list[PlayerEntry]:
    """The entries that are this item, of all players, with what they hold."""
    query = select(player_items).where(player_items.c.item_id == item_id)
    return [_entry(row) for row in connection.execute(query.order_by(player_items.c.player_id, player_items.c.id))]


class EntryHead(NamedTuple):
    """An entry without what it holds: every enrichment that changes something looks whom to wake."""

    id: int
    player_id: str
    host_key: str
    kind: Kind
    item_id: int
    sequence: int
    acked: int

    @property
    def pending(self) -> bool:
        return self.sequence > self.acked


def of_items(connection: Connection, item_ids: Collection[int]) -> list[EntryHead]:
    """The entries that are one of these items, of all players."""
    return [
        EntryHead(*row)._replace(kind=Kind(row.kind))
        for chunk in chunks(item_ids)
        for row in connection.execute(_OF_ITEMS, {"item_ids": chunk})
    ]


def page(
    connection: Connection,
    player_id: str,
    *,
    pending: bool = False,
    troubled: bool = False,
    keys: Collection[str] = (),
    after_id: int = 0,
    limit: int = 50,
) -> list[PlayerEntry]:
    """Entries of a player whose items are not deleted, in the order of their first report."""
    query = _living(select(player_items)).where(player_items.c.player_id == player_id, player_items.c.id > after_id)
    if pending:
        query = query.where(player_items.c.sequence > player_items.c.acked)
    if troubled:
        query = query.where(or_(player_items.c.troubled, player_items.c.edited))
    if keys:
        query = query.where(player_items.c.host_key.in_(list(keys)))
    return [_entry(row) for row in connection.execute(query.order_by(player_items.c.id).limit(limit))]


def pending(connection: Connection, player_id: str, after_sequence: int, limit: int) -> list[PlayerEntry]:
    """Pending entries of a player in the order of their sequences, from that one on."""
    query = (
        _living(select(player_items))
        .where(
            player_items.c.player_id == player_id,
            player_items.c.sequence > after_sequence,
            player_items.c.sequence > player_items.c.acked,
        )
        .order_by(player_items.c.sequence)
        .limit(limit)
    )
    return [_entry(row) for row in connection.execute(query)]


def pending_state(connection: Connection, player_id: str) -> tuple[int, int]:
    """The greatest sequence of a pending entry (0: none), and how many are pending."""
    query = _living(select(func.max(player_items.c.sequence), func.count())).where(
        player_items.c.player_id == player_id, player_items.c.sequence > player_items.c.acked
    )
    greatest, count = connection.execute(query).one()
    return int(greatest or 0), int(count)


def is_reported(connection: Connection, item_id: int, number: Number, *, but: str) -> bool:
    """Whether an entry of an item bears this number; `but`: not the one of this key."""
    values = {"item_ids": [item_id], "season": number[0], "number": number[1], "but": but}
    return connection.execute(_REPORTED, values).first() is not None


def last_changes(connection: Connection, item_ids: Collection[int]) -> dict[int, int]:
    """By item, its last change-set."""
    query = select(change_sets.c.item_id, func.max(change_sets.c.id)).group_by(change_sets.c.item_id)
    return {
        item_id: int(last)
        for chunk in chunks(item_ids)
        for item_id, last in connection.execute(query.where(change_sets.c.item_id.in_(chunk))).all()
    }


# Writing


def save(connection: Connection, entry: PlayerEntry) -> None:
    """Write an entry: a new one where its `id` is 0."""
    columns = asdict(entry)
    del columns["id"]
    if entry.id:
        connection.execute(_SAVE, columns | {"at_id": entry.id})
    else:
        connection.execute(insert(player_items), columns)


def mark_reported(connection: Connection, entry_ids: Collection[int], report_id: str) -> None:
    """Note that these entries were in a report, where nothing else about them changed."""
    for chunk in chunks(entry_ids):
        connection.execute(update(player_items).where(player_items.c.id.in_(chunk)).values(report_id=report_id))


def remove(connection: Connection, player_id: str, keys: Collection[str]) -> list[int]:
    """Forget entries of a player. Returns the items that they were."""
    mine = player_items.c.player_id == player_id
    return _gone(connection, [(mine, player_items.c.host_key.in_(chunk)) for chunk in chunks(keys)])


def remove_unreported(connection: Connection, player_id: str, report_id: str) -> list[int]:
    """Forget the entries of a player that were not in a report of its whole library. Returns the items."""
    return _gone(connection, [(player_items.c.player_id == player_id, player_items.c.report_id != report_id)])


def forget_statements(connection: Connection, player: Player) -> None:
    """Forget what entries said that the player does not have any more."""
    still = exists().where(player_items.c.player_id == player.id, player_items.c.host_key == statements.c.file)
    connection.execute(delete(statements).where(statements.c.source == player.source, ~still))


def items_of(connection: Connection, player_id: str) -> list[int]:
    """The items that a player has."""
    query = select(player_items.c.item_id).where(player_items.c.player_id == player_id).distinct()
    return list(connection.execute(query).scalars())


def abandoned(connection: Connection, item_ids: Collection[int]) -> list[int]:
    """Those live items that came from players, and that, with all that is below them, no player has any more."""
    left: list[int] = []
    for chunk in chunks(item_ids):
        child, grandchild = items.alias("child"), items.alias("grandchild")
        query = select(items.c.id).where(
            items.c.id.in_(chunk),
            items.c.deleted_at.is_(None),
            items.c.origin == PLAYER,
            ~exists().where(player_items.c.item_id == items.c.id),
            ~exists().where(child.c.parent_id == items.c.id, player_items.c.item_id == child.c.id),
            ~exists().where(
                child.c.parent_id == items.c.id,
                grandchild.c.parent_id == child.c.id,
                player_items.c.item_id == grandchild.c.id,
            ),
        )
        left += connection.execute(query).scalars()
    return left


PLAYER = "player"
"""The origin of an item that came into the library because a player has it."""


def move(connection: Connection, from_id: int, to_id: int, only: Collection[int] | None = None) -> tuple[int, ...]:
    """Have the entries of one item be another one, with everything to be told to them. Returns them by id."""
    moved = [entry for entry in of_items(connection, [from_id]) if only is None or entry.id in only]
    for entry in moved:
        connection.execute(_MOVE, {"at_id": entry.id, "item_id": to_id})
    wake(connection, moved)
    return tuple(entry.id for entry in moved)


class NumberedEntry(NamedTuple):
    """An entry with the numbers that it bears; None: it was not reported with any."""

    id: int
    item_id: int
    season: int | None
    number: int | None


def numbered(connection: Connection, item_ids: Collection[int]) -> list[NumberedEntry]:
    """The entries that are one of these items, of all players."""
    return [
        NumberedEntry(*row) for chunk in chunks(item_ids) for row in connection.execute(_NUMBERED, {"item_ids": chunk})
    ]


def repoint(connection: Connection, moved: Mapping[int, int]) -> None:
    """Have entries, by their ids, be other items, with everything to be told to them. What they hold of Metarr stays
    known as that."""
    rows = [{"at_id": entry_id, "item_id": item_id} for entry_id, item_id in sorted(moved.items())]
    if rows:
        connection.execute(_MOVE, rows)
    heads = of_items(connection, set(moved.values()))
    wake(connection, [head for head in heads if head.id in moved])


# Waking


def wake(connection: Connection, entries: Sequence[PlayerEntry | EntryHead]) -> None:
    """Give entries a new sequence, so that their players hear of them."""
    if entries:
        first = players.issue(connection, len(entries))
        rows = [{"at_id": entry.id, "sequence": first + place} for place, entry in enumerate(entries)]
        connection.execute(_WAKE, rows)


def woken(connection: Connection, entry: PlayerEntry) -> PlayerEntry:
    """A new or changed entry with a new sequence; not saved."""
    return replace(entry, sequence=players.issue(connection, 1))


def wake_changed(connection: Connection, changed: Mapping[int, Collection[str]], sync_fields: Collection[str]) -> None:
    """Have players hear of changed items: by item, the names of the fields that changed.

    A field that wakes players wakes those that take it; where something is pending already, any field that they take
    gives it a new sequence, for what was told before is not true any more.
    """
    if not changed:
        return
    entries = of_items(connection, list(changed))
    by_id = {player.id: player for player in players.everyone(connection)} if entries else {}
    wake(connection, [entry for entry in entries if _concerned(entry, by_id, changed[entry.item_id], sync_fields)])


def wake_items(connection: Connection, item_ids: Collection[int]) -> None:
    """Have the players hear of items, whatever changed."""
    wake(connection, of_items(connection, item_ids))


def _concerned(
    entry: EntryHead, by_id: Mapping[str, Player], changed: Collection[str], sync_fields: Collection[str]
) -> bool:
    takes = by_id[entry.player_id].fields(entry.kind)
    return any(
        (field in takes or (field in FIELDS and FIELDS[field].shown_by in takes))
        and (entry.pending or wakes(field, sync_fields))
        for field in changed
    )


# Statements

_OF_ITEMS = select(
    player_items.c.id,
    player_items.c.player_id,
    player_items.c.host_key,
    player_items.c.kind,
    player_items.c.item_id,
    player_items.c.sequence,
    player_items.c.acked,
).where(player_items.c.item_id.in_(bindparam("item_ids", expanding=True)))
_NUMBERED = select(player_items.c.id, player_items.c.item_id, player_items.c.season, player_items.c.number).where(
    player_items.c.item_id.in_(bindparam("item_ids", expanding=True))
)
_REPORTED = _OF_ITEMS.where(
    player_items.c.season == bindparam("season"),
    player_items.c.number == bindparam("number"),
    player_items.c.host_key != bindparam("but"),
)
_SAVE = (
    update(player_items)
    .where(player_items.c.id == bindparam("at_id"))
    .values({column.key: bindparam(column.key) for column in player_items.c if column.key != "id"})
)
_WAKE = update(player_items).where(player_items.c.id == bindparam("at_id")).values(sequence=bindparam("sequence"))
_MOVE = update(player_items).where(player_items.c.id == bindparam("at_id")).values(item_id=bindparam("item_id"))


def _living(query: Any) -> Any:
    return query.select_from(player_items.join(items, items.c.id == player_items.c.item_id)).where(
        items.c.deleted_at.is_(None)
    )


def _gone(connection: Connection, conditions: Iterable[Sequence[Any]]) -> list[int]:
    item_ids: list[int] = []
    for condition in conditions:
        item_ids += connection.execute(select(player_items.c.item_id).where(*condition)).scalars()
        connection.execute(delete(player_items).where(*condition))
    return item_ids


def _entry(row: Row[Any]) -> PlayerEntry:
    columns = dict(zip(player_items.c.keys(), row, strict=True))
    return PlayerEntry(**{**columns, "kind": Kind(columns["kind"])})
