"""Which schema a database has, and how it gets the current one."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from metarr.errors import CannotDo

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The schema revision of a database, None for an empty one.

    Raises CannotDo for a revision that this Metarr does not know and for tables that are not Metarr's.
    """
    tables = inspect(connection).get_table_names()
    version = (
        connection.exec_driver_sql("SELECT version_num FROM alembic_version") if "alembic_version" in tables else None
    )
    current: str | None = version.scalar_one_or_none() if version is not None else None
    if current is None and tables:
        raise CannotDo("this database holds something else than Metarr's tables; name another one")
    if current is not None and not knows(current):
        raise CannotDo(
            f"this database was made by a newer Metarr (schema {current}, this one knows {head()}): "
            "install that version again, or restore a backup: metarr restore FILE"
        )
    return current


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration that is missing until that revision, within the caller's transaction."""
    # Most starts have nothing to migrate, and need not wait for what could.
    from alembic import command  # noqa: PLC0415

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def revisions() -> list[str]:
    """Every revision that this Metarr knows, the oldest first: each migration's file begins with its own."""
    return sorted(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[!_]*.py"))


def head() -> str:
    """The newest revision that this Metarr knows."""
    return revisions()[-1]


def knows(revision: str) -> bool:
    """Whether this Metarr can work with, or migrate from, that revision."""
    return revision in revisions()


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
