"""What is pending for the players, and what they did with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from msgspec import UNSET
from msgspec.structs import replace

from metarr.clock import Clock
from metarr.domain.consent import IDS, SyncPolicy
from metarr.domain.delivery import (
    DueValue,
    FieldState,
    Refusal,
    Taken,
    acknowledged,
    day_of_the_year,
    due,
    flags,
    is_hearsay,
    not_taken,
    takeable,
    unacknowledged,
    wanted,
)
from metarr.domain.item import MediaItem, below_providers
from metarr.domain.plain import plain_value
from metarr.domain.values import Image
from metarr.errors import CannotDo, NoSuchThing
from metarr.players.images import Images, KeptImage
from metarr.players.players import SEEN_EVERY, in_session, named
from metarr.players.watch import PendingState, PendingWatch
from metarr.store import changes, items, player_entries, players
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database
from metarr.store.player_entries import PlayerEntry
from metarr.store.players import Player

log = structlog.get_logger(__name__)

MOST_OURS = 20
"""How many values that Metarr had since the last acknowledgement are told at most: the latest, and the first, for a
player that was away for long has the one that it took last."""


@dataclass(frozen=True)
class Row:
    """A pending entry with what it has to take in."""

    entry: PlayerEntry
    item: MediaItem
    due: list[DueValue]


@dataclass(frozen=True)
class Rows:
    """A page of them. `policy_needed`: nothing is told before the owner chose."""

    rows: list[Row]
    store_id: str
    policy_needed: bool = False


@dataclass(frozen=True)
class FieldAck:
    """What a player did with one value; `host`: what it read back, plain, None: nothing."""

    name: str
    outcome: Taken
    host: Any = None
    why: str = ""


@dataclass(frozen=True)
class Ack:
    """What a player did with one pending entry."""

    key: str
    sequence: int
    fields: Sequence[FieldAck] = field(default_factory=tuple)


class AckStatus:
    """What became of an acknowledgement."""

    CLEARED = "cleared"
    SUPERSEDED = "superseded"
    REPEATED = "repeated"
    GONE = "gone"


@dataclass(frozen=True)
class EntryState:
    """How an entry stands."""

    entry: PlayerEntry
    item: MediaItem
    pending: list[str]
    refusals: list[Refusal]


class Outbox:
    """What is pending for the players, until they acknowledge it."""

    def __init__(self, database: Database, images: Images, clock: Clock) -> None:
        self._database = database
        self._images = images
        self._clock = clock

    def pending(self, player_id: str, session: str, after_sequence: int, limit: int) -> Rows:
        """What a player has to take in, in the order in which it became pending.

        Raises NoSuchThing; CannotDo where this is not its last session.
        """
        self.saw(player_id, session)
        with self._database.read() as connection:
            player = in_session(connection, player_id, session)
            store_id = players.store_id(connection)
            if player.policy is SyncPolicy.UNCHOSEN:
                return Rows([], store_id, policy_needed=True)
            entries = player_entries.pending(connection, player_id, after_sequence, limit)
            by_id = items.get_many(connection, [entry.item_id for entry in entries])
            since = changes.since(connection, _marks(entries))
            rows = [
                Row(entry, by_id[entry.item_id], _due(player, entry, by_id[entry.item_id], since)) for entry in entries
            ]
            return Rows(rows, store_id)

    def ack(self, player_id: str, session: str, store_id: str, acks: Sequence[Ack]) -> list[str]:
        """Take in what a player did; one `AckStatus` for each.

        Raises NoSuchThing; CannotDo where this is not its last session, or where the sequences are of another store
        (`STORE_CHANGED`) or were never issued for the entry (`UNKNOWN_SEQUENCE`): the player is to report everything
        again then.
        """
        with self._database.begin_durably() as connection:
            player = in_session(connection, player_id, session)
            if store_id != players.store_id(connection):
                why = "the store is another one than the sequences are of; report the library again"
                raise CannotDo(why, reason="STORE_CHANGED")
            last = players.last_sequence(connection)
            for ack in acks:
                _refuse_unknown(ack, last)
            statuses = [self._ack(connection, player, ack) for ack in acks]
        self.saw(player_id, session)
        return statuses

    def _ack(self, connection: Connection, player: Player, ack: Ack) -> str:
        entry = player_entries.by_keys(connection, player.id, [ack.key]).get(ack.key)
        if entry is None:
            return AckStatus.GONE
        _refuse_unknown(ack, entry.sequence)
        if ack.sequence <= entry.acked:
            # A late one says what was there before what is known already.
            return AckStatus.REPEATED
        item = items.get_many(connection, [entry.item_id])[entry.item_id]
        latest = ack.sequence == entry.sequence
        states, takes = dict(entry.states), takeable(entry.kind, player.fields(entry.kind))
        values = wanted(item, entry.states, takes, player.consent) if latest else {}
        for each in ack.fields:
            value = values.get(each.name, UNSET)
            before, hearsay = states.get(each.name, FieldState()), is_hearsay(item, each.name)
            states[each.name] = acknowledged(before, each.outcome, each.host, value, each.why, hearsay=hearsay)
        after = replace(
            entry,
            acked=ack.sequence,
            acked_change=_last_change(connection, item.id) if latest else entry.acked_change,
            ids=dict(states[IDS].host or {}) if _read_back(ack, IDS) else entry.ids,
            states=states,
            **flags(item, states, takes, player.consent),
        )
        player_entries.save(connection, after)
        return AckStatus.CLEARED if latest else AckStatus.SUPERSEDED

    def states(
        self,
        player_id: str,
        *,
        pending: bool = False,
        troubled: bool = False,
        keys: Collection[str] = (),
        after_id: int = 0,
        limit: int = 50,
    ) -> list[EntryState]:
        """How entries of a player stand, in the order of their first report. Raises NoSuchThing."""
        with self._database.read() as connection:
            player = named(connection, player_id)
            entries = player_entries.page(
                connection, player_id, pending=pending, troubled=troubled, keys=keys, after_id=after_id, limit=limit
            )
            by_id = items.get_many(connection, [entry.item_id for entry in entries])
            return [_state(player, entry, by_id[entry.item_id]) for entry in entries]

    def of_item(self, item_id: int) -> list[tuple[Player, EntryState]]:
        """How the entries stand that are this item, with their players."""
        with self._database.read() as connection:
            entries = player_entries.whole_of_item(connection, item_id)
            item = items.get(connection, item_id) if entries else None
            if item is None:
                return []
            by_id = {player.id: player for player in players.everyone(connection)}
            return [(by_id[each.player_id], _state(by_id[each.player_id], each, item)) for each in entries]

    def image(self, player_id: str, session: str, key: str, url: str) -> KeptImage:
        """An image that the item of an entry has. Raises NoSuchThing, also for an address that is no value of it;
        CannotDo where this is not the player's last session."""
        with self._database.read() as connection:
            in_session(connection, player_id, session)
            entry = player_entries.by_keys(connection, player_id, [key]).get(key)
            item = None if entry is None else items.get(connection, entry.item_id)
        if item is None:
            raise NoSuchThing("host_key", f"the player has no entry {key[:60]!r}", reason="ENTRY_NOT_FOUND")
        if url not in _addresses(item):
            raise NoSuchThing("url", "is no image of this entry's item")
        return self._images.get(url)

    def watch(self, player_id: str, session: str, after_sequence: int, heartbeat: float) -> PendingWatch:
        """News of what is pending. Raises NoSuchThing; CannotDo where this is not the player's last session."""
        self.saw(player_id, session)
        return PendingWatch(
            self._database.bell,
            self._clock,
            partial(self.look, player_id, session),
            partial(self.saw, player_id, session),
            after_sequence=after_sequence,
            heartbeat=heartbeat,
        )

    def look(self, player_id: str, session: str) -> PendingState:
        """How what is pending is now. Raises as `watch` does."""
        with self._database.read() as connection:
            in_session(connection, player_id, session)
            return player_entries.pending_state(connection, player_id)

    def saw(self, player_id: str, session: str) -> None:
        """Note now and then that a player was heard of. Raises NoSuchThing and CannotDo as `in_session` does."""
        now = self._clock.now()
        with self._database.read() as connection:
            player = in_session(connection, player_id, session)
        if abs(now - player.seen_at) >= SEEN_EVERY:
            with self._database.begin() as connection:
                players.saw(connection, player_id, now)


