"""Everything that cannot be fetched again, in one file, and back: the database, the key file, the access token.

Of a library in PostgreSQL it is the files alone: that server's own tools save and restore the database.
"""

import errno
import gzip
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from metarr import tokens
from metarr.datadir import DATABASE, ELSEWHERE, KEY, elsewhere, locked, make_private
from metarr.errors import CannotDo
from metarr.private import owned_as, read_private
from metarr.store import backups

PRIVATE = {KEY: "key file", tokens.FILE_NAME: "token file"}
"""What is in a backup besides the database, or the note where that is, and what to call it."""

_LIBRARY = (DATABASE, ELSEWHERE)
_FULL = (errno.ENOSPC, errno.EDQUOT)
NO_SPACE = "its disk is full: No space left on device"
LEFT = "; the database was left as it is"
_PIECE = 1024 * 1024
_SQLITE = b"SQLite format 3\x00"


def make(data_dir: Path, target: Path) -> str:
    """Write a backup, while a daemon may run. The file appears whole or not at all, for its owner alone (mode 0600),
    and only once it was looked at as a restore would.

    Returns where the library is that is not in it; "" where it is. Raises CannotDo where there is nothing to back up,
    a part of it cannot be read, or the file cannot be written; and where it could not be put back: then it has another
    name, and whatever was called `target` stays.
    """
    where = elsewhere(data_dir)
    if not where and not (data_dir / DATABASE).is_file():
        raise CannotDo(f"there is no library in {data_dir}; name its directory with --data-dir")
    try:
        # Beside the backup, where there must be room anyway: the disk of the library may be full.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
            part = Path(folder) / "backup.tar.gz"
            _pack(data_dir, part, ELSEWHERE if where else DATABASE, Path(folder))
            fault = _unfit(part, Path(folder))
            if fault:
                aside = target.with_name(f"{target.name}.damaged")
                os.replace(part, aside)
                raise CannotDo(
                    f"this is no backup: {fault}. What could be copied is in {aside}; {target} was left as it was. "
                    "Put back the last good backup",
                    reason="DAMAGED",
                )
            os.replace(part, target)
    except OSError as error:
        raise CannotDo(f"the backup {target} cannot be written: {in_words(error)}") from error
    except sqlite3.DatabaseError as error:
        raise CannotDo(f"the backup {target} cannot be written: {_why(error)}") from error
    return where


def _pack(data_dir: Path, target: Path, library: str, folder: Path) -> None:
    copy = folder / library
    (backups.copy if library == DATABASE else shutil.copyfile)(data_dir / library, copy)
    with _private_file(target) as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(copy, library)
            # After the database: a key file that is made meanwhile seals nothing that is in the copy.
            for name, what in PRIVATE.items():
                if read_private(data_dir / name, what) is not None:
                    archive.add(data_dir / name, name)
        file.flush()
        os.fsync(file.fileno())
    copy.unlink()


def _unfit(part: Path, folder: Path) -> str:
    """Why what was just written could not be put back; "" where it could."""
    try:
        _unpacked(part, folder)
    except CannotDo as error:
        if error.reason == backups.NEWER:
            return ""  # it is whole; that version can put it back
        return str(error).replace(f"the backup {part}", "the library").removesuffix(LEFT)
    return ""


def _why(error: sqlite3.DatabaseError) -> str:
    return NO_SPACE if "full" in str(error) else f"the library cannot be read: {error}"


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
            raise CannotDo(f"{data_dir} cannot be written: {in_words(error)}; it was left as it was") from error
    return aside


def _unpacked(source: Path, folder: Path) -> list[Path]:
    """What the backup holds, checked, the database, or the note where that is, last."""
    with source.open("rb") as file:
        bare = file.read(len(_SQLITE)) == _SQLITE
    packed = folder / "packed"
    packed.mkdir()
    if bare:
        _demand_room(source.stat().st_size, folder)
        backups.checked_copy(source, packed / DATABASE)
    else:
        _extract(source, packed)
        if (packed / DATABASE).exists():
            backups.demand(packed / DATABASE, source)
    library = packed / (ELSEWHERE if (packed / ELSEWHERE).exists() else DATABASE)
    private = [packed / name for name in PRIVATE if (packed / name).exists()]
    if packed / tokens.FILE_NAME in private:
        tokens.read(packed / tokens.FILE_NAME)
    return [*private, library]


class _Header(tarfile.TarInfo):
    """A header that is believed within reason: what stands beside names and times is read into memory as a whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if (header.type in _BESIDE and header.size > _PIECE) or header.type == tarfile.GNUTYPE_SPARSE:
            raise tarfile.ReadError("a header is none that Metarr writes")
        return header


_BESIDE = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, *tarfile.GNU_TYPES)


def _extract(source: Path, folder: Path) -> None:
    """The known members, whatever else the archive holds and whatever paths it names. No more is unpacked than the
    archive says that it holds, and nothing where there is no room for that: a few bytes can be packed that become as
    many as a disk has."""
    try:
        with gzip.open(source) as stream, tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
            room = shutil.disk_usage(folder).free
            for member in archive:
                room -= member.size
                if room < 0:
                    raise CannotDo(f"{source} says that it holds more than there is room for in {folder.parent.parent}")
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and member.name in (*_LIBRARY, *PRIVATE):
                    with _private_file(folder / member.name) as file:
                        shutil.copyfileobj(content, file)
            _to_the_end(stream)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise
        raise CannotDo(f"{source} is no backup of Metarr, or it is damaged: {error}") from error
    if not any((folder / name).exists() for name in _LIBRARY):
        raise CannotDo(f"{source} is no backup of Metarr: it holds no {DATABASE}")


def _to_the_end(stream: gzip.GzipFile) -> None:
    """Read what is left, for the checksum stands at the end. After an archive there is but padding."""
    left = _PIECE
    while piece := stream.read(_PIECE):
        left -= len(piece)
        if left < 0:
            raise tarfile.ReadError("it goes on after its end")


def _demand_room(size: int, folder: Path) -> None:
    if size > (free := shutil.disk_usage(folder).free):
        raise CannotDo(f"{size / 1e6:.0f} MB are to be put into {folder.parent}, where {free / 1e6:.0f} MB are free")


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


def in_words(error: OSError) -> str:
    """What went wrong with a file, for a person."""
    return NO_SPACE if error.errno in _FULL else error.strerror or str(error)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
