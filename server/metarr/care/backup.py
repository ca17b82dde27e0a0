"""Everything that cannot be fetched again, in one file, and back: the database, the key file, the access token.

Of a library in PostgreSQL it is the files alone: that server's own tools save and restore the database.
"""

import gzip
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from metarr import tokens
from metarr.datadir import DATABASE, ELSEWHERE, KEY, elsewhere, locked, make_private
from metarr.errors import CannotDo
from metarr.secrets import owned_as, read_private
from metarr.store import backups

PRIVATE = {KEY: "key file", tokens.FILE_NAME: "token file"}
"""What is in a backup besides the database, or the note where that is, and what to call it."""

_LIBRARY = (DATABASE, ELSEWHERE)
_PIECE = 1024 * 1024
_SQLITE = b"SQLite format 3\x00"


def make(data_dir: Path, target: Path) -> str:
    """Write a backup, while a daemon may run. The file appears whole or not at all, for its owner alone (mode 0600).

    Returns where the library is that is not in it; "" where it is. Raises CannotDo where there is nothing to back up,
    a part of it cannot be read, or the file cannot be written.
    """
    where = elsewhere(data_dir)
    if not where and not (data_dir / DATABASE).is_file():
        raise CannotDo(f"there is no library in {data_dir}; name its directory with --data-dir")
    try:
        descriptor, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    except OSError as error:
        raise CannotDo(f"the backup {target} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            _pack(data_dir, file, ELSEWHERE if where else DATABASE)
            file.flush()
            os.fsync(descriptor)
        os.replace(part, target)
    except OSError as error:
        raise CannotDo(f"the backup {target} cannot be written: {error.strerror or error}") from error
    finally:
        Path(part).unlink(missing_ok=True)
    return where


def _pack(data_dir: Path, file: BinaryIO, library: str) -> None:
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".backup-") as folder:
        copy = Path(folder) / library
        (backups.copy if library == DATABASE else shutil.copyfile)(data_dir / library, copy)
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(copy, library)
            # After the database: a key file that is made meanwhile seals nothing that is in the copy.
            for name, what in PRIVATE.items():
                if read_private(data_dir / name, what) is not None:
                    archive.add(data_dir / name, name)


def restore(source: Path, data_dir: Path, now: datetime) -> Path:
    """Put what a backup holds into the data directory: of `make`, or the copy of a database that an upgrade left in
    `backups`. Returns the directory in which what was there before is kept.

    Raises CannotDo, with everything left as it was, where a daemon runs on the directory, where the backup cannot be
    read or is damaged, and where it is of a newer Metarr.
    """
    if not source.is_file():
        raise CannotDo(f"there is no backup {source}")
    make_private(data_dir)
    with locked(data_dir), tempfile.TemporaryDirectory(dir=data_dir, prefix=".restoring-") as folder:
        aside = data_dir / f"replaced-{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
        try:
            _exchange(_unpacked(source, Path(folder)), data_dir, aside)
        except OSError as error:
            raise CannotDo(f"{data_dir} cannot be written: {error.strerror}; it was left as it was") from error
    return aside


def _unpacked(source: Path, folder: Path) -> list[Path]:
    """What the backup holds, checked, the database, or the note where that is, last."""
    with source.open("rb") as file:
        bare = file.read(len(_SQLITE)) == _SQLITE
    packed = folder / "packed"
    if not bare:
        packed.mkdir()
        _extract(source, packed)
    library = folder / DATABASE
    if (packed / ELSEWHERE).exists():
        library = packed / ELSEWHERE
    else:
        backups.checked_copy(source if bare else packed / DATABASE, library)
    private = [packed / name for name in PRIVATE if (packed / name).exists()]
    if packed / tokens.FILE_NAME in private:
        tokens.read(packed / tokens.FILE_NAME)
    return [*private, library]


def _extract(source: Path, folder: Path) -> None:
    """The known members, whatever else the archive holds and whatever paths it names."""
    try:
        with gzip.open(source) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and member.name in (*_LIBRARY, *PRIVATE):
                    with _private_file(folder / member.name) as file:
                        shutil.copyfileobj(content, file)
            while stream.read(_PIECE):  # its checksum stands at the end
                pass
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise CannotDo(f"{source} is no backup of Metarr, or it is damaged: {error}") from error
    if not any((folder / name).exists() for name in _LIBRARY):
        raise CannotDo(f"{source} is no backup of Metarr: it holds no {DATABASE}")


def _private_file(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _exchange(fresh: Collection[Path], data_dir: Path, aside: Path) -> None:
    """Put each fresh file in the place of its namesake, which is kept aside; all of them, or none. A library that has
    no place in the backup is kept aside, too."""
    database = data_dir / DATABASE
    if database.exists():
        backups.settle(database)
    aside.mkdir(mode=0o700)
    owned_as(data_dir, aside)
    done: list[str] = []
    try:
        # Where the database could not be settled, its companions belong to it and to no other.
        left = {*_LIBRARY} - {new.name for new in fresh}
        for old in filter(Path.exists, [*backups.companions(database), *(data_dir / name for name in left)]):
            done.append(old.name)
            old.replace(aside / old.name)
        for new in fresh:
            old = data_dir / new.name
            if old.exists():
                shutil.copy2(old, aside / old.name)
            done.append(new.name)
            _flush(new)
            owned_as(data_dir, new)
            new.replace(old)
    except BaseException:
        _put_back(done, data_dir, aside)
        raise


def _put_back(names: Iterable[str], data_dir: Path, aside: Path) -> None:
    for name in names:
        if (aside / name).exists():
            (aside / name).replace(data_dir / name)
        else:
            (data_dir / name).unlink(missing_ok=True)
    shutil.rmtree(aside)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
