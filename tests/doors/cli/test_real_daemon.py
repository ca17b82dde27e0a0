"""The command line against a real daemon and the simulated providers: what a fake daemon cannot tell."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doors.cli.conftest import Result
from metarr.app import Daemon
from metarr.cli import main
from simulators import KEYS, Simulators

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    with Simulators() as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    running = Daemon(tmp_path_factory.mktemp("data"))
    running.start()
    yield running.grpc_address
    running.stop()


@pytest.fixture
def metarr(address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--server", address])
        captured = capsys.readouterr()
        return Result(ended.value.code or 0, captured.out, captured.err)

    return run


@pytest.fixture
def movie(metarr: Callable[..., Result], simulators: Simulators) -> str:
    """A movie in the library of a daemon that can ask TMDB and OMDb."""
    for provider in ("tmdb", "omdb"):
        address = f"base_url={simulators.base_urls[provider]}"
        assert metarr("providers", "set", provider, address, f"api_key={KEYS[provider]}").status == 0
    assert metarr("library", "add", "movie", "--id", "imdb=tt0137523").status == 0
    return "imdb:tt0137523"


def test_a_title_is_added_enriched_and_explained(metarr, movie):
    assert metarr("providers", "test", "tmdb").status == 0
    enriched = metarr("enrich", movie)
    assert enriched.status == 0, enriched.err
    assert "Fight Club (1999)" in enriched.out
    assert metarr("library", "show", movie, "--field", "imdb_rating").out == "8.8\tomdb\n"
    assert "stands first in the field's order" in metarr("library", "show", movie, "--why").out
    assert [item["title"] for item in json.loads(metarr("library", "list", "--json").out)["items"]] == ["Fight Club"]
    assert "1 item in the library" in metarr("health").out


def test_an_import_is_repeatable_and_the_owner_s_hand_wins(metarr, tmp_path):
    lines = tmp_path / "titles.jsonl"
    lines.write_text(
        '{"kind": "movie", "title": "Night Ferry", "year": 2001, "fields": {"plot": "P"}}\n'
        '{"kind": "movie", "title": "Bad", "fields": {"imdb_rating": 11}}\n'
        '{"kind": "episode", "title": "One", "series": "Harbour", "season": 1, "episode": 1}\n'
    )
    first, again = metarr("library", "import", str(lines)), metarr("library", "import", str(lines))
    assert (first.status, first.out) == (1, "2 titles added, 0 known\n1 failed\n")
    assert first.err == f"metarr: {lines}:2: fields.imdb_rating: 11 is not between 0 and 10\n"
    assert again.out == "0 titles added, 2 known\n1 failed\n"
    listed = json.loads(metarr("library", "list", "--title", "ferry", "--json").out)["items"]
    item_id = listed[0]["id"]
    assert metarr("library", "edit", item_id, "plot=Mine").status == 0
    latest = json.loads(metarr("history", item_id, "--json").out)["changeSets"][0]["id"]
    assert metarr("undo", latest).status == 0
    assert metarr("library", "show", item_id, "--field", "plot").out == "P\timport\n"
    assert metarr("library", "remove", item_id).out == f"1 item deleted: {item_id}\n"
    assert "1 skipped: you deleted them" in metarr("library", "import", str(lines)).out
    assert metarr("library", "restore", item_id).out == f"1 item restored: {item_id}\n"
    metarr("library", "remove", item_id, *(each["id"] for each in listed))


def test_rules_are_set_and_set_back(metarr):
    assert metarr("authority", "set", "movie.plot", "omdb,tmdb", "--exclusive").out.split()[-2:] == [
        "exclusive,",
        "yours",
    ]
    assert "yours" not in metarr("authority", "reset", "movie.plot").out
    assert "priority of all providers: tvdb, tmdb" in metarr("authority", "priority", "tvdb,tmdb").out
    assert metarr("authority", "fill-gaps", "off").out.endswith("off\n")
    assert metarr("authority", "fill-gaps", "on").out.endswith("on\n")


def test_settings_go_back_to_their_default(metarr):
    metarr("providers", "set", "fanart", "daily_quota=7", "enabled=false")
    assert "7" in metarr("providers", "show", "fanart").out
    assert metarr("providers", "set", "fanart", "daily_quota=", "enabled=true").out == (
        "fanart.tv is enabled; daily_quota: 0\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["library", "show", "999999"], 1),
        (["library", "show", "imdb:nonsense"], 2),
        (["library", "add", "movie", "--id", "imdb=nonsense"], 2),
        (["enrich", "1", "--provider", "nosuch"], 2),
        (["providers", "set", "tmdb", "requests_per_second=-1"], 2),
        (["authority", "set", "movie.nothing", "tmdb"], 2),
        (["authority", "priority", "nosuch"], 2),
    ],
)
def test_what_cannot_be_done_is_told_in_lines_and_a_status(metarr, arguments, status):
    result = metarr(*arguments)
    assert result.status == status
    assert result.err.startswith("metarr: ")
    assert "Traceback" not in result.err


@pytest.mark.e2e
def test_the_daemon_says_when_it_is_ready_and_stops_when_it_is_told(tmp_path: Path):
    command = [str(Path(sys.executable).with_name("metarr")), "serve", "--data-dir", str(tmp_path / "data")]
    options = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-level", "error"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            assert select.select([serving.stdout], [], [], 60)[0]
            line = serving.stdout.readline()
            second = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, check=False)
        finally:
            os.kill(serving.pid, signal.SIGTERM)
        assert serving.wait(30) == 0
        assert serving.stdout.read() == ""
    assert "gRPC on 127.0.0.1:" in line
    assert second.returncode == 1
    assert second.stderr.startswith("metarr: another Metarr uses")
    assert len(second.stderr.splitlines()) == 1
