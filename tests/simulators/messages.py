"""What the server hands to a provider and what it gets back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from socket import socket
from typing import Any
from urllib.parse import parse_qsl, urlencode

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
PROVIDERS = ("tmdb", "omdb", "tvdb", "fanart")

# Query parameters that carry a key: recorded nowhere, copied into no redirect.
SECRET_PARAMETERS = frozenset({"api_key", "apikey", "client_key"})
SECRET_HEADERS = frozenset({"authorization", "api-key", "client-key"})

Delivery = Callable[[socket, "Response"], None]


@dataclass(slots=True)
class Request:
    """One request: `path` is below the provider's prefix, `headers` have lower-case names."""

    method: str
    provider: str
    path: str
    raw_query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pairs: list[tuple[str, str]] = field(init=False)
    query: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.pairs = parse_qsl(self.raw_query, keep_blank_values=True) if self.raw_query else []
        self.query = dict(self.pairs)

    @property
    def public_query(self) -> dict[str, str]:
        return {name: value for name, value in self.query.items() if name not in SECRET_PARAMETERS}

    @property
    def public_target(self) -> str:
        query = urlencode(self.public_query)
        return f"{self.path}?{query}" if query else self.path

    @property
    def has_credentials(self) -> bool:
        return bool(SECRET_PARAMETERS & self.query.keys() or SECRET_HEADERS & self.headers.keys())


@dataclass(slots=True)
class Response:
    """An answer; `deliver`, when set, writes it to the socket in its own (broken) way."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    deliver: Delivery | None = None


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    """A JSON response; underscores in header names stand for hyphens."""
    return Response(status, encode(value), headers={name.replace("_", "-"): text for name, text in headers.items()})


def token(text: str, length: int = 27) -> str:
    """A stable word of letters and digits that looks like an image name or a video key."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    number = int.from_bytes(b"".join(zlib.crc32(f"{text}|{i}".encode()).to_bytes(4, "big") for i in range(6)), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)


def number_of(text: str, low: int, high: int) -> int:
    """A stable whole number in [low, high) for a text: ids of people, companies, artworks."""
    return low + zlib.crc32(text.encode()) % (high - low)


def hex_id(text: str, length: int = 24) -> str:
    """A stable lower-case hexadecimal id, as TMDB gives to credits and videos."""
    return "".join(f"{zlib.crc32(f'{text}#{i}'.encode()):08x}" for i in range(4))[:length]
