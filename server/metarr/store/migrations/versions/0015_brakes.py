"""What is counted of the providers' answers, and how each was asked and heard when its answer was merged last."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("bases", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "provider_brakes",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("brake", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_brakes"),
    )
