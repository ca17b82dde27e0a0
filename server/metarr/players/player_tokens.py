"""Tokens of players that were let in: per player, listed, revocable. They outlive the daemon, unlike `Grants`."""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from metarr.clock import Clock
from metarr.errors import NoSuchThing
from metarr.store import player_tokens
from metarr.store.database import Connection, Database
from metarr.store.player_tokens import PlayerToken

log = structlog.get_logger(__name__)


class PlayerTokens:
    """The tokens that open what their player needs. Thread-safe.

    The digests are kept in memory, too: a door asks with every request, before it has read it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._subjects = self._read()

    def give(self, player_id: str, name: str) -> tuple[str, PlayerToken]:
        """A new token for a player, beside those that it has: two programs may work on one library."""
        token = secrets.token_urlsafe(32)
        made = PlayerToken(
            id=secrets.token_hex(4),
            player_id=player_id,
            name=name,
            digest=_digest(token),
            added_at=self._clock.now(),
        )
        with self._changing() as connection:
            player_tokens.add(connection, made)
        log.info("player_token_given", player=player_id, token=made.id)
        return token, made

    def listed(self, player_id: str = "") -> list[PlayerToken]:
        """The tokens of a player, or of all, the oldest first."""
        with self._database.read() as connection:
            return [each for each in player_tokens.everyone(connection) if player_id in ("", each.player_id)]

    def revoke(self, token_id: str) -> None:
        """Make a token void. Raises NoSuchThing."""
        with self._changing() as connection:
            if not player_tokens.remove(connection, token_id):
                why = f"there is no token {token_id[:40]!r} of a player"
                raise NoSuchThing("token_id", why, reason="TOKEN_NOT_FOUND")
        log.info("player_token_revoked", token=token_id)

    def revoke_all(self, player_id: str) -> None:
        """Make every token of a player void."""
        with self._changing() as connection:
            player_tokens.remove_of(connection, player_id)

    def subject(self, token: str) -> str | None:
        """The player that a token stands for; None: it is none. How long that takes tells of a digest at most, from
        which no token can be found."""
        return self._subjects.get(_digest(token))

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self._lock:
            with self._database.begin_durably() as connection:
                yield connection
            self._subjects = self._read()

    def _read(self) -> dict[str, str]:
        with self._database.read() as connection:
            return {each.digest: each.player_id for each in player_tokens.everyone(connection)}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
