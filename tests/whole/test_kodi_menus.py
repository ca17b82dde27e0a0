"""The add-on's menus and dialogs in a real Kodi, driven with its keys; a picture of each stays in the test's folder."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_kodi_port import english
from kodi_home import ADDON as ID
from kodi_home import Home, kodi_with
from kodi_host import Kodi, Movie, Show, needs_kodi
from metarr_kodi import texts
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

MENU = f"plugin://{ID}/"
MOVIES = (
    Movie("Inception", 2010, {"imdb": "tt1375666", "tmdb": "27205"}, {"plot": "An old plot."}),
    Movie("The Matrix", 1999, {"imdb": "tt0133093"}),
    Movie("Fight Club [B]uncut[/B]", 1999, {"imdb": "tt0137523"}),
)
SHOW = Show("Breaking Bad", 2008, {"tvdb": "81189"}, {1: 2, 2: 1})

LOADS = """
import sys
sys.path.insert(0, folder)
before = set(sys.modules)
import metarr_kodi.kodi, metarr_kodi.menu
new = set(sys.modules) - before
result = sorted(name for name in new if name.partition(".")[0] in ("ssl", "http", "socket"))
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A Kodi whose library the daemon knows, and may write to."""
    running_simulators.reset()
    made = Home(tmp_path_factory.mktemp("home"), running_simulators)
    with made.running():
        made.kodi.add_movies(*MOVIES)
        made.kodi.add_shows(SHOW)
        made.kodi.scan()
        made.kodi.wait_for(lambda: made.player.get("items", 0) >= 5, "the library in Metarr")
        made.call("Sync", "UpdatePlayer", playerId=made.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
        yield made


@pytest.fixture
def kodi(home: Home) -> Kodi:
    return home.kodi


@pytest.fixture(autouse=True)
def nothing_left_open(kodi: Kodi) -> Iterator[None]:
    """What a test left open would be in the way of the next one."""
    yield
    kodi.builtin("Dialog.Close(all,true)", wait=True)


def labels(kodi: Kodi, query: str = "") -> list[str]:
    """What a menu lists."""
    listed = kodi.rpc("Files.GetDirectory", directory=MENU + query, media="files")
    return [each["label"] for each in listed.get("files", ())]


def urls(kodi: Kodi, query: str = "") -> dict[str, str]:
    listed = kodi.rpc("Files.GetDirectory", directory=MENU + query, media="files")
    return {each["label"]: each["file"] for each in listed["files"]}


def open_menu(kodi: Kodi, query: str = "") -> None:
    kodi.open("programs", MENU + query, "return")
    kodi.wait_for(lambda: kodi.labels("Container.FolderPath")["Container.FolderPath"] == MENU + query, "the menu")
    kodi.wait_for(lambda: not kodi.holds("Container.IsUpdating") and kodi.focus[1], "its entries")


def point_at(kodi: Kodi, title: str) -> None:
    kodi.open("videos", "videodb://movies/titles/", "return")
    kodi.wait_for(lambda: kodi.window[1] == "Videos" and kodi.focus[1], "the list of films")
    kodi.press_until("down", lambda: kodi.focus[1] == title, title)


def open_from_context_menu(kodi: Kodi, title: str, entry: str) -> None:
    point_at(kodi, title)
    kodi.press("contextmenu")
    kodi.wait_for(lambda: kodi.holds("Window.IsActive(contextmenu)"), "the context menu")
    kodi.press_until("down", lambda: kodi.focus[0] == "Metarr", "Metarr")
    kodi.press("select")
    kodi.wait_for(lambda: kodi.focus[0] == "Refresh metadata", "Metarr's entries")
    kodi.press_until("down", lambda: kodi.focus[0] == entry, entry)
    kodi.press("select")


def shown(kodi: Kodi, dialog: str) -> None:
    """Wait until a dialog is there with all that it shows."""
    kodi.wait_for(lambda: kodi.holds(f"Window.IsVisible({dialog})"), dialog)


def gone(kodi: Kodi, dialog: str) -> None:
    kodi.wait_for(lambda: not kodi.holds(f"Window.IsActive({dialog})"), f"{dialog} gone")


def press_button(kodi: Kodi, label: str) -> None:
    """Press one of a dialog's buttons, which stand beside each other, or beside a list with its scroll bar."""
    for action in ("right", "right", "left", "left", "left"):
        if kodi.focus[0] == label:
            break
        kodi.press(action)
    kodi.wait_for(lambda: kodi.focus[0] == label, label)
    kodi.press("select")


