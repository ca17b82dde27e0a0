"""How the daemon's process ends: told to, where it could not start, and where there is nothing to spare."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness import PROVIDERS, put_blank, settings_for
from metarr.datadir import DATABASE
from metarr.rpc.client import Client
from simulators import Simulators, generated_movie

pytestmark = pytest.mark.e2e

SECONDS = 8.0
FEW_THREADS = """
import sys, threading
from metarr.cli import main
really, left = threading.Thread.start, [int(sys.argv[1])]
def start(thread):
    left[0] -= 1
    if left[0] < 0:
        raise RuntimeError("can't start new thread")
    really(thread)
threading.Thread.start = start
main(sys.argv[2:])
"""


def command(data_dir: Path, *options: str) -> list[str]:
    doors = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    return ["serve", "--data-dir", str(data_dir), "--log-level", "warning", *doors, *options]


@contextmanager
def daemon(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    # What Python holds back by default may be what it cannot print in the end.
    held_back = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [sys.executable, "-m", "metarr.cli", *command(data_dir)], stdout=subprocess.PIPE, text=True, env=held_back
    )
    try:
        assert process.stdout is not None
        address = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None
        with Client(address[0], 30) as client:
            yield process, client
    finally:
        process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def blank(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    put_blank(folder / DATABASE)
    return folder


def ended_after(process: subprocess.Popen[str], number: int) -> tuple[float, int]:
    """How long the process takes to end when it is told to, and its status."""
    begun = time.monotonic()
    process.send_signal(number)
    status = process.wait(30)
    return time.monotonic() - begun, status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_it_ends_in_good_order_when_it_is_told_to(tmp_path: Path, number: int) -> None:
    with daemon(blank(tmp_path / "data")) as (process, _):
        took, status = ended_after(process, number)
    assert (took < SECONDS, status) == (True, 0)


@pytest.mark.parametrize("full", [False, True], ids=["room", "full disk"])
def test_it_ends_within_eight_seconds_in_the_middle_of_a_job_over_slow_providers(tmp_path: Path, full: bool) -> None:
    with Simulators() as simulators, daemon(blank(tmp_path / "data")) as (process, client):
        for provider in PROVIDERS:
            simulators.set_latency(provider, 0.3)
            request = {"providerId": provider, "settings": settings_for(simulators, provider)}
            client.call("ConfigService", "UpdateProvider", {**request, "updateMask": "settings"})
        items = [
            {"kind": "MEDIA_KIND_MOVIE", "title": movie.title, "ids": [{"type": "imdb", "value": movie.imdb}]}
            for movie in map(generated_movie, range(150))
        ]
        client.call("LibraryService", "UpsertItems", {"items": items})
        client.call("EnrichmentService", "StartEnrichment", {"all": True})
        time.sleep(1.5)
        if full:
            # Nothing can be written any more, as on a disk that is full.
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, 1))
            time.sleep(0.5)
        took, status = ended_after(process, signal.SIGTERM)
    assert took < SECONDS
    assert status == 0


@pytest.mark.parametrize("threads", [0, 2, 3, 4, 5, 8])
def test_a_start_that_lacks_threads_ends_the_process_with_what_was_missing(tmp_path: Path, threads: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FEW_THREADS, str(threads), *command(blank(tmp_path / "data"))],
        check=False,
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert ended.returncode == 1
    assert "the machine has no thread to spare" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_start_that_finds_its_port_taken_ends_the_process(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "metarr.cli", *command(blank(tmp_path / "data"), "--http", f"127.0.0.1:{port}")],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert ended.returncode == 1
    assert "cannot listen for HTTP" in ended.stderr
