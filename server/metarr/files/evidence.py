"""Joins what names say about a title with what the `.nfo` files beside it say: the strongest evidence counts first.

Ids that speak against each other decide nothing: such a title is left to its owner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from metarr.domain.matching import title_key
from metarr.domain.values import Kind
from metarr.files.contents import Clues, EpisodeFile, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.idtags import joined
from metarr.files.listing import stem
from metarr.files.readings import NameReading, first, readings
from metarr.nfo import Title


class By(StrEnum):
    """The strongest evidence for a title."""

    NFO = "nfo"
    ID = "id"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class FiledTitle:
    """A title to take in. `path`: its video, or its folder; `nfo`: the file that describes it, "" for none. `file`: by
    what it is known again: its own folder, else its file without the ending; "" for none that is its own; `part`: which
    of several titles there.

    `title`: all that is known of it. `readings`: the words by which it may be searched, none where an id is known.
    `series`: an episode's. `note`: what its owner is to know.
    """

    path: str
    by: By
    title: Title
    readings: tuple[NameReading, ...] = ()
    nfo: str = ""
    series: "FiledTitle | None" = None
    note: str = ""
    file: str = ""
    part: str = ""


Nfos = Mapping[str, Sequence[Title]]
"""By path, what an `.nfo` file says that could be read: several titles where episodes share a video."""

_BELOW = (Kind.SEASON, Kind.EPISODE)

NAMES_NOTHING = "names neither a title nor an id"


def movie(film: MovieFiles, nfos: Nfos) -> list[FiledTitle | Left]:
    """The entry of a film; those of episodes where its `.nfo` says that it is some."""
    nfo, titles = _first_of(film.nfos, nfos)
    path = film.videos[0].files[0]
    if titles and titles[0].kind is Kind.EPISODE:
        return [replace(each, path=path) for each in _without_folder([LooseNfo(nfo)], nfos)]
    entry = _entry(path, Kind.MOVIE, film.clues, nfo, titles)
    return _filed([entry], film.folder or "." if film.own else _without_ending(path))


def _filed(entries: Sequence[FiledTitle | Left], file: str) -> list[FiledTitle | Left]:
    """The titles of one file, or folder, as they are known again there."""
    several = len(entries) > 1
    return [
        replace(entry, file=file, part=_part(entry.title, place) if several else "")
        if isinstance(entry, FiledTitle)
        else entry
        for place, entry in enumerate(entries, 1)
    ]


def _part(title: Title, place: int) -> str:
    return f"S{title.season}E{title.episode}" if title.kind is Kind.EPISODE else str(place)


def _without_ending(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{stem(name)}"


def series(folder: SeriesFolder | None, files: Sequence[EpisodeFile | LooseNfo], nfos: Nfos) -> list[FiledTitle | Left]:
    """The entries of a series and of its files. `folder` None: of `.nfo` files that lie in no series' folder."""
    if folder is None:
        return _without_folder(files, nfos)
    nfo, titles = _first_of(folder.nfos, nfos)
    of = _entry(folder.folder, Kind.SERIES, folder.clues, nfo, [each for each in titles if each.kind is Kind.SERIES])
    if isinstance(of, Left):
        return [replace(of, why=f"{of.why}; so its {len(files)} files are left, too")]
    of = replace(_called(of, _of_series(files, nfos)), file=folder.folder or "." if folder.own else "")
    of, entries = _dated(of, [entry for file in files for entry in _known_again(file, _entries(file, nfos, of))])
    has_videos = any(isinstance(file, EpisodeFile) for file in files)
    has_episodes = any(isinstance(entry, FiledTitle) and entry.series is of for entry in entries)
    return [of, *entries] if of.nfo or (has_videos and has_episodes) else entries


def _without_folder(files: Sequence[EpisodeFile | LooseNfo], nfos: Nfos) -> list[FiledTitle | Left]:
    shows = {_show(title): _by_episode(title) for title in _of_series(files, nfos)}
    entries = [
        entry
        for path in _nfos_of(files)
        for entry in _filed(
            [_by_nfo(path, path, title, shows.get(_show(title))) for title in nfos.get(path, ())], _without_ending(path)
        )
    ]
    for of in shows.values():
        _, entries = _dated(of, entries)
    return entries


