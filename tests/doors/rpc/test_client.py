import socket

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from doors.rpc.servicers import FakeHealth, FakeLibrary
from metarr.errors import Violation
from metarr.rpc.client import Client, RpcFailure, failure_of
from metarr.rpc.doors.server import GrpcServer
from scripted_server import ScriptedServer


@pytest.fixture(scope="module")
def address():
    server = GrpcServer([FakeLibrary(), FakeHealth()])
    server.start()
    yield f"127.0.0.1:{server.port}"
    server.stop(0)


@pytest.fixture
def client(address):
    with Client(address, timeout=5) as client:
        yield client


def failure(client, *call):
    with pytest.raises(RpcFailure) as caught:
        client.call(*call)
    return caught.value


def test_dictionaries_go_in_and_come_out(client):
    assert client.call("LibraryService", "GetItem", {"itemId": "Heat"})["item"]["title"] == "Heat"
    assert client.call("HealthService", "GetHealth") == {"status": "STATUS_OK", "version": "1.2.3", "apiLevel": 1}


def test_violations_come_out(client):
    error = failure(client, "LibraryService", "ListItems", {"pageSize": -1, "titleContains": "x"})
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_INPUT")
    assert error.violations == (Violation("page_size", "-1 is not between 1 and 200; 0 gives 50"),)


def test_when_to_try_again_comes_out(client):
    error = failure(client, "LibraryService", "GetItem", {"itemId": "limited"})
    assert (error.code, error.reason, error.retry_seconds) == ("RESOURCE_EXHAUSTED", "PROVIDERS_LIMITED", 90)
    assert str(error) == "every provider is limited"


def test_that_nobody_answered_is_told_in_the_daemons_words(client):
    assert failure(client, "LibraryService", "GetItem", {"itemId": "silent"}).message == "nobody answered"


def test_an_error_without_details_has_no_reason(client):
    error = failure(client, "LibraryService", "GetItem", {"itemId": "broken"})
    assert (error.code, error.reason, error.violations, error.retry_seconds) == ("INTERNAL", "", (), None)


def test_a_request_that_does_not_fit_is_told_without_asking(client):
    error = failure(client, "LibraryService", "GetItem", {"itemID": "x"})
    assert error.code == "INVALID_ARGUMENT"
    assert "itemID" in error.message


@pytest.mark.parametrize(
    ("service", "method"), [("LibraryService", "Nope"), ("NopeService", "GetItem"), ("Common", "GetItem")]
)
def test_a_method_outside_the_contract_is_a_mistake_of_the_caller(client, service, method):
    with pytest.raises(LookupError, match=f"{service}.{method}"):
        client.call(service, method)


def test_where_no_daemon_listens_a_person_is_told_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody can answer there
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with Client(address, timeout=5) as client:
            error = failure(client, "HealthService", "GetHealth")
    assert (error.code, error.message) == (
        "UNAVAILABLE",
        f"no Metarr daemon at {address}: start it with `metarr serve`",
    )


def test_the_wrong_door_is_told_from_no_daemon():
    server = ScriptedServer()
    try:
        with Client(f"127.0.0.1:{server.port}", timeout=5) as client:
            error = failure(client, "HealthService", "GetHealth")
    finally:
        server.close()
    assert error.code == "UNAVAILABLE"
    assert "is no gRPC door; perhaps it is the daemon's HTTP door" in error.message


def test_a_daemon_that_takes_too_long_is_told(client, address):
    with pytest.raises(RpcFailure) as caught:
        client.call("LibraryService", "GetItem", {"itemId": "slow"}, timeout=0.2)
    assert (caught.value.code, caught.value.message) == (
        "DEADLINE_EXCEEDED",
        f"the daemon at {address} did not answer in time",
    )


def test_details_of_another_daemon_do_no_harm():
    error = failure_of(grpc.StatusCode.UNKNOWN, "boo", b"\xff\xff")
    assert (error.code, error.message, error.reason) == ("UNKNOWN", "boo", "")


def test_a_reason_of_another_domain_is_not_taken_for_metarrs():
    status = status_pb2.Status(code=7, message="no")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="PROXY_SAYS_NO", domain="proxy.test"))
    assert failure_of(grpc.StatusCode.PERMISSION_DENIED, "no", status.SerializeToString()).reason == ""


def test_a_stream_fails_as_a_call_does(client):
    with pytest.raises(RpcFailure) as caught:
        next(client.stream("ConfigService", "ApplyFieldAuthorities"))
    assert caught.value.code == "UNIMPLEMENTED"
    with pytest.raises(RpcFailure) as caught:
        next(client.stream("ConfigService", "ApplyFieldAuthorities", {"dropForeigners": True}))
    assert caught.value.code == "INVALID_ARGUMENT"
