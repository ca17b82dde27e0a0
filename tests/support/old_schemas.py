"""Rows of a SQLite file as earlier versions wrote them, from those that this version writes."""

import json
import sqlite3
from typing import Any


def before_lists(file: sqlite3.Connection) -> None:
    """As of before schema 0005: several names in one text, joined by "+", the other item of a conflict as "item 7"."""
    for table, column in (("field_values", "source"), ("field_values", "asked_id"), ("vetoes", "provider")):
        joined = f"SELECT coalesce(group_concat(value, '+'), '') FROM json_each({column})"
        file.execute(f"UPDATE {table} SET {column} = ({joined})")
    told = "SELECT coalesce(group_concat(key || ':' || value, ' '), '') FROM json_each(told)"
    file.execute(f"UPDATE job_items SET told = ({told})")
    for table, column, rewritten in (
        ("change_sets", "changes", _changes),
        ("joins", "changes", _joined),
        ("items", "conflicts", _conflicts),
    ):
        for number, text in file.execute(f"SELECT id, {column} FROM {table}").fetchall():
            new = _text(rewritten(json.loads(text)))
            file.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (new, number))


def _changes(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value if name == "field" else _stored(value) for name, value in each.items()} for each in changes]


def _joined(changes: dict[str, list[str]]) -> dict[str, list[str]]:
    return {field: [_text(_stored(json.loads(side))) for side in sides] for field, sides in changes.items()}


def _stored(value: dict[str, Any]) -> dict[str, Any]:
    old = {"sources": "source", "asked_ids": "asked_id"}
    return {old.get(name, name): "+".join(found) if name in old else found for name, found in value.items()}


def _conflicts(conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**{name: found for name, found in each.items() if name != "item"}, "held": f"item {each['item']}"}
        if "item" in each
        else each
        for each in conflicts
    ]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
