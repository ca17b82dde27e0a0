"""Folders of films: parts, versions, discs, extras, folders of several; what is no title, and what nobody can tell."""

import time

import pytest

from metarr.files.contents import Extra, Left, LooseNfo, MovieFiles, Video
from metarr.files.titles import read
from trees import found, listing, told


def movies(*paths: str) -> list[MovieFiles]:
    return [each for each in found(*paths) if isinstance(each, MovieFiles)]


def files(movie: MovieFiles) -> list[tuple[str, ...]]:
    """The names of the files of each version."""
    return [tuple(path.rpartition("/")[2] for path in video.files) for video in movie.videos]


# The names of a film's files, in the order of the parts.
PARTS = [
    ["Alien cd1.avi", "Alien cd2.avi"],
    ["Alien.CD1.avi", "Alien.CD2.avi"],
    ["Alien (1979) cd1.avi", "Alien (1979) cd2.avi"],
    ["Alien-disc1.avi", "Alien-disc2.avi"],
    ["Alien disk 1.avi", "Alien disk 2.avi"],
    ["Alien dvd1.avi", "Alien dvd2.avi", "Alien dvd3.avi"],
    ["Alien part 1.avi", "Alien part 2.avi"],
    ["Alien.part1.avi", "Alien.part2.avi"],
    ["Alien pt1.avi", "Alien pt2.avi"],
    ["Alien (part 1).avi", "Alien (part 2).avi"],
    ["Alien [CD1] 720p.avi", "Alien [CD2] 720p.avi"],
    ["Alien cd01.avi", "Alien cd02.avi"],
    ["Alien 1of2.avi", "Alien 2of2.avi"],
    ["Alien (1 of 2).avi", "Alien (2 of 2).avi"],
    ["Alien.1979.1of3.avi", "Alien.1979.2of3.avi", "Alien.1979.3of3.avi"],
    [f"Alien cd{number}.avi" for number in range(1, 12)],
]


@pytest.mark.parametrize("names", PARTS)
def test_parts_are_one_film_in_their_order(names: list[str]) -> None:
    [film] = movies(*(f"Alien (1979)/{name}" for name in reversed(names)))
    assert (film.own, files(film)) == (True, [tuple(names)])


@pytest.mark.parametrize(
    "names",
    [
        ["Dune Part 1.mkv", "Dune Part 2.mkv"],
        ["Dune pt1.mkv", "Dune pt2.mkv"],
        ["Harry Potter Part 1 (2010).mkv", "Harry Potter Part 2 (2011).mkv"],
    ],
)
@pytest.mark.parametrize("folder", ["Films", "Harry Potter Collection", "Dune (2021-2024)"])
def test_a_part_may_be_a_title_outside_a_folder_of_its_own(folder: str, names: list[str]) -> None:
    assert sorted(files(film) for film in movies(*(f"{folder}/{name}" for name in names))) == [
        [(each,)] for each in names
    ]


@pytest.mark.parametrize("name", ["Mesrine Part 1.mkv", "Mesrine cd2.mkv", "Kill Bill Vol. 1.mkv", "Che 1of2.mkv"])
def test_a_part_without_its_fellows_is_a_film(name: str) -> None:
    [film] = movies(f"Films/{name}")
    assert files(film) == [(name,)]


def test_discs_of_a_film_may_be_on_a_shelf() -> None:
    films = movies("Films/Heat cd1.avi", "Films/Heat cd2.avi", "Films/Alien.avi")
    assert sorted(files(film) for film in films) == [[("Alien.avi",)], [("Heat cd1.avi", "Heat cd2.avi")]]


def test_parts_that_are_fewer_than_they_say_are_no_film() -> None:
    names = ["Planet Earth 1of11.mkv", "Planet Earth 2of11.mkv"]
    assert sorted(files(film) for film in movies(*(f"Films/{name}" for name in names))) == [[(each,)] for each in names]


