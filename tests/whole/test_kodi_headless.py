"""The script that runs a disposable Kodi for people who want to look."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from kodi_host import needs_kodi
from signals import HEARING_CTRL_C

pytestmark = [pytest.mark.e2e, needs_kodi]

SCRIPT = Path(__file__).parents[2] / "scripts" / "kodi_headless"
ANSWERS = re.compile(r"JSON-RPC: (\S+)  user: (\S+)  password: (\S+)")


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The script, which has ended afterwards; its temporary files go to `folder`, and must be gone then, too."""
    scratch = folder / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [*HEARING_CTRL_C, sys.executable, str(SCRIPT), *arguments]
    with (folder / "errors.log").open("wb") as errors:
        script = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    with script:
        try:
            yield script
        finally:
            script.terminate()
    assert not list(scratch.iterdir())


def ask(told: re.Match[str], method: str) -> dict:
    url, user, password = told.groups()
    message = {"jsonrpc": "2.0", "id": 1, "method": method}
    return requests.post(url, json=message, auth=(user, password), timeout=20).json()["result"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 1)])
def test_it_runs_with_a_library_until_it_is_told_to_end(tmp_path: Path, number: signal.Signals, status: int):
    with started(tmp_path, "--movies", "3", "--shows", "1") as script:
        told = ANSWERS.match(script.stdout.readline())
        assert told, (tmp_path / "errors.log").read_text()
        assert ask(told, "VideoLibrary.GetMovies")["limits"]["total"] == 3
        assert ask(told, "VideoLibrary.GetTVShows")["limits"]["total"] == 1
        addons = {addon["addonid"] for addon in ask(told, "Addons.GetAddons")["addons"]}
        assert "script.metarr" in addons
        script.send_signal(number)
        script.communicate(timeout=60)
    assert script.returncode == status
    with pytest.raises(requests.ConnectionError):
        ask(told, "JSONRPC.Ping")


def test_it_takes_a_picture_of_a_window_and_ends(tmp_path: Path):
    picture = tmp_path / "films.png"
    window = ["--window", "videos", "videodb://movies/titles/"]
    with started(tmp_path, "--movies", "3", *window, "--without-addon", "--screenshot", str(picture)) as script:
        output, _ = script.communicate(timeout=120)
    assert (script.returncode, output) == (0, f"{picture}\n"), (tmp_path / "errors.log").read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
