"""What an import finds: titles to send, and what cannot be one."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from metarr.cli.text import kind_constant
from metarr.domain.values import Kind


@dataclass(frozen=True)
class TitleToAdd:
    """A title to import, as `UpsertItems` takes it, and where it stands.

    `by`: the strongest evidence for it, "nfo", "id" or "name"; "" for a line of JSON. `note`: what its owner is to
    know.
    """

    where: str
    item: dict[str, Any]
    by: str = ""
    note: str = ""


class Sort(StrEnum):
    """Why something cannot be imported."""

    FAILED = "failed"
    """It should be: it is broken, or cannot be read."""
    NO_NFO = "no .nfo"
    """A file that bears the name of one, and describes nothing."""
    EXTRA = "extra"
    """It belongs to a title, and is none."""
    UNKNOWN = "not understood"
    """Nobody can tell which title it is."""


@dataclass(frozen=True)
class Fault:
    """Something that cannot be imported, and why."""

    where: str
    why: str
    sort: Sort = Sort.FAILED


Finding = TitleToAdd | Fault


def item_of(  # noqa: PLR0917 a title in plain values
    kind: Kind, title: str, year: int, ids: Any, fields: Any, weak: Collection[str] = ()
) -> dict[str, Any]:
    return {
        "kind": kind_constant(kind),
        **series_of(title, year, ids, weak),
        "fields": [{"name": name, "value": value} for name, value in fields.items()],
    }


def series_of(title: str, year: int, ids: Any, weak: Collection[str] = (), file: str = "") -> dict[str, Any]:
    """`weak`: the types of the ids that need a second witness; `file`: by what it is known again."""
    claims = [
        {"type": id_type, "value": str(value), **({"weak": True} if id_type in weak else {})}
        for id_type, value in ids.items()
    ]
    return {"title": title, "year": year, "ids": claims, **({"file": file} if file else {})}


def shown(path: Path | str, line: int = 0) -> str:
    """Where something stands; names that are no text are shown as far as they are."""
    name = os.fsencode(path).decode(errors="replace")
    return f"{name}:{line}" if line else name
