"""The one gRPC client: plain dictionaries in and out, so that its users know neither protobuf nor grpc."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2

from metarr.errors import Violation
from metarr.rpc.errors import DETAILS, DOMAIN
from metarr.rpc.misread import misread
from metarr.v1 import (
    aggregation_service_pb2,
    config_service_pb2,
    enrichment_service_pb2,
    health_service_pb2,
    host_service_pb2,
    library_service_pb2,
    sync_service_pb2,
)

# Not from `rpc.contract`: what serves takes longer to import than a command takes.
SERVICES: Mapping[str, ServiceDescriptor] = {
    name: service
    for generated in (
        aggregation_service_pb2,
        config_service_pb2,
        enrichment_service_pb2,
        health_service_pb2,
        host_service_pb2,
        library_service_pb2,
        sync_service_pb2,
    )
    for name, service in generated.DESCRIPTOR.services_by_name.items()
}

TIMEOUT = 60.0
_MAX_ANSWER_BYTES = 64 * 1024 * 1024


class RpcFailure(Exception):
    """A call that failed, in words for a person.

    `code` is the status by name, such as "NOT_FOUND"; `reason` the machine-readable one of `metarr.errors`, "" where
    the daemon gave none; `retry_seconds` when to try again, None where nobody knows.
    """

    def __init__(
        self,
        code: str,
        message: str,
        reason: str = "",
        violations: tuple[Violation, ...] = (),
        retry_seconds: float | None = None,
    ) -> None:
        self.code, self.message, self.reason = code, message, reason
        self.violations, self.retry_seconds = violations, retry_seconds
        super().__init__(message)


class Client:
    """Calls a daemon at `address`, such as "127.0.0.1:7070". `timeout`: seconds for every call.

    `token`: the access token, "" for none. `tls_ca`: the certificates in PEM that vouch for the daemon's; with them
    the connection is encrypted.
    """

    def __init__(self, address: str, timeout: float = TIMEOUT, *, token: str = "", tls_ca: bytes = b"") -> None:
        self._address, self._timeout, self._encrypted = address, timeout, bool(tls_ca)
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()
        options = (("grpc.max_receive_message_length", _MAX_ANSWER_BYTES), ("grpc.enable_http_proxy", 0))
        self._channel = (
            grpc.secure_channel(address, grpc.ssl_channel_credentials(tls_ca), options)
            if tls_ca
            else grpc.insecure_channel(address, options)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    def call(
        self, service: str, method: str, request: dict[str, Any] | None = None, timeout: float | None = None
    ) -> dict[str, Any]:
        """Call a unary method, such as ("LibraryService", "GetItem"), with a request as JSON has it.

        The answer has the names of JSON (lowerCamelCase) and leaves out what is not set, as over HTTP.
        Raises RpcFailure, and LookupError for a method that the contract does not have.
        """
        rpc = _method(service, method)
        invoke: grpc.UnaryUnaryMultiCallable[Message, Message] = self._channel.unary_unary(**_wire(rpc))
        with self._telling_failures():
            answer = invoke(
                _message(rpc, request), timeout=self._timeout if timeout is None else timeout, metadata=self._metadata
            )
        return json_format.MessageToDict(answer)

    def stream(self, service: str, method: str, request: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The answers of a streaming method, such as ("ConfigService", "ApplyFieldAuthorities"), as they come.

        There is no time limit: close the iterator to end it. Raises as `call` does.
        """
        rpc = _method(service, method)
        invoke: grpc.UnaryStreamMultiCallable[Message, Message] = self._channel.unary_stream(**_wire(rpc))
        with self._telling_failures():
            answers: Any = invoke(_message(rpc, request), metadata=self._metadata)
            try:
                for answer in answers:
                    yield json_format.MessageToDict(answer)
            finally:
                answers.cancel()

    @contextmanager
    def _telling_failures(self) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as error:
            raise self._failure(error) from error

    def _failure(self, error: Any) -> RpcFailure:
        code: grpc.StatusCode = error.code()
        failure = failure_of(code, error.details() or "", dict(error.trailing_metadata() or ()).get(DETAILS, b""))
        if failure.reason:
            return failure
        match code:
            case grpc.StatusCode.UNAVAILABLE:
                text = self._unreachable(failure.message)
            case grpc.StatusCode.DEADLINE_EXCEEDED:
                text = f"the daemon at {self._address} did not answer in time"
            case _:
                return failure
        return RpcFailure(code.name, text)

    def _unreachable(self, why: str) -> str:
        if self._encrypted and "handshake" in why.lower():
            return (
                f"the daemon at {self._address} speaks no TLS, or shows a certificate that --tls-ca does not vouch for"
            )
        if not self._encrypted and "Socket closed" in why:
            return f"the daemon at {self._address} hangs up; if it speaks TLS, name its certificate with --tls-ca"
        if "parsing HTTP/2" in why:
            return f"what answers at {self._address} is no gRPC door; perhaps it is the daemon's HTTP door"
        return f"no Metarr daemon at {self._address}: start it with `metarr serve`"


def _wire(rpc: MethodDescriptor) -> dict[str, Any]:
    """How a method is named and its messages are read and written, as grpc's channels take it."""
    return {
        "method": f"/{rpc.containing_service.full_name}/{rpc.name}",
        "request_serializer": lambda message: message.SerializeToString(),
        "response_deserializer": GetMessageClass(rpc.output_type).FromString,
    }


def _message(rpc: MethodDescriptor, request: dict[str, Any] | None) -> Message:
    message_class = GetMessageClass(rpc.input_type)
    try:
        return json_format.ParseDict(request or {}, message_class())
    except json_format.ParseError as error:
        wrong = misread(json.dumps(request), message_class)
        raise RpcFailure("INVALID_ARGUMENT", f"{wrong.field}: {wrong.description}", violations=(wrong,)) from error


def failure_of(code: grpc.StatusCode, message: str, details: bytes) -> RpcFailure:
    """A failure from a status and its details as they travel."""
    reason, violations, retry_seconds = "", [], None
    try:
        status = status_pb2.Status.FromString(details)
    except DecodeError:
        status = status_pb2.Status()
    for packed in status.details:
        info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if packed.Unpack(info) and info.domain == DOMAIN:
            reason = info.reason
        elif packed.Unpack(bad):
            violations = [Violation(each.field, each.description) for each in bad.field_violations]
        elif packed.Unpack(retry):
            retry_seconds = retry.retry_delay.ToTimedelta().total_seconds()
    return RpcFailure(code.name, message, reason, tuple(violations), retry_seconds)


def _method(service: str, method: str) -> MethodDescriptor:
    try:
        return SERVICES[service].methods_by_name[method]
    except KeyError as error:
        raise LookupError(f"the contract has no {service}.{method}") from error
