"""One daemon through every door: native gRPC, JSON by curl, gRPC-Web. All see the same item and the same refusals."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from doors.rpc import grpc_web
from harness import PROVIDERS, Live
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.v1 import library_service_pb2 as library
from metarr.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from metarr.v1.library_service_pb2_grpc import LibraryServiceStub
from simulators import Simulators

SERVICES = {"AggregationService", "ConfigService", "EnrichmentService", "HealthService", "LibraryService"}
Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]
"""A status code, an answer as JSON has it, and the violations."""
Door = Callable[[str, str, Message, type[Message]], Answer]


@pytest.fixture(scope="module")
def channel(metarr: Live) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(metarr.daemon.grpc_address, [("grpc.enable_http_proxy", 0)]) as channel:
        yield channel


@pytest.fixture(scope="module")
def native(channel: grpc.Channel) -> Door:
    stubs = {"EnrichmentService": EnrichmentServiceStub(channel), "LibraryService": LibraryServiceStub(channel)}

    def call(service: str, method: str, request: Message, _: type[Message]) -> Answer:
        try:
            answer = getattr(stubs[service], method)(request, timeout=20)
        except grpc.RpcError as error:
            details = dict(error.trailing_metadata())["grpc-status-details-bin"]
            return error.code().value[0], {}, violations(status_pb2.Status.FromString(details))
        return 0, json_format.MessageToDict(answer), []

    return call


@pytest.fixture(scope="module")
def run_curl(metarr: Live) -> Callable[[str, str], dict[str, Any]]:
    """Posts JSON by the real program."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("there is no curl here")

    def run(method: str, body: str) -> dict[str, Any]:
        command = [program, "--silent", "--noproxy", "*", "--max-time", "20", "--json", body]
        ended = subprocess.run(
            [*command, f"{metarr.url}/metarr.v1.{method}"], capture_output=True, check=True, text=True
        )
        return json.loads(ended.stdout)

    return run


@pytest.fixture(scope="module")
def curl(run_curl: Callable[[str, str], dict[str, Any]]) -> Door:
    def call(service: str, method: str, request: Message, _: type[Message]) -> Answer:
        answer = run_curl(f"{service}/{method}", json_format.MessageToJson(request))
        if "code" not in answer:
            return 0, answer, []
        shown = next(each["debug"] for each in answer["details"] if each["type"] == "google.rpc.BadRequest")
        told = [(each["field"], each["description"]) for each in shown["fieldViolations"]]
        return grpc.StatusCode[answer["code"].upper()].value[0], {}, told

    return call


@pytest.fixture(scope="module")
def web(metarr: Live) -> Door:
    def call(service: str, method: str, request: Message, response: type[Message]) -> Answer:
        answer = grpc_web.call(metarr.url, f"metarr.v1.{service}/{method}", request, response)
        if answer.code:
            raw = answer.trailers["grpc-status-details-bin"]
            status = status_pb2.Status.FromString(base64.b64decode(raw + "=" * (-len(raw) % 4)))
            return answer.code, {}, violations(status)
        return 0, json_format.MessageToDict(answer.messages[0]), []

    return call


def violations(status: status_pb2.Status) -> list[tuple[str, str]]:
    bad = error_details_pb2.BadRequest()
    return [
        (each.field, each.description)
        for detail in status.details
        if detail.Unpack(bad)
        for each in bad.field_violations
    ]


@pytest.fixture(params=["native", "curl", "web"])
def door(request: pytest.FixtureRequest) -> Door:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def item_id(metarr: Live) -> str:
    new = {"kind": "MEDIA_KIND_MOVIE", "title": "Inception", "year": 2010}
    ids = [{"type": "imdb", "value": "tt1375666"}]
    answer = metarr.call("Library", "UpsertItems", {"items": [{**new, "ids": ids}]})
    return answer["results"][0]["item"]["id"]


