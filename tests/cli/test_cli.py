import json

import pytest

from metarr import __version__
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure


def failure(code="UNAVAILABLE", message="", reason="", violations=(), retry_seconds=None):
    return RpcFailure(code=code, message=message, reason=reason, violations=violations, retry_seconds=retry_seconds)


def test_the_version_is_told(metarr):
    assert metarr("--version") == (0, f"metarr {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["nonsense"], ["library", "show"], ["enrich", "1", "--nonsense"]])
def test_wrong_usage_exits_with_2_and_asks_nothing(metarr, daemon, arguments):
    result = metarr(*arguments)
    assert result.status == 2
    assert result.out == ""
    assert daemon.asked == []


def test_a_malformed_argument_exits_with_2_and_a_line_per_violation(metarr, daemon):
    violations = (Violation("items[0].year", "must be 0 or a year"), Violation("items[0].title", "is too long"))
    daemon.answers["LibraryService", "UpsertItems"] = failure("INVALID_ARGUMENT", "all of it", violations=violations)
    result = metarr("library", "add", "movie", "--title", "x")
    assert result.status == 2
    assert result.err == "metarr: items[0].year: must be 0 or a year\nmetarr: items[0].title: is too long\n"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (failure("NOT_FOUND", "there is no item 99", violations=(Violation("item_id", "x"),)), "there is no item 99"),
        (failure("INTERNAL", ""), "INTERNAL"),
        (
            failure("RESOURCE_EXHAUSTED", "all are limited", retry_seconds=7200.0),
            "all are limited (try again in 2 hours)",
        ),
        (failure("UNAVAILABLE", "bad \x1b[31m text"), "bad \ufffd[31m text"),
    ],
)
def test_any_other_failure_exits_with_1_and_one_line(metarr, daemon, error, line):
    daemon.answers["LibraryService", "GetItem"] = error
    assert metarr("library", "show", "99") == (1, "", f"metarr: {line}\n")


def test_the_unexpected_shows_no_traceback(metarr, daemon):
    daemon.answers["LibraryService", "GetItem"] = KeyError("oops")
    result = metarr("library", "show", "99")
    assert result == (1, "", "metarr: unexpected KeyError: 'oops'\n")


def test_every_question_goes_to_the_server_that_was_named(metarr, daemon):
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK"}
    metarr("health")
    metarr("health", "--server", "127.0.0.1:7")
    assert [address for address, _ in daemon.connections] == ["127.0.0.1:50051", "127.0.0.1:7"]


def test_health_tells_daemon_and_providers(metarr, daemon):
    daemon.answers["HealthService", "GetHealth"] = answer = {
        "status": "STATUS_DEGRADED",
        "version": "0.1.0",
        "items": 18,
        "pendingItems": 1,
        "providers": [
            {"id": "omdb", "state": {"status": "STATUS_LIMITED", "detail": "Request limit reached!", "quotaUsed": 3}}
        ],
    }
    result = metarr("health")
    assert result.status == 0
    assert "Metarr 0.1.0: degraded" in result.out
    assert "18 items in the library, 1 of them waiting" in result.out
    assert "limited: Request limit reached!" in result.out
    assert json.loads(metarr("health", "--json").out) == answer
