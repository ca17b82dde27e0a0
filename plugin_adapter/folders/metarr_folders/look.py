"""Looks at the roots, and brings the index up to what is there: new, changed, moved, missed, gone."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from time import time as clock

from metarr.files import seasons
from metarr.files.episodes import SHOW_NFO
from metarr.files.films import MOVIE_NFO
from metarr.files.idtags import tagged
from metarr.files.passed import is_system
from metarr.files.tree import DISCS
from metarr.files.words import named
from metarr.nfo import MOST_BYTES, NoNfo, NotUnderstood, Title, parse, season_names
from metarr_adapter.kind import HostNote, NoteSort, Surroundings
from metarr_folders import ends, reading
from metarr_folders.artwork import Artwork
from metarr_folders.index import Index, Row, text
from metarr_folders.roots import Root, RootAway, device
from metarr_folders.titles import Located, sight
from metarr_folders.walk import Walked, names, walk

READING, AT_ONCE = 20.0, 500
"""Seconds that a look takes at most for reading the ends of files, and how many are noted at once."""

GONE_AFTER = 60.0
"""Seconds between the two looks that lack something until it is gone."""


class Looking:
    """One look at all roots. `away`: the roots that cannot be looked at, and why."""

    def __init__(self, index: Index, artwork: Artwork, surroundings: Surroundings) -> None:
        self._index, self._artwork, self._surroundings = index, artwork, surroundings
        self._now = clock()
        self.away: dict[str, str] = {}
        self._fresh: list[tuple[str, Located, str]] = []
        self._is_first = False

    def look(self, roots: Sequence[Root]) -> bool:
        """Returns whether something is missed, which is looked for again soon."""
        self._index.go(list(self._index.forget_roots([str(root) for root in roots])))
        for root in roots:
            try:
                self._root(root)
            except RootAway as error:
                self.away[str(root)] = str(error)
            self._index.commit()
        self._place_fresh()
        self._read_ends(roots)
        missed = [row for row in self._index.missed() if row.located.root not in self.away]
        late = [row.key for row in missed if self._now - (row.missed_at or 0) >= GONE_AFTER]
        self._index.go(late)
        self._index.commit()
        return len(missed) > len(late)

    def notes(self) -> list[HostNote]:
        """What is away, and what of the rest nobody can tell."""
        away = [HostNote(NoteSort.AWAY, root, f"cannot be looked at: {why}") for root, why in self.away.items()]
        return [*away, *(HostNote(*note) for note in self._index.notes())]

    # Roots

    def _root(self, root: Root) -> None:
        on = device(root)
        try:
            folders, files = names(str(root.path))
        except OSError as error:
            raise RootAway(error.strerror or type(error).__name__) from error
        self._refuse_other(root, on, folders, files)
        # Nothing moved into a root that is looked at for the first time, unless another root lacks something.
        self._is_first = self._index.device(str(root)) is None and self._index.is_empty()
        self._index.set_device(str(root), on)
        units = ["", *(name for name in folders if not is_system(name))] if is_shelf(root, folders, files) else [""]
        for unit in units:
            self._unit(root, unit, deep=len(units) == 1 and not is_shelf(root, folders, files))
        for unit in self._index.units(str(root)) - {text(unit) for unit in units}:
            self._miss(self._index.rows(str(root), unit))
            self._index.drop_unit(str(root), unit)

    def _refuse_other(self, root: Root, on: int, folders: Sequence[str], files: Sequence[str]) -> None:
        """Raises RootAway where a disk is away, or another one is in its place: what it held is not gone."""
        if not self._index.count(str(root)):
            return
        if not folders and not files:
            raise RootAway("it is empty, and was not")
        if on != self._index.device(str(root)):
            before = self._index.units(str(root)) - {""}
            still = before & {text(name) for name in folders}
            # Numbers of devices change as a machine starts; what is on a disk does not.
            if len(still) * 2 < max(len(before), 1):
                raise RootAway("another disk is there than before")

    def _unit(self, root: Root, unit: str, *, deep: bool) -> None:
        path = os.path.join(root.path, unit) if unit else str(root.path)
        try:
            walked = walk(path, unit or root.path.name, self._surroundings.beat, deep=bool(unit) or deep)
        except OSError as error:
            # What fails keeps what it held.
            why = f"cannot be read: {error.strerror or type(error).__name__}"
            self._index.put_unit(str(root), unit, "", [[NoteSort.AWAY, path, why]])
            return
        if self._index.signature(str(root), unit) == walked.signature and not walked.failed:
            return
        sighted = sight(root, walked.folder, unit, lambda nfo: _titles(root, nfo), lambda nfo: _season_names(root, nfo))
        failed = [
            [NoteSort.AWAY, os.path.join(path, at), f"cannot be read: {why}"] for at, why in walked.failed.items()
        ]
        self._compare(root, unit, sighted.located, walked)
        signature = "" if walked.failed else walked.signature
        self._index.put_unit(str(root), unit, signature, [*failed, *(list(note) for note in sighted.notes)])

    # Titles

    def _compare(self, root: Root, unit: str, located: Sequence[Located], walked: Walked) -> None:
        by_home = {row.located.home: row for row in self._index.rows(str(root), unit)}
        for each in (self._pictured(root, each) for each in located):
            mark = _mark(root, each, walked, unit)
            row = by_home.pop(each.home, None)
            if row is None and self._is_first:
                self._index.put(Row(self._free(each.home), each, unit, mark))
            elif row is None:
                self._fresh.append((unit, each, mark))
            else:
                self._keep(row, each, unit, mark)
        # A series of which one folder fails may be none by what is left of it, so that nothing beside is missed either.
        self._miss([] if walked.failed else list(by_home.values()))

    def _pictured(self, root: Root, located: Located) -> Located:
        """A title with the marks of the images beside it."""
        try:
            marks = {field: mark for field, mark in self._artwork.read(root, located).items() if mark}
        except OSError:
            return located
        fields = {**located.entry.get("fields", {}), **marks}
        return replace(located, entry={**located.entry, "fields": fields})

    def _keep(self, row: Row, located: Located, unit: str, mark: str) -> None:
        is_told = row.is_told and row.located.entry == _plain(located.entry)
        after = Row(row.key, located, unit, mark, is_told=is_told, ends=row.ends if row.mark == mark else "")
        if after != row:
            self._index.put(after)

    def _miss(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.missed_at is None:
                self._index.put(replace(row, missed_at=self._now))

    def _place_fresh(self) -> None:
        """What was not where it is now: what is missed elsewhere and is the same moved here, and keeps its key."""
        missed: dict[str, list[Row]] = {}
        for row in self._index.missed() if self._fresh else ():
            missed.setdefault(row.mark, []).append(row)
        for unit, located, mark in self._fresh:
            same = [row for row in missed.get(mark, ()) if row.located.kind == located.kind] if mark else []
            same = same or self._of_another_disk(located, missed)
            numbered = [row for row in same if _number(row.located) == _number(located)]
            if moved := next(iter(numbered or same), None):
                missed[moved.mark].remove(moved)
                self._keep(moved, located, unit, mark)
            else:
                self._index.put(Row(self._free(located.home), located, unit, mark))

    def _of_another_disk(self, located: Located, missed: Mapping[str, Sequence[Row]]) -> list[Row]:
        """What is missed and has the same ends; a file is read only where one of its size is missed."""
        rows = [row for several in missed.values() for row in several if row.located.kind == located.kind and row.ends]
        path = Path(located.root, located.videos[0]) if located.videos else None
        try:
            sizes = {path.stat().st_size} if path else {-1}
        except OSError:
            return []
        rows = [row for row in rows if row.ends != ends.NONE and ends.size_of(row.ends) in sizes]
        own = ends.ends_of(Path(located.root), located) if rows else ""
        return [row for row in rows if row.ends == own]

    def _read_ends(self, roots: Sequence[Root]) -> None:
        """Read, for a while, what will tell files again on another disk: of those that are gone it cannot be read."""
        until = monotonic() + READING
        by_name = {str(root): root.path for root in roots if str(root) not in self.away}
        while monotonic() < until:
            unread = [row for row in self._index.unread(AT_ONCE) if row.located.root in by_name]
            for row in unread:
                self._surroundings.beat()
                self._index.note_ends(row.key, ends.ends_of(by_name[row.located.root], row.located))
            self._index.commit()
            if len(unread) < AT_ONCE:
                break

    def _free(self, home: str) -> str:
        """A key that none has: what moved away from here took this one with it."""
        key, number = home, 1
        while self._index.row(key) is not None:
            number += 1
            key = f"{home}~{number}"
        return key


def is_shelf(root: Root, folders: Sequence[str], files: Sequence[str]) -> bool:
    """Whether a root holds titles, each in a folder of its own or beside others; else it is one title's folder."""
    lower = {name.lower() for name in files}
    if {MOVIE_NFO, SHOW_NFO} & lower or named(tagged(root.path.name).name).bracketed:
        return False
    return not any(
        name.lower() in DISCS or seasons.is_specials(name) or ((season := seasons.season(name)) and not season.series)
        for name in folders
    )


