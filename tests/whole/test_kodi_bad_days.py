"""A real Kodi on bad days: a certificate nobody vouches for, a wrong token, a full disk, a daemon that hangs; and on a
good one, with a film playing."""

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from certificates import self_signed
from fake_kodi_port import english
from kodi_home import ADDON, SLOW, Home
from kodi_host import needs_kodi, simulated_movies, small_disk
from kodi_host.small_disk import SmallDisk
from kodi_host.video import write_video
from metarr import tokens
from metarr.rpc.client import Client
from metarr_adapter.status import State
from metarr_kodi import commands, texts
from metarr_kodi.status import PROPERTY
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

FILMS = 3
FILM, TITLE = "Inception (2010)", "Inception"
MENU = f"plugin://{ADDON}/"
LONG = "There is no room for this. " * 500 + "The end."
WRONG_TOKEN = "not-the-one"
HEADING, TYPED = "Control.GetLabel(311)", "Control.GetLabel(312).index(1)"
"""Of Kodi's keyboard. What is typed is told to programs as it is, and shown as Kodi likes."""
SEEN = [f"Control.GetLabel({number})" for number in (1, 9, *range(300, 350))]
"""Of that, and of Kodi's dialogs."""
FOLDER, HEALTH = "Container.FolderPath", f"{MENU}?show=health"
LISTENING = "0A"
"""Linux's name for the state of a socket."""

SET = """
import xbmcaddon
addon = xbmcaddon.Addon(name)
for key, value in settings.items():
    if addon.getSetting(key) != value:
        addon.setSetting(key, value)
result = None
"""


