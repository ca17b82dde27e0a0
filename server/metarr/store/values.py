"""How a field's value and its provenance are written as JSON text. Shared by items, vetoes and change-sets."""

from datetime import datetime

import msgspec
import structlog

from metarr.domain.fields import decode_value, encode_value
from metarr.domain.model import FieldValue, Rule, Struct, Value

log = structlog.get_logger(__name__)

__all__ = ["decode_stored", "encode_value", "read_value"]


class _Stored(Struct, frozen=True, kw_only=True):
    """A FieldValue on disk: which type its value has, only the field's name tells."""

    value: msgspec.Raw = msgspec.Raw(b"null")
    source: str = ""
    fetched_at: datetime | None = None
    rule: Rule = Rule.FIRST
    asked_id: str = ""
    locked: bool = False
    contributors: tuple[tuple[str, ...], ...] = ()


_decode = msgspec.json.Decoder(_Stored).decode


def read_value(field: str, text: str | bytes | msgspec.Raw) -> Value | None:
    """A value as stored; None where this version knows no such field or reads its values otherwise.

    The row stays as it is: a later version may know it again.
    """
    try:
        return decode_value(field, text)
    except (KeyError, msgspec.DecodeError) as error:
        log.warning("stored_value_unreadable", field=field, error=type(error).__name__)
        return None


def decode_stored(field: str, text: str) -> FieldValue | None:
    """A whole FieldValue from its JSON text, as `msgspec.json.encode` writes it. None: its value cannot be read."""
    stored = _decode(text)
    nothing = bytes(stored.value) == b"null"
    value = None if nothing else read_value(field, stored.value)
    if value is None and not nothing:
        return None
    return FieldValue(
        value=value,
        source=stored.source,
        fetched_at=stored.fetched_at,
        rule=stored.rule,
        asked_id=stored.asked_id,
        locked=stored.locked,
        contributors=stored.contributors,
    )
