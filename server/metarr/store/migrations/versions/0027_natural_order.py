"""Lists are sorted as people do, "Movie 2" before "Movie 10"; what was searched for in vain is found by an index."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?![0-9])")


def upgrade() -> None:
    searched_in_vain = sa.text("undecided IS NOT NULL")
    op.create_index(
        "ix_items_undecided", "items", ["id"], sqlite_where=searched_in_vain, postgresql_where=searched_in_vain
    )
    connection = op.get_bind()
    after = 0
    while rows := connection.execute(ROWS, {"after": after}).all():
        after = rows[-1].id
        keys = [(row, NUMBER.sub(padded, row.sort_key, count=4)) for row in rows]
        if changed := [{"item_id": row.id, "key": key} for row, key in keys if key != row.sort_key]:
            connection.execute(WRITE, changed)


def padded(number: "re.Match[str]") -> str:
    return number[0].replace(",", "").lstrip("0").zfill(10)


ROWS = sa.text("SELECT id, sort_key FROM items WHERE id > :after ORDER BY id LIMIT 5000")
WRITE = sa.text("UPDATE items SET sort_key = :key WHERE id = :item_id")