class Guarded(Home):
    """A daemon that demands its token and speaks TLS only, and a Kodi with a small disk under its data."""

    def __init__(self, folder: Path, simulators: Simulators) -> None:
        super().__init__(folder, simulators)
        self.tls, self.other = self_signed(folder / "tls"), self_signed(folder / "other")
        self.daemon_log = folder / "daemon.log"
        tls = ("--tls-cert", str(self.tls.certificate), "--tls-key", str(self.tls.key))
        self.options = ("--require-token", *tls, "--log-file", str(self.daemon_log))
        self.url = f"https://127.0.0.1:{self.port}"
        self.disk: SmallDisk | None = None
        if not small_disk.missing():
            self.disk = SmallDisk(folder / "disk", self.kodi.profile.databases, self.kodi.addon_data(ADDON))
            self.kodi.within = self.disk.command

    @property
    def token(self) -> str:
        return tokens.read(self.data / tokens.FILE_NAME)

    def client(self, address: str) -> Client:
        return Client(address, 30, token=self.token, tls_ca=self.tls.certificate.read_bytes())

    def configure_addon(self, **settings: str) -> None:
        """As the owner does it in the add-on's settings."""
        self.kodi.run_python(SET, name=ADDON, settings=settings)

    def ready(self) -> None:
        """Well connected, everything looked up and taken in, the owner's choices made."""
        self.configure_addon(address=self.url, token=self.token, ca_file=str(self.tls.certificate))
        self.until(State.CONNECTED, State.NO_POLICY)
        self.kodi.wait_for(lambda: self.player.get("reportedAt"), "the report", SLOW)
        if not self.player.get("policy"):
            self.look_up()
            named = {"playerId": self.player["id"], "policy": "SYNC_POLICY_REPLACE", "updateMask": "policy"}
            self.call("Sync", "UpdatePlayer", **named)
        self.until_in_step()

    def ask(self, command: str) -> None:
        """Choose it in the add-on's menu."""
        self.kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message=command)

    @property
    def status(self) -> dict[str, Any]:
        """What the add-on's service says about itself."""
        shown = f"Window(home).Property({PROPERTY})"
        return json.loads(self.kodi.labels(shown)[shown] or "{}")

    def until(self, *states: str) -> None:
        self.kodi.wait_for(lambda: self.status.get("state") in states, f"the service is {states}", SLOW)

    @property
    def notices(self) -> list[str]:
        """What the add-on showed in the corner, since Kodi was started."""
        return re.findall(rf"\[{ADDON}\] shown: (.*)", self.kodi.log)

    def logged(self, words: str) -> int:
        """How often the add-on wrote that into Kodi's log."""
        return len(re.findall(rf"\[{ADDON}\] .*{re.escape(words)}", self.kodi.log))

    def plot(self) -> str:
        return str(self.films("plot")[FILM]["plot"])

    def until_plot(self, plot: str) -> None:
        self.kodi.wait_for(lambda: self.plot() == plot, f"the plot {plot[:30]}", SLOW)

    @contextmanager
    def hanging_daemon(self) -> Iterator[None]:
        """It keeps its connections, and does nothing."""
        os.kill(self.daemon_pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.daemon_pid, signal.SIGCONT)

    def unread(self) -> int:
        """How many connections brought the daemon's HTTP door something that it has not read."""
        lines = [line.split()[1:5] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = [(state, queues) for local, _, state, queues in lines if int(local.partition(":")[2], 16) == self.port]
        return sum(int(queues.partition(":")[2], 16) > 0 for state, queues in ours if state != LISTENING)


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Three films that can be played, in a Kodi that knows the address of the daemon and nothing else."""
    running_simulators.reset()
    made = Guarded(tmp_path_factory.mktemp("home"), running_simulators)
    try:
        made.start_daemon()
        made.configure()
        for film in made.kodi.add_movies(*simulated_movies(FILMS)):
            write_video(film)
        with made.kodi:
            made.kodi.scan()
            yield made
    finally:
        made.kill_daemon()


@pytest.fixture(autouse=True)
def nothing_left_open(home: Guarded) -> Iterator[None]:
    """What a test left open or playing would be in the way of the next one."""
    yield
    if home.kodi.running:
        home.kodi.builtin("PlayerControl(Stop)", wait=True)
        home.kodi.builtin("Dialog.Close(all,true)", wait=True)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


def test_a_certificate_that_nobody_vouches_for_is_told_once_and_nothing_is_asked_until_it_is(
    home: Guarded, pictures: Path
):
    home.configure_addon(address=home.url, token=home.token, ca_file=str(home.other.certificate))
    home.until(State.FAILED)
    refused = home.logged("cannot be trusted")
    home.ask(commands.SYNC_NOW)
    home.kodi.wait_for(lambda: home.logged("cannot be trusted") > refused, "another attempt")
    home.kodi.wait_for(lambda: "Window Init (DialogNotification.xml)" in home.kodi.log, "a notice that can be seen")
    home.kodi.screenshot(pictures / "certificate.png")
    assert home.notices == [english()[texts.CERTIFICATE_REFUSED]]
    assert "certificate" in home.notices[0]
    assert home.player == {}
    assert home.written() == 0
    home.ready()
    home.kodi.wait_for(lambda: home.written() == FILMS, "the add-on says that it wrote all of them")
    assert home.plot() == home.merged(home.entry(TITLE)["itemId"])["plot"]
    assert english()[texts.CERTIFICATE_REFUSED] not in home.notices[1:]


def test_a_wrong_token_is_told_once_and_the_right_one_is_typed_where_nobody_reads_it(home: Guarded, pictures: Path):
    home.ready()
    told = len(home.notices)
    home.configure_addon(token=WRONG_TOKEN)
    home.until(State.WRONG_TOKEN)
    home.kodi.builtin(f"RunPlugin({MENU}?do=set_up)")
    keyboard(home, texts.ASK_ADDRESS)
    home.kodi.type_text(home.url)
    leave(home, "progressdialog", "back")  # the code
    keyboard(home, texts.ASK_TOKEN)
    home.kodi.rpc("Input.SendText", text=home.token, done=False)
    home.kodi.wait_for(lambda: home.kodi.labels(TYPED)[TYPED] == home.token, "what was typed")
    seen = list(home.kodi.labels(*SEEN, "System.CurrentControl").values())
    assert "Show password" in seen, "it is hidden, or Kodi would not offer that"
    home.kodi.screenshot(pictures / "token.png")
    home.kodi.type_text(home.token)
    home.kodi.wait_for(lambda: home.notices[-1].startswith("Connected to Metarr"), "what came of it")
    seen += home.kodi.labels(*SEEN).values()
    home.until(State.CONNECTED)
    home.kodi.wait_for(lambda: home.kodi.holds("Window.IsVisible(yesnodialog)"), "what may be looked up")
    seen += home.kodi.labels(*SEEN).values()
    leave(home, "yesnodialog", "back")
    leave(home, "selectdialog", "back")
    refused, connected = home.notices[told:]
    assert refused == english()[texts.TOKEN_REFUSED]
    assert connected.startswith("Connected to Metarr")
    output = (home.kodi.profile.home / "output.log").read_text(errors="replace")
    for secret in (home.token, WRONG_TOKEN):
        for told_of_it in (home.kodi.log, home.daemon_log.read_text(), output, *seen):
            assert secret not in told_of_it


def test_while_a_film_plays_nothing_is_written_unless_its_owner_wants_that(home: Guarded):
    home.ready()
    home.configure_addon(apply_while_playing="false")
    before = home.plot()
    play(home)
    home.edit(TITLE, plot="Told while it played.")
    home.kodi.wait_for(lambda: home.status["pending"] == 1, "the add-on hears of it")
    held = home.logged("busy")
    home.ask(commands.SYNC_NOW)
    home.kodi.wait_for(lambda: home.logged("busy") > held, "the add-on waits for the end of the film")
    assert home.plot() == before
    assert home.entry(TITLE)["pendingFields"] == ["plot"]
    assert home.kodi.holds("Player.HasVideo"), "it ended by itself"
    home.kodi.rpc("Player.Stop", playerid=1)
    home.until_plot("Told while it played.")
    home.until_in_step()

    play(home)
    home.configure_addon(apply_while_playing="true")
    home.edit(TITLE, plot="Written while it plays.")
    home.until_plot("Written while it plays.")
    assert home.kodi.holds("Player.HasVideo"), "it ended by itself"
    home.kodi.rpc("Player.Stop", playerid=1)
    home.until_in_step()


@pytest.mark.skipif(bool(small_disk.missing()), reason=small_disk.missing())
def test_a_full_disk_is_told_once_and_nothing_is_lost(home: Guarded):
    home.ready()
    assert home.disk is not None
    told, before = len(home.notices), home.plot()
    with home.disk.full(home.kodi.pids[0]):
        home.edit(TITLE, plot=LONG)
        home.kodi.wait_for(lambda: home.logged("SetMovieDetails"), "Kodi cannot write it")
        home.ask(commands.SYNC_NOW)
        home.kodi.wait_for(lambda: home.logged("cannot be written: No space left"), "the add-on cannot write either")
        home.kodi.wait_for(lambda: home.logged("SetMovieDetails") > 1, "Kodi cannot write it again")
        assert home.notices[told:] == [english()[texts.CANNOT_STORE]]
        assert home.plot() == before
        assert home.entry(TITLE)["pendingFields"] == ["plot"]
        home.kodi.open("videos", "videodb://movies/titles/", "return")
        home.kodi.wait_for(lambda: home.kodi.window[1] == "Videos", "Kodi goes on")
    home.ask(commands.SYNC_NOW)
    home.until_plot(LONG)
    home.until_in_step()
    assert "notTaken" not in home.entry(TITLE)
    assert len(home.call("Sync", "ListPlayers")["players"]) == 1


def test_a_daemon_that_hangs_leaves_kodi_to_its_owner_and_is_told_once(home: Guarded):
    home.ready()
    told = len(home.notices)
    with home.hanging_daemon():
        home.kodi.open("programs", HEALTH, "return")
        home.kodi.wait_for(home.unread, "the menu asks")
        assert len(home.films("plot")) == FILMS
        home.kodi.wait_for(
            lambda: home.kodi.labels(FOLDER)[FOLDER] == HEALTH and home.kodi.focus[1], "the menu gives up"
        )
        home.kodi.press_until("down", lambda: home.kodi.focus[1].startswith("Nobody answers"), "why it gave up")
        home.kodi.open("videos", "videodb://movies/titles/", "return")
        home.kodi.wait_for(lambda: home.kodi.window[1] == "Videos" and home.kodi.focus[1], "the list of films")
        home.kodi.wait_for(lambda: home.notices[told:], "a notice", 2 * SLOW)
        assert len(home.films("plot")) == FILMS
        assert home.notices[told:] == [english()[texts.LOST]]
    home.ask(commands.SYNC_NOW)
    home.until(State.CONNECTED)
    home.edit(TITLE, plot="After the hang.")
    home.until_plot("After the hang.")
    home.kodi.wait_for(lambda: len(home.notices[told:]) > 2, "what came of *Sync now*")
    written = english()[texts.WRITTEN].format(what=english()[texts.ONE_FILM].format(count=1))
    assert home.notices[told:] == [english()[texts.LOST], english()[texts.BACK], written]


def test_kodi_quits_in_time_while_the_daemon_hangs(home: Guarded):
    """The last one: what was on the small disk is gone with Kodi."""
    home.ready()
    with home.hanging_daemon():
        home.ask(commands.SYNC_NOW)
        home.kodi.wait_for(lambda: home.unread() >= 1, "the service asks")
        home.kodi.open("programs", HEALTH, "return")
        home.kodi.wait_for(lambda: home.unread() >= 2, "a menu asks")
        assert home.kodi.stop(2 * SLOW)
    assert "let's kill it" not in home.kodi.log
    assert not home.logged("did not end in time")


def keyboard(home: Guarded, heading: int) -> None:
    """Wait for Kodi's keyboard, with this text of the add-on's above it."""
    home.kodi.wait_for(lambda: home.kodi.holds("Window.IsVisible(virtualkeyboard)"), "the keyboard")
    home.kodi.wait_for(lambda: home.kodi.labels(HEADING)[HEADING] == english()[heading], english()[heading])


def leave(home: Guarded, dialog: str, action: str) -> None:
    """Press a key in a dialog, once it is there, that closes it."""
    home.kodi.wait_for(lambda: home.kodi.holds(f"Window.IsVisible({dialog})") and home.kodi.focus[0], dialog)
    home.kodi.press(action)
    home.kodi.wait_for(lambda: not home.kodi.holds(f"Window.IsActive({dialog})"), f"{dialog} gone")


def play(home: Guarded) -> None:
    home.kodi.rpc("Player.Open", item={"movieid": home.films()[FILM]["movieid"]})
    home.kodi.wait_for(lambda: home.kodi.holds("Player.HasVideo"), "the film plays")
