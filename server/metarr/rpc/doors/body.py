"""Request bodies: read whole, and within bounds, before anything else happens."""

import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from cheroot.errors import MaxSizeExceeded

from metarr.rpc.doors.gate import refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PIECE = 64 * 1024


class TooLarge(Exception):
    """The body is larger than allowed."""


def bounded(app: "WSGIApplication", most: int) -> "WSGIApplication":
    """Gives `app` the whole body, of at most `most` bytes, in memory.

    So nothing behind it waits for a slow sender or reads without end, and no answer leaves half a body on a
    connection that is used again.
    """

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            body = _read(environ, most)
        except TooLarge:
            text = f"the request is larger than {most} bytes; send less at once"
            answer = refusal(environ, 413, "resource_exhausted", text)
            return _then_drain(answer(environ, start_response), environ, 2 * most)
        except ValueError:
            text = "the request ended early, or its pieces are malformed"
            return refusal(environ, 400, "invalid_argument", text, Connection="close")(environ, start_response)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return app(environ, start_response)

    return application


def _read(environ: "WSGIEnvironment", most: int) -> bytes:
    """The body. Raises TooLarge, as soon as that is known, and ValueError for one that is cut short."""
    stream, length = environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0)
    if length > most:
        raise TooLarge
    if environ.get("wsgi.input_terminated"):
        stream.maxlen = 2 * most  # cheroot takes a piece into memory whole, however large it says it is
    body = bytearray()
    while piece := _next(stream, most + 1 - len(body)):
        body += piece
    if len(body) > most:
        raise TooLarge
    if len(body) < length:
        raise ValueError("cut short")
    return bytes(body)


def _next(stream: io.BufferedIOBase, most: int) -> bytes:
    try:
        return stream.read(min(most, _PIECE))
    except MaxSizeExceeded as error:
        raise TooLarge from error
    except OSError as error:
        if error.errno is None and not isinstance(error, TimeoutError):  # cheroot's word for a piece too large
            raise TooLarge from error
        raise


def _then_drain(answer: Iterable[bytes], environ: "WSGIEnvironment", most: int) -> Iterator[bytes]:
    """The answer; after it, what the client still sends, within reason: else it may see a reset and no answer."""
    yield from answer
    with suppress(Exception):  # the answer is out; what happens to the rest concerns nobody
        while most > 0 and (piece := environ["wsgi.input"].read(_PIECE)):
            most -= len(piece)
