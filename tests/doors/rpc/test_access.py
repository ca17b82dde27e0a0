"""Both doors as the network finds them. What listens on 127.0.0.2 stands for an address that others can reach."""

import base64
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import requests
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from structlog.testing import capture_logs

from certificates import self_signed
from doors.rpc import grpc_web
from doors.rpc.servicers import FakeHealth
from metarr import tokens
from metarr.app import Daemon
from metarr.errors import CannotDo
from metarr.rpc.client import Client, RpcFailure
from metarr.rpc.contract import service_of
from metarr.rpc.doors.access import Access, Tls, TokenFailures, caller, is_local
from metarr.rpc.doors.http import HttpServer
from metarr.rpc.servicer import BaseServicer
from metarr.v1 import config_service_pb2 as config

FOREIGN = "127.0.0.2"
NO_PROXY = [("grpc.enable_http_proxy", 0)]
TLS_VERSIONS = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
PATIENCE = 30.0
"""Seconds that only a failure uses up."""


def only_this_machine(host: str) -> bool:
    return host != FOREIGN and is_local(host)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def daemon(data_dir: Path) -> Iterator[Daemon]:
    access = Access(local=only_this_machine, names=("metarr.home",))
    running = Daemon(data_dir, f"{FOREIGN}:0", f"{FOREIGN}:0", access=access)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def token(daemon: Daemon, data_dir: Path) -> str:
    return tokens.read(data_dir / tokens.FILE_NAME)


@pytest.fixture
def channel(daemon: Daemon) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(daemon.grpc_address, NO_PROXY) as channel:
        yield channel


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def post(session: requests.Session, daemon: Daemon):
    def post(path: str, **headers: str) -> requests.Response:
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        return session.post(f"http://{daemon.http_address}/{path}", data=b"{}", headers=sent, timeout=10)

    return post


def methods():
    """Every method of the contract that a daemon serves."""
    served = [each for each in BaseServicer.__subclasses__() if each.__module__.startswith("metarr.rpc.")]
    return [method for servicer in served for method in service_of(servicer).methods]


METHODS = methods()
PAIRING = {"StartPairing", "ClaimPairing"}
"""Over HTTP they need no token: they are how a player comes to one."""
GET_HEALTH = "metarr.v1.HealthService/GetHealth"


