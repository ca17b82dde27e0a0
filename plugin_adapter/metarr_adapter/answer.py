"""An HTTP answer as Connect means it: a message in JSON, or an error."""

from __future__ import annotations

import json
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from metarr_adapter.connection import Connection
from metarr_adapter.errors import BadAnswer, RpcError, Unreachable, error_of

_PIECE = 64 * 1024
_AWAY = (429, 502, 503, 504)
"""How a proxy says, without a word of Connect, that the daemon behind it is away."""


def demand(connection: Connection, response: HTTPResponse, kind: str, most: int) -> None:
    """Raises RpcError unless the answer is a good one with the content type `kind`. Reads at most `most` bytes."""
    content_type = _kind(response)
    if response.status == 200 and content_type == kind:
        return
    if response.status != 200 and content_type == "application/json":
        error = error_of(_json(body(connection, response, most)))
        if error is not None:
            raise error
    raise _foreign(connection, response, content_type)


def body(connection: Connection, response: HTTPResponse, most: int) -> bytes:
    """The whole body. Raises RpcError, BadAnswer where it has more than `most` bytes."""
    received = bytearray()
    while piece := connection.read(response, _PIECE):
        received += piece
        if len(received) > most:
            raise BadAnswer(f"the answer of {connection.address} is larger than {most} bytes")
    return bytes(received)


def message(connection: Connection, data: bytes) -> dict[str, Any]:
    """A message. Raises BadAnswer."""
    decoded = _json(data)
    if not isinstance(decoded, dict):
        raise BadAnswer(f"{connection.address} answered with something else than a JSON object")
    return decoded


def _json(data: bytes) -> object:
    """None for what cannot be read."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _kind(response: HTTPResponse) -> str:
    return (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()


def _foreign(connection: Connection, response: HTTPResponse, kind: str) -> RpcError:
    """What to tell of an answer that no daemon gives."""
    address, status = connection.address, response.status
    if status in _AWAY:
        return Unreachable("gateway", f"the proxy at {address} does not reach the daemon (status {status})")
    if 300 <= status < 400:
        return BadAnswer(
            f"{address} sends its callers elsewhere{_elsewhere(response)}; write the address of the daemon itself"
        )
    return BadAnswer(
        f"what answers at {address} is no Metarr daemon: status {status}, {kind[:60] or 'without a content type'}"
    )


def _elsewhere(response: HTTPResponse) -> str:
    """Only scheme and host: the rest may hold what is nobody's business."""
    try:
        parts = urlsplit(response.getheader("Location") or "")
        return f", to {parts.scheme}://{parts.hostname}"[:100] if parts.hostname else ""
    except ValueError:
        return ""
