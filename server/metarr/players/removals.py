"""The guard on what players say to be gone: a disk that is away looks like a library of which very much was deleted."""

import threading
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from metarr.store import held_removals, player_entries
from metarr.store.database import Connection
from metarr.store.players import Player

log = structlog.get_logger(__name__)

MOST, SHARE = 20, 0.2
"""Entries, and which share of all of them, that may go within an hour without more ado."""

AGAIN = timedelta(hours=1)
"""How much later a player that is no tree has to say the same."""


class Removals:
    """Lets entries go, or holds them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lately: dict[str, list[tuple[datetime, int]]] = {}

    def take(
        self, connection: Connection, player: Player, keys: Collection[str], now: datetime
    ) -> tuple[list[int], int]:
        """What a player says to be gone: the items of those entries that go, and how many are held."""
        gone = held_removals.existing(connection, player.id, keys)
        if not gone:
            return [], 0
        before = held_removals.of_player(connection, player.id)
        late = [] if player.tree else [key for key in gone if key in before and now - before[key] >= AGAIN]
        rest = [key for key in gone if key not in before]
        lately = self._count(player.id, now)
        if lately + len(rest) > max(MOST, SHARE * (held_removals.entries(connection, player.id) + lately)):
            held_removals.hold(connection, player.id, rest, now)
            log.warning("removals_held", player=player.id, entries=len(rest))
            rest = []
        self._add(player.id, now, len(rest))
        going = [*late, *rest]
        held_removals.release(connection, player.id, late)
        return player_entries.remove(connection, player.id, going), len(gone) - len(going)

    def accept(self, connection: Connection, player: Player) -> tuple[list[int], int]:
        """Let go all that is held: the items, and how many entries there were."""
        keys = list(held_removals.of_player(connection, player.id))
        held_removals.release(connection, player.id, keys)
        there = held_removals.existing(connection, player.id, keys)
        return player_entries.remove(connection, player.id, there), len(there)

    def _count(self, player_id: str, now: datetime) -> int:
        """How many went within the last hour. A clock that is put back tells of none."""
        with self._lock:
            kept = [(at, count) for at, count in self._lately.get(player_id, ()) if abs(now - at) < AGAIN]
            self._lately[player_id] = kept
            return sum(count for _, count in kept)

    def _add(self, player_id: str, now: datetime, count: int) -> None:
        if count:
            with self._lock:
                self._lately.setdefault(player_id, []).append((now, count))
