"""The titles of a part of a root: what `metarr.files` makes of its names, and `metarr.nfo` of the files beside them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from metarr.files import evidence
from metarr.files.contents import Content, EpisodeFile, Extra, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.evidence import FiledTitle
from metarr.files.groups import grouped
from metarr.files.listing import Folder, below, folder_of
from metarr.files.titles import read
from metarr.nfo import Title
from metarr.nfo.splice import IDS, values_of
from metarr_adapter.kind import HostNote, NoteSort
from metarr_folders.roots import MOVIES, SERIES, Root

SEASON_OF_ALL = 1
"""The season of numbers that run through from the first episode: TheTVDB's absolute order has that one alone."""

MOST_KEY = 150
"""Characters of a key; a longer one ends in a hash."""


@dataclass(frozen=True, slots=True)
class Located:
    """A title where it lies. Paths are below the root.

    `home`: names that place; of a title that is seen for the first time it becomes the key for ever. `folder`: where it
    is; `own`: which holds nothing else. `videos`: of each version the first file, or the folder of a disc. `nfos`: the
    files that describe it, the first counts. `season`, `episode`: None of a film and a series, `episode` of a season;
    `shared`: all episodes of its video, where there are several. `within`: of a season the folder that holds its
    episodes and no others, "" for none; `folder` is its series'. `entry`: what is told of it, as
    `metarr_adapter.host.Entry` has it.
    """

    home: str
    root: str
    kind: str
    folder: str
    own: bool
    videos: tuple[str, ...] = ()
    nfos: tuple[str, ...] = ()
    season: int | None = None
    episode: int | None = None
    shared: tuple[tuple[int, int], ...] = ()
    entry: Mapping[str, Any] = field(default_factory=dict)
    within: str = ""


@dataclass(slots=True)
class Sighted:
    """What is in a part of a root."""

    located: list[Located] = field(default_factory=list)
    notes: list[HostNote] = field(default_factory=list)


ReadNfo = Callable[[str], Sequence[Title]]
"""The titles that an `.nfo` file describes. Raises ValueError, whose text tells why there are none, "" where it is no
fault of the file's."""


ReadNames = Callable[[str], Mapping[int, str]]
"""What an `.nfo` file of a series calls its seasons."""

SEASON_NFO = "season.nfo"


def is_season_nfo(path: str) -> bool:
    return path.rpartition("/")[2].lower() == SEASON_NFO


def sight(root: Root, folder: Folder, at: str, read_nfo: ReadNfo, read_names: ReadNames) -> Sighted:
    """The titles of a folder of a root; `at`: its path below that, "" for the root itself."""
    above = root.path.parts[1:-1] if not at else root.path.parts[1:]
    sighted = Sighted()
    reader = _Reader(root, at, read_nfo, read_names, sighted)
    for group in grouped(read(folder, above)):
        reader.read(group)
    return sighted


def key_of(root: str, path: str, part: str = "") -> str:
    """What names a title for ever: where it lay when it was seen first."""
    whole = "/".join(filter(None, (root, path))) + (f"#{part}" if part else "")
    text = whole.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if len(text) <= MOST_KEY:
        return text
    return f"{text[: MOST_KEY - 33]}~{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


