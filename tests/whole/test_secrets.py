"""A key goes in and never comes out: not in an answer, an error, a log at its most talkative, or any file.

Every provider's key is stored, used, refused, echoed back by a hostile server, and lost on the way, and then searched
for everywhere, also in the spellings in which texts travel.
"""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import quote

import pytest
import requests

from harness import PROVIDERS, live, settings_for
from metarr.rpc.client import Client, RpcFailure
from proxies import Proxy, SocksProxy
from scripted_server import ScriptedServer, reply
from simulators import KEYS, Simulators

ECHOED = "echo00secret00of00a00key00never00shown"
"""A key that only the hostile server hears."""

SHORT = 4
"""Characters of a long key that are shown on purpose, for its owner to recognize it."""


def spellings(secret: str) -> set[bytes]:
    """The secret as it may stand in a text: plain, quoted for an address, in hex, in base64 at any offset."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), raw.hex().encode()}
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + raw)
        whole = encoded[4 if lead else 0 : len(encoded) // 4 * 4 - 4]  # what its neighbours cannot change
        if len(whole) >= 8:
            found |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def leaks(secrets: set[str], *places: bytes) -> list[str]:
    """The secrets that stand anywhere in these bytes."""
    return [secret for secret in secrets for spelling in spellings(secret) if any(spelling in one for one in places)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "text",
    ["key={}", "key={} ", "a%3D{}", '{{"k":"{}"}}'],
)
def test_the_search_finds_what_it_is_for(text: str) -> None:
    secret = "a+b/c=d e-0123456789"
    for spelled in (secret, quote(secret, safe=""), secret.encode().hex()):
        assert leaks({secret}, text.format(spelled).encode())
    for lead in ("", "x", "xy"):
        assert leaks({secret}, base64.b64encode(f"{lead}{secret}tail".encode()))
        assert leaks({secret}, base64.urlsafe_b64encode(f"{lead}{secret}".encode()))
    assert not leaks({secret}, text.format(secret[:-1]).encode())


class Everything:
    """A daemon of its own process, and all that it ever said."""

    def __init__(self, grpc: str, http: str) -> None:
        self._client = Client(grpc, 20)
        self._http = http
        self.said: list[bytes] = []

    def call(self, service: str, method: str, request: dict[str, Any], timeout: float = 20) -> None:
        """Call a method through both doors, and keep whatever they answer."""
        try:
            answer = self._client.call(f"{service}Service", method, request, timeout)
            self.said.append(json.dumps(answer).encode())
        except RpcFailure as failure:
            self.said.append(repr((failure.message, failure.reason, failure.violations)).encode())
        self.post(service, method, json.dumps(request).encode(), timeout)

    def post(self, service: str, method: str, body: bytes, timeout: float = 20) -> None:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{self._http}metarr.v1.{service}Service/{method}",
                data=body,
                headers={"Content-Type": "application/json", "Connect-Timeout-Ms": str(int(timeout * 1000))},
                timeout=timeout + 10,
            )
        self.said.append(answer.content + repr(dict(answer.headers)).encode())

    def page(self, path: str, form: dict[str, str] | None = None) -> None:
        """What a browser is shown, or what it is told about a form that it sends."""
        with requests.Session() as session:
            session.trust_env = False
            address = f"{self._http}{path}"
            answer = session.post(address, form, timeout=30) if form else session.get(address, timeout=30)
        assert answer.status_code < 500, answer.text
        self.said.append(answer.content + repr(dict(answer.headers)).encode())

    def configure(self, provider: str, settings: dict[str, Any]) -> None:
        self.call(
            "Config",
            "UpdateProvider",
            {"providerId": provider, "settings": settings, "updateMask": "enabled,settings"} | {"enabled": True},
        )

    def journey(self, provider: str, timeout: float = 20) -> None:
        """Whatever may tell something of a provider."""
        self.call("Config", "TestProvider", {"providerId": provider}, timeout)
        self.call("Enrichment", "Enrich", {"itemId": "imdb:tt1375666", "forceRefresh": True}, timeout)
        self.call("Aggregation", "Aggregate", {"kind": "MEDIA_KIND_MOVIE", "title": "Fight Club"}, timeout)
        self.call("Aggregation", "Search", {"kind": "MEDIA_KIND_MOVIE", "title": "Fight Club"}, timeout)
        self.call("Library", "GetItem", {"itemId": "imdb:tt1375666", "explain": True})
        self.call("Library", "ListItems", {})
        self.call("Enrichment", "ListChangeSets", {})
        self.call("Config", "ListProviders", {})
        self.call("Config", "GetFieldAuthorities", {})
        self.call("Config", "GetSettings", {})
        self.call("Config", "ExportSettings", {})
        self.call("Enrichment", "ListJobs", {})
        self.call("Health", "GetHealth", {})
        self.call("Health", "ListNotices", {})
        for path in ("health", "providers", f"providers/{provider}", "jobs", "settings"):
            self.page(path)

    def close(self) -> None:
        self._client.close()


@contextmanager
def everything(data_dir: Path, log: Path) -> Iterator[Everything]:
    command = [sys.executable, "-m", "metarr.cli", "serve", "--data-dir", str(data_dir), "--log-level", "debug"]
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            grpc, http = re.search(r"gRPC on (\S+), HTTP on (\S+)/,", ready).groups()
            with closing(Everything(grpc, f"{http}/")) as daemon:
                yield daemon
                daemon.said.append(ready.encode())
            process.terminate()
            daemon.said.append(process.stdout.read().encode())
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()


def echo(server: ScriptedServer, status: int, **headers: str) -> Any:
    """An answer that repeats the whole request wherever a provider's error may stand."""

    def answer(connection: socket) -> None:
        request = server.requests[-1]
        names = ("Error", "status_message", "message", "error message", "error", "detail")
        body = {"Response": "False", "success": False, "status": "failure", **dict.fromkeys(names, request)}
        told = {name: value.format(target=request.split(" ")[1]) for name, value in headers.items()}
        spoken = reply(json.dumps(body).encode(), status, Content_Type="application/json", Connection="close", **told)
        connection.sendall(spoken)

    return answer


