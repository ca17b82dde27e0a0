"""Players: what they hold, what is pending for them; who deleted an item, and where it came from."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("deleted_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("items", sa.Column("origin", sa.Text(), nullable=False, server_default=""))
    op.add_column("joins", sa.Column("player_items", sa.Text(), nullable=False, server_default="[]"))
    state = op.create_table(
        "sync_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sync_state"),
    )
    op.bulk_insert(state, [{"id": 1, "store_id": uuid4().hex, "last_sequence": 0}])
    op.create_table(
        "players",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("host_version", sa.Text(), nullable=False),
        sa.Column("adapter_version", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("overwrite_edits", sa.Boolean(), nullable=False),
        sa.Column("takes", sa.Text(), nullable=False),
        sa.Column("cannot_take", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_players"),
    )
    op.create_table(
        "player_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Text(), nullable=False),
        sa.Column("host_key", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("acked", sa.BigInteger(), nullable=False),
        sa.Column("acked_change", sa.Integer(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("troubled", sa.Boolean(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_player_items_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name="fk_player_items_player_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_player_items"),
        sa.UniqueConstraint("player_id", "host_key", name="uq_player_items_player_id_host_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_player_items_item_id", "player_items", ["item_id"])
    op.create_index("ix_player_items_player_id_sequence", "player_items", ["player_id", "sequence"])
