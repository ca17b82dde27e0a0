"""A daemon killed without warning while two hundred items are being enriched."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

import pytest

from harness import PROVIDERS, dump, settings_for
from kills import killing
from metarr.rpc.client import Client, RpcFailure
from metarr.store.database import Database
from simulators import Simulators, generated_movie

pytestmark = pytest.mark.e2e

ITEMS = 200
EARLY = 40
"""Requests after which a kill may come before the first item is done."""
DETAILS = {"fanart": "movies", "omdb": "id", "tmdb": "movie", "tvdb": "movie"}
"""By provider the kind of request that asks about a title."""


@contextmanager
def daemon(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """`metarr serve` in a process of its own, ended at the end whatever became of it."""
    command = [sys.executable, "-m", "metarr.cli", "serve", "--data-dir", str(data_dir), "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None
        with Client(address[0], 30) as client:
            yield process, client
    finally:
        process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def enrich(client: Client, item_id: str) -> bool:
    """Whether the daemon lived to answer."""
    try:
        client.call("EnrichmentService", "Enrich", {"itemId": item_id})
    except RpcFailure as failure:
        if failure.code not in ("UNAVAILABLE", "CANCELLED", "UNKNOWN"):
            raise
        return False
    return True


def asked(simulators: Simulators) -> Counter[tuple[str, str]]:
    """How often each provider was asked about each title."""
    return Counter(
        (request.provider, f"{request.path}?{request.query.get('i', '')}")
        for request in simulators.requests()
        if request.endpoint == DETAILS[request.provider]
    )


@pytest.mark.parametrize("after", [EARLY, 333])
def test_what_was_stored_is_whole_and_is_never_asked_for_again(tmp_path: Path, after: int) -> None:
    kill(tmp_path, after)


def kill(folder: Path, after: int) -> None:
    """Kill a daemon after so many requests, and go on with another one."""
    with Simulators() as simulators:
        with daemon(folder) as (process, client):
            for provider in PROVIDERS:
                request = {"providerId": provider, "settings": settings_for(simulators, provider)}
                client.call("ConfigService", "UpdateProvider", {**request, "updateMask": "settings"})
            wanted = [
                {
                    "kind": "MEDIA_KIND_MOVIE",
                    "title": movie.title,
                    "ids": [
                        {"type": "imdb", "value": movie.imdb},
                        {"type": "tmdb", "value": str(movie.tmdb)},
                        {"type": "tvdb", "value": str(movie.tvdb)},
                    ],
                }
                for movie in map(generated_movie, range(ITEMS))
            ]
            results = client.call("LibraryService", "UpsertItems", {"items": wanted})["results"]
            ids = [result["item"]["id"] for result in results]
            enough = killing(simulators, process, lambda: sum(asked(simulators).values()) >= after)
            with enough, ThreadPoolExecutor(16) as pool:
                done = list(pool.map(lambda item_id: enrich(client, item_id), ids))
        assert not all(done), "it was killed too late to prove anything"

        database = Database(folder / "metarr.db")
        assert database.problems() == ()
        database.close()
        enriched = whole(folder / "metarr.db")
        confirmed = {int(item_id) for item_id, answered in zip(ids, done, strict=True) if answered}
        assert confirmed <= enriched, "what was answered is durable"
        assert confirmed or after == EARLY
        stored = len(dump(folder / "metarr.db", ["provider_answers"])["provider_answers"])
        simulators.clear_requests()

        with daemon(folder) as (_, client), ThreadPoolExecutor(16) as pool:
            assert all(pool.map(lambda item_id: enrich(client, item_id), ids))
            health = client.call("HealthService", "GetHealth", {})
        assert health["items"] == ITEMS
        assert not health.get("pendingItems")
        again = asked(simulators)
        assert max(again.values(), default=1) == 1
        assert sum(again.values()) == len(PROVIDERS) * ITEMS - stored


def whole(path: Path) -> set[int]:
    """The items that are enriched: with everything that belongs to it each, or not at all."""
    with closing(connect(path)) as connection:
        enriched, recorded, valued = (
            {row[0] for row in connection.execute(query)}
            for query in (
                "SELECT id FROM items WHERE last_enriched_at IS NOT NULL",
                "SELECT item_id FROM change_sets WHERE cause = 'enrich'",
                """SELECT item_id FROM field_values WHERE source != '["import"]'""",
            )
        )
    assert enriched == recorded == valued
    assert len(enriched) < ITEMS
    return enriched