SECRETS = {
    "fanart": {"api_key": KEYS["fanart"], "client_key": KEYS["fanart_personal"]},
    "omdb": {"api_key": KEYS["omdb"]},
    "tmdb": {"api_key": KEYS["tmdb_bearer"]},
    "tvdb": {"api_key": KEYS["tvdb_user_supported"], "pin": KEYS["tvdb_pin"]},
}
FAULTS = (
    "error_500",
    "auth_refused",
    "rate_limited",
    "redirect_other_host",
    "redirect_loop",
    "error_200_html",
    "truncated_json",
    "reset_before_body",
)


@pytest.mark.e2e
def test_no_key_is_ever_seen_again(simulators: Simulators, tmp_path: Path) -> None:
    data_dir, log = tmp_path / "data", tmp_path / "log"
    secrets = {secret for settings in SECRETS.values() for secret in settings.values()} | {ECHOED}
    with everything(data_dir, log) as daemon, closing(ScriptedServer()) as hostile:
        good = {provider: settings_for(simulators, provider) | SECRETS[provider] for provider in PROVIDERS}
        for provider in PROVIDERS:
            daemon.configure(provider, good[provider])
        new = {"kind": "MEDIA_KIND_MOVIE", "ids": [{"type": "imdb", "value": "tt1375666"}]}
        daemon.call("Library", "UpsertItems", {"items": [new]})
        for provider in PROVIDERS:
            daemon.journey(provider)
        assert simulators.state.tokens, "TheTVDB's login has given a token"
        secrets |= set(simulators.state.tokens)
        for provider in PROVIDERS:
            for fault in FAULTS:
                simulators.fault(provider, fault, path_contains="/")
                daemon.journey(provider, 5)
                simulators.clear_faults()
                daemon.configure(provider, good[provider])
            simulators.fault(provider, "hang", path_contains="/")
            daemon.call("Config", "TestProvider", {"providerId": provider}, 0.7)
            simulators.clear_faults()
        for provider in PROVIDERS:
            bad = dict.fromkeys(SECRETS[provider], ECHOED) | {"base_url": hostile.url}
            for status, headers in (
                (200, {}),
                (401, {}),
                (404, {}),
                (429, {"Retry_After": "900"}),
                (500, {}),
                (302, {"Location": "http://elsewhere.invalid{target}&again=" + ECHOED}),
            ):
                hostile.script(echo(hostile, status, **headers))
                daemon.configure(provider, bad)
                daemon.journey(provider, 5)
            assert any(ECHOED in request for request in hostile.requests), "the hostile server has heard the key"
            daemon.configure(provider, bad | {"base_url": "http://127.0.0.1:1"})
            daemon.call("Config", "TestProvider", {"providerId": provider}, 5)
            daemon.configure(provider, bad | {"base_url": "no address", "daily_quota": -1})
            daemon.configure(provider, bad | {"no_such_setting": ECHOED})
            typed = {f"settings.{key}": ECHOED for key in SECRETS[provider]}
            for do, address in (("test", hostile.url), ("test", "no address"), ("save", "no address")):
                form = {"etag": "old", "do": do, "settings.base_url": address, "settings.requests_per_second": "many"}
                daemon.page(f"providers/{provider}", {**form, **typed})
                hostile.script(echo(hostile, 401))
                daemon.page(f"providers/{provider}", {**form, **typed, "settings.requests_per_second": "5"})
            for body in (b'{"providerId": "%s", "settings": {"api_key": "%s"', b'{"x": "%s", "y": "%s"}'):
                daemon.post("Config", "UpdateProvider", body % (provider.encode(), ECHOED.encode()))
            hostile.requests.clear()
            daemon.configure(provider, good[provider])
        told = files(data_dir)
    assert b"http_answer" in log.read_bytes(), "the log is at its most talkative"
    stored = files(data_dir)
    assert "metarr.db" in stored
    assert leaks(secrets, log.read_bytes()) == []
    assert leaks(secrets, *daemon.said) == []
    assert leaks(secrets, *told.values(), *stored.values()) == []
    everything_said = b"".join(daemon.said)
    assert KEYS["tvdb_user_supported"][-SHORT:].encode() in everything_said, "the end of a long key is shown"


