"""Tokens that reach less far than the owner's: each stands for one player, and opens what a player needs."""

import hmac
import secrets
import threading


class Grants:
    """The tokens that were given out, for as long as the daemon runs. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subjects: dict[str, str] = {}

    def issue(self, player_id: str) -> str:
        """A new token for a player; those that it had are void."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._drop(player_id)
            self._subjects[token] = player_id
        return token

    def revoke(self, player_id: str) -> None:
        """Whatever tokens a player has, they open nothing any more."""
        with self._lock:
            self._drop(player_id)

    def subject(self, token: str) -> str | None:
        """The player that a token stands for; None: it is none. Told in a time that does not depend on how much of it
        fits."""
        with self._lock:
            named = [
                player for each, player in self._subjects.items() if hmac.compare_digest(each.encode(), token.encode())
            ]
        return named[0] if named else None

    def _drop(self, player_id: str) -> None:
        self._subjects = {token: player for token, player in self._subjects.items() if player != player_id}
