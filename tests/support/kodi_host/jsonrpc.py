"""Kodi's JSON-RPC: calls over HTTP, and its events over TCP."""

import codecs
import json
import socket
import time
from types import TracebackType
from typing import Any, Self

import requests

from .waiting import SECONDS, NeverHappened

Message = dict[str, Any]
USER = "kodi"


class RpcRefused(Exception):
    """Kodi refused a call; `code` and `data` are those of JSON-RPC."""

    def __init__(self, method: str, error: Message) -> None:
        super().__init__(f"{method}: {error.get('message')} {error.get('data', '')}".rstrip())
        self.code: int = error["code"]
        self.data: Any = error.get("data")


def result(method: str, answer: Message) -> Any:
    """What a call brought. Raises RpcRefused."""
    if "error" in answer:
        raise RpcRefused(method, answer["error"])
    return answer["result"]


def call(url: str, password: str, method: str, params: Message, seconds: float = SECONDS) -> Any:
    """Call one method over HTTP. Raises RpcRefused, and requests.RequestException where Kodi does not answer."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy lies between this machine and itself
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = session.post(url, json=message, auth=(USER, password), timeout=seconds)
        answer.raise_for_status()
        return result(method, answer.json())


class Events:
    """What Kodi tells everybody, from the moment of connecting; to be used with `with`."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, timeout=SECONDS)
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._unread: list[Message] = []
        # The system takes connections before Kodi does: whom Kodi has not answered yet it may not have told anything.
        self.ask("JSONRPC.Ping")

    def wait(self, method: str, seconds: float = SECONDS, **data: Any) -> Message:
        """The data of the next event of that name whose data has these values; each event is told once.

        Events of other names stay for later. Raises NeverHappened.
        """
        found = self._first(lambda message: message.get("method") == method and _has(message, data), method, seconds)
        return _data(found)

    def seen(self) -> list[tuple[str, Message]]:
        """Names and data of all that came and was not waited for, in order; nothing is waited for."""
        self._read(0.0)
        told = [(message["method"], _data(message)) for message in self._unread if "method" in message]
        self._unread.clear()
        return told

    def ask(self, method: str, **params: Any) -> Any:
        """Call a method on this connection. Raises RpcRefused."""
        number = time.monotonic_ns()
        self._socket.sendall(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())
        return result(method, self._first(lambda message: message.get("id") == number, method, SECONDS))

    def _first(self, wanted: Any, what: str, seconds: float) -> Message:
        end = time.monotonic() + seconds
        while True:
            for message in self._unread:
                if wanted(message):
                    self._unread.remove(message)
                    return message
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                heard = ", ".join(str(message.get("method")) for message in self._unread)
                raise NeverHappened(f"{what}: not told within {seconds:g} s; heard instead: {heard or 'nothing'}")

    def _read(self, seconds: float) -> bool:
        """Take in what comes within that time; whether anything did. Messages follow each other without a mark."""
        self._socket.settimeout(seconds)
        try:
            part = self._socket.recv(65536)
        except (TimeoutError, BlockingIOError):
            return False
        self._text += self._decode(part)
        while self._text:
            try:
                message, end = json.JSONDecoder().raw_decode(self._text)
            except json.JSONDecodeError:
                break
            self._unread.append(message)
            self._text = self._text[end:].lstrip()
        return bool(part)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _data(message: Message) -> Message:
    return message["params"]["data"] or {}


def _has(message: Message, wanted: Message) -> bool:
    data = _data(message)
    return all(data.get(name) == value for name, value in wanted.items())
