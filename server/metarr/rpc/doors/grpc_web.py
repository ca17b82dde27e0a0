"""gRPC-Web in its text form. connectrpc speaks the binary form; here it is put into base64 and out of it."""

import base64
import binascii
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from metarr.rpc.doors.gate import refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = "application/grpc-web-text"
BINARY = "application/grpc-web"

_SEGMENT = re.compile(rb"[A-Za-z0-9+/]+={0,2}")


def decode_text(body: bytes) -> bytes:
    """The bytes behind base64 that may consist of several padded segments. Raises ValueError."""
    segments = _SEGMENT.findall(body)
    if b"".join(segments) != body:
        raise ValueError("no base64")
    try:
        return b"".join(base64.b64decode(segment) for segment in segments)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def text_form(app: "WSGIApplication") -> "WSGIApplication":
    """Lets `app`, which speaks the binary form, also speak the text form. The body must have been read already."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kind = environ.get("CONTENT_TYPE", "")
        if not kind.startswith(TEXT):
            return app(environ, start_response)
        try:
            body = decode_text(environ["wsgi.input"].read())
        except ValueError:
            text = f"the body of {TEXT} is not base64"
            return refusal(environ, 400, "invalid_argument", text)(environ, start_response)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        environ["CONTENT_TYPE"] = kind.replace(TEXT, BINARY, 1)
        return _encoded(app(environ, _as_text(start_response)))

    return application


def _as_text(start_response: "StartResponse") -> "StartResponse":
    def start(status: str, headers: list[tuple[str, str]], *more: object) -> Callable[[bytes], object]:
        changed = [(n, v.replace(BINARY, TEXT, 1) if n.lower() == "content-type" else v) for n, v in headers]
        return start_response(status, changed, *more)  # type: ignore[arg-type]

    return start


def _encoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Every piece in base64 by itself, padded, as the text form allows; so a stream is not held back."""
    try:
        for piece in pieces:
            yield base64.b64encode(piece)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
