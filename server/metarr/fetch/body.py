"""From the bytes of an answer to JSON."""

import codecs
import re
from typing import Any

import msgspec

from metarr.errors import BadAnswer

_CHARSET = re.compile(r'charset\s*=\s*"?([\w.:-]+)', re.IGNORECASE)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_JSON = msgspec.json.Decoder()


def decode_json(body: bytes, content_type: str = "") -> Any:
    """The object or list that a body holds, whatever type it is declared to be.

    Raises BadAnswer for anything else: empty, null, cut off, no JSON, not in the encoding that it declares, or
    nested too deeply.
    """
    try:
        value = _JSON.decode(utf8(body, content_type))
    except (ValueError, LookupError):
        trouble = (
            "is empty" if not body.strip() else "is a page, not JSON" if body.lstrip()[:1] == b"<" else "is no JSON"
        )
    except RecursionError:
        trouble = "is nested too deeply"
    else:
        if isinstance(value, dict | list):
            return value
        trouble = "holds neither object nor list"
    raise BadAnswer(f"the answer {trouble}")


def utf8(body: bytes, content_type: str = "") -> bytes:
    """The body in UTF-8 without a byte order mark, which parsers of JSON do not expect.

    Raises ValueError or LookupError for one that is not in the encoding that it declares.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding).encode()
    declared = _CHARSET.search(content_type)
    if declared is None or declared[1].lower() in ("utf-8", "utf8"):
        return body
    return body.decode(declared[1]).encode()
