import base64
import gzip
import http.client
import json
import socket
import threading

import grpc
import pytest
import requests
from connectrpc.code import Code
from connectrpc.errors import ConnectError
from connectrpc.protocol import ProtocolType
from google.protobuf import json_format
from google.rpc import error_details_pb2
from werkzeug.test import Client
from werkzeug.wrappers import Response

from doors.rpc import grpc_web
from doors.rpc.servicers import FAILURES, SECRET, FakeAggregation, FakeHealth, FakeLibrary
from metarr.errors import CannotDo
from metarr.rpc.doors.http import HttpServer, _Cheroot, application
from metarr.rpc.doors.server import MAX_REQUEST_BYTES, GrpcServer
from metarr.v1 import library_service_pb2 as library
from metarr.v1.library_service_connect import LibraryServiceClientSync
from metarr.v1.library_service_pb2_grpc import LibraryServiceStub

GET_ITEM = "metarr.v1.LibraryService/GetItem"
LIST_ITEMS = "metarr.v1.LibraryService/ListItems"
UPSERT_ITEMS = "metarr.v1.LibraryService/UpsertItems"
GET_HEALTH = "metarr.v1.HealthService/GetHealth"


@pytest.fixture(scope="module")
def servicer():
    return FakeLibrary()


@pytest.fixture(scope="module")
def server(servicer):
    server = HttpServer([servicer, FakeHealth()], names=["metarr.home"])
    server.start()
    yield server
    server.stop(1)


@pytest.fixture(scope="module")
def url(server):
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def post(session, url):
    def post(path, body=None, **more):
        more.setdefault("headers", {"Content-Type": "application/json"})
        data = json.dumps(body) if isinstance(body, dict) else body
        return session.post(f"{url}/{path}", data=data, timeout=10, **more)

    return post


def shown(answer, kind):
    """The detail of that kind as a JSON answer shows it."""
    return next(each["debug"] for each in answer.json()["details"] if each["type"] == f"google.rpc.{kind}")


class TestJson:
    def test_a_post_is_answered(self, post):
        answer = post(GET_ITEM, {"itemId": "Heat"})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["item"] == {
            "id": "1",
            "kind": "MEDIA_KIND_MOVIE",
            "title": "Heat",
            "year": 2001,
            "monitored": True,
            "etag": "0",
        }

    def test_names_of_the_contract_are_read_too(self, post):
        assert post(GET_ITEM, {"item_id": "Heat"}).json()["item"]["title"] == "Heat"

    def test_a_charset_does_no_harm(self, post):
        headers = {"Content-Type": "Application/JSON; charset=utf-8"}
        assert post(GET_ITEM, b"{}", headers=headers).json()["item"]["title"] == "Amélie"

    def test_text_travels_as_it_is_in_both_directions(self, post):
        assert post(GET_ITEM, {"itemId": "千と千尋の神隠し"}).json()["item"]["title"] == "千と千尋の神隠し"

    def test_a_compressed_request_is_read(self, post):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = post(GET_ITEM, gzip.compress(b'{"itemId":"Heat"}'), headers=headers)
        assert answer.json()["item"]["title"] == "Heat"

    def test_a_compressed_request_that_would_grow_too_large_is_refused(self, post):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        body = gzip.compress(b'{"itemId":"' + b"x" * MAX_REQUEST_BYTES + b'"}')
        assert post(GET_ITEM, body, headers=headers).json()["code"] == "resource_exhausted"

    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("missing", 404, "not_found"),
            ("moved", 409, "aborted"),
            ("forbidden", 400, "failed_precondition"),
            ("limited", 429, "resource_exhausted"),
            ("refused", 400, "failed_precondition"),
            ("silent", 503, "unavailable"),
            ("broken", 500, "internal"),
        ],
    )
    def test_errors_have_their_code(self, post, name, status, code):
        answer = post(GET_ITEM, {"itemId": name})
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_details_can_be_read_without_protobuf(self, post):
        answer = post(GET_ITEM, {"itemId": "limited"})
        assert shown(answer, "RetryInfo") == {"retryDelay": "90s"}
        assert shown(answer, "ErrorInfo") == {"reason": "PROVIDERS_LIMITED", "domain": "metarr"}

    def test_details_can_be_read_with_protobuf(self, post):
        detail = next(
            each for each in post(GET_ITEM, {"itemId": "limited"}).json()["details"] if "Retry" in each["type"]
        )
        raw = base64.b64decode(detail["value"] + "=" * (-len(detail["value"]) % 4))
        assert error_details_pb2.RetryInfo.FromString(raw).retry_delay.seconds == 90

    def test_an_unknown_error_leaks_nothing(self, post):
        answer = post(GET_ITEM, {"itemId": "broken"})
        assert SECRET not in answer.text
        assert "details" not in answer.json()

    def test_a_method_that_a_servicer_lacks_is_unimplemented(self, post):
        answer = post(UPSERT_ITEMS, {})
        assert (answer.status_code, answer.json()["code"]) == (501, "unimplemented")


