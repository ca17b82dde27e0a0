"""Recorded answers of the real services. They lie beside the project and are read there, never copied into it."""

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "samples"


class Recording(NamedTuple):
    """A row of the index. `file` is below the folder; `kind` begins with "recorded" where the body is whole."""

    file: str
    provider: str
    endpoint: str
    http_status: str
    kind: str

    @property
    def whole(self) -> bool:
        return self.kind.startswith("recorded")


def sample(name: str) -> bytes:
    """A recorded body, by its path below the folder; skips the test where the recordings are not at hand."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"no recording {name} beside the project")
    return path.read_bytes()


def sample_json(name: str) -> Any:
    """A recorded body, decoded."""
    return json.loads(sample(name))


def recorded(start: str) -> list[str]:
    """The whole recordings whose path begins so; skips the test where the recordings are not at hand."""
    rows = index()
    if not rows:
        pytest.skip("no recordings beside the project")
    return [recording.file for recording in rows if recording.whole and recording.file.startswith(start)]


def index(provider: str = "") -> list[Recording]:
    """What is recorded, of one provider or of all; nothing where the recordings are not at hand."""
    path = FOLDER / "INDEX.tsv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as rows:
        reader = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        found = [Recording(*(row[column] for column in Recording._fields)) for row in reader]
    return [recording for recording in found if provider in ("", recording.provider)]
