"""What is counted of the providers, so that one that was stopped stays so over a restart."""

from sqlalchemy import Connection, select

from metarr.domain.brake import Brake
from metarr.store.tables import provider_brakes as table
from metarr.store.upsert import upsert


def put(connection: Connection, provider: str, brake: Brake) -> None:
    upsert(connection, table, [{"provider": provider, "brake": brake}])


def everything(connection: Connection) -> dict[str, Brake]:
    """By provider."""
    return {row.provider: row.brake for row in connection.execute(select(table))}
