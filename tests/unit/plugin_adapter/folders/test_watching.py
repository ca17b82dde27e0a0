"""Changes in folders are heard of where the system tells of them, and only there."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from metarr_folders import watching
from metarr_folders.roots import Root

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/nas rw shared:5 - nfs4 nas:/films rw
31 30 8:9 / /mnt/nas/local\040disk rw - xfs /dev/sdb rw
32 22 0:41 / /pool rw - fuse.mergerfs a:b rw
33 22 8:2 / /twice rw - ext4 /dev/sda2 rw
34 22 0:42 / /twice rw - cifs //nas/share rw
a broken line
"""


@pytest.mark.parametrize(
    ("path", "kind", "deaf"),
    [
        ("/media/films", "ext4", False),
        ("/mnt/nas/films", "nfs4", True),
        ("/mnt/nas/local disk/films", "xfs", False),
        ("/mnt/nas", "nfs4", True),
        ("/pool/films", "fuse.mergerfs", True),
        ("/twice/films", "cifs", True),
        ("/mnt/nasty", "ext4", False),
    ],
)
def test_a_path_is_on_the_last_file_system_mounted_around_it(path: str, kind: str, deaf: bool):
    assert watching.file_system(Path(path), MOUNTS) == kind
    assert bool(watching.DEAF.match(kind)) is deaf


def test_where_nothing_tells_of_mounts_all_is_local():
    assert watching.file_system(Path("/media"), "") == ""


class Watched:
    """A root that is watched. `lines`: what was said."""

    def __init__(self, path: Path) -> None:
        self.path, self.lines = path, list[str]()
        self.changed, self.said = threading.Semaphore(0), threading.Semaphore(0)
        self.end = watching.watch([Root(path, "paths")], self.changed.release, self.log)

    def log(self, _level: str, text: str) -> None:
        self.lines.append(text)
        self.said.release()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "QUIET", 50)


@pytest.fixture
def watched(tmp_path: Path, short: None) -> Iterator[Watched]:
    (tmp_path / "Alien (1979)").mkdir()
    watched = Watched(tmp_path)
    assert watched.said.acquire(timeout=20)
    yield watched
    watched.end()


@pytest.mark.slow
def test_a_new_file_and_a_renamed_folder_are_heard_of(watched: Watched):
    assert "changes are heard of" in watched.lines[0]
    # The system needs a moment from being asked on: what is written until then may go unheard.
    for number in range(100):
        (watched.path / "Alien (1979)" / f"{number}.mkv").write_bytes(b"")
        if watched.changed.acquire(timeout=0.2):
            break
    while watched.changed.acquire(timeout=0.5):
        pass
    (watched.path / "Alien (1979)").rename(watched.path / "Aliens (1986)")
    assert watched.changed.acquire(timeout=20)


@pytest.mark.parametrize(
    ("mounts", "limit", "why"),
    [("1 0 0:1 / / rw - nfs4 a rw", "99999", "is on nfs4"), ("", "4", "more than 2 folders")],
)
def test_what_cannot_be_heard_of_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: str, limit: str, why: str
):
    for name, text in (("_MOUNTS", mounts), ("_LIMIT", limit)):
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(watching, name, tmp_path / name)
    root = tmp_path / "media"
    for number in range(5):
        (root / str(number)).mkdir(parents=True)
    watched = Watched(root)
    assert watched.said.acquire(timeout=20)
    watched.end()
    assert why in watched.lines[0]
    assert "found by looking alone" in watched.lines[0]


def test_a_root_that_is_not_there_is_no_error(tmp_path: Path):
    watched = Watched(tmp_path / "nowhere")
    assert watched.said.acquire(timeout=20)
    watched.end()
