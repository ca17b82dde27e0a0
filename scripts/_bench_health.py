"""How long it takes to tell how a large library fares."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from metarr.app import build, servicers
from metarr.clock import SystemClock
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.store.database import Database
from metarr.v1.health_service_pb2 import GetHealthRequest


def bench_health() -> Mapping[str, float]:
    """GetHealth at 50,000 items of which nobody was asked yet, with a player that has them all: CPU time a call."""
    clock, calls = SystemClock(), 20
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "metarr.db")
        database.migrate(None, clock.now())
        services = build(database, Vault(Path(folder) / "metarr.key"), clock, discover())
        services.providers.update("omdb", None, {"api_key": "0123abcd"})
        fill(database, 50_000)
        servicer = servicers(services, clock).health
        servicer.GetHealth(GetHealthRequest(), None)
        begun = time.process_time()
        for _ in range(calls):
            servicer.GetHealth(GetHealthRequest(), None)
        spent = time.process_time() - begun
        services.roster.close()
        database.close()
    return {"cpu_ms": spent / calls * 1000}


def fill(database: Database, size: int) -> None:
    """Movies that were never enriched, and a player that has each of them."""
    values = (
        "'movie', 'Title ' || n, 2000, 1, '[]', '', '[]', 1, 'Title ' || n, '2000-01-01', 'title ' || n, 'title ' || n"
    )
    columns = "kind, title, year, monitored, last_enriched_providers, fingerprint, conflicts, version"
    columns += ", shown_title, released, sort_key, search_key"
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {size})"
    entry = "player_id, host_key, host_id, kind, item_id, ids, report_id, sequence, acked, acked_change, held, troubled"
    with database.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO items ({columns}) {numbers} SELECT {values} FROM numbers")
        connection.exec_driver_sql(
            "INSERT INTO players (id, name, host, host_version, adapter_version, instance, session, policy,"
            " overwrite_edits, takes, cannot_take, added_at, seen_at)"
            " VALUES ('kodi', 'Kodi', 'kodi', '', '', '', 1, 'replace', 0, '{}', '{}', 0, 0)"
        )
        connection.exec_driver_sql(
            f"INSERT INTO player_items ({entry}, edited) "
            "SELECT 'kodi', 'key' || id, id, 'movie', id, '{}', 'r', id, id, 0, '{}', 0, 0 FROM items"
        )
