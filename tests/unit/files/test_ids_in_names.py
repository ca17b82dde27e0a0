"""Ids in names of files, folders and show folders, and in `.plexmatch`; those that speak against each other."""

import pytest

from metarr.files.contents import MovieFiles, SeriesFolder
from metarr.files.idtags import tagged
from metarr.files.plexmatch import Hints, hints
from trees import found, one

SPELLINGS = {
    "{imdb-tt0078748}": "imdb:tt0078748",
    "{tmdb-348}": "tmdb:348",
    "{tvdb-348}": "tvdb:348",
    "[imdbid-tt0078748]": "imdb:tt0078748",
    "[tmdbid-348]": "tmdb:348",
    "[tvdbid-348]": "tvdb:348",
    "[imdbid=tt0078748]": "imdb:tt0078748",
    "[tmdbid=348]": "tmdb:348",
    "[tvdbid=348]": "tvdb:348",
    "{imdb=tt0078748}": "imdb:tt0078748",
    "{tmdb=348}": "tmdb:348",
    "{imdbid-tt0078748}": "imdb:tt0078748",
    "[imdb-tt0078748]": "imdb:tt0078748",
    "[tmdb=348]": "tmdb:348",
    "(tmdbid-348)": "tmdb:348",
    "(imdb-tt0078748)": "imdb:tt0078748",
    "{IMDB-TT0078748}": "imdb:tt0078748",
    "{Tmdb-348}": "tmdb:348",
    "[TMDBID=348]": "tmdb:348",
    "[TvdbId-348]": "tvdb:348",
    "{tmdb - 348}": "tmdb:348",
    "[ tmdbid=348 ]": "tmdb:348",
    "{tmdb:348}": "tmdb:348",
    "[tmdb 348]": "tmdb:348",
    "{imdb-0078748}": "imdb:tt0078748",
    "[imdb_id=tt0078748]": "imdb:tt0078748",
    "{imdb-tt10078748}": "imdb:tt10078748",
    "[tt0078748]": "imdb:tt0078748",
    "tt0078748": "imdb:tt0078748",
    "(tt0078748)": "imdb:tt0078748",
    "TT0078748": "imdb:tt0078748",
    "{tvmaze-348}": "tvmaze:348",
    "[anidb-348]": "anidb:348",
    "{trakt-348}": "trakt:348",
    "{themoviedb-348}": "tmdb:348",
    "[thetvdb=348]": "tvdb:348",
    "{tmdb-0348}": "tmdb:348",
    "{tmdb-0}": "",
    "{tmdb--1}": "",
    "{tmdb-None}": "",
    "{imdb-tt0000000}": "",
    "{imdb-null}": "",
    "[imdbid-]": "",
    "{tmdb-}": "",
    "[tmdbid=unknown]": "",
    "{imdb-nm0000123}": "",
    "{tmdb-1e3}": "",
    "[1080p]": "",
    "{edition-Director's Cut}": "",
    "[tt12]": "",
    "[YTS.MX]": "",
    "{imdb-tt0000001}": "imdb:tt0000001",
    "[tmdbid=2]": "tmdb:2",
}


@pytest.mark.parametrize(("spelling", "ids"), SPELLINGS.items())
def test_an_id_is_read_wherever_it_stands(spelling: str, ids: str) -> None:
    film = f"Alien (1979) {ids}".strip()
    assert one(f"Films/Alien (1979) {spelling}/alien.mkv") == film
    assert one(f"Films/Alien (1979)/Alien (1979) {spelling}.mkv") == film
    assert one(f"Films/Alien (1979) {spelling}.mkv") == film
    assert one(f"Films/{spelling} Alien (1979).mkv") == film
    assert one(f"Films/Alien {spelling} (1979)/alien.mkv") == film
    [series, _] = found(f"TV/Dark (2017) {spelling}/Season 1/Dark S01E01.mkv")
    assert isinstance(series, SeriesFolder)
    assert [f"{id_type}:{value}" for id_type, value in series.clues.ids.items()] == ([ids] if ids else [])
    assert one(f"TV/Dark (2017) {spelling}/Season 1/Dark S01E01.mkv") == "Dark (2017) s1e1"


def test_several_ids_are_read_and_the_rest_is_the_name() -> None:
    told = tagged("Alien {imdb-tt0078748} [tmdbid=348] (1979)")
    assert (told.claims, " ".join(told.name.split())) == ((("imdb", "tt0078748"), ("tmdb", "348")), "Alien (1979)")
    told = tagged("Alien {tmdb-348} [tt0078748]")
    assert set(told.claims) == {("tmdb", "348"), ("imdb", "tt0078748")}


