"""A bundle of what a helper needs to see, and nothing that only the owner may know."""

import json
import platform
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog

from metarr import API_LEVEL, __version__, tokens
from metarr.datadir import DATABASE, KEY, elsewhere
from metarr.errors import CannotDo
from metarr.secrets import Vault
from metarr.store.database import Database
from metarr.store.providers import sealed_secrets

log = structlog.get_logger(__name__)

_SHORTEST = 4
"""Characters of a secret that can be told from an ordinary word."""


def write(target: Path, parts: Mapping[str, str], data_dir: Path, database_url: str = "") -> None:
    """Write the parts, by name, into a zip file for its owner alone. No secret of the data directory or of the
    library, and neither its path nor that of the home directory, is left in them. `database_url`: of the library, where
    it is not in the data directory. Raises CannotDo where the file cannot be written."""
    secrets = known_secrets(data_dir, database_url)
    try:
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in parts.items():
                bundle.writestr(name, scrubbed(text, secrets, data_dir, Path.home()))
    except OSError as error:
        raise CannotDo(f"the bundle {target} cannot be written: {error.strerror}") from error


def about(data_dir: Path, now: datetime) -> dict[str, Any]:
    """Versions, and the state of what lies in the data directory."""
    return {
        "made_at": now.astimezone(UTC).isoformat(),
        "metarr": __version__,
        "api_level": API_LEVEL,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "sqlite": sqlite3.sqlite_version,
        "packages": dict(sorted(_packages())),
        "schema": _schema(data_dir),
        "files": {path.name: path.stat().st_size for path in sorted(data_dir.glob("metarr*")) if path.is_file()},
    }


def log_parts(log_file: Path) -> dict[str, str]:
    """The log file and its older ones, by the name they get in a bundle. Raises CannotDo where it cannot be read."""
    try:
        files = [log_file, *sorted(log_file.parent.glob(f"{log_file.name}.[0-9]"))]
        return {f"log/{file.name}": file.read_text(encoding="utf-8", errors="replace") for file in files}
    except OSError as error:
        raise CannotDo(f"the log file {log_file} cannot be read: {error.strerror}") from error


def known_secrets(data_dir: Path, database_url: str = "") -> frozenset[str]:
    """Every secret that the data directory and the library hold, in the clear, as far as it can be opened."""
    secrets = {_content(data_dir / tokens.FILE_NAME), _content(data_dir / KEY)}
    if (database_url or (data_dir / DATABASE).is_file()) and (data_dir / KEY).is_file():
        try:
            database = Database(database_url or data_dir / DATABASE)
            secrets |= database.secrets
            with closing(database), database.read() as connection:
                vault = Vault(data_dir / KEY)
                secrets |= {vault.open(each) or "" for each in sealed_secrets(connection)}
        except Exception as error:  # noqa: BLE001 (a damaged database is a reason to make a bundle)
            log.warning("secrets_unknown", error=type(error).__name__)
    return frozenset(secret for secret in secrets if len(secret) >= _SHORTEST)


def scrubbed(text: str, secrets: Iterable[str], data_dir: Path, home: Path) -> str:
    """The text without secrets, in whatever spelling, and without paths that tell who somebody is."""
    spellings = {
        spelling
        for secret in secrets
        for spelling in (secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1])
    }
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "<secret>")
    for path, name in ((data_dir, "<data>"), (data_dir.resolve(), "<data>"), (home, "~"), (home.resolve(), "~")):
        if len(path.parts) > 1:
            text = re.sub(re.escape(str(path)) + r"(?![\w.-])", name, text)
    return text


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _packages() -> Iterable[tuple[str, str]]:
    for wanted in metadata.requires("metarr") or ():
        name = re.split(r"[\s<>=!~;\[]", wanted, maxsplit=1)[0]
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


def _schema(data_dir: Path) -> str:
    if where := elsewhere(data_dir):
        return f"in PostgreSQL, {where}"
    try:
        with closing(sqlite3.connect(f"{(data_dir / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError) as error:
        return f"unknown: {error}"
