"""Where two texts begin to differ, for a person who looks at long ones in little room. Pure."""

import re

from rich.cells import cell_len

from metarr.cli.text import shortened

BEFORE = 2
"""Words shown before the first one that differs."""


def apart(old: str, new: str, room: int) -> tuple[str, str]:
    """Both texts, each in so many columns: whole where they fit, else from just before the first difference on."""
    return _apart(old, new, room, room)


def side_by_side(old: str, new: str, room: int) -> tuple[str, str]:
    """As `apart`, in so many columns together: what one does not need is the other's."""
    half = room // 2
    return _apart(old, new, max(half, room - cell_len(new)), max(half, room - cell_len(old)))


def _apart(old: str, new: str, old_room: int, new_room: int) -> tuple[str, str]:
    if cell_len(old) <= old_room and cell_len(new) <= new_room:
        return old, new
    start = _start(old, new, min(old_room, new_room))
    return _from(old, start, old_room), _from(new, start, new_room)


def _start(old: str, new: str, room: int) -> int:
    """Where to begin, so that the first difference is seen: at the very beginning where it is seen from there."""
    pairs = enumerate(zip(old, new, strict=False))
    differs = next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))
    if cell_len(old[:differs]) <= room // 3:
        return 0
    words = [match.start() for match in re.finditer(r"\S+", old[:differs])][-BEFORE - 1 :]
    # A long word, such as an address, is not shown from its beginning.
    starts: list[int] = [*words, *range(differs + 1)]
    return next(start for start in starts if cell_len(old[start:differs]) <= room // 2)


def _from(text: str, start: int, room: int) -> str:
    return shortened(f"…{text[start:]}" if start else text, room)
