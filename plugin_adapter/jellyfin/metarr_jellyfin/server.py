"""One Jellyfin server: its interface over HTTP, and what its failures ask for.

No redirect is followed: the key is for the address that the owner gave. No text ever holds the key.
"""

import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from metarr_adapter.address import Address, BadAddress
from metarr_adapter.connection import Connection
from metarr_adapter.errors import RpcError, Unreachable
from metarr_adapter.host import HostUnavailable, OwnerNeeded

SECONDS = 30.0
CONNECT_SECONDS = 10.0
MOST_BYTES = 32 * 1024 * 1024
"""Of an answer. A page of 200 films with all their people has some 3 MB."""

KEPT_SECONDS = 5.0
"""How long a connection is used again for. What is written goes over one that was in use just now, or a new one: an
answer that does not come must not leave it open whether the request did."""

_PIECE = 64 * 1024
_AWAY = (429, 502, 503, 504)
_WEB = re.compile(r"/web(/index\.html)?/?$")

Query = Iterable[tuple[str, str]]


class Away(HostUnavailable):
    """The server cannot be used now, or what answers is none."""


class Gone(Exception):
    """The server has no such item."""


class Refused(Exception):
    """The server does not take this one request; the text says why."""


class JellyfinServer:
    """`address`: as the owner types it, with or without a path below which the server is. `key`: an API key. `ca_file`:
    the certificates that vouch for its own. `beat` is called while an answer is waited for.

    `date`: what its clock said with the last answer, in seconds since 1970; None: it did not say.
    Raises OwnerNeeded for an address or a key that can be none; every method raises HostUnavailable, and OwnerNeeded
    where the key is refused.
    """

    def __init__(
        self,
        address: str,
        key: str,
        ca_file: str = "",
        *,
        beat: Callable[[], object] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address, self._base = _parsed(address)
        self._key, self._ca_file, self._beat, self._monotonic = _checked(key), ca_file, beat, monotonic
        self._connection: Connection | None = None
        self.date: float | None = None

    def __repr__(self) -> str:
        return f"JellyfinServer({str(self.address)!r})"

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, query: Query = (), *, open_to_all: bool = False) -> Any:
        """What a path tells, decoded. `open_to_all`: it is asked without the key. Raises Gone and Refused."""
        text = urlencode(list(query))
        data = self._ask("GET", f"{path}?{text}" if text else path, with_key=not open_to_all)
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise Away(
                f"what answers at {self.address} is no Jellyfin: is a proxy in between that asks to sign in?"
            ) from None

    def bytes_of(self, path: str, most: int) -> bytes:
        """What stands at a path, such as an image. Raises Gone and Refused."""
        return self._ask("GET", path, most=most, accept="image/jpeg,image/png,image/webp,image/gif")

    def post(self, path: str, body: Mapping[str, Any] | None = None, seconds: float = SECONDS) -> None:
        """Write what an item is to be. Raises Gone and Refused."""
        data = b"" if body is None else json.dumps(body).encode()
        self._ask("POST", path, data, "application/json", seconds)

    def upload(self, path: str, data: bytes, media_type: str, seconds: float) -> None:
        """Raises Gone and Refused."""
        self._ask("POST", path, data, media_type, seconds)

    def delete(self, path: str) -> None:
        """Raises Gone and Refused."""
        self._ask("DELETE", path)

    def _ask(
        self,
        method: str,
        target: str,
        data: bytes = b"",
        media_type: str = "",
        seconds: float = SECONDS,
        *,
        most: int = MOST_BYTES,
        accept: str = "application/json",
        with_key: bool = True,
    ) -> bytes:
        lines = [
            f"{method} {self._base}{target} HTTP/1.1",
            f"Host: {self.address.plain}",
            f"Accept: {accept}",
            "User-Agent: Metarr",
        ]
        lines += [
            f'Authorization: MediaBrowser Token="{quote(self._key)}", Client="Metarr", Device="Metarr"'
        ] * with_key
        lines += [f"Content-Type: {media_type}"] * bool(media_type)
        lines += [f"Content-Length: {len(data)}"] * (method != "GET")
        request = "\r\n".join([*lines, "", ""]).encode("ascii") + data
        until = self._monotonic() + seconds
        try:
            return self._exchange(request, until, most, again=method == "GET")
        except RpcError as error:
            self.close()
            raise Away(_why(error, self.address)) from error

    def _exchange(self, request: bytes, until: float, most: int, *, again: bool) -> bytes:
        kept = self._taken()
        if kept is not None:
            try:
                return self._sent(kept, request, until, most)
            except Unreachable:
                if kept.heard or not again:
                    raise  # else the server gave the connection up in the meantime, and read nothing from it
        return self._sent(self._opened(until), request, until, most)

    def _sent(self, connection: Connection, request: bytes, until: float, most: int) -> bytes:
        connection.until = until
        try:
            return self._answered(connection, connection.send(request), most)
        finally:
            connection.used_at = self._monotonic()
            if connection.reusable:
                self._connection = connection
            else:
                connection.close()

    def _answered(self, connection: Connection, response: HTTPResponse, most: int) -> bytes:
        self.date = _moment(response.getheader("Date"))
        body = self._body(connection, response, most)
        status = response.status
        if status in (200, 204):
            return body
        if status == 401:
            raise OwnerNeeded("Jellyfin refuses the API key: enter one that stands at Dashboard, API Keys")
        if status == 403:
            raise OwnerNeeded("Jellyfin says that this key may not do that: it needs an API key, or an administrator's")
        if 300 <= status < 400:
            raise Away(f"{self.address} sends its callers elsewhere: enter the address of Jellyfin itself")
        if status in _AWAY:
            raise Away(f"Jellyfin at {self.address} starts, or is away behind its proxy (status {status})")
        if status == 404:
            raise Gone
        if status == 413:
            raise Refused("the proxy before Jellyfin takes nothing so large: raise its limit for bodies")
        raise Refused(f"Jellyfin says: {_words(body, response) or status}")

    def _body(self, connection: Connection, response: HTTPResponse, most: int) -> bytes:
        received = bytearray()
        while piece := connection.read(response, _PIECE):
            received += piece
            if len(received) > most:
                raise Away(f"the answer of {self.address} is larger than {most // 1_000_000} MB")
        return bytes(received)

    def _taken(self) -> Connection | None:
        connection, self._connection = self._connection, None
        if connection is None:
            return None
        if connection.used_at is not None and self._monotonic() - connection.used_at < KEPT_SECONDS:
            return connection
        connection.close()
        return None

    def _opened(self, until: float) -> Connection:
        connection = Connection(self.address, self._monotonic, self._beat)
        connection.until = min(until, self._monotonic() + CONNECT_SECONDS)
        try:
            connection.open(self._tls)
        except (RpcError, OwnerNeeded):
            connection.close()
            raise
        return connection

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file or None)
        except OSError as error:
            raise OwnerNeeded(f"{self._ca_file} holds no certificates that can be read") from error


