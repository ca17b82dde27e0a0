"""What answers at an address, and what is made of it: paths, certificates, proxies, and answers that are none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates import self_signed
from fake_jellyfin import FakeJellyfin, Reply
from jellyfin_rig import JellyfinRig, film, jellyfin
from metarr_adapter.host import HostUnavailable, OwnerNeeded
from metarr_jellyfin import server as module
from metarr_jellyfin.greeting import greeted
from metarr_jellyfin.server import Gone, JellyfinServer, Refused
from scripted_server import ScriptedServer, reply

pytestmark = pytest.mark.slow


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    made = ScriptedServer()
    yield made
    made.close()


def asked(server: FakeJellyfin | ScriptedServer, **options: str) -> JellyfinServer:
    return JellyfinServer(options.pop("url", server.url), "a-key", **options)


@pytest.mark.parametrize(
    ("typed", "shown", "base"),
    [
        ("http://nas:8096", "nas:8096", ""),
        ("http://nas", "nas:80", ""),
        ("https://media.example/jellyfin/", "media.example:443", "/jellyfin"),
        ("http://[fe80::1]:8096", "[fe80::1]:8096", ""),
        ("http://nas:8096/web/index.html", "nas:8096", ""),
        ("http://nas:8096/jellyfin/web/", "nas:8096", "/jellyfin"),
        ("http://bücher.example", "xn--bcher-kva.example:80", ""),
    ],
)
def test_an_address_is_read_as_its_owner_types_it(typed: str, shown: str, base: str):
    server = JellyfinServer(typed, "a-key")
    assert (str(server.address), server._base) == (shown, base)


@pytest.mark.parametrize(
    "typed", ["", "nas", "ftp://nas", "http://", "http://u:secret@nas", "http://nas:99999", "http://[::"]
)
def test_what_is_no_address_is_told_without_a_password(typed: str):
    with pytest.raises(OwnerNeeded, match="such as http") as failed:
        JellyfinServer(typed, "a-key")
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("key", ["", "  ", "a key", "kéy", "a\nkey"])
def test_what_can_be_no_key_is_told_without_it(key: str):
    with pytest.raises(OwnerNeeded, match="API key") as failed:
        JellyfinServer("http://nas", key)
    assert not key.strip() or key not in str(failed.value)


@pytest.mark.parametrize("options", [{"base": "/jellyfin"}, {"address": "::1"}])
def test_below_a_path_and_by_ipv6(options: dict[str, str], tmp_path: Path):
    with jellyfin(**options) as server:
        alien = film(server, "Alien")
        rig = JellyfinRig(tmp_path / "host", server)
        rig.daemon.library["Alien"] = {"plot": "Theirs."}
        rig.sync()
        assert alien.data["Overview"] == "Theirs."
        rig.host.close()


def test_a_certificate_of_its_own_is_vouched_for_by_a_file(tmp_path: Path):
    tls = self_signed(tmp_path / "tls")
    with jellyfin(tls=tls) as server:
        caller = asked(server, ca_file=str(tls.certificate))
        assert greeted(caller).id == server.server_id
        caller.close()
        with pytest.raises(HostUnavailable, match="ca_file"):
            greeted(asked(server))
        with pytest.raises(OwnerNeeded, match="no certificates"):
            greeted(asked(server, ca_file=str(tmp_path / "nothing.pem")))


PAGE = b"<html><form>Sign in</form></html>"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (reply(PAGE, Content_Type="text/html"), "asks to sign in"),
        (reply(b"", 302, Location="https://login.example/?next=1"), "sends its callers elsewhere"),
        (reply(PAGE, 502, Content_Type="text/html"), "away behind its proxy"),
        (reply(b"busy", 429), "away behind its proxy"),
        (reply(PAGE, 404, Content_Type="text/html"), "below another path"),
        (reply(b'{"Id": "1"}'), "is no Jellyfin"),
        (reply(b"[]"), "is no Jellyfin"),
        (reply(b"[" * 100_000), "asks to sign in"),
        (b"SSH-2.0-OpenSSH\r\n", "else than HTTP"),
    ],
)
def test_what_is_no_jellyfin_is_told(scripted: ScriptedServer, step: bytes, why: str):
    scripted.script(step)
    server = asked(scripted)
    with pytest.raises(HostUnavailable, match=why) as failed:
        greeted(server)
    assert "a-key" not in str(failed.value)
    server.close()


def test_the_key_does_not_go_where_it_need_not(scripted: ScriptedServer):
    scripted.script(reply(b"", 302, Location="https://elsewhere.example/"))
    server = asked(scripted)
    with pytest.raises(HostUnavailable):
        greeted(server)
    assert "a-key" not in scripted.requests[0]
    with pytest.raises(HostUnavailable):
        server.get("/Items")
    assert 'authorization: mediabrowser token="a-key"' in scripted.requests[1].lower()
    assert len(scripted.requests) == 2
    server.close()


@pytest.mark.parametrize(
    ("status", "raised", "why"),
    [
        (401, OwnerNeeded, "API key"),
        (403, OwnerNeeded, "administrator"),
        (404, Gone, "^$"),
        (400, Refused, "Jellyfin says: no"),
        (500, Refused, "Jellyfin says: no"),
        (413, Refused, "raise its limit"),
        (503, HostUnavailable, "starts"),
    ],
)
def test_what_a_status_asks_for(scripted: ScriptedServer, status: int, raised: type[Exception], why: str):
    scripted.script(reply(b"no", status, Content_Type="text/plain"))
    server = asked(scripted)
    with pytest.raises(raised, match=why):
        server.post("/Items/1", {})
    server.close()


def test_an_answer_beyond_all_measure_is_not_kept(scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch):
    scripted.script(reply(b"x" * 3_000_000))
    server = JellyfinServer(scripted.url, "a-key")
    with pytest.raises(HostUnavailable, match="larger than 1 MB"):
        server.bytes_of("/Items/1/Images/Primary/0", 1_000_000)
    assert module.MOST_BYTES <= 32 * 1024 * 1024
    server.close()


def test_a_connection_that_was_given_up_meanwhile_is_opened_again_to_read_and_a_write_is_not_sent_twice():
    with jellyfin() as server:
        alien = film(server, "Alien")
        caller = JellyfinServer(server.url, server.key)
        caller.get("/System/Info")
        assert caller._connection is not None
        caller._connection.interrupt()
        caller._connection._interrupted = False
        assert caller.get("/System/Info")["Version"] == server.version
        server.after = lambda request, _: Reply(breaks=True) if request.method == "POST" else None
        with pytest.raises(HostUnavailable, match="broke"):
            caller.post(f"/Items/{alien.id}", {"Name": "Alien", "Tags": [], "ProviderIds": {}, "Genres": []})
        assert len(server.posts()) == 1
        caller.close()


def test_somebody_hears_that_it_is_waited_for(scripted: ScriptedServer):
    beats: list[int] = []
    server = JellyfinServer(scripted.url, "a-key", beat=lambda: beats.append(1))
    server.get("/Items")
    assert beats
    server.close()


def test_an_answer_may_come_in_pieces(scripted: ScriptedServer):
    pieces = b'4\r\n{"a"\r\n4\r\n: 1}\r\n0\r\n\r\n'
    scripted.script(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces)
    server = asked(scripted)
    assert [server.get("/Items") for _ in range(2)] == [{"a": 1}] * 2
    assert scripted.connections == 1
    server.close()
