"""Films and shows on a disk: empty files, and .nfo files beside them from which Kodi learns what they are."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path

import simulators

Elements = Mapping[str, str | Sequence[str]]
"""More elements of an .nfo file: {"plot": "…", "genre": ["Drama", "Comedy"]}."""


@dataclass(frozen=True)
class Movie:
    """A film; of its ids, such as {"tmdb": "603", "imdb": "tt0133093"}, Kodi takes the first for the default."""

    title: str
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    elements: Elements = field(default_factory=dict)

    @property
    def name(self) -> str:
        return _name(self.title, self.year)


@dataclass(frozen=True)
class Show:
    """A show; `seasons` tells how many episodes each has: {1: 10, 2: 8}."""

    title: str
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    seasons: Mapping[int, int] = field(default_factory=lambda: {1: 2})
    elements: Elements = field(default_factory=dict)

    @property
    def name(self) -> str:
        return _name(self.title, self.year)


def write_movie(folder: Path, movie: Movie, *, bare: bool = False) -> Path:
    """Put a film into a folder of its own; returns its file. What lay there under that name is replaced. `bare`: its
    name alone tells what it is."""
    file = folder / movie.name / f"{movie.name}.mkv"
    _touch(file)
    if bare:
        return file
    _write_nfo(file.with_suffix(".nfo"), "movie", movie.title, movie.ids, _with_year(movie.year, movie.elements))
    return file


def write_show(folder: Path, show: Show, *, bare: bool = False) -> Path:
    """Put a show with its episodes into a folder of its own; returns that folder. `bare`: names alone tell what is in
    it."""
    home = folder / show.name
    home.mkdir(parents=True, exist_ok=True)
    if not bare:
        _write_nfo(home / "tvshow.nfo", "tvshow", show.title, show.ids, _with_year(show.year, show.elements))
    for season, episodes in show.seasons.items():
        for number in range(1, episodes + 1):
            file = home / f"Season {season:02}" / f"{_name(show.title)} S{season:02}E{number:02}.mkv"
            _touch(file)
            numbers = {"season": str(season), "episode": str(number)}
            if not bare:
                _write_nfo(file.with_suffix(".nfo"), "episodedetails", f"Episode {number}", {}, numbers)
    return home


def simulated_movies(number: int) -> list[Movie]:
    """That many films which the simulated providers know: first the hand-written ones, then generated ones."""
    known = (movie for movie in simulators.MOVIES if movie.imdb and movie.tmdb)
    generated = (simulators.generated_movie(n) for n in count())
    return [_known(movie) for movie in islice(chain(known, generated), number)]


def simulated_shows(number: int) -> list[Show]:
    """That many shows which the simulated providers know. Raises ValueError where they do not know so many."""
    if number > len(simulators.SERIES):
        raise ValueError(f"the simulators know {len(simulators.SERIES)} shows, not {number}")
    return [
        Show(series.title, series.year, _ids(series), {each.number: len(each.episodes) for each in series.seasons})
        for series in simulators.SERIES[:number]
    ]


def _known(movie: simulators.Movie) -> Movie:
    return Movie(movie.title, movie.year, _ids(movie))


def _ids(title: simulators.Movie | simulators.Series) -> dict[str, str]:
    ids = {"tmdb": title.tmdb, "imdb": title.imdb, "tvdb": title.tvdb}
    return {id_type: str(value) for id_type, value in ids.items() if value}


def _name(title: str, year: int = 0) -> str:
    """A name for files, as people give them: "Alien (1979)"."""
    return re.sub(r'[\\/:*?"<>|]', "", title) + (f" ({year})" if year else "")


def _with_year(year: int, elements: Elements) -> Elements:
    return {"year": str(year), **elements} if year else elements


def _touch(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def _write_nfo(path: Path, root: str, title: str, ids: Mapping[str, str], elements: Elements) -> None:
    top = ET.Element(root)
    ET.SubElement(top, "title").text = title
    for index, (id_type, value) in enumerate(ids.items()):
        ET.SubElement(top, "uniqueid", type=id_type, default=str(index == 0).lower()).text = value
    for name, values in elements.items():
        for value in [values] if isinstance(values, str) else values:
            ET.SubElement(top, name).text = value
    ET.ElementTree(top).write(path, encoding="utf-8", xml_declaration=True)
