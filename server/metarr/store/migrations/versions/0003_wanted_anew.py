"""Jobs: what is still to be asked anew though an answer is fresh, and since when a job has been running this time."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pending_answers", sa.Column("fresh_after", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("resumed_at", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("resumed_with", sa.Integer(), nullable=False, server_default="0"))
