"""What an import reads: files of JSON lines, .nfo files, and folders of them, one title after another."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec

from metarr.cli.text import kind_constant
from metarr.domain.id_spelling import expected, valid_id, valid_type
from metarr.domain.values import Kind
from metarr.nfo import MOST_BYTES, NoNfo, NotUnderstood, Title, parse

MOST_LINE = 1024 * 1024
"""Bytes of one JSON line."""

MOST_DEEP = 100
"""Folders within one another; each one that is being read keeps a file open."""

SHOW = "tvshow.nfo"


@dataclass(frozen=True)
class Entry:
    """A title to import, as `UpsertItems` takes it, and where it stands."""

    where: str
    item: dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Something that cannot be imported, and why; `skipped`: because it is no title at all."""

    where: str
    why: str
    skipped: bool = False


Found = Entry | Fault


def read(path: Path) -> Iterator[Found]:
    """Everything in a file or below a folder. Holds one title at a time in memory."""
    try:
        if path.is_dir():
            yield from _folder(path)
        elif path.suffix.lower() == ".nfo":
            yield from _nfo(path, _show_above(path.parent) if path.name.lower() != SHOW else None)
        else:
            with path.open("rb") as file:
                yield from _lines(path, file)
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: Path | str, error: OSError) -> Fault:
    return Fault(_shown(path), f"cannot be read: {error.strerror or type(error).__name__}")


def _shown(path: Path | str, line: int = 0) -> str:
    """Where something stands; names that are no text are shown as far as they are."""
    name = os.fsencode(path).decode(errors="replace")
    return f"{name}:{line}" if line else name


# Folders


def _folder(root: Path) -> Iterator[Found]:
    """The .nfo files below a folder. A link is followed once, and never into a folder that is being read."""
    followed: set[tuple[int, int]] = set()
    reading = [_Level(root, None)]
    try:
        yield from reading[0].series
        while reading:
            entry = next(reading[-1].entries, None)
            if entry is None:
                reading.pop().entries.close()
                continue
            try:
                if entry.name.lower().endswith(".nfo") and entry.is_file():
                    if entry.name.lower() != SHOW:
                        yield from _nfo(Path(entry.path), reading[-1].show)
                elif entry.is_dir() and _enter(entry, reading, followed):
                    reading.append(_Level(Path(entry.path), reading[-1].show))
                    yield from reading[-1].series
            except OSError as error:
                yield _unreadable(entry.path, error)
    finally:
        for level in reading:
            level.entries.close()


class _Level:
    """A folder that is being read, and the series that it belongs to."""

    def __init__(self, path: Path, show: Title | None) -> None:
        self.identity = _identity(path.stat())
        self.entries = os.scandir(path)
        self.series: list[Found] = []
        self.show = show
        own = next((path / name for name in (SHOW, SHOW.upper()) if (path / name).is_file()), None)
        if own is not None:
            self.series = list(_nfo(own, None))
            self.show = _told(own) or show


def _enter(entry: "os.DirEntry[str]", reading: list[_Level], followed: set[tuple[int, int]]) -> bool:
    if len(reading) >= MOST_DEEP:
        raise OSError(0, f"more than {MOST_DEEP} folders deep")
    identity = _identity(entry.stat())
    if identity in followed or any(identity == level.identity for level in reading):
        return False
    if entry.is_symlink():
        followed.add(identity)
    return True


def _identity(stat: os.stat_result) -> tuple[int, int]:
    return (stat.st_dev, stat.st_ino)


def _show_above(folder: Path) -> Title | None:
    """The series of a file that is given by itself: told in its folder, or in one of the next two above."""
    for level in (folder, *folder.absolute().parents[:2]):
        if (level / SHOW).is_file() and (show := _told(level / SHOW)):
            return show
    return None


def _told(path: Path) -> Title | None:
    try:
        titles = parse(_content(path), path.name)
    except (NotUnderstood, OSError):
        return None
    return next((title for title in titles if title.kind is Kind.SERIES and (title.title or title.ids)), None)