def film(kodi: Kodi, title: str) -> dict[str, Any]:
    found = kodi.rpc("VideoLibrary.GetMovies", properties=["title", "plot", "uniqueid", "file", "year"])["movies"]
    return next(each for each in found if title in (each["title"], Path(each["file"]).stem))


def item(home: Home, title: str) -> dict[str, Any]:
    [found] = home.call("Library", "ListItems", titleContains=title)["items"]
    told = home.call("Library", "GetItem", itemId=found["id"])["item"]
    return {**told, "fields": {each["name"]: each for each in told.get("fields", ())}}


def test_the_first_menu_loads_no_client(kodi: Kodi):
    """It comes up at once; what talks to the daemon is for the listings behind it."""
    assert kodi.run_python(LOADS, folder=str(kodi.profile.addons / ID / "resources" / "lib")) == []


def test_the_first_menu_says_how_it_stands_and_leads_on(kodi: Kodi, home: Home, pictures: Path):
    kodi.wait_for(lambda: labels(kodi)[0] == f"Connected to Metarr 0.1.0 at {home.address}", "nothing to take in")
    assert labels(kodi) == [
        f"Connected to Metarr 0.1.0 at {home.address}",
        "Health",
        "Sync now",
        "Pending and not taken",
        "Look everything up",
        "History",
        "Set up Metarr",
        "Settings",
        "About",
    ]
    open_menu(kodi)
    kodi.screenshot(pictures / "menu.png")


def test_health_tells_of_every_provider(kodi: Kodi, pictures: Path):
    told = labels(kodi, "?show=health")
    assert told[0] == "Metarr 0.1.0: all is well"
    assert [each.partition(":")[0] for each in told[1:5]] == ["fanart.tv", "OMDb", "TMDB", "TheTVDB"]
    assert "of 1000 requests today" in told[2]
    assert told[5].startswith("Daily run: in ")
    open_menu(kodi, "?show=health")
    kodi.screenshot(pictures / "health.png")
    kodi.builtin(f"RunPlugin({MENU}?do=provider&id=omdb)")
    shown(kodi, "textviewer")
    kodi.screenshot(pictures / "health_provider.png")
    kodi.press("back")
    gone(kodi, "textviewer")


def test_refreshing_from_the_context_menu_changes_the_film_in_kodi(kodi: Kodi, home: Home, pictures: Path):
    point_at(kodi, "Inception")
    kodi.press("contextmenu")
    kodi.wait_for(lambda: kodi.holds("Window.IsActive(contextmenu)"), "the context menu")
    kodi.press_until("down", lambda: kodi.focus[0] == "Metarr", "Metarr")
    kodi.press("select")
    kodi.wait_for(lambda: kodi.focus[0] == "Refresh metadata", "Metarr's entries")
    kodi.screenshot(pictures / "context_menu.png")
    kodi.press("select")
    kodi.wait_for(lambda: kodi.holds("Window.IsVisible(notification)"), "a notice")
    kodi.screenshot(pictures / "notice.png")
    wanted = item(home, "Inception")["fields"]["plot"]["value"]
    assert wanted != "An old plot."
    kodi.wait_for(lambda: film(kodi, "Inception")["plot"] == wanted, "the plot in Kodi")


def test_where_a_value_comes_from_is_told(kodi: Kodi, pictures: Path):
    open_from_context_menu(kodi, "Inception", "Where does this come from?")
    shown(kodi, "selectdialog")
    kodi.wait_for(lambda: kodi.labels("System.CurrentControl")["System.CurrentControl"], "the list")
    kodi.screenshot(pictures / "sources.png")
    kodi.press_until("down", lambda: kodi.focus[0].startswith("Outline: "), "a field of one provider alone")
    kodi.press("select")
    shown(kodi, "textviewer")
    kodi.screenshot(pictures / "source.png")
    kodi.press("back")
    gone(kodi, "textviewer")
    shown(kodi, "selectdialog")
    kodi.press("back")
    gone(kodi, "selectdialog")


