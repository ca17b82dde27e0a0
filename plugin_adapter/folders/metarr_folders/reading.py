"""Reads files that lie beside media: regular ones alone, and no more of one than is wanted."""

import errno
import os
import stat
from pathlib import Path


def content(path: Path, most: int) -> bytes:
    """What a file holds, at most so many bytes and one. Raises OSError, for a pipe, too, which may never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no file", str(path))
        return file.read(min(status.st_size, most) + 1)
