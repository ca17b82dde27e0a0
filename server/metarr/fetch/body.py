"""From the bytes of an answer to JSON: a body is read by what it is, whatever its headers say of it."""

import json
import re
from typing import Any, NamedTuple

import msgspec

from metarr.fetch.almost_json import put_right

_CHARSET = re.compile(r'charset\s*=\s*"?([\w.:-]+)', re.IGNORECASE)
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_JSON = msgspec.json.Decoder()


class Body(NamedTuple):
    """A body as it was meant. `utf8`: strict JSON in UTF-8 wherever it is JSON at all. `value`: the object or list that
    it holds. `trouble`: why it holds none."""

    utf8: bytes
    value: Any = None
    trouble: str = ""


def read(body: bytes, content_type: str = "") -> Body:
    """What a body holds, whatever type and encoding it is declared to have. Raises nothing.

    JSON that is not quite JSON is put right. A body that is cut off is none.
    """
    try:
        return _holding(body, _JSON.decode(body))
    except ValueError:
        if not body.strip():
            return Body(body, trouble="is empty")
    except RecursionError:
        return Body(body, trouble="is nested too deeply")
    return _read_leniently(_text(body, content_type))


def _read_leniently(text: str) -> Body:
    utf8 = text.encode("utf-8", "replace")
    try:
        try:
            value = _JSON.decode(utf8)
        except ValueError:
            value = _JSON.decode("" if _PAGE.match(text) else put_right(text))
        return _holding(msgspec.json.encode(value), value)
    except ValueError:
        return Body(utf8, trouble="is a page, not JSON" if text.lstrip()[:1] == "<" else "is no JSON")
    except RecursionError:
        return Body(utf8, trouble="is nested too deeply")


def _holding(utf8: bytes, value: Any) -> Body:
    return Body(utf8, value) if isinstance(value, dict | list) else Body(utf8, trouble="holds neither object nor list")


def _text(body: bytes, content_type: str) -> str:
    """By its byte order mark or its zeros; UTF-8 where it is that; else as declared.

    Of what is neither, UTF-8 with a broken byte still has whole letters beyond ASCII, Latin-1 has none.
    """
    encoding = json.detect_encoding(body)
    if encoding != "utf-8":
        return body.decode(encoding, "replace")
    declared = _CHARSET.search(content_type)
    for candidate in ("utf-8", declared[1] if declared else ""):
        try:
            return body.decode(candidate)
        except (ValueError, LookupError):
            continue
    mended = body.decode("utf-8", "replace")
    whole = any(letter > "\x7f" and letter != "\ufffd" for letter in mended)
    return mended if whole else body.decode("cp1252", "replace")
