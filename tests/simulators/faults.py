"""Ways in which a provider can fail, on demand.

A fault either answers instead of the provider (`error_500`), or spoils the provider's own answer
(`truncated_json`), or spoils its delivery on the wire (`reset_in_body`). TVDB's `/login` is spared unless
`path_contains` names it, so that a fault on TVDB meets the records.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import re
import socket as sockets
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from socket import socket
from typing import Any

from .messages import HTML, JSON, Request, Response, encode

FAULTS: dict[str, str] = {
    "hang": "accepts the request and never answers, until fault, client or server end (option seconds)",
    "reset_before_body": "sends the headers, then resets the connection",
    "reset_in_body": "sends the headers and half of the body, then resets the connection",
    "short_body": "declares a Content-Length larger than the body and closes",
    "rate_limited": "429 without Retry-After",
    "rate_limited_with_retry_after": "429 with Retry-After (option retry_after, seconds, default 2)",
    "error_500": "500 with a JSON error in the provider's own form where it has one",
    "bad_gateway_html": "502 with an HTML page",
    "unavailable_503": "503 (option retry_after adds the header)",
    "truncated_json": "200 whose JSON ends in the middle, with a matching Content-Length",
    "list_for_dict": "the right answer wrapped in a JSON list",
    "null_body": "200 with the JSON value null",
    "empty_body": "200 with no body at all",
    "huge_body": "a JSON-looking body of option megabytes (default 50), streamed lazily (option chunked: no length)",
    "slow_drip": "the right answer, option chunk bytes (default 1) every option interval seconds (default 0.05)",
    "redirect_loop": "302 to the same address",
    "redirect_other_host": "302 to another host name (option location, default http://localhost:port/elsewhere/...)",
    "wrong_charset": "text that is not UTF-8 (option encoding, default latin-1, or utf-16), declared as UTF-8",
    "bom": "a UTF-8 byte order mark before the JSON",
    "unannounced_gzip": "the right answer packed with gzip, of which no header speaks",
    "almost_json": "the right answer as no strict parser takes it: a warning before, control characters, commas",
    "gzip_bomb": "a small gzip body that inflates to option megabytes (default 120)",
    "deep_nesting": "JSON arrays nested option depth (default 20000) deep",
    "append_ignored": "TMDB: the appended sections are missing; elsewhere the optional sections are",
    "dates_with_times": 'every ISO date carries a time: "2024-07-07T00:00:00.000Z"',
    "another_title": "the texts and posters of another title under the right ids",
    "error_200_html": "200 with an HTML page",
    "quota_exhausted": "the provider's own answer when a quota is used up",
    "auth_refused": "the provider's own answer to a wrong key",
}

_ISO_DATE = re.compile(rb'"(\d{4}-\d\d-\d\d)"')
_OPTIONAL = {
    "omdb": ("Ratings", "Awards", "Metascore", "imdbRating", "imdbVotes", "Poster", "Episodes"),
    "tvdb": (
        "translations",
        "artworks",
        "artwork",
        "characters",
        "remoteIds",
        "trailers",
        "companies",
        "contentRatings",
    ),
}
_HTML_PAGE = "<html>\n<head><title>{0}</title></head>\n<body>\n<center><h1>{0}</h1></center>\n</body>\n</html>\n"


@dataclass(slots=True)
class Fault:
    """One fault that was asked for; `count` is how many more requests it will meet (None: all)."""

    provider: str
    name: str
    count: int | None = None
    probability: float | None = None
    path_contains: str | None = None
    cleared: threading.Event = field(default_factory=threading.Event)
    options: dict[str, Any] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)

    def meets(self, request: Request) -> bool:
        if self.count == 0 or self.provider != request.provider:
            return False
        if self.path_contains is not None and self.path_contains not in request.public_target:
            return False
        if request.path.endswith("/login") and "login" not in (self.path_contains or ""):
            return False
        return self.probability is None or self.dice.random() < self.probability


class FaultBook:
    """The faults in force; the first that meets a request is the one it gets."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        if fault.name not in FAULTS:
            raise ValueError(f"no fault is called {fault.name!r}; there are: {', '.join(FAULTS)}")
        with self._lock:
            self._faults.append(fault)

    def clear(self, provider: str | None = None) -> None:
        with self._lock:
            gone = [fault for fault in self._faults if provider in (None, fault.provider)]
            self._faults = [fault for fault in self._faults if fault not in gone]
        for fault in gone:
            fault.cleared.set()

    def meeting(self, request: Request) -> Fault | None:
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.meets(request):
                    if fault.count is not None:
                        fault.count -= 1
                    return fault
        return None


