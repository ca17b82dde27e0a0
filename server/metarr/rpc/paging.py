"""Page tokens: where the next page begins, tied to its query. Opaque to clients."""

import base64
import json
from typing import Annotated

import msgspec

from metarr.rpc.validate import Check

Position = list[str | int]
"""The keys of the last entry of a page, as its order has them."""

_Key = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | str
_decode = msgspec.json.Decoder(tuple[list[str | int], list[_Key]]).decode


def page_token(query: list[object], last: Position) -> str:
    """The token for the page after that entry."""
    return base64.urlsafe_b64encode(json.dumps([query, last]).encode()).decode()


def position(check: Check, token: str, query: list[object], types: tuple[type, ...]) -> Position | None:
    """Where the page begins: keys of these types; None: at the start."""
    if not token:
        return None
    try:
        of, last = _decode(base64.urlsafe_b64decode(token.encode()))
        fits = [type(key) for key in last] == list(types)
    except (ValueError, msgspec.MsgspecError):
        fits = False
    if not fits:
        check.violation("page_token", "is none that was handed out")
        return None
    if of != query:
        check.violation("page_token", "belongs to another query")
    return last
