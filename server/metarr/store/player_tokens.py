"""The tokens that players were given: of what they read, only a digest is kept."""

from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy import Connection, delete, insert, select

from metarr.domain.values import Struct
from metarr.store.tables import player_tokens


class PlayerToken(Struct, frozen=True, kw_only=True):
    """A token that stands for a player. `name`: what the player called itself then; `digest`: the SHA-256 of the token,
    in hexadecimal digits."""

    id: str
    player_id: str
    name: str
    digest: str
    added_at: datetime


def everyone(connection: Connection) -> list[PlayerToken]:
    """All tokens, the oldest first."""
    rows = connection.execute(select(player_tokens).order_by(player_tokens.c.added_at, player_tokens.c.id))
    return [PlayerToken(**row._mapping) for row in rows]  # noqa: SLF001 (the public way to a row's columns by name)


def add(connection: Connection, token: PlayerToken) -> None:
    connection.execute(insert(player_tokens).values(asdict(token)))


def remove(connection: Connection, token_id: str) -> bool:
    """Whether there was such a token."""
    return connection.execute(delete(player_tokens).where(player_tokens.c.id == token_id)).rowcount > 0


def remove_of(connection: Connection, player_id: str) -> None:
    """Forget every token of a player."""
    connection.execute(delete(player_tokens).where(player_tokens.c.player_id == player_id))
