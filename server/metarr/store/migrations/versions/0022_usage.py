"""What was asked of each provider, day by day."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_usage",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("lived_day", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("provider", "day", name="pk_provider_usage"),
    )
