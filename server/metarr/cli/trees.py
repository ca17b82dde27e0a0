"""What a tree of media files brings into the library: `metarr.files` says what it holds, its `.nfo` files are read."""

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from metarr import regular
from metarr.cli.findings import Fault, Finding, Sort, TitleToAdd, item_of, series_of, shown
from metarr.cli.walk import unreadable
from metarr.domain.matching import title_key
from metarr.domain.values import Kind
from metarr.files import evidence
from metarr.files.contents import Content, EpisodeFile, Extra, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.evidence import By, FiledTitle
from metarr.files.groups import grouped
from metarr.files.listing import Folder, folder_of
from metarr.files.titles import read
from metarr.nfo import MOST_BYTES, NoNfo, NotUnderstood, Title, parse

SEASON_OF_ALL = 1
"""The season of numbers that run through from the first episode: TheTVDB's absolute order has that one alone."""


@dataclass(frozen=True)
class Tree:
    """A folder and what is in it. `base`: where it is; `given`: what below it is to be imported, "" for all. `partial`:
    only one of its files is listed, so that nobody can tell whether it is the folder of one title."""

    base: Path
    folder: Folder
    given: str
    partial: bool = False


def findings(tree: Tree) -> Iterator[Finding]:
    """The titles of a tree, and what cannot be one. Holds one series at a time in memory."""
    reader = _Reader(tree)
    for group in grouped(read(tree.folder, tree.base.parts[1:-1])):
        yield from reader.read(group)


class _Reader:
    """Reads the `.nfo` files of a tree, and says what became of it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._nfos: dict[str, list[Title]] = {}
        self._numbered: dict[tuple[str, int, int | None, int | None], tuple[str, str, str]] = {}

    def read(self, group: Sequence[Content]) -> Iterator[Finding]:
        self._nfos = {}
        match group[0]:
            case MovieFiles() as film:
                yield from self._parse(film.nfos)
                yield from map(self._finding, evidence.movie(film, self._nfos))
            case Extra(path, what):
                yield Fault(self._at(path), what, Sort.EXTRA)
            case Left() as left:
                yield self._finding(left)
            case _:
                yield from self._in_series(group)

    def _in_series(self, group: Sequence[Content]) -> Iterator[Finding]:
        files = [each for each in group if isinstance(each, EpisodeFile | LooseNfo)]
        folder = group[0] if isinstance(group[0], SeriesFolder) else files[0].series
        paths = [path for each in files for path in (each.nfos if isinstance(each, EpisodeFile) else (each.path,))]
        yield from self._parse([*(folder.nfos if folder else ()), *paths])
        for entry in evidence.series(folder, files, self._nfos):
            if isinstance(entry, FiledTitle) and (entry.title.kind is Kind.SERIES and not self._is_given(entry.path)):
                continue
            if isinstance(entry, FiledTitle) and (other := self._same_number(entry)):
                why = f"has the number and the series of {other}, and another title"
                yield Fault(self._where(entry), why, Sort.UNKNOWN)
            else:
                yield self._finding(entry)

    def _is_given(self, path: str) -> bool:
        """Whether it is below what was to be imported; the folder above that describes its series is not."""
        return f"{path}/".startswith(f"{self._tree.given}/") or not self._tree.given

    def _same_number(self, entry: FiledTitle) -> str:
        """Where an episode of another folder is that would be the same item, though their `.nfo` files say otherwise.

        Such as those of two series called Dallas, where nothing tells one from the other.
        """
        of, title = entry.series, entry.title
        if of is None or of.title.ids or not title.title:
            return ""
        number = (title_key(of.title.title), of.title.year, title.season, title.episode)
        this = (title_key(title.title), folder_of(entry.path), self._where(entry))
        name, folder, where = self._numbered.setdefault(number, this)
        return where if name != this[0] and folder != this[1] else ""

    # Files

    def _parse(self, paths: Iterable[str]) -> Iterator[Fault]:
        """Read `.nfo` files; what cannot be read is a fault of its own, and the names still speak."""
        for path in dict.fromkeys(paths):
            whole = self._tree.base / path
            try:
                self._nfos[path] = parse(_content(whole), whole.name)
            except OSError as error:
                yield unreadable(whole, error)
            except NotUnderstood as error:
                sort = Sort.NO_NFO if isinstance(error, NoNfo) else Sort.FAILED
                yield Fault(shown(whole, error.line), str(error), sort)

    # Findings

    def _finding(self, entry: FiledTitle | Left) -> Finding:
        if isinstance(entry, Left):
            return Fault(shown(self._tree.base / entry.path, entry.line), entry.why, Sort.UNKNOWN)
        title = entry.title
        item = item_of(title.kind, title.title, title.year, title.ids, title.fields, title.weak)
        if len(entry.readings) > 1:
            item["readings"] = [{"title": title, "year": year} for title, year in entry.readings[1:]]
        item |= {"source": "nfo" if entry.by is By.NFO else "import", "lockAll": title.lock_all}
        known_again = {"file": self._file(entry), "part": entry.part, "lockFields": sorted(title.lock)}
        item |= {name: value for name, value in known_again.items() if value}
        if entry.series is not None:
            of, season = entry.series.title, SEASON_OF_ALL if title.season is None else title.season
            item |= {"series": series_of(of.title, of.year, of.ids, of.weak, self._file(entry.series))}
            item |= {"seasonNumber": season, "episodeNumber": title.episode or 0}
        return TitleToAdd(self._where(entry), item, entry.by, entry.note)

    def _file(self, entry: FiledTitle) -> str:
        """By what a title is known again, in full; "" for nothing."""
        partly = self._tree.partial and entry.title.kind is Kind.MOVIE
        file = os.path.splitext(entry.nfo or entry.path)[0] if partly else entry.file
        return unicodedata.normalize("NFC", shown(self._tree.base / file)) if file else ""

    def _where(self, entry: FiledTitle) -> str:
        return shown(self._tree.base / entry.nfo, entry.title.line) if entry.nfo else self._at(entry.path)

    def _at(self, path: str) -> str:
        return shown(self._tree.base / path)


def _content(path: Path) -> bytes:
    with regular.opened(path) as file:
        # Asked for more than there is, it would set aside as much at once.
        return file.read(min(os.fstat(file.fileno()).st_size, MOST_BYTES) + 1)
