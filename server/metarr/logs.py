"""The log: one line an event, on standard error and, where the owner wants it, in a file that is kept small."""

import logging
import os
import sys
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

from metarr.errors import CannotDo

FILE_BYTES = 10 * 1000 * 1000
FILES = 5
"""Log files kept beside the current one, FILE.1 the newest."""

SELDOM_SECONDS = 60.0

_LOGGER = "metarr"


class _PrivateFile(RotatingFileHandler):
    """Readable by its owner alone: the log tells what is in the library."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return open(descriptor, "a", encoding="utf-8", errors="replace")


def set_up(level: str, file: Path | None = None) -> None:
    """Let everything log from `level` on. Raises CannotDo where the file cannot be written."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if file is not None:
        handlers.append(_file_handler(file))
    logger = logging.getLogger(_LOGGER)
    for old in logger.handlers:
        old.close()
    logger.handlers, logger.propagate = handlers, False
    logger.setLevel(logging.DEBUG)  # structlog decides
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: logger,
    )


class Seldom:
    """Logs each event at most once a minute, with how often it happened since: who causes it shall not fill a disk."""

    def __init__(self, write: Callable[..., object]) -> None:
        """`write`: such as the `info` of a logger."""
        self._write = write
        self._since: dict[str, tuple[float, int]] = {}

    def __call__(self, event: str, **details: object) -> None:
        now = time.monotonic()
        written, left_out = self._since.get(event, (-SELDOM_SECONDS, 0))
        if now - written < SELDOM_SECONDS:
            self._since[event] = (written, left_out + 1)
            return
        self._since[event] = (now, 0)
        self._write(event, **details, **({"times_more": left_out} if left_out else {}))


def _file_handler(file: Path) -> logging.Handler:
    try:
        return _PrivateFile(file, maxBytes=FILE_BYTES, backupCount=FILES)
    except OSError as error:
        raise CannotDo(f"the log file {file} cannot be written: {error.strerror}") from error
