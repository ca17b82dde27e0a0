"""Keeps the owner's keys unreadable to whoever gets hold of the database alone.

The key file is the only thing that opens them. A lost or changed one costs the entered keys, never the start.
"""

import hashlib
import hmac
import os
import stat
import tempfile
import threading
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken

from metarr import regular
from metarr.errors import CannotDo

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
        self._fernet()
        return hmac.new(self._key, b"fingerprint:" + text.encode(), hashlib.sha256).hexdigest()[:16]

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


def read_private(path: Path, what: str) -> bytes | None:
    """The file's content without blanks around it; None where there is no such file. `what` it is, for a person.

    Raises CannotDo where it cannot be read, and where others than its owner can read it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise CannotDo(f"others can read the {what} {path} (mode {mode:04o}); run: chmod 600 {path}")
        return regular.content(path).strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotDo(f"the {what} {path} cannot be read: {error.strerror}") from error


def owned_as(folder: Path, *paths: Path) -> None:
    """Give these to the owner of the folder, where it is root who works for another user's daemon."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def write_private(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file that only its owner can read (mode 0600). It appears whole or not at all, even after a crash.

    Raises FileExistsError where there is one already and it is not to be replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        owned_as(path.parent, Path(name))
        if replace:
            os.replace(name, path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