# The provider's own answers to being refused, by provider and reason ------------------------------------------------

_REFUSALS: dict[tuple[str, str], tuple[int, Any]] = {
    ("tmdb", "auth"): (
        401,
        {"status_code": 7, "status_message": "Invalid API key: You must be granted a valid key.", "success": False},
    ),
    ("tmdb", "limit"): (
        429,
        {"status_code": 25, "status_message": "Your request count (41) is over the allowed limit of 40."},
    ),
    ("tmdb", "error"): (
        500,
        {"status_code": 11, "status_message": "Internal error: Something went wrong, contact TMDB.", "success": False},
    ),
    ("tmdb", "offline"): (
        503,
        {
            "status_code": 9,
            "status_message": "Service offline: This service is temporarily offline, try again later.",
            "success": False,
        },
    ),
    ("omdb", "auth"): (401, {"Response": "False", "Error": "Invalid API key!"}),
    ("omdb", "quota"): (401, {"Response": "False", "Error": "Request limit reached!"}),
    ("omdb", "limit"): (429, {"Response": "False", "Error": "Too many requests."}),
    ("omdb", "error"): (500, {"Response": "False", "Error": "Something went wrong."}),
    ("tvdb", "auth"): (401, {"status": "failure", "message": "Unauthorized", "data": None}),
    ("tvdb", "limit"): (429, {"status": "failure", "message": "Too Many Requests", "data": None}),
    ("tvdb", "error"): (500, {"status": "failure", "message": "InternalServerError", "data": None}),
    ("fanart", "auth"): (401, {"status": "error", "error message": "API key is required"}),
    ("fanart", "limit"): (429, {"status": "error", "error message": "Too many requests"}),
    ("fanart", "error"): (500, {"status": "error", "error message": "Internal error"}),
}


def refusal(provider: str, reason: str, retry_after: float | None = None) -> Response:
    """The provider's answer to a wrong key ("auth"), a used-up "quota", too many requests ("limit"), its own "error".

    The 429 bodies of OMDb, TVDB and fanart.tv are assumptions: no recording of one is known.
    """
    key = (
        (provider, reason) if (provider, reason) in _REFUSALS else (provider, "limit" if reason == "quota" else "error")
    )
    status, body = _REFUSALS[key]
    response = Response(503 if reason == "offline" else status, encode(body))
    if retry_after is not None:
        response.headers["Retry-After"] = f"{retry_after:g}"
    return response


# Applying -----------------------------------------------------------------------------------------------------------


def apply(fault: Fault, request: Request, provide: Callable[[], Response], host: str) -> Response:
    """What `request` gets under `fault`; `provide` makes the provider's own answer, if the fault needs one."""
    if fault.name in _INSTEAD:
        return _INSTEAD[fault.name](fault, request, host)
    response = provide()
    response = Response(response.status, response.body, response.content_type, dict(response.headers))
    response.headers.pop("ETag", None)
    if fault.name in _SPOIL:
        response.body = _SPOIL[fault.name](fault, request, response.body)
    else:
        response.deliver = _deliver(fault)
    return response


def _html(status: int, title: str) -> Response:
    return Response(status, _HTML_PAGE.format(title).encode(), HTML)


def _other_host(fault: Fault, request: Request, host: str) -> Response:
    port = host.rpartition(":")[2]
    location = fault.options.get(
        "location", f"http://localhost:{port}/elsewhere/{request.provider}{request.public_target}"
    )
    return Response(302, b"", HTML, {"Location": location})


