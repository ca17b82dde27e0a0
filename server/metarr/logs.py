"""The log: one line an event, on standard error and, where the owner wants it, in a file that is kept small."""

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

from metarr.errors import CannotDo

FILE_BYTES = 10 * 1000 * 1000
FILES = 5
"""Log files kept beside the current one, FILE.1 the newest."""

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


def _file_handler(file: Path) -> logging.Handler:
    try:
        return _PrivateFile(file, maxBytes=FILE_BYTES, backupCount=FILES)
    except OSError as error:
        raise CannotDo(f"the log file {file} cannot be written: {error.strerror}") from error
