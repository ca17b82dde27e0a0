"""The first schema: items and their provenance, the cache, providers, rules, change-sets, pending answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SORTED = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
LIVE = sa.column("live", sa.Boolean()) == sa.true()


def upgrade() -> None:
    op.create_table(
        "field_authorities",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("providers", sa.Text(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("union", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "field", name="pk_field_authorities"),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("monitored", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("last_enriched_at", sa.BigInteger(), nullable=True),
        sa.Column("last_enriched_providers", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("conflicts", sa.Text(), nullable=False),
        sa.Column("undecided", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_title", sa.Text(), nullable=False),
        sa.Column("released", sa.Text(), nullable=False),
        sa.Column("sort_key", SORTED, nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["items.id"], name="fk_items_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_items_kind_sort_key", "items", ["kind", "sort_key", "id"])
    op.create_index("ix_items_parent_id", "items", ["parent_id"])
    op.create_index("ix_items_sort_key", "items", ["sort_key", "id"])
    op.create_table(
        "provider_answers",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("asked_id", sa.Text(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("parser_version", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("miss_days", sa.Integer(), nullable=False),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.Column("answered_before", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fragment", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("provider", "kind", "shape", "asked_id", name="pk_provider_answers"),
    )
    op.create_index(
        "ix_provider_answers_heads",
        "provider_answers",
        [
            "provider",
            "kind",
            "shape",
            "asked_id",
            "found",
            "fetched_at",
            "partial",
            "parser_version",
            "misses",
            "miss_days",
            "soft",
            "answered_before",
            "answered_at",
            "content",
        ],
    )
    op.create_index("ix_provider_answers_fetched_at", "provider_answers", ["fetched_at"])
    op.create_table(
        "provider_configs",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_configs"),
    )
    op.create_table(
        "provider_secrets",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "name", name="pk_provider_secrets"),
    )
    op.create_table(
        "provider_states",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_states"),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_table(
        "change_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("sync_reason", sa.Text(), nullable=False),
        sa.Column("providers", sa.Text(), nullable=False),
        sa.Column("old_ids", sa.Text(), nullable=True),
        sa.Column("new_ids", sa.Text(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_change_sets_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_change_sets"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_sets_at", "change_sets", ["at"])
    op.create_index("ix_change_sets_item_id", "change_sets", ["item_id", "id"])
    op.create_index("ix_change_sets_job_id", "change_sets", ["job_id"])
    op.create_table(
        "external_ids",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("alias", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_external_ids_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "type", "value", name="pk_external_ids"),
    )
    op.create_index("ix_external_ids_value", "external_ids", ["value", "type"])
    op.create_index(
        "uq_external_ids_live",
        "external_ids",
        ["value", "type", "kind"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "field_values",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("asked_id", sa.Text(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("contributors", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_field_values_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "field", name="pk_field_values"),
    )
    op.create_table(
        "joins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("joined_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("split_at", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("old_ids", sa.Text(), nullable=False),
        sa.Column("new_ids", sa.Text(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("change_sets", sa.Text(), nullable=False),
        sa.Column("children", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survivor_id"], ["items.id"], name="fk_joins_survivor_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["joined_id"], ["items.id"], name="fk_joins_joined_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_joins"),
    )
    op.create_index("ix_joins_survivor_id", "joins", ["survivor_id"])
    op.create_index("ix_joins_joined_id", "joins", ["joined_id"])
    op.create_table(
        "pending_answers",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_pending_answers_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "provider", name="pk_pending_answers"),
    )
    op.create_index("ix_pending_answers_due", "pending_answers", ["provider", "not_before"])
    op.create_table(
        "vetoes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_vetoes_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_vetoes"),
    )
    op.create_index("ix_vetoes_item_id", "vetoes", ["item_id"])
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("auto", sa.Boolean(), nullable=False),
        sa.Column("force", sa.Boolean(), nullable=False),
        sa.Column("providers", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("request_id", name="uq_jobs_request_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_items",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_items_job_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_job_items_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "item_id", name="pk_job_items"),
    )
    op.create_index("ix_job_items_item_id", "job_items", ["item_id"])
