"""The client's calls: to the real daemon, with its token, again and again, on connections that are kept."""

import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bad_days import GET_HEALTH, GET_ITEM, PATIENCE, TOKEN, PlainTalker, failure, lead, then_close, told
from doors.rpc.servicers import FakeHealth, FakeLibrary
from fakes import FakeClock
from harness import Live, live
from metarr import tokens
from metarr.app import Daemon
from metarr.rpc.doors.access import Access
from metarr.rpc.doors.http import HttpServer
from metarr_adapter.client import Client
from metarr_adapter.errors import BadAnswer, Closed, Limited, RpcError, TooOld, Unreachable, Violation, WrongToken
from ports import kept_free
from scripted_server import ScriptedServer, Step, hang, reply, reset

LIST_ITEMS = "metarr.v1.LibraryService/ListItems"
UPSERT_ITEMS = "metarr.v1.LibraryService/UpsertItems"
FOREIGN = "127.0.0.2"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(Path(tmp_path_factory.mktemp("data"))) as running:
        yield running


@pytest.fixture(scope="module")
def guarded_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def guarded(guarded_dir: Path) -> Iterator[str]:
    """The address of a door that demands the access token, since others than this machine can reach it."""
    running = Daemon(guarded_dir, http=f"{FOREIGN}:0", access=Access(local=lambda host: host != FOREIGN))
    running.start()
    yield running.http_address
    running.stop()