def _of_series(files: Iterable[EpisodeFile | LooseNfo], nfos: Nfos) -> list[Title]:
    """What the `.nfo` files describe that say of which series it is."""
    return [
        title for path in _nfos_of(files) for title in nfos.get(path, ()) if title.kind in _BELOW and any(_show(title))
    ]


def _show(title: Title) -> tuple[str, ...]:
    """What an `.nfo` says of the series, to tell it from other ones."""
    return (title.show, *(f"{id_type}:{value}" for id_type, value in sorted(title.show_ids.items())))


def _by_episode(title: Title) -> FiledTitle:
    """A series of which the `.nfo` of an episode, or a season, alone tells."""
    words = () if title.show_ids else (NameReading(title.show),)
    return FiledTitle("", By.NFO, Title(kind=Kind.SERIES, title=title.show, ids=title.show_ids), words)


def _first_of(paths: Iterable[str], nfos: Nfos) -> tuple[str, Sequence[Title]]:
    return next(((path, nfos[path]) for path in paths if nfos.get(path)), ("", ()))


def _nfos_of(files: Iterable[EpisodeFile | LooseNfo]) -> Iterator[str]:
    for file in files:
        yield from file.nfos if isinstance(file, EpisodeFile) else (file.path,)


def _entry(path: str, kind: Kind, clues: Clues, nfo: str, titles: Sequence[Title]) -> FiledTitle | Left:
    title = titles[0] if titles else Title(kind=kind)
    ids, against = joined(kind, [("the .nfo", _sure(title)), ("a name", clues.ids.items())])
    ids = {**{id_type: title.ids[id_type] for id_type in title.weak}, **ids}
    if against or clues.against:
        return Left(path, f"has ids that speak against each other: {clues.against or against}")
    by = By.NFO if title.title or title.ids else By.ID if ids else By.NAME
    if title.title:
        words: tuple[NameReading, ...] = (NameReading(title.title, title.year or _year_of(title.title, clues)),)
    else:
        words = first(clues) if ids else readings(clues, kind)
    if not words and not ids:
        return Left(path, NAMES_NOTHING)
    best = words[0] if words else NameReading("")
    return FiledTitle(
        path=path,
        by=by,
        title=replace(title, title=best.title, year=best.year, ids=ids, weak=title.weak - clues.ids.keys()),
        readings=() if ids else words,
        nfo=nfo if titles else "",
    )


def _sure(title: Title) -> Iterator[tuple[str, str]]:
    """Its ids that need no second witness; what the others say against a name says nothing."""
    return ((id_type, value) for id_type, value in title.ids.items() if id_type not in title.weak)


def _year_of(title: str, clues: Clues) -> int:
    """The year that names give a title of which the `.nfo` tells none."""
    return next((each.year for each in first(clues) if title_key(each.title) == title_key(title)), 0)


# Series


def _called(of: FiledTitle, titles: Sequence[Title]) -> FiledTitle:
    """A series as the `.nfo` files of its episodes call it, where they agree, and only names say anything else."""
    if of.by is not By.NAME:
        return of
    ids, against = joined(Kind.SERIES, [("one", title.show_ids.items()) for title in titles])
    if ids and not against:
        return replace(of, by=By.NFO, title=replace(of.title, ids=ids), readings=())
    names = {title_key(title.show): title.show for title in titles if title.show}
    if len(names) != 1 or title_key(of.title.title) in names:
        return of
    [show] = names.values()
    words = (NameReading(show), *of.readings)
    return replace(of, by=By.NFO, title=replace(of.title, title=show, year=0), readings=words)


