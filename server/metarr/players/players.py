"""The players: who they are, what is done with what they hold, and what a choice would do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec.structs import replace

from metarr.clock import Clock
from metarr.declared import Setting, SettingType, checked_all
from metarr.domain.delivery import (
    Effect,
    FieldState,
    SyncPolicy,
    Taken,
    effect,
    not_taken,
    retry,
    takeable,
    unacknowledged,
    value_for,
)
from metarr.domain.naming import name_of
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput, NoSuchThing, Violation
from metarr.library.intake import PLAYERS
from metarr.store import items, player_entries, players
from metarr.store.database import Connection, Database
from metarr.store.player_entries import PlayerEntry
from metarr.store.players import Counts, Player

log = structlog.get_logger(__name__)

BATCH = 200
"""Entries that are read at once: memory stays flat."""

MOST_NAME = 100
"""Characters of a name."""

LEASE = timedelta(minutes=2)
"""How long another program on the same library has to be silent before its session is over by itself."""

SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is known when a player was last heard of."""


SETTINGS = (
    Setting(key="name", label="Name", help="What it is called.", maximum=MOST_NAME),
    Setting(
        key="policy",
        label="Values of its own",
        help="What is done with them: Metarr's go over them, or only where it has none.",
        type=SettingType.CHOICE,
        choices=(SyncPolicy.REPLACE, SyncPolicy.FILL),
    ),
    Setting(
        key="overwrite_edits",
        label="Overwrite edits",
        help="Whether what was changed there by hand is overwritten.",
        type=SettingType.BOOLEAN,
        default=False,
    ),
)
"""What the owner decides about a player."""


@dataclass(frozen=True)
class PlayerStanding:
    """A player and how its entries stand."""

    player: Player
    counts: Counts


@dataclass(frozen=True)
class Registered:
    """A session, and the store that its sequences are of."""

    standing: PlayerStanding
    store_id: str

    @property
    def session(self) -> str:
        """What the player is to name in its calls."""
        return _session_name(self.standing.player, self.store_id)


@dataclass(frozen=True)
class SampleWrite:
    """One value that would be written."""

    item_id: int
    title: str
    host: Any
    value: Any


@dataclass
class Effects:
    """What would become of one field of a kind: on how many entries a place is filled, a value replaced or kept."""

    filled: int = 0
    replaced: int = 0
    kept: int = 0
    samples: list[SampleWrite] = field(default_factory=list)

    def add(self, done: Effect, sample: SampleWrite, most: int) -> None:
        """Count one; of what would be written, so many samples are kept."""
        self.filled += done is Effect.FILLED
        self.replaced += done is Effect.REPLACED
        self.kept += done is Effect.KEPT
        if done is not Effect.KEPT and len(self.samples) < most:
            self.samples.append(sample)


@dataclass
class Preview:
    """What a policy would do. `waiting`: entries that no provider was asked about yet."""

    items: int = 0
    changed_items: int = 0
    waiting: int = 0
    effects: dict[tuple[Kind, str], Effects] = field(default_factory=dict)


