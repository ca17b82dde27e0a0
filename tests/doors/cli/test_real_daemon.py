"""The command line against a real daemon and the simulated providers: what a fake daemon cannot tell."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doors.cli.conftest import Result
from harness import live
from metarr.app import Daemon
from metarr.cli import main
from metarr.rpc.doors.access import Access
from signals import HEARING_CTRL_C
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
    assert first.err == f"metarr: {lines}:2: imdb_rating: 11 is not between 0 and 10\n"
    assert again.out == "0 titles added, 2 known\n1 failed\n"
    listed = json.loads(metarr("library", "list", "--title", "ferry", "--json").out)["items"]
    item_id = listed[0]["id"]
    assert metarr("library", "edit", item_id, "plot=Mine").status == 0
    latest = json.loads(metarr("history", item_id, "--json").out)["changeSets"][0]["id"]
    assert metarr("undo", latest).status == 0
    assert metarr("library", "show", item_id, "--field", "plot").out == "P\timport\n"
    assert metarr("library", "remove", "night ferry (2001)").out.startswith(f"1 item deleted: {item_id}\n")
    assert "1 skipped: you deleted them" in metarr("library", "import", str(lines)).out
    assert metarr("library", "undelete", "night ferry").out == f"1 item restored: {item_id}\n"
    metarr("library", "remove", item_id, *(each["id"] for each in listed))


def test_a_tree_of_files_comes_in_once_and_is_recognized_by_its_names(metarr, tmp_path):
    names = [
        "Inception (2010)/Inception (2010).mkv",
        "The.Matrix.1999.1080p.BluRay.x264-GRP/grp-matrix.mkv",
        "Parasite {tmdb-496243}/film.mkv",
        "Your Name. (2016)/Your Name.mkv",
        "Dallas (2012)/Season 1/Dallas S01E01E02.mkv",
        "Nobody Knows This (2001)/Nobody Knows This.mkv",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    first, again = metarr("library", "import", str(tmp_path)), metarr("library", "import", str(tmp_path))
    assert first.out.splitlines()[:2] == ["8 titles added, 0 known", "told by: .nfo 0, id in a name 1, name 7"]
    assert again.out.splitlines()[0] == "0 titles added, 8 known"
    items = json.loads(metarr("library", "list", "--json").out)["items"]
    of = {each["title"]: each["id"] for each in items if each["kind"] != "MEDIA_KIND_EPISODE"}
    for title in ("Inception", "The Matrix", "Dallas", "Nobody Knows This"):
        metarr("enrich", of[title])
    ids = {
        title: {
            claim["type"]: claim["value"]
            for claim in json.loads(metarr("library", "show", of[title], "--json").out)["item"].get("ids", [])
        }
        for title in of
    }
    assert ids["Inception"]["imdb"] == "tt1375666"
    assert ids["The Matrix"]["imdb"] == "tt0133093"
    assert ids["Dallas"]["imdb"] == "tt1723760"
    assert ids["Nobody Knows This"] == {}
    assert metarr("library", "import", str(tmp_path)).out.splitlines()[0] == "0 titles added, 8 known"


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


def test_a_daemon_that_demands_its_token_is_asked_without_naming_it(tmp_path: Path, capsys, monkeypatch):
    running = Daemon(tmp_path / "data", access=Access(require_token=True))
    running.start()
    monkeypatch.setenv("METARR_SERVER", running.grpc_address)
    monkeypatch.setenv("METARR_DATA_DIR", str(tmp_path / "data"))
    try:
        for arguments in (["health"], ["library", "list"], ["library", "add", "movie", "--title", "Night Ferry"]):
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            assert not ended.value.code, capsys.readouterr().err
        monkeypatch.setenv("METARR_DATA_DIR", str(tmp_path))
        with pytest.raises(SystemExit) as ended:
            main(["health"])
        assert ended.value.code == 1
    finally:
        running.stop()


@pytest.mark.e2e
def test_what_the_daemon_was_asked_to_do_goes_on_after_ctrl_c(tmp_path: Path, simulators: Simulators):
    with live(tmp_path / "data") as running:
        running.configure(simulators, "tmdb")
        added = {"kind": "MEDIA_KIND_MOVIE", "ids": [{"type": "imdb", "value": "tt0137523"}]}
        running.call("Library", "UpsertItems", {"items": [added]})
        simulators.set_latency("tmdb", 3.0)
        simulators.clear_requests()
        command = [sys.executable, "-m", "metarr.cli", "enrich", "tt0137523", "--server", running.daemon.grpc_address]
        with subprocess.Popen([*HEARING_CTRL_C, *command], stderr=subprocess.PIPE, text=True) as asking:
            until(lambda: simulators.count("tmdb"))
            asking.send_signal(signal.SIGINT)
            told = asking.communicate(timeout=60)[1]
        simulators.set_latency("tmdb", 0.0)
        assert (asking.returncode, "the daemon goes on" in told) == (130, True)
        until(lambda: running.call("Enrichment", "ListChangeSets"))


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)  # another process works on it


def test_titles_that_nobody_can_tell_are_listed_and_picked_and_the_job_is_complete(metarr, movie):
    for title in ("Man of Steel", "Zzyzx Qwv"):
        assert metarr("library", "add", "movie", "--title", title).status == 0
    assert metarr("library", "list").out.count("a search") >= 2
    followed = metarr("enrich-all", "--follow")
    assert (followed.status, "complete" in followed.out) == (0, True)
    assert "titles wait for you to say which they are: metarr library undecided" in followed.out
    listed = metarr("library", "undecided").out
    assert "Man of Steel (2013)" in listed
    assert "nothing was found by this title" in listed
    assert "a search" not in metarr("library", "list").out
    waiting = metarr("library", "list", "--undecided").out
    assert waiting.count("you: which title?") == len(waiting.splitlines()) - 1 >= 2
    assert metarr("library", "identify", "man of steel", "--pick", "1").status == 0
    assert metarr("library", "list", "--undecided").out.count("\n") == waiting.count("\n") - 1
    assert metarr("enrich", "man of steel").status == 0


def test_seasons_and_episodes_are_named_by_their_series(metarr, tmp_path: Path):
    lines = tmp_path / "episodes.jsonl"
    told = '{"kind": "episode", "title": "%s", "series": "Pier Lights", "season": %d, "episode": %d}\n'
    lines.write_text("".join(told % each for each in (("Fog", 2, 1), ("Rope", 1, 2), ("Anchor", 1, 10))))
    assert metarr("library", "import", str(lines)).status == 0
    names = [line.split(None, 2)[2].rsplit("  never", 1)[0] for line in metarr("library", "list").out.splitlines()[1:]]
    assert [name.strip() for name in names if "Pier" in name] == [
        "Pier Lights",
        "Pier Lights, season 1",
        "Pier Lights S01E02 Rope",
        "Pier Lights S01E10 Anchor",
        "Pier Lights, season 2",
        "Pier Lights S02E01 Fog",
    ]
    assert "2 episodes" in metarr("library", "show", "pier lights").out
    assert metarr("library", "show", "pier lights, season 1").out.splitlines()[-1].split()[1:3] == ["10", "Anchor"]
    assert metarr("library", "edit", "pier lights s02e01", "plot=Mist.").out.startswith(
        "Pier Lights S02E01 Fog: 1 field"
    )
    assert "Pier Lights S02E01 Fog: edited" in metarr("history", "Fog").out


@pytest.mark.parametrize("columns", [80, 120])
def test_every_screen_fits_its_terminal_and_no_address_is_broken(metarr, movie, monkeypatch, columns):
    assert metarr("library", "add", "movie", "--title", "A Title That Goes On " * 9).status == 0
    assert metarr("enrich", movie).status == 0
    found = json.loads(metarr("library", "show", movie, "--json").out)["item"]["fields"]
    addresses = {each["value"][0]["url"] for each in found if each["name"] in ("poster", "keyart")}
    assert addresses
    monkeypatch.setenv("COLUMNS", str(columns))
    for screen in (
        ["library", "list"], ["library", "list", "--ids"], ["library", "list", "--never"], ["library", "undecided"],
        ["library", "show", movie], ["library", "show", movie, "--why"], ["history"], ["history", "--full"],
        ["jobs", "list"], ["providers", "list"], ["providers", "show", "tmdb"], ["settings", "show"],
        ["authority", "show"], ["health"], ["schedule", "show"], ["search", "movie", "man of steel"],
        ["authority", "set", "movie.plot", "omdb,tmdb", "--preview"], ["enrich", movie, "--dry-run"],
    ):  # fmt: skip
        lines = metarr(*screen).out.splitlines()
        wide = [line for line in lines if len(line) > columns and "http" not in line]
        assert wide == [], screen
        if screen[:2] == ["library", "show"]:
            assert addresses <= {word for line in lines for word in line.split()}