VERSIONS = [
    ("Alien (1979)", ["Alien (1979) - 1080p.mkv", "Alien (1979) - 4K.mkv"], ["1080p", "4K"]),
    ("Alien (1979)", ["Alien (1979) - Assembly.mkv", "Alien (1979).mkv"], ["Assembly", ""]),
    ("Alien (1979)", ["Alien (1979) {edition-Director's Cut}.mkv", "Alien (1979).mkv"], ["Director's Cut", ""]),
    ("Alien (1979)", ["Alien (1979) [1080p].mkv", "Alien (1979) [2160p].mkv"], ["1080p", "2160p"]),
    ("Alien (1979)", ["Alien - 4K.mkv", "Alien.mkv"], ["4K", ""]),
    ("Alien (1979)", ["Alien.1979.1080p.mkv", "Alien.1979.2160p.mkv"], ["1080p", "2160p"]),
    ("Alien", ["Alien - 1080p.mkv", "Alien - 4K.mkv"], ["1080p", "4K"]),
    ("Alien", ["Alien (1979) - 1080p.mkv", "Alien (1979) - 4K.mkv"], ["1080p", "4K"]),
    ("Blade Runner 2049 (2017)", ["Blade Runner 2049 - 4K.mkv", "Blade Runner 2049.mkv"], ["4K", ""]),
    ("1917 (2019)", ["1917 (2019) - 1080p.mkv", "1917 (2019) - 4K.mkv"], ["1080p", "4K"]),
    ("Alien (1979)", ["Alien.avi", "Alien.mkv"], ["", ""]),
    ("Alien (1979)", ["Alien.3D.mkv", "Alien.mkv"], ["3D", ""]),
    ("Alien (1979)", ["Alien Extended.mkv", "Alien.mkv"], ["Extended", ""]),
    ("Alien (1979)", ["Alien.Directors.Cut.mkv", "Alien.mkv"], ["Directors.Cut", ""]),
    ("Alien (1979)", ["Alien (1979) - 1080.mkv", "Alien (1979) - 720.mkv"], ["1080", "720"]),
]


@pytest.mark.parametrize(("folder", "names", "labels"), VERSIONS)
def test_versions_are_one_film(folder: str, names: list[str], labels: list[str]) -> None:
    [film] = movies(*(f"{folder}/{name}" for name in names))
    assert film.own
    assert [video.files for video in film.videos] == [(f"{folder}/{name}",) for name in names]
    assert [video.label for video in film.videos] == labels


def test_a_version_may_be_in_parts() -> None:
    names = ["Alien (1979) - 4K.mkv", "Alien (1979) cd1.avi", "Alien (1979) cd2.avi"]
    [film] = movies(*(f"Alien (1979)/{name}" for name in names))
    assert files(film) == [(names[0],), (names[1], names[2])]


SEVERAL = [
    (
        "Alien (1979-1997)",
        ["Alien (1979).mkv", "Alien 3 (1992).mkv", "Alien Resurrection (1997).mkv", "Aliens (1986).mkv"],
    ),
    ("Alien Collection", ["Alien.mkv", "Alien - Resurrection.mkv", "Alien 3.mkv"]),
    ("Alien", ["Alien (1979).mkv", "Alien (2011).mkv"]),
    ("2012", ["Avengers (2012).mkv", "Looper (2012).mkv", "2012 (2009).mkv"]),
    ("Harry Potter", ["Harry Potter 1.mkv", "Harry Potter 2.mkv"]),
    ("Star Wars", ["Star Wars Episode 4 - A New Hope.mkv", "Star Wars Episode 5 - The Empire.mkv"]),
    ("Marvel", ["01 - Iron Man (2008).mkv", "02 - The Incredible Hulk (2008).mkv"]),
    ("Rocky", ["Rocky.mkv", "Rocky II.mkv", "Rocky III.mkv"]),
    ("Films", ["9.mkv", "21.mkv", "300.mkv"]),
    ("Alien (1979)", ["Alien.mkv", "Alien 3.mkv", "Alien Resurrection.mkv"]),
]


@pytest.mark.parametrize(("folder", "names"), SEVERAL)
def test_a_folder_of_several_titles_is_mixed(folder: str, names: list[str]) -> None:
    films = movies(*(f"{folder}/{name}" for name in names))
    assert [film.own for film in films] == [False] * len(names)
    assert sorted(files(film) for film in films) == sorted([(name,)] for name in names)


def test_where_several_titles_lie_the_folders_ids_are_nobodys() -> None:
    films = movies("Alien Collection {tmdb-8091}/Alien (1979).mkv", "Alien Collection {tmdb-8091}/Aliens (1986).mkv")
    assert [film.clues.ids for film in films] == [{}, {}]


DISCS = [
    ("Alien (1979)", ["BDMV/index.bdmv", "BDMV/STREAM/00001.m2ts", "BDMV/STREAM/00002.m2ts"], "/BDMV"),
    ("Alien (1979)", ["VIDEO_TS/VIDEO_TS.IFO", "VIDEO_TS/VTS_01_1.VOB"], "/VIDEO_TS"),
    ("Alien (1979)", ["video_ts/video_ts.ifo"], "/video_ts"),
    ("Alien (1979)", ["VIDEO_TS.IFO", "VTS_01_1.VOB", "VTS_01_2.VOB"], ""),
    ("ALIEN_DISC", ["BDMV/index.bdmv", "CERTIFICATE/id.bdmv"], "/BDMV"),
]


