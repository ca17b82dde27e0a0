"""What holds for the whole suite: how hard properties are tried, and that `--complete` allows no skip."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Derandomized: a suite that gates others must say the same twice. No deadline: machines are noisy.
_COMMON: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("quick", max_examples=50, **_COMMON)
settings.register_profile("complete", max_examples=300, **_COMMON)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--complete", action="store_true", help="a skipped test counts as failed; properties tried harder")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("complete" if config.getoption("--complete") else "quick")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if item.config.getoption("--complete"):
        _fail_where_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if collector.config.getoption("--complete"):
        _fail_where_skipped(report)
    return report


def _fail_where_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"--complete allows no skip: {reason}"
