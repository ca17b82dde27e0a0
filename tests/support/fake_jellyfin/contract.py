"""Jellyfin's own OpenAPI document, by which every request and answer is validated; it lies beside some checkouts."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

DOCUMENT = Path(__file__).resolve().parents[4] / "shared" / "reference" / "jellyfin" / "openapi-pruned.json"

MOST = 3

_BEYOND = ("OriginalLanguage",)
"""What 12 tells and the document, which is of 10.11, does not know."""


def _is_id(text: object) -> bool:
    """The server writes ids without hyphens, whatever the document says."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


@cache
def contract() -> Any:
    """What validates; None where the document is not at hand."""
    if not DOCUMENT.is_file():
        return None
    from openapi_core import Config, OpenAPI

    document = json.loads(DOCUMENT.read_text())
    properties = document["components"]["schemas"]["BaseItemDto"]["properties"]
    for name in _BEYOND:
        properties[name] = {"type": "string", "nullable": True}
    return OpenAPI.from_dict(document, config=Config(extra_format_validators={"uuid": _is_id}))


def is_told(method: str, path: str) -> bool:
    """Whether the document tells of it: it has not all that the server has."""
    parts = path.strip("/").split("/")
    if parts[2:3] == ["Images"]:
        return len(parts) == 4 and method != "GET"
    return True


def faults(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, *, answer: Any) -> list[str]:
    """What is wrong, by the document, with a good answer, and with a request that got one or was not understood."""
    document = contract()
    if document is None or not is_told(method, path) or answer.status not in (200, 204, 400):
        return []
    from openapi_core.testing import MockRequest, MockResponse

    uploads = "/Images/" in path
    request = MockRequest(
        "http://localhost",
        method.lower(),
        path,
        args=parse_qsl(query, keep_blank_values=True),  # type: ignore[arg-type]
        headers=dict(headers),
        # The document has the bytes of an image where the server wants base64.
        data=body or None,
        content_type=headers.get("Content-Type", "application/json").partition(";")[0],
    )
    found: list[Any] = [] if uploads else list(document.iter_request_errors(request))
    if answer.status == 200:
        response = MockResponse(_begun(answer.body), status_code=answer.status, content_type="application/json")
        found += document.iter_response_errors(request, response)
    return [f"{method} {path}?{query}: {error!r} {_cause(error)}"[:800] for error in found]


def _begun(body: bytes) -> bytes:
    """Of a page of items the first: to validate hundreds takes seconds."""
    answer = json.loads(body)
    if isinstance(answer, dict) and len(answer.get("Items", ())) > MOST:
        return json.dumps({**answer, "Items": answer["Items"][:MOST]}).encode()
    return body


def _cause(error: Any) -> str:
    cause = error.__cause__
    return "; ".join(map(str, getattr(cause, "schema_errors", [cause]))) if cause else ""
