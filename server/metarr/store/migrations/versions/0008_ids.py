"""External ids that identify a title, apart from those that several titles may share."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_IDENTIFY = {
    "movie": ("imdb", "tmdb", "tvdb", "trakt"),
    "series": ("imdb", "tmdb", "tvdb", "tvmaze", "trakt"),
    "episode": ("imdb", "tvdb"),
}


def upgrade() -> None:
    op.add_column("external_ids", sa.Column("identifies", sa.Boolean(), nullable=False, server_default=sa.false()))
    external_ids = sa.table("external_ids", sa.column("kind"), sa.column("type"), sa.column("identifies"))
    of_kinds = [
        sa.and_(external_ids.c.kind == kind, external_ids.c.type.in_(types)) for kind, types in _IDENTIFY.items()
    ]
    op.execute(external_ids.update().where(sa.or_(*of_kinds)).values(identifies=sa.true()))
    op.drop_index("uq_external_ids_live", table_name="external_ids")
    alone = sa.and_(sa.column("live") == sa.true(), sa.column("identifies") == sa.true())
    op.create_index(
        "uq_external_ids_live",
        "external_ids",
        ["value", "type", "kind"],
        unique=True,
        sqlite_where=alone,
        postgresql_where=alone,
    )
