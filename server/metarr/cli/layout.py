"""Columns of text fitted to a width. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence

from rich.cells import cell_len, chop_cells

GAP = 2
"""Blanks between two columns."""

INDENT = "  "
LONG_WORD = 16
"""Characters that a column has at least where a word of it is as long: shorter words are never folded."""

_URL = re.compile(r"https?://[^\s,]*[^\s,.;:)]")
_STANDING = re.compile(rf"(?:(?<=\n)|^|(?<=, )|: )({_URL.pattern})")
"""An address that stands for itself, with what introduces it: not one within a sentence."""

Cells = Sequence[str]


def laid_out(heads: Cells, rows: Collection[Cells], whole: Collection[int], width: int) -> tuple[list[str], list[str]]:
    """The lines of a table: those of its headings, and those of its rows.

    Wide cells are folded, never cut; those of the columns `whole`, by place, not even folded. An address is never
    folded either: one that has no room in its column stands below its row, in a line of its own, or within a sentence
    beyond the edge.
    """
    widths = _widths(heads, rows, whole, width)
    lines: list[str] = []
    for row in rows:
        parts = [_parted(cell, width) for cell, width in zip(row, widths, strict=True)]
        lines += _row([cell for cell, _ in parts], widths, whole)
        lines += [INDENT + url for _, urls in parts for url in urls]
    return list(_row(heads, widths, ())), lines


def _widths(heads: Cells, rows: Collection[Cells], whole: Collection[int], width: int) -> list[int]:
    """How wide each column is: as its widest cell where all have room, else what the narrow ones leave, shared."""
    columns = [[head, *(row[place] for row in rows)] for place, head in enumerate(heads)]
    room = width - GAP * (len(heads) - 1)
    widest = [max(map(_width, column)) for column in columns]
    if sum(widest) <= room:
        return widest
    columns = [[_STANDING.sub("", cell) for cell in column] for column in columns]
    widest = [max(map(_width, column)) for column in columns]
    least = [
        widest[place] if place in whole else max(_longest(head), *map(_least, column))
        for place, (head, column) in enumerate(zip(heads, columns, strict=True))
    ]
    return _shared(widest, least, room)


def _least(cell: str) -> int:
    """What a cell needs: its words, as far as they are of usual length, and its addresses."""
    return max(min(_longest(_URL.sub("", cell)), LONG_WORD), *map(cell_len, _URL.findall(cell)), 0)


def _shared(widest: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Room for each column: what it needs where that is no more than an equal share of what the others leave."""
    given = list(least)
    wanting = {place for place in range(len(widest)) if widest[place] > least[place]}
    while wanting:
        share = max(0, room - sum(given[place] for place in range(len(given)) if place not in wanting)) // len(wanting)
        settled = {place for place in wanting if widest[place] <= share or least[place] >= share}
        for place in settled or wanting:
            given[place] = max(least[place], min(widest[place], share))
        wanting -= settled or wanting
    return given


def _parted(cell: str, width: int) -> tuple[str, list[str]]:
    """A cell without the addresses that stand in it and have no room, and these."""
    long = [url for url in _STANDING.findall(cell) if cell_len(url) > width]
    rest = _STANDING.sub(lambda match: "" if match[1] in long else match[0], cell)
    return (re.sub(r"(, )+(?=,|$)|^(, )+", "", rest) if long else cell), long


def _row(cells: Cells, widths: Sequence[int], whole: Collection[int]) -> Iterator[str]:
    folded = [
        cell.split("\n") if place in whole else [part for line in cell.split("\n") for part in _folded(line, width)]
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    for number in range(max(map(len, folded))):
        parts = [lines[number] if number < len(lines) else "" for lines in folded]
        padded = (part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True))
        yield (" " * GAP).join(padded).rstrip()


def _folded(line: str, width: int) -> list[str]:
    """A line in pieces that fit, parted at blanks; only words that do not fit by themselves are parted."""
    if cell_len(line) <= width:
        return [line]
    pieces = [""]
    for word in line.split():
        joined = f"{pieces[-1]} {word}".lstrip()
        if cell_len(joined) <= width:
            pieces[-1] = joined
        else:
            parts = [word] if _URL.search(word) else chop_cells(word, max(1, width))
            pieces = [*pieces, *parts] if pieces[-1] else parts
    return pieces


def _width(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def _longest(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)
