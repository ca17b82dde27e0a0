"""Which schema a database has, and how it gets the current one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from metarr.errors import CannotDo

MIGRATIONS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The schema revision of a database, None for an empty one.

    Raises CannotDo for a revision that this Metarr does not know and for tables that are not Metarr's.
    """
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and inspect(connection).get_table_names():
        raise CannotDo("this database holds something else than Metarr's tables; name another one")
    if current is not None and not knows(current):
        raise CannotDo(
            f"this database was made by a newer Metarr (schema {current}, this one knows {head()}): "
            "install that version again, or restore a backup: metarr restore FILE"
        )
    return current


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration that is missing until that revision, within the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def head() -> str:
    """The newest revision that this Metarr knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("the package holds no migrations")
    return newest


def knows(revision: str) -> bool:
    """Whether this Metarr can work with, or migrate from, that revision."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