AGAINST = [
    ("Alien (1979) {tmdb-348}/Alien {tmdb-679}.mkv", "the folder's name says tmdb 348, the file's name 679"),
    ("Alien (1979) {tmdb-348} [tmdbid=679]/alien.mkv", "the folder's name says tmdb 348, the folder's name 679"),
    (
        "Alien (1979) {imdb-tt0078748}/a [tt0090605].mkv",
        "the folder's name says imdb tt0078748, the file's name tt0090605",
    ),
    ("Alien (1979)/Alien {tmdb-348} {tmdb-679}.mkv", "the file's name says tmdb 348, the file's name 679"),
]


@pytest.mark.parametrize(("path", "against"), AGAINST)
def test_ids_that_speak_against_each_other_are_told(path: str, against: str) -> None:
    [film] = [each for each in found(path) if isinstance(each, MovieFiles)]
    assert film.clues.against == against


def test_the_ids_of_all_versions_count() -> None:
    paths = ["Alien (1979)/Alien (1979) {tmdb-348} - 4K.mkv", "Alien (1979)/Alien (1979) {tmdb-679} - 1080p.mkv"]
    [film] = [each for each in found(*paths) if isinstance(each, MovieFiles)]
    assert film.clues.against
    [film] = [each for each in found(paths[0], "Alien (1979)/Alien (1979) - 1080p.mkv") if isinstance(each, MovieFiles)]
    assert (film.clues.ids, film.clues.against) == ({"tmdb": "348"}, "")


def test_an_episodes_name_tells_the_series_id_only_in_front_of_its_numbers() -> None:
    [series, _] = found("Dark/Season 1/Dark {tvdb-334824} - S01E01 {imdb-tt5753857}.mkv")
    assert isinstance(series, SeriesFolder)
    assert series.clues.ids == {"tvdb": "334824"}
    [series, _] = found("Dark {tvdb-334824}/Season 1/Dark {tvdb-1} - S01E01.mkv")
    assert isinstance(series, SeriesFolder)
    assert (series.clues.ids, series.clues.against) == ({"tvdb": "334824"}, "")


def test_a_films_folder_may_hold_a_plexmatch() -> None:
    [film] = found("Alien/alien.mkv", hints={"Alien": "imdbid: tt0078748"})
    assert isinstance(film, MovieFiles)
    assert film.clues.ids == {"imdb": "tt0078748"}
    [film] = found("Alien {imdb-tt0090605}/alien.mkv", hints={"Alien {imdb-tt0090605}": "imdbid: tt0078748"})
    assert isinstance(film, MovieFiles)
    assert film.clues.against == "the folder's name says imdb tt0090605, .plexmatch tt0078748"


LINES = [
    ("", Hints()),
    ("imdbid: tt5753856", Hints(ids={"imdb": "tt5753856"})),
    ("TvdbId:334824", Hints(ids={"tvdb": "334824"})),
    ("tmdbid: 70523\ntvdbid: 334824\n", Hints(ids={"tmdb": "70523", "tvdb": "334824"})),
    ("guid: tvdb://334824", Hints(ids={"tvdb": "334824"})),
    ("guid: imdb://tt5753856", Hints(ids={"imdb": "tt5753856"})),
    ("guid: com.plexapp.agents.thetvdb://334824?lang=en", Hints(ids={"tvdb": "334824"})),
    ("guid: com.plexapp.agents.themoviedb://70523?lang=en", Hints(ids={"tmdb": "70523"})),
    ("guid: plex://show/5d9c08544eefaa001f5d6dcb", Hints()),
    ("guid: local://12", Hints()),
    ("title: Dark\nyear: 2017", Hints(title="Dark", year=2017)),
    ("show: Dark", Hints(title="Dark")),
    ("Title: Law & Order: SVU", Hints(title="Law & Order: SVU")),
    ("season: 0", Hints(season=0)),
    ("season: one", Hints()),
    ("year: 17", Hints()),
    ("tvdbid: unknown", Hints()),
    ("tvdbid: 0", Hints()),
    ("# tvdbid: 334824", Hints()),
    ("tvdbid 334824", Hints()),
    ("tvdbid: 1\ntvdbid: 2", Hints(ids={"tvdb": "1"})),
    ("ep: S01E01: Dark.mkv\nseason: 2", Hints(season=2)),
    ("\x00\udcff: x\n:\n::", Hints()),
    ("x: y\n" * 5000 + "season: 1", Hints()),
]


@pytest.mark.parametrize(("text", "told"), LINES)
def test_a_plexmatch_is_read_line_by_line(text: str, told: Hints) -> None:
    assert hints(text) == told
