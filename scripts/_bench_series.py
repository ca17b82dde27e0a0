"""Series with all their episodes against simulated providers, beside what a plain client of the same addresses does."""

import resource
import statistics
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from _bench_enrich import PROVIDERS, THREADS, Providers, providers, services_over

if TYPE_CHECKING:
    from metarr.app import Services
    from metarr.store.database import Database

SERIES, SEASONS, EPISODES = 100, 8, 22
BELOW = SEASONS * (EPISODES + 1)
LANGUAGES = ("de-DE", "en-US")
BUDGET = {"fanart": 1, "omdb": 1 + SEASONS, "tmdb": len(LANGUAGES), "tvdb": 1 + len(LANGUAGES)}
"""Requests for each series; TheTVDB's logins are counted apart."""


def ids(n: int) -> dict[str, str]:
    return {"tmdb": str(3_000_000 + n), "imdb": f"tt8{n:07d}", "tvdb": str(4_000_000 + n)}


def bench_series() -> Mapping[str, float]:
    """100 series of 8 seasons of 22 episodes, in two languages: cold, then fresh; and one series paired."""
    from metarr.clock import SystemClock
    from metarr.domain.values import Kind
    from metarr.fetch.contract import Lane
    from metarr.library.intake import NewItem, NewSeries
    from metarr.library.wish import Wish

    clock = SystemClock()
    with providers() as running:
        plain_s = plain(running)
        running.control("clear_requests")
        with services_over(running) as (services, database):
            services.settings.update({"languages": list(LANGUAGES)})
            whole: list[int] = []
            for n in range(SERIES):
                given = NewSeries(f"Generated Series {n}", 1990, ids(n))
                below = [
                    NewItem(Kind.EPISODE, series=given, season=season, episode=number)
                    for season in range(1, SEASONS + 1)
                    for number in range(1, EPISODES + 1)
                ]
                series = NewItem(Kind.SERIES, given.title, given.year, ids(n))
                whole.append(services.library.upsert([series, *below])[0].item.id)

            def one(item_id: int) -> bool:
                wish = Wish(deadline=clock.monotonic() + 300, lane=Lane.BATCH)
                return bool(services.enricher.enrich(item_id, wish).changes)

            def run() -> tuple[float, int]:
                begun = time.perf_counter()
                with ThreadPoolExecutor(THREADS) as pool:
                    changed = sum(pool.map(one, whole))
                return time.perf_counter() - begun, changed

            cold_s, changed = run()
            assert changed == SERIES, f"only {changed} of {SERIES} series got values"
            requests = {provider: _requests(running, provider) / SERIES for provider in PROVIDERS}
            _, again = run()
            assert again == 0, f"{again} series changed again"
            fresh_s = fresh(services, database, whole)
    items = SERIES * (1 + BELOW)
    return {
        "cold_items_per_s": items / cold_s,
        "plain_items_per_s": items / plain_s,
        "ratio": plain_s / cold_s,
        **{f"{provider}_requests_per_series": count for provider, count in requests.items()},
        **{f"{provider}_budget_per_series": count for provider, count in BUDGET.items()},
        "fresh_items_per_s": items / fresh_s,
        "pairing_ms": pairing_ms(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def fresh(services: "Services", database: "Database", whole: list[int]) -> float:
    """Seconds in which a daily run sees that there is nothing to do at any of them, in the middle of 20 tries."""
    from metarr.asking.unchanged import Unchanged
    from metarr.store import items
    from metarr.store.jobs import JobItem

    spans = []
    with database.read() as connection:
        taken = [
            JobItem(
                id=item.id,
                kind=item.kind,
                fingerprint=item.fingerprint,
                ids=item.id_values(),
                below_due_at=item.below_due_at,
            )
            for item in items.get_many(connection, whole).values()
        ]
        for _ in range(20):
            begun = time.perf_counter()
            standing = Unchanged(services.gatherer.heard(services.config.read_in(connection)), datetime.now(UTC))
            assert len(standing.unchanged(connection, taken)) == len(whole)
            spans.append(time.perf_counter() - begun)
    return statistics.median(spans)


def _requests(running: Providers, provider: str) -> int:
    return sum(count for endpoint, count in running.counts(provider).items() if endpoint != "login")


def pairing_ms() -> float:
    """One series paired with another list of it, in the middle of 20 tries."""
    from metarr.domain.episode_lists import EpisodeEntry
    from metarr.domain.pairing import pair
    from metarr.domain.values import Text

    def entries(provider: str) -> list[EpisodeEntry]:
        return [
            EpisodeEntry(
                id=f"{provider}:{season}/{number}",
                season=season,
                number=number,
                titles=(Text(value=f"The Way to {season} and {number} Hills", language="en"),),
                day=f"{1990 + season}-{1 + number // 28:02}-{1 + number % 28:02}",
            )
            for season in range(1, SEASONS + 1)
            for number in range(1, EPISODES + 1)
        ]

    spans = []
    for _ in range(20):
        ours, theirs = entries("tvdb"), entries("tmdb")
        begun = time.perf_counter()
        assert len(pair(ours, theirs).pairs) == SEASONS * EPISODES
        spans.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spans)


def plain(running: Providers) -> float:
    """Seconds that a plain pool of `requests` sessions takes for as many addresses of the same kinds, JSON decoded."""
    import requests

    base, keys = running.base_urls, running.keys
    token = requests.post(f"{base['tvdb']}/login", json={"apikey": keys["tvdb"]}, timeout=30).json()["data"]["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    seasons = ",".join(f"season/{season}" for season in range(1, SEASONS + 1))
    sections = "aggregate_credits,images,videos,external_ids,content_ratings,keywords,translations,alternative_titles"
    wanted: list[tuple[str, dict[str, str]]] = []
    for n in range(SERIES):
        own = ids(n)
        tmdb, tvdb = f"{base['tmdb']}/tv/{own['tmdb']}?api_key={keys['tmdb']}", f"{base['tvdb']}/series/{own['tvdb']}"
        wanted += [(f"{base['fanart']}/tv/{own['tvdb']}", {"api-key": keys["fanart"]})]
        wanted += [
            (f"{tmdb}&append_to_response={appended}&language={language}", {})
            for language, appended in zip(LANGUAGES, (f"{sections},{seasons}", seasons), strict=True)
        ]
        wanted += [(f"{tvdb}/extended?meta=translations", bearer)]
        wanted += [(f"{tvdb}/episodes/official{language}?page=0", bearer) for language in ("", "/deu")]
        omdb = f"{base['omdb']}/?i={own['imdb']}&r=json&apikey={keys['omdb']}"
        wanted += [(omdb, {}), *((f"{omdb}&Season={season}", {}) for season in range(1, SEASONS + 1))]
    local = threading.local()

    def get(address: tuple[str, dict[str, str]]) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        answer = local.session.get(address[0], headers=address[1], timeout=60)
        if "fanart" not in address[0]:
            answer.raise_for_status()
        answer.json()

    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(get, wanted):
            pass
    return time.perf_counter() - begun
