"""A tree of folders on disks of its own: one that fills while an image is written, and a move from one to another."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kodi_host.small_disk import SmallDisk

pytestmark = pytest.mark.slow

BEGIN = """
import json, os, shutil, sys
from hashlib import sha256
from pathlib import Path
from metarr_adapter.kind import HostImage, Surroundings
from metarr_adapter.poll import Untold
from metarr_folders.host import FolderHost
from metarr_folders.roots import Root
small, large, work = map(Path, sys.argv[1:])
notes, IMAGE = [], b"\\xff\\xd8\\xff" + bytes(3_000_000)
image = HostImage(IMAGE, sha256(IMAGE).hexdigest())
around = Surroundings(str(work), lambda *_: None, lambda told: notes.append(list(told)), lambda: None, lambda *_: image)
for number in range(12):
    (small / f"Film {number} (2000)").mkdir()
    (small / f"Film {number} (2000)" / "film.mkv").write_bytes(b"%d" % number)
(large / "Ran (1985)").mkdir(); (large / "Ran (1985)" / "ran.mkv").write_bytes(b"ran")
assert os.stat(small).st_dev != os.stat(large).st_dev
host = FolderHost([Root(small, "paths"), Root(large, "paths")], around)
def told():
    host.look()
    keys = []
    while (untold := host.untold()) != Untold([], []):
        keys += [entry.host_key for entry in untold.entries] + [f"gone {key}" for key in untold.removed]
        host.tell(untold)
    return sorted(keys)
known = told()
def write(number):
    poster = {"poster": [{"url": "https://image.example/p"}]}
    return dict(host.write("movie", f"{small}/Film {number} (2000)", "", poster))
"""

FILLS = f"""{BEGIN}
why = [write(number) for number in range(12)]
left = sorted(path.name for path in small.rglob("*.jpg") if path.read_bytes() != IMAGE)
temporary = [path.name for path in small.rglob(".metarr-*")]
for number in range(6):
    shutil.rmtree(small / f"Film {{number}} (2000)")
print(json.dumps([why, left, temporary, notes[-1], [write(number) for number in range(6, 12)]]))
"""

MOVES = f"""{BEGIN}
shutil.move(small / "Film 3 (2000)", large / "Film 3")
shutil.move(large / "Ran (1985)", small / "Ran (1985)")
print(json.dumps([known, told(), host._index.row(f"{{small}}/Film 3 (2000)").located.root]))
"""


def run(folder: Path, script: str) -> Any:
    """What a script prints that finds its first folder on a disk of 24 MB."""
    for name in ("large", "work"):
        (folder / name).mkdir()
    disk = SmallDisk(folder / "disk", folder / "small")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    places = [folder / name for name in ("small", "large", "work")]
    command = [*disk.command, sys.executable, "-c", script, *places]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_disk_that_fills_in_mid_image_leaves_none_or_all_of_it(tmp_path: Path):
    why, left, temporary, notes, again = run(tmp_path, FILLS)
    full = {"poster": "the disk is full"}
    assert why == [{}] * why.index(full) + [full] * (12 - why.index(full))
    assert 0 < why.index(full) < 12
    assert (left, temporary) == ([], [])
    assert [note[::2] for note in notes] == [["refused", "the disk is full"]]
    assert again == [{}] * 6


def test_what_moves_from_one_disk_to_another_is_the_same_title(tmp_path: Path):
    known, told, root = run(tmp_path, MOVES)
    assert len(known) == 13
    assert [key for key in told if key not in known] == []
    assert root == str(tmp_path / "large")