def refused(call) -> tuple[str, error_details_pb2.ErrorInfo]:
    """The text and the ErrorInfo of a call that nobody without the token may make."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    status = status_pb2.Status.FromString(dict(caught.value.trailing_metadata())["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    return caught.value.details(), info


def test_the_contract_is_covered():
    assert len(METHODS) > 15
    assert any(method.server_streaming for method in METHODS)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name)
def test_without_the_token_no_method_answers_through_either_door(channel, post, method):
    path = f"{method.containing_service.full_name}/{method.name}"
    request = GetMessageClass(method.input_type)()
    options = {"request_serializer": lambda message: message.SerializeToString(), "response_deserializer": bytes}
    if method.server_streaming:
        text, info = refused(lambda: list(channel.unary_stream(f"/{path}", **options)(request, timeout=5)))
    else:
        text, info = refused(lambda: channel.unary_unary(f"/{path}", **options)(request, timeout=5))
    assert "metarr token show" in text
    assert (info.reason, info.domain) == ("TOKEN_REQUIRED", "metarr")

    answer = post(path)
    if method.name in PAIRING:
        assert answer.status_code == 400, "it is refused for what it lacks, not for whom it is of"
        return
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    body = answer.json()
    assert (body["code"], body["message"]) == ("unauthenticated", text)
    [detail] = body["details"]
    assert detail["debug"] == {"reason": "TOKEN_REQUIRED", "domain": "metarr"}
    packed = base64.b64decode(detail["value"] + "=" * (-len(detail["value"]) % 4))
    assert error_details_pb2.ErrorInfo.FromString(packed) == info


def test_neither_health_nor_reflection_nor_what_is_not_there_tells_anything_without_it(channel):
    health = health_pb2_grpc.HealthStub(channel)
    reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    for call in (
        lambda: health.Check(health_pb2.HealthCheckRequest(), timeout=5),
        lambda: list(health.Watch(health_pb2.HealthCheckRequest(), timeout=5)),
        lambda: list(reflection.ServerReflectionInfo(iter([asked]), timeout=5)),
        lambda: channel.unary_unary("/metarr.v1.Nope/Nope")(b"", timeout=5),
    ):
        assert refused(call)[1].reason == "TOKEN_REQUIRED"


def test_a_refused_caller_who_never_sends_its_request_keeps_nothing_waiting(channel):
    nothing_yet = threading.Event()
    reflection = reflection_pb2_grpc.ServerReflectionStub(channel)

    def silent():
        nothing_yet.wait(10)
        yield from ()

    assert refused(lambda: list(reflection.ServerReflectionInfo(silent(), timeout=5)))[1].reason == "TOKEN_REQUIRED"
    nothing_yet.set()


def test_with_the_token_both_doors_answer(daemon, channel, post, token):
    with Client(daemon.grpc_address, 5, token=token) as client:
        assert client.call("HealthService", "GetHealth")["version"]
    assert post(GET_HEALTH, Authorization=f"Bearer {token}").status_code == 200
    assert post(GET_HEALTH, Authorization=f"bearer  {token}").status_code == 200
    shown = (("authorization", f"Bearer {token}"),)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
    [answer] = reflection.ServerReflectionInfo(iter([asked]), timeout=5, metadata=shown)
    assert len(answer.list_services_response.service) > 5
    health = health_pb2_grpc.HealthStub(channel)
    assert health.Check(health_pb2.HealthCheckRequest(), timeout=5, metadata=shown).status == 1


@pytest.mark.parametrize("spelled", ["{0}", "Basic {0}", "Bearer", "Bearer {0}x", "Bearer x{0}", "Bearer {0} {0}"])
def test_nothing_but_the_token_opens(daemon, post, token, spelled):
    shown = spelled.format(token)
    assert post(GET_HEALTH, Authorization=shown).status_code == 401
    with grpc.insecure_channel(daemon.grpc_address, NO_PROXY) as channel:
        call = channel.unary_unary(f"/{GET_HEALTH}")
        refused(lambda: call(b"", timeout=5, metadata=(("authorization", shown),)))


def test_two_tokens_at_once_are_none(channel, token):
    call = channel.unary_unary(f"/{GET_HEALTH}")
    twice = (("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}"))
    refused(lambda: call(b"", timeout=5, metadata=twice))


def test_a_wrong_token_is_told_apart_from_none_and_not_repeated(daemon):
    wrong = "not-the-token-at-all-but-long"
    with Client(daemon.grpc_address, 5, token=wrong) as client, pytest.raises(RpcFailure) as caught:
        client.call("HealthService", "GetHealth")
    assert "this is not the access token" in str(caught.value)
    assert (caught.value.code, caught.value.reason) == ("UNAUTHENTICATED", "TOKEN_REQUIRED")
    assert wrong not in str(caught.value)


def test_a_new_token_counts_at_once(daemon, data_dir, post, token):
    new = tokens.renew(data_dir / tokens.FILE_NAME)
    assert post(GET_HEALTH, Authorization=f"Bearer {token}").status_code == 401
    assert post(GET_HEALTH, Authorization=f"Bearer {new}").status_code == 200


def test_grpc_web_is_refused_in_its_own_words(daemon):
    request = config.ListProvidersRequest()
    url = f"http://{daemon.http_address}"
    answer = grpc_web.call(url, "metarr.v1.ConfigService/ListProviders", request, config.ListProvidersResponse)
    assert (answer.http_status, answer.code, answer.messages) == (401, 16, [])


def test_that_it_lives_may_be_known_and_nothing_else(session, daemon):
    assert session.get(f"http://{daemon.http_address}/healthz", timeout=5).text == "ok\n"
    assert session.get(f"http://{daemon.http_address}/", timeout=5).status_code == 200
    for path in ("metrics", "healthz/", "metarr.v1.Nope/X", GET_HEALTH):
        assert session.get(f"http://{daemon.http_address}/{path}", timeout=5).status_code == 401, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
)
def test_a_foreign_host_and_another_sites_page_get_nothing_even_with_the_token(post, token, headers):
    answer = post(GET_HEALTH, Authorization=f"Bearer {token}", **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_name_that_the_owner_allowed_is_answered(post, token):
    assert post(GET_HEALTH, Authorization=f"Bearer {token}", Host="metarr.home").status_code == 200


def test_who_fails_to_show_it_is_logged_the_first_time_and_each_thousandth(daemon, post, monkeypatch):
    failures = TokenFailures()
    for place in ("gate", "native"):
        monkeypatch.setattr(f"metarr.rpc.doors.{place}.token_failures", failures)
    with capture_logs() as logs:
        for _ in range(3):
            assert post(GET_HEALTH, Authorization="Bearer wrong").status_code == 401
        with grpc.insecure_channel(daemon.grpc_address, NO_PROXY) as channel:
            call = channel.unary_unary(f"/{GET_HEALTH}")
            for _ in range(3):
                refused(lambda: call(b"", timeout=5))
        for _ in range(1000):
            failures.note("192.0.2.7")
        failures.note("192.0.2.7")
    told = [(each["caller"], each["times"]) for each in logs if each["event"] == "token_refused"]
    assert told == [("127.0.0.1", 1), ("192.0.2.7", 1), ("192.0.2.7", 1001)]
    assert "wrong" not in str(logs)


def test_of_very_many_callers_only_some_are_remembered():
    failures = TokenFailures()
    with capture_logs():
        for number in range(3000):
            failures.note(str(number))
    assert len(failures._times) <= 1000


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("127.0.0.1:5000", "127.0.0.1"),
        ("[::1]:5000", "::1"),
        ("::1:5000", "::1"),
        ("%5B2001:db8::1%5D:5000", "2001:db8::/64"),
        ("[2001:db8::ffff]:1", "2001:db8::/64"),
        ("[::ffff:192.0.2.7]:1", "192.0.2.7"),
        ("[fe80::1%25eth0]:1", "fe80::/64"),
        ("unix:", "unix"),
        ("", ""),
    ],
)
def test_a_caller_is_an_address_or_all_that_belong_to_one(address, who):
    assert caller(address) == who


class TestThisMachine:
    def test_needs_no_token(self, tmp_path, session):
        running = Daemon(tmp_path, access=Access(local=only_this_machine))
        running.start()
        try:
            with Client(running.grpc_address, 5) as client:
                assert client.call("HealthService", "GetHealth")
            assert session.get(f"http://{running.http_address}/{GET_HEALTH}", timeout=5).status_code == 200
            assert (tmp_path / tokens.FILE_NAME).exists()
        finally:
            running.stop()

    def test_needs_it_where_the_owner_demands_it(self, tmp_path, session):
        running = Daemon(tmp_path, access=Access(require_token=True))
        running.start()
        try:
            with Client(running.grpc_address, 5) as client, pytest.raises(RpcFailure, match="token"):
                client.call("HealthService", "GetHealth")
            assert session.get(f"http://{running.http_address}/{GET_HEALTH}", timeout=5).status_code == 401
        finally:
            running.stop()

    def test_is_judged_door_by_door(self, tmp_path, session):
        running = Daemon(tmp_path, http=f"{FOREIGN}:0", access=Access(local=only_this_machine))
        running.start()
        try:
            with Client(running.grpc_address, 5) as client:
                assert client.call("HealthService", "GetHealth")
            assert session.get(f"http://{running.http_address}/{GET_HEALTH}", timeout=5).status_code == 401
        finally:
            running.stop()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_this_machine(host):
    assert is_local(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.2", "10.0.0.1", "nas", "localhost.evil.example", "fe80::1"]
)
def test_everything_else_can_be_reached_by_others(host):
    assert not is_local(host)


def test_the_daemon_does_not_start_with_a_token_that_others_can_read(tmp_path):
    tokens.renew(tmp_path / tokens.FILE_NAME)
    (tmp_path / tokens.FILE_NAME).chmod(0o640)
    running = Daemon(tmp_path, f"{FOREIGN}:0", access=Access(local=only_this_machine))
    with pytest.raises(CannotDo, match="others can read the token file"):
        running.start()
    (tmp_path / tokens.FILE_NAME).chmod(0o600)
    running.start()
    running.stop()


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> Tls:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def encrypted(tls, tmp_path_factory) -> Iterator[Daemon]:
    access = Access(tls=tls, local=only_this_machine)
    running = Daemon(tmp_path_factory.mktemp("data"), access=access)
    running.start()
    yield running
    running.stop()


class TestTls:
    def test_both_doors_speak_it(self, encrypted, tls, session):
        with Client(encrypted.grpc_address, 5, tls_ca=tls.certificate.read_bytes()) as client:
            assert client.call("HealthService", "GetHealth")["version"]
        url = f"https://{encrypted.http_address}/{GET_HEALTH}"
        assert session.get(url, verify=str(tls.certificate), timeout=5).json()["version"]

    def test_both_doors_speak_nothing_else(self, encrypted, session):
        with Client(encrypted.grpc_address, 5) as client, pytest.raises(RpcFailure, match="--tls-ca"):
            client.call("HealthService", "GetHealth")
        with pytest.raises(requests.ConnectionError):
            session.get(f"http://{encrypted.http_address}/{GET_HEALTH}", timeout=5)

    @pytest.mark.parametrize("door", ["grpc_address", "http_address"])
    @pytest.mark.parametrize(
        "version",
        TLS_VERSIONS,
        ids=lambda version: version.name,
    )
    def test_both_doors_refuse_what_is_older_than_1_2(self, encrypted, door, version):
        """As a scanner does: one version is offered, with every cipher that there is for it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.set_alpn_protocols(["h2", "http/1.1"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
        host, _, port = getattr(encrypted, door).partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as plain:
            if version >= ssl.TLSVersion.TLSv1_2:
                with context.wrap_socket(plain) as spoken:
                    assert spoken.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]
                return
            with pytest.raises((ssl.SSLError, ConnectionError)) as caught:
                context.wrap_socket(plain)
            assert "NO_PROTOCOLS" not in str(caught.value), "it was the scanner that refused"

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, encrypted, tmp_path, session):
        other = self_signed(tmp_path)
        client = Client(encrypted.grpc_address, 5, tls_ca=other.certificate.read_bytes())
        with client, pytest.raises(RpcFailure, match="does not vouch for"):
            client.call("HealthService", "GetHealth")
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://{encrypted.http_address}/healthz", verify=str(other.certificate), timeout=5)

    def test_callers_that_say_nothing_keep_nobody_waiting(self, tls, session):
        server = HttpServer([FakeHealth()], tls=tls)
        server.start()
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
        try:
            url = f"https://127.0.0.1:{server.port}/{GET_HEALTH}"
            answer = session.get(url, verify=str(tls.certificate), timeout=5, headers={"Connection": "close"})
            assert answer.json()["version"] == "1.2.3"
        finally:
            for connection in silent:
                connection.close()
            server.stop(1)

    def test_a_caller_that_leaves_in_the_middle_of_an_answer_is_no_fault_in_the_log(self, tls):
        read, ended = threading.Event(), threading.Event()

        def endless(_environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            try:
                while True:
                    yield bytes(64 * 1024)
                    read.wait(PATIENCE)
            finally:
                ended.set()

        server = HttpServer([FakeHealth()], tls=tls, web=endless)
        server.start()
        with capture_logs() as logs:
            try:
                context = ssl.create_default_context(cafile=str(tls.certificate))
                plain = socket.create_connection(("127.0.0.1", server.port))
                with context.wrap_socket(plain, server_hostname="127.0.0.1") as caller:
                    caller.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    assert caller.recv(1)
                read.set()
                assert ended.wait(PATIENCE)
            finally:
                server.stop(PATIENCE)
        assert [told for told in logs if told["event"] == "http_server"] == []

    def test_files_that_are_none_are_told_at_the_start(self, tmp_path, tls):
        other = self_signed(tmp_path / "other")
        (tmp_path / "text").write_text("no certificate")
        for wrong in (
            Tls(certificate=tmp_path / "none", key=tls.key),
            Tls(certificate=tls.certificate, key=other.key),
            Tls(certificate=tmp_path / "text", key=tls.key),
            Tls(certificate=tls.certificate, key=tmp_path / "text"),
        ):
            running = Daemon(tmp_path / "data", access=Access(tls=wrong))
            with pytest.raises(CannotDo) as caught:
                running.start()
            assert caught.value.reason == "BAD_CERTIFICATE"
            assert "None" not in str(caught.value)
        assert not (tmp_path / "data").exists()