@pytest.mark.parametrize(("folder", "names", "disc"), DISCS)
def test_the_folder_above_names_a_disc(folder: str, names: list[str], disc: str) -> None:
    [film] = movies(*(f"Films/{folder}/{name}" for name in names))
    assert (film.own, film.folder, film.videos) == (True, f"Films/{folder}", (Video((f"Films/{folder}{disc}",)),))


def test_a_video_beside_a_disc_is_another_version_or_another_film() -> None:
    [film] = movies("Alien (1979)/BDMV/index.bdmv", "Alien (1979)/Alien (1979) - Remux.mkv")
    assert (film.own, [video.label for video in film.videos]) == (True, ["", "Remux"])
    films = movies("Alien/VIDEO_TS/VIDEO_TS.IFO", "Alien/Heat (1995).mkv", "Alien/Brazil (1985).mkv")
    assert [(film.own, film.clues.names[0]) for film in films] == [
        (False, "Alien"),
        (False, "Brazil (1985)"),
        (False, "Heat (1995)"),
    ]


def test_a_folder_that_is_only_called_like_a_discs_is_none() -> None:
    [film] = movies("BDMV/Alien (1979).mkv")
    assert film.videos == (Video(("BDMV/Alien (1979).mkv",)),)


def test_the_pieces_of_a_film_may_have_folders_of_their_own() -> None:
    [parts] = movies("Heat (1995)/CD1/a.avi", "Heat (1995)/CD2/b.avi")
    assert files(parts) == [("a.avi", "b.avi")]
    [versions] = movies("Heat (1995)/1080p/Heat.mkv", "Heat (1995)/4K/Heat.mkv")
    assert [video.label for video in versions.videos] == ["1080p", "4K"]
    [discs] = movies("Heat (1995)/Disc 1/VIDEO_TS/VIDEO_TS.IFO", "Heat (1995)/Disc 2/VIDEO_TS/VIDEO_TS.IFO")
    assert discs.videos == (Video(("Heat (1995)/Disc 1/VIDEO_TS", "Heat (1995)/Disc 2/VIDEO_TS")),)


def test_a_folder_within_the_films_own_is_still_its() -> None:
    [film] = movies("Alien (1979) {tmdb-348}/Alien.1979.1080p.BluRay-GRP/grp-alien.mkv")
    assert (film.own, film.folder) == (True, "Alien (1979) {tmdb-348}/Alien.1979.1080p.BluRay-GRP")
    assert film.clues.ids == {"tmdb": "348"}


# Beside "Big (1988)/Big (1988).mkv".
EXTRAS = {
    "Big (1988)-trailer.mkv": "a trailer",
    "Big-trailer.mp4": "a trailer",
    "Big.Trailer.mp4": "a trailer",
    "Big_trailer-2.mp4": "a trailer",
    "Big (1988) - trailer.mkv": "a trailer",
    "trailer.mp4": "a trailer",
    "teaser.mp4": "a trailer",
    "sample.mkv": "a sample",
    "Sample.mkv": "a sample",
    "big-sample.mkv": "a sample",
    "sample-big.mkv": "a sample",
    "Big (1988)-behindthescenes.mkv": "from behind the scenes",
    "On the set-behindthescenes.mkv": "from behind the scenes",
    "The ending-deleted.mkv": "a deleted scene",
    "The ending-deletedscene.mkv": "a deleted scene",
    "How it was done-featurette.mkv": "a featurette",
    "Tom Hanks-interview.mkv": "an interview",
    "The piano-scene.mkv": "a scene",
    "Before-short.mkv": "a short",
    "The piano-clip.mkv": "a clip",
    "Anything-other.mkv": "an extra",
    "Anything-extra.mkv": "an extra",
    "Making of.mkv": "an extra",
    "The Making of Big.mkv": "an extra",
    "Behind the Scenes.mkv": "an extra",
    "Deleted Scenes.mkv": "an extra",
    "Interview with Tom Hanks.mkv": "an extra",
    "Gag Reel.mkv": "an extra",
    "Big - Making of.mkv": "an extra",
    "Big (1988) - Deleted Scenes.mkv": "an extra",
    "Big Trailer.mkv": "an extra",
    "Big (1988) Teaser 2.mkv": "an extra",
    "Extras/anything.mkv": "an extra",
    "extras/anything (1990).mkv": "an extra",
    "Extra/a.mkv": "an extra",
    "Other/a.mkv": "an extra",
    "Bonus/a.mkv": "an extra",
    "Bonusmaterial/a.mkv": "an extra",
    "Special Features/a.mkv": "an extra",
    "Featurettes/a.mkv": "a featurette",
    "Shorts/a.mkv": "a short",
    "Trailers/a.mkv": "a trailer",
    "Samples/a.mkv": "a sample",
    "Sample/a.mkv": "a sample",
    "Behind The Scenes/a.mkv": "from behind the scenes",
    "Deleted Scenes/a.mkv": "a deleted scene",
    "Deleted_Scenes/a.mkv": "a deleted scene",
    "Scenes/a.mkv": "a scene",
    "Clips/a.mkv": "a clip",
    "Interviews/a.mkv": "an interview",
    "backdrops/a.mp4": "a background video",
    "Extras/Deeper/a.mkv": "an extra",
}


