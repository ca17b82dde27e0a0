"""The servicers as connectrpc wants them: its contexts, its errors, its codecs, its snake_case names."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NoReturn

import grpc
import structlog
from connectrpc.code import Code
from connectrpc.codec import Codec
from connectrpc.compat import google_protobuf_binary_codec
from connectrpc.errors import ConnectError, ErrorDetail
from connectrpc.request import RequestContext
from connectrpc.server import ConnectWSGIApplication
from google.protobuf import any_pb2, json_format
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from protobuf.wkt import Any as ConnectAny
from protobuf.wkt import Struct

from metarr.errors import InvalidInput, Violation
from metarr.rpc.doors.access import caller
from metarr.rpc.doors.closing import Call, Closing
from metarr.rpc.errors import DETAILS, INTERNAL_TEXT, status_of
from metarr.rpc.misread import misread
from metarr.rpc.servicer import BaseServicer

log = structlog.get_logger(__name__)


class ReadableDetail(ErrorDetail):
    """A detail that a JSON answer also shows in the clear, under `debug`; connectrpc by itself shows base64 only."""

    def __init__(self, packed: any_pb2.Any) -> None:
        super().__init__(ConnectAny(type_url=packed.type_url, value=packed.value))
        shown = json_format.MessageToDict(packed)
        del shown["@type"]
        self._shown = Struct.from_json(json.dumps(shown))

    def value(self, *wanted: Any) -> Any:
        return super().value(*wanted) if wanted else self._shown


def connect_error(code: grpc.StatusCode, message: str, details: Iterable[any_pb2.Any] = ()) -> ConnectError:
    """A status as connectrpc raises it. Only the spelling of one code differs."""
    return ConnectError(Code[code.name.replace("CANCELLED", "CANCELED")], message, map(ReadableDetail, details))


class HttpContext(Call):
    """What a servicer sees of a call over HTTP (`rpc.doors.context.Context`)."""

    def __init__(self, request: RequestContext[Any, Any], closing: Closing) -> None:
        super().__init__(closing)
        self._request = request

    def time_remaining(self) -> float | None:
        left = self._request.timeout_ms
        return None if left is None else max(0.0, left / 1000)

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._request.request_headers.allitems())

    def peer(self) -> str:
        return caller(self._request.client_address or "")

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise connect_error(code, details, Status.FromString(self._trailing.get(DETAILS, b"")).details)


class JsonCodec(Codec[Message, Message]):
    """JSON, strict: unknown fields are refused with a violation. connectrpc's own would pass them over or tell
    nothing about where they stand, reads `[]` as an empty message, and indents its answers.
    """

    def name(self) -> str:
        return "json"

    def encode(self, message: Message) -> bytes:
        try:
            return json_format.MessageToJson(message, indent=None, ensure_ascii=False).encode()
        except Exception as error:
            log.exception("answer_not_encodable", message=type(message).__name__)
            raise ConnectError(Code.INTERNAL, INTERNAL_TEXT) from error

    def decode(self, data: bytes | bytearray, message_class: type[Message]) -> Any:
        if not data.lstrip().startswith(b"{"):
            raise _malformed(Violation("", "the body is no JSON object; {} is an empty request"))
        try:
            return json_format.Parse(bytes(data), message_class())
        except json_format.ParseError as error:
            raise _malformed(misread(data.decode(), message_class)) from error
        except UnicodeDecodeError as error:
            raise _malformed(Violation("", "the body is not UTF-8")) from error


def _malformed(violation: Violation) -> ConnectError:
    # No retry time is told, so what the time is does not matter.
    status = status_of(InvalidInput(violation, reason="MALFORMED_JSON"), datetime.min.replace(tzinfo=UTC))
    return connect_error(grpc.StatusCode.INVALID_ARGUMENT, status.message, status.details)


def http_application(
    servicer: BaseServicer, closing: Closing, read_max_bytes: int
) -> tuple[str, ConnectWSGIApplication]:
    """The path below which a servicer is reached over HTTP, and what answers there."""
    service = servicer.service
    methods = SimpleNamespace(
        **{
            _snake_case(rpc.name): _adapted(getattr(servicer, rpc.name), closing, streaming=bool(rpc.server_streaming))
            for rpc in service.methods
        }
    )
    application = service.http_application(
        methods, read_max_bytes=read_max_bytes, codecs=[google_protobuf_binary_codec(), JsonCodec()]
    )
    return application.path, application


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _adapted(method: Callable[..., Any], closing: Closing, *, streaming: bool) -> Callable[..., Any]:
    def unary(request: Message, context: RequestContext[Any, Any]) -> Any:
        with HttpContext(context, closing) as facade:
            return method(request, facade)

    def stream(request: Message, context: RequestContext[Any, Any]) -> Iterator[Any]:
        with HttpContext(context, closing) as facade:
            yield from method(request, facade)

    return stream if streaming else unary
