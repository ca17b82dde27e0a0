import json

import pytest

from doors.cli.conftest import Terminal
from doors.cli.messages import ahead, provider


@pytest.fixture
def settings(metarr, daemon):
    """Runs `metarr providers set tmdb …`; the daemon answers with the provider."""
    daemon.answers["ConfigService", "ListProviders"] = {"providers": [provider()]}
    daemon.answers["ConfigService", "UpdateProvider"] = {"provider": provider()}

    def run(*assignments, stdin=""):
        return metarr("providers", "set", "tmdb", *assignments, stdin=stdin)

    return run


def test_list_tells_key_quota_and_state_and_never_a_key(metarr, daemon):
    limited = provider(
        id="omdb", enabled=False, state={"status": "STATUS_LIMITED", "retryAt": ahead(hours=2, minutes=1)}
    )
    daemon.answers["ConfigService", "ListProviders"] = {"providers": [limited, provider()]}
    lines = metarr("providers", "list").out.splitlines()
    assert lines[1].split()[-1] == "limited"
    assert "omdb: asked again in 2 hours" in lines
    assert "set (…cdef)" in lines[2]
    assert "12 of 1000" in lines[2]


def test_show_tells_settings_limits_and_fields(metarr, daemon):
    daemon.answers["ConfigService", "ListProviders"] = {"providers": [provider(attribution="Thanks to them.")]}
    out = metarr("providers", "show", "tmdb").out
    assert "The Movie Database (tmdb), https://www.themoviedb.org" in out
    assert "set (…cdef)" in out
    assert "movie: title, plot" in out
    assert out.endswith("Thanks to them.\n")


def test_an_unknown_provider_exits_with_1_and_names_those_there_are(metarr, daemon):
    daemon.answers["ConfigService", "ListProviders"] = {"providers": [provider()]}
    assert metarr("providers", "show", "tmbd") == (1, "", "metarr: there is no provider 'tmbd'; there are tmdb\n")


def test_values_are_typed_as_declared(settings, daemon):
    result = settings("enabled=false", "daily_quota=500", "requests_per_second=2.5", "adult=yes", "base_url=http://a=b")
    assert result.status == 0
    assert daemon.request("UpdateProvider") == {
        "providerId": "tmdb",
        "enabled": False,
        "settings": {"daily_quota": 500, "requests_per_second": 2.5, "adult": True, "base_url": "http://a=b"},
        "updateMask": "enabled,settings",
    }


def test_only_what_was_given_is_changed(settings, daemon):
    settings("daily_quota=")
    assert daemon.request("UpdateProvider") == {
        "providerId": "tmdb", "settings": {"daily_quota": None}, "updateMask": "settings",
    }  # fmt: skip
    settings("enabled=true")
    assert daemon.request("UpdateProvider")["updateMask"] == "enabled"


def test_plain_http_is_allowed_by_an_option(settings, daemon):
    settings("base_url=http://nas.example", "--plain-http")
    assert daemon.request("UpdateProvider")["settings"] == {
        "allow_plain_http": True,
        "base_url": "http://nas.example",
    }


def test_a_key_that_belonged_to_another_address_is_told_to_be_gone(settings, daemon):
    first, *others = provider()["settings"]
    daemon.answers["ConfigService", "UpdateProvider"] = {
        "provider": provider(settings=[{**first, "secretSet": False}, *others])
    }
    result = settings("base_url=https://other.example")
    assert (result.status, result.out) == (0, "The Movie Database is enabled; base_url: https://x.example\n")
    assert "api_key was entered for another address, and is forgotten" in result.err
    assert settings("api_key=").err == ""


def test_a_secret_is_read_from_a_pipe_and_never_shown(settings, daemon):
    result = settings("api_key=-", stdin="0123456789abcdef\n")
    assert daemon.request("UpdateProvider")["settings"] == {"api_key": "0123456789abcdef"}
    assert result.err == ""
    assert result.out == "The Movie Database is enabled; api_key: set (…cdef)\n"


def test_a_secret_is_asked_for_at_a_terminal(settings, daemon, monkeypatch):
    asked = []
    monkeypatch.setattr("typer.prompt", lambda text, hide_input: asked.append((text, hide_input)) or " typed ")
    settings("api_key=-", stdin=Terminal())
    assert asked == [("API key", True)]
    assert daemon.request("UpdateProvider")["settings"] == {"api_key": "typed"}


def test_a_secret_in_the_command_is_taken_with_a_warning(settings, daemon):
    result = settings("api_key=0123456789abcdef")
    assert result.status == 0
    assert daemon.request("UpdateProvider")["settings"] == {"api_key": "0123456789abcdef"}
    assert "history" in result.err
    assert "0123456789abcdef" not in result.out + result.err


@pytest.mark.parametrize(
    ("assignment", "complaint"),
    [
        ("daily_quota=many", "whole number"),
        ("requests_per_second=fast", "number"),
        ("adult=perhaps", "neither true nor false"),
        ("enabled=", "neither true nor false"),
        ("colour=red", "has no setting"),
        ("daily_quota", "KEY=VALUE"),
        ("api_key=-", "nothing was entered"),
    ],
)
def test_a_wrong_assignment_is_wrong_usage_and_changes_nothing(settings, daemon, assignment, complaint):
    result = settings(assignment)
    assert result.status == 2
    assert complaint in result.err
    assert "UpdateProvider" not in [method for method, _ in daemon.asked]


@pytest.mark.parametrize(
    ("verdict", "status", "told"),
    [
        ({"verdict": "VERDICT_OK", "elapsedMs": 87}, 0, "tmdb works: it answered in 87 ms."),
        ({"verdict": "VERDICT_KEY", "detail": "refused"}, 1, "metarr: tmdb does not work (key): refused"),
    ],
)
def test_the_test_exits_by_its_verdict(metarr, daemon, verdict, status, told):
    daemon.answers["ConfigService", "TestProvider"] = verdict
    result = metarr("providers", "test", "tmdb")
    assert result.status == status
    assert (result.out + result.err).strip() == told
    as_json = metarr("providers", "test", "tmdb", "--json")
    assert (as_json.status, json.loads(as_json.out)) == (status, verdict)


def test_a_stopped_provider_is_let_go_on(metarr, daemon):
    state = {"status": "STATUS_OK"}
    daemon.answers["ConfigService", "UpdateProvider"] = {"provider": {"id": "tmdb", "name": "TMDB", "state": state}}
    assert metarr("providers", "resume", "tmdb").out == "TMDB: ok\n"
    assert daemon.request("UpdateProvider") == {"providerId": "tmdb", "resume": True}
    assert json.loads(metarr("providers", "resume", "tmdb", "--json").out)["provider"]["id"] == "tmdb"
