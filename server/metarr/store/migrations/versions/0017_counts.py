"""Indexes of what is counted: the few items that are deleted, unmonitored or untouched, and the odd entries."""

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_items_deleted", "items", "kind", "deleted_at IS NOT NULL"),
    ("ix_items_unmonitored", "items", "kind", "monitored = {false}"),
    ("ix_items_untouched", "items", "kind", "last_enriched_at IS NULL AND monitored = {true} AND deleted_at IS NULL"),
    ("ix_player_items_odd", "player_items", "player_id", "troubled = {true} OR edited = {true}"),
)


def upgrade() -> None:
    false, true = ("0", "1") if op.get_bind().dialect.name == "sqlite" else ("false", "true")
    for name, table, column, where in INDEXES:
        few = text(where.format(false=false, true=true))
        op.create_index(name, table, [column], sqlite_where=few, postgresql_where=few)
