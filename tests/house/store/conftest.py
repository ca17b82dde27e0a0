from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from metarr.store.database import Database
from postgres import BACKENDS, MakeDatabase


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(make_database: MakeDatabase) -> Iterator[Database]:
    with make_database() as made:
        yield made


@pytest.fixture(scope="module")
def shared(make_database: MakeDatabase) -> Iterator[Database]:
    """One for all examples of a property: what one of them writes in a read transaction does not stay."""
    with make_database() as made:
        yield made


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """An open write transaction."""
    with database.begin() as connection:
        yield connection
