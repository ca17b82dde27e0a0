"""A disk that can be filled, for some folders of one Kodi's: a file system in memory that no other program sees."""

import errno
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import FileIO
from pathlib import Path

_MEGABYTES = 24
_BLOCK = 4096
_MOVE_IN = f"""
disk=$1; shift
mount -t tmpfs -o size={_MEGABYTES}m tmpfs "$disk"
while [ "$1" != -- ]; do
    place=$(mktemp -d "$disk/XXXXXX")
    cp -a "$1/." "$place"
    mount --bind "$place" "$1"
    shift
done
shift
exec "$@"
"""


@cache
def missing() -> str:
    """Why there can be none here, or "" where there can."""
    try:
        tried = subprocess.run([*_apart(), "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    except FileNotFoundError:
        return "unshare missing; on Debian: apt install util-linux mount"
    return "" if tried.returncode == 0 else f"no file system of one's own here: {tried.stderr.decode().strip()}"


class SmallDisk:
    """The folders are copied to it when the program starts, and what is on it is gone when that ends."""

    def __init__(self, place: Path, *folders: Path) -> None:
        self._place, self._folders = place, folders
        for folder in (place, *folders):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def command(self) -> list[str | Path]:
        """Starts the program that is named after it, by the same process."""
        return [*_apart(), "sh", "-ec", _MOVE_IN, "sh", self._place, *self._folders, "--"]

    @contextmanager
    def full(self, pid: int) -> Iterator[None]:
        """While it lasts, there is not a byte left on the disk of that process."""
        filler = Path(f"/proc/{pid}/root") / self._place.relative_to("/") / "filler"
        try:
            with filler.open("wb", buffering=0) as file:
                _fill(file)
            yield
        finally:
            filler.unlink()


def _fill(file: FileIO) -> None:
    try:
        while file.write(bytes(_BLOCK)):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _apart() -> Sequence[str]:
    """Another view of the file systems; who is not root becomes so within it."""
    return ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else []), "--"]