class TestWrongJson:
    @pytest.mark.parametrize(
        ("body", "field", "word"),
        [
            ({"titel": "x"}, "titel", "no such field"),
            ({"items": [{"kind": "MEDIA_KIND_MOVIE"}, {"titel": "x"}]}, "items[1].titel", "no such field"),
            ({"items": [{"ids": [{"typ": "x"}]}]}, "items[0].ids[0].typ", "no such field"),
            ({"items": [{"kind": "FILM"}]}, "items[0].kind", "FILM"),
            ({"items": [{"year": "soon"}]}, "items[0].year", "soon"),
            ({"items": [{"year": 99999999999}]}, "items[0].year", "in its range"),
            ({"items": 1}, "items", "must be in []"),
            (b'{"items": [', "", "JSON"),
            (b"[]", "", "no JSON object"),
            (b'"items"', "", "no JSON object"),
            (b"", "", "{} is an empty request"),
            (b'{"a":"\xff"}', "", "UTF-8"),
            (b'{"items":' * 5000, "", "JSON"),
        ],
    )
    def test_it_is_refused_with_its_place(self, post, body, field, word):
        answer = post(UPSERT_ITEMS, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_argument")
        [violation] = shown(answer, "BadRequest")["fieldViolations"]
        assert violation.get("field", "") == field
        assert word in violation["description"]
        assert shown(answer, "ErrorInfo")["reason"] == "MALFORMED_JSON"


class TestConnect:
    headers = {"Content-Type": "application/proto", "Connect-Protocol-Version": "1"}

    def test_protobuf_is_spoken(self, post):
        body = library.GetItemRequest(item_id="Heat").SerializeToString()
        answer = post(GET_ITEM, body, headers=self.headers)
        assert answer.headers["content-type"] == "application/proto"
        assert library.GetItemResponse.FromString(answer.content).item.title == "Heat"

    def test_errors_are_json_all_the_same(self, post):
        body = library.GetItemRequest(item_id="missing").SerializeToString()
        assert post(GET_ITEM, body, headers=self.headers).json()["code"] == "not_found"

    def test_the_callers_timeout_reaches_the_servicer(self, post, servicer):
        headers = {"Content-Type": "application/json", "Connect-Timeout-Ms": "5000"}
        post(GET_ITEM, {}, headers=headers)
        assert 0 < servicer.seconds_left[-1] <= 5

    def test_without_one_there_is_a_default(self, post, servicer):
        post(GET_ITEM, {})
        assert 50 < servicer.time_remaining[-1] <= 60

    def test_a_deadline_that_has_passed_is_told(self, post):
        headers = {"Content-Type": "application/json", "Connect-Timeout-Ms": "0"}
        answer = post(GET_ITEM, {}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (504, "deadline_exceeded")

    def test_a_timeout_that_is_none_is_refused(self, post):
        headers = {"Content-Type": "application/json", "Connect-Timeout-Ms": "soon"}
        assert post(GET_ITEM, {}, headers=headers).json()["code"] == "invalid_argument"

    def test_headers_reach_the_servicer_and_the_end_of_a_call_is_told(self, post, servicer):
        servicer.ended.clear()
        post(GET_ITEM, {}, headers={"Content-Type": "application/json", "Authorization": "Bearer x"})
        assert servicer.metadata["authorization"] == "Bearer x"
        assert servicer.ended.wait(5)


class TestGet:
    def test_a_method_without_side_effects_is_read(self, session, url):
        parameters = {"connect": "v1", "encoding": "json", "message": json.dumps({"itemId": "Amélie & Co"})}
        answer = session.get(f"{url}/{GET_ITEM}", params=parameters, timeout=10)
        assert answer.json()["item"]["title"] == "Amélie & Co"

    def test_protobuf_in_base64_is_read(self, session, url):
        message = base64.urlsafe_b64encode(library.GetItemRequest(item_id="Heat").SerializeToString()).decode()
        parameters = {"connect": "v1", "encoding": "proto", "base64": "1", "message": message.rstrip("=")}
        answer = session.get(f"{url}/{GET_ITEM}", params=parameters, timeout=10)
        assert library.GetItemResponse.FromString(answer.content).item.title == "Heat"

    def test_an_empty_protobuf_message_is_read(self, session, url):
        answer = session.get(f"{url}/{GET_ITEM}?connect=v1&encoding=proto&message=", timeout=10)
        assert library.GetItemResponse.FromString(answer.content).item.title == "Amélie"

    def test_without_parameters_the_request_is_empty(self, session, url):
        assert session.get(f"{url}/{GET_HEALTH}", timeout=10).json()["version"] == "1.2.3"

    def test_an_unknown_field_is_refused(self, session, url):
        answer = session.get(f"{url}/{GET_ITEM}", params={"message": '{"x":1}'}, timeout=10)
        assert answer.json()["code"] == "invalid_argument"

    def test_an_unknown_encoding_is_refused_in_words(self, session, url):
        answer = session.get(f"{url}/{GET_ITEM}", params={"encoding": "xml"}, timeout=10)
        assert (answer.status_code, answer.json()["message"]) == (415, "the encoding of a GET is json or proto")

    def test_a_method_with_side_effects_is_not_read(self, session, url):
        answer = session.get(f"{url}/{UPSERT_ITEMS}", timeout=10)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.json()["message"] == "call it with POST"


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
class TestGrpcWeb:
    def call(self, url, method, request, response, text, **more):
        return grpc_web.call(url, method, request, response, text=text, **more)

    @pytest.mark.parametrize("form", ["", "+proto"])
    def test_a_call_is_answered(self, url, text, form):
        request = library.GetItemRequest(item_id="Heat")
        answer = self.call(url, GET_ITEM, request, library.GetItemResponse, text, form=form)
        assert [message.item.title for message in answer.messages] == ["Heat"]
        assert answer.code == 0

    def test_an_error_stands_in_the_trailers_with_its_details(self, url, text):
        request = library.GetItemRequest(item_id="limited")
        answer = self.call(url, GET_ITEM, request, library.GetItemResponse, text)
        assert (answer.http_status, answer.code, answer.message) == (200, 8, "every provider is limited")
        assert answer.details["RetryInfo"].retry_delay.seconds == 90
        assert answer.messages == []

    def test_an_unknown_error_leaks_nothing(self, url, text):
        request = library.GetItemRequest(item_id="broken")
        answer = self.call(url, GET_ITEM, request, library.GetItemResponse, text)
        assert answer.code == 13
        assert SECRET not in answer.message

    def test_the_callers_timeout_reaches_the_servicer(self, url, text, servicer):
        request = library.GetItemRequest()
        self.call(url, GET_ITEM, request, library.GetItemResponse, text, headers={"Grpc-Timeout": "5S"})
        assert 0 < servicer.seconds_left[-1] <= 5
        self.call(url, GET_ITEM, request, library.GetItemResponse, text)
        assert 50 < servicer.time_remaining[-1] <= 60

    def test_a_refusal_can_be_read_from_its_headers(self, url, text):
        request = library.GetItemRequest()
        answer = self.call(url, "metarr.v1.LibraryService/Nope", request, library.GetItemResponse, text)
        assert (answer.code, answer.message) == (12, "the contract has no such method")


def test_a_text_form_that_is_no_base64_is_refused(post):
    answer = post(GET_ITEM, b"#!", headers={"Content-Type": "application/grpc-web-text"})
    assert (answer.status_code, answer.headers["grpc-status"]) == (400, "3")


def test_a_text_form_may_come_in_padded_pieces(post):
    body = grpc_web.frame(library.GetItemRequest(item_id="Heat").SerializeToString())
    pieces = b"".join(base64.b64encode(body[at : at + 4]) for at in range(0, len(body), 4))
    answer = post(GET_ITEM, pieces, headers={"Content-Type": "application/grpc-web-text"})
    (_, payload), (flags, _) = grpc_web.frames(grpc_web.unbase64(answer.content))
    assert library.GetItemResponse.FromString(payload).item.title == "Heat"
    assert flags & grpc_web.TRAILERS


@pytest.mark.parametrize("item_id", [*FAILURES, "fine"])
def test_every_door_gives_the_same_code_text_and_details(url, post, item_id):
    request = library.GetItemRequest(item_id=item_id)
    server = GrpcServer([FakeLibrary()])
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{server.port}", [("grpc.enable_http_proxy", 0)]) as channel:
        native = LibraryServiceStub(channel).GetItem.future(request, timeout=5)
        code, text = native.code(), native.details()
        trailers = dict(native.trailing_metadata())
    server.stop(0)
    web = grpc_web.call(url, GET_ITEM, request, library.GetItemResponse)
    plain = post(GET_ITEM, {"itemId": item_id})

    if item_id == "fine":
        assert code is grpc.StatusCode.OK
        assert (web.code, plain.status_code) == (0, 200)
        assert json_format.ParseDict(plain.json(), library.GetItemResponse()) == web.messages[0]
        return
    assert (web.code, web.message) == (code.value[0], text)
    assert (plain.json()["code"], plain.json()["message"]) == (code.name.lower(), text)
    binary = base64.b64encode(trailers["grpc-status-details-bin"]).decode().rstrip("=")
    assert web.trailers.get("grpc-status-details-bin", binary) == binary
    assert [shown(plain, name) for name in web.details] == [
        json_format.MessageToDict(detail) for detail in web.details.values()
    ]


@pytest.mark.parametrize("protocol", [ProtocolType.CONNECT, ProtocolType.GRPC_WEB], ids=lambda value: value.name)
class TestGeneratedClient:
    """Another implementation of both protocols, with compression of its own accord."""

    def test_it_is_answered(self, url, protocol):
        client = LibraryServiceClientSync(url, protocol=protocol)
        assert client.get_item(library.GetItemRequest(item_id="Heat"), timeout_ms=5000).item.title == "Heat"

    def test_it_understands_errors(self, url, protocol):
        client = LibraryServiceClientSync(url, protocol=protocol)
        with pytest.raises(ConnectError, match="there is no item missing") as caught:
            client.get_item(library.GetItemRequest(item_id="missing"), timeout_ms=5000)
        assert caught.value.code is Code.NOT_FOUND
        assert [detail.type_name for detail in caught.value.details] == [
            "google.rpc.ErrorInfo",
            "google.rpc.BadRequest",
        ]


class TestRefusals:
    def test_native_grpc_is_told_to_go_elsewhere(self, post):
        for kind in ("application/grpc", "application/grpc+proto"):
            answer = post(GET_ITEM, b"", headers={"Content-Type": kind})
            assert answer.status_code == 415
            assert "native gRPC has a port of its own" in answer.json()["message"]

    @pytest.mark.parametrize(
        "kind", ["application/x-www-form-urlencoded", "text/plain", "application/connect+json", ""]
    )
    def test_an_unknown_content_type_is_refused_with_the_known_ones(self, post, kind):
        answer = post(GET_ITEM, b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 415
        assert "application/json" in answer.json()["message"]
        assert "application/json" in answer.headers["accept-post"]

    @pytest.mark.parametrize("path", ["metarr.v1.LibraryService/Nope", "metarr.v1.LibraryService", "metarr.v1.Nope/X"])
    def test_an_unknown_method_is_not_found(self, post, path):
        answer = post(path, {})
        assert (answer.status_code, answer.json()["code"]) == (404, "unimplemented")

    @pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
    def test_other_verbs_are_refused(self, session, url, verb):
        answer = session.request(verb, f"{url}/{GET_ITEM}", timeout=10)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


class TestSize:
    def test_the_largest_body_is_taken(self, post):
        body = {"itemId": "x" * (MAX_REQUEST_BYTES - 100)}
        assert post(GET_ITEM, body).status_code == 200

    def test_a_larger_one_is_refused(self, post):
        answer = post(GET_ITEM, {"itemId": "x" * MAX_REQUEST_BYTES})
        assert (answer.status_code, answer.json()["code"]) == (413, "resource_exhausted")
        assert str(MAX_REQUEST_BYTES) in answer.json()["message"]

    def test_one_that_does_not_say_its_size_is_refused_as_well(self, post):
        pieces = (b"x" * 65536 for _ in range(MAX_REQUEST_BYTES // 65536 + 8))
        answer = post(GET_ITEM, pieces)
        assert answer.status_code == 413

    def test_it_is_refused_before_it_is_read(self, server):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            head = f"POST /{GET_ITEM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**12}\r\n\r\n"
            connection.sendall(head.encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")

    @pytest.mark.parametrize(
        ("piece", "status"), [(b"%x\r\n" % 10**12, b"413"), (b"zz\r\n", b"400"), (b"5\r\nabc", b"400"), (b"", b"400")]
    )
    def test_a_piece_that_is_huge_or_malformed_is_refused(self, server, piece, status):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            head = f"POST /{GET_ITEM} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head.encode() + piece)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100).startswith(b"HTTP/1.1 " + status)

    def test_a_body_in_pieces_is_read_and_the_connection_goes_on(self, server):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        headers = {"Content-Type": "application/json"}
        for _ in range(2):
            connection.request("POST", f"/{GET_ITEM}", iter([b'{"item', b'Id":"Heat"}']), headers, encode_chunked=True)
            assert json.loads(connection.getresponse().read())["item"]["title"] == "Heat"
        connection.close()

    def test_a_body_that_ends_early_is_refused(self, server):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            head = f"POST /{GET_ITEM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{{}}"
            connection.sendall(head.encode())
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        "host",
        ["localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:7171", "metarr.home", "Metarr.Home:443", "localhost."],
    )
    def test_known_hosts_are_answered(self, post, host):
        assert post(GET_HEALTH, {}, headers={"Content-Type": "application/json", "Host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host",
        ["evil.test", "localhost.evil.test", "192.168.1.5", "metarr.home.evil.test", "[::1", "", "127.0.0.1.evil.test"],
    )
    def test_foreign_hosts_are_refused(self, post, host):
        answer = post(GET_HEALTH, {}, headers={"Content-Type": "application/json", "Host": host})
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert repr(host) in answer.json()["message"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.test"},
            {"Origin": "null"},
            {"Origin": "http://localhost:3000"},
            {"Origin": "http://[::1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        ],
    )
    @pytest.mark.parametrize("path", ["", GET_HEALTH])
    def test_pages_of_other_sites_are_refused(self, session, url, path, headers):
        answer = session.get(f"{url}/{path}", headers={"Host": "localhost:8000", **headers}, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"},
            {"Origin": "https://localhost:8000"},
            {"Origin": "https://metarr.home"},
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        ],
    )
    @pytest.mark.parametrize("path", ["", GET_HEALTH])
    def test_its_own_pages_are_answered(self, session, url, path, headers):
        answer = session.get(f"{url}/{path}", headers={"Host": "localhost:8000", **headers}, timeout=10)
        assert answer.status_code == 200

    def test_a_link_may_lead_to_a_page_but_not_to_a_method(self, session, url):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        assert session.get(url, headers=headers, timeout=10).status_code == 200
        assert session.get(f"{url}/{GET_HEALTH}", headers=headers, timeout=10).status_code == 403


SEARCH = "metarr.v1.AggregationService/Search"


@pytest.fixture(scope="module")
def asked(session):
    server = HttpServer([FakeAggregation()])
    server.start()

    def ask(verb, **headers):
        url = f"http://127.0.0.1:{server.port}/{SEARCH}"
        return session.request(verb, url, headers=headers, data="{}" if verb == "POST" else None, timeout=10)

    yield ask
    server.stop(1)


class TestWhatMayCostRequestsToProviders:
    """A page of anybody may have a picture at any address; browsers that do not say so send no header of their own."""

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Accept": "image/avif,image/webp,*/*", "Referer": "http://evil.test/", "Cookie": "a=b"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_a_picture_gets_none_of_it(self, asked, headers):
        answer = asked("GET", **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
            {"Connect-Protocol-Version": "1"},
            {"Authorization": "Bearer x"},
        ],
    )
    def test_pages_of_its_own_people_and_programs_are_answered(self, asked, headers):
        assert asked("GET", **headers).status_code == 200

    def test_a_post_is_on_purpose(self, asked):
        assert asked("POST", **{"Content-Type": "application/json"}).status_code == 200


@pytest.mark.parametrize("bound", ["0.0.0.0", "::", ""])
@pytest.mark.parametrize(
    ("host", "status"), [("192.168.1.5:80", 200), ("[fe80::1]", 200), ("evil.test", 403), ("", 403), ("[::1", 403)]
)
def test_a_door_open_to_all_addresses_is_called_by_address(bound, host, status):
    # Nothing listens here: the application alone is asked.
    client = Client(application([FakeHealth()], bound=bound))
    assert client.get("/healthz", headers={"Host": host}).status_code == status


class TestPages:
    def test_the_root_says_what_this_is(self, session, url):
        answer = session.get(url, timeout=10)
        assert answer.headers["content-type"].startswith("text/plain")
        assert "This is Metarr" in answer.text

    def test_healthz_is_ok(self, session, url):
        assert session.get(f"{url}/healthz", timeout=10).text == "ok\n"

    def test_there_is_nothing_elsewhere(self, session, url):
        answer = session.get(f"{url}/favicon.ico", timeout=10)
        assert (answer.status_code, answer.json()["message"]) == (404, "there is nothing at this path")

    @pytest.mark.parametrize("path", ["", "healthz", "nope", GET_HEALTH, "metarr.v1.LibraryService/Nope"])
    def test_every_answer_carries_the_security_headers(self, session, url, path):
        headers = session.get(f"{url}/{path}", timeout=10).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["server"] == "metarr"

    def test_pages_of_its_own_can_be_put_in_place_and_keep_their_headers(self):
        page = Response("<p>hello", mimetype="text/html", headers={"Content-Security-Policy": "default-src 'self'"})
        answer = Client(application([FakeHealth()], bound="127.0.0.1", web=page)).get("/library")
        assert answer.text == "<p>hello"
        assert answer.headers["content-security-policy"] == "default-src 'self'"
        assert answer.headers["x-frame-options"] == "DENY"


def test_a_port_that_is_taken_is_told_in_words(server):
    second = HttpServer([FakeHealth()], port=server.port)
    with pytest.raises(CannotDo, match=f"HTTP on 127.0.0.1:{server.port}.*taken"):
        second.start()
    second.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_it_stops_without_waiting_for_the_next_look_at_its_connections(host, session, monkeypatch):
    monkeypatch.setattr(_Cheroot, "expiration_interval", 60.0)
    server = HttpServer([FakeHealth()], host)
    server.start()
    assert session.get(f"http://127.0.0.1:{server.port}/healthz", timeout=10).text == "ok\n"
    stopping = threading.Thread(target=server.stop, daemon=True)
    stopping.start()
    stopping.join(20)
    assert not stopping.is_alive()


def test_many_callers_are_answered_at_once():
    arrived, failures = threading.Barrier(8, timeout=10), []

    class Meeting(FakeLibrary):
        def GetItem(self, request, context):  # noqa: N802
            arrived.wait()
            return library.GetItemResponse()

    server = HttpServer([Meeting()], threads=8)
    server.start()

    def ask():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("POST", f"/{GET_ITEM}", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            failures.append(answer.read())
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.stop()
    assert failures == []
