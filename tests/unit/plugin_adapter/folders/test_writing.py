"""Files are there whole, or as they were."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metarr_folders import writing
from metarr_folders.writing import Changed, NotWritten


def test_a_new_file_has_the_mode_of_its_folder(tmp_path: Path):
    tmp_path.chmod(0o750)
    assert writing.replace(tmp_path / "a.nfo", b"x", None)
    assert (tmp_path / "a.nfo").stat().st_mode & 0o777 == 0o640


def test_an_old_one_keeps_its_own(tmp_path: Path):
    path = tmp_path / "a.nfo"
    path.write_bytes(b"old")
    path.chmod(0o604)
    assert writing.replace(path, b"new", b"old")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o604)
    assert os.listdir(tmp_path) == ["a.nfo"]


def test_the_same_is_not_written(tmp_path: Path):
    path = tmp_path / "a.nfo"
    path.write_bytes(b"old")
    before = path.stat()
    assert not writing.replace(path, b"old", b"old")
    assert path.stat().st_ino == before.st_ino


def test_what_somebody_wrote_meanwhile_stays(tmp_path: Path):
    path = tmp_path / "a.nfo"
    path.write_bytes(b"theirs")
    with pytest.raises(Changed):
        writing.replace(path, b"new", b"old")
    assert path.read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["a.nfo"]


def test_what_a_link_leads_to_is_written(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.nfo").write_bytes(b"old")
    (tmp_path / "link.nfo").symlink_to(tmp_path / "real/a.nfo")
    writing.replace(tmp_path / "link.nfo", b"new", b"old")
    assert (tmp_path / "link.nfo").is_symlink()
    assert (tmp_path / "real/a.nfo").read_bytes() == b"new"


def test_a_pipe_is_no_file(tmp_path: Path):
    os.mkfifo(tmp_path / "a.nfo")
    with pytest.raises(NotWritten):
        writing.replace(tmp_path / "a.nfo", b"new", None)


@pytest.mark.parametrize(
    ("number", "why"), [(30, "read-only"), (28, "full"), (13, "may not write"), (36, "too long"), (5, "error")]
)
def test_why_it_failed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, why: str):
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing.tempfile, "mkstemp", fails)
    with pytest.raises(NotWritten, match=why):
        writing.replace(tmp_path / "a.nfo", b"new", None)


def test_a_disk_that_fills_in_the_middle_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.nfo").write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten, match="full"):
        writing.replace(tmp_path / "a.nfo", b"new", b"old")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.nfo", b"old")]


def test_names_are_found_whatever_their_case(tmp_path: Path):
    (tmp_path / "Alien.NFO").write_bytes(b"x")
    assert writing.at(tmp_path, "alien.nfo").name == "Alien.NFO"
    assert writing.at(tmp_path, "heat.nfo").name == "heat.nfo"


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path):
    (tmp_path / "film").mkdir()
    (tmp_path / "film/.metarr-abc").write_bytes(b"half")
    (tmp_path / "film/a.nfo").write_bytes(b"whole")
    assert writing.clear(tmp_path, lambda: None) == 1
    assert [path.name for path in (tmp_path / "film").iterdir()] == ["a.nfo"]


WRITES = """
import sys
from pathlib import Path
from metarr_folders import writing
path, before = Path(sys.argv[1]), Path(sys.argv[1]).read_bytes()
print("begun", flush=True)
while True:
    content = (b"old" if before == b"new" * 9000 else b"new") * 9000
    writing.replace(path, content, before)
    before = content
"""


@pytest.mark.slow
def test_whoever_is_killed_amid_writing_leaves_the_old_file_or_the_new_one(tmp_path: Path):
    path = tmp_path / "a.nfo"
    path.write_bytes(b"old" * 9000)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for number in range(100):
        with subprocess.Popen([sys.executable, "-c", WRITES, path], env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.001 * (number % 20))
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in (b"old" * 9000, b"new" * 9000)
    writing.clear(tmp_path, lambda: None)
    assert os.listdir(tmp_path) == ["a.nfo"]
