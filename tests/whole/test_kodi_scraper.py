"""A real Kodi that scans films without .nfo files through the scraper, and the sync that follows."""

from collections.abc import Iterator
from typing import Any

import pytest

from kodi_home import ADDON, SLOW, Home
from kodi_host import Movie, needs_kodi, simulated_movies
from metarr_kodi import mapping
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

FILMS = 12
UNKNOWN = Movie("Our holiday in the garden", 2019)
PICTURES = ("poster", "fanart", "clearlogo", "discart")


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    running_simulators.reset()
    made = Home(tmp_path_factory.mktemp("home"), running_simulators)
    made.install_scrapers()
    with made.running():
        made.kodi.add_movies(*simulated_movies(FILMS), UNKNOWN, bare=True)
        made.kill_daemon()
        made.kodi.scan()
        made.before = made.films()
        made.start_daemon()
        made.kodi.scan()
        yield made


def told(home: Home, name: str) -> dict[str, Any]:
    return home.films("cast", "ratings", "art", "uniqueid", "plot")[name]


def test_without_the_daemon_nothing_comes_in_and_the_next_scan_brings_everything_known(home: Home):
    assert home.before == {}
    assert "The scan was ended" in home.kodi.log
    assert set(home.films()) == {movie.name for movie in simulated_movies(FILMS)}


def test_a_film_comes_with_its_cast_ratings_pictures_and_ids(home: Home):
    film = told(home, "Fight Club (1999)")
    assert [(each["name"], each["role"], bool(each["thumbnail"])) for each in film["cast"]][:2] == [
        ("Edward Norton", "The Narrator", True),
        ("Brad Pitt", "Tyler Durden", True),
    ]
    assert {name: each["default"] for name, each in film["ratings"].items()} == {
        "imdb": True,
        "themoviedb": False,
        "tomatometerallcritics": False,
        "metacritic": False,
    }
    assert set(PICTURES) < set(film["art"])
    assert film["uniqueid"]["imdb"] == "tt0137523"


def test_what_was_scraped_is_what_metarr_has_and_the_sync_writes_nothing(home: Home):
    home.kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
    home.kodi.wait_for(lambda: len(home.entries()) == FILMS if home.player else False, "the report", SLOW)
    home.look_up()
    home.call("Sync", "UpdatePlayer", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
    home.until_in_step()
    assert home.written() == 0
    differing = [
        (entry["title"], field)
        for entry in home.entries()
        for shown, merged in [(home.shown("movie", entry["hostId"]), home.merged(entry["itemId"]))]
        for field, value in merged.items()
        if field in shown and value is not None and not mapping.same("movie", field, shown[field], value)
    ]
    assert differing == []


def test_a_refresh_in_kodi_brings_what_the_owner_wrote_in_metarr(home: Home):
    name = "Inception (2010)"
    # No service could bring a cast.
    home.edit("Inception", cast=[{"name": "A friend", "role": "The Dreamer"}])
    home.kodi.rpc("VideoLibrary.RefreshMovie", movieid=home.films()[name]["movieid"])

    def shown() -> list[tuple[str, str]]:
        film = home.films("cast").get(name, {})
        return [(each["name"], each["role"]) for each in film.get("cast", [])]

    home.kodi.wait_for(lambda: shown() == [("A friend", "The Dreamer")], "the owner's cast", SLOW)
    home.until_in_step()
    assert home.written() == 0


def test_the_log_has_no_error_of_the_addons(home: Home):
    lines = [line for line in home.kodi.log.splitlines() if "metarr" in line]
    assert [line for line in lines if " error <" in line.lower() or "Traceback" in line] == []
