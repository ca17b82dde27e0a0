# ruff: noqa: N802
"""What native callers may make the door wait for, and that nobody else waits for it."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from doors.rpc.servicers import FakeHealth, FakeLibrary
from kodi_host import wait_for
from metarr.rpc.doors import native
from metarr.rpc.doors.server import GrpcServer
from metarr.rpc.servicer import BaseServicer
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import library_service_pb2 as library
from metarr.v1.config_service_pb2_grpc import ConfigServiceServicer, ConfigServiceStub
from metarr.v1.library_service_pb2_grpc import LibraryServiceStub

GET_ITEM = "/metarr.v1.LibraryService/GetItem"
APPLY = config.ApplyFieldAuthoritiesRequest()
NO_PROXY = [("grpc.enable_http_proxy", 0)]
PATIENCE = 20.0
"""Seconds that only a failure uses up."""


class Watched(BaseServicer, ConfigServiceServicer):
    """Its stream waits for news that do not come, or says more than anybody reads."""

    def __init__(self, *, much: bool = False) -> None:
        self.much, self.waits, self.told = much, threading.Event(), threading.Event()

    def ApplyFieldAuthorities(self, request, context):
        news = threading.Event()
        context.add_callback(news.set)
        try:
            yield config.ApplyFieldAuthoritiesResponse(total=1)
            while self.much:
                yield config.ApplyFieldAuthoritiesResponse(changed_fields={"x" * 500_000: 1})
            self.waits.set()
            assert news.wait(PATIENCE)
            assert not context.is_active()
        finally:
            self.told.set()


class Door:
    """One of few threads, and channels to it."""

    def __init__(self, server: GrpcServer) -> None:
        self._address, self.calls = f"127.0.0.1:{server.port}", server._calls
        self._open = ExitStack()

    def channel(self) -> grpc.Channel:
        return self._open.enter_context(grpc.insecure_channel(self._address, NO_PROXY))

    def mute(self, method: str = GET_ITEM) -> grpc.Call:
        """A call that never sends its message."""
        silent = threading.Event()
        self._open.callback(silent.set)

        def nothing() -> Iterator[bytes]:
            silent.wait(PATIENCE)
            yield from ()

        return self.channel().stream_unary(method).future(nothing(), timeout=60)

    def ask(self, seconds: float = PATIENCE) -> str:
        with grpc.insecure_channel(self._address, NO_PROXY) as channel:
            return (
                LibraryServiceStub(channel).GetItem(library.GetItemRequest(item_id="Heat"), timeout=seconds).item.title
            )

    def close(self) -> None:
        self._open.close()


@contextmanager
def door(*servicers: BaseServicer, threads: int = 2) -> Iterator[Door]:
    server = GrpcServer([FakeLibrary(), FakeHealth(), *servicers], threads=threads)
    server.start()
    callers = Door(server)
    try:
        yield callers
    finally:
        callers.close()
        server.stop(0)


def ended(call: grpc.Call) -> tuple[grpc.StatusCode, str]:
    """How a call ends."""
    wait_for(lambda: not call.is_active(), "the end of the call")
    return call.code(), call.details()


def test_calls_that_send_no_message_keep_nobody_waiting() -> None:
    with door() as callers:
        calls = [callers.mute() for _ in range(20)]
        begun = time.monotonic()
        assert callers.ask() == "Heat"
        assert time.monotonic() - begun < 5
        assert all(call.is_active() for call in calls)


@pytest.mark.parametrize("method", [GET_ITEM, "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"])
def test_a_call_that_sends_no_message_ends(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(native, "MESSAGE_SECONDS", 0.05)
    with door() as callers:
        code, text = ended(callers.mute(method))
        assert code is grpc.StatusCode.DEADLINE_EXCEEDED
        assert "no message came in time" in text


def test_where_too_many_send_no_message_the_one_that_was_first_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "WAITING", 2)
    with door() as callers:
        first = callers.mute()
        wait_for(lambda: len(callers.calls._waiting) == 1, "the first call", pause=0.005)
        others = [callers.mute(), callers.mute()]
        assert ended(first)[0] is grpc.StatusCode.DEADLINE_EXCEEDED
        assert callers.ask() == "Heat"
        assert any(call.is_active() for call in others)


def test_more_calls_than_may_wait_for_a_thread_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "QUEUED", 1)
    with door(threads=1) as callers:
        stub = LibraryServiceStub(callers.channel())
        calls = [stub.GetItem.future(library.GetItemRequest(item_id="slow"), timeout=PATIENCE) for _ in range(3)]
        wait_for(lambda: any(not call.is_active() for call in calls), "a refusal", pause=0.005)
        assert [call.code() for call in calls if not call.is_active()] == [grpc.StatusCode.RESOURCE_EXHAUSTED]
        for call in calls:
            call.cancel()


@pytest.mark.parametrize("message", [b"\xff\xff\xff", b"\x0a\xff", None])
def test_a_message_that_cannot_be_read_is_the_callers_fault(message: bytes | None) -> None:
    with door() as callers:
        messages = iter([] if message is None else [message])
        call = callers.channel().stream_unary(GET_ITEM).future(messages, timeout=PATIENCE)
        code, text = ended(call)
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert "cannot be read" in text
        packed = status_pb2.Status.FromString(dict(call.trailing_metadata())["grpc-status-details-bin"]).details
        assert error_details_pb2.ErrorInfo.FromString(packed[0].value).reason == "MALFORMED_MESSAGE"


def test_a_servicer_is_told_at_once_that_its_caller_has_left() -> None:
    servicer = Watched()
    with door(servicer) as callers:
        stream = ConfigServiceStub(callers.channel()).ApplyFieldAuthorities(APPLY, timeout=60)
        assert next(stream).total == 1
        assert servicer.waits.wait(PATIENCE)
        stream.cancel()
        assert servicer.told.wait(5)


def test_a_stream_that_nobody_reads_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "UNREAD_SECONDS", 0.1)
    servicer = Watched(much=True)
    with door(servicer) as callers:
        stream = ConfigServiceStub(callers.channel()).ApplyFieldAuthorities(APPLY, timeout=60)
        assert next(stream).total == 1
        assert servicer.told.wait(PATIENCE)
