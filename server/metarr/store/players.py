"""The players: media servers' libraries that are kept right, and the numbers by which they hear of changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import asdict, replace
from sqlalchemy import Connection, Row, delete, func, or_, select, true, update

from metarr.bell import News
from metarr.domain.consent import Consent, FieldGroup, SyncPolicy
from metarr.domain.values import Kind, Struct
from metarr.store.database import news
from metarr.store.tables import held_removals, items, player_items, players, sync_state
from metarr.store.upsert import upsert


class Player(Struct, frozen=True, kw_only=True):
    """A media server's library.

    `instance`: the program that is in session, by the name it gave itself; `session`: grows with every registration.
    `group_policies`: by group of fields, where its owner chose another policy than by default.
    `takes`: by kind the fields that it takes; `cannot_take`: by kind why it cannot take others. `tree`: its entries are
    files, which may be on a disk that is away.
    """

    id: str
    name: str
    host: str
    added_at: datetime
    seen_at: datetime
    host_version: str = ""
    adapter_version: str = ""
    instance: str = ""
    session: int = 0
    policy: SyncPolicy = SyncPolicy.UNCHOSEN
    group_policies: dict[str, str] = {}
    overwrite_edits: bool = False
    takes: dict[str, tuple[str, ...]] = {}
    cannot_take: dict[str, dict[str, str]] = {}
    reported_at: datetime | None = None
    tree: bool = False

    @property
    def source(self) -> str:
        """As what its word is stored."""
        return f"player:{self.id}"

    @property
    def consent(self) -> Consent:
        """What its owner lets Metarr do."""
        groups = {FieldGroup(group): SyncPolicy(policy) for group, policy in self.group_policies.items()}
        return Consent(policy=self.policy, groups=groups, overwrite_edits=self.overwrite_edits)

    def fields(self, kind: Kind) -> tuple[str, ...]:
        return self.takes.get(kind, ())


class Counts(Struct, frozen=True, kw_only=True):
    """How many entries a player has, and how they stand."""

    items: int = 0
    pending: int = 0
    not_taken: int = 0
    edited: int = 0
    held_removals: int = 0


def get(connection: Connection, player_id: str) -> Player | None:
    row = connection.execute(select(players).where(players.c.id == player_id)).one_or_none()
    return None if row is None else _player(row)


def everyone(connection: Connection) -> list[Player]:
    """All players, by name."""
    return [_player(row) for row in connection.execute(select(players).order_by(players.c.name, players.c.id))]


def put(connection: Connection, player: Player) -> None:
    """Keep a player as it is now."""
    upsert(connection, players, [asdict(player)])
    news(connection, News.PENDING)


def saw(connection: Connection, player_id: str, at: datetime) -> None:
    """Note when a player was last heard of."""
    connection.execute(update(players).where(players.c.id == player_id).values(seen_at=at))


def remove(connection: Connection, player_id: str) -> None:
    """Forget a player and its entries."""
    connection.execute(delete(player_items).where(player_items.c.player_id == player_id))
    connection.execute(delete(players).where(players.c.id == player_id))
    news(connection, News.PENDING)


def counts(connection: Connection) -> Mapping[str, Counts]:
    """By player, how its entries stand; those of deleted items are left out."""
    pending = player_items.c.sequence > player_items.c.acked
    query = (
        select(
            player_items.c.player_id,
            func.count(),
            func.count().filter(pending),
            func.count().filter(player_items.c.troubled),
            func.count().filter(player_items.c.edited),
        )
        .join(items, items.c.id == player_items.c.item_id)
        .where(items.c.deleted_at.is_(None))
        .group_by(player_items.c.player_id)
    )
    held_by_player = held_counts(connection)
    return {
        player_id: Counts(
            items=entries,
            pending=waiting,
            not_taken=troubled,
            edited=edited,
            held_removals=held_by_player.get(player_id, 0),
        )
        for player_id, entries, waiting, troubled, edited in connection.execute(query)
    }


def held_counts(connection: Connection) -> dict[str, int]:
    """By player, how many entries are said to be gone, and are held_by_player."""
    query = select(held_removals.c.player_id, func.count()).group_by(held_removals.c.player_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def open_counts(connection: Connection) -> Mapping[str, Counts]:
    """By player, how many entries are pending, not taken or edited, without how many there are: of 50,000 entries that
    takes long."""
    by_player: dict[str, Counts] = {}
    for name, query in _OPEN.items():
        deleted = {row[0]: row[1] for row in connection.execute(query.where(_OF_DELETED))}
        for player_id, entries in connection.execute(query):
            so_far = by_player.get(player_id, Counts())
            by_player[player_id] = replace(so_far, **{name: entries - deleted.get(player_id, 0)})
    for player_id, count in held_counts(connection).items():
        by_player[player_id] = replace(by_player.get(player_id, Counts()), held_removals=count)
    return by_player


_OF_DELETED = player_items.c.item_id.in_(select(items.c.id).where(items.c.deleted_at.is_not(None)))
_BY_PLAYER = select(player_items.c.player_id, func.count()).group_by(player_items.c.player_id)
_ODD = or_(player_items.c.troubled == true(), player_items.c.edited == true())
_OPEN = {
    "pending": _BY_PLAYER.where(player_items.c.sequence > player_items.c.acked),
    "not_taken": _BY_PLAYER.where(_ODD, player_items.c.troubled == true()),
    "edited": _BY_PLAYER.where(_ODD, player_items.c.edited == true()),
}


# The numbers of changes


def store_id(connection: Connection) -> str:
    """Names this store: sequences of another one, such as the one before a restored backup, say nothing here."""
    return str(connection.execute(select(sync_state.c.store_id)).scalar_one())


def last_sequence(connection: Connection) -> int:
    """The last sequence that was issued, 0: none."""
    return int(connection.execute(select(sync_state.c.last_sequence)).scalar_one())


def issue(connection: Connection, count: int) -> int:
    """Issue so many sequences in a row and return the first. To be called in a write transaction: writers take turns,
    so a greater sequence is never committed before a smaller one."""
    last = last_sequence(connection)
    connection.execute(update(sync_state).values(last_sequence=last + count))
    news(connection, News.PENDING)
    return last + 1


def _player(row: Row[Any]) -> Player:
    columns = dict(row._mapping)  # noqa: SLF001 (the public way to a row's columns by name)
    return Player(**{**columns, "policy": SyncPolicy(columns["policy"])})
