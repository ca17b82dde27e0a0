"""Joins what names say about a title with what the `.nfo` files beside it say: the strongest evidence counts first.

Ids that speak against each other decide nothing: such a title is left to its owner.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from metarr.domain.matching import title_key
from metarr.domain.values import Kind
from metarr.files.contents import Clues, EpisodeFile, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.idtags import joined
from metarr.files.readings import NameReading, first, readings
from metarr.nfo import Title


class By(StrEnum):
    """The strongest evidence for a title."""

    NFO = "nfo"
    ID = "id"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class FiledTitle:
    """A title to take in, and where it stands. `title`: all that is known of it.

    `readings`: the words by which it may be searched, none where an id is known. `series`: an episode's. `note`: what
    its owner is to know.
    """

    path: str
    by: By
    title: Title
    readings: tuple[NameReading, ...] = ()
    series: "FiledTitle | None" = None
    note: str = ""


NAMES_NOTHING = "names neither a title nor an id"

NfoTitles = Sequence[Title]
"""What an `.nfo` says: several titles where episodes share a video."""


def movie(film: MovieFiles, nfos: Iterable[NfoTitles]) -> list[FiledTitle | Left]:
    """The entries of a film. `nfos`: by each of its `.nfo` files that could be read, in their order."""
    titles = next((titles for titles in nfos if titles), ())
    path = film.videos[0].files[0]
    if titles and titles[0].kind is Kind.EPISODE:
        return [_by_nfo(path, title, None) for title in titles]
    return [_entry(path, Kind.MOVIE, film.clues, titles[:1])]


def series(folder: SeriesFolder, nfos: Iterable[NfoTitles]) -> FiledTitle | Left:
    """The entry of a series."""
    titles = [title for titles in nfos for title in titles if title.kind is Kind.SERIES]
    return _entry(folder.folder, Kind.SERIES, folder.clues, titles[:1])


def episodes(file: EpisodeFile, nfos: Iterable[NfoTitles], of: FiledTitle) -> list[FiledTitle | Left]:
    """The entries of a video, one for each episode. Numbers in its `.nfo` count before those in its name."""
    path = file.video.files[0]
    titles = next((titles for titles in nfos if titles), ())
    if any(title.kind is not Kind.EPISODE for title in titles):
        return [_by_nfo(path, title, of) for title in titles]
    if not titles and not file.episodes:
        why = f"is known by its day alone, {file.day}" if file.day else "has no number of an episode in its name"
        return [Left(path, f"{why}, and no .nfo tells its number")]
    return [_episode(file, titles, title, number, of) for title, number in _paired(titles, file.episodes)]


def _paired(titles: NfoTitles, numbers: Sequence[int]) -> Iterator[tuple[Title, int | None]]:
    """Each title of the `.nfo` with the number that the name gives it; then the numbers that it does not tell of."""
    by_nfo = {title.episode for title in titles}
    left = [number for number in numbers if number not in by_nfo]
    for title in titles:
        yield title, left.pop(0) if title.episode is None and left else None
    if by_nfo <= set(numbers):
        yield from ((Title(kind=Kind.EPISODE), number) for number in left)


def _episode(
    file: EpisodeFile, titles: NfoTitles, title: Title, number: int | None, of: FiledTitle
) -> FiledTitle | Left:
    path = file.video.files[0]
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
    by = By.NFO if title in titles else By.NAME
    return FiledTitle(path, by, replace(title, season=season, episode=episode, fields=fields), series=of, note=note)


def loose(nfo: LooseNfo, titles: NfoTitles, of: FiledTitle | None) -> list[FiledTitle | Left]:
    """The entries of an `.nfo` file that lies by itself. `of`: the series whose folder it is in."""
    return [_by_nfo(nfo.path, title, of) for title in titles]


def _by_nfo(path: str, title: Title, of: FiledTitle | None) -> FiledTitle | Left:
    """What an `.nfo` file says by itself."""
    if title.kind is not Kind.EPISODE:
        words = () if title.ids else (NameReading(title.title, title.year),)
        return FiledTitle(path, By.NFO, title, words) if title.title or title.ids else Left(path, NAMES_NOTHING)
    if title.season is None or title.episode is None:
        return Left(path, "does not say which season and episode it is")
    if of is None and title.show:
        of = FiledTitle(path, By.NFO, Title(kind=Kind.SERIES, title=title.show), (NameReading(title.show),))
    if of is None:
        return Left(path, "does not say of which series it is, and no tvshow.nfo is in its folder or above")
    return FiledTitle(path, By.NFO, title, series=of)


def dated(entries: Sequence[FiledTitle]) -> list[FiledTitle]:
    """The episodes of one series; if nothing tells its year, its first episode does: two series may be called alike."""
    of = next((entry.series for entry in entries if entry.series), None)
    if of is None or of.title.year or of.title.ids:
        return list(entries)
    days = [entry.title.fields.get("release_date", "") for entry in entries if _is_first(entry.title)]
    year = next((int(day[:4]) for day in days if str(day)[:4].isdecimal()), 0)
    if not year:
        return list(entries)
    words = tuple(reading._replace(year=year) for reading in of.readings)
    of = replace(of, title=replace(of.title, year=year), readings=words)
    return [replace(entry, series=of) for entry in entries]


def _is_first(title: Title) -> bool:
    return (title.season, title.episode) == (1, 1)


def _entry(path: str, kind: Kind, clues: Clues, nfos: NfoTitles) -> FiledTitle | Left:
    nfo = nfos[0] if nfos else Title(kind=kind)
    ids, against = joined(kind, [("the .nfo", nfo.ids.items()), ("a name", clues.ids.items())])
    if against or clues.against:
        return Left(path, f"has ids that speak against each other: {clues.against or against}")
    by = By.NFO if nfo.title or nfo.ids else By.ID if ids else By.NAME
    if nfo.title:
        words: tuple[NameReading, ...] = (NameReading(nfo.title, nfo.year or _year_of(nfo.title, clues)),)
    else:
        words = first(clues) if ids else readings(clues, kind)
    if not words and not ids:
        return Left(path, NAMES_NOTHING)
    best = words[0] if words else NameReading("")
    return FiledTitle(path, by, replace(nfo, title=best.title, year=best.year, ids=ids), () if ids else words)


def _year_of(title: str, clues: Clues) -> int:
    """The year that names give a title of which the `.nfo` tells none."""
    return next((each.year for each in first(clues) if title_key(each.title) == title_key(title)), 0)
