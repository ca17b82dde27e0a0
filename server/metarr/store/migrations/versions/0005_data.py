"""Lists and references where there was text to be taken apart: the sources of a value and of a veto, the ids they were
asked with, what providers said in a job, and the other item of a conflict."""

import json
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BATCH = 1000

_values = sa.table("field_values", sa.column("item_id"), sa.column("field"), sa.column("source"), sa.column("asked_id"))
_items = sa.table("items", sa.column("id"), sa.column("conflicts"))
_change_sets = sa.table("change_sets", sa.column("id"), sa.column("changes"))
_joins = sa.table("joins", sa.column("id"), sa.column("changes"))


def upgrade() -> None:
    _split_values()
    op.execute("""UPDATE vetoes SET provider = '["' || replace(provider, '+', '","') || '"]'""")
    op.execute("""
        UPDATE job_items SET told =
        CASE told WHEN '' THEN '{}' ELSE '{"' || replace(replace(told, ' ', '","'), ':', '":"') || '"}' END
    """)
    _rewrite(_change_sets, _change_sets.c.changes, _changes)
    _rewrite(_joins, _joins.c.changes, _joined_changes)
    _rewrite(_items, _items.c.conflicts, _conflicts)


def _split_values() -> None:
    """In one statement: a row for each from here would take as long as everything else together."""
    odd = sa.or_(*(_values.c.asked_id.contains(letter, autoescape=True) for letter in '"\\'))
    rows = op.get_bind().execute(sa.select(_values).where(odd)).all()
    op.execute("""
        UPDATE field_values SET
        source = CASE source WHEN '' THEN '[]' ELSE '["' || replace(source, '+', '","') || '"]' END,
        asked_id = CASE WHEN asked_id = '' THEN '[]'
            WHEN source LIKE '%+%' THEN '["' || replace(asked_id, '+', '","') || '"]'
            ELSE '["' || asked_id || '"]' END
    """)
    for row in rows:
        here = sa.and_(_values.c.item_id == row.item_id, _values.c.field == row.field)
        asked = json.dumps(_asked(row.source, row.asked_id), ensure_ascii=False)
        op.get_bind().execute(sa.update(_values).where(here).values(asked_id=asked))


def _rewrite(table: sa.TableClause, column: Any, rewritten: Callable[[str], str]) -> None:
    """Write a JSON column anew, batch after batch."""
    connection, after = op.get_bind(), 0
    query = sa.select(table.c.id, column).where(column.not_in(["[]", "{}"])).order_by(table.c.id).limit(BATCH)
    statement = sa.update(table).where(table.c.id == sa.bindparam("at")).values({column.name: sa.bindparam("new")})
    while rows := connection.execute(query.where(table.c.id > after)).all():
        connection.execute(statement, [{"at": id_, "new": rewritten(text)} for id_, text in rows])
        after = rows[-1][0]


def _changes(text: str) -> str:
    changes = json.loads(text)
    for change in changes:
        for side in ("old", "new"):
            if side in change:
                change[side] = _stored(change[side])
    return _text(changes)


def _joined_changes(text: str) -> str:
    changes = json.loads(text)
    return _text({field: [_text(_stored(json.loads(side))) for side in sides] for field, sides in changes.items()})


def _stored(value: dict[str, Any]) -> dict[str, Any]:
    """A value as change-sets hold it: what is not there is as the type has it, so empty lists are left out."""
    source = value.get("source", "")
    asked = _asked(source, value.get("asked_id", ""))
    lists = {"source": ("sources", source.split("+")), "asked_id": ("asked_ids", asked)}
    return dict(lists.get(name, (name, part)) for name, part in value.items() if name not in lists or part)


def _asked(source: str, asked_id: str) -> list[str]:
    if not asked_id:
        return []
    return asked_id.split("+") if "+" in source else [asked_id]


def _conflicts(text: str) -> str:
    conflicts = json.loads(text)
    for conflict in conflicts:
        other = re.fullmatch(r"item (\d+)", conflict.get("held", ""))
        if other and conflict["id_type"] != "title":
            del conflict["held"]
            conflict["item"] = int(other[1])
    return _text(conflicts)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
