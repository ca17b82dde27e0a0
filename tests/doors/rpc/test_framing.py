"""Where requests begin and end, byte by byte, and what is refused because it could be read in two ways."""

import pytest

from metarr.rpc.doors.framing import MOST_HEAD, MalformedRequest, RequestBody, RequestHead, read_head

MOST = 1000


def head(*lines: str) -> bytes:
    return "\r\n".join(["POST /metarr.v1.X/Y HTTP/1.1", *lines, "", ""]).encode("latin-1")


def read(*lines: str) -> RequestHead:
    found = read_head(head(*lines))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ((), 0),
        (("Content-Length: 0",), 0),
        (("content-length:17",), 17),
        (("Content-Length: \t 17 \t",), 17),
        (("Content-Length: 0017",), 17),
        (("Transfer-Encoding: chunked",), None),
        (("TRANSFER-ENCODING: Chunked",), None),
    ],
)
def test_a_head_tells_how_long_the_body_is(lines: tuple[str, ...], length: int | None) -> None:
    assert read("Host: x", *lines).length == length


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("Content-Length: 3", "Transfer-Encoding: chunked"), 400),
        (("Transfer-Encoding: chunked", "Content-Length: 3"), 400),
        (("Content-Length: -3",), 400),
        (("Content-Length: +3",), 400),
        (("Content-Length: 3", "Content-Length: 3"), 400),
        (("Content-Length: 3", "content-length: 4"), 400),
        (("Content-Length: 3, 3",), 400),
        (("Content-Length: 3 3",), 400),
        (("Content-Length: 0x3",), 400),
        (("Content-Length: 3_0",), 400),
        (("Content-Length: ３",), 400),
        (("Content-Length:",), 400),
        (("Content-Length: 9999999999999999999",), 400),
        (("Content-Length : 3",), 400),
        ((" Content-Length: 3",), 400),
        (("X: y", " folded: 3"), 400),
        (("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 501),
        (("Transfer-Encoding: gzip, chunked",), 501),
        (("Transfer-Encoding: chunked, identity",), 501),
        (("Transfer-Encoding: xchunked",), 501),
        (("Transfer-Encoding:",), 501),
        (("Host: a", "Host: a"), 400),
        (("no colon",), 400),
        ((": no name",), 400),
        (("a b: c",), 400),
        (("X: a\nContent-Length: 3",), 400),
        (("X: a\rContent-Length: 3",), 400),
        (("X: a\x00b",), 400),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(lines: tuple[str, ...], status: int) -> None:
    raw = b"\r\n".join([b"POST / HTTP/1.1", *(line.encode() for line in lines), b"", b""])
    with pytest.raises(MalformedRequest) as caught:
        read_head(raw)
    assert caught.value.status == status


def test_a_head_is_read_once_it_is_complete() -> None:
    whole = head("Host: x", "Authorization: Bearer t", "Expect: 100-Continue", "Content-Length: 2")
    assert all(read_head(whole[:size]) is None for size in range(len(whole)))
    found = read_head(whole + b"{}POST")
    assert found == RequestHead(size=len(whole), path=b"/metarr.v1.X/Y", authorization="Bearer t", length=2, waits=True)


def test_two_authorizations_are_none() -> None:
    assert read("Authorization: a", "Authorization: b").authorization == ""


def test_a_head_has_an_end() -> None:
    assert read_head(b"x" * (MOST_HEAD - 1)) is None
    with pytest.raises(MalformedRequest) as caught:
        read_head(b"x" * MOST_HEAD)
    assert caught.value.status == 431


def taken(length: int | None, sent: bytes, size: int) -> tuple[bytes, bytes, bool]:
    """What is taken out of what comes in parts of a size, what is left of that, and whether it is complete."""
    body = RequestBody(RequestHead(size=0, path=b"", authorization="", length=length, waits=False), MOST)
    received, complete = bytearray(), False
    for at in range(0, len(sent), size):
        received += sent[at : at + size]
        complete = complete or body.take(received)
    return bytes(body.content), bytes(received), complete


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    ("length", "sent", "content"),
    [
        (3, b"abc", b"abc"),
        (None, b"0\r\n\r\n", b""),
        (None, b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (None, b"003;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\nZ: 1\r\n\r\n", b"abc0123456789"),
        (None, b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n"),
    ],
)
def test_a_body_is_taken_as_it_comes_and_no_more(length: int | None, sent: bytes, content: bytes, size: int) -> None:
    assert taken(length, sent + b"next", size) == (content, b"next", True)


@pytest.mark.parametrize("sent", [b"", b"3", b"3\r\nab", b"3\r\nabc", b"3\r\nabc\r\n", b"0\r\n", b"0\r\nX: y\r\n"])
def test_half_a_body_is_none(sent: bytes) -> None:
    assert not taken(None, sent, 1000)[2]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"zz\r\n", 400),
        (b"-3\r\nabc", 400),
        (b"+3\r\nabc", 400),
        (b"0x3\r\nabc", 400),
        (b" 3\r\nabc", 400),
        (b"\r\n", 400),
        (b"3\r\nabcd\r\n", 400),
        (b"%x\r\n" % 10**12, 413),
        (b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\n", 413),
        (b"3" + b" " * 2000, 400),
        (b"1\r\nx\r\n" * 1000, 413),
        (b"0\r\n" + b"X: y\r\n" * 2000, 400),
    ],
)
def test_a_body_that_is_malformed_or_too_large_is_refused(sent: bytes, status: int) -> None:
    with pytest.raises(MalformedRequest) as caught:
        taken(None, sent * 2 if status == 413 else sent, 1000)
    assert caught.value.status == status


def test_very_many_tiny_pieces_are_refused() -> None:
    body = RequestBody(RequestHead(size=0, path=b"", authorization="", length=None, waits=False), 10**6)
    with pytest.raises(MalformedRequest, match="too many small pieces"):
        body.take(bytearray(b"1\r\nx\r\n" * 3000))


def test_a_body_that_says_that_it_is_too_large_is_refused_before_it_comes() -> None:
    with pytest.raises(MalformedRequest) as caught:
        RequestBody(RequestHead(size=0, path=b"", authorization="", length=MOST + 1, waits=False), MOST)
    assert caught.value.status == 413
