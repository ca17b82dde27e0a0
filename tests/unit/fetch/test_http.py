"""What can go wrong on the wire, and that none of it takes more time or memory than allowed."""

import contextlib
import datetime as dt
import gzip
import ipaddress
import itertools
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import metarr.fetch.sockets
from fakes import FakeClock
from metarr.clock import SystemClock
from metarr.errors import BadAnswer, DeadlineTooNear, ProviderError, ProviderTimeout
from metarr.fetch.client import ProviderClient
from metarr.fetch.contract import Cancelled, Connection, Response
from metarr.fetch.failure import Failure
from metarr.fetch.http import EXCHANGE_SECONDS, Exchanger, Request, trusted
from scripted_server import Journey, ScriptedServer, Step, hang, reply, reset

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OpenClient = Callable[..., ProviderClient]


def ends(data: bytes) -> Step:
    """Send that, then close."""
    return lambda connection: connection.sendall(data)


def breaks(data: bytes) -> Step:
    """Send that, then reset."""

    def step(connection: socket.socket) -> None:
        connection.sendall(data)
        reset(connection)

    return step


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (reply(b'{"a":1}'), {"a": 1}),
        (reply(b"[1]", Content_Type="text/plain"), [1]),
        (ends(b'HTTP/1.0 200 OK\r\n\r\n{"a":1}'), {"a": 1}),
        (CHUNKED + b'5\r\n{"a":\r\n2;ext=1\r\n1}\r\n0\r\nTrailer: x\r\n\r\n', {"a": 1}),
        (reply(gzip.compress(b'{"a":1}', mtime=0), Content_Encoding="gzip"), {"a": 1}),
        (reply(zlib.compress(b'{"a":1}'), Content_Encoding="deflate"), {"a": 1}),
        (reply(gzip.compress(b'{"a":1}', mtime=0)), {"a": 1}),
        (reply(gzip.compress(b'{"a":1}', mtime=0), Content_Type="text/plain; charset=utf-16"), {"a": 1}),
        (reply(gzip.compress(b'{"a":1}', mtime=0), Content_Encoding="deflate"), {"a": 1}),
        (reply(gzip.compress(b'{"a":1}', mtime=0), Content_Encoding="br"), {"a": 1}),
        (reply(gzip.compress(gzip.compress(b'{"a":1}', mtime=0), mtime=0), Content_Encoding="gzip"), {"a": 1}),
        (reply(b'{"a":1}', Content_Encoding="gzip"), {"a": 1}),
        (reply(b'{"a":1}', Content_Encoding="gzip, br"), {"a": 1}),
        (reply(b'{"a":1}', Content_Encoding="klingon"), {"a": 1}),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + reply(b'{"a":1}'), {"a": 1}),
    ],
)
def test_an_answer_is_read_however_it_is_framed(
    server: ScriptedServer, open_client: OpenClient, step: Step, expected: object
) -> None:
    server.script(step)
    clock = SystemClock()
    assert open_client(clock).ask(Journey(clock), "GET", "/x") == expected


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (ends(reply(b'{"a":1}', length=50)), "broke off"),
        (breaks(reply(b'{"a":1}', length=50)), "broke off"),
        (breaks(reply(b"", length=50)), "broke off"),
        (ends(CHUNKED + b'5\r\n{"a":\r\n'), "broke off"),
        (ends(CHUNKED + b'zz\r\n{"a":\r\n'), "broke off"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "no HTTP"),
        (ends(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"), "no HTTP"),
        (reply(b"not packed", Content_Encoding="gzip"), "is no JSON"),
        (ends(reply(gzip.compress(b'{"a":1}', mtime=0)[:12], Content_Encoding="gzip")), "unpacked"),
        (ends(reply(gzip.compress(b'{"a":1}', mtime=0)[:12])), "unpacked"),
        (reply(b'{"a":"' + b"x" * 200_000 + b'"}'), "larger than 100000 bytes"),
        (CHUNKED + b"30d40\r\n" + b"x" * 200_000 + b"\r\n0\r\n\r\n", "larger than 100000 bytes"),
    ],
)
def test_a_damaged_answer_is_a_bad_answer_and_not_asked_for_again(
    server: ScriptedServer, open_client: OpenClient, step: Step, complaint: str
) -> None:
    server.script(step)
    clock = SystemClock()
    trip = Journey(clock)
    client = open_client(clock, max_body=100_000)
    with pytest.raises(BadAnswer, match=complaint):
        client.ask(trip, "GET", "/x")
    assert len(server.requests) == trip.admitted == 1


