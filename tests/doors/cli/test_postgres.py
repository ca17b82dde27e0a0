"""A library in PostgreSQL, as the owner meets it: started, refused, saved, and never with its password shown."""

import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from doors.cli.conftest import Result
from metarr.app import Daemon
from metarr.cli import main
from metarr.datadir import DATABASE, ELSEWHERE, KEY
from metarr.errors import CannotDo
from metarr.rpc.client import Client
from metarr.tokens import FILE_NAME as TOKEN
from postgres import USER, Cluster

MOVIE = {"kind": "MEDIA_KIND_MOVIE", "title": "Heat", "ids": [{"type": "imdb", "value": "tt0113277"}]}
API_KEY = "0123456789abcdef0123456789abcdef"
WRONG = "not-the-password"


@pytest.fixture
def metarr(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        captured = capsys.readouterr()
        return Result(ended.value.code or 0, captured.out, captured.err)

    return run


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def address(postgres: Cluster) -> Iterator[str]:
    """Of an empty database, with the password that it needs."""
    name = postgres.empty()
    yield f"postgresql://{USER}:{quote(postgres.password, safe='')}@127.0.0.1:{postgres.port}/{name}"
    postgres.drop(name)


@pytest.fixture
def daemon(data_dir: Path, address: str) -> Iterator[Daemon]:
    running = Daemon(data_dir, database_url=address)
    running.start()
    yield running
    running.stop()


def serve(metarr: Callable[..., Result], data_dir: Path, *options: str) -> Result:
    return metarr("serve", "--data-dir", str(data_dir), "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *options)


def test_an_address_that_is_none_is_refused_before_anything_is_made(metarr, data_dir: Path):
    result = serve(metarr, data_dir, "--database-url", f"mysql://u:{WRONG}@nas/metarr")
    assert result.status == 1
    assert result.err.startswith("metarr: --database-url is no address such as postgresql+psycopg://")
    assert WRONG not in result.err
    assert not (data_dir / DATABASE).exists()
    assert not (data_dir / ELSEWHERE).exists()


def test_without_the_driver_the_extra_is_named(metarr, data_dir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = serve(metarr, data_dir, "--database-url", f"postgresql://u:{WRONG}@nas/metarr")
    assert result.status == 1
    assert "pip install 'metarr[postgres]'" in result.err
    assert WRONG not in result.err
    assert len(result.err.splitlines()) == 1


def test_a_library_that_is_elsewhere_is_not_begun_anew_by_a_forgotten_option(metarr, data_dir: Path):
    data_dir.mkdir()
    (data_dir / ELSEWHERE).write_text("nas:5432/metarr\n")
    result = serve(metarr, data_dir)
    assert result.status == 1
    assert "is in PostgreSQL, nas:5432/metarr: name it with --database-url" in result.err
    assert f"delete {data_dir / ELSEWHERE}" in result.err
    assert not (data_dir / DATABASE).exists()


@pytest.mark.slow
def test_the_library_is_in_the_database_and_outlives_the_data_directory(
    data_dir: Path, tmp_path: Path, address: str, postgres: Cluster
):
    for folder in (data_dir, tmp_path / "another"):
        running = Daemon(folder, database_url=address)
        running.start()
        with Client(running.grpc_address, 20) as client:
            if folder == data_dir:
                client.call("LibraryService", "UpsertItems", {"items": [MOVIE]})
            found = client.call("LibraryService", "GetItem", {"itemId": "imdb:tt0113277"})
            health = client.call("HealthService", "GetHealth", {})
        running.stop()
        assert found["item"]["title"] == "Heat"
        assert health["items"] == 1
        assert not (folder / DATABASE).exists()
        where = (folder / ELSEWHERE).read_text()
        assert where == f"127.0.0.1:{postgres.port}/{address.rpartition('/')[2]}\n"


@pytest.mark.slow
def test_a_second_daemon_on_the_same_database_is_refused(
    daemon: Daemon, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("metarr.store.postgres.OWN_SECONDS", 0.05)
    with pytest.raises(CannotDo, match="another Metarr uses the database 127") as caught:
        Daemon(tmp_path / "another", database_url=address).start()
    assert caught.value.reason == "DATABASE_IN_USE"


@pytest.mark.slow
def test_a_library_in_a_file_is_left_where_it_is_and_found_again(data_dir: Path, address: str):
    running = Daemon(data_dir)
    running.start()
    with Client(running.grpc_address, 20) as client:
        client.call("LibraryService", "UpsertItems", {"items": [MOVIE]})
    running.stop()
    running = Daemon(data_dir, database_url=address)
    running.start()
    with Client(running.grpc_address, 20) as client:
        assert client.call("HealthService", "GetHealth", {}).get("items", 0) == 0
    running.stop()
    (data_dir / ELSEWHERE).unlink()
    running = Daemon(data_dir)
    running.start()
    with Client(running.grpc_address, 20) as client:
        assert client.call("HealthService", "GetHealth", {})["items"] == 1
    running.stop()


@pytest.mark.slow
def test_a_backup_says_that_the_library_is_not_in_it_and_brings_the_rest_back(
    metarr, daemon: Daemon, data_dir: Path, tmp_path: Path
):
    target, new = tmp_path / "b.tar.gz", tmp_path / "new"
    where = (data_dir / ELSEWHERE).read_text().strip()
    with Client(daemon.grpc_address, 20) as client:
        request = {"providerId": "tmdb", "settings": {"api_key": API_KEY}, "updateMask": "settings"}
        client.call("ConfigService", "UpdateProvider", request)
    made = metarr("backup", str(target), "--data-dir", str(data_dir))
    assert made.status == 0
    assert "It does NOT hold the library" in made.out
    assert f"PostgreSQL, {where}. Save it at the same time: pg_dump" in made.out
    with tarfile.open(target) as archive:
        assert set(archive.getnames()) == {ELSEWHERE, KEY, TOKEN}

    new.mkdir()
    (new / DATABASE).write_bytes(b"another library")
    restored = metarr("restore", str(target), "--data-dir", str(new))
    assert restored.status == 0
    assert f"The library is in PostgreSQL, {where}: bring it back from its own dump with pg_restore" in restored.out
    for name in (ELSEWHERE, KEY, TOKEN):
        assert (new / name).read_bytes() == (data_dir / name).read_bytes()
    [aside] = new.glob("replaced-*")
    assert (aside / DATABASE).read_bytes() == b"another library"
    assert not (new / DATABASE).exists()
    assert API_KEY not in made.out + restored.out


@pytest.mark.slow
def test_a_backup_of_a_file_takes_the_library_back_into_the_directory(
    metarr, data_dir: Path, tmp_path: Path, address: str
):
    for url in ("", address):
        running = Daemon(data_dir, database_url=url)
        running.start()
        running.stop()
        if not url:
            assert metarr("backup", str(tmp_path / "b.tar.gz"), "--data-dir", str(data_dir)).status == 0
    assert metarr("restore", str(tmp_path / "b.tar.gz"), "--data-dir", str(data_dir)).status == 0
    assert not (data_dir / ELSEWHERE).exists()
    running = Daemon(data_dir)
    running.start()
    running.stop()


@pytest.mark.slow
def test_a_support_bundle_holds_neither_the_password_nor_a_key(
    metarr, daemon: Daemon, data_dir: Path, address: str, postgres: Cluster
):
    with Client(daemon.grpc_address, 20) as client:
        request = {"providerId": "tmdb", "settings": {"api_key": API_KEY}, "updateMask": "settings"}
        client.call("ConfigService", "UpdateProvider", request)
    log, bundle = data_dir.parent / "metarr.log", data_dir.parent / "b.zip"
    command = ["support-bundle", str(bundle), "--data-dir", str(data_dir), "--log-file", str(log)]
    command += ["--server", daemon.grpc_address]
    log.write_text("event=x\n")
    assert "were not looked for" in metarr(*command).err
    # A log never holds any of these. Where the database is named, the bundle does not rely on that.
    log.write_text(f"event=oops url={address} password={postgres.password} key={API_KEY}\n")
    result = metarr(*command, "--database-url", address)
    assert (result.status, result.err) == (0, "")
    with zipfile.ZipFile(bundle) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    for secret in (postgres.password, quote(postgres.password, safe=""), API_KEY):
        assert secret not in "".join(parts.values()) + result.out
    assert json.loads(parts["about.json"])["schema"].startswith("in PostgreSQL, 127.0.0.1:")


@pytest.mark.slow
@pytest.mark.parametrize("right", [True, False])
def test_no_password_is_ever_printed_or_logged(data_dir: Path, tmp_path: Path, address: str, postgres: Cluster, right):
    log, password = tmp_path / "metarr.log", quote(postgres.password, safe="")
    url = address if right else address.replace(password, WRONG)
    code = "import metarr.app, os, signal, sys; from metarr.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "serve", "--data-dir", str(data_dir), "--grpc", "127.0.0.1:0"]
    options = ["--http", "127.0.0.1:0", "--log-level", "debug", "--log-file", str(log), "--database-url", url]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        first = serving.stdout.readline()
        serving.terminate()
        out, err = serving.communicate(timeout=60)
    said = first + out + err + log.read_text()
    assert ("is ready" in first) is right
    assert ("password authentication failed" in err) is not right
    assert serving.returncode == (0 if right else 1)
    for secret in (postgres.password, password, WRONG, url):
        assert secret not in said