def _dated(of: FiledTitle, entries: list[FiledTitle | Left]) -> tuple[FiledTitle, list[FiledTitle | Left]]:
    """A series of which nothing tells the year has that of its first episode: two series may be called alike."""
    year = _first_year(entry.title for entry in entries if isinstance(entry, FiledTitle) and entry.series is of)
    if not year or of.title.year or of.title.ids:
        return of, entries
    words = tuple(reading if reading.year else reading._replace(year=year) for reading in of.readings)
    dated = replace(of, title=replace(of.title, year=year), readings=words)
    return dated, [
        replace(entry, series=dated) if isinstance(entry, FiledTitle) and entry.series is of else entry
        for entry in entries
    ]


def _first_year(titles: Iterable[Title]) -> int:
    days = [title.fields.get("release_date") for title in titles if (title.season, title.episode) == (1, 1)]
    return next((int(day[:4]) for day in days if isinstance(day, str) and day[:4].isdecimal()), 0)


# Episodes


def _known_again(file: EpisodeFile | LooseNfo, entries: Iterable[FiledTitle | Left]) -> list[FiledTitle | Left]:
    return _filed(list(entries), _without_ending(file.path if isinstance(file, LooseNfo) else file.video.files[0]))


def _entries(file: EpisodeFile | LooseNfo, nfos: Nfos, of: FiledTitle | None) -> Iterator[FiledTitle | Left]:
    if isinstance(file, LooseNfo):
        for title in nfos.get(file.path, ()):
            season = file.season if title.kind is Kind.SEASON and title.season is None else title.season
            yield _by_nfo(file.path, file.path, replace(title, season=season), of)
        return
    nfo, titles = _first_of(file.nfos, nfos)
    path = file.video.files[0]
    if any(title.kind is not Kind.EPISODE for title in titles):
        yield from (_by_nfo(path, nfo, title, of) for title in titles)
    elif not titles and not file.episodes:
        why = f"is known by its day alone, {file.day}" if file.day else "has no number of an episode in its name"
        yield Left(path, f"{why}, and no .nfo tells its number")
    else:
        yield from (_episode(file, title, number, nfo, of) for title, number in _paired(titles, file.episodes))


def _paired(titles: Sequence[Title], numbers: Sequence[int]) -> Iterator[tuple[Title | None, int | None]]:
    """Each title of the `.nfo` with the number that the name gives it; then the numbers that it does not tell of."""
    by_nfo = {title.episode for title in titles}
    left = [number for number in numbers if number not in by_nfo]
    for title in titles:
        yield title, left.pop(0) if title.episode is None and left else None
    if by_nfo <= set(numbers):
        yield from ((None, number) for number in left)


def _episode(
    file: EpisodeFile, described: Title | None, number: int | None, nfo: str, of: FiledTitle | None
) -> FiledTitle | Left:
    path = file.video.files[0]
    title = described or Title(kind=Kind.EPISODE)
    season = file.season if title.season is None else title.season
    episode = number if title.episode is None else title.episode
    if episode is None:
        return Left(path, "has no number of an episode in its name, and its .nfo tells none")
    note = file.disagreement
    if file.episodes and episode not in file.episodes:
        note = f"its .nfo says episode {episode}, its name episode {file.episodes[0]}; the .nfo counts"
    fields = dict(title.fields)
    if file.day and len(file.episodes) == 1:
        fields.setdefault("release_date", file.day)
    title = replace(title, season=season, episode=episode, fields=fields)
    return FiledTitle(path, By.NFO if described else By.NAME, title, nfo=nfo if described else "", series=of, note=note)


def _by_nfo(path: str, nfo: str, title: Title, of: FiledTitle | None) -> FiledTitle | Left:
    """What an `.nfo` file says by itself."""
    if title.kind not in _BELOW:
        if not title.title and not title.ids:
            return Left(nfo, NAMES_NOTHING, title.line)
        words = () if title.ids else (NameReading(title.title, title.year),)
        return FiledTitle(path, By.NFO, title, words, nfo)
    if title.season is None or (title.kind is Kind.EPISODE and title.episode is None):
        return Left(nfo, f"does not say which {title.kind} it is", title.line)
    if of is None:
        why = "does not say of which series it is, and no tvshow.nfo is in its folder or above"
        return Left(nfo, why, title.line)
    return FiledTitle(path, By.NFO, title, nfo=nfo, series=of)
