"""The year is a field: as the item was added, else that of its date. Whoever is asked later may know better."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("field_values", sa.Column("day", sa.Text(), nullable=False, server_default=""))
    op.add_column("items", sa.Column("shown_year", sa.Integer(), nullable=False, server_default="0"))
    op.execute("""
        UPDATE items SET shown_year =
        CASE WHEN year > 0 THEN year WHEN released <> '' THEN CAST(substr(released, 1, 4) AS INTEGER) ELSE 0 END
    """)
    op.execute("""
        INSERT INTO field_values (item_id, field, value, source, rule, asked_id, locked, contributors, day)
        SELECT id, 'year', CAST(year AS TEXT), '["import"]', 'reported', '[]', false, '[]',
            CASE WHEN substr(released, 1, 4) = CAST(year AS TEXT) THEN released ELSE '' END
        FROM items WHERE kind IN ('movie', 'series') AND year BETWEEN 1870 AND 2200
    """)
    op.execute("""
        INSERT INTO field_values
            (item_id, field, value, source, fetched_at, rule, asked_id, locked, contributors, day)
        SELECT items.id, 'year', CAST(items.shown_year AS TEXT), known.source, known.fetched_at, known.rule,
            known.asked_id, false, '[]', items.released
        FROM items JOIN field_values AS known ON known.item_id = items.id AND known.field = 'release_date'
        WHERE items.kind IN ('movie', 'series') AND items.year = 0 AND items.shown_year BETWEEN 1870 AND 2200
    """)
