"""The hosts that the owner added: adapters that the daemon runs."""

from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Connection, Row, delete, select

from metarr.domain.values import Struct
from metarr.store.tables import hosts
from metarr.store.upsert import upsert


class HostConfig(Struct, frozen=True, kw_only=True):
    """A host as its owner set it up. `settings`: without secrets. `sealed`: the secrets by the key of their setting, as
    a `Vault` sealed them. `works_on`: what no other host may work on. `player_id`: the player that it registers."""

    id: str
    kind: str
    name: str
    player_id: str
    added_at: datetime
    enabled: bool = True
    settings: dict[str, Any] = {}
    sealed: dict[str, str] = {}
    works_on: tuple[str, ...] = ()


def get(connection: Connection, host_id: str) -> HostConfig | None:
    row = connection.execute(select(hosts).where(hosts.c.id == host_id)).one_or_none()
    return None if row is None else _host(row)


def everyone(connection: Connection) -> list[HostConfig]:
    """All hosts, by id."""
    return [_host(row) for row in connection.execute(select(hosts).order_by(hosts.c.id))]


def put(connection: Connection, host: HostConfig) -> None:
    """Keep a host as it is now."""
    upsert(connection, hosts, [asdict(host)])


def remove(connection: Connection, host_id: str) -> None:
    connection.execute(delete(hosts).where(hosts.c.id == host_id))


def _host(row: Row[Any]) -> HostConfig:
    return HostConfig(**row._mapping)  # noqa: SLF001 (the public way to a row's columns by name)
