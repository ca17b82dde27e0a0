"""Where a request begins and ends in what a caller sends. Strict: what two programs could read differently is refused.

All of it is pure: bytes go in, and what they are comes out.
"""

import re
from dataclasses import dataclass

MOST_HEAD = 64 * 1024
"""Bytes of a request's head."""
_MOST_LINE = 1024
"""Bytes of a line that tells the size of a piece, or that follows the last one."""
_MOST_PIECES, _SMALL_PIECE = 1000, 64
"""So many pieces may come anyway, and one more for so many bytes."""

_HEADER = re.compile(rb"([!#$%&'*+.^`|~0-9A-Za-z_-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_PIECE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(;[^\r\n]*)?")


class MalformedRequest(Exception):
    """It is no request that can be read. `status`: of the answer that says so."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class RequestHead:
    """What a request's head tells of its end. `size` in bytes; `length` of the body, None: it comes in pieces.

    `waits`: the caller sends no body before it is told to go on.
    """

    size: int
    path: bytes
    authorization: str
    length: int | None
    waits: bool


def read_head(received: bytes | bytearray) -> RequestHead | None:
    """The head that what was received begins with; None: it is not complete. Raises MalformedRequest."""
    end = received.find(b"\r\n\r\n", 0, MOST_HEAD)
    if end < 0:
        if len(received) >= MOST_HEAD:
            raise MalformedRequest(431, f"the head of the request is larger than {MOST_HEAD} bytes")
        return None
    request, *lines = bytes(received[:end]).split(b"\r\n")
    headers = [_header(line) for line in lines]
    hosts, lengths, codings = (
        [value for name, value in headers if name == wanted]
        for wanted in (b"host", b"content-length", b"transfer-encoding")
    )
    if len(hosts) > 1:
        raise MalformedRequest(400, "the request has more than one Host")
    shown = [value for name, value in headers if name == b"authorization"]
    return RequestHead(
        size=end + 4,
        path=b" ".join(request.split(b" ")[1:2]),
        authorization=shown[0].decode("latin-1") if len(shown) == 1 else "",
        length=_length(lengths, codings),
        waits=(b"expect", b"100-continue") in [(name, value.lower()) for name, value in headers],
    )


def _header(line: bytes) -> tuple[bytes, bytes]:
    matched = _HEADER.fullmatch(line)
    if matched is None:
        raise MalformedRequest(400, "a header of the request is malformed")
    return matched[1].lower(), matched[2]


def _length(lengths: list[bytes], codings: list[bytes]) -> int | None:
    if codings and lengths:
        raise MalformedRequest(400, "the request has a Content-Length and a Transfer-Encoding; it may have one of them")
    if codings:
        if [coding.lower() for coding in codings] != [b"chunked"]:
            raise MalformedRequest(501, "the only Transfer-Encoding spoken here is chunked")
        return None
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(each) for each in lengths):
        raise MalformedRequest(400, "the Content-Length of the request is no number, or there are several")
    return int(lengths[0]) if lengths else 0


class RequestBody:
    """Takes a body of at most `most` bytes out of what is received. Raises MalformedRequest."""

    def __init__(self, head: RequestHead, most: int) -> None:
        self._length, self._most = head.length, most
        self._left, self._pieces, self._in_piece, self._trailing = 0, 0, False, False
        self.content = bytearray()
        self._refuse_beyond(head.length or 0)

    def take(self, received: bytearray) -> bool:
        """Take what is there out of what was received; whether the body is complete. Raises MalformedRequest."""
        if self._length is not None:
            self._move(received, self._length - len(self.content))
            return len(self.content) == self._length
        over: bool | None = None
        while over is None:
            over = self._step(received)
        return over

    def _step(self, received: bytearray) -> bool | None:
        """One part of a body in pieces; None: look for the next one, False: more has to come, True: it is complete."""
        if self._left:
            self._left -= self._move(received, self._left)
            return False if self._left else None
        line = _line(received)
        if line is None:
            return False
        if self._in_piece:
            if line:
                raise MalformedRequest(400, "a piece of the request is longer than it says")
            self._in_piece = False
        elif self._trailing:
            if not line:
                return True
            self._count()
        else:
            self._begin(line)
        return None

    def _begin(self, line: bytes) -> None:
        matched = _PIECE.fullmatch(line)
        if matched is None:
            raise MalformedRequest(400, "a piece of the request does not tell its size")
        self._count()
        self._left = int(matched[1], 16)
        self._refuse_beyond(len(self.content) + self._left)
        self._in_piece, self._trailing = self._left > 0, self._left == 0

    def _count(self) -> None:
        """Each piece costs time, however small it is."""
        self._pieces += 1
        if self._pieces > _MOST_PIECES + len(self.content) // _SMALL_PIECE:
            raise MalformedRequest(400, "the request comes in too many small pieces")

    def _refuse_beyond(self, size: int) -> None:
        if size > self._most:
            raise MalformedRequest(413, f"the request is larger than {self._most} bytes; send less at once")

    def _move(self, received: bytearray, most: int) -> int:
        part = received[:most]
        self.content += part
        del received[:most]
        return len(part)


def _line(received: bytearray) -> bytes | None:
    """Take the next line; None: it is not complete."""
    end = received.find(b"\r\n", 0, _MOST_LINE)
    if end < 0:
        if len(received) >= _MOST_LINE:
            raise MalformedRequest(400, "a line between the pieces of the request is too long")
        return None
    line = bytes(received[:end])
    del received[: end + 2]
    return line