class _Reader:
    """Makes entries of what `metarr.files` tells."""

    def __init__(self, root: Root, at: str, read_nfo: ReadNfo, read_names: ReadNames, sighted: Sighted) -> None:
        self._root, self._at, self._sighted = root, at, sighted
        self._read_nfo, self._read_names = read_nfo, read_names
        self._nfos: dict[str, Sequence[Title]] = {}

    def read(self, group: Sequence[Content]) -> None:
        self._nfos = {}
        match group[0]:
            case MovieFiles() as film:
                self._film(film)
            case Extra():
                return
            case Left() as left:
                self._left(left.path, left.why)
            case _:
                self._series(group)

    def _film(self, film: MovieFiles) -> None:
        if self._root.holds == SERIES:
            self._left(film.videos[0].files[0], "is a film by its name, and this folder is said to hold series alone")
            return
        self._parse(film.nfos)
        for entry in evidence.movie(film, self._nfos):
            if isinstance(entry, Left):
                self._left(entry.path, entry.why)
            elif entry.title.kind == "movie":
                videos = tuple(self._below(video.files[0]) for video in film.videos)
                self._add(entry, film.folder, own=film.own, videos=videos, nfos=film.nfos)
            else:
                self._left(entry.path, "is a film by its name, and an episode by its .nfo")

    def _series(self, group: Sequence[Content]) -> None:
        files = [each for each in group if isinstance(each, EpisodeFile | LooseNfo)]
        folder = group[0] if isinstance(group[0], SeriesFolder) else files[0].series
        videos = {each.video.files[0]: each for each in files if isinstance(each, EpisodeFile)}
        if folder is None or not videos:
            return
        if self._root.holds == MOVIES:
            self._left(folder.folder, "is a series by its names, and this folder is said to hold films alone")
            return
        self._parse([*folder.nfos, *(nfo for each in videos.values() for nfo in each.nfos)])
        entries = list(evidence.series(folder, list(videos.values()), self._nfos))
        shared = _shared(entries)
        for entry in entries:
            if isinstance(entry, Left):
                self._left(entry.path, entry.why)
            elif entry.path in videos:
                file = videos[entry.path]
                self._add(
                    entry,
                    folder_of(entry.path),
                    own=False,
                    videos=(self._below(entry.path),),
                    nfos=file.nfos,
                    place=_number(entry),
                    shared=shared.get(entry.path, ()),
                )
            else:
                # A tvshow.nfo says that the folder is the series', whatever it is called: "Dark S01".
                self._add(entry, folder.folder, own=folder.own or bool(folder.nfos), nfos=folder.nfos)
                self._seasons(entry, folder, entries, group)

    def _add(
        self,
        entry: FiledTitle,
        folder: str,
        *,
        own: bool,
        videos: tuple[str, ...] = (),
        nfos: Iterable[str] = (),
        place: tuple[int | None, int | None] = (None, None),
        shared: tuple[tuple[int, int], ...] = (),
    ) -> None:
        path = self._below("" if entry.file == "." else entry.file or entry.path)
        # Of several series whose episodes lie in one folder, the folder names none.
        part = entry.part or ("" if entry.file else entry.title.title)
        words = dict(_words(entry, self._described(entry)))
        if place[0] is not None:
            words |= {"season_number": place[0], "episode_number": place[1]}
        self._sighted.located.append(
            Located(
                home=key_of(str(self._root), path, part),
                root=str(self._root),
                kind=str(entry.title.kind),
                folder=self._below(folder),
                own=own,
                videos=videos,
                nfos=tuple(self._below(nfo) for nfo in nfos),
                season=place[0],
                episode=place[1],
                shared=shared,
                entry=words,
            )
        )

    def _seasons(
        self, of: FiledTitle, folder: SeriesFolder, entries: Iterable[FiledTitle | Left], group: Iterable[Content]
    ) -> None:
        """The seasons of a series of which there are episodes."""
        loose = [each.path for each in group if isinstance(each, LooseNfo)]
        for number, within in _within(folder.folder, entries).items():
            nfos = [path for path in loose if within and folder_of(path) == within and is_season_nfo(path)]
            self._parse(nfos)
            described = next(
                (title for nfo in nfos for title in self._nfos.get(nfo, ()) if title.kind == "season"), None
            )
            fields = _values(described) if described else {}
            name = self._read_names(self._below(folder.nfos[0])).get(number, "") if folder.nfos else ""
            if name:
                fields = {"title": name, **fields}
            part = f"{'' if of.file else of.title.title} S{number}".strip()
            self._sighted.located.append(
                Located(
                    home=key_of(str(self._root), self._below("" if of.file == "." else of.file or of.path), part),
                    root=str(self._root),
                    kind="season",
                    folder=self._below(folder.folder),
                    own=folder.own or bool(folder.nfos),
                    nfos=tuple(map(self._below, nfos)),
                    season=number,
                    entry=dict(_words_of_season(of, number, fields)),
                    within=self._below(within) if within else "",
                )
            )

    def _described(self, entry: FiledTitle) -> Mapping[str, Any]:
        """What the `.nfo` holds of it, by field."""
        for title in self._nfos.get(entry.nfo, ()):
            if title.kind is entry.title.kind and (title.episode is None or title.episode == entry.title.episode):
                return _values(title)
        return {}

    def _parse(self, nfos: Iterable[str]) -> None:
        for nfo in dict.fromkeys(nfos):
            try:
                self._nfos[nfo] = self._read_nfo(self._below(nfo))
            except ValueError as error:
                if str(error):
                    self._left(nfo, str(error))

    def _below(self, path: str) -> str:
        """A path of this part as one below the root."""
        return below(self._at, path) if path else self._at

    def _left(self, path: str, why: str) -> None:
        where = "/".join(filter(None, (str(self._root), self._below(path))))
        self._sighted.notes.append(HostNote(NoteSort.UNDECIDED, where, why))


def _values(title: Title) -> dict[str, Any]:
    return {name: value for name, value in values_of(title) if value is not None and name != IDS}


def _within(folder: str, entries: Iterable[FiledTitle | Left]) -> dict[int, str]:
    """By season the folder that holds its episodes and no others, "" for none."""
    of_seasons: dict[int, set[str]] = {}
    of_folders: dict[str, set[int]] = {}
    for entry in entries:
        if isinstance(entry, FiledTitle) and entry.title.kind == "episode":
            number, at = _number(entry)[0], folder_of(entry.path)
            of_seasons.setdefault(number, set()).add(at)
            of_folders.setdefault(at, set()).add(number)
    return {
        number: at if len(places) == 1 and at != folder and len(of_folders[at]) == 1 else ""
        for number, places in sorted(of_seasons.items())
        for at in sorted(places)[:1]
    }


def _number(entry: FiledTitle) -> tuple[int, int]:
    return (SEASON_OF_ALL if entry.title.season is None else entry.title.season, entry.title.episode or 0)


def _shared(entries: Iterable[FiledTitle | Left]) -> dict[str, tuple[tuple[int, int], ...]]:
    """By video, its episodes, where there are several."""
    by_path: dict[str, tuple[tuple[int, int], ...]] = {}
    for entry in entries:
        if isinstance(entry, FiledTitle) and entry.series is not None:
            by_path[entry.path] = (*by_path.get(entry.path, ()), _number(entry))
    return {path: numbers for path, numbers in by_path.items() if len(numbers) > 1}


def _words(entry: FiledTitle, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    title = entry.title
    yield from {"title": title.title, "year": title.year, "ids": dict(title.ids), "weak": sorted(title.weak)}.items()
    yield "fields", dict(fields)
    if len(entry.readings) > 1:
        yield "readings", [list(reading) for reading in entry.readings[1:]]
    if entry.series is not None:
        yield "series", _of(entry.series)


def _words_of_season(of: FiledTitle, number: int, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from {"title": fields.get("title", ""), "fields": dict(fields), "season_number": number}.items()
    yield "series", _of(of)


def _of(series: FiledTitle) -> Mapping[str, Any]:
    title = series.title
    return {"title": title.title, "year": title.year, "ids": dict(title.ids), "weak": sorted(title.weak)}
