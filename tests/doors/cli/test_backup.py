"""Backup and restore by the command line, on the data directory of a daemon."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from metarr import tokens
from metarr.app import Daemon
from metarr.datadir import DATABASE, KEY
from metarr.rpc.client import Client

pytestmark = pytest.mark.slow

MOVIE = {"kind": "MEDIA_KIND_MOVIE", "title": "Heat", "ids": [{"type": "imdb", "value": "tt0113277"}]}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def real_client(monkeypatch: pytest.MonkeyPatch, daemon) -> None:
    """Nothing here asks the daemon by the command line; the fixture `metarr` wants a fake one."""


class Running:
    """A daemon for as long as the block lasts, with a client."""

    def __init__(self, data_dir: Path) -> None:
        self.daemon = Daemon(data_dir)

    def __enter__(self):
        self.daemon.start()
        self.client = Client(self.daemon.grpc_address, 10)
        return self.client.call

    def __exit__(self, *_):
        self.client.close()
        self.daemon.stop()


def provider(call, provider_id: str):
    answer = call("ConfigService", "ListProviders")
    return next(each for each in answer["providers"] if each["id"] == provider_id)


def set_key(call, key: str) -> None:
    request = {"providerId": "tmdb", "settings": {"api_key": key}, "updateMask": "settings"}
    call("ConfigService", "UpdateProvider", request)


def test_a_library_survives_its_directory(metarr, data_dir: Path, tmp_path: Path):
    target, new = tmp_path / "backup.tar.gz", tmp_path / "new"
    with Running(data_dir) as call:
        call("LibraryService", "UpsertItems", {"items": [MOVIE]})
        set_key(call, "0123456789abcdef0123456789abcdef")
        made = metarr("backup", str(target), "--data-dir", str(data_dir))
    assert made.status == 0
    assert f"{target} holds everything" in made.out
    assert "keep it where nobody else can read it" in made.out

    restored = metarr("restore", str(target), "--data-dir", str(new))
    assert restored.status == 0
    assert f"{new} is as it was" in restored.out
    with Running(new) as call:
        assert call("LibraryService", "GetItem", {"itemId": "imdb:tt0113277"})["item"]["title"] == "Heat"
        assert provider(call, "tmdb")["state"]["status"] == "STATUS_OK"
    assert tokens.read(new / tokens.FILE_NAME) == tokens.read(data_dir / tokens.FILE_NAME)


def test_without_a_name_it_is_named_by_the_time(metarr, data_dir: Path, tmp_path: Path, monkeypatch):
    with Running(data_dir):
        pass
    monkeypatch.chdir(tmp_path)
    assert metarr("backup", "--data-dir", str(data_dir)).status == 0
    [made] = tmp_path.glob("metarr-backup-*Z.tar.gz")
    assert made.stat().st_size > 1000


def test_a_running_daemon_keeps_its_library(metarr, data_dir: Path, tmp_path: Path):
    target = tmp_path / "backup.tar.gz"
    with Running(data_dir) as call:
        metarr("backup", str(target), "--data-dir", str(data_dir))
        call("LibraryService", "UpsertItems", {"items": [MOVIE]})
        refused = metarr("restore", str(target), "--data-dir", str(data_dir))
        assert (refused.status, refused.out) == (1, "")
        assert refused.err == f"metarr: another Metarr uses {data_dir} already\n"
        assert call("LibraryService", "GetItem", {"itemId": "imdb:tt0113277"})["item"]["title"] == "Heat"


def test_a_lost_key_file_costs_the_keys_and_nothing_else(metarr, data_dir: Path):
    with Running(data_dir) as call:
        call("LibraryService", "UpsertItems", {"items": [MOVIE]})
        set_key(call, "0123456789abcdef0123456789abcdef")
        call("ConfigService", "UpdateProvider", {"providerId": "omdb", "enabled": False, "updateMask": "enabled"})
    (data_dir / KEY).unlink()
    with Running(data_dir) as call:
        tmdb = provider(call, "tmdb")
        assert tmdb["state"]["status"] == "STATUS_KEY_REFUSED"
        assert "enter a working one" in tmdb["state"]["detail"]
        assert not any(setting.get("secretSet") for setting in tmdb["settings"])
        assert "enabled" not in provider(call, "omdb")
        assert call("LibraryService", "GetItem", {"itemId": "imdb:tt0113277"})["item"]["title"] == "Heat"
        call("LibraryService", "UpsertItems", {"items": [{"kind": "MEDIA_KIND_MOVIE", "title": "Ronin"}]})
        set_key(call, "fedcba9876543210fedcba9876543210")
        assert provider(call, "tmdb")["state"]["status"] == "STATUS_OK"


def newer(data_dir: Path) -> None:
    with closing(sqlite3.connect(data_dir / DATABASE)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def test_a_library_of_a_newer_metarr_is_told_with_what_to_do(metarr, data_dir: Path):
    with Running(data_dir):
        pass
    newer(data_dir)
    result = metarr("serve", "--data-dir", str(data_dir), "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
    assert result.status == 1
    assert "made by a newer Metarr (schema 9999" in result.err
    assert "install that version again, or restore a backup: metarr restore FILE" in result.err


def test_a_backup_of_a_newer_metarr_is_not_restored(metarr, data_dir: Path, tmp_path: Path):
    with Running(data_dir):
        pass
    newer(data_dir)
    target = tmp_path / "backup.tar.gz"
    assert metarr("backup", str(target), "--data-dir", str(data_dir)).status == 0
    refused = metarr("restore", str(target), "--data-dir", str(tmp_path / "new"))
    assert refused.status == 1
    assert "was made by a newer Metarr" in refused.err
    assert list((tmp_path / "new").glob("metarr.db*")) == []


def test_what_is_no_backup_is_told_in_a_line(metarr, data_dir: Path, tmp_path: Path):
    (tmp_path / "text").write_text("hello")
    result = metarr("restore", str(tmp_path / "text"), "--data-dir", str(data_dir))
    assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert "is no backup of Metarr" in result.err
