"""The one place that turns errors into statuses with `google.rpc` details."""

import math
from datetime import datetime
from typing import NoReturn

import grpc
from google.rpc import error_details_pb2, status_pb2

from metarr.errors import (
    AllLimited,
    AllRefused,
    AlreadyThere,
    CannotDo,
    DatabaseUnusable,
    InvalidInput,
    MetarrError,
    NobodyAnswered,
    NoSuchThing,
    NothingToSpare,
    NotPermitted,
    TokenRequired,
    TooManyStreams,
    VersionMoved,
    Violation,
)
from metarr.rpc.doors.context import Context

DETAILS = "grpc-status-details-bin"
DOMAIN = "metarr"
INTERNAL_TEXT = "internal error; the daemon's log tells what happened"


class Unimplemented(Exception):
    """The contract declares the method and this servicer does not have it."""


# Subclasses stand before their bases: the first match counts.
_CODES: tuple[tuple[type[Exception], grpc.StatusCode], ...] = (
    (InvalidInput, grpc.StatusCode.INVALID_ARGUMENT),
    (NoSuchThing, grpc.StatusCode.NOT_FOUND),
    (AlreadyThere, grpc.StatusCode.ALREADY_EXISTS),
    (NotPermitted, grpc.StatusCode.PERMISSION_DENIED),
    (VersionMoved, grpc.StatusCode.ABORTED),
    (DatabaseUnusable, grpc.StatusCode.UNAVAILABLE),
    (NothingToSpare, grpc.StatusCode.UNAVAILABLE),
    (CannotDo, grpc.StatusCode.FAILED_PRECONDITION),
    (AllLimited, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (AllRefused, grpc.StatusCode.FAILED_PRECONDITION),
    (NobodyAnswered, grpc.StatusCode.UNAVAILABLE),
    (TokenRequired, grpc.StatusCode.UNAUTHENTICATED),
    (TooManyStreams, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (Unimplemented, grpc.StatusCode.UNIMPLEMENTED),
)

# A client refuses trailers beyond 8 KB, and then sees neither code nor text. The message travels twice, once with
# three characters for a byte, and the details in base64.
_MESSAGE_BYTES = 500
_DESCRIPTION_BYTES = 300
_VIOLATIONS_BYTES = 2500


def status_of(error: Exception, now: datetime) -> status_pb2.Status:
    """The status for an error, with its details. Unknown errors give INTERNAL and a text that tells nothing."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
    if code is None:
        return status_pb2.Status(code=grpc.StatusCode.INTERNAL.value[0], message=INTERNAL_TEXT)
    status = status_pb2.Status(code=code.value[0], message=_short(str(error) or code.value[1], _MESSAGE_BYTES))
    if isinstance(error, MetarrError):
        status.details.add().Pack(error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN))
    if isinstance(error, InvalidInput | NoSuchThing):
        status.details.add().Pack(bad_request(error.violations))
    if isinstance(error, AllLimited) and error.retry_at is not None:
        seconds = max(1, math.ceil((error.retry_at - now).total_seconds()))
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay={"seconds": seconds}))
    return status


def bad_request(violations: tuple[Violation, ...]) -> error_details_pb2.BadRequest:
    """The violations as a detail, as many as trailers can carry; a last one without a field counts the rest."""
    detail = error_details_pb2.BadRequest()
    for number, violation in enumerate(violations):
        if detail.ByteSize() > _VIOLATIONS_BYTES:
            detail.field_violations.add(description=f"and {len(violations) - number} more")
            break
        detail.field_violations.add(
            field=_short(violation.field, _DESCRIPTION_BYTES),
            description=_short(violation.description, _DESCRIPTION_BYTES),
        )
    return detail


def _short(text: str, size: int) -> str:
    """At most `size` bytes of text, whole characters."""
    encoded = text.encode(errors="replace")
    return encoded.decode() if len(encoded) <= size else encoded[: size - 3].decode(errors="ignore") + "…"


_STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


def fail(context: Context, status: status_pb2.Status) -> NoReturn:
    """End the call with this status. `abort_with_status` would do, but the HTTP door and grpcio-testing lack it."""
    context.set_trailing_metadata(((DETAILS, status.SerializeToString()),))
    context.abort(_STATUS_CODES[status.code], status.message)
