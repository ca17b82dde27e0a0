from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection

from metarr.store.database import Database
from postgres import BACKENDS


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(make_database: Callable[[], Database]) -> Iterator[Database]:
    database = make_database()
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared(make_database: Callable[[], Database]) -> Database:
    """One for all examples of a property: what one of them writes in a read transaction does not stay."""
    return make_database()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """An open write transaction."""
    with database.begin() as connection:
        yield connection
