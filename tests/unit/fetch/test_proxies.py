"""Providers asked through a proxy, and whose failure it is when one fails. The proxies are real, on loopback."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import metarr.fetch.client
import proxies
from certificates import self_signed
from metarr.clock import Clock, SystemClock
from metarr.errors import BadAnswer, CircuitOpen, ProviderTimeout, ProxyFailed, Reason
from metarr.fetch import http
from metarr.fetch.client import ProviderClient
from metarr.fetch.contract import Lane
from metarr.proxy import Proxy, chosen
from metarr.rpc.doors.access import Tls
from proxies import Fault, SocksProxy
from scripted_server import Journey, ScriptedServer, hang, reply

pytestmark = pytest.mark.slow

OpenClient = Callable[..., ProviderClient]
KNOWN = "bob:pass wörd:with colon"


def known_as(address: str, user: str = "") -> Proxy:
    name, _, password = user.partition(":")
    proxy = chosen({"proxy": address, "proxy_user": name, "proxy_password": password})
    assert proxy is not None
    return proxy


@pytest.fixture
def opened() -> Iterator[Callable[..., Any]]:
    """Makes proxies that are closed after the test."""
    with contextlib.ExitStack() as stack:
        yield lambda kind=proxies.Proxy, **given: stack.enter_context(proxies.opened(kind(**given)))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def tls(certificate: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


@pytest.fixture
def trusted(certificate: Tls, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's certificate is one that Metarr trusts."""
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    monkeypatch.setattr(http, "trusted", lambda: context)


