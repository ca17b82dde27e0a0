"""ExportSettings and ImportSettings through a daemon and the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from metarr.app import Daemon
from metarr.cli import main
from metarr.rpc.client import Client, RpcFailure

MOVIE = {"kind": "MEDIA_KIND_MOVIE", "title": "Heat", "year": 1995, "ids": [{"type": "imdb", "value": "tt0113277"}]}


class Running:
    def __init__(self, data_dir: Path) -> None:
        self.daemon = Daemon(data_dir)
        self.daemon.start()
        self.client = Client(self.daemon.grpc_address, 10)
        self.call = self.client.call

    @property
    def address(self) -> str:
        return self.daemon.grpc_address

    def stop(self) -> None:
        self.client.close()
        self.daemon.stop()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "here")
    yield running
    running.stop()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "there")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("one"))
    yield running
    running.stop()


def metarr(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_from_one_daemon_to_another_by_the_command_line(here: Running, there: Running, tmp_path: Path, capsys):
    for running in (here, there):
        running.call("LibraryService", "UpsertItems", {"items": [MOVIE]})
    here.call(
        "LibraryService", "UpdateItem", {"itemId": "imdb:tt0113277", "fields": {"plot": "Mine"}, "updateMask": "fields"}
    )
    here.call("ConfigService", "UpdateFieldAuthorities", {"authorities": {"fillGaps": False}, "updateMask": "fillGaps"})
    file = str(tmp_path / "decisions.json")
    assert metarr("export", file, "--server", here.address) == 0
    assert metarr("import", file, "--server", there.address) == 0
    assert "1 item, 1 of the field authorities taken over" in capsys.readouterr().out
    item = there.call("LibraryService", "GetItem", {"itemId": "imdb:tt0113277"})["item"]
    [plot] = [field for field in item["fields"] if field["name"] == "plot"]
    assert (plot["value"], plot["source"], plot["locked"]) == ("Mine", "owner", True)
    assert "fillGaps" not in there.call("ConfigService", "GetFieldAuthorities")["authorities"]
    assert metarr("import", file, "--server", there.address) == 0
    assert "nothing taken over; 1 item as wanted already" in capsys.readouterr().out


def test_pages_follow_each_other(one: Running):
    titles = [{**MOVIE, "title": f"Movie {n}", "ids": [{"type": "tmdb", "value": str(n)}]} for n in range(1, 4)]
    for result in one.call("LibraryService", "UpsertItems", {"items": titles})["results"]:
        request = {"itemId": result["item"]["id"], "lockFields": ["plot"], "updateMask": "lockFields"}
        one.call("LibraryService", "UpdateItem", request)
    first = one.call("ConfigService", "ExportSettings", {"pageSize": 2})
    second = one.call("ConfigService", "ExportSettings", {"pageSize": 2, "pageToken": first["nextPageToken"]})
    assert "nextPageToken" not in second
    told = [item["title"] for page in (first, second) for item in json.loads(page["json"])["items"]]
    assert told == ["Movie 1", "Movie 2", "Movie 3"]


@pytest.mark.parametrize(
    ("method", "request_", "field"),
    [
        ("ExportSettings", {"pageSize": 201}, "page_size"),
        ("ExportSettings", {"pageToken": "x"}, "page_token"),
        ("ExportSettings", {"pageToken": "-1"}, "page_token"),
        ("ExportSettings", {"pageToken": "9" * 30}, "page_token"),
        ("ImportSettings", {}, "json"),
        ("ImportSettings", {"json": "{"}, "json"),
        ("ImportSettings", {"json": '{"format": 1, "settings": {"country": 5}}'}, "settings.country"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(one: Running, method: str, request_, field: str):
    with pytest.raises(RpcFailure) as caught:
        one.call("ConfigService", method, request_)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert [each.field for each in caught.value.violations] == [field]
