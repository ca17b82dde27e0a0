"""Keeps the owner's keys unreadable to whoever gets hold of the database alone.

The key file is the only thing that opens them. A lost or changed one costs the entered keys, never the start.
"""

import hashlib
import hmac
import threading
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken

from metarr.private import read_private, write_private

log = structlog.get_logger(__name__)


class Vault:
    """Seals and opens secrets with the key in `key_file`, which is made, mode 0600, when it is first needed.

    Raises CannotDo, also when made, where the key file cannot be read or where others than its owner can read it.
    """

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        self._key = b""
        self._making = threading.Lock()
        if key_file.exists():
            self._key = self._read() or b""

    @property
    def folder(self) -> Path:
        """Where the key file is: the data directory."""
        return self._key_file.parent

    def seal(self, text: str) -> str:
        """The secret, encrypted and authenticated; another text each time."""
        return self._fernet().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The secret; None where it was sealed with another key: it must be entered again."""
        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def fingerprint(self, text: str) -> str:
        """16 hex digits that tell two secrets apart and that nobody without the key file can try guesses against."""
        return self._derived("fingerprint", text)[:16]

    def word(self, purpose: str) -> str:
        """32 hex digits that stand for a purpose: the same ones as long as the key is, and told by nothing else."""
        return self._derived("word", purpose)[:32]

    def _derived(self, sort: str, text: str) -> str:
        self._fernet()
        return hmac.new(self._key, f"{sort}:{text}".encode(), hashlib.sha256).hexdigest()

    def _fernet(self) -> Fernet:
        with self._making:
            if not self._key:
                self._key = self._read() or self._make()
        return Fernet(self._key)

    def _read(self) -> bytes | None:
        """The key; None where there is no usable one. An unusable file is put aside, not overwritten."""
        key = read_private(self._key_file, "key file")
        if key is None:
            return None
        try:
            Fernet(key)
        except ValueError:
            aside = self._key_file.with_name(self._key_file.name + ".unusable")
            self._key_file.replace(aside)
            log.warning("key_file_unusable", put_aside_as=str(aside), consequence="keys must be entered again")
            return None
        return key

    def _make(self) -> bytes:
        key = Fernet.generate_key()
        try:
            write_private(self._key_file, key)
        except FileExistsError:
            return self._read() or self._make()
        log.info("key_file_made", path=str(self._key_file))
        return key
