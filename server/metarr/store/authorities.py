"""The owner's field-authority rules: what differs from the catalogue, the global priority, the filling of gaps."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from metarr.domain.authority import DEFAULT_PRIORITY, Authority, FieldRule, rule_key
from metarr.domain.values import Kind
from metarr.store import key_values
from metarr.store.tables import field_authorities as table
from metarr.store.upsert import upsert

PRIORITY, FILL_GAPS, EARLIER = "provider_priority", "fill_gaps", "earlier_authorities"

REMEMBERED = 8
"""How many of the rules that were in force before are kept."""


def read(connection: Connection, values: Mapping[str, Any] | None = None) -> Authority:
    """The rules in force. `known`: the settings by key, of a caller who has read them."""
    rules = {
        rule_key(Kind(row.kind), row.field): FieldRule(
            providers=row.providers, exclusive=row.exclusive, union=row.union
        )
        for row in connection.execute(_RULES)
    }
    if values is None:
        values = key_values.read(connection)
    return Authority(
        priority=tuple(values.get(PRIORITY, DEFAULT_PRIORITY)),
        rules=rules,
        fill_gaps=bool(values.get(FILL_GAPS, True)),
    )


def etag(authority: Authority) -> str:
    """A short text that is the same for the same rules and changes with every change of them."""
    return hashlib.blake2b(msgspec.json.encode(authority, order="deterministic"), digest_size=8).hexdigest()


def put(connection: Connection, rules: dict[tuple[Kind, str], FieldRule]) -> None:
    """Set the rules of these fields, by (kind, field); others stay."""
    rows = [
        {
            "kind": kind,
            "field": field,
            "providers": rule.providers,
            "exclusive": rule.exclusive,
            "union": rule.union,
        }
        for (kind, field), rule in rules.items()
    ]
    upsert(connection, table, rows)


def reset(connection: Connection, fields: Iterable[tuple[Kind, str]]) -> None:
    """Set these fields, by (kind, field), back to the catalogue's rule."""
    for kind, field in fields:
        connection.execute(delete(table).where(table.c.kind == kind, table.c.field == field))


def put_priority(connection: Connection, providers: Iterable[str]) -> None:
    """Set the global priority, the best first."""
    key_values.put(connection, {PRIORITY: list(providers)})


def put_fill_gaps(connection: Connection, fill_gaps: bool) -> None:
    """Say whether providers outside a field's own list fill its gaps."""
    key_values.put(connection, {FILL_GAPS: fill_gaps})


def earlier(connection: Connection) -> tuple[Authority, ...]:
    """The rules that were in force before, the latest first: those under which items may have been merged last."""
    try:
        return msgspec.convert(key_values.get(connection, EARLIER, []), tuple[Authority, ...])
    except msgspec.ValidationError:  # of a version that wrote them otherwise; items are merged again without them
        return ()


def remember(connection: Connection, authority: Authority) -> None:
    """Keep rules that are in force no more."""
    rules = (authority, *(each for each in earlier(connection) if each != authority))
    key_values.put(connection, {EARLIER: msgspec.to_builtins(rules[:REMEMBERED])})


_RULES = select(table).order_by(table.c.kind, table.c.field)
