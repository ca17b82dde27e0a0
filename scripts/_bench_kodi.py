"""The add-ons in a real Kodi: scanning through the scraper, taking in changes, an unchanged library, how fast they are
there, what they cost idle."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _environment import ROOT

if TYPE_CHECKING:
    from kodi_home import Home

MOVIES = 1_000
IDLE = 20.0
"""Seconds over which Kodi's processor time is measured."""
CALLS, TOGETHER = 200, 50
SCRAPED = 500
LATENCY = 0.05
"""Seconds that a provider takes while Kodi scans through the scraper."""
PATIENCE = 600.0

_IN_KODI = """
import json, time, xbmc
def call(*requests):
    asked = [{"jsonrpc": "2.0", "id": place, "method": "VideoLibrary.SetMovieDetails", "params": params}
             for place, params in enumerate(requests)]
    answer = json.loads(xbmc.executeJSONRPC(json.dumps(asked if len(asked) > 1 else asked[0])))
    assert "error" not in json.dumps(answer)[:200], answer
numbers = json.loads(xbmc.executeJSONRPC(json.dumps(
    {"jsonrpc": "2.0", "id": 1, "method": "VideoLibrary.GetMovies"})))["result"]["movies"][:CALLS]
def params(text):
    return [{"movieid": movie["movieid"], "tagline": text} for movie in numbers]
begun = time.perf_counter()
for each in params("one by one"):
    call(each)
alone = time.perf_counter() - begun
begun = time.perf_counter()
for start in range(0, len(numbers), TOGETHER):
    call(*params("together")[start:start + TOGETHER])
result = [alone, time.perf_counter() - begun]
"""

_FIRST_MENU = """
import json, time, xbmc
begun = time.perf_counter()
xbmc.executeJSONRPC(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "Files.GetDirectory",
                                "params": {"directory": "plugin://script.metarr/", "media": "files"}}))
result = time.perf_counter() - begun
"""

_IMPORT = """
import sys, time, xbmcvfs
sys.path.insert(0, xbmcvfs.translatePath("special://home/addons/script.metarr/resources/lib"))
begun = time.perf_counter()
import metarr_kodi.service
result = time.perf_counter() - begun
"""


def bench_kodi() -> Mapping[str, float]:
    """A Kodi with 1,000 movies takes in what changed on all of them; then nothing changes; then it idles."""
    with _home() as home:
        from kodi_host import simulated_movies

        kodi = home.kodi
        kodi.add_movies(*simulated_movies(MOVIES))
        kodi.scan()
        _wait(home, lambda: home.player.get("items", 0) >= MOVIES and home.player.get("reportedAt"), "the report")
        home.look_up(all=True)
        first = _taken_in(
            home,
            lambda: home.call(
                "Sync", "UpdatePlayer", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy"
            ),
        )
        change = [entry["itemId"] for entry in _entries(home)]
        again = _taken_in(home, lambda: [home.edit_item(item, plot="Another plot.") for item in change])
        written = home.written()
        reported = home.player["reportedAt"]
        kodi.rpc("JSONRPC.NotifyAll", sender="script.metarr", message="sync_now")
        _wait(home, lambda: home.player["reportedAt"] > reported, "another report")
        home.until_in_step()
        alone, together = kodi.run_python(_IN_KODI, PATIENCE, CALLS=CALLS, TOGETHER=TOGETHER)
        figures = {
            "first_ms_an_item": 1000 * first / MOVIES,
            "one_field_ms_an_item": 1000 * again / MOVIES,
            "written_unchanged": float(home.written() - written),
            "call_alone_ms": 1000 * alone / CALLS,
            "call_of_50_ms": 1000 * together / CALLS,
            "import_ms": 1000 * statistics.median(kodi.run_python(_IMPORT, 60) for _ in range(5)),
            "first_menu_ms": 1000 * statistics.median(kodi.run_python(_FIRST_MENU, 60) for _ in range(5)),
            "idle_percent": _idle_percent(home),
        }
        kodi.set_enabled("script.metarr", False)
        figures["idle_without_addon_percent"] = _idle_percent(home)
    return {**figures, **_scraped()}


def _scraped() -> Mapping[str, float]:
    """A Kodi scans 500 films through the scraper; then all pictures of each kind of some are listed."""
    with _home(scrapers=True) as home:
        from kodi_host import simulated_movies

        for provider in ("tmdb", "tvdb", "omdb", "fanart"):
            home.simulators.set_latency(provider, LATENCY)
        home.kodi.add_movies(*simulated_movies(SCRAPED), bare=True)
        before, begun = _processor_seconds(home), time.perf_counter()
        home.kodi.scan(PATIENCE)
        seconds = time.perf_counter() - begun
        kodis = _processor_seconds(home) - before
        films = home.films("cast", "ratings").values()
        _wait(home, lambda: home.player.get("items", 0) >= len(films) and home.player.get("reportedAt"), "the report")
        home.look_up(all=True)
        return {
            "scraped": float(len(films)),
            "scraped_with_cast": float(sum(bool(film["cast"]) for film in films)),
            "scraped_with_four_ratings": float(sum(len(film["ratings"]) == 4 for film in films)),
            "scraped_a_second": len(films) / seconds,
            "scraping_kodis_cpu_ms_an_item": 1000 * kodis / len(films),
            "list_artwork_ms": 1000 * statistics.median(_list_artwork_seconds(home)),
        }


def _list_artwork_seconds(home: "Home") -> Iterator[float]:
    for entry in _entries(home)[:20]:
        for field in ("poster", "fanart", "clearlogo"):
            begun = time.perf_counter()
            home.call("Library", "ListArtwork", itemId=entry["itemId"], field=field, pageSize=200)
            yield time.perf_counter() - begun


@contextmanager
def _home(*, scrapers: bool = False) -> "Iterator[Home]":
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/support")]
    sys.path.insert(0, str(ROOT / "plugin_adapter"))
    sys.path.insert(0, str(ROOT / "plugin_adapter/kodi/script.metarr/resources/lib"))
    from kodi_home import Home
    from kodi_host import missing
    from simulators import Simulators

    if lacking := missing():
        sys.exit(f"bench kodi needs {lacking}")
    with tempfile.TemporaryDirectory() as folder, Simulators() as simulators:
        home = Home(Path(folder), simulators)
        if scrapers:
            home.install_scrapers()
        try:
            home.start_daemon()
            home.configure()
            with home.kodi:
                yield home
        finally:
            home.kill_daemon()


def _entries(home: "Home") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = ""
    while True:
        page = home.call("Sync", "ListPlayerItems", playerId=home.player["id"], pageSize=200, pageToken=token)
        found += page["items"]
        token = page.get("nextPageToken", "")
        if not token:
            return found


def _taken_in(home: "Home", change: Any) -> float:
    """Seconds from a change until nothing is pending."""
    begun = time.perf_counter()
    change()
    _wait(home, lambda: not home.player.get("pendingItems"), "nothing is pending")
    return time.perf_counter() - begun


def _wait(home: "Home", condition: Any, what: str) -> None:
    home.kodi.wait_for(condition, what, PATIENCE)


def _idle_percent(home: "Home") -> float:
    """Processor time of Kodi while nothing happens, in percent of one core."""
    time.sleep(IDLE)  # what was under way ends
    before, begun = _processor_seconds(home), time.perf_counter()
    time.sleep(IDLE)
    return 100 * (_processor_seconds(home) - before) / (time.perf_counter() - begun)


def _processor_seconds(home: "Home") -> float:
    fields = Path(f"/proc/{home.kodi.pids[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
