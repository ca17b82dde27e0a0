"""Long changes are compressed, beside the words by which they are found."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("change_sets", sa.Column("packed_changes", sa.LargeBinary(), nullable=True))
