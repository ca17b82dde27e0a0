# ruff: noqa: N802
"""The streams that may be open at once, through both doors together."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import grpc
import pytest
import requests
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from doors.rpc import grpc_web
from kodi_host import wait_for
from metarr.errors import TooManyStreams
from metarr.rpc.doors.http import HttpServer
from metarr.rpc.doors.server import GrpcServer
from metarr.rpc.doors.streams import STREAM_CAP, Streams
from metarr.rpc.servicer import BaseServicer
from metarr.v1 import config_service_pb2 as pb
from metarr.v1.config_service_pb2_grpc import ConfigServiceServicer, ConfigServiceStub

APPLY = "metarr.v1.ConfigService/ApplyFieldAuthorities"
TEXT = f"{STREAM_CAP} streams are open, and no more can be; close one, then open this again"


class Endless(BaseServicer, ConfigServiceServicer):
    """Its streams say something at once, and go on until they are closed; what is no stream just answers."""

    def __init__(self):
        self.streams = Streams()
        self.over = threading.Event()

    def ApplyFieldAuthorities(self, request, context):
        while context.is_active() and not self.over.is_set():
            yield pb.ApplyFieldAuthoritiesResponse(total=1)
            self.over.wait(0.02)

    def ListProviders(self, request, context):
        return pb.ListProvidersResponse()


@pytest.fixture
def servicer() -> Endless:
    return Endless()


@pytest.fixture
def native(servicer: Endless) -> Iterator[GrpcServer]:
    server = GrpcServer([servicer])
    server.start()
    yield server
    server.stop(0)


@pytest.fixture
def web(servicer: Endless) -> Iterator[HttpServer]:
    server = HttpServer([servicer])
    server.start()
    yield server
    servicer.over.set()
    server.stop(2)


@pytest.fixture
def channel(native: GrpcServer) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{native.port}", [("grpc.enable_http_proxy", 0)]) as channel:
        yield channel


@contextmanager
def through_http(web: HttpServer) -> Iterator[None]:
    """An open stream that has said something."""
    body = grpc_web.frame(b"{}")
    with socket.create_connection(("127.0.0.1", web.port), timeout=5) as connection:
        head = f"POST /{APPLY} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(f"{head}Content-Type: application/connect+json\r\n\r\n".encode() + body)
        said = b""
        while b"total" not in said:
            said += connection.recv(4096)
        yield


@contextmanager
def through_grpc(channel: grpc.Channel) -> Iterator[None]:
    """An open stream that has said something."""
    stream = ConfigServiceStub(channel).ApplyFieldAuthorities(pb.ApplyFieldAuthoritiesRequest(), timeout=30)
    assert next(stream).total == 1
    yield
    stream.cancel()


def test_one_more_than_the_cap_is_refused_through_both_doors_and_what_is_no_stream_is_not(channel, web, servicer):
    url = f"http://127.0.0.1:{web.port}"
    with ExitStack() as open_ones, requests.Session() as session:
        session.trust_env = False
        for _ in range(STREAM_CAP // 2):
            open_ones.enter_context(through_grpc(channel))
            open_ones.enter_context(through_http(web))
        with pytest.raises(grpc.RpcError) as caught:
            next(ConfigServiceStub(channel).ApplyFieldAuthorities(pb.ApplyFieldAuthoritiesRequest(), timeout=5))
        assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.RESOURCE_EXHAUSTED, TEXT)
        assert b"TOO_MANY_STREAMS" in dict(caught.value.trailing_metadata())["grpc-status-details-bin"]

        headers = {"Content-Type": "application/connect+json"}
        refused = session.post(f"{url}/{APPLY}", data=grpc_web.frame(b"{}"), headers=headers, timeout=5)
        [(flags, end)] = grpc_web.frames(refused.content)
        assert flags == 2
        error = json.loads(end)["error"]
        assert (error["code"], error["message"]) == ("resource_exhausted", TEXT)
        assert error["details"][0]["debug"]["reason"] == "TOO_MANY_STREAMS"

        assert session.post(f"{url}/metarr.v1.ConfigService/ListProviders", json={}, timeout=5).status_code == 200
        assert ConfigServiceStub(channel).ListProviders(pb.ListProvidersRequest(), timeout=5) is not None
    # The refused ones took no place, and the closed ones give theirs back, as soon as their servicers notice.
    servicer.over.set()
    wait_for(lambda: servicer.streams.open == 0, "the end of the streams", pause=0.005)
    for _ in range(STREAM_CAP):
        list(ConfigServiceStub(channel).ApplyFieldAuthorities(pb.ApplyFieldAuthoritiesRequest(), timeout=5))


def test_reflection_counts_too(channel, monkeypatch):
    monkeypatch.setattr(BaseServicer, "streams", Streams(1))
    reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    still_asking = threading.Event()

    def questions():
        yield asked
        still_asking.wait(10)

    first = reflection.ServerReflectionInfo(questions(), timeout=10)
    assert next(first).list_services_response.service
    with pytest.raises(grpc.RpcError) as caught:
        list(reflection.ServerReflectionInfo(iter([asked]), timeout=5))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    still_asking.set()
    list(first)


def test_a_place_is_given_back_by_whatever_ends_a_stream():
    streams = Streams(1)
    for error in (None, ValueError, GeneratorExit):
        if error is None:
            with streams.one_more():
                pass
        else:
            with pytest.raises(error), streams.one_more():
                raise error
    with streams.one_more(), pytest.raises(TooManyStreams, match="1 streams"), streams.one_more():
        pass
