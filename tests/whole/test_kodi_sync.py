"""A library in a real Kodi, kept in step with a daemon by the add-on, through good days and bad ones."""

import os
import signal
from collections.abc import Iterator

import pytest

from kodi_home import ADDON, SLOW, Home
from kodi_host import databases, needs_kodi, simulated_movies, simulated_shows
from kodi_host.media import write_movie
from metarr_kodi import mapping
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

STATUS = "Window(home).Property(metarr.status)"
FILMS = 10
MIDDLE = 4
WATCHED = {"playcount": 2, "userrating": 7, "resume": {"position": 60.0, "total": 6000.0}}


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ten films, some of them watched, and a show: reported, looked up, previewed, and taken in."""
    running_simulators.reset()
    made = Home(tmp_path_factory.mktemp("home"), running_simulators)
    with made.running():
        made.kodi.add_movies(*simulated_movies(FILMS))
        made.kodi.add_shows(*simulated_shows(1))
        made.kodi.scan()
        for film in made.films().values():
            made.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=film["movieid"], **WATCHED)
        made.before = made.films("dateadded", *WATCHED)
        made.kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
        made.kodi.wait_for(lambda: len(made.entries()) >= FILMS + 1 if made.player else False, "the report", SLOW)
        yield made


def choose(home: Home) -> None:
    if not home.player.get("policy"):
        home.look_up()
        home.call("Sync", "UpdatePlayer", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
    home.until_in_step()


def test_nothing_is_written_before_the_choice_then_kodi_shows_the_merge(home: Home):
    assert home.player["items"] == len(home.entries())
    home.look_up()
    preview = home.call("Sync", "PreviewSync", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", samples=2)
    assert preview["changedItems"] >= FILMS
    assert home.written() == 0
    assert all(film["plot"] == "" for film in home.films("plot").values())
    choose(home)
    differing = [
        (entry["title"], field, shown[field], value)
        for entry in home.entries()
        for kind in [entry["kind"].removeprefix("MEDIA_KIND_").lower()]
        for shown, merged in [(home.shown(kind, entry["hostId"]), home.merged(entry["itemId"]))]
        for field, value in merged.items()
        if field in shown and value is not None and not mapping.same(kind, field, shown[field], value)
    ]
    assert differing == []
    assert [(entry["title"], entry["notTaken"]) for entry in home.entries() if entry.get("notTaken")] == []


def test_what_was_watched_and_the_numbers_stay(home: Home):
    choose(home)
    after = home.films("dateadded", *WATCHED)
    kept = ("movieid", "dateadded", *WATCHED)
    assert {name: [film[each] for each in kept] for name, film in after.items()} == {
        name: [film[each] for each in kept] for name, film in home.before.items()
    }


def test_a_second_run_writes_nothing(home: Home):
    choose(home)
    before = home.player["reportedAt"]
    assert home.kodi.stop()
    home.kodi.start()
    home.until_reported_again(before)
    home.until_in_step()
    home.look_up()
    home.until_in_step()
    assert home.written() == 0


def test_ratings_stay_while_omdbs_quota_is_used_up(home: Home):
    choose(home)
    before = home.films("ratings")
    home.simulators.set_quota("omdb", 1, used=1)
    try:
        home.look_up(all=True, force=True, mode="ENRICHMENT_MODE_MANUAL")
        home.until_in_step()
        assert home.films("ratings") == before
        assert all(film["ratings"]["imdb"]["rating"] for film in before.values() if "imdb" in film["ratings"])
        assert any("imdb" in film["ratings"] for film in before.values())
    finally:
        home.simulators.set_quota("omdb", None)


def test_what_the_owner_wrote_in_metarr_reaches_kodi_stays_and_is_undone(home: Home):
    choose(home)
    name, title = "Fight Club (1999)", "Fight Club"
    before = home.films("plot")[name]["plot"]
    home.edit(title, plot="The owner's own words.")
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "The owner's own words.", "the owner's words")
    item = home.entry(title)["itemId"]
    home.look_up(itemIds=[item], force=True)
    home.until_in_step()
    assert home.films("plot")[name]["plot"] == "The owner's own words."
    [change, *_] = home.call("Enrichment", "ListChangeSets", itemId=item)["changeSets"]
    home.call("Enrichment", "UndoChangeSet", changeSetId=change["id"])
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == before, "what was there before")


def test_what_was_changed_by_hand_in_kodi_stays_and_is_shown(home: Home):
    choose(home)
    name, title = "Inception (2010)", "Inception"
    number = home.films()[name]["movieid"]
    home.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=number, tagline="Mine")
    home.edit(title, tagline="Metarr's", plot="Another plot.")
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "Another plot.", "the plot")
    assert home.films("tagline")[name]["tagline"] == "Mine"
    # It is acknowledged only after it was written.
    [told] = home.kodi.wait_for(lambda: home.entry(title).get("notTaken"), "what Kodi did not take")
    assert (told["field"], told["outcome"], told["hostValue"]) == ("tagline", "OUTCOME_EDITED", "Mine")


def test_a_kodi_that_was_off_catches_up(home: Home):
    choose(home)
    assert home.kodi.stop()
    home.edit("The Matrix", plot="While you were away.")
    home.kodi.start()
    name = "The Matrix (1999)"
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "While you were away.", "the plot", SLOW)


def test_a_kodi_that_starts_before_the_daemon_finds_it(home: Home):
    choose(home)
    home.kodi.stop()
    home.kill_daemon()
    home.kodi.start()
    home.kodi.wait_for(lambda: '"connecting"' in home.kodi.labels(STATUS)[STATUS], "the service tries to connect")
    home.start_daemon()
    home.edit("The Matrix", plot="Here again.")
    name = "The Matrix (1999)"
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "Here again.", "the plot", SLOW)


HOLD = """
CREATE TRIGGER hold BEFORE UPDATE ON movie WHEN NEW.c01 = '{text}'
  AND (SELECT count(*) FROM movie WHERE c01 = '{text}') >= {most} BEGIN SELECT {how}; END"""
"""Lets so many films take a plot in Kodi's library, and no more."""
REFUSE = "RAISE(ABORT, 'held')"
HANG = "count(*) FROM sqlite_master {}".format(" ".join(f"JOIN sqlite_master AS m{n}" for n in range(12)))
"""Counts for years: who writes is in the middle of it."""


