"""The owner in a real Kodi, by its keys: the zip through Kodi's own dialog, set-up by OK alone, and choosing what
stands in the library."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kodi_home import ADDON, SCRIPTS, SLOW, Home
from kodi_host import Kodi, needs_kodi, simulated_movies
from metarr import tokens
from metarr.rpc.client import Client
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

FILMS = 3
KEYBOARD, PROGRESS, QUESTION, LIST = "virtualkeyboard", "progressdialog", "yesnodialog", "selectdialog"
ANSWER = "Control.GetLabel(9)"
"""Of Kodi's dialogs."""


class Guarded(Home):
    """A daemon that demands a token, and a Kodi whose add-on was told of none."""

    options = ("--require-token",)

    def client(self, address: str) -> Client:
        return Client(address, 30, token=tokens.read(self.data / tokens.FILE_NAME))


@pytest.fixture
def home(simulators: Simulators, tmp_path: Path) -> Iterator[Guarded]:
    made = Guarded(tmp_path, simulators)
    shutil.rmtree(made.kodi.addon_data(ADDON))
    with made.running():
        made.kodi.add_movies(*simulated_movies(FILMS))
        made.kodi.scan()
        yield made


def active(kodi: Kodi, dialog: str, seconds: float = SLOW) -> None:
    kodi.wait_for(lambda: kodi.holds(f"Window.IsActive({dialog})"), dialog, seconds)


def point(kodi: Kodi, key: str, words: str) -> None:
    kodi.press_until(key, lambda: any(words in label for label in kodi.focus), words)


def test_the_zip_goes_in_by_kodis_own_dialog_and_the_context_menu_is_there_at_once(tmp_path: Path):
    build = [sys.executable, str(SCRIPTS / "build_kodi_addon"), "--output", str(tmp_path)]
    packed = Path(subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    with Kodi(tmp_path / "home") as kodi:
        kodi.add_movies(*simulated_movies(1))
        kodi.scan()
        shutil.copy(packed, kodi.profile.home)
        kodi.builtin("InstallFromZip")
        active(kodi, "filebrowser")
        point(kodi, "down", "Home folder")
        kodi.press("select")
        point(kodi, "down", packed.name)
        kodi.press("select")
        kodi.wait_for(lambda: _is_there(kodi), "the add-on", SLOW)
        kodi.open("videos", "videodb://movies/titles/", "return")
        kodi.wait_for(lambda: kodi.window[1] == "Videos" and kodi.focus[1], "the list of films")
        kodi.press_until("down", lambda: kodi.labels("ListItem.DBTYPE")["ListItem.DBTYPE"] == "movie", "a film")
        kodi.press("contextmenu")
        active(kodi, "contextmenu")
        point(kodi, "down", "Metarr")
        kodi.press("select")
        kodi.wait_for(lambda: kodi.focus[0] == "Refresh metadata", "Metarr's entries")


def _is_there(kodi: Kodi) -> bool:
    listed = kodi.rpc("Addons.GetAddons", properties=["enabled"]).get("addons", ())
    return any(each["addonid"] == ADDON and each["enabled"] for each in listed)


def test_three_oks_and_a_code_end_with_a_written_library(home: Guarded, tmp_path: Path):
    kodi = home.kodi
    kodi.builtin(f"RunPlugin(plugin://{ADDON}/?do=set_up)")
    active(kodi, KEYBOARD)
    kodi.type_text(home.address)  # the first OK
    active(kodi, PROGRESS)
    shown = kodi.wait_for(lambda: re.search(r"(\d{3}) (\d{3})", kodi.labels(ANSWER)[ANSWER]), "the code")
    kodi.screenshot(tmp_path / "code.png")
    given = home.call("Sync", "ApprovePairing", code=shown[0])["token"]
    active(kodi, QUESTION)
    assert kodi.focus[0] == "Look up"
    kodi.press("select")
    active(kodi, LIST)
    assert "recommended" in kodi.focus[0]
    kodi.screenshot(tmp_path / "policy.png")
    kodi.press("select")
    kodi.wait_for(lambda: home.player.get("policy"), "the choice")
    home.until_in_step()
    assert all(film["plot"] for film in home.films("plot").values())
    assert home.player["id"] == given["playerId"]
    home.call("Sync", "RevokePlayerToken", tokenId=given["id"])
    kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message="connect_again")
    kodi.wait_for(lambda: "refuses the access token" in kodi.log, "the notice that it is shut out", SLOW)


def from_context_menu(kodi: Kodi, entry: str) -> None:
    kodi.press("contextmenu")
    active(kodi, "contextmenu")
    point(kodi, "down", "Metarr")
    kodi.press("select")
    kodi.wait_for(lambda: kodi.focus[0] == "Refresh metadata", "Metarr's entries")
    point(kodi, "down", entry)
    kodi.press("select")


def listing(kodi: Kodi, words: str) -> None:
    shown = "Container.FolderPath"
    kodi.wait_for(lambda: words in kodi.labels(shown)[shown] and kodi.focus[1], words, SLOW)


def test_another_plot_is_used_and_another_poster_is_chosen_from_a_grid(simulators: Simulators, tmp_path: Path):
    home = Home(tmp_path, simulators)
    kodi, film, name = home.kodi, "Inception", "Inception (2010)"
    with home.running():
        kodi.add_movies(*simulated_movies(FILMS))
        kodi.scan()
        kodi.wait_for(lambda: home.player.get("items", 0) >= FILMS, "the library in Metarr", SLOW)
        home.look_up()
        home.call("Sync", "UpdatePlayer", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
        home.until_in_step()
        kodi.open("videos", "videodb://movies/titles/", "return")
        kodi.wait_for(lambda: kodi.window[1] == "Videos" and kodi.focus[1], "the list of films")
        kodi.press_until("down", lambda: kodi.focus[1] == film, film)
        from_context_menu(kodi, "Where does this come from?")
        active(kodi, LIST)
        point(kodi, "down", "Plot: ")
        kodi.press("select")
        kodi.wait_for(lambda: kodi.focus[0].startswith("Why this"), "what others say: OK alone changes nothing")
        point(kodi, "down", "Use this: OMDb")
        before = home.films("plot")[name]["plot"]
        kodi.press("select")
        kodi.wait_for(lambda: home.films("plot")[name]["plot"] != before, "the other plot in Kodi", SLOW)
        from_context_menu(kodi, "Choose artwork")
        listing(kodi, "show=artwork")
        point(kodi, "right", "Poster")
        kodi.press("select")
        listing(kodi, "field=poster")
        poster = home.films("art")[name]["art"]["poster"]
        kodi.press_until("right", lambda: "×" in kodi.focus[1] and "chosen" not in kodi.focus[1], "another poster")
        kodi.press("select")
        kodi.wait_for(lambda: home.films("art")[name]["art"]["poster"] != poster, "the other poster in Kodi", SLOW)
