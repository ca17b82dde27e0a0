"""Streams: from the real daemon, and as they break."""

import json
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from bad_days import GET_HEALTH, PATIENCE, SHORT, TOKEN, told
from fakes import FakeClock
from harness import Live, live
from metarr.rpc.doors.streams import Streams
from metarr.rpc.servicer import BaseServicer
from metarr_adapter.client import Client
from metarr_adapter.errors import BadAnswer, Limited, RpcError, Unreachable, WrongToken
from scripted_server import ScriptedServer, hang, reply, reset

WATCH_JOB = "metarr.v1.EnrichmentService/WatchJob"
KIND = "application/connect+json"
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {KIND}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


def message(body: object, flags: int = 0) -> bytes:
    """An envelope."""
    data = json.dumps(body, separators=(",", ":")).encode()
    return bytes([flags]) + len(data).to_bytes(4, "big") + data


def in_chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


def stream_of(*pieces: bytes) -> bytes:
    """A whole answer."""
    return reply(b"".join(pieces), Content_Type=KIND)


END = message({}, flags=2)


class TestTheDaemon:
    @pytest.fixture
    def daemon(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
        monkeypatch.setattr("metarr.rpc.methods.jobs.HEARTBEAT", 0.02)
        with live(tmp_path) as running:
            # Without its runner it leaves every job in the queue, and has nothing to tell but that it lives.
            running.daemon.services.runner.stop()
            yield running

    @pytest.fixture
    def client(self, daemon: Live) -> Iterator[Client]:
        with Client(daemon.daemon.http_address) as client:
            yield client

    @pytest.fixture
    def job(self, daemon: Live) -> str:
        return str(daemon.call("Enrichment", "StartEnrichment", {"all": True})["job"]["id"])

    def test_tells_that_it_lives_and_what_is_new_and_ends(self, daemon: Live, client: Client, job: str) -> None:
        stream = client.stream(WATCH_JOB, {"jobId": job})
        first, second = next(stream), next(stream)
        assert (first["job"]["state"], first.get("heartbeat", False)) == ("STATE_QUEUED", False)
        assert (second["job"]["state"], second["heartbeat"]) == ("STATE_QUEUED", True)
        cancelled = daemon.call("Enrichment", "CancelJob", {"jobId": job})["job"]
        news = [each for each in stream if not each.get("heartbeat")]
        assert [each["job"]["sequence"] for each in news] == [cancelled["sequence"]]
        assert list(stream) == []
        assert client.call(GET_HEALTH)["version"]

    def test_tells_why_there_is_none(self, client: Client) -> None:
        with pytest.raises(RpcError, match="no job 99") as caught:
            next(client.stream(WATCH_JOB, {"jobId": "99"}))
        assert (caught.value.code, caught.value.reason) == ("not_found", "JOB_NOT_FOUND")

    def test_opens_no_more_than_it_can_bear(self, client: Client, job: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(BaseServicer, "streams", Streams(1))
        with client.stream(WATCH_JOB, {"jobId": job}) as first:
            next(first)
            with pytest.raises(Limited) as caught:
                next(client.stream(WATCH_JOB, {"jobId": job}))
        assert caught.value.reason == "TOO_MANY_STREAMS"

    def test_ends_its_streams_when_it_stops(self, daemon: Live, client: Client, job: str) -> None:
        stream = client.stream(WATCH_JOB, {"jobId": job})
        next(stream)
        ends: list[str | None] = []
        reader = threading.Thread(target=lambda: ends.append(end_of(stream)))
        reader.start()
        daemon.daemon.stop()
        reader.join(PATIENCE)
        assert ends in ([None], ["lost"])


def end_of(stream: Iterator[dict[str, Any]]) -> str | None:
    """Why a stream could not be read further; None: it ended well."""
    try:
        list(stream)
    except Unreachable as error:
        return error.why
    return None


def broken(client: Client, **more: Any) -> RpcError:
    """The error that a stream ends with."""
    with pytest.raises(RpcError) as caught:
        list(client.stream(WATCH_JOB, **more))
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    return caught.value


class TestReading:
    @pytest.fixture
    def client(self, scripted: ScriptedServer) -> Iterator[Client]:
        with Client(scripted.url, TOKEN, most_bytes=1000) as client:
            yield client

    def test_the_request_is_as_connect_demands(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.script(stream_of(END))
        assert list(client.stream(WATCH_JOB, {"jobId": "7"})) == []
        head, _, body = scripted.requests[0].partition("\r\n\r\n")
        assert body.encode("latin-1") == message({"jobId": "7"})
        lines = head.split("\r\n")
        assert lines[0] == f"POST /{WATCH_JOB} HTTP/1.1"
        assert {f"Content-Type: {KIND}", "Connect-Protocol-Version: 1", f"Authorization: Bearer {TOKEN}"} <= set(lines)
        assert "timeout" not in head.lower()

    @pytest.mark.parametrize(
        "answer",
        [
            stream_of(message({"n": 1}), message({}), message({"n": 3}), END),
            HEAD + in_chunks(message({"n": 1}), message({}), message({"n": 3}), END) + in_chunks(b""),
            HEAD
            + in_chunks(*((message({"n": 1}) + message({}) + message({"n": 3}) + END)[n : n + 1] for n in range(44))),
        ],
        ids=["at once", "in chunks", "byte by byte"],
    )
    def test_messages_come_however_they_are_cut(self, scripted: ScriptedServer, client: Client, answer: bytes) -> None:
        scripted.script(answer)
        assert list(client.stream(WATCH_JOB)) == [{"n": 1}, {}, {"n": 3}]

    def test_nothing_is_sent_before_it_is_read(self, scripted: ScriptedServer, client: Client) -> None:
        client.stream(WATCH_JOB).close()
        assert (scripted.connections, scripted.requests) == (0, [])

    def test_a_stream_that_was_closed_has_ended(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.script(lambda connection: (connection.sendall(HEAD + in_chunks(message({"n": 1}))), hang(connection)))
        with client.stream(WATCH_JOB) as stream:
            assert next(stream) == {"n": 1}
        assert list(stream) == []
        stream.close()

    def test_an_error_ends_it_with_its_details(self, scripted: ScriptedServer, client: Client) -> None:
        detail = {"type": "google.rpc.RetryInfo", "value": "", "debug": {"retryDelay": "3s"}}
        end = {
            "error": {"code": "resource_exhausted", "message": "later", "details": [detail]},
            "metadata": {"a": ["b"]},
        }
        scripted.script(stream_of(message({"n": 1}), message(end, flags=2)))
        stream = client.stream(WATCH_JOB)
        assert next(stream) == {"n": 1}
        with pytest.raises(Limited, match="later") as caught:
            next(stream)
        assert caught.value.retry_after == 3
        assert list(stream) == []

    def test_a_refusal_instead_of_a_stream_is_understood(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.script(told({"code": "unauthenticated", "message": "no"}, 401))
        assert type(broken(client)) is WrongToken

    @pytest.mark.parametrize(
        "answer",
        [
            told(),
            reply(b"<html></html>", Content_Type="text/html"),
            stream_of(message({}, flags=1), END),
            stream_of(message({}, flags=0x80), END),
            stream_of(message([]), END),
            stream_of(b"\x00\x00\x00\x00\x02{]", END),
            stream_of(b"\x00\x00\x00\x00\x00", END),
            stream_of(message({"n": "x" * 2000}), END),
            stream_of(b"\x00\xff\xff\xff\xff", END),
            stream_of(message({"error": {"message": "no code"}}, flags=2)),
            stream_of(message({"error": "x"}, flags=2)),
        ],
        ids=["json", "html", "compressed", "flags", "list", "no json", "empty", "large", "huge", "error", "text"],
    )
    def test_nonsense_is_no_stream(self, scripted: ScriptedServer, client: Client, answer: bytes) -> None:
        scripted.script(answer)
        assert type(broken(client)) is BadAnswer

    @pytest.mark.parametrize(
        "rest",
        [b"", in_chunks(b""), in_chunks(b"\x00\x00"), in_chunks(message({"n": 2})[:-1]), b"20\r\n\x00"],
        ids=["cut", "no end", "half a head", "half a message", "half a chunk"],
    )
    def test_one_that_breaks_off_is_lost(self, scripted: ScriptedServer, client: Client, rest: bytes) -> None:
        scripted.script(lambda connection: connection.sendall(HEAD + in_chunks(message({"n": 1})) + rest))
        stream = client.stream(WATCH_JOB)
        assert next(stream) == {"n": 1}
        with pytest.raises(Unreachable) as caught:
            next(stream)
        assert caught.value.why == "lost"

    def test_it_is_never_opened_twice(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.script(reset)
        error = broken(client)
        assert isinstance(error, Unreachable)
        assert error.why == "lost"
        assert len(scripted.requests) == 1

    @pytest.mark.parametrize("so_far", [b"", HEAD, HEAD + in_chunks(message({"n": 1}))])
    def test_silence_ends_it(self, scripted: ScriptedServer, client: Client, so_far: bytes) -> None:
        scripted.script(lambda connection: (connection.sendall(so_far), hang(connection)))
        error = broken(client, silence=SHORT)
        assert isinstance(error, Unreachable)
        assert error.why == "timeout"
        assert "fell silent" in error.message

    def test_it_lasts_as_long_as_something_comes(self, scripted: ScriptedServer) -> None:
        clock, due, over = FakeClock(), threading.Semaphore(0), threading.Event()

        def live_on(connection: socket.socket) -> None:
            connection.sendall(HEAD)
            while due.acquire(timeout=PATIENCE) and not over.is_set():
                connection.sendall(in_chunks(message({"heartbeat": True})))

        scripted.script(live_on)
        with Client(scripted.url, monotonic=clock.monotonic, timeout=1) as client:
            stream = client.stream(WATCH_JOB, silence=25)
            for _ in range(100):
                due.release()
                assert next(stream) == {"heartbeat": True}
                clock.advance(24)
            stream.close()
        over.set()
        due.release()

    @pytest.mark.parametrize("what", ["stream", "client"])
    @pytest.mark.parametrize("so_far", [b"", HEAD, HEAD + in_chunks(message({"n": 1}))])
    def test_closing_it_wakes_a_reader_in_another_thread(
        self, scripted: ScriptedServer, client: Client, so_far: bytes, what: str
    ) -> None:
        asked = threading.Event()
        scripted.script(lambda connection: (connection.sendall(so_far), asked.set(), hang(connection)))
        stream = client.stream(WATCH_JOB, silence=1000)
        ends: list[str | None] = []
        reader = threading.Thread(target=lambda: ends.append(end_of(stream)))
        reader.start()
        assert asked.wait(PATIENCE)
        (stream if what == "stream" else client).close()
        reader.join(PATIENCE)
        assert ends == [None]
        stream.close()
        assert list(stream) == []

    def test_a_client_that_was_closed_opens_none(self, scripted: ScriptedServer, client: Client) -> None:
        client.close()
        assert list(client.stream(WATCH_JOB)) == []
        assert scripted.requests == []


@pytest.mark.parametrize("told", [HEAD + in_chunks(message({"n": 1})) + b"5\r\nab", stream_of(END)])
def test_a_stream_that_is_over_and_then_closed_is_in_no_later_calls_way(told: bytes) -> None:
    """Whoever listened closes his stream when it has ended, well or not; that ends nobody else's call."""

    def breaks_off(connection: socket.socket) -> None:
        connection.sendall(told)

    with closing(ScriptedServer()) as server, Client(server.url) as client:
        server.script(breaks_off, reply(Content_Type="application/json"))
        stream = client.stream(WATCH_JOB)
        with suppress(Unreachable):
            list(stream)
        stream.close()
        assert client.call(GET_HEALTH) == {"ok": True}