@pytest.mark.parametrize(("name", "what"), EXTRAS.items())
def test_an_extra_is_no_title(name: str, what: str) -> None:
    assert found("Big (1988)/Big (1988).mkv", f"Big (1988)/{name}")[1:] == [Extra(f"Big (1988)/{name}", what)]
    [film] = movies("Big (1988)/Big (1988).mkv", f"Big (1988)/{name}")
    assert (film.own, files(film)) == (True, [("Big (1988).mkv",)])


def test_a_film_that_is_called_like_an_extra_is_the_main_thing_in_its_own_folder() -> None:
    folder = "Interview with the Vampire (1994)"
    lines = told(f"{folder}/Interview with the Vampire.mkv", f"{folder}/Deleted Scenes.mkv")
    assert lines == ["Interview with the Vampire (1994)", "extra: an extra"]


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("Extras/Extras.mkv", "Extras"),
        ("Other (2019)/Other (2019).mkv", "Other (2019)"),
        ("Shorts (2013)/Shorts.mkv", "Shorts (2013)"),
        ("Trailers/Alien (1979).mkv", "Alien (1979)"),
        ("Films/Interview (2007)/Interview.mkv", "Interview (2007)"),
        ("Films/The Big-Short.mkv", "The Big-Short"),
        ("Films/The Making of.mkv", "The Making of"),
        ("Films/Deleted.mkv", "Deleted"),
        ("Films/Some-other.mkv", "Some-other"),
        ("Films/Sample.People.2000.mkv", "Sample People (2000) | Sample People 2000"),
    ],
)
def test_what_is_called_like_an_extra_is_a_title_where_no_title_is(path: str, reading: str) -> None:
    assert sorted(told(path, "Films/Brazil (1985)/Brazil.mkv")) == sorted([reading, "Brazil (1985)"])


NO_TITLES = {
    "@eaDir/Alien (1979).mkv": [],
    "#recycle/Alien (1979)/Alien.mkv": [],
    "$RECYCLE.BIN/Alien.mkv": [],
    "System Volume Information/a.mkv": [],
    "lost+found/a.mkv": [],
    ".Trash-1000/files/Alien.mkv": [],
    ".hidden.mkv": [],
    "._Alien (1979).mkv": [],
    ".45 (2006)/.45.mkv": ["left: is hidden, for its name begins with a dot"],
    "...And Justice for All (1979).mkv": ["left: is hidden, for its name begins with a dot"],
    "Alien (1979)/.ignore": ["extra: left out by its owner"],
    "Alien (1979)/.nomedia": ["extra: left out by its owner"],
    "Alien (1979)/Alien.mkv.part": ["extra: an unfinished download"],
    "Alien (1979)/Alien.mkv.!qB": ["extra: an unfinished download"],
    "Alien (1979)/Alien.crdownload": ["extra: an unfinished download"],
    "_UNPACK_Alien.1979/a.mkv": ["extra: an unfinished download"],
    "_FAILED_Alien.1979/a.mkv": ["extra: an unfinished download"],
    "Alien (1979)/Subs/Alien.srt": ["left: holds only subtitles, no video"],
    "Alien (1979)/Alien.srt": ["left: holds only subtitles, no video"],
    "Alien.1979.1080p (1979)/alien.rar": ["left: holds only a packed archive, no video"],
    "Alien [tmdbid=348]/poster.jpg": ["left: holds no video"],
    "Alien (1979)/": ["left: holds no video"],
    "Alien (1979)/Extras/a.mkv": ["extra: an extra", "left: holds no video but extras"],
    "Alien (1979)/Alien-trailer.mkv": ["extra: a trailer", "left: holds no video but extras"],
    "Photos/2012/a.jpg": [],
    "readme.txt": [],
    "": [],
}


