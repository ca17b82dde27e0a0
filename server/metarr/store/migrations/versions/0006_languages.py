"""The language of a text, and who says that a value is no more."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("field_values") as table:
        table.add_column(sa.Column("language", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("withdrawals", sa.Text, nullable=False, server_default="[]"))
        table.add_column(sa.Column("days_withdrawn", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("vetoes") as table:
        table.add_column(sa.Column("language", sa.Text, nullable=False, server_default=""))
    leaving = sa.text("days_withdrawn >= 2")
    op.create_index(
        "ix_field_values_withdrawn",
        "field_values",
        ["source", "field"],
        sqlite_where=leaving,
        postgresql_where=leaving,
    )
    _keep_answers()


def _keep_answers() -> None:
    """Answers of before are those to the same question: what was asked for is written another way now."""
    connection = op.get_bind()
    stored = connection.execute(sa.text("SELECT key, value FROM settings")).all()
    rows: dict[str, str] = {row.key: row.value for row in stored}

    def setting(key: str, default: object) -> object:
        try:
            return json.loads(rows[key]) if key in rows else default
        except ValueError:
            return default

    language, images = str(setting("language", "en-US")), setting("image_languages", ["en"])
    country = str(setting("country", "US"))
    artwork = [str(tag) for tag in images] if isinstance(images, list) else ["en"]
    languages = ",".join(sorted(_one_by_one([language, *artwork, "en"])))
    statement = sa.text("UPDATE provider_answers SET shape = :new WHERE shape = :old")
    for old in (f"{language}|{','.join(artwork)}|{country}", f"{language}|{country}"):
        connection.execute(statement, {"old": old, "new": f"{languages}|{country}"})


def _one_by_one(tags: list[str]) -> list[str]:
    kept: list[str] = []
    for tag in tags:
        bases = [each.partition("-")[0] for each in kept]
        if tag not in kept and (tag.partition("-")[0] not in bases or (tag == "en" and kept[0].startswith("en-"))):
            kept.append(tag)
    return kept
