"""What an import reads: files of JSON lines, .nfo files, and folders of them, one title after another."""

import os
from collections.abc import Iterator
from pathlib import Path

from metarr.cli.findings import Entry, Fault, Found, item_of, series_of, shown
from metarr.cli.lines import read_lines
from metarr.domain.values import Kind
from metarr.nfo import MOST_BYTES, NoNfo, NotUnderstood, Title, parse

MOST_DEEP = 100
"""Folders within one another; each one that is being read keeps a file open."""

SHOW = "tvshow.nfo"


def read(path: Path) -> Iterator[Found]:
    """Everything in a file or below a folder. Holds one title at a time in memory."""
    try:
        if path.is_dir():
            yield from _folder(path)
        elif path.suffix.lower() == ".nfo":
            yield from _nfo(path, _show_above(path.parent) if path.name.lower() != SHOW else None)
        else:
            with path.open("rb") as file:
                yield from read_lines(path, file)
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: Path | str, error: OSError) -> Fault:
    return Fault(shown(path), f"cannot be read: {error.strerror or type(error).__name__}")


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
            yield _entry(shown(path, title.line), title, show)
    except OSError as error:
        yield _unreadable(path, error)
    except NotUnderstood as error:
        yield Fault(shown(path, error.line), str(error), skipped=isinstance(error, NoNfo))


def _entry(where: str, title: Title, show: Title | None) -> Found:
    below = title.kind in (Kind.SEASON, Kind.EPISODE)
    if not title.title and not title.ids and not below:
        return Fault(where, "names neither a title nor an id")
    item = item_of(title.kind, title.title, title.year, title.ids, title.fields)
    item |= {"source": "nfo", "lockAll": title.lock_all}
    if below:
        if title.season is None:
            return Fault(where, f"does not say which {title.kind} it is")
        if title.kind is Kind.EPISODE and title.episode is None:
            return Fault(where, "does not say which episode it is")
        if show is None and not title.show and not title.show_ids:
            return Fault(where, f"does not say of which series it is, and no {SHOW} is in its folder or above")
        series = series_of(show.title, show.year, show.ids) if show else series_of(title.show, 0, title.show_ids)
        item |= {"series": series, "seasonNumber": title.season, "episodeNumber": title.episode or 0}
    return Entry(where, item)
