"""Notices in `metarr health`: the daemon's words, and the command that mends it."""

import pytest

from doors.cli.messages import ago
from metarr.cli.notices import command
from metarr.rpc.client import RpcFailure

REFUSED = {
    "code": "provider_key_refused",
    "severity": "SEVERITY_WARNING",
    "subject": "provider:omdb",
    "text": "refuses the key (Invalid API key!): enter a working one",
    "action": {"rpc": "ConfigService.UpdateProvider", "target": "omdb"},
}


def told(metarr, daemon, *notices):
    daemon.answers["HealthService", "ListNotices"] = {"notices": list(notices)}
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK"}
    return metarr("health").out.splitlines()


def test_a_notice_is_told_with_its_age_and_the_command_that_mends_it(metarr, daemon):
    assert told(metarr, daemon, {**REFUSED, "since": ago(days=2, seconds=1)})[-1] == (
        "warning: omdb: refuses the key (Invalid API key!): enter a working one (since 2 days): "
        "metarr providers set omdb api_key=-"
    )


def test_a_notice_of_a_newer_daemon_is_told_as_it_is(metarr, daemon):
    new = {"code": "roof_leaks", "severity": "SEVERITY_ERROR", "subject": "roof", "text": "it rains in\x1b[2J"}
    assert told(metarr, daemon, {**new, "action": {"rpc": "RoofService.Mend", "target": "3"}})[-1] == (
        "error: it rains in\ufffd[2J"
    )


def test_without_notices_there_is_no_line_more(metarr, daemon):
    assert told(metarr, daemon)[-1] == "daily run: unknown"


def test_where_health_cannot_be_told_the_notices_are(metarr, daemon):
    unusable = {"code": "database_unusable", "severity": "SEVERITY_ERROR", "subject": "database", "text": "disk full"}
    daemon.answers["HealthService", "ListNotices"] = {"notices": [unusable]}
    failure = RpcFailure("FAILED_PRECONDITION", "the database cannot be used", reason="DATABASE_UNUSABLE")
    daemon.answers["HealthService", "GetHealth"] = failure
    result = metarr("health")
    assert result.status == 1
    assert result.out.splitlines()[-1] == "error: disk full"
    assert "the database cannot be used" in result.err


@pytest.mark.parametrize(
    ("code", "rpc", "target", "line"),
    [
        ("quota_outgrown", "ConfigService.UpdateProvider", "omdb", "metarr providers set omdb daily_quota=NUMBER"),
        ("no_provider", "ConfigService.UpdateProvider", "", "metarr providers set ID KEY=VALUE"),
        ("provider_failing", "ConfigService.TestProvider", "tmdb", "metarr providers test tmdb"),
        ("provider_proxy_failing", "ConfigService.UpdateSettings", "tmdb", "metarr settings set KEY=VALUE"),
        ("player_silent", "SyncService.RemovePlayer", "kodi", "metarr players remove kodi"),
    ],
)
def test_an_action_is_the_command_of_its_method(code, rpc, target, line):
    assert command({"code": code, "action": {"rpc": rpc, "target": target}}) == line