def test_every_door_enriches_the_item_and_reads_its_sources(door: Door, item_id: str) -> None:
    request = enrichment.EnrichRequest(item_id="imdb:tt1375666", force_refresh=True)
    code, enriched, _ = door("EnrichmentService", "Enrich", request, enrichment.EnrichResponse)
    assert code == 0
    assert {each["provider"]: each["status"] for each in enriched["outcomes"]} == dict.fromkeys(
        PROVIDERS, "STATUS_ANSWERED"
    )
    request = library.GetItemRequest(item_id=item_id, explain=True)
    code, shown, _ = door("LibraryService", "GetItem", request, library.GetItemResponse)
    assert code == 0
    fields = {each["name"]: each for each in shown["item"]["fields"]}
    assert (fields["imdb_rating"]["value"], fields["imdb_rating"]["source"]) == (8.8, "omdb")
    assert (fields["title"]["value"], fields["title"]["rule"]) == ("Inception", "first_in_order")
    assert fields["plot"]["askedId"] == "tmdb:27205"
    assert [each["provider"] for each in fields["plot"]["runnersUp"]] == ["omdb", "tvdb"]


def test_every_door_gives_the_same_item(native: Door, curl: Door, web: Door, item_id: str) -> None:
    request = library.GetItemRequest(item_id=item_id, explain=True)
    first, second, third = (
        door("LibraryService", "GetItem", request, library.GetItemResponse) for door in (native, curl, web)
    )
    assert first == second == third


def test_every_door_refuses_a_bad_request_by_the_same_violations(native: Door, curl: Door, web: Door) -> None:
    request = enrichment.EnrichRequest(item_id="imdb:137523", providers=["tmdb", "imdb"], mode=9)  # type: ignore[arg-type]
    answers = [door("EnrichmentService", "Enrich", request, enrichment.EnrichResponse) for door in (native, curl, web)]
    code, _, told = answers[0]
    assert answers == [answers[0]] * 3
    assert code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert [field for field, _ in told] == ["item_id", "mode", "providers[1]"]


def test_every_door_names_the_field_of_what_is_not_there(native: Door, curl: Door, web: Door) -> None:
    request = library.GetItemRequest(item_id="imdb:tt9999999")
    answers = [door("LibraryService", "GetItem", request, library.GetItemResponse) for door in (native, curl, web)]
    assert answers == [(grpc.StatusCode.NOT_FOUND.value[0], {}, [("item_id", "there is no item imdb:tt9999999")])] * 3


def test_json_tells_when_to_come_back(
    metarr: Live, simulators: Simulators, run_curl: Callable[[str, str], dict[str, Any]]
) -> None:
    metarr.call("Library", "UpsertItems", {"items": [_new("tt0133093")]})
    for provider in PROVIDERS:
        simulators.fault(provider, "rate_limited_with_retry_after", retry_after=600)
    answer = run_curl("EnrichmentService/Enrich", '{"itemId": "imdb:tt0133093"}')
    metarr.configure(simulators, *PROVIDERS)  # lifts what they are parked for
    assert answer["code"] == "resource_exhausted"
    shown = {each["type"]: each["debug"] for each in answer["details"]}
    assert shown["google.rpc.ErrorInfo"] == {"reason": "PROVIDERS_LIMITED", "domain": "metarr"}
    seconds = float(shown["google.rpc.RetryInfo"]["retryDelay"].removesuffix("s"))
    assert 540 < seconds <= 600


def _new(imdb: str) -> dict[str, Any]:
    return {"kind": "MEDIA_KIND_MOVIE", "ids": [{"type": "imdb", "value": imdb}]}


def test_reflection_describes_every_service(channel: grpc.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    requests = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="metarr.v1.EnrichmentService"),
    ]
    services, described = stub.ServerReflectionInfo(iter(requests), timeout=10)
    named = {service.name for service in services.list_services_response.service}
    assert {f"metarr.v1.{name}" for name in SERVICES} <= named
    assert b"EnrichRequest" in described.file_descriptor_response.file_descriptor_proto[0]


@pytest.mark.parametrize("service", ["", *sorted(f"metarr.v1.{name}" for name in SERVICES)])
def test_the_standard_health_check_answers(channel: grpc.Channel, service: str) -> None:
    answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