# .nfo files


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        # Asked for more than there is, it would set aside as much at once.
        return file.read(min(os.fstat(file.fileno()).st_size, MOST_BYTES) + 1)


def _nfo(path: Path, show: Title | None) -> Iterator[Found]:
    try:
        for title in parse(_content(path), path.name):
            yield _entry(_shown(path, title.line), title, show)
    except OSError as error:
        yield _unreadable(path, error)
    except NotUnderstood as error:
        yield Fault(_shown(path, error.line), str(error), skipped=isinstance(error, NoNfo))


def _entry(where: str, title: Title, show: Title | None) -> Found:
    below = title.kind in (Kind.SEASON, Kind.EPISODE)
    if not title.title and not title.ids and not below:
        return Fault(where, "names neither a title nor an id")
    item = _item(title.kind, title.title, title.year, title.ids, title.fields)
    item |= {"source": "nfo", "lockAll": title.lock_all}
    if below:
        if title.season is None:
            return Fault(where, f"does not say which {title.kind} it is")
        if title.kind is Kind.EPISODE and title.episode is None:
            return Fault(where, "does not say which episode it is")
        if show is None and not title.show and not title.show_ids:
            return Fault(where, f"does not say of which series it is, and no {SHOW} is in its folder or above")
        series = _series(show.title, show.year, show.ids) if show else _series(title.show, 0, title.show_ids)
        item |= {"series": series, "seasonNumber": title.season, "episodeNumber": title.episode or 0}
    return Entry(where, item)


def _item(kind: Kind, title: str, year: int, ids: Any, fields: Any) -> dict[str, Any]:
    return {
        "kind": kind_constant(kind),
        **_series(title, year, ids),
        "fields": [{"name": name, "value": value} for name, value in fields.items()],
    }


def _series(title: str, year: int, ids: Any) -> dict[str, Any]:
    claims = [{"type": id_type, "value": str(value)} for id_type, value in ids.items()]
    return {"title": title, "year": year, "ids": claims}


# JSON lines


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


def _lines(path: Path, file: BinaryIO) -> Iterator[Found]:
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        where = _shown(path, number)
        if len(line) > MOST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(MOST_LINE)
            yield Fault(where, f"has more than {MOST_LINE // 1024 // 1024} MB")
        elif text := line.removeprefix(b"\xef\xbb\xbf").strip():
            yield _line(where, text)


def _line(where: str, text: bytes) -> Found:
    try:
        line = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Fault(where, f"is no title: {str(error)[:200]}")
    if wrong := _wrong(line):
        return Fault(where, wrong)
    item = _item(line.kind, line.title, line.year, line.ids, line.fields)
    item |= {"source": "import", "lockAll": line.lock_all}
    if line.series is not None:
        given = Series(title=line.series) if isinstance(line.series, str) else line.series
        item |= {"series": _series(given.title, given.year, given.ids)}
        item |= {"seasonNumber": line.season or 0, "episodeNumber": line.episode or 0}
    return Entry(where, item)


def _wrong(line: Line) -> str:
    """What a line lacks, or has too much of; "" where it is complete."""
    given = line.ids | (line.series.ids if isinstance(line.series, Series) else {})
    for id_type, value in given.items():
        if not valid_type(id_type):
            return f"{id_type[:40]!r} is no type of id; imdb, tmdb and tvdb are some"
        if not valid_id(id_type, str(value)):
            return f"{str(value)[:40]!r} is no {id_type} id: {expected(id_type)}"
    below = line.kind in (Kind.SEASON, Kind.EPISODE)
    if not below and any(each is not None for each in (line.series, line.season, line.episode)):
        return f"a {line.kind} has neither a series nor a season nor an episode number"
    if below and line.series is not None and line.season is None:
        return f"a {line.kind} of a series needs its season number"
    if line.kind is Kind.EPISODE and line.series is not None and line.episode is None:
        return "an episode of a series needs its episode number"
    if below and line.series is None and not line.ids:
        return f"a {line.kind} needs a series or an id"
    if not below and not line.ids and not re.search(r"\S", line.title):
        return "needs a title or an id"
    return ""
