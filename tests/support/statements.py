"""What the tests' many SQLite databases have in common: each statement is compiled once for all of them."""

from functools import cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import StaticPool


def share_compiled() -> None:
    """From now on every engine for SQLite uses the same compiled statements, which hold no data.

    A daemon compiles its statements once. Compiling them for every test's database would be a tenth of the suite.
    """
    SQLiteDialect_pysqlite.engine_created = classmethod(_share)  # type: ignore[assignment]


def _share(_dialect: type[SQLiteDialect_pysqlite], engine: Engine) -> None:
    if engine.url.database is not None:
        engine.dialect, engine._compiled_cache = _first().dialect, _first()._compiled_cache


@cache
def _first() -> Engine:
    """It has asked its database already what that is able to do."""
    engine = create_engine("sqlite://", poolclass=StaticPool, query_cache_size=5000)
    with engine.connect():
        return engine
