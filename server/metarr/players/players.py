"""The players: who they are, what is done with what they hold, and what a choice would do."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec.structs import replace

from metarr.clock import Clock
from metarr.declared import Setting, SettingType, checked_all
from metarr.domain.consent import WHOLE, FieldGroup, SyncPolicy, choices, group_of
from metarr.domain.delivery import Effect, FieldState, Taken, effects, flags, not_taken, retry, takeable, unacknowledged
from metarr.domain.item import MediaItem
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

_NO_GROUPS: Mapping[FieldGroup, SyncPolicy] = {}

SETTINGS = (
    Setting(key="name", label="Name", help="What it is called.", maximum=MOST_NAME),
    Setting(
        key="policy",
        label="Values of its own",
        help="What is done with them: Metarr's go over them, or only where it has none.",
        type=SettingType.CHOICE,
        choices=WHOLE,
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
    """What would become of one field of a kind: on how many entries a place is filled, a value replaced or kept, and
    something added beside one."""

    filled: int = 0
    replaced: int = 0
    added: int = 0
    kept: int = 0
    samples: list[SampleWrite] = field(default_factory=list)

    def add(self, done: Effect, sample: SampleWrite, most: int) -> None:
        """Count one; of what would be written, so many samples are kept."""
        self.filled += done is Effect.FILLED
        self.replaced += done is Effect.REPLACED
        self.added += done is Effect.ADDED
        self.kept += done is Effect.KEPT
        if done is not Effect.KEPT and len(self.samples) < most:
            self.samples.append(sample)


@dataclass
class GroupEffects:
    """What would become of a group of fields of a kind, by entries."""

    changed: int = 0
    replaced: int = 0
    kept: int = 0

    def add(self, done: Collection[Effect]) -> None:
        """Count one entry."""
        self.changed += not {Effect.FILLED, Effect.REPLACED, Effect.ADDED}.isdisjoint(done)
        self.replaced += Effect.REPLACED in done
        self.kept += Effect.KEPT in done


@dataclass
class Preview:
    """What a policy would do. `kinds`: entries by kind; `waiting`: those that no provider was asked about yet."""

    items: int = 0
    changed_items: int = 0
    waiting: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    effects: dict[tuple[Kind, str], Effects] = field(default_factory=dict)
    groups: dict[tuple[Kind, FieldGroup], GroupEffects] = field(default_factory=dict)

    def add(self, item: MediaItem, kind: Kind, done: Iterable[tuple[str, Effect, SampleWrite]], samples: int) -> None:
        """Count one entry with what would be done to it; of what would be written, so many samples are kept."""
        self.items += 1
        self.kinds[kind] += 1
        self.waiting += item.last_enriched_at is None
        by_group: dict[FieldGroup, set[Effect]] = {}
        for name, effect, sample in done:
            self.effects.setdefault((kind, name), Effects()).add(effect, sample, samples)
            by_group.setdefault(group_of(name), set()).add(effect)
        for group, effects_ in by_group.items():
            self.groups.setdefault((kind, group), GroupEffects()).add(effects_)
        self.changed_items += any(each - {Effect.KEPT} for each in by_group.values())


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
                group_policies=before.group_policies if before else {},
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

    def update(
        self, player_id: str, wanted: Mapping[str, Any], groups: Mapping[FieldGroup, SyncPolicy] = _NO_GROUPS
    ) -> PlayerStanding:
        """Change how a player is treated. `groups`: policies for groups of fields; unchosen goes back to the default.

        Raises NoSuchThing, and InvalidInput with a violation per wrong setting.
        """
        values, wrong = checked_all(SETTINGS, wanted, path="", may_go=False)
        if wrong:
            raise InvalidInput(*wrong)
        with self._database.begin_durably() as connection:
            before = named(connection, player_id)
            after = replace(
                before,
                **values | {"policy": SyncPolicy(values.get("policy", before.policy))},
                group_policies=_with_groups(before, groups),
            )
            players.put(connection, after)
            if after.consent != before.consent:
                _look_again(connection, before, after)
            if before.policy is SyncPolicy.UNCHOSEN and after.policy is not SyncPolicy.UNCHOSEN:
                _wake_waiting(connection, after)
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

    def preview(
        self,
        player_id: str,
        policy: SyncPolicy,
        samples: int,
        groups: Mapping[FieldGroup, SyncPolicy] = _NO_GROUPS,
    ) -> Preview:
        """What would be written under a policy, with those that the player has for groups and with these. As far as it
        was reported what the player holds. Raises NoSuchThing."""
        preview = Preview()
        for player, batch in self._batches(player_id):
            consent = replace(player, policy=policy, group_policies=_with_groups(player, groups)).consent
            with self._database.read() as connection:
                by_id = items.get_many(connection, [entry.item_id for entry in batch])
            for entry in batch:
                item, takes = by_id[entry.item_id], takeable(entry.kind, player.fields(entry.kind))
                done = [
                    (name, each, _sample(item, entry, name, value))
                    for name, each, value in effects(item, entry.states, takes, consent)
                ]
                preview.add(item, entry.kind, done, samples)
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
                force = fields or [refusal.field for refusal in not_taken(item, entry.states, takes, player.consent)]
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
                        and not set(fields).isdisjoint(_unacknowledged(player, entry, by_id[entry.item_id]))
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


def _look_again(connection: Connection, before: Player, after: Player) -> None:
    """Have sent what another choice allows: what stayed because it was the player's own, what was changed there by hand
    where that is overwritten now, and what was left to the player."""
    edits = after.overwrite_edits and not before.overwrite_edits
    outcomes = {Taken.KEPT, Taken.EDITED} if edits else {Taken.KEPT}
    last = 0
    while batch := player_entries.page(connection, after.id, after_id=last, limit=BATCH):
        by_id = items.get_many(connection, [entry.item_id for entry in batch])
        for entry in batch:
            item = by_id[entry.item_id]
            force = [name for name, state in entry.states.items() if edits and state.edited]
            states = retry(entry.states, outcomes, force=force)
            takes = takeable(entry.kind, after.fields(entry.kind))
            standing = replace(entry, states=states, **flags(item, states, takes, after.consent))
            more = set(_unacknowledged(after, standing, item)).difference(_unacknowledged(before, entry, item))
            if more or states != entry.states:
                standing = player_entries.woken(connection, standing)
            if standing != entry:
                player_entries.save(connection, standing)
        last = batch[-1].id


def _sample(item: MediaItem, entry: PlayerEntry, field: str, value: Any) -> SampleWrite:
    return SampleWrite(item.id, name_of(item), entry.states.get(field, FieldState()).host, value)


def _unacknowledged(player: Player, entry: PlayerEntry, item: MediaItem) -> list[str]:
    return unacknowledged(item, entry.states, takeable(entry.kind, player.fields(entry.kind)), player.consent)


def _with_groups(player: Player, groups: Mapping[FieldGroup, SyncPolicy]) -> dict[str, str]:
    """The policies that a player has for groups, with these. Raises InvalidInput for one that a group cannot have."""
    wrong = [
        Violation(f"groups.{group}", f"{policy} is none for {group}; choose {', '.join(choices(group))}")
        for group, policy in groups.items()
        if policy and policy not in choices(group)
    ]
    if wrong:
        raise InvalidInput(*wrong)
    chosen = player.group_policies | {str(group): str(policy) for group, policy in groups.items()}
    return {group: policy for group, policy in chosen.items() if policy}


def _refuse_untaken(kind: Kind, fields: Collection[str], takes: Collection[str]) -> None:
    wrong = [
        Violation(f"fields.{name[:60]}", f"the player takes no such field of a {kind}; it takes {', '.join(takes)}")
        for name in fields
        if name not in takes
    ]
    if wrong:
        raise InvalidInput(*wrong)
