"""A real Kodi that scans films and shows without .nfo files through the scrapers, and the sync that follows."""

from collections.abc import Iterator
from typing import Any

import pytest

from kodi_home import ADDON, SLOW, Home
from kodi_host import Movie, Show, needs_kodi, simulated_movies
from metarr_kodi import mapping
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

FILMS = 12
UNKNOWN = Movie("Our holiday in the garden", 2019)
SHOW = Show("Breaking Bad", 2008, seasons={0: 2, 1: 7, 2: 6})
ENTRIES = FILMS + 1 + 3 + 15
PICTURES = ("poster", "fanart", "clearlogo", "discart")


BOTH_WAYS = """
import sys, xbmcgui, xbmcvfs
sys.path.insert(0, xbmcvfs.translatePath("special://home/addons/script.metarr/resources/lib"))
from metarr_kodi import answers
from metarr_kodi.titles import Actor, Picture, Scraped
title = Scraped("movie", values, (Actor("Al Pacino", "Hanna", 0, "https://i.example/a.jpg"),),
                (Picture("poster", "https://i.example/p.jpg"),))
def shown(tell):
    item = xbmcgui.ListItem(offscreen=True)
    tell(item, item.getVideoInfoTag(), title)
    tag = item.getVideoInfoTag()
    actors = [[actor.getName(), actor.getRole(), actor.getThumbnail()] for actor in tag.getActors()]
    texts = [tag.getTitle(), tag.getOriginalTitle(), tag.getPlot(), tag.getPlotOutline(), tag.getTagLine()]
    lists = [tag.getGenres(), tag.getDirectors(), tag.getWriters()]
    more = [tag.getTrailer(), tag.getPremieredAsW3C(), tag.getDuration(), tag.getMediaType(), tag.getUniqueID("imdb")]
    return [texts, lists, more, actors, tag.getRating("imdb"), tag.getVotesAsInt("imdb")]
result = [shown(answers._tell), shown(answers._tell_kodi_19)]
"""
"""What Kodi holds of a title that it was told as since Kodi 20, and as before, which a later one still takes."""

VALUES = {
    "title": "Heat",
    "originaltitle": "Heat",
    "plot": "A thief.",
    "plotoutline": "In short.",
    "tagline": "A crime saga.",
    "trailer": "plugin://plugin.video.youtube/play/?video_id=2GfZl4kuVNI",
    "premiered": "1995-12-15",
    "runtime": 10200,
    "mpaa": "R",
    "genre": ["Action", "Crime"],
    "studio": ["Regency"],
    "country": ["United States"],
    "tag": ["heist"],
    "director": ["Michael Mann"],
    "writer": ["Michael Mann"],
    "set": "Heat Collection",
    "ratings": {"imdb": {"rating": 8.3, "votes": 700000, "default": True}},
    "uniqueid": {"tmdb": "949", "imdb": "tt0113277"},
}


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    running_simulators.reset()
    made = Home(tmp_path_factory.mktemp("home"), running_simulators)
    made.install_scrapers()
    with made.running():
        made.kodi.add_movies(*simulated_movies(FILMS), UNKNOWN, bare=True)
        two = made.kodi.add_shows(SHOW, bare=True)[0] / "Season 01" / "Breaking Bad S01E02.mkv"
        two.rename(two.with_name("Breaking Bad S01E02E03.mkv"))
        two.with_name("Breaking Bad S01E03.mkv").unlink()
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
    assert [show["label"] for show in home.kodi.rpc("VideoLibrary.GetTVShows")["tvshows"]] == ["Breaking Bad"]


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


def set_art(home: Home, title: str) -> dict[str, str]:
    sets = home.kodi.rpc("VideoLibrary.GetMovieSets", properties=["title", "art"])["sets"]
    return next(each["art"] for each in sets if each["title"] == title)


def test_a_collection_comes_with_its_pictures(home: Home):
    art = set_art(home, "The Matrix Collection")
    assert {"poster", "fanart"} <= set(art)
    assert "image.tmdb.org" in art["poster"]


