"""A plugin of pytest: with `--complete` a skipped test counts as failed.

Recorded answers of the real services lie beside some checkouts and are not part of the project. What reads them is
marked `recordings`; with `--without-recordings` such a test, and no other, may be skipped for their absence.
"""

from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--complete", action="store_true", help="a skipped test counts as failed; properties tried harder")
    parser.addoption(
        "--without-recordings",
        action="store_true",
        help="with --complete: tests that are marked for reading recorded answers may be skipped where there are none",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _judge_skip(report, item.config, recordings=item.get_closest_marker("recordings") is not None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _judge_skip(report, collector.config)
    return report


def _judge_skip(
    report: pytest.TestReport | pytest.CollectReport, config: pytest.Config, *, recordings: bool = False
) -> None:
    if not config.getoption("--complete") or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    if recordings and config.getoption("--without-recordings") and reason.endswith("beside the project"):
        return
    report.outcome = "failed"
    report.longrepr = f"--complete allows no skip: {reason}"