def test_a_bomb_is_unpacked_no_further_than_the_largest_answer(server: ScriptedServer, open_client: OpenClient) -> None:
    bomb = gzip.compress(gzip.compress(b"0" * 60_000_000, mtime=0))
    server.script(reply(bomb, Content_Encoding="gzip, gzip"))
    clock = SystemClock()
    client = open_client(clock, max_body=100_000)
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswer, match="larger"):
            client.ask(Journey(clock), "GET", "/x")
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_silence_longer_than_the_read_timeout_is_a_timeout(server: ScriptedServer, open_client: OpenClient) -> None:
    clock = FakeClock()

    def silent(connection: socket.socket) -> None:
        connection.settimeout(0.05)
        while True:
            clock.advance(6)
            with contextlib.suppress(TimeoutError):
                connection.recv(1)
                return

    server.script(silent)
    trip = Journey(clock, seconds=1e9)
    with pytest.raises(ProviderTimeout, match="stopped answering"):
        open_client(clock, read_timeout=15.0).ask(trip, "GET", "/x")
    assert trip.admitted == 1


def test_an_answer_that_begins_after_a_pause_is_waited_for(
    server: ScriptedServer, open_client: OpenClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metarr.fetch.sockets, "LOOK_UP", 0.01)
    looked = itertools.count(1)
    patient = threading.Event()

    class Watched(threading.Event):
        def is_set(self) -> bool:
            if next(looked) == 10:
                patient.set()
            return super().is_set()

    def late(connection: socket.socket) -> None:
        assert patient.wait(20)
        connection.sendall(reply(b'{"id":550}'))

    server.script(late)
    clock = FakeClock()
    trip = Journey(clock)
    trip.cancelled = Watched()
    assert open_client(clock, read_timeout=0.05).ask(trip, "GET", "/x") == {"id": 550}, "no time passed"


@pytest.mark.parametrize(
    "answer",
    [
        reply(b'{"a":"' + b"x" * 500 + b'"}'),
        b"HTTP/1.1 200 OK\r\nX-Endless: " + b"y" * 500,
        CHUNKED + b"5;" + b"y" * 500,
    ],
    ids=["body", "headers", "chunk length"],
)
def test_an_answer_that_drips_is_given_up_at_the_deadline(
    server: ScriptedServer, open_client: OpenClient, answer: bytes
) -> None:
    clock = FakeClock()

    def drip(connection: socket.socket) -> None:
        for byte in answer[:-1]:
            connection.sendall(bytes([byte]))
            clock.advance(0.1)
        hang(connection)  # whoever reads the whole of it late has not got it all

    server.script(drip)
    with pytest.raises(ProviderTimeout, match="not complete in time"):
        open_client(clock, read_timeout=5.0).ask(Journey(clock, seconds=10), "GET", "/x")


def test_nothing_is_sent_when_no_time_is_left(server: ScriptedServer, open_client: OpenClient) -> None:
    clock = FakeClock()
    with pytest.raises(DeadlineTooNear):
        open_client(clock).ask(Journey(clock, seconds=0), "GET", "/x")
    assert server.requests == []


def test_a_read_that_nobody_waits_for_any_more_ends(server: ScriptedServer, open_client: OpenClient) -> None:
    clock = SystemClock()
    trip = Journey(clock)

    def silent(connection: socket.socket) -> None:
        trip.cancelled.set()
        hang(connection)

    server.script(silent)
    with pytest.raises(Cancelled):
        open_client(clock).ask(trip, "GET", "/x")


def test_connections_are_kept_and_a_spoilt_one_is_not_used_again(
    server: ScriptedServer, open_client: OpenClient
) -> None:
    clock = SystemClock()
    client = open_client(clock, max_body=1000)
    for _ in range(3):
        client.ask(Journey(clock), "GET", "/x")
    assert server.connections == 1
    server.script(reply(b" " * 200_000), reply())
    with pytest.raises(BadAnswer):
        client.ask(Journey(clock), "GET", "/x")
    client.ask(Journey(clock), "GET", "/x")
    assert server.connections == 2


