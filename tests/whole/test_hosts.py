"""Hosts in a running daemon: folders of media files, from names to files beside them, and processes that leave none."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import requests

from harness import Live, live
from jellyfin_rig import film, jellyfin
from metarr.fetch.images import FetchedImage, ImageRefused
from metarr.rpc.client import RpcFailure
from metarr.store import players
from metarr_adapter.client import Client
from metarr_adapter.errors import RpcError
from watching import choose, edit, host_of, player_of, processes, until

pytestmark = pytest.mark.slow


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    for name in ("Alien (1979)/Alien (1979).mkv", "Heat.1995.1080p.mkv", "Dark/Season 1/Dark S01E01.mkv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"video")
    return folder


@pytest.fixture
def metarr(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path / "data") as daemon:
        yield daemon


def add(metarr: Live, media: Path) -> dict[str, Any]:
    request = {"kind": "folders", "settings": {"paths": [str(media)]}}
    host: dict[str, Any] = metarr.call("Host", "AddHost", request)["host"]
    until(lambda: player_of(metarr, host).get("reportedAt"))
    return host


def test_names_become_items_and_values_become_files(metarr: Live, media: Path):
    host = add(metarr, media)
    titles = {each.get("title") for each in metarr.call("Library", "ListItems", {"pageSize": 200})["items"]}
    assert {"Alien", "Heat", "Dark"} <= titles
    edit(metarr, "Alien", plot="In space & beyond.")
    time.sleep(1)
    assert not list(media.rglob("*.nfo")), "nothing is written before a policy is chosen"
    choose(metarr, host, "FILL")
    nfo = media / "Alien (1979)" / "Alien (1979).nfo"
    until(nfo.exists)
    assert "<plot>In space &amp; beyond.</plot>" in nfo.read_text()
    until(lambda: player_of(metarr, host).get("pendingItems", 0) == 0)
    written = {path: path.stat().st_mtime_ns for path in media.rglob("*.nfo")}
    edit(metarr, "Heat", plot="Two men.")
    until((media / "Heat.1995.1080p.nfo").exists)
    assert nfo.stat().st_mtime_ns == written[nfo]


def test_what_the_owner_wrote_stays_under_fill(metarr: Live, media: Path):
    nfo = media / "Alien (1979)" / "movie.nfo"
    own = "<movie>\n  <title>Alien</title>\n  <plot>Mine.</plot>\n  <foreign a='1'>x</foreign>\n</movie>\n"
    nfo.write_text(own)
    host = add(metarr, media)
    edit(metarr, "Alien", plot="Theirs.", tagline="In space.")
    choose(metarr, host, "FILL")
    until(lambda: "In space." in nfo.read_text())
    assert nfo.read_text() == own.replace("</foreign>", "</foreign>\n  <tagline>In space.</tagline>")


def test_the_same_folder_twice_is_told_which(metarr: Live, media: Path):
    add(metarr, media)
    for path in (media, media / "Dark", media.parent / "media" / "." / "Dark" / ".."):
        with pytest.raises(RpcFailure, match="the host folders") as failed:
            metarr.call("Host", "AddHost", {"kind": "folders", "settings": {"paths": [str(path)]}})
        assert failed.value.code == "ALREADY_EXISTS"


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        (["/nowhere/at/all"], "is not there"),
        (["{media}", "{media}/Dark"], "within one another"),
        (["{media}/Heat.1995.1080p.mkv"], "is a file"),
        (["{media}/../data"], "Metarr's own"),
        (["relative/path"], "no path from the root"),
        ([], "no folder is named"),
    ],
)
def test_wrong_folders_are_refused_with_what_to_do(metarr: Live, media: Path, paths: list[str], why: str):
    settings = {"paths": [path.format(media=media) for path in paths]}
    with pytest.raises(RpcFailure, match=why) as failed:
        metarr.call("Host", "AddHost", {"kind": "folders", "settings": settings})
    assert failed.value.code == "INVALID_ARGUMENT"
    assert metarr.call("Host", "ListHosts") == {}


def test_a_killed_process_is_started_again_and_a_disabled_one_is_not(metarr: Live, media: Path):
    add(metarr, media)
    [number] = until(lambda: processes(metarr.data_dir))
    os.kill(number, signal.SIGKILL)
    until(lambda: processes(metarr.data_dir) not in ([number], []))
    metarr.call("Host", "UpdateHost", {"hostId": "folders", "enabled": False, "updateMask": "enabled"})
    assert processes(metarr.data_dir) == []
    assert host_of(metarr)["state"]["status"] == "STATUS_DISABLED"


def test_removing_a_host_ends_it_and_leaves_the_files(metarr: Live, media: Path):
    host = add(metarr, media)
    answer = metarr.call("Host", "RemoveHost", {"hostId": "folders", "removePlayer": True})
    assert answer["deletedItems"] >= 3
    assert player_of(metarr, host) == {}
    assert processes(metarr.data_dir) == []
    assert (media / "Heat.1995.1080p.mkv").exists()


def test_health_tells_how_hosts_fare(metarr: Live, media: Path):
    host = add(metarr, media)
    [told] = metarr.call("Health", "GetHealth")["hosts"]
    assert (told["id"], told["playerId"], told["state"]["status"]) == ("folders", host["playerId"], "STATUS_RUNNING")
    assert told["state"]["lastReportAt"]


def test_a_token_of_a_host_opens_what_its_player_needs_and_nothing_else(metarr: Live, media: Path):
    host, grants = add(metarr, media), metarr.daemon.services.grants
    address = metarr.daemon.services.hosts._address
    token = grants.issue(host["playerId"])
    with Client(address, token) as client:
        assert client.call("metarr.v1.HealthService/GetHealth")["hosts"]
        for method, message in (
            ("SyncService/ListPlayers", {}),
            ("SyncService/RemovePlayer", {"playerId": host["playerId"]}),
            ("SyncService/ListPendingItems", {"playerId": "another", "session": "1"}),
            ("EnrichmentService/ListJobs", {}),
        ):
            with pytest.raises(RpcError) as failed:
                client.call(f"metarr.v1.{method}", message)
            assert failed.value.code == "permission_denied", method
        for method in ("ConfigService/GetSettings", "HostService/ListHosts", "LibraryService/ListItems"):
            with pytest.raises(RpcError) as failed:
                client.call(f"metarr.v1.{method}", {})
            assert failed.value.code in ("unimplemented", "unauthenticated"), method
    for other in ("", "wrong", token[:-1]):
        with Client(address, other) as client, pytest.raises(RpcError) as failed:
            client.call("metarr.v1.HealthService/GetHealth")
        assert failed.value.code == "unauthenticated"


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x96\x00\x64" + bytes(12)


def test_images_are_fetched_once_and_lie_beside_the_media(metarr: Live, media: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def fetch(url: str) -> FetchedImage:
        asked.append(url)
        if "gone" in url:
            raise ImageRefused("is not there any more")
        return FetchedImage(JPEG + url.encode(), "image/jpeg")

    monkeypatch.setattr(metarr.daemon.services.images._fetcher, "fetch", fetch)
    host = add(metarr, media)
    edit(
        metarr, "Alien", poster=[{"url": "https://image.example/p.jpg"}], fanart=[{"url": "https://image.example/gone"}]
    )
    choose(metarr, host, "FILL")
    poster = media / "Alien (1979)" / "poster.jpg"
    until(poster.exists)
    until(lambda: player_of(metarr, host).get("pendingItems", 0) == 0)
    assert poster.read_bytes() == JPEG + b"https://image.example/p.jpg"
    assert [path.name for path in poster.parent.glob("*.jpg")] == ["poster.jpg"]
    [entry] = metarr.call("Sync", "ListPlayerItems", {"playerId": host["playerId"], "state": "STATE_NOT_TAKEN"})[
        "items"
    ]
    assert "is not there any more" in json.dumps(entry)
    metarr.daemon.services.hosts.wake("folders")
    edit(metarr, "Alien", plot="In space.")
    until((media / "Alien (1979)" / "Alien (1979).nfo").exists)
    assert sorted(asked) == ["https://image.example/gone", "https://image.example/p.jpg"]
    with urlopen(f"{metarr.url}/images/{hashlib.sha256(poster.read_bytes()).hexdigest()}") as answer:
        assert answer.read() == poster.read_bytes()
        assert answer.headers["Content-Type"] == "image/jpeg"


def test_the_owners_image_stays_under_fill(metarr: Live, media: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metarr.daemon.services.images._fetcher, "fetch", lambda _: FetchedImage(JPEG, "image/jpeg"))
    own = media / "Alien (1979)" / "folder.jpg"
    own.write_bytes(b"\xff\xd8\xff mine")
    host = add(metarr, media)
    edit(metarr, "Alien", poster=[{"url": "https://image.example/p.jpg"}])
    choose(metarr, host, "FILL")
    until(lambda: player_of(metarr, host).get("pendingItems", 0) == 0)
    assert [path.name for path in own.parent.glob("*.jpg")] == ["folder.jpg"]
    assert own.read_bytes() == b"\xff\xd8\xff mine"
    choose(metarr, host, "REPLACE")
    until(lambda: own.read_bytes() == JPEG)
    assert [path.name for path in own.parent.glob("*.jpg")] == ["folder.jpg"]


def test_a_tree_that_is_halved_loses_nothing_before_its_owner_says_so(
    metarr: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "many"
    for number in range(60):
        (folder / f"Film {number} (2000)").mkdir(parents=True)
        (folder / f"Film {number} (2000)" / f"Film {number}.mkv").write_bytes(b"%d" % number)
    host = add(metarr, folder)
    for number in range(40):
        shutil.rmtree(folder / f"Film {number} (2000)")
    metarr.daemon.services.reporter.report(
        host["playerId"],
        session_of(metarr, host),
        [],
        removed=[f"{folder}/Film {number} (2000)" for number in range(40)],
    )
    assert player_of(metarr, host)["heldRemovals"] == 40
    assert player_of(metarr, host)["items"] == 60
    answer = metarr.call("Sync", "AcceptGone", {"playerId": host["playerId"]})
    assert (answer["removed"], answer["deletedItems"]) == (40, 40)


def session_of(metarr: Live, host: dict[str, Any]) -> str:
    with metarr.daemon.services.hosts._database.read() as connection:
        player = players.get(connection, host["playerId"])
        assert player is not None
        return f"{player.session}-{players.store_id(connection)[:8]}"


SERVE = """
import sys
from metarr.cli import main
main(sys.argv[1:])
"""


@pytest.fixture
def settings(media: Path) -> Iterator[dict[str, dict[str, Any]]]:
    """By kind, what a host of it can be added with."""
    with jellyfin() as server:
        film(server, "Alien")
        yield {"folders": {"paths": [str(media)]}, "jellyfin": {"url": server.url, "api_key": server.key}}


@pytest.mark.parametrize("kind", ["folders", "jellyfin"])
def test_a_killed_daemon_leaves_no_process(tmp_path: Path, settings: dict[str, dict[str, Any]], kind: str):
    command = [sys.executable, "-c", SERVE, "serve", "--data-dir", tmp_path / "data", "--http", "127.0.0.1:0"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [*command, "--grpc", "127.0.0.1:0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        line = daemon.stdout.readline()
        address = line.partition("HTTP on ")[2].partition(",")[0].rstrip("/")
        with Client(address) as client:
            client.call("metarr.v1.HostService/AddHost", {"kind": kind, "settings": settings[kind]})
        until(lambda: processes(tmp_path / "data"))
        daemon.kill()
    until(lambda: processes(tmp_path / "data") == [], 12)


def test_a_webhook_has_a_host_look_at_once(metarr: Live, media: Path):
    add(metarr, media)
    path = host_of(metarr)["hookPath"]
    for wrong in (path[:-1], f"{path}0", path.replace("folders", "others"), "/hooks/", "/hooks/folders/", "/hooks"):
        assert requests.post(f"{metarr.url}{wrong}", timeout=10).status_code == 404, wrong
    assert requests.get(f"{metarr.url}{path}", timeout=10).status_code == 404
    (media / "Ran (1985)").mkdir()
    (media / "Ran (1985)" / "Ran (1985).mkv").write_bytes(b"ran")
    answer = requests.post(f"{metarr.url}{path}", data=b"\x00 no json", headers={"Content-Type": "x"}, timeout=10)
    assert (answer.status_code, answer.content) == (204, b"")
    until(lambda: "Ran" in {each.get("title") for each in metarr.call("Library", "ListItems")["items"]})
    metarr.call("Host", "UpdateHost", {"hostId": "folders", "enabled": False, "updateMask": "enabled"})
    assert requests.post(f"{metarr.url}{path}", timeout=10).status_code == 204
    metarr.call("Host", "RemoveHost", {"hostId": "folders"})
    assert requests.post(f"{metarr.url}{path}", timeout=10).status_code == 404


def test_what_hosts_print_is_in_their_log(metarr: Live, media: Path):
    add(metarr, media)
    until(lambda: metarr.call("Host", "GetHostLog", {"hostId": "folders"}).get("lines"))
    lines = json.dumps(metarr.call("Host", "GetHostLog", {"hostId": "folders"}))
    assert "entries were told" in lines


def test_what_changes_on_the_disk_is_heard_of_soon(metarr: Live, media: Path):
    add(metarr, media)
    until(lambda: "changes are heard of" in json.dumps(metarr.call("Host", "GetHostLog", {"hostId": "folders"})))
    titles: set[str] = set()
    for number in range(50):
        # What is written until the system has begun to tell goes unheard.
        (media / f"Number {number} (1985).mkv").write_bytes(b"%d" % number)
        time.sleep(2)
        titles = {str(each.get("title")) for each in metarr.call("Library", "ListItems", {"pageSize": 200})["items"]}
        if any(title.startswith("Number") for title in titles):
            break
    assert any(title.startswith("Number") for title in titles)
