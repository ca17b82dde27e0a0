"""Reading files that somebody named: regular ones, and nothing that may never end."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def opened(path: Path) -> BinaryIO:
    """The file, to be read. Raises OSError, for a named pipe, a device and a socket as well: whoever reads one may wait
    for ever. What a shell hands over, such as `<(command)`, has no name of its own and is read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode) and os.path.exists(os.path.realpath(path)):
            raise OSError(errno.EINVAL, "it is a pipe or a device, and no file", str(path))
        os.set_blocking(descriptor, True)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def content(path: Path) -> bytes:
    """All of it. Raises OSError as `opened` does."""
    with opened(path) as file:
        return file.read()
