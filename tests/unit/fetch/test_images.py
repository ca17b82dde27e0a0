"""Images from the web: only what is one, only from where anybody may be sent to."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from certificates import self_signed
from fakes import FakeClock
from metarr import proxy
from metarr.fetch import images
from metarr.fetch.images import FetchedImage, ImageFailed, ImageFetcher, ImageRefused, checked_type, is_public
from metarr.players.images import Images
from proxies import Proxy, SocksProxy


def jpeg(width: int = 100, height: int = 150) -> bytes:
    frame = struct.pack(">HBHH", 17, 8, height, width) + bytes(12)
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0" + frame


def png(width: int = 100, height: int = 150) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + bytes(9)


def webp(width: int = 100, height: int = 150) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + size


@pytest.mark.parametrize(
    ("content", "media_type"), [(jpeg(), "image/jpeg"), (png(), "image/png"), (webp(), "image/webp")]
)
def test_the_kind_is_told_by_what_it_holds(content: bytes, media_type: str):
    assert checked_type(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"GIF89a",
        b"<svg/>",
        b"\xff\xd8\xff",
        jpeg(10_001, 10),
        png(10, 10_001),
        png(0, 10),
        webp(10_001, 1),
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_anything_else_is_refused(content: bytes):
    with pytest.raises(ImageRefused):
        checked_type(content)


PRIVATE = """
127.0.0.1 10.0.0.1 192.168.1.1 172.16.0.1 169.254.1.1 0.0.0.0 100.64.0.1 224.0.0.1 ::1 :: fe80::1 fc00::1 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: rubbish fe80::1%eth0
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_of_ones_own_are_private(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_others_are_public(address: str):
    assert is_public(address)


def never(_host: str) -> list[str]:
    raise AssertionError("nobody is to be looked up")


@pytest.mark.parametrize(
    "url",
    [
        "http://image.example/a.jpg",
        "ftp://image.example/a.jpg",
        "file:///etc/passwd",
        "https:///a.jpg",
        "https://user:pass@image.example/a.jpg",
        "https://image.example:8443/a.jpg",
        "https://image.example:x/a.jpg",
        "file:poster.jpg#abc",
    ],
)
def test_only_plain_https_is_asked(url: str):
    with pytest.raises(ImageRefused):
        ImageFetcher(never).fetch(url)


def test_a_name_that_leads_to_a_private_address_is_refused():
    for addresses in (["127.0.0.1"], ["1.1.1.1", "10.0.0.1"]):
        with pytest.raises(ImageRefused, match="private"):
            ImageFetcher(lambda _, told=addresses: told).fetch("https://image.example/a.jpg")


def test_a_name_that_cannot_be_looked_up_may_be_later():
    def fails(_: str) -> list[str]:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    with pytest.raises(ImageFailed) as failed:
        ImageFetcher(fails).fetch("https://image.example/a.jpg")
    assert not isinstance(failed.value, ImageRefused)


@dataclass
class Web:
    """A server on this machine. `answers`: by path, the status and the body, or where it leads on to."""

    answers: dict[str, tuple[int, bytes | str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fetcher: ImageFetcher = None  # type: ignore[assignment]

    def fetch(self, path: str) -> FetchedImage:
        return self.fetcher.fetch(f"https://localhost{path}")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    served, tls = Web(), self_signed(tmp_path / "tls")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            status, body = served.answers.get(self.path, (404, b""))
            self.send_response(status)
            if isinstance(body, str):
                self.send_header("Location", body)
                body = b""
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    served.fetcher = ImageFetcher(
        lambda _: ["127.0.0.1"], trusted=str(tls.certificate), private=True, port=server.server_address[1]
    )
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_image_comes_as_it_is(web: Web):
    web.answers["/a.jpg"] = (200, jpeg())
    assert web.fetch("/a.jpg") == FetchedImage(jpeg(), "image/jpeg")


@pytest.mark.parametrize("kind", [Proxy, SocksProxy])
def test_it_comes_through_the_proxy_which_knows_names_that_nobody_here_does(web: Web, kind: type[Proxy]):
    def unknown(_: str) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    web.answers |= {"/a.jpg": (200, jpeg()), "/b.jpg": (302, "https://localhost/a.jpg")}
    there = kind(names={"localhost": ("127.0.0.1", web.fetcher._port)})
    scheme = "socks5h" if kind is SocksProxy else "http"
    told = proxy.Proxy(scheme=scheme, host="127.0.0.1", port=there.port)
    try:
        fetcher = ImageFetcher(unknown, proxy=lambda: told)
        fetcher._tls = web.fetcher._tls
        assert fetcher.fetch("https://localhost/b.jpg") == FetchedImage(jpeg(), "image/jpeg")
        with pytest.raises(ImageRefused, match="private"):
            ImageFetcher(lambda _: ["10.0.0.1"], proxy=lambda: told).fetch("https://nas.lan/a.jpg")
    finally:
        there.close()
    assert len(there.asked) == 2
    assert all("localhost" in asked and "443" in asked for asked in there.asked)


def test_it_is_followed_three_times_and_no_further(web: Web):
    web.answers |= {f"/{n}": (302, f"https://localhost/{n - 1}") for n in range(1, 5)}
    web.answers["/0"] = (200, png())
    assert web.fetch("/3").media_type == "image/png"
    with pytest.raises(ImageRefused, match="leads on"):
        web.fetch("/4")


@pytest.mark.parametrize("target", ["http://localhost/0", "https://localhost:22/0", "file:///etc/passwd", "//x@h/"])
def test_each_step_is_looked_at_anew(web: Web, target: str):
    web.answers["/a"] = (302, target)
    with pytest.raises(ImageRefused):
        web.fetch("/a")


@pytest.mark.parametrize(("status", "refused"), [(404, True), (410, True), (403, False), (500, False), (503, False)])
def test_what_is_gone_is_refused_and_what_fails_may_be_later(web: Web, status: int, refused: bool):
    web.answers["/a"] = (status, b"")
    with pytest.raises(ImageFailed) as failed:
        web.fetch("/a")
    assert isinstance(failed.value, ImageRefused) == refused


def test_one_that_is_too_large_is_not_read_to_its_end(web: Web, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "MOST_BYTES", 200_000)
    web.answers["/a"] = (200, jpeg() + bytes(2_000_000))
    with pytest.raises(ImageRefused, match="more than"):
        web.fetch("/a")


def test_a_certificate_of_nobody_is_none(web: Web):
    stranger = ImageFetcher(lambda _: ["127.0.0.1"], private=True, port=web.fetcher._port)
    with pytest.raises(ImageFailed):
        stranger.fetch("https://localhost/a.jpg")


@pytest.fixture
def kept(tmp_path: Path, web: Web) -> Callable[[int], Images]:
    return lambda most: Images(web.fetcher, tmp_path / "images", FakeClock(), most)


def test_it_is_fetched_once_and_had_by_what_it_holds(kept: Callable[[int], Images], web: Web):
    web.answers |= {"/a.jpg": (200, jpeg()), "/same.jpg": (200, jpeg())}
    store = kept(10**9)
    first = store.get("https://localhost/a.jpg")
    assert store.get("https://localhost/a.jpg") == first
    assert store.get("https://localhost/same.jpg").sha256 == first.sha256
    assert web.asked == ["/a.jpg", "/same.jpg"]
    file = store.file(first.sha256)
    assert file is not None
    assert (file.path.read_bytes(), file.media_type) == (jpeg(), "image/jpeg")


@pytest.mark.parametrize("name", ["", "../../metarr.key", "0" * 64, "Z" * 64, "0" * 63, "/etc/passwd"])
def test_there_is_no_other_file(kept: Callable[[int], Images], name: str):
    assert kept(10**9).file(name) is None


def test_what_failed_is_asked_again_later_and_what_was_refused_never(web: Web, tmp_path: Path):
    clock = FakeClock()
    store = Images(web.fetcher, tmp_path / "images", clock)
    web.answers["/a.jpg"] = (503, b"")
    first = store.get("https://localhost/a.jpg")
    assert (first.sha256, first.retry_at is not None) == ("", True)
    store.get("https://localhost/a.jpg")
    clock.advance(301)
    web.answers["/a.jpg"] = (200, jpeg())
    assert store.get("https://localhost/a.jpg").sha256
    assert web.asked == ["/a.jpg", "/a.jpg"]
    assert store.get("https://localhost/gone.jpg").retry_at is None
    clock.advance(10**6)
    store.get("https://localhost/gone.jpg")
    assert web.asked.count("/gone.jpg") == 1


@pytest.mark.slow
def test_the_oldest_go_where_there_are_too_many(kept: Callable[[int], Images], web: Web):
    store = kept(100_000)
    for number in range(20):
        web.answers[f"/{number}.png"] = (200, png(10 + number) + bytes(9_000))
        store.get(f"https://localhost/{number}.png")
    size = sum(path.stat().st_size for path in (store._folder / "contents").rglob("*") if path.is_file())
    assert 50_000 < size <= 100_000
    assert store.file(store.get("https://localhost/19.png").sha256) is not None
