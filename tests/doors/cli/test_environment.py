"""Options by the environment, and the token of the daemon on this machine."""

from pathlib import Path

import pytest

from certificates import self_signed
from metarr import tokens
from metarr.cli.credentials import is_here
from metarr.rpc.client import RpcFailure

HEALTH = ("HealthService", "GetHealth")
REFUSED = RpcFailure("UNAUTHENTICATED", "the access token is missing", "TOKEN_REQUIRED")


@pytest.fixture
def guarded(daemon):
    """A daemon that demands its token, which is "right"."""

    def answer(_):
        if daemon.credentials["token"] != "r" * 43:
            raise REFUSED
        return {"status": "STATUS_OK"}

    daemon.answers[HEALTH] = answer
    return daemon


def keep(folder: Path, token: str = "r" * 43) -> Path:
    """A data directory with a token."""
    folder.mkdir(parents=True)
    file = folder / tokens.FILE_NAME
    file.write_text(token)
    file.chmod(0o600)
    return folder


def test_the_environment_says_where_and_how_to_ask(metarr, daemon, monkeypatch, tmp_path):
    daemon.answers[HEALTH] = {"status": "STATUS_OK"}
    tls = self_signed(tmp_path)
    tokens.renew(tmp_path / "token")
    monkeypatch.setenv("METARR_SERVER", "nas:7")
    monkeypatch.setenv("METARR_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("METARR_TLS_CA", str(tls.certificate))
    assert metarr("schedule", "show").status == 0
    assert daemon.connections == [("nas:7", 30.0)]
    assert daemon.credentials == {
        "token": tokens.read(tmp_path / "token"),
        "tls_ca": tls.certificate.read_bytes(),
    }


def test_what_is_typed_counts_before_the_environment(metarr, daemon, monkeypatch):
    daemon.answers[HEALTH] = {"status": "STATUS_OK"}
    monkeypatch.setenv("METARR_SERVER", "nas:7")
    metarr("schedule", "show", "--server", "other:8")
    assert daemon.connections == [("other:8", 30.0)]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("METARR_SERVER", "nas"), ("METARR_TOKEN_FILE", "/nowhere/token"), ("METARR_TLS_CA", "/nowhere/ca.pem")],
)
def test_what_is_of_no_use_in_the_environment_is_told(metarr, daemon, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    result = metarr("health")
    assert result.status == 2
    assert value in result.err
    assert daemon.asked == []


def test_the_environment_names_the_data_directory(metarr, monkeypatch, tmp_path):
    keep(tmp_path / "named")
    monkeypatch.setenv("METARR_DATA_DIR", str(tmp_path / "named"))
    assert metarr("token", "show").out == "r" * 43 + "\n"
    keep(tmp_path / "typed", "t" * 43)
    assert metarr("token", "show", "--data-dir", str(tmp_path / "typed")).out == "t" * 43 + "\n"


@pytest.mark.parametrize("where", ["usual", "named"])
def test_a_daemon_of_this_machine_is_shown_its_token(metarr, guarded, monkeypatch, tmp_path, where):
    keep({"usual": tmp_path / "share" / "metarr", "named": tmp_path / "named"}[where])
    if where == "named":
        monkeypatch.setenv("METARR_DATA_DIR", str(tmp_path / "named"))
    assert metarr("health").status == 0
    assert metarr("health", "--server", "localhost:7").status == 0


def test_a_command_that_is_told_the_data_directory_takes_the_token_from_there(metarr, guarded, monkeypatch, tmp_path):
    folder = keep(tmp_path / "named")
    monkeypatch.chdir(tmp_path)
    guarded.answers["ConfigService", "ListProviders"] = guarded.answers["ConfigService", "ExportSettings"] = REFUSED
    told = metarr("support-bundle", "bundle.zip", "--data-dir", str(folder)).err
    assert "GetHealth is missing" not in told


def test_a_stream_is_opened_with_the_token_of_this_machine(metarr, guarded, tmp_path):
    keep(tmp_path / "share" / "metarr")
    health = guarded.answers[HEALTH]
    guarded.answers["EnrichmentService", "WatchJob"] = lambda request: (
        health(request) and [{"job": {"id": "7", "state": "STATE_COMPLETE"}}]
    )
    assert metarr("jobs", "watch", "7").status == 0


@pytest.mark.parametrize("server", ["nas.local:50051", "192.0.2.7:50051", "[2001:db8::7]:50051"])
def test_another_machine_is_never_shown_the_token_of_this_one(metarr, guarded, tmp_path, server):
    keep(tmp_path / "share" / "metarr")
    result = metarr("health", "--server", server)
    assert (result.status, guarded.credentials["token"]) == (1, "")
    assert result.err.startswith("metarr: the access token is missing\n")


def test_a_token_that_was_named_is_not_replaced(metarr, guarded, tmp_path):
    keep(tmp_path / "share" / "metarr")
    (keep(tmp_path / "other", "o" * 43) / tokens.FILE_NAME).rename(tmp_path / "token")
    assert metarr("health", "--token-file", str(tmp_path / "token")).status == 1
    assert guarded.credentials["token"] == "o" * 43


@pytest.mark.parametrize("found", ["nothing", "wrong", "open to others", "rubbish", "a folder"])
def test_where_the_token_is_of_no_use_the_daemon_s_word_counts(metarr, guarded, tmp_path, found):
    folder = tmp_path / "share" / "metarr"
    if found != "nothing":
        file = keep(folder, {"wrong": "w" * 43, "rubbish": "x y"}.get(found, "r" * 43)) / tokens.FILE_NAME
        if found == "open to others":
            file.chmod(0o644)
        if found == "a folder":
            file.unlink()
            file.mkdir()
    assert metarr("health").err.startswith("metarr: the access token is missing\n")


@pytest.mark.parametrize(
    ("server", "here"),
    [
        ("127.0.0.1:1", True),
        ("127.8.8.8:1", True),
        ("localhost:1", True),
        ("192.0.2.1:1", False),
        ("[2001:db8::1]:1", False),
        ("example.org:1", False),
        ("localhost.example.org:1", False),
        ("256.1.1.1:1", False),
        (":1", False),
    ],
)
def test_an_address_of_this_machine_is_told_from_others(server, here):
    assert is_here(server) is here
