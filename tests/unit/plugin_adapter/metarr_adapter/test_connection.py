"""Reaching a daemon, encrypted or not, and what is told where that cannot be."""

import itertools
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bad_days import GET_HEALTH, PATIENCE, SHORT, TOKEN, PlainTalker, failure, lead, told
from certificates import self_signed
from doors.rpc.servicers import FakeHealth
from metarr.rpc.doors.access import Tls
from metarr.rpc.doors.http import HttpServer
from metarr_adapter.client import Client
from metarr_adapter.errors import Closed, RpcError, Unreachable
from ports import kept_free
from scripted_server import ScriptedServer


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def encrypted(tls: Tls) -> Iterator[str]:
    """The address of a door that speaks TLS."""
    server = HttpServer([FakeHealth()], tls=tls)
    server.start()
    yield f"127.0.0.1:{server.port}"
    server.stop(1)


@pytest.fixture
def free_port() -> Iterator[int]:
    with kept_free() as port:
        yield port


class TestReaching:
    def test_nobody_listens(self, free_port: int) -> None:
        with Client(f"127.0.0.1:{free_port}", TOKEN, attempts=1) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert (error.code, error.why) == ("unavailable", "refused")
        assert error.message == f"no Metarr daemon listens at 127.0.0.1:{free_port}"

    def test_the_name_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with Client("nass", TOKEN) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert (error.why, error.message) == ("name", "no machine is known by the name nass")

    def test_whoever_knows_names_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given_up = threading.Event()

        def look_up(*_: object, flags: int = 0, **__: object) -> None:
            if not flags & socket.AI_NUMERICHOST:
                given_up.wait(PATIENCE)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        with Client("nas", TOKEN, connect_timeout=SHORT) as client:
            error = failure(client)
        given_up.set()
        assert isinstance(error, Unreachable)
        assert error.why == "timeout"

    def test_nobody_answers(self, crowded: int) -> None:
        with Client(f"127.0.0.1:{crowded}", TOKEN, connect_timeout=SHORT) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "timeout"
        assert "nobody answers at" in error.message

    def test_there_is_no_way_there(self) -> None:
        with Client("255.255.255.255", TOKEN, attempts=1) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "network"

    @pytest.mark.parametrize("first", ["refused", "silent"])
    def test_an_address_that_does_not_work_is_passed_over(
        self, scripted: ScriptedServer, crowded: int, free_port: int, first: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scripted.script(told())
        bad = free_port if first == "refused" else crowded
        lead("nas.test", [("127.0.0.1", bad), ("127.0.0.1", scripted.port)], monkeypatch)
        monkeypatch.setattr("metarr_adapter.connection._SLICE", 0.01)
        looks = itertools.count()  # a second with every look at the clock, and no other
        more: dict[str, Any] = {"timeout": 1e6, "connect_timeout": 60, "monotonic": lambda: float(next(looks))}
        with Client("nas.test", TOKEN, **more) as client:
            assert client.call(GET_HEALTH) == {"ok": True}


class TestTls:
    def test_is_spoken_with_a_certificate_of_ones_own(self, encrypted: str, tls: Tls) -> None:
        with Client(f"https://{encrypted}", TOKEN, ca_file=str(tls.certificate)) as client:
            for _ in range(3):
                assert client.call(GET_HEALTH)["version"] == "1.2.3"

    def test_a_large_message_gets_through(self, encrypted: str, tls: Tls) -> None:
        with Client(f"https://{encrypted}", ca_file=str(tls.certificate)) as client:
            error = failure(client, GET_HEALTH, padding="x" * 1_000_000)
        assert error.violations[0].field == "padding"

    @pytest.mark.parametrize("known", ["", "another"])
    def test_a_certificate_that_nobody_vouches_for_is_refused(self, encrypted: str, tmp_path: Path, known: str) -> None:
        ca_file = str(self_signed(tmp_path).certificate) if known else ""
        with Client(f"https://{encrypted}", TOKEN, ca_file=ca_file) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "certificate"
        assert "cannot be trusted" in error.message

    def test_a_certificate_for_another_name_is_refused(
        self, encrypted: str, tls: Tls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = encrypted.rpartition(":")[2]
        lead("nas.test", [("127.0.0.1", int(port))], monkeypatch)
        with Client(f"https://nas.test:{port}", ca_file=str(tls.certificate)) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "certificate"
        assert "nas.test" in error.message

    @pytest.mark.parametrize("content", [None, "no certificate"])
    def test_a_file_without_certificates_is_told(self, encrypted: str, tmp_path: Path, content: str | None) -> None:
        ca_file = tmp_path / "ca.pem"
        if content is not None:
            ca_file.write_text(content)
        with Client(f"https://{encrypted}", ca_file=str(ca_file)) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "certificate"
        assert str(ca_file) in error.message

    def test_a_file_that_was_mended_is_read_again(self, encrypted: str, tls: Tls, tmp_path: Path) -> None:
        ca_file = tmp_path / "ca.pem"
        ca_file.write_bytes(self_signed(tmp_path / "other").certificate.read_bytes())
        with Client(f"https://{encrypted}", ca_file=str(ca_file)) as client:
            failure(client)
            ca_file.write_bytes(tls.certificate.read_bytes())
            assert client.call(GET_HEALTH)["version"] == "1.2.3"

    def test_a_daemon_without_it_is_told_apart(self, tls: Tls) -> None:
        listener = PlainTalker()
        with Client(f"https://127.0.0.1:{listener.port}", TOKEN, ca_file=str(tls.certificate)) as client:
            error = failure(client)
        listener.close()
        assert isinstance(error, Unreachable)
        assert error.why == "tls"
        assert "http:// and not https://" in error.message

    def test_a_daemon_with_it_is_not_spoken_to_without(self, encrypted: str) -> None:
        with Client(encrypted, TOKEN, attempts=1) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "lost"
        assert "write https:// before its address" in error.message

    def test_a_handshake_that_hangs_ends(self, tls: Tls) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent_address = f"https://127.0.0.1:{silent.getsockname()[1]}"
            with Client(silent_address, ca_file=str(tls.certificate), connect_timeout=SHORT) as client:
                error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "timeout"

    def test_a_handshake_that_hangs_can_be_given_up(self, tls: Tls) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"https://127.0.0.1:{silent.getsockname()[1]}"
            client = Client(address, ca_file=str(tls.certificate), timeout=1000, connect_timeout=1000)
            errors: list[RpcError] = []
            caller = threading.Thread(target=lambda: errors.append(failure(client)))
            caller.start()
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(1)
                client.close()
                caller.join(PATIENCE)
        assert [type(error) for error in errors] == [Closed]
