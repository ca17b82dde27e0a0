"""What holds for the whole suite: how hard properties are tried, and what its tests share."""

import gc
import logging
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from metarr.store.database import Database
from postgres import BACKENDS, Cluster, MakeDatabase, cluster
from postgres import programs as installed
from simulators import Simulators
from statements import share_compiled

pytest_plugins = ["completeness"]

# Derandomized: a suite that gates others must say the same twice. No deadline: machines are noisy.
_COMMON: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("quick", max_examples=10, **_COMMON)
settings.register_profile("usual", max_examples=20, **_COMMON)
settings.register_profile("complete", max_examples=200, **_COMMON)

# As the default, but without a picture of the source around every exception: it takes longer than the test.
_LOGS = [
    *structlog.get_config()["processors"][:-1],
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]


def _beside(*_: object) -> structlog.PrintLogger:
    """A log that is no part of what a command prints, though its daemon may be in the same process."""
    return structlog.PrintLogger(sys.__stderr__)


def _profile(config: pytest.Config) -> str:
    return config.getoption("--hypothesis-profile") or "usual"


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("complete" if config.getoption("--complete") else _profile(config))
    share_compiled()
    structlog.configure(processors=_LOGS, logger_factory=_beside)


def pytest_collection_finish() -> None:
    """What was collected stays: to look through it for garbage again and again takes a tenth of the run."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 50)


@pytest.fixture(scope="session")
def running_simulators() -> Iterator[Simulators]:
    """The four providers, one set for the whole run: making them takes longer than most tests."""
    with Simulators() as running:
        yield running


@pytest.fixture
def simulators(running_simulators: Simulators) -> Simulators:
    """The four providers as at their start: without faults, limits, and recorded requests."""
    running_simulators.reset()
    return running_simulators


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server, one for the whole run."""
    programs = installed()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: its initdb is neither on the path nor in /usr/lib/postgresql")
    with cluster(programs) as running:
        yield running


ON_BOTH = ("test_enrich", "test_jobs", "test_quota_queue", "test_scheduler", "test_unchanged", "test_deliver")
"""The modules whose tests run on each of the two databases, besides those of the store."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    path = metafunc.definition.path
    # A module of the store may have the name of one of these, and says itself what it runs on.
    if path.stem in ON_BOTH and path.parent.name != "store" and "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", BACKENDS, scope="module")


@pytest.fixture(scope="module")
def backend() -> str:
    """The database that a module's tests run on."""
    return "sqlite"


@pytest.fixture(scope="module")
def make_database(backend: str, request: pytest.FixtureRequest) -> MakeDatabase:
    """Makes databases with all tables and no rows, each for as long as its block lasts."""

    @contextmanager
    def in_file() -> Iterator[Database]:
        with closing(Database.in_memory()) as database:
            yield database

    return in_file if backend == "sqlite" else request.getfixturevalue("postgres").database


@pytest.fixture(autouse=True)
def logs_as_before() -> Generator[None]:
    """A test that sets up logging, as a daemon does, leaves no trace of that for the next one."""
    yield
    if structlog.get_config()["processors"] is not _LOGS:
        structlog.reset_defaults()
        structlog.configure(processors=_LOGS, logger_factory=_beside)
        logger = logging.getLogger("metarr")
        for handler in tuple(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