def _parsed(typed: str) -> tuple[Address, str]:
    """The machine, and the path below which Jellyfin is. Raises OwnerNeeded, which repeats no password."""
    wrong = "the address of Jellyfin is such as http://nas:8096, or https://media.example/jellyfin"
    try:
        parts = urlsplit(typed.strip())
        host, port = parts.hostname or "", parts.port
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, BadAddress):
        raise OwnerNeeded(wrong) from None
    if parts.scheme not in ("http", "https") or not plain or parts.username or parts.query:
        raise OwnerNeeded(wrong)
    encrypted = parts.scheme == "https"
    # As it stands in a browser, the path of the web client comes after it.
    base = quote(_WEB.sub("", parts.path).rstrip("/"))
    return Address(plain, port or (443 if encrypted else 80), encrypted), base


def _checked(key: str) -> str:
    """Raises OwnerNeeded, which does not repeat the key."""
    shown = key.strip()
    if not shown or not all("!" <= letter <= "~" for letter in shown):
        raise OwnerNeeded("the API key is missing, or holds what no key has: copy it from Dashboard, API Keys")
    return shown


def _moment(header: str | None) -> float | None:
    with suppress(TypeError, ValueError):
        return parsedate_to_datetime(header or "").timestamp()
    return None


def _words(body: bytes, response: HTTPResponse) -> str:
    """What the server says of a refusal, in a line; nothing of a page."""
    if "text/plain" not in (response.getheader("Content-Type") or ""):
        return ""
    return " ".join(body[:300].decode("utf-8", "replace").split())


def _why(error: RpcError, address: Address) -> str:
    """The shared connection speaks of the daemon; what failed here is Jellyfin."""
    if not isinstance(error, Unreachable):
        return f"Jellyfin at {address} did not answer in time, or with something else than HTTP"
    return {
        "name": f"no machine is known by the name {address.host}",
        "refused": f"no Jellyfin listens at {address}",
        "timeout": f"nobody answers at {address}",
        "certificate": f"the certificate of {address} cannot be trusted: name a file that vouches for it as ca_file",
        "tls": f"{address} speaks no TLS: is it http:// and not https://?",
        "lost": f"the connection to {address} broke; is it https:// and not http://?",
    }.get(error.why, f"there is no way to {address}")
