"""When an answer about what is just being shown is due, and when the first of those about a series' episodes is."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

HEADS = """
provider kind shape asked_id found fetched_at partial parser_version misses miss_days soft answered_before answered_at
content due_at
"""


def upgrade() -> None:
    op.add_column("provider_answers", sa.Column("due_at", sa.BigInteger()))
    op.drop_index("ix_provider_answers_heads", "provider_answers")
    op.create_index("ix_provider_answers_heads", "provider_answers", HEADS.split())
    op.add_column("items", sa.Column("below_due_at", sa.BigInteger()))