def plots(home: Home) -> list[str]:
    return [film["plot"] for film in home.films("plot").values()]


def change_library(home: Home, statement: str) -> None:
    databases.change(home.kodi.profile.databases, "MyVideos*.db", statement, ())


def pending(home: Home) -> int:
    return home.player.get("pendingItems", 0)


def give_all_at_once(home: Home, plot: str) -> None:
    """Edit every film while Kodi stands still: it finds all of them in one page."""
    os.kill(home.kodi.pids[0], signal.SIGSTOP)
    try:
        for entry in home.entries():
            if entry["kind"] == "MEDIA_KIND_MOVIE":
                home.edit_item(entry["itemId"], plot=plot)
    finally:
        os.kill(home.kodi.pids[0], signal.SIGCONT)


@pytest.mark.parametrize(
    ("killed", "how", "left"), [("daemon", REFUSE, FILMS - MIDDLE), ("kodi", HANG, FILMS)], ids=["daemon", "kodi"]
)
def test_a_kill_in_the_middle_loses_nothing(home: Home, killed: str, how: str, left: int):
    """Some films are written, and no more: the daemon goes when it was told of these, Kodi before it told of any, while
    it writes the next."""
    choose(home)
    text = f"Written before or after the {killed} was killed."
    change_library(home, HOLD.format(text=text, most=MIDDLE, how=how))
    give_all_at_once(home, text)
    home.kodi.wait_for(lambda: (plots(home).count(text), pending(home)) == (MIDDLE, left), "the middle", SLOW)
    home.kill_daemon() if killed == "daemon" else home.kodi.kill()
    change_library(home, "DROP TRIGGER hold")
    home.start_daemon() if killed == "daemon" else home.kodi.start()
    home.kodi.wait_for(lambda: plots(home) == [text] * FILMS, "every plot", SLOW)
    home.until_in_step()
    assert len(home.films()) == FILMS


def test_a_new_film_is_looked_up_at_once_and_leaves_with_its_file(home: Home):
    choose(home)
    [film] = simulated_movies(FILMS + 1)[FILMS:]
    file = write_movie(home.kodi.media / "movies", film)
    home.kodi.scan()
    home.kodi.wait_for(lambda: home.films("ratings").get(file.stem, {}).get("ratings"), "the new film's ratings", SLOW)
    items = home.player["items"]
    file.unlink()
    home.kodi.clean()
    home.kodi.wait_for(lambda: home.player["items"] == items - 1, "the entry leaves", SLOW)
    assert film.title not in [entry["title"] for entry in home.entries()]


def test_the_settings_test_the_connection(home: Home):
    home.kodi.builtin(f"RunPlugin(plugin://{ADDON}/?do=test)")
    home.kodi.wait_for(lambda: home.kodi.holds("Window.IsActive(okdialog)"), "the dialog")
    assert home.kodi.labels("Control.GetLabel(9)")["Control.GetLabel(9)"].startswith("Connected to Metarr")
    home.kodi.press("select")
    home.kodi.wait_for(lambda: not home.kodi.holds("Window.IsActive(okdialog)"), "the dialog goes")


def test_the_service_stops_and_starts_with_the_addon(home: Home):
    home.kodi.set_enabled(ADDON, False)
    home.kodi.wait_for(lambda: '"off"' in home.kodi.labels(STATUS)[STATUS], "the service is off")
    home.kodi.set_enabled(ADDON, True)
    home.kodi.wait_for(lambda: '"connected": true' in home.kodi.labels(STATUS)[STATUS], "the service is on")


def test_the_log_has_no_error_of_the_addon(home: Home):
    lines = [line for line in home.kodi.log.splitlines() if ADDON in line]
    assert [line for line in lines if " error <" in line.lower() or "Traceback" in line] == []
