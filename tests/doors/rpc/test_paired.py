"""A player that comes from the network: how it comes to a token, what that opens, and what it does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from metarr import tokens
from metarr.app import Daemon
from metarr.rpc.contract import service_of
from metarr.rpc.doors.access import Access, is_local
from metarr.rpc.doors.gate import MOST_PAIRING
from metarr.rpc.doors.scoped import HOST, PAIRED
from metarr.rpc.servicer import BaseServicer

FOREIGN = "127.0.0.2"
KODI: dict[str, Any] = {
    "playerId": "kodi-1",
    "name": "Kodi",
    "host": "kodi",
    "instance": "pc",
    "kinds": [{"kind": "MEDIA_KIND_MOVIE", "fields": ["title"]}],
}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def daemon(data_dir: Path) -> Iterator[Daemon]:
    access = Access(local=lambda host: host != FOREIGN and is_local(host))
    running = Daemon(data_dir, "127.0.0.1:0", f"{FOREIGN}:0", access=access)
    running.start()
    yield running
    running.stop()


class Caller:
    """Whoever comes from the network."""

    def __init__(self, daemon: Daemon, token: str = "") -> None:
        self.base, self.token = f"http://{daemon.http_address}", token

    def post(self, method: str, message: dict[str, Any] | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        path = f"{self.base}/metarr.v1.{method}"
        return requests.post(path, json=message or {}, headers=headers, timeout=20)

    def call(self, method: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.post(method, message)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
def stranger(daemon: Daemon) -> Caller:
    return Caller(daemon)


@pytest.fixture
def owner(daemon: Daemon, data_dir: Path) -> Caller:
    return Caller(daemon, tokens.read(data_dir / tokens.FILE_NAME))


def paired(stranger: Caller, owner: Caller, daemon: Daemon, player_id: str = "kodi-1") -> Caller:
    shown = stranger.call("SyncService/StartPairing", {"playerId": player_id, "name": "Kodi"})
    assert stranger.call("SyncService/ClaimPairing", {"claim": shown["claim"]}) == {}
    owner.call("SyncService/ApprovePairing", {"code": shown["code"]})
    return Caller(daemon, stranger.call("SyncService/ClaimPairing", {"claim": shown["claim"]})["token"])


@pytest.fixture
def player(stranger: Caller, owner: Caller, daemon: Daemon) -> Caller:
    return paired(stranger, owner, daemon)


def test_a_player_that_was_let_in_works_as_its_own_alone(player: Caller):
    session = player.call("SyncService/RegisterPlayer", KODI)["session"]
    assert player.call("SyncService/ListPendingItems", {"playerId": "kodi-1", "session": session})
    assert player.call("LibraryService/ListItems", {"pageSize": 1}) == {}
    other = player.post("SyncService/RegisterPlayer", {**KODI, "playerId": "kodi-2"})
    assert (other.status_code, other.json()["code"]) == (403, "permission_denied")
    assert player.post("SyncService/UpdatePlayer", {"playerId": "kodi-2", "name": "x"}).status_code == 403


def test_no_player_lets_another_one_in(stranger: Caller, player: Caller):
    shown = stranger.call("SyncService/StartPairing", {"playerId": "kodi-2", "name": "Kodi"})
    for caller, status in ((stranger, 401), (player, 403)):
        assert caller.post("SyncService/ApprovePairing", {"code": shown["code"]}).status_code == status
    assert stranger.call("SyncService/ClaimPairing", {"claim": shown["claim"]}) == {}


def test_a_revoked_token_opens_nothing(owner: Caller, player: Caller):
    assert player.post("HealthService/GetHealth").status_code == 200
    for each in owner.call("SyncService/ListPlayerTokens", {"playerId": "kodi-1"})["tokens"]:
        owner.call("SyncService/RevokePlayerToken", {"tokenId": each["id"]})
    answer = player.post("HealthService/GetHealth")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_who_is_removed_is_shut_out(owner: Caller, player: Caller):
    player.call("SyncService/RegisterPlayer", KODI)
    owner.call("SyncService/RemovePlayer", {"playerId": "kodi-1"})
    assert player.post("SyncService/RegisterPlayer", KODI).status_code == 401


def test_who_has_a_void_token_can_be_let_in_again(daemon: Daemon, owner: Caller):
    assert paired(Caller(daemon, "void"), owner, daemon, "kodi-3").call("HealthService/GetHealth")


def test_no_stranger_s_large_request_is_waited_for(stranger: Caller):
    answer = stranger.post("SyncService/StartPairing", {"playerId": "kodi-1", "name": "x" * 2 * MOST_PAIRING})
    assert answer.status_code in (400, 401)


def test_pages_and_metrics_are_no_player_s(player: Caller):
    headers = {"Authorization": f"Bearer {player.token}"}
    for path in ("/metrics", "/library"):
        answer = requests.get(player.base + path, headers=headers, timeout=20, allow_redirects=False)
        assert answer.status_code != 200, path


@pytest.mark.parametrize("scope", [HOST, PAIRED], ids=["host", "paired"])
def test_a_scope_names_methods_of_the_contract(scope: dict[str, frozenset[str]]):
    served = [each for each in BaseServicer.__subclasses__() if each.__module__.startswith("metarr.rpc.methods")]
    services = [service_of(each) for each in served]
    contract = {each.descriptor.name: {rpc.name for rpc in each.methods} for each in services}
    assert all(names <= contract[service] for service, names in scope.items())
