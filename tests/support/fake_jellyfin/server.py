"""The server's door."""

import base64
import binascii
import json
import posixpath
import random
import re
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

from fake_jellyfin import contract
from fake_jellyfin.library import FakeItem, FakeLibrary, Shelf, item_id, moment, ticks
from fake_jellyfin.telling import sort_name, told
from fake_jellyfin.updating import Broken, update

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Reply:
    """What is answered. `breaks`: the connection, in the place of an answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks: bool = False


def _json(value: Any) -> Reply:
    return Reply(body=json.dumps(value).encode())


def _text(status: int, words: str) -> Reply:
    """J24."""
    return Reply(status, words.encode(), "text/plain")


class FakeJellyfin(Shelf):
    """`requests`: what was asked. `intercept` gives another reply in the place of its own; `after` hears of one that
    was made, and may give another for it. `faults`: what Jellyfin's own document says against requests and answers.
    `key`: the one that counts. `zone`: of the server, in hours east. `base`: the path that all of it is below.
    """

    def __init__(
        self,
        version: str = "10.11.11",
        *,
        address: str = "127.0.0.1",
        base: str = "",
        tls: Any = None,
        validates: bool = True,
    ) -> None:
        super().__init__(twelve=version.startswith("12"))
        self.version, self.base, self.zone = version, base, 0
        self.key, self.is_admin = "0123456789abcdef0123456789abcdef", True
        self.server_id = item_id("Server", "jellyfin")
        self.starting = False
        self.tells_date = True
        self.refreshed_by_reading: list[str] = []
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self.intercept: Callable[[Request], Reply | None] = lambda _: None
        self.after: Callable[[Request, Reply], Reply | None] = lambda *_: None
        self._validates = validates
        self._lock = threading.RLock()
        self._dice = random.Random(11)
        server_class = _Server6 if ":" in address else _Server
        self._server = server_class((address, 0), _handler(self))
        scheme = "http"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.certificate, tls.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.port = int(self._server.server_address[1])
        shown = f"[{address}]" if ":" in address else address
        self.url = f"{scheme}://{shown}:{self.port}{base}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def upgrade(self, version: str) -> None:
        self.version, self.twelve = version, version.startswith("12")

    @contextmanager
    def counting(self) -> Iterator[list[Request]]:
        """The requests of a while."""
        since = len(self.requests)
        heard: list[Request] = []
        yield heard
        heard += self.requests[since:]

    def posts(self) -> list[Request]:
        """What was written."""
        return [request for request in self.requests if request.method in ("POST", "DELETE")]

    # Answers

    def respond(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        raw_path, _, query = target.partition("?")
        path = unquote(raw_path)
        if self.base and not path.startswith(f"{self.base}/"):
            return Reply(404, b"<html>nginx</html>", "text/html")
        path = path.removeprefix(self.base)
        request = Request(method, path, parse_qs(query, keep_blank_values=True), headers, body)
        with self._lock:
            self.requests.append(request)
        reply = self.intercept(request)
        if reply is None:
            with self._lock:
                reply = self._answer(request)
                if self._validates:
                    self.faults += contract.faults(method, path, query, headers, body, answer=reply)
        return self.after(request, reply) or reply

    def date(self) -> str:
        return format_datetime(moment(self.now()).replace(microsecond=0), usegmt=True)

    def _answer(self, request: Request) -> Reply:
        if self.starting:
            return Reply(503, b"Jellyfin is starting", "text/html")  # J24
        parts = request.path.strip("/").split("/")
        if request.path == "/System/Info/Public":
            return _json(self._info())
        if parts[0] == "Items" and len(parts) > 3 and parts[2] == "Images" and request.method == "GET":
            return self._image(parts)
        if not self._knows(request.headers):
            return Reply(401, b"", "text/plain")
        reads = request.method == "GET" and request.path != "/Library/VirtualFolders"
        if not reads and not self.is_admin and request.path != "/Library/Media/Updated":
            return Reply(403, b"", "text/plain")
        try:
            return self._route(request, parts)
        except (Broken, struct.error, TypeError) as error:
            return _text(400, f"Error processing request. {error}")

    def _route(self, request: Request, parts: list[str]) -> Reply:
        match [request.method, *parts]:
            case ["GET", "System", "Info"]:
                return _json({**self._info(), "HasPendingRestart": False})
            case ["GET", "Library", "VirtualFolders"]:
                return _json([self._virtual_folder(each) for each in self.libraries])
            case ["POST", "Library", "Media", "Updated"]:
                return Reply(204)
            case ["GET", "Items"]:
                return _json(self._items(request))
            case ["GET", "Items", key]:
                return self._single(request, key)
            case ["POST", "Items", key]:
                return self._posted(request, key)
            case ["POST", "Items", key, "Images", image_type]:
                return self._upload(request, key, image_type)
            case ["POST", "Items", key, "Images", image_type, index, "Index"]:
                return self._on(key, lambda item: self.swap(item, image_type, int(index), int(request.one("newIndex"))))
            case ["DELETE", "Items", key, "Images", image_type]:
                index = int(request.one("imageIndex", "0"))
                return self._on(key, lambda item: self.delete_image(item, image_type, index))
        return Reply(404, b"", "text/plain")

    def _knows(self, headers: Mapping[str, str]) -> bool:
        """J23."""
        header = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
        scheme, _, rest = header.partition(" ")
        tokens = re.findall(r'Token="([^"]*)"', rest) if scheme == "MediaBrowser" else []
        if not self.twelve:
            tokens += [
                value for name, value in headers.items() if name.lower() in ("x-emby-token", "x-mediabrowser-token")
            ]
        return self.key in map(unquote, tokens)

    def _info(self) -> dict[str, Any]:
        return {
            "ServerName": "fake",
            "Version": self.version,
            "ProductName": "Jellyfin Server",
            "Id": self.server_id,
            "StartupWizardCompleted": True,
        }

    def _virtual_folder(self, library: FakeLibrary) -> dict[str, Any]:
        fetchers = [{"Type": "Movie", "MetadataFetchers": library.fetchers, "ImageFetchers": library.fetchers}]
        options = {
            "MetadataSavers": library.savers,
            "SaveLocalMetadata": library.saves_artwork,
            "TypeOptions": fetchers,
            "Enabled": True,
        }
        return {
            "Name": library.name,
            "Locations": [library.location],
            "CollectionType": library.kind,
            "LibraryOptions": {name: value for name, value in options.items() if value is not None},
            "ItemId": item_id("CollectionFolder", library.name),
        }

    def _items(self, request: Request) -> dict[str, Any]:
        keys = request.query.get("ids")
        among = self.items.values() if keys is None else [self.items[key] for key in set(keys) & self.items.keys()]
        found = [item for item in among if self._matches(request, item)]
        found = self._sorted(request.query.get("sortBy", []), found)
        start, limit = int(request.one("startIndex", "0")), int(request.one("limit", "1000000"))
        fields = frozenset(request.query.get("fields", ()))
        images = request.one("enableImages", "true") == "true"
        page = found[start : start + limit]
        total = len(found) if request.one("enableTotalRecordCount", "true") == "true" else 0
        return {
            "Items": [told(self, each, fields, images=images) for each in page],
            "TotalRecordCount": total,
            "StartIndex": start,
        }

    def _matches(self, request: Request, item: FakeItem) -> bool:
        query = request.query
        if "includeItemTypes" in query and item.type not in query["includeItemTypes"]:
            return False
        if "parentId" in query:
            parent = request.one("parentId")
            below = request.one("recursive") == "true"
            if parent != item.parent and not (below and parent == item.series):
                return False
        elif "ids" not in query and request.one("recursive") != "true":
            return False
        if (since := request.one("minDateLastSaved")) and item.saved < self._since(since):
            return False
        return not ("userId" in query and item.hidden_version)  # J11

    def _since(self, text: str) -> int:
        """J13: without a zone it is the server's own."""
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            return ticks(when.replace(tzinfo=moment(0).tzinfo) - timedelta(hours=self.zone))
        return ticks(when)

    def _sorted(self, keys: list[str], found: list[FakeItem]) -> list[FakeItem]:
        """Without an order it is any, another one each time."""
        self._dice.shuffle(found)
        for key in reversed(keys):
            if key == "DateCreated":
                found.sort(key=lambda item: str(item.data["DateCreated"]))
            elif key in ("SortName", "Name"):
                found.sort(key=sort_name)
        return found

    def _single(self, request: Request, key: str) -> Reply:
        """J12."""
        if "userId" not in request.query:
            return _text(400, "Error processing request. Guid can't be empty (Parameter 'id')")
        item = self.items.get(key)
        if item is None:
            return Reply(404, b"", "text/plain")
        if not self.twelve:
            self.refreshed_by_reading.append(key)
        return _json(told(self, item, frozenset()))

    def _posted(self, request: Request, key: str) -> Reply:
        body = json.loads(request.body)
        return self._on(key, lambda item: update(self, item, body))

    def _upload(self, request: Request, key: str, image_type: str) -> Reply:
        """J16."""
        content_type = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
        extension = EXTENSIONS.get(content_type.partition(";")[0])
        if extension is None:
            return _text(400, "Incorrect ContentType.")
        try:
            content = base64.b64decode(request.body, validate=True)
        except binascii.Error:
            return _text(500, "Error processing request.")
        return self._on(key, lambda item: self.upload(item, image_type, content, extension))

    def _on(self, key: str, does: Callable[[FakeItem], object]) -> Reply:
        item = self.items.get(key) if _ID.fullmatch(key) else None
        if item is None:
            return Reply(404, b"", "text/plain")
        does(item)
        return Reply(204)

    def _image(self, parts: list[str]) -> Reply:
        item = self.items.get(parts[1])
        index = int(parts[4]) if len(parts) > 4 else 0
        if item is None or index >= len(item.of(parts[3])):
            return Reply(404, b"", "text/plain")
        path = item.of(parts[3])[index].path
        extension = posixpath.splitext(path)[1][1:]
        return Reply(200, self.files[path].content, f"image/{extension.replace('jpg', 'jpeg')}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed is no news."""


class _Server6(_Server):
    address_family = 10


def _handler(jellyfin: FakeJellyfin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = jellyfin.respond(self.command, self.path, dict(self.headers.items()), body)
            if reply.breaks:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            if jellyfin.tells_date:
                self.send_header("Date", jellyfin.date())
            if reply.status != 204:
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body if reply.status != 204 else b"")
            self.wfile.flush()

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nobody reads it."""

    return Handler