def _addresses(item: MediaItem) -> set[str]:
    """Of all images that an item has."""
    values = [stored.value for stored in item.fields.values() if isinstance(stored.value, tuple)]
    return {image.url for value in values for image in value if isinstance(image, Image)}


def _refuse_unknown(ack: Ack, last: int) -> None:
    if not 0 < ack.sequence <= last:
        why = f"sequence {ack.sequence} was never issued for this entry; report the library again"
        raise CannotDo(why, reason="UNKNOWN_SEQUENCE")


def _marks(entries: Iterable[PlayerEntry]) -> dict[int, int]:
    """By item, the change-set from which on its entries have not acknowledged everything."""
    marks: dict[int, int] = {}
    for entry in entries:
        marks[entry.item_id] = min(entry.acked_change, marks.get(entry.item_id, entry.acked_change))
    return marks


def _due(
    player: Player, entry: PlayerEntry, item: MediaItem, since: Mapping[int, Iterable[ChangeSet]]
) -> list[DueValue]:
    return due(
        item,
        entry.states,
        takeable(entry.kind, player.fields(entry.kind)),
        consent=player.consent,
        since=_values_since(item, entry, since.get(item.id, ())),
    )


def _values_since(item: MediaItem, entry: PlayerEntry, change_sets: Iterable[ChangeSet]) -> dict[str, list[Any]]:
    """By field the values that Metarr had since this entry's last acknowledgement, the latest first.

    What only a player had said is left out: that it is there says nothing about who put it there.
    """
    values: dict[str, list[Any]] = {}
    past = item
    for each in change_sets:
        if each.id <= entry.acked_change:
            continue
        for change in each.changes:
            if change.old.value is not None and not any(map(below_providers, change.old.sources)):
                values.setdefault(change.field, []).append(plain_value(change.old.value))
        old = {change.field: change.old for change in each.changes}
        past = replace(past, fields={**past.fields, **old})
        if not old.keys().isdisjoint({"year", "release_date"}) and (day := day_of_the_year(past)):
            values.setdefault("release_date", []).append(day)
        if each.old_ids is not None and each.old_ids != each.new_ids:
            values.setdefault(IDS, []).append({t: claim.value for t, claim in each.old_ids.items()})
    half = MOST_OURS // 2
    return {name: since if len(since) <= MOST_OURS else since[:half] + since[-half:] for name, since in values.items()}


def _state(player: Player, entry: PlayerEntry, item: MediaItem) -> EntryState:
    takes = takeable(entry.kind, player.fields(entry.kind))
    return EntryState(
        entry=entry,
        item=item,
        pending=unacknowledged(item, entry.states, takes, player.consent) if entry.pending else [],
        refusals=not_taken(item, entry.states, takes, player.consent),
    )


def _last_change(connection: Connection, item_id: int) -> int:
    return player_entries.last_changes(connection, [item_id]).get(item_id, 0)


def _read_back(ack: Ack, name: str) -> bool:
    return any(each.name == name for each in ack.fields)
