"""Names and `.nfo` files joined: the strongest evidence counts, what contradicts is left to the owner."""

from typing import Any

import pytest

from metarr.domain.values import Kind
from metarr.files import evidence
from metarr.files.contents import EpisodeFile, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.evidence import By, FiledTitle, Nfos
from metarr.files.listing import folder_of
from metarr.files.readings import NameReading
from metarr.nfo import Title
from trees import found

ALIEN = "Alien (1979)/alien.mkv"


def film(path: str, *described: list[Title]) -> FiledTitle | Left:
    """The entry of a film beside whose video lie .nfo files that say this."""
    nfos = {f"{folder_of(path)}/{number}.nfo": titles for number, titles in enumerate(described)}
    [movie] = [each for each in found(path, *nfos) if isinstance(each, MovieFiles)]
    [entry] = evidence.movie(movie, nfos)
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
    entry = film("Lies/lies.mkv", told)
    assert isinstance(entry, FiledTitle)
    assert entry.series is not None
    assert entry.path == "Lies/lies.mkv"
    assert (entry.title, entry.series.title.title, entry.series.readings) == (told[0], "Dark", (NameReading("Dark"),))


def series(*paths: str, nfos: Nfos | None = None) -> list[FiledTitle | Left]:
    """The entries of the only series among these files, the .nfo files of `nfos` among them."""
    everything = found(*paths, *(nfos or {}))
    [folder] = [each for each in everything if isinstance(each, SeriesFolder)]
    files = [each for each in everything if isinstance(each, EpisodeFile | LooseNfo)]
    return evidence.series(folder, files, nfos or {})


def filed(entries: list[FiledTitle | Left]) -> list[FiledTitle]:
    return [each for each in entries if isinstance(each, FiledTitle)]


def test_a_series_is_joined_alike() -> None:
    path = "Dark (2017) {tvdb-334824}/Season 1/Dark S01E01.mkv"
    [of, episode] = filed(series(path))
    assert (of.by, of.title.kind, of.title.title, of.title.year) == (By.ID, Kind.SERIES, "Dark", 2017)
    assert episode.series is of
    nfo = "Dark (2017) {tvdb-334824}/tvshow.nfo"
    [of, _] = filed(series(path, nfos={nfo: [Title(kind=Kind.SERIES, title="Dark!", ids={"tmdb": "70523"})]}))
    assert (of.by, of.title.title, of.title.ids, of.nfo) == (By.NFO, "Dark!", {"tmdb": "70523", "tvdb": "334824"}, nfo)


def test_where_the_ids_of_a_series_contradict_its_episodes_are_left_with_it() -> None:
    path = "Dark {tvdb-334824}/Season 1/Dark S01E01.mkv"
    [left] = series(path, nfos={"Dark {tvdb-334824}/tvshow.nfo": [Title(kind=Kind.SERIES, ids={"tvdb": "1"})]})
    assert isinstance(left, Left)
    assert left.why == (
        "has ids that speak against each other: the .nfo says tvdb 1, a name 334824; so its 1 files are left, too"
    )


def test_a_series_without_an_episode_is_one_only_by_its_file() -> None:
    assert filed(series("Dark/tvshow.nfo", "Dark/Season 1/Pilot.mkv")) == []
    [of] = filed(series("Dark/Season 1/a.txt", nfos={"Dark/tvshow.nfo": [Title(kind=Kind.SERIES, title="Dark")]}))
    assert of.title.title == "Dark"


def episodes(name: str, *described: Title, folder: str = "Season 1") -> list[FiledTitle | Left]:
    path = f"Dark/{folder}/{name}"
    entries = series(f"{path}.mkv", "Dark/tvshow.nfo", nfos={f"{path}.nfo": list(described)} if described else {})
    return [each for each in entries if isinstance(each, Left) or each.title.kind is not Kind.SERIES]


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


def loose(*described: Title, path: str = "x/a.nfo") -> list[FiledTitle | Left]:
    return evidence.series(None, [LooseNfo(path)], {path: described})


def test_a_loose_file_speaks_for_itself() -> None:
    [entry] = filed(loose(*movie(title="Alien", year=1979)))
    assert (entry.by, entry.readings, entry.nfo) == (By.NFO, (NameReading("Alien", 1979),), "x/a.nfo")
    assert loose(*movie()) == [Left("x/a.nfo", "names neither a title nor an id", 1)]
    [entry] = filed(loose(episode(1, 2, show="Dark")))
    assert entry.series is not None
    assert entry.series.title.title == "Dark"
    assert loose(episode(1, None, show="Dark")) == [Left("x/a.nfo", "does not say which episode it is", 1)]
    [left] = loose(episode(1, 2))
    assert isinstance(left, Left)
    assert left.why.startswith("does not say of which series it is")


FIRST = {"release_date": "1978-04-02"}


def test_the_first_episode_tells_the_year_of_a_series_that_nothing_else_tells() -> None:
    """Two shows of one name, 34 years apart, must not be taken for one."""
    [one, other] = filed(loose(episode(1, 1, show="Dallas", fields=FIRST), episode(1, 2, show="Dallas")))
    assert one.series is other.series
    assert one.series is not None
    assert (one.series.title.year, one.series.readings) == (1978, (NameReading("Dallas", 1978),))
    [one] = filed(loose(episode(1, 2, show="Dallas", fields=FIRST)))
    assert one.series is not None
    assert one.series.title.year == 0


@pytest.mark.parametrize(
    ("folder", "year"), [("Dallas", 1978), ("Dallas (1977)", 1977), ("Dallas {tvdb-77092}", 0), ("Das Leben", 1978)]
)
def test_a_year_or_an_id_of_its_own_counts_before(folder: str, year: int) -> None:
    path = f"{folder}/Season 1/S01E01"
    [of, _] = filed(series(f"{path}.mkv", nfos={f"{path}.nfo": [episode(1, 1, fields=FIRST)]}))
    assert of.title.year == year


@pytest.mark.parametrize(
    ("folder", "shows", "readings"),
    [
        ("D1", ["Dallas", "Dallas"], ["Dallas", "D1"]),
        ("Dallas (2012)", ["Dallas", ""], ["Dallas (2012)"]),
        ("D1", ["Dallas", "Dynasty"], ["D1"]),
        ("D1", ["", ""], ["D1"]),
    ],
)
def test_the_name_that_the_episodes_files_agree_on_is_a_reading(
    folder: str, shows: list[str], readings: list[str]
) -> None:
    nfos = {f"{folder}/Season 1/S01E0{n}.nfo": [episode(1, n, show=show)] for n, show in enumerate(shows)}
    [of, *_] = filed(series(*(path.replace(".nfo", ".mkv") for path in nfos), nfos=nfos))
    assert [f"{title} ({year})" if year else title for title, year in of.readings] == readings
