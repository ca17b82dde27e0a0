# ruff: noqa: N802
"""Streams over HTTP, on the standard health service: with a generated module for it that connectrpc would give."""

import ctypes
import json
import socket
import struct
import threading
from contextlib import contextmanager

import pytest
import requests
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthServicer

from doors.rpc import grpc_web
from doors.rpc.servicers import FAILURES, HEALTH, FixedClock
from kodi_host import wait_for
from metarr.rpc.doors import http
from metarr.rpc.doors.context import seconds_left
from metarr.rpc.doors.http import HttpServer
from metarr.rpc.servicer import BaseServicer

WATCH = "grpc.health.v1.Health/Watch"
HEADERS = {"Content-Type": "application/connect+json"}
PATIENCE = 30.0
"""Seconds that only a failure uses up."""


class Watched(BaseServicer, HealthServicer, service=HEALTH):
    """Watch says its status as often as the request's service name has letters, and then what that name asks for."""

    clock = FixedClock()

    def __init__(self):
        self.closed, self.left = threading.Event(), []
        self.began, self.news, self.woken = threading.Event(), threading.Event(), []
        self.beat = threading.Event()

    def Watch(self, request, context):
        self.left.append(context.time_remaining())
        assert seconds_left(context) > 0
        try:
            for _ in request.service:
                yield health_pb2.HealthCheckResponse(status=1)
            if request.service in FAILURES:
                raise FAILURES[request.service]
            while request.service == "endless" and context.is_active():
                self.began.set()
                yield health_pb2.HealthCheckResponse(status=2)
            while request.service == "beating" and self.beat.wait(PATIENCE):
                self.beat.clear()
                yield health_pb2.HealthCheckResponse(status=2)
            if request.service == "waiting":
                context.add_callback(self.news.set)
                yield health_pb2.HealthCheckResponse(status=2)
                self.woken.append(self.news.wait(60) and not context.is_active())
        finally:
            self.closed.set()


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@contextmanager
def running():
    """A server and its servicer."""
    servicer = Watched()
    server = HttpServer([servicer])
    server.start()
    yield server, servicer
    server.stop(1)


@pytest.fixture(scope="module")
def started():
    with running() as both:
        yield both


@pytest.fixture
def servicer(started):
    _, servicer = started
    servicer.closed.clear()
    servicer.began.clear()
    servicer.left.clear()
    return servicer


@pytest.fixture
def server(started, servicer):
    return started[0]


@pytest.fixture
def watch(server, session):
    def watch(name):
        """The messages of a stream, and what ended it."""
        body = grpc_web.frame(json.dumps({"service": name}).encode())
        answer = session.post(f"http://127.0.0.1:{server.port}/{WATCH}", data=body, headers=HEADERS, timeout=10)
        assert answer.status_code == 200
        *messages, (flags, end) = grpc_web.frames(answer.content)
        assert flags == 2
        return [json.loads(payload) for _, payload in messages], json.loads(end)

    return watch


def test_a_stream_ends_well(watch, servicer):
    assert watch("ab") == ([{"status": "SERVING"}, {"status": "SERVING"}], {})
    assert servicer.closed.wait(PATIENCE)


def test_a_stream_without_a_deadline_has_none(watch, servicer):
    watch("")
    assert servicer.left == [None]


def test_an_error_ends_a_stream_after_its_messages_with_readable_details(watch):
    messages, end = watch("limited")
    assert len(messages) == len("limited")
    assert (end["error"]["code"], end["error"]["message"]) == ("resource_exhausted", "every provider is limited")
    assert {"retryDelay": "90s"} in [detail["debug"] for detail in end["error"]["details"]]


def test_an_unknown_error_in_a_stream_leaks_nothing(watch):
    _, end = watch("broken")
    assert end["error"] == {"code": "internal", "message": "internal error; the daemon's log tells what happened"}


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
def test_grpc_web_streams_too(server, text):
    request = health_pb2.HealthCheckRequest(service="missing")
    url = f"http://127.0.0.1:{server.port}"
    answer = grpc_web.call(url, WATCH, request, health_pb2.HealthCheckResponse, text=text)
    assert [message.status for message in answer.messages] == [1] * len("missing")
    assert (answer.code, answer.details["ErrorInfo"].reason) == (5, "ITEM_NOT_FOUND")


def test_a_client_that_goes_away_ends_its_stream(server, servicer):
    with endless(server) as connection:
        assert connection.recv(20).startswith(b"HTTP/1.1 200")
    assert servicer.closed.wait(PATIENCE)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="no Linux: it is found out later there")
def test_a_client_whose_plug_is_pulled_ends_its_stream(monkeypatch):
    monkeypatch.setattr(http, "SILENCE", 0.1)
    with running() as (server, servicer), endless(server, "beating") as connection:
        servicer.beat.set()
        assert connection.recv(20).startswith(b"HTTP/1.1 200")
        pull_the_plug(connection)

        def closed():
            servicer.beat.set()
            return servicer.closed.is_set()

        wait_for(closed, "the stream has ended", PATIENCE)


def pull_the_plug(connection):
    """Whatever comes for this connection is lost from now on, and nobody says so."""
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # a filter of one command: keep 0 bytes
    program = struct.pack("HL", 1, ctypes.addressof(drop_all))
    connection.setsockopt(socket.SOL_SOCKET, 26, program)  # SO_ATTACH_FILTER


def endless(server, what="endless"):
    body = grpc_web.frame(json.dumps({"service": what}).encode())
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    head = f"POST /{WATCH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    connection.sendall(f"{head}Content-Type: application/connect+json\r\n\r\n".encode() + body)
    return connection


def test_a_stream_cannot_be_got_nor_called_as_unary(server, session):
    url = f"http://127.0.0.1:{server.port}/{WATCH}"
    assert session.get(url, timeout=10).status_code == 405
    assert session.post(url, json={}, timeout=10).status_code == 415


def test_stopping_the_server_wakes_who_waits_for_news_and_ends_streams():
    with running() as (server, servicer), endless(server, "waiting") as waiting, endless(server) as connection:
        told = b""
        while b"NOT_SERVING" not in told:
            told += waiting.recv(65536)
        reader = threading.Thread(target=lambda: [None for _ in iter(lambda: connection.recv(65536), b"")])
        reader.start()
        assert servicer.began.wait(PATIENCE)
        server.stop(PATIENCE)
        reader.join()
        assert servicer.woken == [True]
        assert servicer.closed.is_set()
