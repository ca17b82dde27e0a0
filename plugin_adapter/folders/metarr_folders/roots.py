"""The folders that the owner gave: which they are, and whether they are there now."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALL, MOVIES, SERIES = "paths", "movies", "series"
SETTINGS = (ALL, MOVIES, SERIES)
"""The settings that hold roots, by what is in them: anything, films, or series alone."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder with everything below. `holds`: one of `SETTINGS`."""

    path: Path
    holds: str

    def __str__(self) -> str:
        return str(self.path)


class RootAway(Exception):
    """A root cannot be looked at now; the text says why. Nothing in it is gone."""


def roots_of(settings: Mapping[str, Any]) -> list[Root]:
    """The roots of a host, each as its real path."""
    named = ((key, path) for key in SETTINGS for path in settings.get(key) or ())
    return [Root(Path(os.path.realpath(os.path.expanduser(path))), key) for key, path in named]


def device(root: Root) -> int:
    """The device that a root is on. Raises RootAway where it is not there, or no folder that can be read."""
    try:
        status = os.stat(root.path)
        with os.scandir(root.path):
            pass
    except OSError as error:
        raise RootAway(error.strerror or type(error).__name__) from error
    return status.st_dev


def overlaps(paths: list[Path]) -> Iterator[tuple[Path, Path]]:
    """Pairs of which one is the other, or within it."""
    for place, one in enumerate(paths):
        yield from ((one, other) for other in paths[place + 1 :] if is_within(one, other) or is_within(other, one))


def is_within(path: Path, other: Path) -> bool:
    return path == other or other in path.parents
