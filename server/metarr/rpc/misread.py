"""Where JSON cannot be read as a message, found by walking it along the message's descriptor.

protobuf tells that in English, and a list's element not at all: of `{"items": [{"year": "soon"}]}` this says
`items[0].year`, as the checks of requests do.
"""

import json
from collections.abc import Iterator
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from metarr.errors import Violation

_WHOLE = "a whole number in its range"
_SCALARS = {
    FieldDescriptor.CPPTYPE_STRING: "a text",
    FieldDescriptor.CPPTYPE_BOOL: "true or false",
    FieldDescriptor.CPPTYPE_INT32: _WHOLE,
    FieldDescriptor.CPPTYPE_INT64: _WHOLE,
    FieldDescriptor.CPPTYPE_UINT32: _WHOLE,
    FieldDescriptor.CPPTYPE_UINT64: _WHOLE,
    FieldDescriptor.CPPTYPE_FLOAT: "a number",
    FieldDescriptor.CPPTYPE_DOUBLE: "a number",
}
_WELL_KNOWN = {
    "google.protobuf.Timestamp": "a time such as 2026-01-31T12:00:00Z",
    "google.protobuf.FieldMask": "names of fields in one text, with commas",
    "google.protobuf.Value": "any JSON of a hundred levels at most",
}


def misread(text: str, message: type[Message]) -> Violation:
    """The first thing that keeps JSON from being read as this message."""
    try:
        tree = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        return Violation("", f"the request is no JSON: {error}")
    descriptor: Any = message.DESCRIPTOR  # of one of several implementations, as types have it
    return next(_faults(tree, descriptor, ""), Violation("", "the request has too many levels"))


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    message = dict(pairs)
    if len(message) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:60]!r} is there twice in one object")
    return message


def _faults(tree: Any, descriptor: Descriptor, path: str) -> Iterator[Violation]:
    if not isinstance(tree, dict):
        yield Violation(path, f"{_shown(tree)} is no JSON object")
        return
    fields = {name: field for field in descriptor.fields for name in (field.name, field.json_name)}
    chosen: dict[str, str] = {}
    for name, value in tree.items():
        place, field = f"{path}.{name}" if path else name, fields.get(name)
        if field is None:
            yield Violation(place, "there is no such field")
        elif value is not None:
            if field.containing_oneof and (other := chosen.setdefault(field.containing_oneof.name, name)) != name:
                yield Violation(place, f"cannot be given beside {other}")
            yield from _of_field(field, value, place)


def _of_field(field: FieldDescriptor, value: Any, place: str) -> Iterator[Violation]:
    if field.message_type and field.message_type.GetOptions().map_entry:
        if not isinstance(value, dict):
            yield Violation(place, f"{_shown(value)} is no JSON object")
            return
        for key, each in value.items():
            yield from _of_one(field.message_type.fields_by_name["value"], each, f"{place}.{key}")
    elif field.is_repeated:
        if not isinstance(value, list):
            yield Violation(place, f"{_shown(value)} is no list: it must be in []")
            return
        for n, each in enumerate(value):
            yield from _of_one(field, each, f"{place}[{n}]")
    else:
        yield from _of_one(field, value, place)


def _of_one(field: FieldDescriptor, value: Any, place: str) -> Iterator[Violation]:
    """Of a field that is not repeated, or of one element."""
    if field.message_type and field.message_type.full_name not in _WELL_KNOWN:
        yield from _faults(value, field.message_type, place)
    elif not _readable(field, value):
        yield Violation(place, f"{_shown(value)} is not {_expected(field)}")


def _readable(field: FieldDescriptor, value: Any) -> bool:
    message: Any = field.containing_type
    alone = json.dumps({field.name: [value] if field.is_repeated else value})
    try:
        json_format.Parse(alone, GetMessageClass(message)())
    except json_format.ParseError:
        return False
    return value is not None or (field.message_type is not None and "Value" in field.message_type.name)


def _expected(field: FieldDescriptor) -> str:
    if field.enum_type:
        return f"one of {', '.join(field.enum_type.values_by_name)}"
    return _WELL_KNOWN[field.message_type.full_name] if field.message_type else _SCALARS.get(field.cpp_type, "readable")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"
