"""A Jellyfin in a running daemon: from an address and a key to values there, and whatever is killed meanwhile."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fake_jellyfin import FakeJellyfin
from harness import Live, live
from jellyfin_rig import FILMS, film, jellyfin, show
from metarr.rpc.client import RpcFailure
from watching import choose, edit, host_of, player_of, processes, until

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[FakeJellyfin]:
    with jellyfin() as fake:
        yield fake


@pytest.fixture
def metarr(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path / "data") as daemon:
        yield daemon


def add(metarr: Live, server: FakeJellyfin, **settings: Any) -> dict[str, Any]:
    wanted = {"url": server.url, "api_key": server.key, **settings}
    host: dict[str, Any] = metarr.call("Host", "AddHost", {"kind": "jellyfin", "settings": wanted})["host"]
    until(lambda: player_of(metarr, host).get("reportedAt"))
    return host


def test_from_a_key_to_values_in_jellyfin(metarr: Live, server: FakeJellyfin):
    alien = film(server, "Alien", ProductionYear=1979)
    show(server, "Dark")
    host = add(metarr, server)
    assert host["playerId"] == f"jellyfin-{server.server_id}"
    titles = {each.get("title") for each in metarr.call("Library", "ListItems", {"pageSize": 200})["items"]}
    assert {"Alien", "Dark"} <= titles
    edit(metarr, "Alien", plot="In space & beyond.")
    assert server.posts() == []
    choose(metarr, host, "FILL")
    until(lambda: alien.data.get("Overview"))
    assert alien.data["Overview"] == "In space & beyond."
    until(lambda: player_of(metarr, host).get("pendingItems", 0) == 0)
    assert len(server.posts()) == 1
    assert metarr.call("Host", "TestHost", {"hostId": "jellyfin"})["passed"]


def test_a_key_that_is_refused_waits_for_its_owner_and_nothing_is_lost(metarr: Live, server: FakeJellyfin):
    alien = film(server, "Alien")
    host = add(metarr, server)
    choose(metarr, host, "FILL")
    key, server.key = server.key, "another"
    edit(metarr, "Alien", plot="In space.")
    metarr.daemon.services.hosts.wake("jellyfin")
    until(lambda: host_of(metarr, "jellyfin")["state"]["status"] == "STATUS_OWNER_NEEDED")
    assert "API key" in host_of(metarr, "jellyfin")["state"]["why"]
    with pytest.raises(RpcFailure, match="API key"):
        metarr.call("Host", "AddHost", {"kind": "jellyfin", "settings": {"url": server.url, "api_key": "wrong"}})
    server.key = key
    assert metarr.call("Host", "TestHost", {"hostId": "jellyfin"})["passed"]
    until(lambda: alien.data.get("Overview") == "In space.")


def test_the_same_server_twice_is_told_which(metarr: Live, server: FakeJellyfin):
    film(server, "Alien")
    add(metarr, server)
    with pytest.raises(RpcFailure, match="the host jellyfin") as failed:
        metarr.call("Host", "AddHost", {"kind": "jellyfin", "settings": {"url": server.url, "api_key": server.key}})
    assert failed.value.code == "ALREADY_EXISTS"


def test_a_key_is_not_sent_to_another_address_than_it_was_entered_for(metarr: Live, server: FakeJellyfin):
    film(server, "Alien")
    add(metarr, server)
    with jellyfin() as other:
        for request in (
            ("TestHost", {"hostId": "jellyfin", "settings": {"url": other.url}}),
            ("UpdateHost", {"hostId": "jellyfin", "settings": {"url": other.url}, "updateMask": "settings"}),
        ):
            with pytest.raises(RpcFailure, match=r"settings.api_key.*is required"):
                metarr.call("Host", *request)
        assert other.requests == []
    moved = {"url": f"{server.url}/", "rating": "tmdb"}
    metarr.call("Host", "UpdateHost", {"hostId": "jellyfin", "settings": moved, "updateMask": "settings"})


def test_a_webhook_of_jellyfin_has_it_looked_at_at_once(metarr: Live, server: FakeJellyfin):
    film(server, "Alien")
    host = add(metarr, server)
    film(server, "Heat")
    path = host_of(metarr, "jellyfin")["hookPath"]
    sent = b'{"NotificationType": "ItemAdded", "ItemId": "1"}'
    with urlopen(Request(f"{metarr.url}{path}", data=sent, headers={"Content-Type": "text/plain"})) as answer:
        assert answer.status == 204
    until(lambda: player_of(metarr, host)["items"] == 2)


def test_folders_that_it_shows_are_warned_of(metarr: Live, server: FakeJellyfin, tmp_path: Path):
    film(server, "Alien")
    (tmp_path / "films").mkdir()
    metarr.call("Host", "AddHost", {"kind": "folders", "settings": {"paths": [str(tmp_path / "films")]}})
    settings = {"url": server.url, "api_key": server.key, "path_map": [f"{FILMS}={tmp_path}/films"]}
    checks = metarr.call("Host", "TestHost", {"kind": "jellyfin", "settings": settings})["checks"]
    assert f"Folders (folders) works on {tmp_path}/films, too" in json.dumps(checks)


def test_a_killed_child_in_the_middle_of_a_write_loses_and_doubles_nothing(metarr: Live, server: FakeJellyfin):
    alien = film(server, "Alien")
    host = add(metarr, server)
    choose(metarr, host, "FILL")
    killed: list[int] = []

    def kill(request: Any, _reply: Any) -> None:
        if request.method == "POST" and not killed:
            killed.extend(processes(metarr.data_dir))
            os.kill(killed[0], signal.SIGKILL)

    server.after = kill
    edit(metarr, "Alien", plot="In space.")
    until(lambda: killed and processes(metarr.data_dir) not in (killed, []))
    until(lambda: player_of(metarr, host).get("pendingItems", 0) == 0)
    assert alien.data["Overview"] == "In space."
    assert len(server.posts()) == 1
    assert player_of(metarr, host).get("editedItems", 0) == 0


def test_its_key_stands_nowhere(metarr: Live, server: FakeJellyfin):
    film(server, "Alien")
    host = add(metarr, server)
    [number] = processes(metarr.data_dir)
    for name in ("cmdline", "environ"):
        assert server.key.encode() not in Path(f"/proc/{number}/{name}").read_bytes()
    said = json.dumps(metarr.call("Host", "GetHostLog", {"hostId": "jellyfin"}))
    assert server.key not in said + json.dumps(metarr.call("Host", "ListHosts"))
    for path in (metarr.data_dir / "hosts" / host["playerId"]).rglob("*"):
        assert server.key.encode() not in path.read_bytes()