def test_a_show_comes_with_its_seasons_specials_and_both_episodes_of_a_file(home: Home):
    [show] = home.kodi.rpc("VideoLibrary.GetTVShows", properties=["cast", "ratings", "art", "uniqueid"])["tvshows"]
    assert (show["cast"][0]["role"], show["uniqueid"]["tvdb"]) == ("Walter White", "81189")
    assert {"imdb", "themoviedb"} <= set(show["ratings"])
    assert {"poster", "fanart", "clearlogo", "characterart"} <= set(show["art"])
    seasons = home.kodi.rpc("VideoLibrary.GetSeasons", properties=["season", "art"])["seasons"]
    assert {each["season"]: "poster" in each["art"] for each in seasons} == {0: True, 1: True, 2: True}
    asked = ["title", "season", "episode", "file", "cast", "ratings", "art", "uniqueid"]
    episodes = home.kodi.rpc("VideoLibrary.GetEpisodes", properties=asked)["episodes"]
    assert len(episodes) == 15
    by_number = {(each["season"], each["episode"]): each for each in episodes}
    assert by_number[0, 2]["title"] == "Wedding Day"
    assert by_number[1, 2]["file"] == by_number[1, 3]["file"]
    assert (by_number[1, 2]["title"], by_number[1, 3]["title"]) == (
        "Cat's in the Bag...",
        "...And the Bag's in the River",
    )
    pilot = by_number[1, 1]
    assert {"imdb", "themoviedb"} <= set(pilot["ratings"])
    assert ("thumb" in pilot["art"], "tvdb" in pilot["uniqueid"]) == (True, True)
    assert any(each["role"] == "Walter White" for each in pilot["cast"])


def test_what_was_scraped_is_what_metarr_has_and_the_sync_writes_nothing(home: Home):
    home.kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
    home.kodi.wait_for(lambda: len(home.entries()) == ENTRIES if home.player else False, "the report", SLOW)
    home.look_up()
    home.call("Sync", "UpdatePlayer", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
    home.until_in_step()
    assert home.written() == 0
    differing = [
        (entry["title"], field)
        for entry in home.entries()
        for kind in [entry["kind"].removeprefix("MEDIA_KIND_").lower()]
        for shown, merged in [(home.shown(kind, entry["hostId"]), home.merged(entry["itemId"]))]
        for field, value in merged.items()
        if field in shown and value is not None and not mapping.same(kind, field, shown[field], value)
    ]
    assert differing == []


def test_a_set_without_pictures_gets_them_with_the_next_sync_and_keeps_its_own(home: Home):
    [number] = [
        each["setid"]
        for each in home.kodi.rpc("VideoLibrary.GetMovieSets", properties=["title"])["sets"]
        if each["title"] == "The Matrix Collection"
    ]
    mine = "http://127.0.0.1/mine.jpg"
    home.kodi.rpc("VideoLibrary.SetMovieSetDetails", setid=number, art={"poster": None, "fanart": mine})
    entry = home.entry("The Matrix")
    home.call("Sync", "ResendItems", playerId=home.player["id"], hostKeys=[entry["hostKey"]], fields=["collection"])
    home.kodi.wait_for(lambda: "image.tmdb.org" in set_art(home, "The Matrix Collection").get("poster", ""), "a poster")
    assert "mine.jpg" in set_art(home, "The Matrix Collection")["fanart"]


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


def test_a_file_beside_a_film_names_it_by_an_address(home: Home):
    [film] = simulated_movies(FILMS + 21)[FILMS + 20 :]
    [file] = home.kodi.add_movies(Movie("An odd name"), bare=True)
    file.with_suffix(".nfo").write_text(f"https://www.imdb.com/title/{film.ids['imdb']}/\n")
    home.kodi.scan()
    assert home.films("title")["An odd name"]["title"] == film.title


def test_a_daemon_that_is_killed_amid_a_scan_leaves_whole_entries_and_the_next_scan_the_rest(home: Home):
    before = set(home.films())
    more = simulated_movies(FILMS + 10)[FILMS:]
    home.kodi.add_movies(*more, bare=True)
    with home.kodi.events() as events:
        home.kodi.rpc("VideoLibrary.Scan", showdialogs=False)
        home.kodi.wait_for(lambda: len(home.films()) >= len(before) + 3, "some of the films", SLOW)
        home.kill_daemon()
        events.wait("VideoLibrary.OnScanFinished", SLOW)
    came = {name: film for name, film in home.films("cast", "uniqueid", "art").items() if name not in before}
    assert 3 <= len(came) < len(more)
    assert all(film["cast"] and film["uniqueid"] and film["art"].get("poster") for film in came.values())
    home.start_daemon()
    home.kodi.scan()
    assert set(home.films()) == before | {movie.name for movie in more}


def test_kodi_19_is_told_the_same(home: Home):
    now, before = home.kodi.run_python(BOTH_WAYS, values=VALUES)
    assert before == now
    assert now[0][0] == "Heat"
    assert now[3] == [["Al Pacino", "Hanna", "https://i.example/a.jpg"]]


def test_the_log_has_no_error_of_the_addons(home: Home):
    lines = [line for line in home.kodi.log.splitlines() if "metarr" in line]
    assert [line for line in lines if " error <" in line.lower() or "Traceback" in line] == []