class TestTheDaemon:
    @pytest.fixture
    def client(self, daemon: Live) -> Iterator[Client]:
        with Client(daemon.daemon.http_address) as client:
            yield client

    def test_it_answers(self, daemon: Live, client: Client) -> None:
        assert client.call(GET_HEALTH) == daemon.call("Health", "GetHealth")
        title = {
            "kind": "MEDIA_KIND_MOVIE",
            "title": "千と千尋の神隠し",
            "ids": [{"type": "imdb", "value": "tt0245429"}],
        }
        [result] = client.call(UPSERT_ITEMS, {"items": [title]})["results"]
        item = client.call(GET_ITEM, {"itemId": result["item"]["id"]})["item"]
        assert item["title"] == title["title"]

    def test_it_can_be_written_as_it_stands_in_a_browser(self, daemon: Live) -> None:
        with Client(f" {daemon.url}/ ") as client:
            assert client.call(GET_HEALTH)["version"]

    def test_it_is_found_by_a_name(self, daemon: Live) -> None:
        with Client(daemon.daemon.http_address.replace("127.0.0.1", "localhost")) as client:
            assert client.call(GET_HEALTH)["version"]

    def test_it_tells_what_is_wrong(self, client: Client) -> None:
        error = failure(client, LIST_ITEMS, pageSize=-1)
        assert (error.code, error.reason) == ("invalid_argument", "INVALID_INPUT")
        assert error.violations == (Violation("page_size", "-1 is not between 1 and 200; 0 gives 50"),)
        error = failure(client, GET_ITEM, itemId="4711")
        assert (error.code, error.reason) == ("not_found", "ITEM_NOT_FOUND")

    def test_an_older_one_lacks_a_method(self, client: Client) -> None:
        assert type(failure(client, "metarr.v1.HealthService/Foresee")) is TooOld
        assert type(failure(client, "metarr.v1.OracleService/Foresee")) is TooOld

    def test_a_name_that_utf_8_cannot_carry_is_refused_and_breaks_nothing(self, client: Client) -> None:
        error = failure(client, GET_ITEM, itemId="/films/\udcff.mkv")
        assert (error.code, error.violations[0].field) == ("invalid_argument", "itemId")
        assert client.call(GET_HEALTH)["version"]

    def test_it_says_what_is_too_much_at_once(self, client: Client) -> None:
        error = failure(client, GET_ITEM, itemId="x" * 5_000_000)
        assert type(error) is Limited
        assert "send less at once" in error.message

    def test_a_name_that_it_does_not_answer_to_is_told(self, daemon: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        port = daemon.daemon.http_address.rpartition(":")[2]
        lead("evil.example", [("127.0.0.1", int(port))], monkeypatch)
        with Client(f"evil.example:{port}") as client:
            error = failure(client)
        assert error.code == "permission_denied"
        assert "not known as 'evil.example" in error.message

    def test_its_other_port_is_the_wrong_one(self, daemon: Live) -> None:
        with Client(daemon.daemon.grpc_address) as client:
            error = failure(client)
        assert type(error) is BadAnswer
        assert "is that the port of Metarr's HTTP door?" in error.message


class TestTheToken:
    def test_opens_a_door_beyond_this_machine(self, guarded: str, guarded_dir: Path) -> None:
        token = tokens.read(guarded_dir / tokens.FILE_NAME)
        for typed in (token, f" {token}\n"):
            with Client(guarded, typed) as client:
                assert client.call(GET_HEALTH)["version"]

    def test_is_missed(self, guarded: str) -> None:
        with Client(guarded) as client:
            error = failure(client)
        assert type(error) is WrongToken
        assert "the access token is missing" in error.message

    def test_is_told_to_be_wrong(self, guarded: str) -> None:
        with Client(guarded, TOKEN) as client:
            error = failure(client)
        assert type(error) is WrongToken
        assert (error.code, error.reason) == ("unauthenticated", "TOKEN_REQUIRED")
        assert "this is not the access token" in error.message

    @pytest.mark.parametrize("typed", ["two words", "line\r\nX-Evil: 1", "schlüssel", "nul\x00"])
    def test_that_can_be_none_is_refused_and_not_repeated(self, typed: str) -> None:
        with pytest.raises(ValueError, match="no access token") as caught:
            Client("nas", typed)
        assert typed not in "".join(traceback.format_exception(caught.value))


class TestRequests:
    def test_say_what_connect_demands(self, scripted: ScriptedServer) -> None:
        scripted.script(told())
        with Client(scripted.url, TOKEN, monotonic=lambda: 100.0) as client:
            client.call(GET_ITEM, {"itemId": "Amélie"}, timeout=2.5)
        [request] = scripted.requests
        head, _, body = request.partition("\r\n\r\n")
        first, *headers = head.split("\r\n")
        assert first == f"POST /{GET_ITEM} HTTP/1.1"
        assert json.loads(body) == {"itemId": "Amélie"}
        assert set(headers) >= {
            f"Host: 127.0.0.1:{scripted.port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connect-Protocol-Version: 1",
            "Connect-Timeout-Ms: 2500",
            f"Authorization: Bearer {TOKEN}",
        }

    def test_without_a_token_none_is_shown(self, scripted: ScriptedServer) -> None:
        scripted.script(told())
        with Client(scripted.url) as client:
            client.call(GET_HEALTH)
        assert "authorization" not in scripted.requests[0].lower()

    def test_go_out_at_once_and_in_one_piece(self) -> None:
        listener = PlainTalker()
        with Client(f"127.0.0.1:{listener.port}") as client:
            client.call(GET_ITEM, {"itemId": "1"})
            [connection] = client._kept
            assert connection._opened().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        listener.close()
        assert listener.heard.endswith(b'\r\n\r\n{"itemId":"1"}')

    def test_that_json_cannot_say_are_not_sent(self, scripted: ScriptedServer) -> None:
        with Client(scripted.url) as client, pytest.raises(ValueError, match="JSON"):
            client.call(GET_ITEM, {"rating": float("nan")})
        assert scripted.requests == []


class TestAttempts:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock(auto=True)

    @pytest.fixture
    def client(self, scripted: ScriptedServer, clock: FakeClock) -> Iterator[Client]:
        more: dict[str, Any] = {"monotonic": clock.monotonic, "sleep": clock.wait, "random": lambda: 0.5}
        with Client(scripted.url, TOKEN, **more) as client:
            yield client

    @pytest.mark.parametrize(
        "away",
        [
            reset,
            then_close(told()[:-3]),
            told({"code": "unavailable"}, 503),
            reply(b"<html>Bad Gateway</html>", 502, Content_Type="text/html"),
            reply(b"", 503),
            reply(b"", 504),
            reply(b"", 429),
        ],
    )
    def test_are_made_while_the_daemon_is_away(
        self, scripted: ScriptedServer, client: Client, clock: FakeClock, away: Step
    ) -> None:
        scripted.script(away, away, away, told())
        assert client.call(GET_HEALTH) == {"ok": True}
        assert clock.waits == [0.25, 0.5, 1.0]

    def test_end(self, scripted: ScriptedServer, client: Client, clock: FakeClock) -> None:
        scripted.script(reply(b"", 502))
        error = failure(client)
        assert isinstance(error, Unreachable)
        assert error.why == "gateway"
        assert (len(scripted.requests), len(clock.waits)) == (4, 3)

    def test_are_not_made_beyond_the_callers_time(
        self, scripted: ScriptedServer, client: Client, clock: FakeClock
    ) -> None:
        scripted.script(reset)
        with pytest.raises(Unreachable):
            client.call(GET_HEALTH, timeout=1.0)
        assert clock.waits == [0.25, 0.5]

    @pytest.mark.parametrize(("luck", "waits"), [(0.0, [0.125, 0.25, 0.5]), (1.0, [0.375, 0.75, 1.5])])
    def test_of_many_players_do_not_come_at_once(
        self, scripted: ScriptedServer, clock: FakeClock, luck: float, waits: list[float]
    ) -> None:
        scripted.script(reset)
        with Client(scripted.url, monotonic=clock.monotonic, sleep=clock.wait, random=lambda: luck) as client:
            failure(client)
        assert clock.waits == waits

    @pytest.mark.parametrize(
        "code", ["not_found", "internal", "resource_exhausted", "aborted", "deadline_exceeded", "unauthenticated"]
    )
    def test_are_not_made_for_what_stays_as_it_is(
        self, scripted: ScriptedServer, client: Client, clock: FakeClock, code: str
    ) -> None:
        scripted.script(told({"code": code, "message": "no"}, 400))
        assert failure(client).code == code
        assert (len(scripted.requests), clock.waits) == (1, [])

    def test_are_not_made_where_the_daemon_has_tried_already(self, clock: FakeClock) -> None:
        server = HttpServer([FakeLibrary()])
        server.start()
        try:
            with Client(f"127.0.0.1:{server.port}", sleep=clock.wait) as client:
                error = failure(client, GET_ITEM, itemId="silent")
        finally:
            server.stop(1)
        assert (error.code, error.reason, clock.waits) == ("unavailable", "PROVIDERS_UNAVAILABLE", [])

    def test_find_a_daemon_that_is_just_starting(self) -> None:
        with kept_free() as port:
            server = HttpServer([FakeHealth()], port=port)
            try:
                with Client(f"127.0.0.1:{port}", sleep=lambda _: server.start()) as client:
                    assert client.call(GET_HEALTH)["version"] == "1.2.3"
            finally:
                server.stop(1)


class TestConnections:
    def test_are_kept(self, scripted: ScriptedServer) -> None:
        scripted.script(told(), told({"code": "not_found"}, 404), told())
        with Client(scripted.url) as client:
            client.call(GET_HEALTH)
            failure(client)
            client.call(GET_HEALTH)
        assert (scripted.connections, len(scripted.requests)) == (1, 3)

    def test_are_not_kept_where_the_daemon_says_so(self, scripted: ScriptedServer) -> None:
        scripted.script(reply(b"{}", Content_Type="application/json", Connection="close"))
        with Client(scripted.url) as client:
            client.call(GET_HEALTH)
            client.call(GET_HEALTH)
        assert scripted.connections == 2

    def test_are_not_kept_for_longer_than_the_daemon_keeps_them(self, scripted: ScriptedServer) -> None:
        clock = FakeClock()
        scripted.script(told())
        with Client(scripted.url, monotonic=clock.monotonic) as client:
            client.call(GET_HEALTH)
            clock.advance(7)
            client.call(GET_HEALTH)
            assert scripted.connections == 1
            clock.advance(9)
            client.call(GET_HEALTH)
        assert scripted.connections == 2

    @pytest.mark.parametrize(
        "stale", [then_close(told()), lambda connection: (connection.sendall(told()), reset(connection))]
    )
    def test_that_went_stale_are_opened_again_without_a_word(self, scripted: ScriptedServer, stale: Step) -> None:
        scripted.script(stale, stale, told())
        clock = FakeClock(auto=True)
        with Client(scripted.url, sleep=clock.wait) as client:
            for _ in range(3):
                assert client.call(GET_HEALTH) == {"ok": True}
        assert (scripted.connections, clock.waits) == (3, [])

    def test_that_break_within_an_answer_are_not_taken_for_stale(self, scripted: ScriptedServer) -> None:
        scripted.script(told(), then_close(told()[:-3]))
        with Client(scripted.url, attempts=1) as client:
            client.call(GET_HEALTH)
            assert isinstance(failure(client), Unreachable)
        assert len(scripted.requests) == 2

    def test_outlive_a_daemon_that_starts_again(self, tmp_path: Path) -> None:
        clock = FakeClock(auto=True)
        with kept_free() as port, Client(f"127.0.0.1:{port}", sleep=clock.wait) as client:
            started = []
            for _ in range(2):
                daemon = Daemon(tmp_path, http=f"127.0.0.1:{port}")
                daemon.start()
                started.append(client.call(GET_HEALTH)["startedAt"])
                daemon.stop()
        assert started == sorted(set(started))
        assert clock.waits == []

    def test_are_never_shared_by_two_calls(self) -> None:
        server = HttpServer([FakeLibrary()])
        server.start()
        names = [f"Film {number}" for number in range(120)]
        try:
            with Client(f"127.0.0.1:{server.port}") as client, ThreadPoolExecutor(8) as pool:
                answers = pool.map(lambda name: client.call(GET_ITEM, {"itemId": name}), names)
                assert [answer["item"]["title"] for answer in answers] == names
                assert 1 <= len(client._kept) <= 8
        finally:
            server.stop(1)


class TestClosing:
    def in_thread(self, call: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
        """Start something that is to end with an error."""
        errors: list[BaseException] = []

        def run() -> None:
            try:
                call()
            except RpcError as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread, errors

    def test_ends_a_call_that_waits(self, scripted: ScriptedServer) -> None:
        asked = threading.Event()
        scripted.script(lambda connection: (asked.set(), hang(connection)))
        client = Client(scripted.url, timeout=1000)
        thread, errors = self.in_thread(lambda: client.call(GET_HEALTH))
        assert asked.wait(PATIENCE)
        client.close()
        thread.join(PATIENCE)
        assert [type(error) for error in errors] == [Closed]
        assert len(scripted.requests) == 1

    def test_ends_a_call_that_connects(self, crowded: int) -> None:
        connecting = threading.Event()

        def monotonic() -> float:
            connecting.set()
            return 0.0

        client = Client(f"127.0.0.1:{crowded}", timeout=1000, connect_timeout=1000, monotonic=monotonic)
        thread, errors = self.in_thread(lambda: client.call(GET_HEALTH))
        assert connecting.wait(PATIENCE)
        client.close()
        thread.join(PATIENCE)
        assert [type(error) for error in errors] == [Closed]

    def test_ends_a_call_that_connects_though_no_shutdown_wakes_it(
        self, crowded: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connecting = threading.Event()
        closed = threading.Event()
        connect = socket.socket.connect_ex

        def as_the_client_closes(this: socket.socket, place: object) -> int:
            connecting.set()
            closed.wait(PATIENCE)
            return connect(this, place)  # type: ignore[arg-type]

        monkeypatch.setattr("metarr_adapter.connection._SLICE", 0.01)
        monkeypatch.setattr(socket.socket, "connect_ex", as_the_client_closes)
        client = Client(f"127.0.0.1:{crowded}", timeout=1000, connect_timeout=1000)
        thread, errors = self.in_thread(lambda: client.call(GET_HEALTH))
        assert connecting.wait(PATIENCE)
        client.close()
        closed.set()
        thread.join(PATIENCE)
        assert [type(error) for error in errors] == [Closed]

    def test_ends_the_wait_for_another_attempt(self, scripted: ScriptedServer) -> None:
        waiting = threading.Event()

        def a_long_time() -> float:
            waiting.set()
            return 1000.0

        scripted.script(reset)
        client = Client(scripted.url, timeout=10_000, random=a_long_time)
        thread, errors = self.in_thread(lambda: client.call(GET_HEALTH))
        assert waiting.wait(PATIENCE)
        client.close()
        thread.join(PATIENCE)
        assert [type(error) for error in errors] == [Closed]

    def test_is_for_ever(self, scripted: ScriptedServer) -> None:
        scripted.script(told())
        client = Client(scripted.url)
        client.call(GET_HEALTH)
        client.close()
        client.close()
        error = failure(client)
        assert type(error) is Closed
        assert len(scripted.requests) == 1

    def test_a_reader_that_no_shutdown_wakes_looks_for_itself(
        self, scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = threading.Event()
        scripted.script(lambda connection: (asked.set(), hang(connection)))
        monkeypatch.setattr("metarr_adapter.connection._SLICE", 0.01)
        monkeypatch.setattr(socket.socket, "shutdown", lambda *_: None)
        client = Client(scripted.url, timeout=1000)
        thread, errors = self.in_thread(lambda: client.call(GET_HEALTH))
        assert asked.wait(PATIENCE)
        client.close()
        thread.join(PATIENCE)
        monkeypatch.undo()
        assert [type(error) for error in errors] == [Closed]
