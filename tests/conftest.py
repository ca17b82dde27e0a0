"""What holds for the whole suite: how hard properties are tried, and that `--complete` allows no skip."""

import logging
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

# Derandomized: a suite that gates others must say the same twice. No deadline: machines are noisy.
_COMMON: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("quick", max_examples=20, **_COMMON)
settings.register_profile("complete", max_examples=200, **_COMMON)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--complete", action="store_true", help="a skipped test counts as failed; properties tried harder")
    parser.addoption(
        "--without-recordings",
        action="store_true",
        help="with --complete: tests that read recorded answers, which are not part of the project, may be skipped",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("complete" if config.getoption("--complete") else "quick")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _judge_skip(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _judge_skip(report, collector.config)
    return report


def _judge_skip(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if not config.getoption("--complete") or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    if config.getoption("--without-recordings") and reason.endswith("beside the project"):
        return
    report.outcome = "failed"
    report.longrepr = f"--complete allows no skip: {reason}"


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


ON_BOTH = ("test_enrich", "test_jobs", "test_planner", "test_scheduler", "test_standing", "test_sync")
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
    if structlog.is_configured():
        structlog.reset_defaults()
        logger = logging.getLogger("metarr")
        for handler in tuple(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
