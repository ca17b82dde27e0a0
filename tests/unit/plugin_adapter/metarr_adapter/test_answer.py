"""Good answers in every form that HTTP has, and what else may answer at an address."""

import itertools
import re

import pytest

from bad_days import GET_HEALTH, GET_ITEM, SHORT, TOKEN, endless, failure, then_close, told
from doors.rpc.servicers import FakeLibrary
from metarr.rpc.doors.http import HttpServer
from metarr_adapter.client import Client
from metarr_adapter.errors import BadAnswer, Limited, TimedOut, Unreachable
from scripted_server import ScriptedServer, Step, hang, reply, reset


class TestAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            told({"title": "Amélie"}),
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'9\r\n{"title":\r\nA;x=y\r\n"Am\\u00e9l\r\n4\r\nie"}\r\n0\r\nX-Trailer: 1\r\n\r\n',
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-type: Application/JSON; charset=utf-8\r\n\r\n"
            b'{"title":"Am\xc3\xa9lie"}',
            b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"title":"Am\xc3\xa9lie"}',
        ],
        ids=["length", "chunks", "until the end", "HTTP 1.0"],
    )
    def test_come_in_every_form(self, scripted: ScriptedServer, answer: bytes) -> None:
        scripted.script(then_close(answer))
        with Client(scripted.url, attempts=1) as client:
            assert client.call(GET_HEALTH) == {"title": "Amélie"}

    def test_may_be_large(self, scripted: ScriptedServer) -> None:
        plot = "x" * 3_000_000
        scripted.script(told({"plot": plot}))
        with Client(scripted.url) as client:
            assert client.call(GET_HEALTH) == {"plot": plot}

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (reply(b"<html>Log in</html>", Content_Type="text/html"), "no Metarr daemon: status 200, text/html"),
            (reply(b"{}"), "no Metarr daemon: status 200, without a content type"),
            (reply(b"<html></html>", 404, Content_Type="text/html"), "no Metarr daemon: status 404"),
            (reply(b"", 401), "no Metarr daemon: status 401"),
            (reply(b"", 204), "no Metarr daemon: status 204"),
            (told([]), "something else than a JSON object"),
            (told("x"), "something else than a JSON object"),
            (reply(b'{"a":', Content_Type="application/json"), "something else than a JSON object"),
            (reply(b'{"a":"\xff"}', Content_Type="application/json"), "something else than a JSON object"),
            (reply(b"[" * 100_000, Content_Type="application/json"), "something else than a JSON object"),
            (told({"error": "x"}, 500), "no Metarr daemon: status 500, application/json"),
            (
                reply(b"", 302, Location="http://login.example/?next=secret"),
                "elsewhere, to http://login.example; write",
            ),
            (reply(b"", 301, Location="/login"), "sends its callers elsewhere; write"),
            (reply(b"", 308, Location="http://[x"), "sends its callers elsewhere; write"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
            (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\r\n", "does not speak HTTP"),
            (b"HTTP/1.1 2oo OK\r\n\r\n", "does not speak HTTP"),
            (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", "does not speak HTTP"),
            (b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n", "does not speak HTTP"),
            (b"x" * 100_000, "does not speak HTTP"),
        ],
    )
    def test_of_somebody_else_are_told_apart_and_not_asked_for_again(
        self, scripted: ScriptedServer, answer: bytes, said: str
    ) -> None:
        scripted.script(then_close(answer))
        with Client(scripted.url, TOKEN) as client:
            error = failure(client)
        assert type(error) is BadAnswer
        assert "secret" not in error.message
        assert re.search(said, error.message)
        assert len(scripted.requests) == 1

    @pytest.mark.parametrize("length", [None, 10**15])
    def test_are_not_read_without_end(self, scripted: ScriptedServer, length: int | None) -> None:
        framing = "Connection: close" if length is None else f"Content-Length: {length}"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{framing}\r\n\r\n".encode()
        scripted.script(endless(head))
        with Client(scripted.url, TOKEN, most_bytes=1_000_000) as client:
            error = failure(client)
        assert type(error) is BadAnswer
        assert "larger than 1000000 bytes" in error.message

    @pytest.mark.parametrize(
        "step",
        [
            hang,
            lambda connection: (connection.sendall(b"HTTP/1.1 200 OK\r\nContent-"), hang(connection)),
            lambda connection: (connection.sendall(told()[:-3]), hang(connection)),
            lambda connection: (
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"
                ),
                hang(connection),
            ),
        ],
        ids=["nothing", "half a head", "half a body", "half a chunk"],
    )
    def test_that_do_not_come_are_not_waited_for(self, scripted: ScriptedServer, step: Step) -> None:
        scripted.script(step)
        with Client(scripted.url, TOKEN, timeout=SHORT) as client:
            error = failure(client)
        assert type(error) is TimedOut
        assert (error.code, len(scripted.requests)) == ("deadline_exceeded", 1)

    def test_that_drip_do_not_hold_a_caller_beyond_its_time(self, scripted: ScriptedServer) -> None:
        time_that_passes = itertools.count(0.0, 0.01)
        scripted.script(endless(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"))
        with Client(
            scripted.url, TOKEN, timeout=5, most_bytes=10**12, monotonic=lambda: next(time_that_passes)
        ) as client:
            error = failure(client)
        assert type(error) is TimedOut

    @pytest.mark.parametrize(
        "step",
        [
            reset,
            lambda connection: None,
            lambda connection: (connection.sendall(b"HTTP/1.1 200 OK\r\nContent-"), reset(connection)),
            then_close(told()[:-3]),
            then_close(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"
            ),
        ],
        ids=["reset", "hung up", "reset in the head", "cut short", "cut short in chunks"],
    )
    def test_that_break_off_are_told(self, scripted: ScriptedServer, step: Step) -> None:
        scripted.script(step)
        with Client(scripted.url, TOKEN, attempts=1) as client:
            error = failure(client)
        assert isinstance(error, Unreachable)
        assert (error.code, error.why) == ("unavailable", "lost")

    def test_tell_when_to_come_back(self) -> None:
        server = HttpServer([FakeLibrary()])
        server.start()
        try:
            with Client(f"127.0.0.1:{server.port}") as client:
                error = failure(client, GET_ITEM, itemId="limited")
        finally:
            server.stop(1)
        assert type(error) is Limited
        assert (error.reason, error.retry_after) == ("PROVIDERS_LIMITED", 90)
