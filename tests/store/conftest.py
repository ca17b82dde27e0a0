from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from metarr.store.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database.in_memory()
    yield database
    database.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """An open write transaction."""
    with database.begin() as connection:
        yield connection
