"""On which day of the daemon's life history, answers and jobs were written. Those of before count from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("change_sets", "provider_answers", "jobs"):
        op.add_column(table, sa.Column("lived_day", sa.Integer(), nullable=False, server_default="0"))
