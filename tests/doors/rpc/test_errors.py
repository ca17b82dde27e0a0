# ruff: noqa: N802
import importlib
import inspect
import pkgutil
import re
from datetime import timedelta
from pathlib import Path

import grpc
import grpc_testing
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthServicer
from structlog.testing import capture_logs

import metarr.rpc.methods
from doors.rpc.servicers import FAILURES, HEALTH, NOW, SECRET, FakeLibrary, FixedClock
from metarr import errors as taxonomy
from metarr.errors import AllLimited, InvalidInput, MetarrError, Violation
from metarr.rpc import errors
from metarr.rpc import servicer as base
from metarr.rpc.contract import service_of
from metarr.rpc.errors import status_of
from metarr.rpc.servicer import BaseServicer
from metarr.v1 import library_service_pb2 as library
from metarr.v1.library_service_pb2_grpc import LibraryServiceServicer

CODES = grpc.StatusCode


def details(status):
    """The details of a status by type."""
    found = {}
    for packed in status.details:
        message = getattr(error_details_pb2, packed.TypeName().removeprefix("google.rpc."))()
        assert packed.Unpack(message)
        found[type(message).__name__] = message
    return found


@pytest.mark.parametrize(
    ("error", "code", "reason", "kinds"),
    [
        (InvalidInput(Violation("title", "is required")), CODES.INVALID_ARGUMENT, "INVALID_INPUT", {"BadRequest"}),
        (FAILURES["missing"], CODES.NOT_FOUND, "ITEM_NOT_FOUND", {"BadRequest"}),
        (FAILURES["moved"], CODES.ABORTED, "VERSION_MOVED", set()),
        (FAILURES["forbidden"], CODES.FAILED_PRECONDITION, "NO_PROVIDER", set()),
        (FAILURES["limited"], CODES.RESOURCE_EXHAUSTED, "PROVIDERS_LIMITED", {"RetryInfo"}),
        (FAILURES["limited_for_ever"], CODES.RESOURCE_EXHAUSTED, "PROVIDERS_LIMITED", set()),
        (FAILURES["refused"], CODES.FAILED_PRECONDITION, "PROVIDERS_REFUSED_KEY", set()),
        (FAILURES["silent"], CODES.UNAVAILABLE, "PROVIDERS_UNAVAILABLE", set()),
    ],
    ids=lambda value: value.name if isinstance(value, CODES) else None,
)
def test_every_error_has_its_code_and_details(error, code, reason, kinds):
    status = status_of(error, NOW)

    assert status.code == code.value[0]
    assert status.message == str(error)
    found = details(status)
    assert (found["ErrorInfo"].reason, found["ErrorInfo"].domain) == (reason, "metarr")
    assert found.keys() - {"ErrorInfo"} == kinds


def test_every_class_of_the_taxonomy_is_mapped():
    classes = [each for _, each in inspect.getmembers(taxonomy, inspect.isclass) if issubclass(each, MetarrError)]
    arguments = {InvalidInput: (Violation("a", "b"),), taxonomy.NoSuchThing: ("a", "b"), AllLimited: ("a", None)}
    unmapped = [
        each
        for each in classes
        if each is not MetarrError
        and status_of(each(*arguments.get(each, ("text",))), NOW).code == CODES.INTERNAL.value[0]
    ]
    assert unmapped == []


def test_violations_name_field_and_fault():
    error = InvalidInput(Violation("ids[0].value", "is no imdb id"), Violation("title", "is required"))
    violations = details(status_of(error, NOW))["BadRequest"].field_violations
    assert [(v.field, v.description) for v in violations] == [
        ("ids[0].value", "is no imdb id"),
        ("title", "is required"),
    ]


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        (timedelta(seconds=90), 90),
        (timedelta(seconds=0.2), 1),
        (timedelta(seconds=-5), 1),
        (timedelta(days=1, milliseconds=1), 86401),
    ],
)
def test_retry_tells_whole_seconds_by_the_clock(wait, seconds):
    retry = details(status_of(AllLimited("limited", NOW + wait), NOW))["RetryInfo"]
    assert retry.retry_delay.ToTimedelta() == timedelta(seconds=seconds)


@pytest.mark.parametrize("error", [RuntimeError(f"x {SECRET}"), KeyError(SECRET), MetarrError(SECRET), OSError(SECRET)])
def test_an_unknown_error_tells_nothing(error):
    status = status_of(error, NOW)
    assert status.code == CODES.INTERNAL.value[0]
    assert status.message == errors.INTERNAL_TEXT
    assert not status.details


def test_many_violations_are_cut_to_what_trailers_carry_and_the_rest_is_counted():
    status = status_of(FAILURES["wordy"], NOW)
    violations = details(status)["BadRequest"].field_violations

    assert status.ByteSize() < 4500
    assert violations[0].field == "items[0].ids[0].value"
    assert violations[-1].description == f"and {500 - len(violations) + 1} more"


def test_a_long_text_is_cut_between_characters():
    message = status_of(taxonomy.CannotDo("日" * 1000), NOW).message
    assert message == "日" * 165 + "…"


def test_an_error_without_words_still_says_something():
    assert status_of(taxonomy.VersionMoved(), NOW).message


for found in pkgutil.iter_modules(metarr.rpc.methods.__path__):
    importlib.import_module(f"metarr.rpc.methods.{found.name}")
