"""Values of fields as a form holds them, and as a method takes what was typed."""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.struct_pb2 import Value

from metarr.rpc.doors.local import plain_of, value_message
from metarr.v1 import config_service_pb2 as config

LONG = frozenset({"plot", "outline"})
"""Texts that have several lines' room also while they are empty."""
LINE = 90
"""Characters of a text that fit into one line."""

Type = config.Field


def text_of(value: Value) -> str:
    """A value as an input holds it: one element a line, of a person "Name | Role"."""
    plain = plain_of(value)
    match plain:
        case None:
            return ""
        case list():
            return "\n".join(map(_line, plain))
        case _:
            return _line(plain)


def _line(plain: Any) -> str:
    if not isinstance(plain, dict):
        return str(plain)
    name = str(plain.get("name") or plain.get("url") or "")
    return f"{name} | {plain['role']}" if plain.get("role") else name


def rows_of(field: config.Field, text: str) -> int:
    """How many lines an input has room for; 1: it is of one line only."""
    if field.type in (Type.TYPE_TEXTS, Type.TYPE_CREDITS, Type.TYPE_ARTWORK):
        return min(max(text.count("\n") + 2, 3), 12)
    if field.type != Type.TYPE_TEXT or (field.name not in LONG and len(text) <= LINE and "\n" not in text):
        return 1
    return min(max(len(text) // LINE + text.count("\n") + 1, 4), 12)


def typed(field: config.Field, text: str, before: Value) -> Value:
    """What was typed, for a method; it tells what is wrong with that. `before`: what is stored, from which comes what
    nobody types: a person's photo and ids."""
    text = text.replace("\r\n", "\n").strip()
    return value_message(_READ.get(field.type, _text)(text, before) if text else None)


def _text(text: str, before: Value) -> Any:
    return text


def _number(text: str, before: Value) -> Any:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def _texts(text: str, before: Value) -> Any:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _credits(text: str, before: Value) -> Any:
    """People in the order of the lines. Whose line is as it was stays as it is; a new role leaves the rest."""
    stored = [each for each in plain_of(before) or () if isinstance(each, dict)]
    by_line = {_line(each): each for each in reversed(stored)}
    by_name = {str(each.get("name")): each for each in reversed(stored)}
    return [{**_person(line, by_line, by_name), "order": place} for place, line in enumerate(_texts(text, before))]


def _person(line: str, by_line: Mapping[str, Any], by_name: Mapping[str, Any]) -> Mapping[str, Any]:
    if line in by_line:
        return by_line[line]  # type: ignore[no-any-return]
    name, _, role = map(str.strip, line.partition("|"))
    return {**by_name.get(name, {}), "name": name, "role": role}


def _collection(text: str, before: Value) -> Any:
    stored = plain_of(before)
    return stored if isinstance(stored, dict) and stored.get("name") == text else {"name": text}


def _pictures(text: str, before: Value) -> Any:
    stored = {each.get("url"): each for each in plain_of(before) or () if isinstance(each, dict)}
    return [stored.get(url, {"url": url}) for url in _texts(text, before)]


_READ: Mapping[int, Callable[[str, Value], Any]] = {
    Type.TYPE_INTEGER: _number,
    Type.TYPE_RATING: _number,
    Type.TYPE_TEXTS: _texts,
    Type.TYPE_CREDITS: _credits,
    Type.TYPE_COLLECTION: _collection,
    Type.TYPE_ARTWORK: _pictures,
}