def test_fields_are_locked_in_a_list(kodi: Kodi, home: Home, pictures: Path):
    open_from_context_menu(kodi, "Inception", "Lock fields")
    shown(kodi, "selectdialog")
    kodi.press("select")
    kodi.screenshot(pictures / "locks.png")
    press_button(kodi, "OK")
    gone(kodi, "selectdialog")
    kodi.wait_for(lambda: item(home, "Inception")["fields"]["title"].get("locked"), "the lock")


def test_the_last_change_is_taken_back_after_a_question(kodi: Kodi, home: Home, pictures: Path):
    open_from_context_menu(kodi, "Inception", "Undo last change")
    shown(kodi, "yesnodialog")
    kodi.screenshot(pictures / "undo.png")
    press_button(kodi, "Take back")
    kodi.wait_for(lambda: not item(home, "Inception")["fields"]["title"].get("locked"), "the lock gone")


def test_a_wrong_title_is_found_by_words(kodi: Kodi, home: Home, pictures: Path):
    open_from_context_menu(kodi, "The Matrix", "Wrong title?")
    shown(kodi, "virtualkeyboard")
    kodi.type_text("Man of Steel (2013)")
    shown(kodi, "selectdialog")
    kodi.screenshot(pictures / "wrong_title.png")
    kodi.press("select")
    kodi.wait_for(lambda: home.call("Library", "ListItems", titleContains="Man of Steel"), "the item")
    assert {"type": "imdb", "value": "tt0770828"}.items() <= item(home, "Man of Steel")["ids"][0].items()
    kodi.wait_for(lambda: film(kodi, "The Matrix (1999)")["title"] == "Man of Steel", "the title in Kodi")


@pytest.mark.parametrize(
    ("path", "kind", "entries"),
    [
        ("videodb://movies/titles/", "movie", 6),
        ("videodb://tvshows/titles/", "tvshow", 6),
        ("videodb://tvshows/titles/1/", "season", 5),
        ("videodb://tvshows/titles/1/1/", "episode", 5),
        ("videodb://movies/", "", 0),
    ],
)
def test_the_context_menu_knows_every_kind_of_the_library_and_nothing_else(
    home: Home, path: str, kind: str, entries: int
):
    kodi = home.kodi
    conditions = [node.text or "" for node in ET.parse(home.addon / "addon.xml").getroot().iter("visible")]
    kodi.open("videos", path, "return")
    kodi.wait_for(lambda: kodi.labels("Container.FolderPath")["Container.FolderPath"] == path, path)
    kodi.press_until("down", lambda: kodi.labels("ListItem.DBTYPE")["ListItem.DBTYPE"] == kind, "an entry")
    assert sum(kodi.holds(condition) for condition in conditions) == entries


def test_a_value_changed_in_kodi_is_shown_and_overwritten_only_when_asked_for(kodi: Kodi, pictures: Path):
    entry = film(kodi, "Inception")
    kodi.rpc("VideoLibrary.SetMovieDetails", movieid=entry["movieid"], plot="My own words. " * 12)
    kodi.builtin(f"RunPlugin({MENU}?do=sync)", wait=True)
    kodi.wait_for(lambda: labels(kodi, "?show=pending")[0] == "Not taken by Kodi: 1", "the edit")
    open_menu(kodi, "?show=pending")
    kodi.screenshot(pictures / "pending.png")
    [(label, url)] = urls(kodi, "?show=not_taken").items()
    assert label == "Inception: Plot"
    open_menu(kodi, "?show=not_taken")
    kodi.screenshot(pictures / "not_taken.png")
    kodi.builtin(f"RunPlugin({url})")
    shown(kodi, "selectdialog")
    kodi.screenshot(pictures / "pending_entry.png")
    assert not kodi.focus[0].startswith("Overwrite"), "OK alone overwrites nothing"
    kodi.press_until("down", lambda: kodi.focus[0].startswith("Overwrite"), "Overwrite")
    kodi.press("select")
    shown(kodi, "yesnodialog")
    kodi.screenshot(pictures / "overwrite.png")
    press_button(kodi, "Yes")
    kodi.wait_for(lambda: not film(kodi, "Inception")["plot"].startswith("My own"), "Metarr's plot")
    kodi.wait_for(lambda: labels(kodi, "?show=pending")[0].startswith("Nothing"), "nothing left")


