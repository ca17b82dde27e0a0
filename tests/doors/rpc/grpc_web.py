"""A gRPC-Web client by hand: frames, trailers and the text form, as the specification of the protocol has them."""

import base64
import struct
import urllib.parse
from dataclasses import dataclass, field

import requests
from google.rpc import error_details_pb2, status_pb2

TRAILERS = 0x80


@dataclass
class Answer:
    """What came back. `code` and `message` from the trailers, `details` by type name without its package."""

    http_status: int
    headers: dict
    messages: list = field(default_factory=list)
    trailers: dict = field(default_factory=dict)

    @property
    def code(self):
        return int(self.trailers["grpc-status"])

    @property
    def message(self):
        return urllib.parse.unquote(self.trailers.get("grpc-message", ""))

    @property
    def details(self):
        raw = self.trailers.get("grpc-status-details-bin", "")
        status = status_pb2.Status.FromString(base64.b64decode(raw + "=" * (-len(raw) % 4)))
        found = {}
        for packed in status.details:
            name = packed.TypeName().removeprefix("google.rpc.")
            found[name] = getattr(error_details_pb2, name).FromString(packed.value)
        return found


def frame(payload, flags=0):
    return struct.pack(">BI", flags, len(payload)) + payload


def frames(body):
    """The frames of a body as (flags, payload) pairs; nothing may be left over."""
    found = []
    while body:
        flags, size = struct.unpack(">BI", body[:5])
        assert len(body) >= 5 + size, "a frame is cut short"
        found.append((flags, body[5 : 5 + size]))
        body = body[5 + size :]
    return found


def unbase64(text):
    """Base64 in which every group of four may end a padded segment."""
    return b"".join(base64.b64decode(text[at : at + 4], validate=True) for at in range(0, len(text), 4))


def call(base_url, method, request, response_type, *, text=False, form="+proto", headers=()):
    """Call a method with a message. `text`: in the text form."""
    kind = f"application/grpc-web{'-text' if text else ''}{form}"
    body = frame(request.SerializeToString())
    with requests.Session() as session:
        session.trust_env = False
        raw = session.post(
            f"{base_url}/{method}",
            data=base64.b64encode(body) if text else body,
            headers={"Content-Type": kind, "X-Grpc-Web": "1", **dict(headers)},
            timeout=10,
        )
    answer = Answer(raw.status_code, dict(raw.headers))
    if "grpc-status" in raw.headers:
        answer.trailers = {name.lower(): value for name, value in raw.headers.items()}
        return answer
    assert raw.headers["content-type"].startswith(kind.removesuffix(form))
    for flags, payload in frames(unbase64(raw.content) if text else raw.content):
        if flags & TRAILERS:
            lines = payload.decode("ascii").strip().split("\r\n")
            answer.trailers = dict(line.split(": ", 1) for line in lines)
        else:
            assert not answer.trailers, "a message follows the trailers"
            answer.messages.append(response_type.FromString(payload))
    return answer
