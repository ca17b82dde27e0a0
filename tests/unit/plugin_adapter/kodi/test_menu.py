"""The menu under Programs: what it lists, how it stands, and that it never shows an empty list or a traceback."""

import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_kodi_port import ADDON, FakePort, english
from menu_rig import Rig, State, rig, row
from metarr_adapter.errors import BadAnswer, Closed, Limited, RpcError, TooOld, Unreachable, WrongToken
from metarr_adapter.status import Status
from metarr_kodi import commands, menu, menu_health, status, texts
from metarr_kodi.port import Row
from simulators import Simulators

pytestmark = pytest.mark.slow

ENTRIES = [
    "Health",
    "Sync now",
    "Pending and not taken",
    "Look everything up",
    "History",
    "Set up Metarr",
    "Settings",
    "About",
]
PATIENCE = 60.0
"""Seconds that only a failure uses up."""

LISTINGS = ["health", "pending", "waiting", "not_taken", "jobs", "history"]


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.report()
        yield made


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path)


def first(port: FakePort) -> list[Row]:
    menu.main(port, ["plugin://script.metarr/", "3", ""])
    return port.rows[-1][1]


def standing(port: FakePort, state: str, **more: object) -> str:
    """The first line of the menu."""
    status.publish(port, Status(state, "nas", "0.1.0")._replace(**more))
    top, *rest = first(port)
    assert [each.label for each in rest] == ENTRIES
    return top.label


def test_the_first_menu_asks_nobody(port: FakePort):
    port.settings["address"] = "127.0.0.1:1"
    first(port)
    assert port.kodi.calls == []
    assert port.shown == []


