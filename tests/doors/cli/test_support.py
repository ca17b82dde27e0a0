import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from doors.cli.conftest import Result
from metarr import logs, tokens
from metarr.app import Daemon
from metarr.care import support
from metarr.cli import main
from metarr.datadir import DATABASE, KEY
from metarr.rpc.client import Client
from metarr.store.providers import ProviderStore

KEYS = {
    "tmdb": "0123456789abcdef0123456789abcdef",
    "omdb": "a1b2c3d4",
    "tvdb": "11111111-2222-3333-4444-5555/&+ 6666",
    "fanart": "fedcba9876543210fedcba9876543210",
}
LOGIN = "a-login-token-that-was-remembered"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home" / "jane-doe"
    folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def data_dir(home: Path) -> Path:
    return home / ".local" / "share" / "metarr"


@pytest.fixture
def daemon(data_dir: Path) -> Iterator[Daemon]:
    """A running daemon that knows every kind of secret."""
    running = Daemon(data_dir)
    running.start()
    with Client(running.grpc_address, 10) as client:
        for provider, key in KEYS.items():
            request = {"providerId": provider, "settings": {"api_key": key}, "updateMask": "settings"}
            client.call("ConfigService", "UpdateProvider", request)
    store = ProviderStore(running.services.providers._database, running.services.providers._vault)
    store.save_secret("tvdb", "login", LOGIN)
    yield running
    running.stop()


