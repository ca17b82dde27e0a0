"""How often each field holds a value of which source; where values are locked or held; and what jobs edit."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    true = "1" if op.get_bind().dialect.name == "sqlite" else "true"
    locked, few = sa.text(f"locked = {true}"), sa.text("rule = 'held' AND value IS NOT NULL")
    op.create_index(
        "ix_field_values_locked", "field_values", ["item_id", "field"], sqlite_where=locked, postgresql_where=locked
    )
    op.create_index("ix_field_values_held", "field_values", ["item_id"], sqlite_where=few, postgresql_where=few)
    op.create_table(
        "field_counts",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Integer(), nullable=False),
        sa.Column("values_held", sa.Integer(), nullable=False),
    )
    op.add_column("jobs", sa.Column("edit", sa.Text(), nullable=False, server_default="null"))
    op.execute("""
        INSERT INTO field_counts (kind, field, source, filled, locked, values_held)
        SELECT items.kind, field, source,
            sum(CASE WHEN value IS NOT NULL THEN 1 ELSE 0 END),
            sum(CASE WHEN locked THEN 1 ELSE 0 END),
            sum(CASE WHEN value IS NOT NULL AND rule = 'held' THEN 1 ELSE 0 END)
        FROM field_values JOIN items ON items.id = item_id
        GROUP BY items.kind, field, source
    """)
