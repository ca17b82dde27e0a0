"""The pages beside the methods that they ask, and beside bare SQL: processor time of each, and what a browser loads."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING, Any

import _bench_jobs
from _bench_enrich import providers, services_over

if TYPE_CHECKING:
    import requests
    from werkzeug.test import Client

ITEMS = 50_000
BATCHES, REPEATS = 8, 10
HANGING, LOOKS = 16, 9
SILENCE = 12.0
"""Seconds."""

RULES = (
    "ConfigService/GetFieldAuthorities",
    "ConfigService/ListFields",
    "ConfigService/ListProviders",
    "SyncService/ListPlayers",
)
PAGES: Mapping[str, tuple[str, ...]] = {
    "/library": ("LibraryService/ListItems", "LibraryService/GetLibrarySummary"),
    "/health": ("HealthService/GetHealth", "HealthService/ListNotices", "HealthService/ListUsage"),
    "/providers": ("ConfigService/ListProviders", "ConfigService/GetFieldAuthorities"),
    "/providers/tmdb": ("ConfigService/ListProviders",),
    "/authorities": RULES,
    "/authorities/movie/plot": RULES,
    "/item/1": (
        "LibraryService/GetItem",
        "ConfigService/ListFields",
        "ConfigService/ListProviders",
        "EnrichmentService/ListChangeSets",
        "SyncService/ListPlayers",
        "ConfigService/GetSettings",
    ),
    "/item/1/artwork/poster": ("LibraryService/GetItem", "LibraryService/ListArtwork", "ConfigService/ListFields"),
    "/jobs": ("EnrichmentService/ListJobs",),
    "/settings": ("ConfigService/GetSettings",),
}
"""By page the methods that it asks, to be asked over JSON."""

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "LibraryService/GetItem": {"itemId": "1", "explain": True},
    "LibraryService/ListArtwork": {"itemId": "1", "field": "poster", "pageSize": 60},
    "ConfigService/ListFields": {"kind": "MEDIA_KIND_MOVIE", "pageSize": 200},
    "EnrichmentService/ListChangeSets": {"itemId": "1", "pageSize": 10},
}
"""What they are asked; nothing, where nothing stands here."""


def bench_web() -> Mapping[str, float]:
    """Each page of a library of 50,000 items."""
    from sqlalchemy import Engine, event
    from werkzeug.test import Client
    from werkzeug.wrappers import Response

    from metarr.app import servicers
    from metarr.clock import SystemClock
    from metarr.library.wish import Wish
    from metarr.rpc.doors.closing import Closing
    from metarr.rpc.doors.http import HttpServer, application
    from metarr.rpc.doors.local import LocalDoor
    from metarr.web.app import pages

    figures: dict[str, float] = {}
    said: list[Said] = []
    event.listen(Engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    with providers() as running, services_over(running) as (services, database):
        _bench_jobs.add(services, range(ITEMS))
        clock = SystemClock()
        services.enricher.enrich(1, Wish(deadline=clock.monotonic() + 60))
        served = servicers(services, clock)
        web = pages(LocalDoor(served, clock, Closing()))
        client = Client(application(served, bound="127.0.0.1", web=web), Response)
        client.post("/jobs", data={"request_id": "bench"}, base_url="http://127.0.0.1")
        for path, methods in PAGES.items():
            page = _milliseconds(lambda path=path: _get(client, path))
            asked = sum(_milliseconds(lambda method=method: _call(client, method)) for method in methods)
            said.clear()
            _get(client, path)
            sql = _in_bare_sql(str(database.path), list(said))
            name = _name(path)
            figures |= {f"{name}_cpu_ms": page, f"{name}_rpc_cpu_ms": asked, f"{name}_ratio": page / asked}
            figures[f"{name}_sql_cpu_ms"] = sql
        for path in PAGES:
            figures |= _loaded(client, path)
        server = HttpServer(served, web=web)
        server.start()
        running.control("set_latency", provider="tmdb", seconds=SILENCE)
        figures |= _while_refreshes_hang(f"http://127.0.0.1:{server.port}")
        server.stop()
    return figures


Said = tuple[str, Any]
"""A statement, and what is filled in."""


def _in_bare_sql(path: str, said: Iterable[Said]) -> float:
    """What the statements of a page take by themselves, with their rows read and nothing made of them."""

    asked = [each for each in said if each[0].startswith(("SELECT", "WITH"))]

    def run() -> None:
        for statement, values in asked:
            cursor.execute(statement, values).fetchall()

    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.cursor()
        return _milliseconds(run)


def _while_refreshes_hang(url: str) -> Mapping[str, float]:
    """What somebody waits for each page, in the median, while as many refreshes as tabs wait for a silent provider."""
    import requests

    enrich = f"{url}/metarr.v1.EnrichmentService/Enrich"
    with ThreadPoolExecutor(HANGING) as waiting, requests.Session() as session:
        for number in range(1, HANGING + 1):
            waiting.submit(requests.post, enrich, json={"itemId": str(number), "forceRefresh": True}, timeout=60)
        time.sleep(1.0)
        return {f"{_name(path)}_hung_ms": median(_waited(session, url + path) for _ in range(LOOKS)) for path in PAGES}


def _waited(session: "requests.Session", address: str) -> float:
    begun = time.perf_counter()
    assert session.get(address, timeout=60).status_code == 200, address
    return (time.perf_counter() - begun) * 1000


def _name(path: str) -> str:
    return path.strip("/").replace("/", "_")


def _milliseconds(action: Callable[[], object]) -> float:
    """Of the processor, for one of many: of the best batch, for others are disturbed."""
    action()
    return min(_batch(action) for _ in range(BATCHES)) / REPEATS * 1000


def _batch(action: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(REPEATS):
        action()
    return time.process_time() - begun


def _get(client: "Client", path: str) -> str:
    answer = client.get(path, base_url="http://127.0.0.1")
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def _call(client: "Client", method: str) -> None:
    answer = client.post(f"/metarr.v1.{method}", json=REQUESTS.get(method, {}), base_url="http://127.0.0.1")
    assert answer.status_code == 200, method


def _loaded(client: "Client", path: str) -> Mapping[str, float]:
    """What a browser loads that was never here: bytes as they travel, and requests; then what the page itself is."""
    files = {found.partition("#")[0] for found in re.findall(r'(?:src|href)="(/static/[^"]+)"', _get(client, path))}
    packed = {"Accept-Encoding": "gzip"}
    page, *loaded = (
        len(client.get(each, base_url="http://127.0.0.1", headers=packed).get_data()) for each in (path, *files)
    )
    name = _name(path)
    return {
        f"{name}_first_kb": (page + sum(loaded)) / 1024,
        f"{name}_first_requests": len(files) + 1,
        f"{name}_next_kb": page / 1024,
    }
