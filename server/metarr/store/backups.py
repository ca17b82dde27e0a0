"""Copies of the SQLite file, made whole while it is in use."""

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import structlog

from metarr.errors import CannotDo
from metarr.store import schema, shape

log = structlog.get_logger(__name__)

KEEP = 5
"""How many backups are kept."""

NEWER, OF_A_NEWER = "NEWER_METARR", "was made by a newer Metarr"
"""Why a whole database cannot be put to work, as a reason and in words."""

DAMAGED = "damaged-"
"""What the name of a copy begins with that could not be put back."""


def make(database: Path, folder: Path, label: str, now: datetime, keep: int = KEEP) -> Path:
    """Copy the database into the folder; of the copies there, the last `keep` stay. Returns the new one.

    Raises CannotDo where the copy could not be put back: it keeps another name, and no older one goes.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"metarr-{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{label}.db"
    target, aside = folder / name, folder / f"{DAMAGED}{name}"
    part = folder / f".{name}"
    try:
        copy(database, part)
        fault = check(part)
    except sqlite3.DatabaseError as error:
        fault = f"cannot be read: {error}"
    if fault:
        if part.exists():
            part.replace(aside)
        raise CannotDo(f"the database {database} {fault}; nothing was changed: restore a backup", reason="DAMAGED")
    part.replace(target)
    log.info("backup_made", path=str(target))
    for old in listed(folder)[keep:]:
        old.unlink()
    return target


def listed(folder: Path) -> list[Path]:
    """The backups in the folder, the newest first."""
    return sorted(folder.glob("metarr-*.db"), reverse=True)


def restore(backup: Path, database: Path) -> None:
    """Put a backup in the database's place. Nothing else may have the database open.

    Raises CannotDo, with the database left as it was, where the backup cannot be read, is damaged, is no database of
    Metarr or one of a newer Metarr.
    """
    if not backup.is_file():
        raise CannotDo(f"there is no backup {backup}")
    fresh = database.with_name(database.name + ".restoring")
    try:
        checked_copy(backup, fresh)
        for companion in companions(database):
            companion.unlink(missing_ok=True)
        fresh.replace(database)
    finally:
        fresh.unlink(missing_ok=True)
    log.info("backup_restored", path=str(backup))


def checked_copy(backup: Path, target: Path) -> None:
    """Copy a backup, and look whether the copy can be put to work.

    Raises CannotDo where it cannot be read, is damaged, is no database of Metarr or one of a newer Metarr.
    """
    try:
        copy(backup, target)
    except sqlite3.DatabaseError as error:
        raise CannotDo(f"the backup {backup} cannot be read: {error}") from error
    demand(target, backup)


def demand(path: Path, backup: Path) -> None:
    """Look whether a database, which came out of that backup, can be put to work, and give its store another name.

    Raises CannotDo where it cannot.
    """
    fault = check(path)
    if fault:
        reason = NEWER if fault == OF_A_NEWER else "DAMAGED"
        raise CannotDo(f"the backup {backup} {fault}; the database was left as it is", reason=reason)
    _renew_store(path)


def _renew_store(path: Path) -> None:
    """Give the store another name: sequences that players acknowledged may be issued a second time from now on."""
    with closing(sqlite3.connect(path)) as copy:
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'sync_state'").fetchone():
            copy.execute("UPDATE sync_state SET store_id = ?", (uuid4().hex,))
            copy.commit()


def companions(database: Path) -> list[Path]:
    """The files in which SQLite keeps what is not in the database file yet."""
    return [database.with_name(database.name + suffix) for suffix in ("-wal", "-shm")]


def settle(database: Path) -> None:
    """Bring everything into the database file, so that it is whole by itself, where it is not too damaged for that.

    Nothing else may have it open.
    """
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def check(path: Path) -> str:
    """What keeps a database, which nobody else uses, from being put to work; "" where nothing does."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copied:
            return _fault(copied)
    except sqlite3.DatabaseError as error:
        return f"cannot be read: {error}"


def _fault(copied: sqlite3.Connection) -> str:
    copied.execute("PRAGMA trusted_schema = OFF")
    verdict = str(copied.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if verdict != "ok":
        return f"is damaged: {verdict}"
    if not copied.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return "is no database of Metarr"
    versions = [str(version) for (version,) in copied.execute("SELECT version_num FROM alembic_version")]
    if len(versions) != 1:
        return "is no database of Metarr"
    if not schema.knows(versions[0]):
        return OF_A_NEWER
    return shape.difference(copied, versions[0])


def copy(source: Path, target: Path) -> None:
    """Copy a database, which may be in use, into one file; by way of a name of its own, so that a crash leaves no half
    copy that looks like a whole one."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    read_only = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True)) as old, closing(sqlite3.connect(part)) as new:
        old.backup(new)
        # A copy of a WAL database would want its own companion files; a backup is one file.
        try:
            new.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if "malformed" not in str(error):
                raise
            log.warning("copy_of_a_damaged_database", path=str(target))  # whoever looks at it will see
    part.replace(target)