@pytest.mark.parametrize(
    ("base_url", "complaint"),
    [
        ("http://127.0.0.1:1", "cannot connect"),
        ("http://nowhere.invalid", "name is not known"),
        ("api.example.org/3", "address is not valid|exchange failed"),
        ("ftp://127.0.0.1/3", "address is not valid"),
        ("http://[::1", "address is not valid|exchange failed"),
    ],
)
def test_a_provider_that_cannot_be_reached_is_a_bad_answer(
    open_client: OpenClient, base_url: str, complaint: str
) -> None:
    clock = FakeClock(auto=True)
    with pytest.raises(BadAnswer, match=complaint):
        open_client(clock, base_url=base_url, params={"api_key": "s3cretkey"}).ask(Journey(clock), "GET", "/x")


def test_the_environment_has_no_say(
    server: ScriptedServer, open_client: OpenClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    for name, value in {"http_proxy": "http://127.0.0.1:1", "NETRC": str(tmp_path / ".netrc")}.items():
        monkeypatch.setenv(name, value)
    clock = SystemClock()
    open_client(clock).ask(Journey(clock), "GET", "/x")
    assert "authorization" not in server.requests[0].lower()


def test_cookies_are_not_sent_back(server: ScriptedServer, open_client: OpenClient) -> None:
    server.script(reply(Set_Cookie="a=b; Path=/"))
    clock = SystemClock()
    client = open_client(clock)
    client.ask(Journey(clock), "GET", "/x")
    client.ask(Journey(clock), "GET", "/x")
    assert "cookie" not in server.requests[1].lower()


def test_header_names_of_an_answer_are_in_lower_case(server: ScriptedServer) -> None:
    server.script(reply(X_Some_THING="Value"))
    clock = SystemClock()
    exchanger = Exchanger(Connection(base_url=server.url), clock, 1)
    answer = exchanger.exchange(Request("GET", server.url, {}, None, "/"), Journey(clock))
    exchanger.close()
    assert isinstance(answer, Response)
    assert answer.headers["x-some-thing"] == "Value"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls_server(certificate: Path) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                try:
                    with context.wrap_socket(connection, server_side=True) as wrapped:
                        wrapped.recv(65536)
                        wrapped.sendall(reply())
                        wrapped.recv(65536)
                except OSError:
                    return

    threading.Thread(target=serve, daemon=True).start()
    return f"https://127.0.0.1:{listener.getsockname()[1]}"


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    tls_server: str, open_client: OpenClient
) -> None:
    clock = FakeClock(auto=True)
    trip = Journey(clock)
    with pytest.raises(BadAnswer, match="TLS certificate is not valid"):
        open_client(clock, base_url=tls_server).ask(trip, "GET", "/x")
    assert trip.admitted == 1


def test_a_certificate_that_the_system_trusts_is_accepted(
    tls_server: str, open_client: OpenClient, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # where OpenSSL looks for the system's authorities
    trusted.cache_clear()
    clock = SystemClock()
    try:
        assert open_client(clock, base_url=tls_server).ask(Journey(clock), "GET", "/x") == {"ok": True}
    finally:
        trusted.cache_clear()


def test_failures_are_returned_without_what_requests_said(server: ScriptedServer) -> None:
    server.script(hang)
    clock = SystemClock()
    exchanger = Exchanger(Connection(base_url=server.url, read_timeout=0.05), clock, 1)
    answer = exchanger.exchange(Request("GET", server.url + "?key=s3cret", {}, None, "/"), Journey(clock))
    exchanger.close()
    assert isinstance(answer, Failure)
    assert isinstance(answer.error, ProviderError)
    assert answer.error.__context__ is None
    assert answer.error.__cause__ is None


def test_an_exchange_has_an_end_that_nobody_who_waits_for_it_can_move(
    server: ScriptedServer, open_client: OpenClient
) -> None:
    """A provider that drips, and callers who come one after the other: each has more time than the last."""
    clock = FakeClock()

    class Joined(Journey):
        def deadline(self) -> float:
            return clock.monotonic() + 60

    def drip(connection: socket.socket) -> None:
        connection.sendall(CHUNKED)
        with contextlib.suppress(OSError):
            for _ in range(40):
                connection.sendall(b"1\r\n \r\n")
                clock.advance(1)
                threading.Event().wait(0.01)

    server.script(drip)
    start = clock.monotonic()
    with pytest.raises(ProviderTimeout):
        open_client(clock).ask(Joined(clock), "GET", "/x")
    assert EXCHANGE_SECONDS <= clock.monotonic() - start < 40
