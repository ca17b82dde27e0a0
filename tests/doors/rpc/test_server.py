import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from doors.rpc.servicers import SECRET, FakeHealth, FakeLibrary
from metarr.errors import CannotDo
from metarr.rpc.doors.server import MAX_REQUEST_BYTES, GrpcServer
from metarr.v1 import library_service_pb2 as library
from metarr.v1.library_service_pb2_grpc import LibraryServiceStub


@pytest.fixture
def servicer():
    return FakeLibrary()


@pytest.fixture
def server(servicer):
    server = GrpcServer([servicer, FakeHealth()])
    server.start()
    yield server
    server.stop(0)


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(f"127.0.0.1:{server.port}", [("grpc.enable_http_proxy", 0)]) as channel:
        yield channel


@pytest.fixture
def stub(channel):
    return LibraryServiceStub(channel)


def failure(call):
    """The code, text and details of the error that a call ends with."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    trailers = dict(caught.value.trailing_metadata())
    found = {}
    for packed in status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b"")).details:
        name = packed.TypeName().removeprefix("google.rpc.")
        found[name] = getattr(error_details_pb2, name).FromString(packed.value)
    return caught.value.code(), caught.value.details(), found


def test_a_call_is_answered(stub):
    assert stub.GetItem(library.GetItemRequest(item_id="Heat"), timeout=5).item.title == "Heat"


def test_details_reach_a_real_client(stub):
    code, text, details = failure(lambda: stub.GetItem(library.GetItemRequest(item_id="limited"), timeout=5))
    assert (code, text) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "every provider is limited")
    assert details["RetryInfo"].retry_delay.seconds == 90
    assert details["ErrorInfo"].reason == "PROVIDERS_LIMITED"


def test_violations_reach_a_real_client(stub):
    code, _, details = failure(lambda: stub.ListItems(library.ListItemsRequest(page_size=-1), timeout=5))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert [violation.field for violation in details["BadRequest"].field_violations] == ["title_contains", "page_size"]


def test_hundreds_of_violations_still_fit_the_trailers(stub):
    code, _, details = failure(lambda: stub.GetItem(library.GetItemRequest(item_id="wordy"), timeout=5))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert details["BadRequest"].field_violations[0].field == "items[0].ids[0].value"
    assert details["BadRequest"].field_violations[-1].description.startswith("and 4")


def test_an_unknown_error_leaks_nothing(stub):
    code, text, details = failure(lambda: stub.GetItem(library.GetItemRequest(item_id="broken"), timeout=5))
    assert code is grpc.StatusCode.INTERNAL
    assert SECRET not in text
    assert details == {}


def test_a_method_that_is_not_there_is_unimplemented(stub):
    code, text, _ = failure(lambda: stub.UpsertItems(library.UpsertItemsRequest(), timeout=5))
    assert (code, text) == (grpc.StatusCode.UNIMPLEMENTED, "UpsertItems is not implemented")


def test_the_callers_deadline_reaches_the_servicer_and_none_means_the_default(stub, servicer):
    stub.GetItem(library.GetItemRequest(), timeout=5)
    stub.GetItem(library.GetItemRequest())
    with_deadline, without = servicer.seconds_left
    assert 0 < with_deadline < 6
    assert without == 60


def test_metadata_reaches_the_servicer_and_the_end_of_a_call_is_told(stub, servicer):
    stub.GetItem(library.GetItemRequest(), timeout=5, metadata=(("authorization", "Bearer x"),))
    assert servicer.metadata["authorization"] == "Bearer x"
    assert servicer.ended.wait(5)


def test_a_request_too_large_is_refused(stub):
    request = library.GetItemRequest(item_id="x" * MAX_REQUEST_BYTES)
    code, text, _ = failure(lambda: stub.GetItem(request, timeout=5))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in text


@pytest.mark.parametrize("name", ["", "metarr.v1.LibraryService", "metarr.v1.HealthService"])
def test_the_standard_health_service_says_serving(channel, name):
    stub = health_pb2_grpc.HealthStub(channel)
    answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_reflection_lists_the_services(channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    [answer] = stub.ServerReflectionInfo(
        iter([reflection_pb2.ServerReflectionRequest(list_services="")]),
        timeout=5,
    )
    assert {service.name for service in answer.list_services_response.service} == {
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
        "metarr.v1.HealthService",
        "metarr.v1.LibraryService",
    }


def test_a_port_that_is_taken_is_told_in_words(server):
    second = GrpcServer([FakeHealth()], port=server.port)
    with pytest.raises(CannotDo, match=f"127.0.0.1:{server.port}.*taken") as caught:
        second.start()
    assert caught.value.reason == "CANNOT_LISTEN"
    second.stop(0)


def test_once_stopped_nobody_listens_and_the_port_is_free_again(server):
    server.stop(0)
    again = GrpcServer([FakeHealth()], port=server.port)
    again.start()
    again.stop(0)
