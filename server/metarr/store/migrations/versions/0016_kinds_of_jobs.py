"""Jobs are of a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("kind", sa.Text(), nullable=False, server_default="enrich"))
    op.add_column("jobs", sa.Column("drop_foreign", sa.Boolean(), nullable=False, server_default=sa.false()))
