"""A server's stream in Connect's envelopes: a byte of flags, four of length, and that much JSON."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

from metarr_adapter import answer
from metarr_adapter.connection import Connection
from metarr_adapter.errors import BadAnswer, Unreachable, error_of

KIND = "application/connect+json"

_HEAD = struct.Struct(">BI")
_END = 0x02


class Stream:
    """An iterator of messages, heartbeats among them.

    It ends where the daemon ends it well and where it is closed from this side; else it raises RpcError.
    """

    def __init__(self, connection: Connection, messages: Generator[dict[str, Any], None, None]) -> None:
        self._connection, self._messages = connection, messages

    def __enter__(self) -> Stream:  # noqa: PYI034 (Python 3.8 has no Self)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self

    def __next__(self) -> dict[str, Any]:
        return next(self._messages)

    def close(self) -> None:
        """End it at once. Safe from any thread: where another one waits for a message, its iteration ends."""
        self._connection.interrupt()
        with suppress(ValueError):  # another thread is in it, and tidies up by itself
            self._messages.close()


def envelope(data: bytes) -> bytes:
    """A message as a stream carries it."""
    return _HEAD.pack(0, len(data)) + data


def next_message(connection: Connection, response: HTTPResponse, most: int) -> dict[str, Any] | None:
    """None: the stream ended well. Raises RpcError, BadAnswer for a message of more than `most` bytes."""
    flags, size = _HEAD.unpack(_exactly(connection, response, _HEAD.size))
    if flags & ~_END:
        raise BadAnswer(f"the stream of {connection.address} is compressed or garbled")
    if size > most:
        raise BadAnswer(f"a message of {connection.address} is larger than {most} bytes")
    message = answer.message(connection, _exactly(connection, response, size))
    if not flags & _END:
        return message
    if "error" in message:
        raise error_of(message["error"]) or BadAnswer(f"the stream of {connection.address} ended with a garbled error")
    return None


def _exactly(connection: Connection, response: HTTPResponse, size: int) -> bytes:
    data = connection.read(response, size) if size else b""
    if len(data) < size:
        raise Unreachable("lost", f"the stream of {connection.address} broke off")
    return data
