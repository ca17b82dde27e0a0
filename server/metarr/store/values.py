"""How a field's value and its provenance are written as JSON text. Shared by items, vetoes and change-sets."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from metarr.domain.changes import Change
from metarr.domain.fields import FIELDS, decode_value, encode_value
from metarr.domain.item import FieldValue, HeldValue, Rule, Withdrawal
from metarr.domain.values import Struct, Value

log = structlog.get_logger(__name__)

__all__ = [
    "decode_changes",
    "decode_held",
    "decode_stored",
    "encode_changes",
    "encode_held",
    "encode_value",
    "read_value",
]


NOTHING = "null"
"""How "has none" is written where a value stands."""


class _StoredValue(Struct, frozen=True, kw_only=True):
    """A FieldValue on disk: which type its value has, only the field's name tells."""

    value: msgspec.Raw = msgspec.Raw(b"null")
    sources: tuple[str, ...] = ()
    fetched_at: datetime | None = None
    rule: Rule = Rule.FIRST
    asked_ids: tuple[str, ...] = ()
    locked: bool = False
    contributors: tuple[tuple[str, ...], ...] = ()
    language: str = ""
    day: str = ""
    withdrawals: tuple[Withdrawal, ...] = ()


class _StoredChange(Struct, frozen=True, kw_only=True):
    """A Change on disk."""

    field: str
    old: _StoredValue = _StoredValue()
    new: _StoredValue = _StoredValue()


class _StoredHeld(Struct, frozen=True, kw_only=True):
    """A HeldValue on disk. `own` absent: the same as the value."""

    value: msgspec.Raw
    since: datetime
    own: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    lock_of_other: bool = False


_decode = msgspec.json.Decoder(_StoredValue).decode
_decode_held = msgspec.json.Decoder(dict[str, _StoredHeld]).decode
_decode_changes = msgspec.json.Decoder(tuple[_StoredChange, ...]).decode
_encode = msgspec.json.Encoder().encode
_SHOWN = {field: position for position, field in enumerate(FIELDS)}


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
    return _field_value(field, _decode(text))


PACKED_FROM = 1024
"""Changes of this many bytes and more are compressed: to a quarter, and the first ones of a title have 13,000."""


def encode_changes(changes: Sequence[Change]) -> tuple[str, bytes | None]:
    """Changes as JSON text; of long ones the fields and their new sources alone, by which they are looked for, and
    beside that all of it, compressed."""
    encoded = _encode(changes)
    if len(encoded) < PACKED_FROM:
        return encoded.decode(), None
    words = {word for change in changes for word in (change.field, *change.new.sources)}
    return _encode(sorted(words)).decode(), zlib.compress(encoded, 1)


def decode_changes(text: str, packed: bytes | None) -> tuple[Change, ...]:
    """Changes in catalogue order from what `encode_changes` made of them.

    What cannot be read cannot be undone, so it is left out: shown as "nothing" it would be put back as nothing.
    """
    changes = []
    for stored in _decode_changes(text if packed is None else zlib.decompress(packed)):
        old, new = _field_value(stored.field, stored.old), _field_value(stored.field, stored.new)
        if old is not None and new is not None:
            changes.append(Change(field=stored.field, old=old, new=new))
    return tuple(sorted(changes, key=lambda change: _SHOWN.get(change.field, len(_SHOWN))))


def encode_held(values: Mapping[str, HeldValue]) -> str:
    """What a file or a player holds, by field, as JSON text."""
    plain: dict[str, dict[str, Any]] = {}
    for name, each in values.items():
        plain[name] = {"value": each.value, "since": each.since}
        if each.own != each.value:
            plain[name]["own"] = each.own
        if each.lock_of_other:
            plain[name]["lock_of_other"] = True
    return _encode(plain).decode()


def decode_held(text: str) -> dict[str, HeldValue]:
    """What a file or a player holds, by field, from its JSON text; what cannot be read is left out."""
    values = {}
    for name, stored in _decode_held(text).items():
        value = read_value(name, stored.value)
        if value is not None:
            own = _own(name, value, stored.own)
            values[name] = HeldValue(value=value, own=own, since=stored.since, lock_of_other=stored.lock_of_other)
    return values


def _own(name: str, value: Value, own: msgspec.Raw | msgspec.UnsetType) -> Value | None:
    if isinstance(own, msgspec.UnsetType):
        return value
    return None if bytes(own) == b"null" else read_value(name, own)


def _field_value(field: str, stored: _StoredValue) -> FieldValue | None:
    nothing = bytes(stored.value) == b"null"
    value = None if nothing else read_value(field, stored.value)
    if value is None and not nothing:
        return None
    return FieldValue(
        value=value,
        sources=stored.sources,
        fetched_at=stored.fetched_at,
        rule=stored.rule,
        asked_ids=stored.asked_ids,
        locked=stored.locked,
        contributors=stored.contributors,
        language=stored.language,
        day=stored.day,
        withdrawals=stored.withdrawals,
    )
