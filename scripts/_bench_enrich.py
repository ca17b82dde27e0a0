"""Cold enrichment against simulated providers, beside what a plain client of the same addresses does."""

import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from _environment import ROOT

if TYPE_CHECKING:
    from metarr.app import Services
    from metarr.store.database import Database

PROVIDERS = ("fanart", "omdb", "tmdb", "tvdb")
DETAILS = {"fanart": "movies", "omdb": "id", "tmdb": "movie", "tvdb": "movie"}
LATENCY = 0.05
THREADS = 64
MOVIES = 1000
MOVIES_HUNG = 5000
SLOW = 5.0
"""Seconds. Those few that find out that a provider answers nobody wait 15 for it; they are counted, and the rate is of
the first 99 in 100 movies, for what is asked is whether the others have to wait."""
APPEND = "credits,images,videos,external_ids,release_dates,keywords,translations,alternative_titles"


class Providers:
    """The simulators in a process of their own, each answering after 50 ms and without limits."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.base_urls: Mapping[str, str] = told["base_urls"]
        self.keys: Mapping[str, str] = told["keys"]
        self._control: str = told["control"]

    def control(self, method: str, **arguments: Any) -> Any:
        import requests

        answer = requests.post(f"{self._control}/{method}", json=arguments, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def counts(self, provider: str, of: str = "endpoints") -> Mapping[str, int]:
        """How many requests it got, by endpoint or, with `of` "statuses", by how they were answered."""
        import requests

        answer = requests.get(f"{self._control}/counts", timeout=30)
        answer.raise_for_status()
        counted: Mapping[str, int] = answer.json()["counts"][provider][of]
        return counted


@contextmanager
def providers() -> Iterator[Providers]:
    command = [sys.executable, "-m", "simulators", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT / "tests", stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        running = Providers(json.loads(process.stdout.readline()))
        for provider in PROVIDERS:
            running.control("set_latency", provider=provider, seconds=LATENCY)
        yield running
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def services_over(running: Providers) -> "Iterator[tuple[Services, Database]]":
    """Metarr's services over an empty database of their own, with the four providers at any pace."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from metarr.app import build
    from metarr.clock import SystemClock
    from metarr.providers.registry import discover
    from metarr.secrets import Vault
    from metarr.store.database import Database

    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "metarr.db")
        database.migrate(None, clock.now())
        services = build(database, Vault(Path(folder) / "metarr.key"), clock, discover())
        try:
            for provider in PROVIDERS:
                settings = {
                    "api_key": running.keys[provider],
                    "base_url": running.base_urls[provider],
                    "requests_per_second": 1e6,
                    "daily_quota": 0,
                }
                services.providers.update(provider, True, settings)
            yield services, database
        finally:
            services.roster.close()
            database.close()


class One(NamedTuple):
    """When an item was begun and ended, in seconds of one clock, and whether anything changed."""

    begun: float
    ended: float
    changed: bool


class Run(NamedTuple):
    """One run over a library."""

    items: list[One]

    def rate(self, share: float = 1.0) -> float:
        """Items a second, of the first so many."""
        ended = sorted(one.ended for one in self.items)[: int(len(self.items) * share)]
        return len(ended) / (ended[-1] - min(one.begun for one in self.items))

    def slow(self) -> int:
        """How many took longer than `SLOW`."""
        return sum(one.ended - one.begun > SLOW for one in self.items)


@contextmanager
def metarr(running: Providers, movies: int = MOVIES) -> Iterator[Callable[[], "Run"]]:
    """Metarr's services over a library; called, they enrich all movies."""
    from metarr.clock import SystemClock
    from metarr.domain.values import Kind
    from metarr.fetch.contract import Lane
    from metarr.library.intake import NewItem
    from metarr.library.wish import Wish

    clock = SystemClock()
    with services_over(running) as (services, _):
        new = [
            NewItem(Kind.MOVIE, f"Movie {n}", 0, {"imdb": imdb(n), "tmdb": tmdb(n), "tvdb": tvdb(n)})
            for n in range(movies)
        ]
        ids = [
            taken.item.id
            for start in range(0, movies, 500)
            for taken in services.library.upsert(new[start : start + 500])
        ]

        def one(item_id: int) -> One:
            begun = time.perf_counter()
            wish = Wish(deadline=clock.monotonic() + 120, lane=Lane.BATCH)
            changed = bool(services.enricher.enrich(item_id, wish).changes)
            return One(begun, time.perf_counter(), changed)

        def run() -> Run:
            with ThreadPoolExecutor(THREADS) as pool:
                return Run(list(pool.map(one, ids)))

        yield run


def imdb(n: int) -> str:
    return f"tt9{n:07d}"


def tmdb(n: int) -> str:
    return str(1_000_000 + n)


def tvdb(n: int) -> str:
    return str(2_000_000 + n)


def plain(running: Providers) -> float:
    """Seconds that a plain pool of `requests` sessions takes for the same addresses, JSON decoded."""
    import requests

    base, keys = running.base_urls, running.keys
    token = requests.post(f"{base['tvdb']}/login", json={"apikey": keys["tvdb"]}, timeout=30).json()["data"]["token"]
    wanted: list[tuple[str, dict[str, str]]] = []
    for n in range(MOVIES):
        images = "include_image_language=en,null&language=en-US"
        wanted += [
            (f"{base['tmdb']}/movie/{tmdb(n)}?append_to_response={APPEND}&{images}&api_key={keys['tmdb']}", {}),
            (f"{base['omdb']}/?i={imdb(n)}&plot=short&r=json&apikey={keys['omdb']}", {}),
            (f"{base['fanart']}/movies/{tmdb(n)}", {"api-key": keys["fanart"]}),
            (f"{base['tvdb']}/movies/{tvdb(n)}/extended?meta=translations", {"Authorization": f"Bearer {token}"}),
        ]
    own = threading.local()

    def get(address: tuple[str, dict[str, str]]) -> None:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        answer = own.session.get(address[0], headers=address[1], timeout=30)
        answer.raise_for_status()
        answer.json()

    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(get, wanted):
            pass
    return time.perf_counter() - begun


def bench_enrich() -> Mapping[str, float]:
    """Enrich 1,000 new movies, four providers, 50 ms each, no limits; beside 64 threads of plain `requests`."""
    with providers() as running:
        with metarr(running) as enrich_all:
            run = enrich_all()
        changed = sum(one.changed for one in run.items)
        assert changed == MOVIES, f"only {changed} of {MOVIES} movies got values"
        figures = {"metarr_items_per_s": run.rate()}
        for provider, endpoint in DETAILS.items():
            figures[f"{provider}_requests_per_item"] = running.counts(provider)[endpoint] / MOVIES
        figures["plain_items_per_s"] = MOVIES / plain(running)
        figures["ratio"] = figures["metarr_items_per_s"] / figures["plain_items_per_s"]
        return figures


def bench_hung() -> Mapping[str, float]:
    """Enrich 5,000 movies while fanart.tv never answers, beside the run where it does: the first 99 in 100 of them."""
    with providers() as running:
        with metarr(running, MOVIES_HUNG) as enrich_all:
            healthy = enrich_all()
        running.control("fault", provider="fanart", name="hang")
        with metarr(running, MOVIES_HUNG) as enrich_all:
            hung = enrich_all()
        running.control("clear_faults")
    return {
        "healthy_items_per_s": healthy.rate(0.99),
        "hung_items_per_s": hung.rate(0.99),
        "ratio": hung.rate(0.99) / healthy.rate(0.99),
        "hung_items_over_5_s": hung.slow(),
    }
