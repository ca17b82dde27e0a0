"""Names and `.nfo` files joined: the strongest evidence counts, what contradicts is left to the owner."""

from typing import Any

import pytest

from metarr.domain.values import Kind
from metarr.files import evidence
from metarr.files.contents import EpisodeFile, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.evidence import By, FiledTitle
from metarr.files.readings import NameReading
from metarr.nfo import Title
from trees import found

ALIEN = "Alien (1979)/alien.mkv"


def film(path: str, *told: list[Title]) -> FiledTitle | Left:
    [movie] = [each for each in found(path) if isinstance(each, MovieFiles)]
    [entry] = evidence.movie(movie, told)
    return entry


def movie(**told: Any) -> list[Title]:
    return [Title(kind=Kind.MOVIE, **told)]


@pytest.mark.parametrize(
    ("path", "told", "by", "words", "ids"),
    [
        (ALIEN, [], By.NAME, ("Alien", 1979), {}),
        ("Alien (1979) {tmdb-348}/a.mkv", [], By.ID, ("Alien", 1979), {"tmdb": "348"}),
        (ALIEN, [movie(title="Das Wesen", year=1980)], By.NFO, ("Das Wesen", 1980), {}),
        (ALIEN, [movie(title="Alien")], By.NFO, ("Alien", 1979), {}),
        (ALIEN, [movie(title="Das Wesen")], By.NFO, ("Das Wesen", 0), {}),
        (ALIEN, [movie(ids={"imdb": "tt0078748"})], By.NFO, ("Alien", 1979), {"imdb": "tt0078748"}),
        (
            "Alien (1979) {tmdb-348}/a.mkv",
            [movie(title="Alien", ids={"imdb": "tt0078748"})],
            By.NFO,
            ("Alien", 1979),
            {"imdb": "tt0078748", "tmdb": "348"},
        ),
        ("Alien (1979) {tmdb-348}/a.mkv", [movie(ids={"tmdb": "348"})], By.NFO, ("Alien", 1979), {"tmdb": "348"}),
        (ALIEN, [[], movie(title="Second", year=1)], By.NFO, ("Second", 1), {}),
        ("movie {tmdb-348}.mkv", [], By.ID, ("movie", 0), {"tmdb": "348"}),
    ],
)
def test_the_strongest_evidence_names_a_film(
    path: str, told: list[list[Title]], by: By, words: tuple[str, int], ids: dict[str, str]
) -> None:
    entry = film(path, *told)
    assert isinstance(entry, FiledTitle)
    assert (entry.by, (entry.title.title, entry.title.year), entry.title.ids) == (by, words, ids)
    assert entry.readings == (() if ids else (NameReading(*words),))


def test_all_that_the_file_says_comes_with_it() -> None:
    entry = film(ALIEN, movie(title="Alien", fields={"plot": "P"}, lock_all=True))
    assert isinstance(entry, FiledTitle)
    assert (entry.title.fields, entry.title.lock_all, entry.path) == ({"plot": "P"}, True, ALIEN)


@pytest.mark.parametrize(
    ("path", "told", "why"),
    [
        ("Alien {tmdb-1}/a {tmdb-2}.mkv", [], "the folder's name says tmdb 1, the file's name 2"),
        ("Alien {tmdb-1}/a.mkv", [movie(title="Alien", ids={"tmdb": "2"})], "the .nfo says tmdb 2, a name 1"),
        (
            "Alien {tmdb-1}/a {tmdb-2}.mkv",
            [movie(ids={"tmdb": "1"})],
            "the folder's name says tmdb 1, the file's name 2",
        ),
    ],
)
def test_ids_that_speak_against_each_other_decide_nothing(path: str, told: list[list[Title]], why: str) -> None:
    assert film(path, *told) == Left(path, f"has ids that speak against each other: {why}")


def test_an_episodes_file_beside_a_lone_video_makes_it_an_episode() -> None:
    told = [Title(kind=Kind.EPISODE, title="Lies", season=1, episode=2, show="Dark")]
    entry = film("Stuff/lies.mkv", told)
    assert isinstance(entry, FiledTitle)
    assert entry.series is not None
    assert (entry.title, entry.series.title.title, entry.series.readings) == (told[0], "Dark", (NameReading("Dark"),))


def series_of(*paths: str, told: list[Title] | None = None) -> tuple[FiledTitle | Left, list[EpisodeFile]]:
    everything = found(*paths)
    [series] = [each for each in everything if isinstance(each, SeriesFolder)]
    files = [each for each in everything if isinstance(each, EpisodeFile)]
    return evidence.series(series, [told or []]), files


def test_a_series_is_joined_alike() -> None:
    entry, _ = series_of("Dark (2017) {tvdb-334824}/Season 1/Dark S01E01.mkv")
    assert isinstance(entry, FiledTitle)
    assert (entry.by, entry.title.kind, entry.title.title, entry.title.year) == (By.ID, Kind.SERIES, "Dark", 2017)
    entry, _ = series_of(
        "Dark (2017) {tvdb-334824}/Season 1/Dark S01E01.mkv",
        told=[Title(kind=Kind.SERIES, title="Dark!", ids={"tvdb": "1"})],
    )
    assert isinstance(entry, Left)


def episodes(name: str, *told: Title, folder: str = "Season 1") -> list[FiledTitle | Left]:
    of, [file] = series_of(f"Dark/{folder}/{name}.mkv", "Dark/tvshow.nfo")
    assert isinstance(of, FiledTitle)
    return evidence.episodes(file, [told], of)


