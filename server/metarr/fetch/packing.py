"""What a body is packed in, told by its own bytes: gateways send gzip unannounced, announce it in vain, pack twice."""

import re
import zlib

from metarr.errors import BadAnswer

LAYERS = 3
"""A body may be packed by the service, and once more by what stands before it."""

MEMBERS = 256
"""Parts of a packed body, each packed by itself, that are put together at most."""

_GZIP_MARK = b"\x1f\x8b\x08"
_TEXT = re.compile(rb'\s*(?:[{\[<"][^\x00-\x08\x0e-\x1f]*)?')
_GZIP, _ZLIB, _DEFLATE = 31, zlib.MAX_WBITS, -zlib.MAX_WBITS
"""How zlib is told the form: with gzip's header, with its own, with none."""


def unpack(body: bytes, most: int) -> bytes:
    """The body without its packing; one that is not packed stays as it is.

    Raises BadAnswer where it is packed and broken, or larger than `most` bytes, which are never exceeded on the way.
    """
    for _ in range(LAYERS):
        inner = _opened(body, most)
        if inner is None:
            break
        body = inner
    if len(body) > most:
        raise BadAnswer(f"the answer is larger than {most} bytes")
    return body


def _opened(body: bytes, most: int) -> bytes | None:
    """What is inside; None where it is not packed."""
    if body.startswith(_GZIP_MARK):
        try:
            return _inflated(body, _GZIP, most)
        except (zlib.error, EOFError):
            raise BadAnswer("the answer could not be unpacked") from None
    if _TEXT.fullmatch(body[:64]):
        return None
    # Without gzip's mark it may be text that only looks packed: it is packed if it can be unpacked to its very end.
    try:
        return _inflated(body, _ZLIB if _has_zlib_header(body) else _DEFLATE, most)
    except (zlib.error, EOFError):
        return None


def _has_zlib_header(body: bytes) -> bool:
    return body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0


def _inflated(packed: bytes, form: int, most: int) -> bytes:
    """Everything that was packed one after the other; what follows gzip and is not packed is padding.

    Raises zlib.error, EOFError where it breaks off or goes on, BadAnswer where it is too large.
    """
    pieces: list[bytes] = []
    left = most
    for _ in range(MEMBERS):
        member = zlib.decompressobj(form)
        pieces.append(member.decompress(packed, left + 1))
        left -= len(pieces[-1])
        if left < 0:
            raise BadAnswer(f"the answer is larger than {most} bytes")
        if not member.eof:
            raise EOFError
        packed = member.unused_data
        if form != _GZIP and packed:
            raise EOFError
        if not packed.startswith(_GZIP_MARK):
            return b"".join(pieces)
    raise EOFError
