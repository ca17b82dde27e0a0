from pathlib import Path

import pytest

from certificates import self_signed
from metarr import tokens
from metarr.rpc.client import RpcFailure

HEALTH = ("HealthService", "GetHealth")


def test_it_is_shown(metarr, tmp_path: Path):
    token = tokens.renew(tmp_path / tokens.FILE_NAME)
    assert metarr("token", "show", "--data-dir", str(tmp_path)) == (0, f"{token}\n", "")


def test_a_new_one_is_printed_alone_so_that_a_script_can_take_it(metarr, tmp_path: Path):
    old = tokens.renew(tmp_path / tokens.FILE_NAME)
    result = metarr("token", "new", "--data-dir", str(tmp_path))
    assert result.status == 0
    assert result.out == tokens.read(tmp_path / tokens.FILE_NAME) + "\n"
    assert old not in result.out
    assert "the old token is void" in result.err


def test_without_one_it_is_told_how_to_make_it(metarr, tmp_path: Path):
    result = metarr("token", "show", "--data-dir", str(tmp_path / "none"))
    assert (result.status, result.out) == (1, "")
    assert result.err.endswith("make one: metarr token new\n")


def test_one_that_others_can_read_is_refused(metarr, tmp_path: Path):
    tokens.renew(tmp_path / tokens.FILE_NAME)
    (tmp_path / tokens.FILE_NAME).chmod(0o644)
    result = metarr("token", "show", "--data-dir", str(tmp_path))
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("metarr: others can read the token file")


@pytest.mark.parametrize(
    "command",
    [
        ["health"],
        ["library", "list"],
        ["providers", "list"],
        ["authority", "show"],
        ["enrich", "1"],
    ],
)
def test_every_command_that_asks_shows_the_token_and_trusts_the_certificate(metarr, daemon, tmp_path: Path, command):
    token = tokens.renew(tmp_path / "token")
    tls = self_signed(tmp_path)
    metarr(*command, "--token-file", str(tmp_path / "token"), "--tls-ca", str(tls.certificate))
    assert daemon.credentials == {"token": token, "tls_ca": tls.certificate.read_bytes()}


def test_what_is_shown_is_not_remembered_for_the_next_command(metarr, daemon, tmp_path: Path):
    tokens.renew(tmp_path / "token")
    metarr("health", "--token-file", str(tmp_path / "token"))
    metarr("health")
    assert daemon.credentials == {"token": "", "tls_ca": b""}


@pytest.mark.parametrize("option", ["--token-file", "--tls-ca"])
@pytest.mark.parametrize("content", [None, "nothing of use"])
def test_a_file_that_is_of_no_use_is_told_before_anybody_is_asked(metarr, daemon, tmp_path: Path, option, content):
    file = tmp_path / "file"
    if content is not None:
        file.write_text(content)
        file.chmod(0o600)
    result = metarr("health", option, str(file))
    assert result.status == 2
    assert str(file) in result.err.replace("\n", "")
    assert daemon.asked == []


def test_that_the_token_is_missing_is_told_with_what_to_do(metarr, daemon):
    daemon.answers[HEALTH] = RpcFailure("UNAUTHENTICATED", "the access token is missing: send it", "TOKEN_REQUIRED")
    result = metarr("health")
    assert (result.status, result.out) == (1, "")
    first, then = result.err.splitlines()
    assert first == "metarr: the access token is missing: send it"
    assert all(word in then for word in ("--token-file", "METARR_TOKEN_FILE", "METARR_DATA_DIR"))


def test_where_the_token_comes_from_is_told_on_the_machine_that_lacks_it(metarr, daemon, tmp_path: Path):
    told = " ".join(metarr("health", "--token-file", str(tmp_path / "none")).err.split())
    assert "what `metarr token show` prints on the daemon's machine belongs in it" in told
    assert "token new" not in told


def test_a_file_that_is_no_certificate_is_told_as_that(metarr, daemon, tmp_path: Path):
    (tmp_path / "file").write_text("nothing of use")
    told = " ".join(metarr("health", "--tls-ca", str(tmp_path / "file")).err.split())
    assert told.endswith("holds no certificate in PEM")
