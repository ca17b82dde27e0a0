"""What players say to be gone is held where it is very much at once."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("players", sa.Column("tree", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "held_removals",
        sa.Column("player_id", sa.Text(), nullable=False),
        sa.Column("host_key", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name="fk_held_removals_player_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("player_id", "host_key", name="pk_held_removals"),
    )
