"""The data directory is its owner's alone, also one that was there already."""

import os
import stat
from pathlib import Path

import pytest

from metarr.datadir import BACKUPS, DATABASE, ELSEWHERE, locked, make_private

LOCK = "metarr.lock"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_one_is_private_with_its_lock(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    before = os.umask(0)
    try:
        make_private(folder)
        with locked(folder):
            assert mode(folder / LOCK) == 0o600
    finally:
        os.umask(before)
    assert mode(folder) == 0o700


def test_one_that_was_there_already_becomes_private_with_what_metarr_has_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / BACKUPS).mkdir()
    names = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", LOCK, ELSEWHERE, "a film.nfo")
    for name in names:
        (folder / name).touch()
        (folder / name).chmod(0o664)
    for path in (folder, folder / BACKUPS):
        path.chmod(0o755)
    make_private(folder)
    assert (mode(folder), mode(folder / BACKUPS)) == (0o700, 0o700)
    assert {name: mode(folder / name) for name in names} == {**dict.fromkeys(names, 0o600), "a film.nfo": 0o664}
    with locked(folder):
        assert (folder / LOCK).read_text() == str(os.getpid())


def test_what_is_everybodys_or_another_users_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, theirs = tmp_path / "tmp", tmp_path / "theirs"
    for path, bits in ((shared, 0o1777), (theirs, 0o755)):
        path.mkdir()
        path.chmod(bits)
    make_private(shared)
    assert mode(shared) == 0o1777
    monkeypatch.setattr(os, "geteuid", lambda: theirs.stat().st_uid + 1)
    make_private(theirs)
    assert mode(theirs) == 0o755
