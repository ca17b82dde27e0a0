"""The order in which the episodes of a series are numbered, and what each number points to."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("numbering", sa.Text(), nullable=False, server_default=""))
    op.add_column("player_items", sa.Column("season", sa.Integer()))
    op.add_column("player_items", sa.Column("number", sa.Integer()))
    op.add_column("change_sets", sa.Column("old_numbering", sa.Text()))
    op.add_column("change_sets", sa.Column("new_numbering", sa.Text()))
    op.create_table(
        "episode_numbers",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("numbering", sa.Text(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["items.id"], name="fk_episode_numbers_series_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_episode_numbers_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("series_id", "numbering", "season", "number", name="pk_episode_numbers"),
    )
    op.create_index("ix_episode_numbers_item_id", "episode_numbers", ["item_id"])
    # What files said until now stands with the episodes; of two with one number the live one, and the older, is found.
    op.execute(
        """
        INSERT INTO episode_numbers (series_id, numbering, season, number, item_id)
        SELECT series_id, 'library', season, number, item_id FROM (
            SELECT seasons.parent_id AS series_id, CAST(season.value AS INTEGER) AS season,
                CAST(number.value AS INTEGER) AS number, episodes.id AS item_id,
                ROW_NUMBER() OVER (
                    PARTITION BY seasons.parent_id, season.value, number.value
                    ORDER BY CASE WHEN episodes.deleted_at IS NULL THEN 0 ELSE 1 END, episodes.id
                ) AS place
            FROM items AS episodes
            JOIN items AS seasons ON seasons.id = episodes.parent_id
            JOIN field_values AS season ON season.item_id = episodes.id AND season.field = 'season_number'
            JOIN field_values AS number ON number.item_id = episodes.id AND number.field = 'episode_number'
            WHERE episodes.kind = 'episode' AND seasons.parent_id IS NOT NULL
                AND season.value IS NOT NULL AND number.value IS NOT NULL
        ) AS numbered WHERE place = 1
        """
    )