SERVICERS = [each for each in BaseServicer.__subclasses__() if each.__module__.startswith("metarr.rpc.")]
PROTO = Path(__file__).parents[3] / "proto"


def test_every_service_of_the_contract_has_a_servicer():
    declared = {
        f"metarr.v1.{name}"
        for path in PROTO.rglob("*.proto")
        for name in re.findall(r"^service (\w+)", path.read_text(), re.MULTILINE)
    }
    assert {service_of(servicer).name for servicer in SERVICERS} == declared


@pytest.mark.parametrize("servicer", SERVICERS)
def test_every_rpc_method_of_a_servicer_answers_with_a_status(servicer):
    generated = next(base for base in servicer.__mro__ if base.__module__.endswith("_pb2_grpc"))
    names = {name for name in vars(generated) if not name.startswith("_")}
    assert names
    assert {name for name in names if hasattr(getattr(servicer, name), base._MARK)} == names


def test_a_class_without_a_generated_servicer_is_refused():
    with pytest.raises(TypeError, match="Lonely derives from no generated servicer"):

        class Lonely(BaseServicer):
            pass


def test_a_subclass_may_replace_a_method_and_is_wrapped_again():
    class Louder(FakeLibrary):
        def GetItem(self, request, context):
            raise FAILURES["silent"]

    _, code, _ = call(Louder(), "GetItem", library.GetItemRequest(item_id="fine"))
    assert code is CODES.UNAVAILABLE


# With grpcio-testing: its context has no abort_with_status and drops trailing metadata on abort.


def call(servicer, method, request):
    descriptor = library.DESCRIPTOR.services_by_name["LibraryService"]
    clock = grpc_testing.strict_fake_time(0)
    server = grpc_testing.server_from_dictionary({descriptor: servicer}, clock)
    rpc = server.invoke_unary_unary(descriptor.methods_by_name[method], (), request, 30)
    response, _, code, text = rpc.termination()
    return response, code, text


def test_an_answer_passes_through_untouched():
    response, code, _ = call(FakeLibrary(), "GetItem", library.GetItemRequest(item_id="Heat"))
    assert (response.item.title, code) == ("Heat", CODES.OK)


def test_an_error_becomes_a_status():
    _, code, text = call(FakeLibrary(), "GetItem", library.GetItemRequest(item_id="missing"))
    assert (code, text) == (CODES.NOT_FOUND, "there is no item missing")


def test_an_unknown_error_goes_to_the_log_with_its_trace_and_never_through_the_door():
    with capture_logs() as logs:
        _, code, text = call(FakeLibrary(), "GetItem", library.GetItemRequest(item_id="broken"))
    assert (code, text) == (CODES.INTERNAL, errors.INTERNAL_TEXT)
    assert [(entry["event"], entry["method"], entry["log_level"]) for entry in logs] == [
        ("rpc_failed", "GetItem", "error")
    ]
    assert logs[0]["exc_info"] is FAILURES["broken"]


def test_expected_errors_are_not_logged():
    with capture_logs() as logs:
        call(FakeLibrary(), "GetItem", library.GetItemRequest(item_id="missing"))
    assert logs == []


def test_a_method_that_a_servicer_lacks_is_unimplemented():
    _, code, text = call(FakeLibrary(), "UpsertItems", library.UpsertItemsRequest())
    assert (code, text) == (CODES.UNIMPLEMENTED, "UpsertItems is not implemented")


class RecordingContext:
    """Keeps what a servicer ended the call with."""

    trailing = ()

    def peer(self):
        return ""

    def set_trailing_metadata(self, metadata):
        self.trailing = metadata

    def abort(self, code, text):
        raise Aborted(code, text)


class Aborted(Exception):
    pass


class Watched(BaseServicer, HealthServicer, service=HEALTH):
    """A streaming method: two answers, and then it fails."""

    clock = FixedClock()
    closed = False

    def Watch(self, request, context):
        try:
            yield health_pb2.HealthCheckResponse(status=1)
            yield health_pb2.HealthCheckResponse(status=2)
            raise FAILURES["limited"]
        finally:
            self.closed = True


def test_a_stream_that_fails_ends_with_a_status_after_its_answers():
    context = RecordingContext()
    stream = Watched().Watch(health_pb2.HealthCheckRequest(), context)
    assert [next(stream).status, next(stream).status] == [1, 2]
    with pytest.raises(Aborted) as caught:
        next(stream)
    assert caught.value.args[0] is CODES.RESOURCE_EXHAUSTED
    [(name, raw)] = context.trailing
    assert name == "grpc-status-details-bin"
    assert details(status_pb2.Status.FromString(raw))["RetryInfo"].retry_delay.seconds == 90


def test_a_stream_that_is_left_closes_the_method_behind_it():
    watched = Watched()
    stream = watched.Watch(health_pb2.HealthCheckRequest(), RecordingContext())
    next(stream)
    stream.close()
    assert watched.closed


def test_a_streaming_method_that_hands_back_an_iterator_is_covered_too():
    class Lazy(Watched):
        def Watch(self, request, context):
            return iter([1 / zero for zero in (0,)])

    with capture_logs(), pytest.raises(Aborted) as caught:
        list(Lazy().Watch(health_pb2.HealthCheckRequest(), RecordingContext()))
    assert caught.value.args[0] is CODES.INTERNAL


def test_the_generated_base_stays_as_it_is():
    assert not hasattr(LibraryServiceServicer.GetItem, base._MARK)
