"""Indexes for what is asked often of a large library: what is pending, for players and of providers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pending = sa.text("sequence > acked")
    op.create_index(
        "ix_player_items_pending",
        "player_items",
        ["player_id", "sequence"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.drop_index("ix_player_items_player_id_sequence", table_name="player_items")
    op.create_index("ix_pending_answers_provider", "pending_answers", ["provider", "item_id"])