@pytest.mark.parametrize(("path", "lines"), NO_TITLES.items())
def test_what_is_no_title_is_told_where_an_owner_would_miss_it(path: str, lines: list[str]) -> None:
    assert told(path) == lines
    assert [line for line in told(path, "Brazil (1985)/Brazil.mkv") if line != "Brazil (1985)"] == lines


def test_what_is_still_being_loaded_by_its_side_is_no_title() -> None:
    assert told("Alien (1979)/Alien.mkv", "Alien (1979)/Alien.mkv.aria2") == ["extra: an unfinished download"]


def test_a_folder_that_is_left_out_is_left_out_with_all_below() -> None:
    assert told("Private/.ignore", "Private/Alien (1979)/Alien.mkv") == ["extra: left out by its owner"]


NFOS = [
    ("Alien (1979)", ["alien.mkv"], ["alien.nfo", "movie.nfo"], ["movie.nfo", "alien.nfo"]),
    ("Alien (1979)", ["alien.mkv"], ["ALIEN.NFO"], ["ALIEN.NFO"]),
    ("Alien (1979)", ["alien.mkv"], ["grp.nfo"], ["grp.nfo"]),
    (
        "Alien (1979)",
        ["Alien cd1.avi", "Alien cd2.avi"],
        ["Alien.nfo", "Alien cd1.nfo"],
        ["Alien.nfo", "Alien cd1.nfo"],
    ),
    ("Alien (1979)", ["BDMV/index.bdmv"], ["BDMV/index.nfo"], ["BDMV/index.nfo"]),
    ("Alien (1979)", ["VIDEO_TS/VIDEO_TS.IFO"], ["VIDEO_TS/VIDEO_TS.nfo"], ["VIDEO_TS/VIDEO_TS.nfo"]),
]


@pytest.mark.parametrize(("folder", "names", "nfos", "order"), NFOS)
def test_the_nfo_files_of_its_own_folder_are_the_films(
    folder: str, names: list[str], nfos: list[str], order: list[str]
) -> None:
    [film] = movies(*(f"{folder}/{name}" for name in (*names, *nfos)))
    assert film.nfos == tuple(f"{folder}/{name}" for name in order)


def test_on_a_shelf_only_the_nfo_of_its_name_is_a_films() -> None:
    paths = ["Films/Alien.mkv", "Films/Alien.nfo", "Films/Heat.mkv", "Films/movie.nfo", "Films/Brazil.nfo"]
    everything = found(*paths)
    assert {each.videos[0].files[0]: each.nfos for each in everything if isinstance(each, MovieFiles)} == {
        "Films/Alien.mkv": ("Films/Alien.nfo",),
        "Films/Heat.mkv": (),
    }
    assert [each.path for each in everything if isinstance(each, LooseNfo)] == ["Films/Brazil.nfo", "Films/movie.nfo"]


def test_deep_folders_and_large_ones_are_read() -> None:
    assert told("/".join(["a folder"] * 100) + "/Alien (1979)/Alien.mkv") == ["Alien (1979)"]
    many = [f"Films/Film {number} (2001).mkv" for number in range(3000)]
    assert len(movies(*many)) == 3000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Film {} (2001).mkv", "film {:06}.mkv", "Show S01E{}.mkv", "{}.nfo", "{}.jpg"])
def test_the_time_for_a_large_folder_grows_with_its_names_and_no_faster(name: str) -> None:
    spans = []
    for count in (1_000, 10_000):
        listed = listing(f"Films/{name.format(number)}" for number in range(count))
        begun = time.process_time()
        assert len(list(read(listed))) >= (0 if name.endswith("jpg") else count)
        spans.append(time.process_time() - begun)
    assert spans[1] < 30 * spans[0] + 1


def test_a_bare_root_is_told_of_like_any_folder() -> None:
    [film] = [each for each in found("Alien.mkv", root="Alien (1979) {tmdb-348}") if isinstance(each, MovieFiles)]
    assert (film.folder, film.own, film.clues.ids) == ("", True, {"tmdb": "348"})
    assert [each for each in found("a.srt", root="Alien (1979)") if isinstance(each, Left)] == [
        Left("", "holds only subtitles, no video")
    ]
