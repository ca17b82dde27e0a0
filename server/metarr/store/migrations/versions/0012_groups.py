"""What one run changed on several items is told apart from the rest of the history."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("change_sets", sa.Column("group_id", sa.Integer(), nullable=True))
    op.create_index("ix_change_sets_group_id", "change_sets", ["group_id"])
