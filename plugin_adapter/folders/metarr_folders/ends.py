"""What a title has in common with itself on another disk, where its file has another number and maybe another time."""

import hashlib
import os
import stat
from pathlib import Path

from metarr_folders.titles import Located

BYTES = 64 * 1024
"""At the beginning, and at the end of a file."""

NONE = "-"
"""Of what nothing tells it from others: an empty file, a disc, one that cannot be read."""


def size_of(ends: str) -> int:
    """The size of the file that these are of; -1: of none."""
    size, _, digest = ends.partition(" ")
    return int(size) if digest and size.isdecimal() else -1


def ends_of(root: Path, located: Located) -> str:
    """Of a file its size and a hash of its ends, of a series and a season what its folder is called."""
    if not located.videos:
        name = located.folder.rpartition("/")[2]
        return f"folder {name}" if located.own and name else NONE
    try:
        return _of_file(root / located.videos[0])
    except OSError:
        return NONE


def _of_file(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            return NONE
        digest = hashlib.blake2b(file.read(BYTES), digest_size=16)
        file.seek(max(0, status.st_size - BYTES))
        digest.update(file.read(BYTES))
        return f"{status.st_size} {digest.hexdigest()}"