def _loop(_fault: Fault, request: Request, _host: str) -> Response:
    return Response(302, b"", HTML, {"Location": f"/{request.provider}{request.public_target}"})


def _bomb(fault: Fault, _request: Request, _host: str) -> Response:
    return Response(200, gzip_of(int(fault.options.get("megabytes", 120))), JSON, {"Content-Encoding": "gzip"})


def _unavailable(fault: Fault, request: Request, _host: str) -> Response:
    return refusal(request.provider, "offline", fault.options.get("retry_after"))


def _nested(fault: Fault, _request: Request, _host: str) -> Response:
    depth = int(fault.options.get("depth", 20_000))
    return Response(200, b"[" * depth + b"]" * depth)


_INSTEAD: dict[str, Callable[[Fault, Request, str], Response]] = {
    "hang": lambda fault, request, host: Response(200, b"", deliver=_deliver(fault)),
    "huge_body": lambda fault, request, host: Response(200, b"", deliver=_deliver(fault)),
    "rate_limited": lambda fault, request, host: refusal(request.provider, "limit"),
    "rate_limited_with_retry_after": lambda fault, request, host: refusal(
        request.provider, "limit", fault.options.get("retry_after", 2)
    ),
    "error_500": lambda fault, request, host: refusal(request.provider, "error"),
    "bad_gateway_html": lambda fault, request, host: _html(502, "502 Bad Gateway"),
    "unavailable_503": _unavailable,
    "null_body": lambda fault, request, host: Response(200, b"null"),
    "empty_body": lambda fault, request, host: Response(200, b""),
    "redirect_loop": _loop,
    "redirect_other_host": _other_host,
    "gzip_bomb": _bomb,
    "deep_nesting": _nested,
    "error_200_html": lambda fault, request, host: _html(200, "Just a moment..."),
    "quota_exhausted": lambda fault, request, host: refusal(
        request.provider, "quota", None if request.provider == "omdb" else fault.options.get("retry_after", 60)
    ),
    "auth_refused": lambda fault, request, host: refusal(request.provider, "auth"),
}


def _without_sections(_fault: Fault, request: Request, body: bytes) -> bytes:
    record = json.loads(body)
    target = record.get("data") if request.provider == "tvdb" else record
    if not isinstance(target, dict):
        return body
    if request.provider == "tmdb":
        gone = tuple(request.query.get("append_to_response", "").split(","))
    elif request.provider == "fanart":
        gone = tuple(name for name, value in target.items() if isinstance(value, list))[1:]
    else:
        gone = _OPTIONAL[request.provider]
    for name in gone:
        target.pop(name, None)
    return encode(record)


_WORDS = frozenset({"title", "original_title", "name", "overview", "tagline", "Title", "Plot"})


