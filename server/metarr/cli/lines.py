"""Titles as JSON lines: one on a line of its own."""

import hashlib
import json as json_text
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec

from metarr.cli.findings import Fault, Finding, TitleToAdd, item_of, series_of, shown
from metarr.domain.ids import Admitted, admit_all
from metarr.domain.values import Kind

MOST_LINE = 1024 * 1024
"""Bytes of one JSON line."""


Number = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Series(msgspec.Struct, forbid_unknown_fields=True):
    """The series of an episode or a season."""

    title: str = ""
    year: Number = 0
    ids: dict[str, str | int] = {}


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """One title on a line of its own."""

    kind: Kind
    title: str = ""
    year: Number = 0
    ids: dict[str, str | int] = {}
    fields: dict[str, Any] = {}
    series: str | Series | None = None
    season: Number | None = None
    episode: Number | None = None
    lock_all: bool = False


_decode = msgspec.json.Decoder(Line).decode


def read_lines(path: Path, file: BinaryIO) -> Iterator[Finding]:
    """The titles of a file of lines. Each is known again by what it calls its title, in whatever line it stands."""
    name = unicodedata.normalize("NFC", shown(os.path.abspath(path)))
    seen: Counter[str] = Counter()
    for finding in _findings(path, file):
        if isinstance(finding, TitleToAdd):
            called = json_text.dumps([finding.item.get(key) for key in _CALLED], sort_keys=True)
            part = hashlib.blake2b(called.encode(errors="replace"), digest_size=8).hexdigest()
            seen[part] += 1
            finding.item.update(file=name, part=f"{part}.{seen[part]}")
        yield finding


_CALLED = ("kind", "title", "year", "ids", "series", "seasonNumber", "episodeNumber")


def _findings(path: Path, file: BinaryIO) -> Iterator[Finding]:
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        where = shown(path, number)
        if len(line) > MOST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(MOST_LINE)
            yield Fault(where, f"has more than {MOST_LINE // 1024 // 1024} MB")
        elif text := line.removeprefix(b"\xef\xbb\xbf").strip():
            yield _line(where, text)


def _line(where: str, text: bytes) -> Finding:
    try:
        line = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Fault(where, f"is no title: {str(error)[:200]}")
    own, given = _ids(line.kind, line.ids), _series(line)
    above = _ids(Kind.SERIES, given.ids)
    if wrong := " ".join((*own.faults, *above.faults)[:1]) or _wrong(line, own.ids):
        return Fault(where, wrong)
    item = item_of(line.kind, line.title, line.year, own.ids, line.fields)
    item |= {"source": "import", "lockAll": line.lock_all}
    if line.series is not None:
        item |= {"series": series_of(given.title, given.year, above.ids)}
        item |= {"seasonNumber": line.season or 0, "episodeNumber": line.episode or 0}
    return TitleToAdd(where, item)


def _series(line: Line) -> Series:
    if isinstance(line.series, Series):
        return line.series
    return Series(title=line.series or "")


def _ids(kind: Kind, written: Mapping[str, str | int]) -> Admitted:
    return admit_all(kind, {id_type: str(value) for id_type, value in written.items()})


def _wrong(line: Line, ids: Mapping[str, str]) -> str:
    """What a line lacks, or has too much of; "" where it is complete. `ids`: those of its own that are some."""
    below = line.kind in (Kind.SEASON, Kind.EPISODE)
    if not below and any(each is not None for each in (line.series, line.season, line.episode)):
        return f"a {line.kind} has neither a series nor a season nor an episode number"
    if below and line.series is not None and line.season is None:
        return f"a {line.kind} of a series needs its season number"
    if line.kind is Kind.EPISODE and line.series is not None and line.episode is None:
        return "an episode of a series needs its episode number"
    if below and line.series is None and not ids:
        return f"a {line.kind} needs a series or an id"
    if not below and not ids and not re.search(r"\S", line.title):
        return "needs a title or an id"
    return ""
