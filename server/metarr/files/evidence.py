"""Joins what names say about a title with what the `.nfo` files beside it say: the strongest evidence counts first.

Ids that speak against each other decide nothing: such a title is left to its owner.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from metarr.domain.matching import title_key
from metarr.domain.values import Kind
from metarr.files.found import Clues, EpisodeFile, Left, LooseNfo, Movie, Series
from metarr.files.idtags import joined
from metarr.files.readings import Reading, first, readings
from metarr.nfo import Title


class By(StrEnum):
    """The strongest evidence for a title."""

    NFO = "nfo"
    ID = "id"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Entry:
    """A title to take in, and where it stands. `title`: all that is known of it.

    `readings`: the words by which it may be searched, none where an id is known. `series`: an episode's. `note`: what
    its owner is to know.
    """

    path: str
    by: By
    title: Title
    readings: tuple[Reading, ...] = ()
    series: "Entry | None" = None
    note: str = ""


NAMES_NOTHING = "names neither a title nor an id"

Told = Sequence[Title]
"""What an `.nfo` says: several titles where episodes share a video."""


def movie(found: Movie, told: Iterable[Told]) -> list[Entry | Left]:
    """The entries of a film. `told`: by each of its `.nfo` files that could be read, in their order."""
    titles = next((titles for titles in told if titles), ())
    path = found.videos[0].files[0]
    if titles and titles[0].kind is Kind.EPISODE:
        return [_by_nfo(path, title, None) for title in titles]
    return [_entry(path, Kind.MOVIE, found.clues, titles[:1])]


def series(found: Series, told: Iterable[Told]) -> Entry | Left:
    """The entry of a series."""
    titles = [title for titles in told for title in titles if title.kind is Kind.SERIES]
    return _entry(found.folder, Kind.SERIES, found.clues, titles[:1])


def episodes(found: EpisodeFile, told: Iterable[Told], of: Entry) -> list[Entry | Left]:
    """The entries of a video, one for each episode. Numbers in its `.nfo` count before those in its name."""
    path = found.video.files[0]
    titles = next((titles for titles in told if titles), ())
    if any(title.kind is not Kind.EPISODE for title in titles):
        return [_by_nfo(path, title, of) for title in titles]
    if not titles and not found.episodes:
        why = f"is known by its day alone, {found.day}" if found.day else "has no number of an episode in its name"
        return [Left(path, f"{why}, and no .nfo tells its number")]
    return [_episode(found, titles, title, number, of) for title, number in _paired(titles, found.episodes)]


def _paired(titles: Told, numbers: Sequence[int]) -> Iterator[tuple[Title, int | None]]:
    """Each title of the `.nfo` with the number that the name gives it; then the numbers that it does not tell of."""
    told = {title.episode for title in titles}
    left = [number for number in numbers if number not in told]
    for title in titles:
        yield title, left.pop(0) if title.episode is None and left else None
    if told <= set(numbers):
        yield from ((Title(kind=Kind.EPISODE), number) for number in left)


def _episode(found: EpisodeFile, titles: Told, title: Title, number: int | None, of: Entry) -> Entry | Left:
    path = found.video.files[0]
    season = found.season if title.season is None else title.season
    episode = number if title.episode is None else title.episode
    if episode is None:
        return Left(path, "has no number of an episode in its name, and its .nfo tells none")
    note = found.disagreement
    if found.episodes and episode not in found.episodes:
        note = f"its .nfo says episode {episode}, its name episode {found.episodes[0]}; the .nfo counts"
    fields = dict(title.fields)
    if found.day and len(found.episodes) == 1:
        fields.setdefault("release_date", found.day)
    by = By.NFO if title in titles else By.NAME
    return Entry(path, by, replace(title, season=season, episode=episode, fields=fields), series=of, note=note)


def loose(found: LooseNfo, told: Told, of: Entry | None) -> list[Entry | Left]:
    """The entries of an `.nfo` file that lies by itself. `of`: the series whose folder it is in."""
    return [_by_nfo(found.path, title, of) for title in told]


def _by_nfo(path: str, title: Title, of: Entry | None) -> Entry | Left:
    """What an `.nfo` file says by itself."""
    if title.kind is not Kind.EPISODE:
        words = () if title.ids else (Reading(title.title, title.year),)
        return Entry(path, By.NFO, title, words) if title.title or title.ids else Left(path, NAMES_NOTHING)
    if title.season is None or title.episode is None:
        return Left(path, "does not say which season and episode it is")
    if of is None and title.show:
        of = Entry(path, By.NFO, Title(kind=Kind.SERIES, title=title.show), (Reading(title.show),))
    if of is None:
        return Left(path, "does not say of which series it is, and no tvshow.nfo is in its folder or above")
    return Entry(path, By.NFO, title, series=of)


def dated(entries: Sequence[Entry]) -> list[Entry]:
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


def _entry(path: str, kind: Kind, clues: Clues, told: Told) -> Entry | Left:
    nfo = told[0] if told else Title(kind=kind)
    ids, against = joined(kind, [("the .nfo", nfo.ids.items()), ("a name", clues.ids.items())])
    if against or clues.against:
        return Left(path, f"has ids that speak against each other: {clues.against or against}")
    by = By.NFO if nfo.title or nfo.ids else By.ID if ids else By.NAME
    if nfo.title:
        words: tuple[Reading, ...] = (Reading(nfo.title, nfo.year or _year_of(nfo.title, clues)),)
    else:
        words = first(clues) if ids else readings(clues, kind)
    if not words and not ids:
        return Left(path, NAMES_NOTHING)
    best = words[0] if words else Reading("")
    return Entry(path, by, replace(nfo, title=best.title, year=best.year, ids=ids), () if ids else words)


def _year_of(title: str, clues: Clues) -> int:
    """The year that names give a title of which the `.nfo` tells none."""
    return next((told.year for told in first(clues) if title_key(told.title) == title_key(title)), 0)