@pytest.mark.e2e
def test_nor_is_the_password_of_a_proxy(simulators: Simulators, tmp_path: Path) -> None:
    secret = "proxy00password00never00shown"
    data_dir, log = tmp_path / "data", tmp_path / "log"

    def settings(proxy: str) -> dict[str, Any]:
        return {"proxy": proxy, "proxy_user": "bob", "proxy_password": secret}

    with everything(data_dir, log) as daemon, closing(ScriptedServer()) as hostile:
        well = [Proxy(user=f"bob:{secret}"), SocksProxy(user=f"bob:{secret}"), Proxy(user="bob:another")]
        daemon.configure("omdb", settings_for(simulators, "omdb"))
        daemon.configure("tvdb", settings_for(simulators, "tvdb"))
        new = {"kind": "MEDIA_KIND_MOVIE", "ids": [{"type": "imdb", "value": "tt1375666"}]}
        daemon.call("Library", "UpsertItems", {"items": [new]})
        for address in (*(each.address for each in well), hostile.url, "http://127.0.0.1:1"):
            for status in (200, 403, 407, 500):
                hostile.script(echo(hostile, status))
                daemon.call("Config", "UpdateSettings", {"settings": settings(address)})
                daemon.journey("omdb", 5)
            daemon.configure("tvdb", settings(address))
            daemon.journey("tvdb", 5)
        assert well[0].asked
        assert well[1].asked
        assert any("Proxy-Authorization" in request for request in hostile.requests)
        for wrong in (f"http://bob:{secret}@proxy.lan:1", f"htp://bob:{secret}@proxy.lan:1", f"bob:{secret}@proxy.lan"):
            daemon.call("Config", "UpdateSettings", {"settings": settings(wrong)})
            daemon.configure("tvdb", settings(wrong))
        daemon.call("Config", "UpdateSettings", {"settings": {"proxy_user": f"bob:{secret}"}})
        for each in well:
            each.close()
    assert leaks({secret}, log.read_bytes()) == []
    assert leaks({secret}, *daemon.said) == []
    assert leaks({secret}, *files(data_dir).values()) == []


def test_a_lost_key_file_means_enter_the_keys_again_and_nothing_else(simulators: Simulators, tmp_path: Path) -> None:
    with live(tmp_path) as before:
        before.configure(simulators, *PROVIDERS)
        new = {"kind": "MEDIA_KIND_MOVIE", "ids": [{"type": "imdb", "value": "tt1375666"}]}
        before.call("Library", "UpsertItems", {"items": [new]})
        before.call("Enrichment", "Enrich", {"itemId": "1"})
        item = before.call("Library", "GetItem", {"itemId": "1"})
    (tmp_path / "metarr.key").unlink()
    with live(tmp_path) as after:
        assert after.call("Library", "GetItem", {"itemId": "1"}) == item
        assert after.call("Health", "GetHealth")["status"] == "STATUS_DEGRADED"
        for provider in after.call("Config", "ListProviders")["providers"]:
            assert provider["state"]["status"] == "STATUS_KEY_REFUSED"
            assert "enter a working one" in provider["state"]["detail"]
            key = next(setting for setting in provider["settings"] if setting["key"] == "api_key")
            assert not key.get("secretSet")
            address = next(setting for setting in provider["settings"] if setting["key"] == "base_url")
            assert address["value"] == simulators.base_urls[provider["id"]].rstrip("/"), "what is no secret is kept"
        with pytest.raises(RpcFailure) as caught:
            after.call("Enrichment", "Enrich", {"itemId": "1", "forceRefresh": True})
        assert caught.value.reason == "PROVIDERS_REFUSED_KEY"
        assert after.call("Library", "GetItem", {"itemId": "1"})["item"]["fields"] == item["item"]["fields"]
        after.configure(simulators, *PROVIDERS)
        answer = after.call("Enrichment", "Enrich", {"itemId": "1", "forceRefresh": True})
        assert {outcome["status"] for outcome in answer["outcomes"]} == {"STATUS_ANSWERED"}
