from typing import Any

import pytest

from metarr_adapter.errors import MOST_WORDS, Limited, RpcError, TimedOut, TooOld, Violation, WrongToken, error_of


def detail(kind: str, **shown: Any) -> dict[str, Any]:
    return {"type": f"google.rpc.{kind}", "value": "AA", "debug": shown}


def told(**error: Any) -> RpcError:
    found = error_of(error)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("unauthenticated", WrongToken),
        ("unimplemented", TooOld),
        ("resource_exhausted", Limited),
        ("deadline_exceeded", TimedOut),
        ("not_found", RpcError),
        ("a_code_of_later_years", RpcError),
    ],
)
def test_the_class_says_what_can_be_done(code: str, kind: type[RpcError]) -> None:
    error = told(code=code, message="so it is")
    assert type(error) is kind
    assert (error.code, error.message, str(error)) == (code, "so it is", "so it is")
    assert (error.reason, error.violations, error.retry_after) == ("", (), None)


def test_details_are_read() -> None:
    violations = [{"field": "items[0].year", "description": "is no year"}, {"description": "and 3 more"}]
    error = told(
        code="invalid_argument",
        message="wrong",
        details=[
            detail("ErrorInfo", reason="INVALID_INPUT", domain="metarr"),
            detail("BadRequest", fieldViolations=violations),
            detail("RetryInfo", retryDelay="90s"),
        ],
    )
    assert error.reason == "INVALID_INPUT"
    assert error.violations == (Violation("items[0].year", "is no year"), Violation("", "and 3 more"))
    assert error.retry_after == 90


def test_the_reason_of_somebody_else_is_none_of_ours() -> None:
    assert told(code="internal", details=[detail("ErrorInfo", reason="SOME_PROXY", domain="proxy")]).reason == ""


@pytest.mark.parametrize(
    ("delay", "seconds"), [("1.500s", 1.5), ("0s", 0.0), ("soon", None), ("-1s", None), ("1e9s", None), (7, None)]
)
def test_only_a_time_is_a_time(delay: object, seconds: float | None) -> None:
    assert told(code="unavailable", details=[detail("RetryInfo", retryDelay=delay)]).retry_after == seconds


@pytest.mark.parametrize("told", [None, [], "x", 7, {}, {"code": 5}, {"message": "x"}])
def test_other_json_is_no_error(told: object) -> None:
    assert error_of(told) is None


@pytest.mark.parametrize(
    "details",
    [
        7,
        "x",
        [None],
        [{"type": 7, "debug": {}}],
        [{"type": "google.rpc.BadRequest", "debug": {"fieldViolations": 7}}],
        [{"type": "google.rpc.BadRequest", "debug": {"fieldViolations": [7]}}],
        [{"type": "google.rpc.ErrorInfo", "debug": {"domain": "metarr", "reason": []}}],
        [{"type": "google.rpc.ErrorInfo", "value": "AA"}],
    ],
)
def test_garbled_details_do_no_harm(details: object) -> None:
    error = told(code="not_found", message=["?"], details=details)
    assert (error.code, error.message) == ("not_found", "not_found")
    assert (error.reason, error.violations, error.retry_after) == ("", (), None)


def test_what_a_daemon_says_is_a_sentence_and_no_book() -> None:
    violations = {"fieldViolations": [{"field": "year", "description": "wrong\n" * 100_000}]}
    error = told(
        code="internal",
        message="broken\r\n[script.metarr] all is well " * 100_000,
        details=[detail("BadRequest", **violations)],
    )
    assert len(error.message) <= MOST_WORDS
    assert "\n" not in error.message
    assert len(error.violations[0].description) <= MOST_WORDS
