"""What the adapters' client may meet, besides a daemon that is well; and its calls as they fail then."""

import json
import socket
import threading
import traceback
from typing import Any

import pytest

from metarr_adapter.client import Client
from metarr_adapter.errors import RpcError
from scripted_server import Step, reply

TOKEN = "t0ken-that-must-not-leak"
PATIENCE = 10.0
"""Seconds that a test waits for a thread before it fails."""
SHORT = 0.05
"""A deadline that is meant to pass."""

GET_HEALTH = "metarr.v1.HealthService/GetHealth"
GET_ITEM = "metarr.v1.LibraryService/GetItem"


def failure(client: Client, method: str = GET_HEALTH, **message: Any) -> RpcError:
    """The error of a call; the token is nowhere in it, nor in the trace that a log would show."""
    with pytest.raises(RpcError) as caught:
        client.call(method, message)
    assert TOKEN not in "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(client)
    return caught.value


def told(body: object = None, status: int = 200) -> bytes:
    """An answer in JSON."""
    return reply(json.dumps({"ok": True} if body is None else body).encode(), status, Content_Type="application/json")


def then_close(answer: bytes) -> Step:
    """The answer, and no more of that connection, without a word of it."""
    return lambda connection: connection.sendall(answer)


def endless(head: bytes) -> Step:
    """A head, and then more and more until the caller goes."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x" * 65536)

    return send


class PlainTalker:
    """Answers in plain text whatever it is told."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            self.heard = connection.recv(65536)
            connection.sendall(told())

    def close(self) -> None:
        self._thread.join(PATIENCE)
        self._listener.close()


def lead(name: str, places: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a name lead to these addresses."""
    real = socket.getaddrinfo

    def look_up(host: str, *arguments: Any, flags: int = 0, **more: Any) -> list[Any]:
        if host != name or flags & socket.AI_NUMERICHOST:
            return real(host, *arguments, flags=flags, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