def episode(season: int | None = None, number: int | None = None, title: str = "", **more: Any) -> Title:
    return Title(kind=Kind.EPISODE, title=title, season=season, episode=number, **more)


@pytest.mark.parametrize(
    ("name", "told", "expected"),
    [
        ("Dark S01E02", [], [(1, 2, "", By.NAME, "")]),
        ("Dark S01E02E03", [], [(1, 2, "", By.NAME, ""), (1, 3, "", By.NAME, "")]),
        ("Dark S01E02", [episode(1, 2, "Lies")], [(1, 2, "Lies", By.NFO, "")]),
        ("Dark S01E02", [episode(title="Lies")], [(1, 2, "Lies", By.NFO, "")]),
        ("Dark 02", [episode(title="Lies", season=4)], [(4, 2, "Lies", By.NFO, "")]),
        ("anything", [episode(1, 2, "Lies")], [(1, 2, "Lies", By.NFO, "")]),
        (
            "Dark S01E02E03",
            [episode(1, 2, "A"), episode(1, 3, "B")],
            [(1, 2, "A", By.NFO, ""), (1, 3, "B", By.NFO, "")],
        ),
        ("Dark S01E02E03", [episode(1, 3, "B")], [(1, 3, "B", By.NFO, ""), (1, 2, "", By.NAME, "")]),
        (
            "Dark S01E02E03",
            [episode(title="A"), episode(title="B")],
            [(1, 2, "A", By.NFO, ""), (1, 3, "B", By.NFO, "")],
        ),
        (
            "Dark S01E02",
            [episode(1, 5, "Lies")],
            [(1, 5, "Lies", By.NFO, "its .nfo says episode 5, its name episode 2; the .nfo counts")],
        ),
        ("Dark S02E02", [], [(2, 2, "", By.NAME, "its folder says season 1, its name season 2; the name counts")]),
    ],
)
def test_each_episode_of_a_file_is_an_entry(
    name: str, told: list[Title], expected: list[tuple[int, int, str, By, str]]
) -> None:
    entries = [each for each in episodes(name, *told) if isinstance(each, FiledTitle)]
    assert [(e.title.season, e.title.episode, e.title.title, e.by, e.note) for e in entries] == expected


@pytest.mark.parametrize(
    ("name", "told", "why"),
    [
        ("anything", [], "has no number of an episode in its name, and no .nfo tells its number"),
        ("Dark 2024-03-05", [], "is known by its day alone, 2024-03-05, and no .nfo tells its number"),
        ("anything", [episode(title="Lies")], "has no number of an episode in its name, and its .nfo tells none"),
    ],
)
def test_an_episode_without_a_number_is_left(name: str, told: list[Title], why: str) -> None:
    assert episodes(name, *told) == [Left(f"Dark/Season 1/{name}.mkv", why)]


def test_a_day_in_the_name_is_when_it_was_released() -> None:
    [entry] = episodes("Dark S01E02 2017-12-01")
    assert isinstance(entry, FiledTitle)
    assert entry.title.fields == {"release_date": "2017-12-01"}
    [entry] = episodes("Dark S01E02 2017-12-01", episode(fields={"release_date": "2017-12-02"}))
    assert isinstance(entry, FiledTitle)
    assert entry.title.fields == {"release_date": "2017-12-02"}


def test_a_film_beside_a_series_files_is_one_by_its_nfo() -> None:
    [entry] = episodes("anything", *movie(title="Dark - The Film", year=2020))
    assert isinstance(entry, FiledTitle)
    assert (entry.title.kind, entry.series, entry.readings) == (
        Kind.MOVIE,
        None,
        (NameReading("Dark - The Film", 2020),),
    )


def loose(*told: Title, of: FiledTitle | None = None) -> list[FiledTitle | Left]:
    return evidence.loose(LooseNfo("x/a.nfo"), told, of)


def test_a_loose_file_speaks_for_itself() -> None:
    [entry] = loose(*movie(title="Alien", year=1979))
    assert isinstance(entry, FiledTitle)
    assert (entry.by, entry.readings) == (By.NFO, (NameReading("Alien", 1979),))
    assert loose(*movie()) == [Left("x/a.nfo", "names neither a title nor an id")]
    [entry] = loose(episode(1, 2, show="Dark"))
    assert isinstance(entry, FiledTitle)
    assert entry.series is not None
    assert entry.series.title.title == "Dark"
    assert loose(episode(1, None, show="Dark")) == [Left("x/a.nfo", "does not say which season and episode it is")]
    assert isinstance(loose(episode(1, 2))[0], Left)


def test_the_first_episode_tells_the_year_of_a_series_that_nothing_else_tells() -> None:
    """Two shows of one name, 34 years apart, must not be taken for one."""
    first = episode(1, 1, show="Dallas", fields={"release_date": "1978-04-02"})
    entries = [each for each in loose(first, episode(1, 2, show="Dallas")) if isinstance(each, FiledTitle)]
    [one, other] = evidence.dated(entries)
    assert one.series is other.series
    assert one.series is not None
    assert (one.series.title.year, one.series.readings) == (1978, (NameReading("Dallas", 1978),))
    assert evidence.dated(entries[1:]) == entries[1:]
    assert evidence.dated([]) == []