def test_the_first_menu_loads_no_client():
    """It comes up at once: sockets, TLS and the rest are for what follows."""
    support = Path(__file__).parents[3] / "support"
    code = f"""
import sys
sys.path[:0] = [{str(ADDON / "resources" / "lib")!r}, {str(ADDON.parents[1])!r}, {str(support)!r}]
before = set(sys.modules)
import metarr_kodi.menu
print(sorted(name for name in set(sys.modules) - before if name.partition(".")[0] in
    ("ssl", "socket", "http", "metarr_adapter", "datetime", "random", "threading", "logging", "uuid")))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['metarr_adapter', 'metarr_adapter.status']"


def test_how_it_stands_is_the_first_line(port: FakePort):
    assert standing(port, State.CONNECTED) == "Connected to Metarr 0.1.0 at nas"
    assert standing(port, State.CONNECTED, pending=3).endswith(" · 3 entries have something to take in")
    assert standing(port, State.CONNECTING) == "Metarr at nas is not reached yet; it is tried again"
    assert standing(port, State.CONNECTING, error="nas is off") == "nas is off"
    assert standing(port, State.NOT_SET_UP) == "Metarr is not set up yet."
    assert standing(port, State.NO_POLICY) == english()[texts.POLICY_NEEDED].partition(". ")[0]
    assert standing(port, State.WRONG_TOKEN) == "Metarr refuses the access token."
    assert standing(port, State.TOO_OLD) == "This Metarr is too old for this add-on."
    assert standing(port, State.IN_USE) == "Another Kodi keeps this library in step with Metarr already."
    assert standing(port, State.FAILED, error="the disk is full") == "the disk is full"
    assert standing(port, State.OFF) == "Metarr's service does not run in this Kodi."


def test_what_is_wrong_leads_to_what_mends_it(port: FakePort):
    standing(port, State.NOT_SET_UP)
    assert first(port)[0].url == "plugin://script.metarr/?do=set_up"
    standing(port, State.NO_POLICY)
    assert first(port)[0].url == "plugin://script.metarr/?do=policy"
    standing(port, State.CONNECTED)
    assert first(port)[0].url == "plugin://script.metarr/?show=health"


def test_the_set_up_is_offered_from_the_menu(port: FakePort):
    port.answers.append(None)
    menu.main(port, ["plugin://script.metarr/", "-1", "?do=set_up"])
    assert [shown.what for shown in port.shown] == ["ask"]
    assert port.ran == ["Container.Refresh"]


def test_the_buttons_of_the_settings_lead_to_the_same_things(port: FakePort):
    settings = ET.parse(ADDON / "resources" / "settings.xml").getroot()
    buttons = {node.get("id"): node.findtext("data") for node in settings.iter("setting")}
    shown = {"set_up": "ask", "policy": "tell", "groups": "tell", "test": "tell"}
    assert {name for name, data in buttons.items() if data} == shown.keys()
    for name, what in shown.items():
        called = re.fullmatch(r"RunPlugin\((plugin://script\.metarr/)(\?do=\w+)\)", buttons[name] or "")
        assert called is not None
        port.shown.clear()
        port.answers.append(None)
        menu.main(port, [called[1], "-1", called[2]])
        assert [each.what for each in port.shown] == [what]


def test_the_settings_open_and_a_list_is_read_again(port: FakePort):
    menu.main(port, ["plugin://script.metarr/", "-1", "?do=settings"])
    menu.main(port, ["plugin://script.metarr/", "-1", "?do=again"])
    assert port.saw("open_settings")
    assert port.ran == ["Container.Refresh"]


def test_sync_now_asks_the_service(kodi: Rig):
    [notice] = kodi.select("plugin://script.metarr/?do=sync")
    assert kodi.port.told[-1][0] == commands.SYNC_NOW
    assert notice.text == "Sync has begun"


def test_sync_now_without_a_connection_says_why_and_has_it_tried_again(port: FakePort):
    status.publish(port, Status(State.CONNECTING, "nas", error="nas is off"))
    port.answers.append(False)
    menu.main(port, ["plugin://script.metarr/", "-1", "?do=sync"])
    assert port.told[-1][0] == commands.CONNECT_AGAIN
    assert port.saw("confirm")[0].text == "nas is off"


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "Metarr is not set up yet."),
        ("127.0.0.1:1", "127.0.0.1 is there, but no Metarr listens at 127.0.0.1:1."),
    ],
)
def test_a_listing_that_cannot_be_had_says_why_and_offers_the_set_up(kodi: Rig, name: str, address: str, says: str):
    kodi.port.settings["address"] = address
    try:
        rows = kodi.open(f"plugin://script.metarr/?show={name}")
    finally:
        kodi.port.settings["address"] = kodi.live.url
    assert rows[0].label == says
    assert [each.label for each in rows[1:]] == ["Set up Metarr", "Try again"]


@pytest.mark.parametrize("name", LISTINGS)
def test_no_listing_is_empty(kodi: Rig, name: str):
    rows = kodi.open(f"plugin://script.metarr/?show={name}")
    assert rows
    assert all(each.label for each in rows)


def test_a_token_that_can_be_none_is_said_in_a_listing(kodi: Rig):
    kodi.port.settings["token"] = "two words"
    try:
        rows = kodi.open("plugin://script.metarr/?show=health")
    finally:
        kodi.port.settings["token"] = ""
    assert rows[0].label == "This is no access token: it holds blanks, or letters that no token has."


class Refusing:
    """A daemon that refuses every call."""

    def __init__(self, error: RpcError) -> None:
        self._error = error
        self.closed = False

    def call(self, *_: object, **__: object) -> dict[str, object]:
        raise self._error

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (WrongToken("unauthenticated", "no"), "Metarr at nas refuses this access token."),
        (TooOld("unimplemented", "no"), "Metarr at nas is older than this add-on. Update it there."),
        (BadAnswer("no"), "What answers at nas is no Metarr."),
        (Unreachable("name", "no"), "No machine of the name nas is known in this network."),
        (Unreachable("certificate", "no"), "The certificate of nas cannot be trusted."),
        (Limited("resource_exhausted", "all are limited", "PROVIDERS_LIMITED"), "All are limited"),
        (RpcError("internal", "it broke"), "Metarr at nas answered with a problem: it broke"),
    ],
)
@pytest.mark.parametrize("query", ["?show=health", "?show=history", "?do=start", "?do=cannot"])
def test_whatever_the_daemon_refuses_is_said_in_words(port: FakePort, error: RpcError, says: str, query: str):
    port.settings["address"] = "nas"
    port.answers.extend([True, False] if query == "?do=start" else [False])
    daemon = Refusing(error)
    menu.main(port, ["plugin://script.metarr/", "3", query], connect=lambda *_: daemon)
    if "show" in query:
        top = port.rows[-1][1][0]
        assert says.startswith(top.label)
        menu.main(port, ["plugin://script.metarr/", "-1", top.url.partition("/?")[2]])
    assert port.shown[-1].text == says
    assert daemon.closed


class Hanging(Refusing):
    """A daemon that does not answer as long as the client lives."""

    def __init__(self, port: FakePort) -> None:
        super().__init__(Closed())
        self._port, self._closed = port, threading.Event()
        self.given_up = False

    def call(self, *_: object, **__: object) -> dict[str, object]:
        self._port.end()
        self.given_up = self._closed.wait(PATIENCE)
        raise self._error

    def close(self) -> None:
        super().close()
        self._closed.set()


@pytest.mark.parametrize("query", ["?show=health", "?do=cannot"])
def test_a_kodi_that_ends_does_not_wait_for_a_daemon_that_hangs(port: FakePort, query: str):
    port.settings["address"] = "nas"
    daemon = Hanging(port)
    menu.main(port, ["plugin://script.metarr/", "3", query], connect=lambda *_: daemon)
    assert daemon.given_up


def test_a_fault_of_our_own_is_a_row_and_the_rest_is_in_the_log(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(menu_health, "health", lambda *_: 1 // 0)
    rows = kodi.open("plugin://script.metarr/?show=health")
    assert rows[0].label == "Metarr did not work as expected."
    assert "ZeroDivisionError" in kodi.port.logged[-1][1]


def test_an_address_that_nobody_knows_leads_to_the_first_menu(kodi: Rig):
    rows = kodi.open("plugin://script.metarr/?show=../../etc/passwd")
    assert row(rows, "Health").folder


def test_every_listing_and_every_thing_to_do_is_there():
    import importlib

    for name, module in {**menu.SHOWN, **menu.DONE}.items():
        assert callable(getattr(importlib.import_module(f"metarr_kodi.{module}"), name))
