"""Fetches images from the web: by https, from no address of the owner's own network, in full and as what they are."""

import ipaddress
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import certifi
import urllib3
from urllib3 import exceptions as wire

from metarr.clock import SystemClock
from metarr.errors import DeadlineTooNear
from metarr.fetch.bucket import TokenBucket
from metarr.fetch.contract import Lane
from metarr.fetch.sockets import manager
from metarr.proxy import Proxy

MOST_BYTES = 25 * 1024 * 1024
SECONDS = 60.0
REDIRECTS = 3
MOST_PIXELS = 10_000
AT_ONCE, PER_SECOND = 4, 10.0
"""Of one server."""

_CONNECT, _READ = 10.0, 15.0
_PIECE = 64 * 1024


class ImageFailed(Exception):
    """It could not be had now; the text tells why."""


class ImageRefused(ImageFailed):
    """It cannot be had, and will not be: no image, too large, gone, an address that nobody may be sent to."""


@dataclass(frozen=True)
class FetchedImage:
    """An image as it came. `media_type` by what it holds."""

    content: bytes
    media_type: str


Resolve = Callable[[str], Iterable[str]]
"""The addresses of a host name. Raises OSError."""


def resolved(host: str) -> list[str]:
    return list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)))


class ImageFetcher:
    """Thread-safe. `trusted`: certificates besides those that everybody trusts; `private`: networks that count as
    public, for tests. `proxy`: through which it goes now."""

    def __init__(
        self,
        resolve: Resolve = resolved,
        *,
        trusted: str = "",
        private: bool = False,
        port: int = 443,
        proxy: Callable[[], Proxy | None] = lambda: None,
    ) -> None:
        self._resolve, self._private, self._port, self._proxy = resolve, private, port, proxy
        self._tls = ssl.create_default_context(cafile=trusted or certifi.where())
        self._lock = threading.Lock()
        self._places: dict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(AT_ONCE))
        self._pace: dict[str, TokenBucket] = defaultdict(lambda: TokenBucket(PER_SECOND, SystemClock()))

    def fetch(self, url: str) -> FetchedImage:
        """Raises ImageFailed; ImageRefused where it is useless to try again."""
        until, proxy = time.monotonic() + SECONDS, self._proxy()
        for _ in range(REDIRECTS + 1):
            host, address = self._checked(url, proxy)
            with self._lock:
                place, pace = self._places[host], self._pace[host]
            if not place.acquire(timeout=max(0.0, until - time.monotonic())):
                raise ImageFailed(f"{host} is asked for too many images at once")
            try:
                pace.acquire(Lane.BATCH, until)
                answer = self._ask(url, host, address, until, proxy)
            except DeadlineTooNear as error:
                raise ImageFailed(f"{host} is asked for too many images at once") from error
            finally:
                place.release()
            if isinstance(answer, bytes):
                return FetchedImage(answer, checked_type(answer))
            url = answer
        raise ImageRefused(f"leads on to other addresses more than {REDIRECTS} times")

    def _checked(self, url: str, proxy: Proxy | None) -> tuple[str, str]:
        """The host, and the address to connect to: it is looked up once, so that no second answer is another one.
        Behind a proxy there may be nobody to ask, and it is the proxy that looks up and connects."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ImageRefused("is no address") from None
        host = parts.hostname or ""
        if parts.scheme != "https" or not host or parts.username is not None or port not in (None, 443):
            raise ImageRefused("is no plain https address")
        try:
            addresses = list(self._resolve(host))
        except (OSError, UnicodeError) as error:
            if proxy is not None and isinstance(error, OSError):
                return host, ""
            raise ImageFailed(f"{host} cannot be looked up: {error}") from error
        if not addresses:
            raise ImageFailed(f"{host} has no address")
        if not self._private and not all(is_public(each) for each in addresses):
            raise ImageRefused(f"{host} is an address of a private network")
        return host, addresses[0]

    def _way(self, host: str, address: str, proxy: Proxy | None) -> "urllib3.HTTPSConnectionPool | urllib3.PoolManager":
        timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
        if proxy is not None:
            return manager(proxy, self._tls, timeout=timeout, retries=False, maxsize=1)
        return urllib3.HTTPSConnectionPool(
            address,
            self._port,
            ssl_context=self._tls,
            server_hostname=host,
            assert_hostname=host,
            timeout=timeout,
            retries=False,
            maxsize=1,
        )

    def _ask(self, url: str, host: str, address: str, until: float, proxy: Proxy | None) -> bytes | str:
        """The body, or where it leads on to."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if proxy is not None:
            target = f"https://{parts.netloc}{target}"
        with self._way(host, address, proxy) as pool:
            try:
                headers = {"Host": host, "User-Agent": "metarr", "Accept": "image/*", "Accept-Encoding": "identity"}
                answer = pool.request("GET", target, headers=headers, preload_content=False, redirect=False)
                try:
                    return _taken(answer, url, until)
                finally:
                    answer.close()
            except wire.HTTPError as error:
                raise ImageFailed(f"{host} did not answer: {type(error).__name__}") from error


def _taken(answer: urllib3.BaseHTTPResponse, url: str, until: float) -> bytes | str:
    if answer.status in (301, 302, 303, 307, 308):
        return urljoin(url, answer.headers.get("Location", ""))
    if answer.status in (404, 410):
        raise ImageRefused(f"is not there any more (status {answer.status})")
    if answer.status != 200:
        raise ImageFailed(f"status {answer.status}")
    body = bytearray()
    for piece in answer.stream(_PIECE, decode_content=False):
        body += piece
        if len(body) > MOST_BYTES:
            raise ImageRefused(f"has more than {MOST_BYTES // 1024 // 1024} MB")
        if time.monotonic() > until:
            raise ImageFailed(f"did not come within {SECONDS:g} seconds")
    return bytes(body)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, and of no network of one's own."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None)
    return number.is_global and not number.is_multicast and (mapped is None or is_public(str(mapped)))


def checked_type(content: bytes) -> str:
    """What kind of image it is, by what it holds. Raises ImageRefused for anything else, and for one that is too large
    to be shown."""
    if content.startswith(b"\xff\xd8\xff"):
        media_type, size = "image/jpeg", _jpeg_size(content)
    elif content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        media_type, size = "image/png", (_number(content[16:20]), _number(content[20:24]))
    elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        media_type, size = "image/webp", _webp_size(content)
    else:
        raise ImageRefused("is no JPEG, PNG or WebP")
    if not (0 < size[0] <= MOST_PIXELS and 0 < size[1] <= MOST_PIXELS):
        raise ImageRefused(f"has {size[0]} × {size[1]} pixels; {MOST_PIXELS:,} each way are the most")
    return media_type


def _number(piece: bytes) -> int:
    return int.from_bytes(piece, "big")


_NO_FRAME = frozenset({0xC4, 0xC8, 0xCC})


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            return _number(content[place + 7 : place + 9]), _number(content[place + 5 : place + 7])
        if marker == 0xFF:
            place += 1
            continue
        place += 2 + _number(content[place + 2 : place + 4])
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    form = content[12:16]
    if form == b"VP8X":
        width, height = (int.from_bytes(content[place : place + 3], "little") + 1 for place in (24, 27))
        return width, height
    if form == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if form == b"VP8 ":
        width, height = (int.from_bytes(content[place : place + 2], "little") & 0x3FFF for place in (26, 28))
        return width, height
    return 0, 0
