"""External ids that are not to be believed without a second witness."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("external_ids", sa.Column("weak", sa.Boolean(), nullable=False, server_default=sa.false()))