@pytest.fixture
def metarr(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        captured = capsys.readouterr()
        return Result(ended.value.code or 0, captured.out, captured.err)

    return run


def read(bundle: Path) -> dict[str, str]:
    with zipfile.ZipFile(bundle) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_it_holds_what_helps_and_no_key_no_token_and_no_home(metarr, daemon: Daemon, data_dir: Path, home: Path):
    token, key = tokens.read(data_dir / tokens.FILE_NAME), (data_dir / KEY).read_text()
    log, bundle = home / "metarr.log", home / "bundle.zip"
    # A log never holds any of these. The bundle does not rely on that.
    log.write_text(
        f"event=backup_made path={data_dir}/backups/x.db\nevent=read file={home}/films/Heat.nfo\n"
        + "".join(
            f"event=oops url=https://api.example/?api_key={quote(secret, safe='')} raw={secret}\n"
            for secret in (*KEYS.values(), LOGIN, token, key)
        )
    )
    (home / "metarr.log.1").write_text(f"event=older home={home}\n")
    result = metarr(
        "support-bundle",
        str(bundle),
        "--data-dir",
        str(data_dir),
        "--log-file",
        str(log),
        "--server",
        daemon.grpc_address,
    )
    assert (result.status, result.err) == (0, "")
    assert f"{bundle} holds about.json" in result.out
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    parts = read(bundle)
    everything = "\n".join(parts.values())
    for secret in (*KEYS.values(), LOGIN, token, key):
        for spelling in (secret, quote(secret), quote(secret, safe="")):
            assert spelling not in everything
    assert str(home) not in everything
    assert "jane-doe" not in everything
    assert KEYS["tmdb"][-4:] not in parts["providers.json"]

    about = json.loads(parts["about.json"])
    assert about["metarr"]
    assert about["schema"].startswith("0")
    assert about["packages"]["grpcio"][0].isdigit()
    assert {DATABASE, KEY, tokens.FILE_NAME} <= about["files"].keys()
    assert json.loads(parts["health.json"])["version"] == about["metarr"]
    told = {each["id"]: each for each in json.loads(parts["providers.json"])["providers"]}
    assert told["tmdb"]["state"]["status"] == "STATUS_OK"
    assert any(setting.get("secretSet") for setting in told["tmdb"]["settings"])
    assert "authorities" in json.loads(parts["settings.json"])
    assert "path=<data>/backups/x.db" in parts["log/metarr.log"]
    assert "file=~/films/Heat.nfo" in parts["log/metarr.log"]
    assert parts["log/metarr.log"].count("<secret>") == 2 * 7
    assert parts["log/metarr.log.1"] == "event=older home=~\n"


def test_what_the_daemon_really_logs_goes_in(metarr, data_dir: Path, home: Path, monkeypatch):
    config = structlog.get_config()
    try:
        logs.set_up("info", home / "metarr.log")
        running = Daemon(data_dir)
        running.start()
        running.stop()
    finally:
        structlog.configure(**config)
    metarr("support-bundle", str(home / "b.zip"), "--data-dir", str(data_dir), "--log-file", str(home / "metarr.log"))
    parts = read(home / "b.zip")
    assert "event=key_file_made path=<data>/metarr.key" in parts["log/metarr.log"] or (
        "event=token_file_made path=<data>/metarr.token" in parts["log/metarr.log"]
    )
    assert str(home) not in "".join(parts.values())


def test_without_a_daemon_it_tells_that_and_holds_the_rest(metarr, data_dir: Path, home: Path):
    running = Daemon(data_dir)
    running.start()
    address = running.grpc_address
    running.stop()
    result = metarr("support-bundle", str(home / "b.zip"), "--data-dir", str(data_dir), "--server", address)
    assert result.status == 0
    assert "GetHealth is missing in it: no Metarr daemon at" in result.err
    assert "no log is in it" in result.err
    parts = read(home / "b.zip")
    assert json.loads(parts["health.json"])["failed"] == "UNAVAILABLE"
    assert json.loads(parts["about.json"])["schema"].startswith("0")


@pytest.mark.parametrize("content", [None, b"", b"scrambled " * 1000])
def test_a_library_that_is_lost_or_damaged_is_no_hindrance(metarr, data_dir: Path, home: Path, content):
    tokens.ensure(data_dir / tokens.FILE_NAME)
    (data_dir / KEY).write_text("a-key-that-is-none-but-secret")
    (data_dir / KEY).chmod(0o600)
    log = home / "metarr.log"
    log.write_text(f"event=x token={tokens.read(data_dir / tokens.FILE_NAME)} key=a-key-that-is-none-but-secret\n")
    if content is not None:
        (data_dir / DATABASE).write_bytes(content)
    result = metarr(
        "support-bundle",
        str(home / "b.zip"),
        "--data-dir",
        str(data_dir),
        "--log-file",
        str(log),
        "--server",
        "127.0.0.1:1",
    )
    assert result.status == 0
    parts = read(home / "b.zip")
    assert json.loads(parts["about.json"])["schema"].startswith("unknown")
    assert parts["log/metarr.log"] == "event=x token=<secret> key=<secret>\n"
    if content is None:
        assert not (data_dir / DATABASE).exists()


def test_a_log_that_is_not_there_is_told(metarr, data_dir: Path, home: Path):
    result = metarr(
        "support-bundle",
        str(home / "b.zip"),
        "--data-dir",
        str(data_dir),
        "--log-file",
        str(home / "none.log"),
        "--server",
        "127.0.0.1:1",
    )
    assert result.status == 1
    assert "the log file" in result.err
    assert not (home / "b.zip").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/jo/x", "~/x"),
        ("at /home/jo", "at ~"),
        ("/home/joanna/x", "/home/joanna/x"),
        ("/home/jo/data/metarr.db", "<data>/metarr.db"),
        ("/home/jo/database", "~/database"),
    ],
)
def test_paths_are_replaced_whole(text: str, expected: str):
    assert support.scrubbed(text, (), Path("/home/jo/data"), Path("/home/jo")) == expected


def test_a_longer_secret_goes_before_a_shorter_one_in_it():
    assert support.scrubbed("abcdefgh abcd", ("abcd", "abcdefgh"), Path("/d"), Path("/h")) == "<secret> <secret>"


def test_a_home_that_is_the_root_is_no_path_to_hide():
    assert support.scrubbed("/etc/metarr", (), Path("/data"), Path("/")) == "/etc/metarr"
