"""A few short texts that outlive the host, in one file of a folder of the adapter's own. They matter: without the id in
it a library would be a new one to Metarr."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping

FILE = "player.json"


class FileMemory:
    """See `metarr_adapter.host.Memory`. What cannot be written is kept until the host ends, and written with what
    is set next; `failed` is told so, once until something can be written again."""

    def __init__(self, folder: str, failed: Callable[[str], None]) -> None:
        self._folder, self._failed = folder, failed
        self._lock = threading.Lock()
        self._complained = False
        self.lasting = True
        """What was set last is kept."""
        self._texts = dict(_read(os.path.join(folder, FILE)))

    def get(self, name: str) -> str:
        return self._texts.get(name, "")

    def set(self, name: str, value: str) -> None:
        with self._lock:
            if self._texts.get(name, "") == value:
                return
            self._texts[name] = value
            try:
                _write(self._folder, json.dumps(self._texts, indent=1, sort_keys=True))
                self.lasting, self._complained = True, False
            except OSError as error:
                self.lasting = False
                self._complain(error)

    def _complain(self, error: OSError) -> None:
        if not self._complained:
            self._complained = True
            self._failed(f"{self._folder} cannot be written: {error.strerror}")


def _read(path: str) -> Mapping[str, str]:
    """What a file holds; nothing where it is not there, or is damaged."""
    try:
        with open(path, encoding="utf-8") as file:
            texts_read = json.load(file)
    except (OSError, ValueError):
        return {}
    texts = texts_read if isinstance(texts_read, dict) else {}
    return {name: text for name, text in texts.items() if isinstance(text, str)}


def _write(folder: str, text: str) -> None:
    """The whole file or nothing of it, whatever happens. Raises OSError."""
    os.makedirs(folder, exist_ok=True)
    half = os.path.join(folder, f"{FILE}.{os.getpid()}.half")
    try:
        with open(half, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, os.path.join(folder, FILE))
    except OSError:
        if os.path.exists(half):
            os.unlink(half)
        raise
