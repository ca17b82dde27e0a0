"""Policies for groups of fields of a player."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("players", sa.Column("group_policies", sa.Text(), nullable=False, server_default="{}"))