@pytest.fixture
def provider(tls: ssl.SSLContext) -> Iterator[str]:
    """The address of a provider that speaks TLS and answers everything alike."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, tls.wrap_socket(connection, server_side=True) as wrapped:
            while wrapped.recv(65536):
                wrapped.sendall(reply())

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def asked(client: ProviderClient, clock: Clock, seconds: float = 5.0) -> Any:
    return client.ask(Journey(clock, seconds), "GET", "/x", params={"q": "a b"})


@pytest.mark.parametrize("kind", [proxies.Proxy, SocksProxy], ids=["http", "socks5h"])
@pytest.mark.parametrize("user", ["", KNOWN], ids=["anybody", "somebody"])
class TestAWellProxy:
    def test_passes_plain_requests_on(
        self, opened: Any, server: ScriptedServer, open_client: OpenClient, kind: Any, user: str
    ) -> None:
        proxy, clock = opened(kind, user=user, names={"tmdb.test": ("127.0.0.1", server.port)}), SystemClock()
        client = open_client(clock, base_url="http://tmdb.test/3", proxy=known_as(proxy.address, user))
        assert asked(client, clock) == {"ok": True}
        assert proxy.asked == [{"http": "GET http://tmdb.test/3/x?q=a+b", "socks5h": "tmdb.test:80"}[kind.scheme]]
        assert server.lines() == ["GET /3/x?q=a+b HTTP/1.1"]
        assert "host: tmdb.test\r\n" in server.requests[0].lower()
        assert "proxy-authorization" not in server.requests[0].lower()

    @pytest.mark.usefixtures("trusted")
    def test_makes_a_way_for_tls_and_keeps_it(
        self, opened: Any, provider: str, open_client: OpenClient, kind: Any, user: str
    ) -> None:
        proxy, clock = opened(kind, user=user), SystemClock()
        client = open_client(clock, base_url=provider, proxy=known_as(proxy.address, user))
        assert [asked(client, clock) for _ in range(3)] == [{"ok": True}] * 3
        way = provider.removeprefix("https://")
        assert proxy.asked == [{"http": f"CONNECT {way}", "socks5h": way}[kind.scheme]]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_proxy_may_be_spoken_to_in_tls(
    opened: Any,
    tls: ssl.SSLContext,
    provider: str,
    server: ScriptedServer,
    open_client: OpenClient,
    *,
    secure: bool,
) -> None:
    proxy, clock = opened(tls=tls, user=KNOWN), SystemClock()
    client = open_client(clock, base_url=provider if secure else server.url, proxy=known_as(proxy.address, KNOWN))
    assert [asked(client, clock) for _ in range(2)] == [{"ok": True}] * 2
    assert len(proxy.asked) == (1 if secure else 2)


def test_socks5_looks_names_up_here_and_socks5h_leaves_it_to_the_proxy(
    opened: Any, server: ScriptedServer, open_client: OpenClient
) -> None:
    proxy, clock = opened(SocksProxy, names={"nowhere.invalid": ("127.0.0.1", server.port)}), SystemClock()
    for scheme, base_url in (("socks5", f"http://localhost:{server.port}"), ("socks5h", "http://nowhere.invalid")):
        client = open_client(clock, base_url=base_url, proxy=known_as(proxy.address.replace("socks5h", scheme)))
        assert asked(client, clock) == {"ok": True}
    assert proxy.asked == [f"127.0.0.1:{server.port}", "nowhere.invalid:80"]
    client = open_client(clock, base_url="http://nowhere.invalid", proxy=known_as(f"socks5://127.0.0.1:{proxy.port}"))
    with pytest.raises(BadAnswer, match="its name is not known"):
        asked(client, clock)


class Ailing:
    """By what ails a proxy: its fault, and the words in which that is told, for plain requests and for TLS."""

    HTTP: tuple[tuple[str, Fault, str, str], ...] = (
        ("page", proxies.answers(200), r"answers in its place \(HTTP 200\): it is a page", "TLS through"),
        ("forbids", proxies.answers(403), r"in its place \(HTTP 403\)", "HTTP 403 in its place"),
        ("has no such page", proxies.answers(404), r"in its place \(HTTP 404\)", "HTTP 404 in its place"),
        ("plain text", proxies.answers(401, b"No.", "text/plain"), r"\(HTTP 401\): it is no JSON", "HTTP 401 in its"),
        ("password", proxies.answers(407), "asks for a user and a password", "asks for a user and a password"),
        ("portal", proxies.answers(511), "HTTP 511 in its place", "HTTP 511 in its place"),
        ("closes", proxies.closes, "gives no answer", "closed the connection"),
        ("babbles", proxies.babbles, "gives no answer", "something that is no HTTP"),
        ("opens on a page", proxies.opens_on_a_page, "is a page|does not answer|stopped", "TLS through the proxy"),
    )
    SOCKS: tuple[tuple[str, Fault, str, str], ...] = (
        ("page", proxies.answers(200), "no SOCKS5", "no SOCKS5"),
        ("closes", proxies.closes, "no SOCKS5|closed", "no SOCKS5|closed"),
        ("babbles", proxies.babbles, "no SOCKS5", "no SOCKS5"),
    )


def _rows() -> list[Any]:
    return [
        pytest.param(kind, fault, words[secure], secure, id=f"{kind.scheme}-{'tls' if secure else 'plain'}-{name}")
        for kind, table in ((proxies.Proxy, Ailing.HTTP), (SocksProxy, Ailing.SOCKS))
        for name, fault, *words in table
        for secure in (False, True)
        if (name, secure) != ("opens on a page", False)
    ]


@pytest.mark.parametrize(("kind", "fault", "words", "secure"), _rows())
def test_what_ails_the_proxy_is_told_of_the_proxy(
    opened: Any,
    server: ScriptedServer,
    open_client: OpenClient,
    hasty_clock: Clock,
    *,
    kind: Any,
    fault: Fault,
    words: str,
    secure: bool,
) -> None:
    def classify(_response: object) -> BadAnswer:
        raise AssertionError("a provider reads no words of a proxy")

    proxy = opened(kind, fault=fault)
    base_url = "https://tmdb.test" if secure else server.url
    client = open_client(hasty_clock, classify, base_url=base_url, proxy=known_as(proxy.address), connect_timeout=0.3)
    with pytest.raises(ProxyFailed, match=words) as caught:
        asked(client, hasty_clock)
    assert proxy.address in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("kind", [proxies.Proxy, SocksProxy], ids=["http", "socks5h"])
@pytest.mark.parametrize("base_url", ["http://tmdb.test", "https://tmdb.test"])
def test_a_wrong_password_is_told_without_it(
    opened: Any, open_client: OpenClient, hasty_clock: Clock, kind: Any, base_url: str
) -> None:
    proxy = opened(kind, user=KNOWN)
    for given, words in (("", "asks for a user and a password"), ("bob:wr0ng-one", "refuses the user and the passw")):
        client = open_client(hasty_clock, base_url=base_url, proxy=known_as(proxy.address, given))
        with pytest.raises(ProxyFailed, match=words) as caught:
            asked(client, hasty_clock)
        assert "wr0ng-one" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1:1", "cannot be reached"), ("proxy.invalid:8080", "its name is not known")]
)
@pytest.mark.parametrize("base_url", ["http://tmdb.test", "https://tmdb.test"])
def test_a_proxy_that_cannot_be_reached_is_named(
    open_client: OpenClient, hasty_clock: Clock, *, scheme: str, host: str, words: str, base_url: str
) -> None:
    client = open_client(hasty_clock, base_url=base_url, proxy=known_as(f"{scheme}://{host}"))
    with pytest.raises(ProxyFailed, match=words):
        asked(client, hasty_clock)


@pytest.mark.parametrize("kind", [proxies.Proxy, SocksProxy], ids=["http", "socks5h"])
@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1", "https://127.0.0.1:1"])
def test_what_a_proxy_says_of_the_provider_is_told_of_the_provider(
    opened: Any, open_client: OpenClient, hasty_clock: Clock, kind: Any, base_url: str
) -> None:
    proxy = opened(kind)
    client = open_client(hasty_clock, base_url=base_url, proxy=known_as(proxy.address))
    with pytest.raises(BadAnswer, match=r"502|Connection refused") as caught:
        asked(client, hasty_clock)
    assert proxy.address in str(caught.value)
    assert len(proxy.asked) == 3, "it may well be reached in a moment"


@pytest.mark.parametrize(
    ("reply_code", "error"),
    [(1, ProxyFailed), (2, ProxyFailed), (3, BadAnswer), (4, BadAnswer), (6, BadAnswer), (7, ProxyFailed)],
)
def test_the_words_of_socks(
    opened: Any, open_client: OpenClient, hasty_clock: Clock, reply_code: int, error: type[Exception]
) -> None:
    proxy = opened(SocksProxy)
    proxy.reply = reply_code
    client = open_client(hasty_clock, base_url="https://tmdb.test", proxy=known_as(proxy.address))
    with pytest.raises(error, match="says: "):
        asked(client, hasty_clock)


def test_a_certificate_that_nobody_vouches_for_is_the_proxys_doing(
    opened: Any, provider: str, open_client: OpenClient, hasty_clock: Clock
) -> None:
    proxy = opened()
    client = open_client(hasty_clock, base_url=provider, proxy=known_as(proxy.address))
    with pytest.raises(ProxyFailed, match=r"TLS through the proxy .* certificate is not valid"):
        asked(client, hasty_clock)


@pytest.mark.usefixtures("trusted")
def test_one_of_another_name_is_the_providers(
    opened: Any, provider: str, open_client: OpenClient, hasty_clock: Clock
) -> None:
    port = int(provider.rpartition(":")[2])
    proxy = opened(names={"tmdb.test": ("127.0.0.1", port)})
    client = open_client(hasty_clock, base_url=f"https://tmdb.test:{port}", proxy=known_as(proxy.address))
    with pytest.raises(BadAnswer, match="TLS certificate is not valid"):
        asked(client, hasty_clock)


@pytest.mark.parametrize("kind", [proxies.Proxy, SocksProxy], ids=["http", "socks5h"])
def test_a_provider_that_fails_behind_a_well_proxy_is_told_as_ever(
    opened: Any, server: ScriptedServer, open_client: OpenClient, hasty_clock: Clock, kind: Any
) -> None:
    proxy = opened(kind)
    client = open_client(hasty_clock, base_url=server.url, proxy=known_as(proxy.address))
    server.script(reply(b'{"ok":', 200))
    with pytest.raises((BadAnswer, ProxyFailed), match=r"it is no JSON|answer is no JSON"):
        asked(client, hasty_clock)
    server.script(reply(b"<html>", 500))
    with pytest.raises(BadAnswer, match="HTTP 500"):
        asked(client, hasty_clock)


@pytest.mark.parametrize("kind", [proxies.Proxy, SocksProxy], ids=["http", "socks5h"])
@pytest.mark.parametrize("base_url", ["http://tmdb.test", "https://tmdb.test"])
@pytest.mark.parametrize("fault", [proxies.hangs, proxies.drips, proxies.opens_and_hangs])
@pytest.mark.slow
def test_a_silent_proxy_costs_no_more_than_its_time(
    opened: Any, open_client: OpenClient, kind: Any, base_url: str, fault: Fault
) -> None:
    clock, proxy = SystemClock(), opened(kind, fault=fault)
    client = open_client(clock, base_url=base_url, proxy=known_as(proxy.address), connect_timeout=0.5, read_timeout=0.5)
    began = time.monotonic()
    with pytest.raises((ProxyFailed, ProviderTimeout)) as caught:
        asked(client, clock, 1.5)
    assert time.monotonic() - began < 4
    assert proxy.address in str(caught.value)


@pytest.mark.slow
class TestWhoIsSilent:
    """Plain HTTP does not tell whether proxy or provider is silent: the proxy is asked for what nobody has."""

    @pytest.fixture(autouse=True)
    def in_no_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(metarr.fetch.client, "DOUBT_SECONDS", 0.5)

    @pytest.mark.parametrize("kind", [proxies.Proxy, SocksProxy], ids=["http", "socks5h"])
    def test_a_test_tells(self, opened: Any, server: ScriptedServer, open_channel: Any, kind: Any) -> None:
        well, silent = opened(kind), opened(kind, fault=_silent(kind))
        server.script(hang)
        for proxy, error in ((well, ProviderTimeout), (silent, ProxyFailed)):
            channel = open_channel(connection=self._connection(server, proxy))
            with pytest.raises(error):
                channel.test(lambda http: http.get("/x"), deadline=channel.clock.monotonic() + 1.5)

    def test_so_does_the_circuit(self, opened: Any, server: ScriptedServer, open_channel: Any) -> None:
        proxy = opened(fault=proxies.hangs)
        channel = open_channel(
            connection=self._connection(server, proxy, read_timeout=0.05), check=lambda http: http.get("/check")
        )
        by = channel.clock.monotonic() + 30
        for key in range(5):
            with pytest.raises(ProviderTimeout):
                channel.submit(key, lambda http: http.get("/x"), lane=Lane.INTERACTIVE, deadline=by).result()
        with pytest.raises(CircuitOpen, match="whatever it is asked for") as caught:
            channel.check()
        assert caught.value.reason is Reason.PROXY
        assert "whatever it is asked for" in channel.status().blamed_proxy

    @staticmethod
    def _connection(server: ScriptedServer, proxy: proxies.Proxy, read_timeout: float = 0.4) -> Any:
        from metarr.fetch.contract import Connection

        return Connection(base_url=server.url, proxy=known_as(proxy.address), read_timeout=read_timeout)


def _silent(kind: type[proxies.Proxy]) -> Fault:
    """A proxy that makes a way on which nothing comes back."""
    if kind is proxies.Proxy:
        return proxies.hangs

    def fault(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(b"\x05\x00")
        client.recv(65536)
        client.sendall(bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        proxies.hangs(client)

    return fault


def test_no_password_stands_in_what_a_proxy_is_called() -> None:
    proxy = known_as("http://proxy.lan:3128/", "bob:hunter2")
    assert {str(proxy), repr(proxy), f"{proxy}"} == {"http://proxy.lan:3128"}
