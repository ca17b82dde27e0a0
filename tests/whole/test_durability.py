"""What was acknowledged is on the disk: counted are the calls by which the daemon has the disk write what it said."""

import contextlib
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from metarr.rpc.client import Client
from whole.test_kill import daemon

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

STRACE = shutil.which("strace")
EDITS = 10


def traceable() -> str:
    """Why system calls cannot be counted here; "": they can."""
    if STRACE is None:
        return "strace is not installed: it is what counts the calls of fdatasync"
    tried = subprocess.run([STRACE, "-f", "-e", "trace=fdatasync", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace processes here"


@contextlib.contextmanager
def traced(data_dir: Path, log: Path) -> Iterator[Client]:
    """A daemon of which every call of fdatasync and fsync is written down, with the file that it is about."""
    with daemon(data_dir) as (process, client):
        command = [str(STRACE), "-f", "-y", "-e", "trace=fdatasync,fsync", "-o", str(log), "-p", str(process.pid)]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            assert tracer.stderr is not None
            assert "attached" in tracer.stderr.readline()
            yield client
        finally:
            tracer.terminate()
            tracer.communicate(timeout=10)


def syncs(log: Path) -> int:
    """How often the write-ahead log was synced so far."""
    return len(re.findall(r"f(?:data)?sync\(\d+<[^>]*metarr\.db-wal>\)", log.read_text()))


def each_synced(log: Path, call: Callable[[int], Any]) -> list[int]:
    """By call how often the log was synced before its answer came."""
    counts = []
    for number in range(EDITS):
        before = syncs(log)
        call(number)
        counts.append(syncs(log) - before)
    return counts


def test_every_acknowledged_edit_and_undo_is_synced_before_it_is_told(tmp_path: Path) -> None:
    if why := traceable():
        pytest.skip(why)
    log = tmp_path / "calls"
    with traced(tmp_path / "data", log) as client:
        movie = {"kind": "MEDIA_KIND_MOVIE", "title": "Heat", "ids": [{"type": "imdb", "value": "tt0113277"}]}
        added = each_synced(log, lambda n: client.call("LibraryService", "UpsertItems", {"items": [movie]}))
        assert added[0] >= 1
        edits = each_synced(
            log,
            lambda n: client.call(
                "LibraryService", "UpdateItem", {"itemId": "1", "fields": {"plot": f"Plot {n}"}, "updateMask": "fields"}
            ),
        )
        assert min(edits) >= 1, edits
        changes = client.call("EnrichmentService", "ListChangeSets", {})["changeSets"]
        undos = each_synced(
            log, lambda n: client.call("EnrichmentService", "UndoChangeSet", {"changeSetId": changes[n]["id"]})
        )
        assert min(undos) >= 1, undos
        time.sleep(1)
        before = syncs(log)
        client.call("LibraryService", "GetItem", {"itemId": "1"})
        assert syncs(log) == before, "what only reads syncs nothing"
