"""Zips of which the same files make the same bytes."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can tell
READABLE_FILE = 0o100644 << 16


def write_zip(target: Path, files: Mapping[str, bytes]) -> Path:
    """Files by their names. They are stored, not compressed: how well a machine compresses differs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system, entry.external_attr = 3, READABLE_FILE
            packed.writestr(entry, content)
    return target