class Players:
    """The players that are known."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def register(self, wanted: Player, *, take_over: bool) -> Registered:
        """Begin a session; the player's former one ends.

        Raises CannotDo (`PLAYER_IN_USE`) where another program on the same library is in session.
        """
        now = self._clock.now()
        with self._database.begin() as connection:
            before = players.get(connection, wanted.id)
            if before is not None and not take_over and _in_use(before, wanted, now):
                why = f"another program keeps the library {before.name!r} in sync; only one of them may"
                raise CannotDo(why, reason="PLAYER_IN_USE")
            player = replace(
                wanted,
                # The owner may have found a better one.
                name=before.name if before else wanted.name,
                session=before.session + 1 if before else 1,
                policy=before.policy if before else SyncPolicy.UNCHOSEN,
                overwrite_edits=before.overwrite_edits if before else False,
                added_at=before.added_at if before else now,
                seen_at=now,
                reported_at=before.reported_at if before else None,
            )
            players.put(connection, player)
            if before is not None:
                _wake_grown(connection, before, player)
            counts = players.counts(connection).get(player.id, Counts())
            log.info("player_registered", player=player.id, session=player.session, host=player.host)
            return Registered(PlayerStanding(player, counts), players.store_id(connection))

    def everyone(self) -> list[PlayerStanding]:
        """All players, by name."""
        with self._database.read() as connection:
            counts = players.counts(connection)
            return [PlayerStanding(each, counts.get(each.id, Counts())) for each in players.everyone(connection)]

    def update(self, player_id: str, wanted: Mapping[str, Any]) -> PlayerStanding:
        """Change how a player is treated. Raises NoSuchThing, and InvalidInput with a violation per wrong setting."""
        values, wrong = checked_all(SETTINGS, wanted, path="", may_go=False)
        if wrong:
            raise InvalidInput(*wrong)
        with self._database.begin_durably() as connection:
            before = named(connection, player_id)
            after = replace(before, **values | {"policy": SyncPolicy(values.get("policy", before.policy))})
            players.put(connection, after)
            if after.policy is not before.policy:
                # What stayed because it was the player's own is looked at again.
                _again(connection, after, frozenset({Taken.KEPT}), edits=False)
            if before.policy is SyncPolicy.UNCHOSEN and after.policy is not SyncPolicy.UNCHOSEN:
                _wake_waiting(connection, after)
            if after.overwrite_edits and not before.overwrite_edits:
                _again(connection, after, frozenset({Taken.EDITED}), edits=True)
            return PlayerStanding(after, players.counts(connection).get(player_id, Counts()))

    def remove(self, player_id: str) -> int:
        """Forget a player, and delete the items that only it had. Returns how many. Raises NoSuchThing."""
        with self._database.begin_durably() as connection:
            player = named(connection, player_id)
            had = player_entries.items_of(connection, player_id)
            players.remove(connection, player_id)
            player_entries.forget_statements(connection, player)
            gone = release(connection, had, self._clock.now())
        log.info("player_removed", player=player_id, items=gone)
        return gone

    def preview(self, player_id: str, policy: SyncPolicy, samples: int) -> Preview:
        """What would be written under a policy, as far as it was reported what the player holds. Raises NoSuchThing."""
        preview = Preview()
        for player, batch in self._batches(player_id):
            with self._database.read() as connection:
                by_id = items.get_many(connection, [entry.item_id for entry in batch])
            for entry in batch:
                item, takes = by_id[entry.item_id], takeable(entry.kind, player.fields(entry.kind))
                preview.items += 1
                preview.waiting += item.last_enriched_at is None
                changed = False
                for name in takes:
                    state = entry.states.get(name, FieldState())
                    value = value_for(item, name, takes, state)
                    done = effect(name, value, state, policy=policy, overwrite_edits=player.overwrite_edits)
                    if done is Effect.NONE:
                        continue
                    counted = preview.effects.setdefault((entry.kind, name), Effects())
                    counted.add(done, SampleWrite(item.id, name_of(item), state.host, value), samples)
                    changed = changed or done is not Effect.KEPT
                preview.changed_items += changed
        return preview

    def resend(self, player_id: str, keys: Collection[str], fields: Collection[str]) -> int:
        """Have values written again, whatever the player holds; no `fields`: whatever was not taken.

        Returns of how many entries. Raises NoSuchThing for an unknown player or entry; InvalidInput for a field that
        an entry's kind does not take.
        """
        with self._database.begin() as connection:
            player = named(connection, player_id)
            entries = player_entries.by_keys(connection, player_id, keys)
            for place, key in enumerate(keys):
                if key not in entries:
                    why = f"the player has no entry {key[:60]!r}"
                    raise NoSuchThing(f"host_keys[{place}]", why, reason="ENTRY_NOT_FOUND")
            by_id = items.get_many(connection, [entry.item_id for entry in entries.values()])
            woken = []
            for entry in entries.values():
                item, takes = by_id[entry.item_id], takeable(entry.kind, player.fields(entry.kind))
                _refuse_untaken(entry.kind, fields, takes)
                force = fields or [refusal.field for refusal in not_taken(item, entry.states, takes)]
                if force:
                    after = replace(entry, states=retry(entry.states, (), force=force))
                    player_entries.save(connection, after)
                    woken.append(after)
            player_entries.wake(connection, woken)
            return len(woken)

    def wake_due(self, fields: Collection[str]) -> None:
        """Have players hear of what they have not acknowledged of these fields, as when these begin to wake them."""
        for standing in self.everyone():
            for player, batch in self._batches(standing.player.id):
                with self._database.begin() as connection:
                    by_id = items.get_many(connection, [entry.item_id for entry in batch])
                    due = [
                        entry
                        for entry in batch
                        if not entry.pending
                        and unacknowledged(
                            by_id[entry.item_id],
                            entry.states,
                            set(takeable(entry.kind, player.fields(entry.kind))).intersection(fields),
                        )
                    ]
                    player_entries.wake(connection, due)

    def _batches(self, player_id: str) -> Iterable[tuple[Player, list[PlayerEntry]]]:
        """The entries of a player, batch after batch, each read in a transaction of its own."""
        after = 0
        while True:
            with self._database.read() as connection:
                player = named(connection, player_id)
                batch = player_entries.page(connection, player_id, after_id=after, limit=BATCH)
            if not batch:
                return
            yield player, batch
            after = batch[-1].id


def named(connection: Connection, player_id: str) -> Player:
    """The player. Raises NoSuchThing."""
    player = players.get(connection, player_id)
    if player is None:
        raise NoSuchThing("player_id", f"there is no player {player_id[:80]!r}", reason="PLAYER_NOT_FOUND")
    return player


def in_session(connection: Connection, player_id: str, session: str) -> Player:
    """The player, in its last session.

    Raises NoSuchThing; CannotDo where it registered since (`SESSION_ENDED`), and where the session was of another store
    (`STORE_CHANGED`), as a restored backup counts its sessions from an earlier one on.
    """
    player = named(connection, player_id)
    store_id = players.store_id(connection)
    of_store = session.partition("-")[2]
    if of_store and not store_id.startswith(of_store):
        why = "the session was of another store than this one; register and report the library again"
        raise CannotDo(why, reason="STORE_CHANGED")
    if session != _session_name(player, store_id):
        why = "the session ended, for the player was registered again; only the last session may go on"
        raise CannotDo(why, reason="SESSION_ENDED")
    return player


def _session_name(player: Player, store_id: str) -> str:
    return f"{player.session}-{store_id[:8]}"


def release(connection: Connection, item_ids: Collection[int], now: datetime) -> int:
    """Delete those of the items, and of what they belong to, that came from players and that no player has any more.

    Returns how many.
    """
    concerned = [*item_ids, *items.ancestors(connection, item_ids)]
    return len(items.soft_delete(connection, player_entries.abandoned(connection, concerned), now, by=PLAYERS))


def _in_use(before: Player, wanted: Player, now: datetime) -> bool:
    # A clock that was put back says nothing of how long it was silent; whoever is there is noted anew.
    return before.instance != wanted.instance and abs(now - before.seen_at) < LEASE


def _wake_grown(connection: Connection, before: Player, after: Player) -> None:
    """Have entries of the kinds of which the player takes more fields hear of everything."""
    grown = {kind for kind, fields in after.takes.items() if not set(fields) <= set(before.takes.get(kind, ()))}
    last = 0
    while grown and (batch := player_entries.page(connection, after.id, after_id=last, limit=BATCH)):
        player_entries.wake(connection, [entry for entry in batch if entry.kind in grown])
        last = batch[-1].id


def _wake_waiting(connection: Connection, player: Player) -> None:
    """Have who watches hear of what was kept back until now."""
    last = 0
    while batch := player_entries.page(connection, player.id, pending=True, after_id=last, limit=BATCH):
        player_entries.wake(connection, batch)
        last = batch[-1].id


def _again(connection: Connection, player: Player, outcomes: frozenset[Taken], *, edits: bool) -> None:
    """Have sent again what was not taken for these reasons, and with `edits` what was changed there by hand."""
    last = 0
    while batch := player_entries.page(connection, player.id, after_id=last, limit=BATCH):
        for entry in batch:
            states = retry(
                entry.states, outcomes, force=[name for name, state in entry.states.items() if edits and state.edited]
            )
            if states != entry.states:
                player_entries.save(connection, player_entries.woken(connection, replace(entry, states=states)))
        last = batch[-1].id


def _refuse_untaken(kind: Kind, fields: Collection[str], takes: Collection[str]) -> None:
    wrong = [
        Violation(f"fields.{name[:60]}", f"the player takes no such field of a {kind}; it takes {', '.join(takes)}")
        for name in fields
        if name not in takes
    ]
    if wrong:
        raise InvalidInput(*wrong)