def _of_another(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        # People, studios and genres have names, too; those are left alone.
        return {name: _of_another(each, name) for name, each in value.items() if name not in ("credits", "genres")} | {
            name: each for name, each in value.items() if name in ("credits", "genres")
        }
    if isinstance(value, list):
        return [_of_another(each, key) for each in value]
    if key in _WORDS and isinstance(value, str) and value:
        return f"Elsewhere {zlib.crc32(value.encode())}"
    if key in ("file_path", "poster_path") and isinstance(value, str):
        return value.replace("/", "/elsewhere", 1)
    return value


def _misencoded(fault: Fault, _request: Request, body: bytes) -> bytes:
    text = json.dumps({"remark": "Fin\u00e9", **json.loads(body)}, ensure_ascii=False)
    return text.encode(fault.options.get("encoding", "latin-1"), errors="backslashreplace")


def _almost_json(_fault: Fault, _request: Request, body: bytes) -> bytes:
    return b"<b>Warning</b>: line 3\n" + body.rstrip()[:-1] + b',"remark":"one\x01two\n",}'


_SPOIL: dict[str, Callable[[Fault, Request, bytes], bytes]] = {
    "truncated_json": lambda fault, request, body: body[: max(1, len(body) * 2 // 3)],
    "list_for_dict": lambda fault, request, body: b"[" + body + b"]",
    "wrong_charset": _misencoded,
    "bom": lambda fault, request, body: b"\xef\xbb\xbf" + body,
    "unannounced_gzip": lambda fault, request, body: gzip.compress(body),
    "almost_json": _almost_json,
    "append_ignored": _without_sections,
    "another_title": lambda fault, request, body: encode(_of_another(json.loads(body))),
    "dates_with_times": lambda fault, request, body: _ISO_DATE.sub(rb'"\1T00:00:00.000Z"', body),
}


@cache
def gzip_of(megabytes: int) -> bytes:
    """A gzip file of JSON-looking text that is about a thousandth of what it inflates to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(b'{"overview":"')]
    pieces += [packer.compress(b"a" * 1_000_000) for _ in range(megabytes)]
    pieces += [packer.compress(b'"}'), packer.flush()]
    return b"".join(pieces)


# On the wire --------------------------------------------------------------------------------------------------------


def head(response: Response, length: int | None, close: bool = False) -> bytes:
    """Status line and headers; `length` None leaves the Content-Length out."""
    lines = [
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
        f"Content-Type: {response.content_type}",
    ]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    if close:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _deliver(fault: Fault) -> Callable[[socket, Response], None]:
    wire = _WIRE[fault.name]
    return lambda connection, response: wire(fault, connection, response)


def _hang(fault: Fault, connection: socket, _response: Response) -> None:
    """Looks up now and then for the fault's end, which closes the connection."""
    until = time.monotonic() + fault.options.get("seconds", math.inf)
    connection.settimeout(0.05)
    while not fault.cleared.is_set() and time.monotonic() < until:
        try:
            if not connection.recv(4096):
                return
        except TimeoutError:
            continue
        except OSError:
            return


def _reset(connection: socket) -> None:
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _reset_before_body(_fault: Fault, connection: socket, response: Response) -> None:
    connection.sendall(head(response, len(response.body)))
    _reset(connection)


def _reset_in_body(_fault: Fault, connection: socket, response: Response) -> None:
    connection.sendall(head(response, len(response.body)) + response.body[: len(response.body) // 2])
    _reset(connection)


def _short_body(fault: Fault, connection: socket, response: Response) -> None:
    connection.sendall(head(response, len(response.body) + int(fault.options.get("missing", 1000))) + response.body)


def _huge_pieces(megabytes: int) -> Iterator[bytes]:
    yield b'{"overview":"'
    piece = b"all work and no play " * 3121  # 65,541 bytes
    left = megabytes * 1_000_000 - 15
    while left > 0:
        yield piece[:left]
        left -= len(piece)
    yield b'"}'


def _huge_body(fault: Fault, connection: socket, response: Response) -> None:
    megabytes = int(fault.options.get("megabytes", 50))
    if not fault.options.get("chunked"):
        connection.sendall(head(response, megabytes * 1_000_000, close=True))
        for piece in _huge_pieces(megabytes):
            connection.sendall(piece)
        return
    response.headers["Transfer-Encoding"] = "chunked"
    connection.sendall(head(response, None, close=True))
    for piece in _huge_pieces(megabytes):
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    connection.sendall(b"0\r\n\r\n")


def _slow_drip(fault: Fault, connection: socket, response: Response) -> None:
    chunk, interval = int(fault.options.get("chunk", 1)), float(fault.options.get("interval", 0.05))
    connection.sendall(head(response, len(response.body), close=True))
    for start in range(0, len(response.body), chunk):
        connection.sendall(response.body[start : start + chunk])
        if fault.cleared.wait(interval):
            return


_WIRE: dict[str, Callable[[Fault, socket, Response], None]] = {
    "hang": _hang,
    "reset_before_body": _reset_before_body,
    "reset_in_body": _reset_in_body,
    "short_body": _short_body,
    "huge_body": _huge_body,
    "slow_drip": _slow_drip,
}