def test_what_kodi_cannot_take_is_shown_once(kodi: Kodi, pictures: Path):
    kodi.builtin(f"RunPlugin({MENU}?do=cannot)")
    shown(kodi, "textviewer")
    kodi.screenshot(pictures / "cannot.png")
    kodi.press("back")
    gone(kodi, "textviewer")


def test_everything_is_looked_up_and_the_job_can_be_looked_at_again(kodi: Kodi, home: Home, pictures: Path):
    kodi.builtin(f"RunPlugin({MENU}?do=start)")
    shown(kodi, "yesnodialog")
    kodi.screenshot(pictures / "all_question.png")
    press_button(kodi, "Yes")
    shown(kodi, "textviewer")
    kodi.screenshot(pictures / "job.png")
    kodi.press("back")
    gone(kodi, "textviewer")
    told = labels(kodi, "?show=jobs")
    assert told[0] == "Look everything up now"
    assert "complete" in told[1]
    open_menu(kodi, "?show=jobs")
    kodi.screenshot(pictures / "jobs.png")


def test_the_history_tells_what_changed_without_orders_to_kodi_in_titles(kodi: Kodi, pictures: Path):
    told = labels(kodi, "?show=history")
    assert any(re.match(r"Inception \(2010\) · .* · looked up: Plot, ", each) for each in told)
    assert not any("[B]" in each for each in told)
    open_menu(kodi, "?show=history")
    kodi.screenshot(pictures / "history.png")
    first = next(url for label, url in urls(kodi, "?show=history").items() if "looked up" in label)
    kodi.builtin(f"RunPlugin({first})")
    shown(kodi, "selectdialog")
    kodi.screenshot(pictures / "change.png")
    kodi.press("back")
    gone(kodi, "selectdialog")


def test_about_gives_credit(kodi: Kodi, pictures: Path):
    kodi.builtin(f"RunPlugin({MENU}?do=about)")
    shown(kodi, "textviewer")
    kodi.screenshot(pictures / "about.png")
    kodi.press("back")
    gone(kodi, "textviewer")


def test_a_new_kodi_says_that_nothing_is_set_up_and_sets_itself_up(home: Home, pictures: Path, tmp_path: Path):
    with kodi_with(home.addon, tmp_path) as new:
        new.add_movies(MOVIES[0])
        new.scan()
        new.wait_for(lambda: labels(new)[0] == "Metarr is not set up yet.", "the service")
        assert labels(new, "?show=health") == [
            "Metarr is not set up yet.",
            "Set up Metarr",
            "Try again",
        ]
        open_menu(new)
        new.screenshot(pictures / "not_set_up.png")
        new.builtin(f"RunPlugin({MENU}?do=set_up)")
        shown(new, "virtualkeyboard")
        new.screenshot(pictures / "first_contact_address.png")
        new.type_text(home.address)
        shown(new, "yesnodialog")
        new.screenshot(pictures / "first_contact_look_up.png")
        new.press("back")
        shown(new, "selectdialog")
        new.screenshot(pictures / "first_contact_policy.png")
        new.press("back")
        gone(new, "selectdialog")
        new.wait_for(lambda: labels(new)[0] == english()[texts.POLICY_NEEDED], "the choice that is left")


def test_a_daemon_that_is_off_is_told_of_in_every_menu(home: Home, pictures: Path, tmp_path: Path):
    with kodi_with(home.addon, tmp_path, port=1) as new:
        for name in ("health", "pending", "jobs", "history"):
            assert labels(new, f"?show={name}")[0] == "127.0.0.1 is there, but no Metarr listens at 127.0.0.1:1."
        open_menu(new, "?show=health")
        new.screenshot(pictures / "daemon_off.png")


def test_the_log_holds_no_complaint_about_the_addon(kodi: Kodi):
    lines = kodi.log.splitlines()
    assert not [line for line in lines if ID in line and "error <" in line]
    assert not [line for line in lines if "is deprecated" in line]