def _number(located: Located) -> tuple[int | None, int | None]:
    return (located.season, located.episode)


def _mark(root: Root, located: Located, walked: Walked, unit: str) -> str:
    """What a title's file has in common with itself elsewhere; of a series, and a season, its folder. "": nothing."""
    try:
        if not located.videos:
            at = os.stat(root.path / located.folder).st_ino if located.own and located.folder else ""
            return f"folder {at}{'' if located.season is None else f' S{located.season}'}" if at else ""
        path = located.videos[0]
        status = walked.files.get(path.removeprefix(f"{unit}/") if unit else path)
        return "" if status is None else f"{status.inode} {status.size} {status.changed}"
    except OSError:
        return ""


def _plain(entry: object) -> object:
    """As it comes back from the index."""
    if isinstance(entry, dict):
        return {name: _plain(value) for name, value in entry.items()}
    return [_plain(value) for value in entry] if isinstance(entry, list | tuple) else entry


def _season_names(root: Root, nfo: str) -> Mapping[int, str]:
    """What a series' file calls its seasons, as far as it can be read."""
    try:
        return season_names.read(reading.content(Path(root.path, nfo), MOST_BYTES))
    except OSError:
        return {}


def _titles(root: Root, nfo: str) -> list[Title]:
    """What an `.nfo` file describes. Raises ValueError."""
    try:
        content = reading.content(Path(root.path, nfo), MOST_BYTES)
        return parse(content, nfo.rpartition("/")[2])
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or type(error).__name__}") from error
    except NoNfo:
        raise ValueError from None
    except NotUnderstood as error:
        raise ValueError(str(error)) from None
