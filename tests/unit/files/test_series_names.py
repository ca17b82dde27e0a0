"""Names of series, of their seasons and of their episodes."""

import pytest

from metarr.files.contents import EpisodeFile, Extra, Left, LooseNfo, MovieFiles, SeriesFolder
from trees import found, one, told


def numbers(*paths: str) -> list[tuple[int | None, tuple[int, ...], str]]:
    return [(each.season, each.episodes, each.day) for each in found(*paths) if isinstance(each, EpisodeFile)]


SEASONS = {
    "Season 1": 1,
    "Season 01": 1,
    "season 1": 1,
    "SEASON 12": 12,
    "Season_01": 1,
    "Season.01": 1,
    "Season01": 1,
    "Season 1 (2010)": 1,
    "Season 1 [1080p]": 1,
    "Season 1 - The Beginning": 1,
    "Season One": 1,
    "Season Two": 2,
    "Season 0": 0,
    "Season 00": 0,
    "Season 2012": 2012,
    "1st Season": 1,
    "2nd Season": 2,
    "Series 1": 1,
    "Staffel 1": 1,
    "Staffel 02": 2,
    "1. Staffel": 1,
    "Saison 1": 1,
    "Temporada 1": 1,
    "1ª Temporada": 1,
    "Stagione 1": 1,
    "Seizoen 1": 1,
    "Sezon 1": 1,
    "1. Sezon": 1,
    "Säsong 1": 1,
    "Sa\u0308song 1": 1,
    "Sæson 1": 1,
    "Sesong 1": 1,
    "Kausi 1": 1,
    "1. kausi": 1,
    "1. évad": 1,
    "Sezóna 1": 1,
    "Séria 1": 1,
    "Sezonul 1": 1,
    "Сезон 1": 1,
    "1 сезон": 1,
    "Σεζόν 1": 1,
    "시즌 1": 1,
    "シーズン1": 1,
    "第1季": 1,
    "第一季": 1,
    "第2期": 2,
    "Musim 1": 1,
    "Mùa 1": 1,
    "الموسم 1": 1,
    "עונה 1": 1,
    "S01": 1,
    "S1": 1,
    "s00": 0,
    "S2012": 2012,
    "Dark S01": 1,
    "Dark Season 1": 1,
    "Dark.S02.1080p.BluRay-GRP": 2,
    "Dark - Staffel 3": 3,
    "Specials": 0,
    "specials": 0,
    "Sonderfolgen": 0,
    "Spéciaux": 0,
    "Especiales": 0,
    "Speciali": 0,
    "2012": 2012,
    "1": 1,
    "01": 1,
}


@pytest.mark.parametrize(("folder", "season"), SEASONS.items())
def test_a_folders_name_tells_the_season(folder: str, season: int) -> None:
    # Specials, a bare number and a year are seasons within a series; that it is one, another folder tells.
    assert numbers(f"Dark/{folder}/Dark - E03.mkv", "Dark/tvshow.nfo") == [(season, (3,), "")]
    assert one(f"TV/Dark/{folder}/Dark E03.mkv", "TV/Dark/Season 7/x.txt", "TV/Dark/tvshow.nfo") == f"Dark s{season}e3"


# In a folder of a season: what follows "Dark".
EPISODES = {
    " S01E03": (1, (3,)),
    ".s01e03": (1, (3,)),
    "_S01E03": (1, (3,)),
    " S1E3": (1, (3,)),
    " S01.E03": (1, (3,)),
    " S01 E03": (1, (3,)),
    " S01_E03": (1, (3,)),
    " S01-E03": (1, (3,)),
    " S01EP03": (1, (3,)),
    " S01 Ep 03": (1, (3,)),
    " S01 Folge 3": (1, (3,)),
    " Season 1 Episode 3": (1, (3,)),
    " - Season 1 - Episode 3": (1, (3,)),
    " Staffel 1 Folge 03": (1, (3,)),
    " 1. Staffel Folge 3": (1, (3,)),
    " Saison 1 Episode 3": (1, (3,)),
    " Temporada 1 Capitulo 3": (1, (3,)),
    " Stagione 1 Episodio 3": (1, (3,)),
    " Сезон 1 Серия 3": (1, (3,)),
    " 第1季第3集": (1, (3,)),
    " 1x03": (1, (3,)),
    ".1X03": (1, (3,)),
    " [1x03]": (1, (3,)),
    " (1x03)": (1, (3,)),
    " S01E00": (1, (0,)),
    " S00E03": (0, (3,)),
    " S01E100": (1, (100,)),
    " S2024E05": (2024, (5,)),
    " S2 - 05": (2, (5,)),
    " S01E03.1080p.WEB.x264-GRP": (1, (3,)),
    " S01E03-1080p": (1, (3,)),
    " S01E03-GRP": (1, (3,)),
    " S01E03 - 24 Hours": (1, (3,)),
    " S01E03 - 2 Guys": (1, (3,)),
    ".S01E03.2.Broke": (1, (3,)),
    " S01E03 1999": (1, (3,)),
    " S01E03 (1920x1080)": (1, (3,)),
    " 1280x720 S01E03": (1, (3,)),
    " S01E03 - Pilot": (1, (3,)),
    # Several episodes in a file.
    " S01E01E02": (1, (1, 2)),
    " S01E01E02E03": (1, (1, 2, 3)),
    " S01E01-E03": (1, (1, 2, 3)),
    " S01E01-03": (1, (1, 2, 3)),
    " S01E01 - E02": (1, (1, 2)),
    " S01E01-S01E03": (1, (1, 2, 3)),
    " S01E01 S01E02": (1, (1, 2)),
    " S01E01+E02": (1, (1, 2)),
    " S01E01 & E02": (1, (1, 2)),
    " S01E01&02": (1, (1, 2)),
    " S01E01.E02": (1, (1, 2)),
    " S01E01_E02": (1, (1, 2)),
    " S01E01, E02": (1, (1, 2)),
    " s01e01e03": (1, (1, 3)),
    " 1x01-02": (1, (1, 2)),
    " 1x01x02": (1, (1, 2)),
    " 1x01-1x03": (1, (1, 2, 3)),
    " 1x01_1x02": (1, (1, 2)),
    " S01E01-02-03": (1, (1, 2, 3)),
    " S01E01-E99": (1, (1,)),
    # No season: the folder's.
    " E03": (5, (3,)),
    " Ep03": (5, (3,)),
    " EP 03": (5, (3,)),
    " Ep. 3": (5, (3,)),
    " Episode 3": (5, (3,)),
    " Folge 3": (5, (3,)),
    " Épisode 3": (5, (3,)),
    " Capítulo 3": (5, (3,)),
    " Episodio 3": (5, (3,)),
    " Aflevering 3": (5, (3,)),
    " Avsnitt 3": (5, (3,)),
    " Afsnit 3": (5, (3,)),
    " Odcinek 3": (5, (3,)),
    " Jakso 3": (5, (3,)),
    " 3. Bölüm": (5, (3,)),
    " 3 серия": (5, (3,)),
    " #3": (5, (3,)),
    " 第3話": (5, (3,)),
    " E01E02": (5, (1, 2)),
    " E01-E03": (5, (1, 2, 3)),
    " - 03": (5, (3,)),
    " - 03 - Home": (5, (3,)),
    " 03": (5, (3,)),
    " - 03v2 [1080p]": (5, (3,)),
    " - 503": (5, (3,)),
    " 503": (5, (3,)),
    " - 500": (5, (500,)),
    " - 603": (5, (603,)),
    " - 01-02": (5, (1, 2)),
    " 2nd Season - 05": (2, (5,)),
    " 2nd Season Episode 5": (2, (5,)),
    " SP03": (0, (3,)),
    " Special 3": (0, (3,)),
}


@pytest.mark.parametrize(("name", "expected"), EPISODES.items())
def test_a_files_numbers_count_before_its_folders(name: str, expected: tuple[int, tuple[int, ...]]) -> None:
    assert numbers(f"Dark/Season 5/Dark{name}.mkv") == [(*expected, "")]
    assert numbers(f"Dark/Season 5/Dark (2017){name}.mkv") == [(*expected, "")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("03", (3,)),
        ("03 - Home", (3,)),
        ("03. Home", (3,)),
        ("03 Home", (3,)),
        ("3-Home", (3,)),
        ("[03] Home", (3,)),
        ("E03", (3,)),
        ("Episode 3", (3,)),
        ("Home", ()),
        ("Area 51", ()),
        ("05.5 - Recap", ()),
        ("1999", ()),
        ("2001", ()),
        ("Part Two", ()),
        ("[Grp] Dark - 03 [1080p][ABCD1234]", (3,)),
        ("dk03", ()),
        ("0103", (3,)),
        ("103", (3,)),
    ],
)
def test_a_bare_number_is_one_where_it_stands_first(name: str, expected: tuple[int, ...]) -> None:
    assert numbers(f"Dark/Season 1/{name}.mkv") == [(1, expected, "")]


def test_numbers_behind_the_same_words_are_episodes() -> None:
    assert numbers(*(f"Dark/Season 1/Home {number:02}.mkv" for number in (1, 2))) == [(1, (1,), ""), (1, (2,), "")]


# Series whose names are numbers, or have some.
HARD = [
    ("The 100/Season 1/The 100 - 1x05.mkv", "The 100 s1e5"),
    ("The 100/Season 1/The.100.S01E05.mkv", "The 100 s1e5"),
    ("The 100/Season 1/The 100 - 05.mkv", "The 100 s1e5"),
    ("The 100/Season 1/The 100 105.mkv", "The 100 s1e5"),
    ("24/Season 1/24 - 05.mkv", "24 s1e5"),
    ("24/Season 1/24 S01E05.mkv", "24 s1e5"),
    ("24/24.S01E05.mkv", "24 s1e5"),
    ("TV/24/24.1x05.mkv", "24 s1e5"),
    ("1883/1883.S01E05.mkv", "1883 s1e5"),
    ("1883/Season 1/1883 - 05.mkv", "1883 s1e5"),
    ("1923/1923.S01E05.mkv", "1923 s1e5"),
    ("1899/Season 1/1899.E05.mkv", "1899 s1e5"),
    ("4400, The/Season 2/The 4400 2x05.mkv", "The 4400 s2e5"),
    ("9-1-1/Season 1/9-1-1 - S01E05.mkv", "9-1-1 s1e5"),
    ("90210/Season 1/90210.S01E05.mkv", "90210 s1e5"),
    ("3x3 Eyes/3x3 Eyes - 05.mkv", "3x3 Eyes e5"),
    ("Babylon 5/Season 3/Babylon 5 - 05.mkv", "Babylon 5 s3e5"),
    ("Area 51/Season 1/Area 51 - S01E02.mkv", "Area 51 s1e2"),
    ("12 Monkeys/Season 1/12.Monkeys.S01E02.mkv", "12 Monkeys s1e2"),
    ("Room 104/Room 104 S01E02.mkv", "Room 104 s1e2"),
    ("UFO/Season 1/UFO 1x02.mkv", "UFO s1e2"),
    ("Extras/Season 1/Extras S01E02.mkv", "Extras s1e2"),
    ("Extras/Extras S01E02.mkv", "Extras s1e2"),
    ("Shameless (US)/Season 1/Shameless.US.S01E02.mkv", "Shameless (US) s1e2"),
    ("The Office (US)/Season 1/The Office - 02.mkv", "The Office (US) s1e2"),
    ("The Office (UK) (2001)/Series 1/The.Office.UK.1x02.mkv", "The Office (UK) (2001) s1e2"),
    ("Dallas (2012)/Season 1/Dallas S01E02.mkv", "Dallas (2012) s1e2"),
    ("Dallas (1978)/Season 1/Dallas.1978.S01E02.mkv", "Dallas (1978) s1e2"),
    ("Doctor Who (2005)/Season 10/Doctor Who (2005) - S10E02.mkv", "Doctor Who (2005) s10e2"),
    ("Breaking Bad (2008-2013)/Season 1/Breaking Bad 1x02.mkv", "Breaking Bad (2008) s1e2"),
    ("Law & Order/Season 1/Law and Order 1x02.mkv", "Law & Order s1e2"),
    (
        "Marvel's Agents of S.H.I.E.L.D/Season 1/Marvels.Agents.of.SHIELD.S01E02.mkv",
        "Marvel's Agents of S.H.I.E.L.D s1e2",
    ),
    ("Élite/Season 1/Elite.S01E02.mkv", "Élite s1e2"),
    ("Breaking.Bad/Season.1/Breaking.Bad.S01E02.mkv", "Breaking Bad s1e2"),
    ("Breaking.Bad.S01.1080p.BluRay-GRP/Breaking.Bad.S01E02.1080p.BluRay-GRP.mkv", "Breaking Bad s1e2"),
    ("Breaking.Bad.S01-S05.COMPLETE.1080p/Breaking.Bad.S01.1080p/Breaking.Bad.S01E02.mkv", "Breaking Bad s1e2"),
    ("Breaking Bad - The Complete Series/Season 1/Breaking Bad S01E02.mkv", "Breaking Bad s1e2"),
    ("Dark/Complete Series/Season 1/Dark S01E02.mkv", "Dark s1e2"),
    ("Dark/Seasons 1-3/Season 1/Dark S01E02.mkv", "Dark s1e2"),
    ("Dark/Season 1/Disc 1/Dark S01E02.mkv", "Dark s1e2"),
    ("Dark/Season 1/Dark.S01E02.1080p-GRP/abc.mkv", "Dark s1e2"),
    ("Dark/Season 1/Dark.S01E02.1080p-GRP/Dark.S01E02.1080p-GRP.mkv", "Dark s1e2"),
    ("Dark.S01E02.1080p-GRP/abc.mkv", "Dark s1e2"),
    ("Dark (2017) S01/Dark S01E02.mkv", "Dark (2017) s1e2"),
    ("Dark Season 1/02.mkv", "Dark s1e2"),
    ("Die Simpsons/Season 1/The.Simpsons.S01E02.mkv", "Die Simpsons s1e2"),
    ("D/Dark/Season 1/Dark S01E02.mkv", "Dark s1e2"),
    ("Serien/Krimi/Dark/Staffel 1/Dark S01E02.mkv", "Dark s1e2"),
    ("Top Gear/2/Top Gear - 05.mkv", "Top Gear s2e5"),
    ("Filme/Dark/Season 01/Dark S01E02.mkv", "Dark s1e2"),
    ("[Grp] Steins Gate/[Grp] Steins Gate - 02 [1080p].mkv", "Steins Gate e2"),
    ("Dark/Season 1 - Secrets/01 - Home.mkv", "Dark s1e1"),
    ("Dark/Season 1 - 2017/Dark E01.mkv", "Dark s1e1"),
    ("Dark/S01 - 1080p BluRay/Dark S01E02.mkv", "Dark s1e2"),
    ("Dark/S01 - 2017/Dark S01E02.mkv", "Dark s1e2"),
    ("[Grp] Steins Gate S2/[Grp] Steins Gate - S02E05v2.mkv", "Steins Gate s2e5"),
    ("[Grp] Steins Gate S2 (01-12) (1080p) [Batch]/[Grp] Steins Gate S2 - 02 [ABCD1234].mkv", "Steins Gate s2e2"),
    ("[Grp] Steins Gate (Season 1) [BD 1080p]/[Grp] Steins Gate - 02.mkv", "Steins Gate s1e2"),
    ("【Grp】Steins Gate S2/【Grp】Steins Gate - S02E02.mkv", "Steins Gate s2e2"),
    # Folders between, which nobody could know.
    ("Kaamelott/Livre I/Kaamelott - 1x12 - Heat.mkv", "Kaamelott s1e12"),
    ("QI (2003)/Series A/QI - S01E02.mkv", "QI (2003) s1e2"),
    ("Avatar - TLA/Book 1 - Water/Avatar TLA S01E02.mkv", "Avatar - TLA s1e2"),
    ("Doctor Who/Classic/Doctor Who S01E02.mkv", "Doctor Who s1e2"),
    # Spanish releases count so: the third one of the first season.
    ("Elite/Temporada 1/Cap.103.Elite.mkv", "Elite s1e3"),
    ("Elite/Temporada 1/Elite Cap. 103.mkv", "Elite s1e3"),
    ("Elite/Elite [HDTV 720p][Cap.112][AC3 5.1 Castellano].mkv", "Elite s1e12"),
    ("Elite/Elite - Temporada 10 [HDTV][Cap.1002].mkv", "Elite s10e2"),
    ("Elite/Temporada 1/Elite Temporada 1 Cap 3.mkv", "Elite s1e3"),
]

# No folder names the series: the file does.
FLAT = [
    ("Dark.S01E02.mkv", "Dark s1e2"),
    ("Downloads/Dark.S01E02.1080p.WEB.x264-GRP.mkv", "Dark s1e2"),
    ("TV/Dark - 1x02 - Lies.mkv", "Dark s1e2"),
    ("TV/Season 1/Dark.S01E02.mkv", "Dark s1e2"),
    ("TV/Dark (2017) S01E02.mkv", "Dark (2017) s1e2"),
    ("TV/Shameless (US) S01E02.mkv", "Shameless (US) s1e2"),
    ("TV/[Grp] One Piece - 1015 (1080p) [ABCD1234].mkv", "One Piece e1015"),
    ("Downloads/The.Daily.Show.2024.03.05.Guest.1080p.WEB.mkv", "The Daily Show 2024-03-05"),
    ("Dark [tvdb-334824] - S01E02.mkv", "Dark s1e2"),
]


@pytest.mark.parametrize(("path", "line"), HARD + FLAT)
def test_a_series_is_called_as_its_folder_is_and_else_as_its_files_are(path: str, line: str) -> None:
    assert one(path) == line
    assert one(f"Videos/{path}") == line


# Without a season bare numbers count through from the first episode.
ABSOLUTE = [
    ("One Piece/One Piece - 1015.mkv", "One Piece e1015"),
    ("One Piece/One Piece - 1015v2 [1080p].mkv", "One Piece e1015"),
    ("One Piece/[Grp] One Piece - 1015 (1080p) [ABCD1234].mkv", "One Piece e1015"),
    ("Naruto/Naruto - 005 - Title.mkv", "Naruto e5"),
    ("Planet Earth/E01.mkv", "Planet Earth e1"),
    ("Chernobyl (2019)/Chernobyl.E01.mkv", "Chernobyl (2019) e1"),
    ("Das Boot/Folge 3.mkv", "Das Boot e3"),
    ("Bleach/Season 2/Bleach - 27.mkv", "Bleach s2e27"),
    ("Bleach (2004)/Bleach (2004) - 148 [1080p].mkv", "Bleach (2004) e148"),
    ("Bleach (2004)/Bleach (2004) - 05v2.mkv", "Bleach (2004) e5"),
    ("Bleach (2004)/[Grp] Bleach (2004) - 148 (1080p) [ABCD1234].mkv", "Bleach (2004) e148"),
    ("One Piece (1999)/One Piece (1999) - 1015 - Title.mkv", "One Piece (1999) e1015"),
]

ARCS = [
    ("Bleach/Arc 1/Bleach - 001.mkv", "Bleach e1"),
    ("Bleach/Arc 2 - Soul Society/Bleach - 021 - Enter.mkv", "Bleach e21"),
    ("One Piece/Alabasta/[Group] One Piece - 080 [1080p].mkv", "One Piece e80"),
    ("Anime/One Piece (1999)/East Blue/One Piece - 12v2.mkv", "One Piece (1999) e12"),
]
DAYS = [
    ("The Daily Show/Season 29/The Daily Show 2024-03-05.mkv", "The Daily Show s29 2024-03-05"),
    ("The Daily Show/2024/The.Daily.Show.2024.03.05.Guest.mkv", "The Daily Show s2024 2024-03-05"),
    ("The Daily Show/The Daily Show 2024-03-05.mkv", "The Daily Show 2024-03-05"),
    ("The Daily Show/The Daily Show - 2024_03_05 - Guest.mkv", "The Daily Show 2024-03-05"),
    ("The Daily Show/The Daily Show 20240305.mkv", "The Daily Show 2024-03-05"),
    ("Tagesschau/Tagesschau 05.03.2024.mkv", "Tagesschau 2024-03-05"),
    ("Tagesschau/Tagesschau 25-03-2024.mkv", "Tagesschau 2024-03-25"),
    ("The Daily Show/The Daily Show S2024E32 2024-03-05.mkv", "The Daily Show s2024e32 2024-03-05"),
]


@pytest.mark.parametrize(("path", "line"), ABSOLUTE + ARCS + DAYS)
def test_without_a_season_there_are_numbers_and_days(path: str, line: str) -> None:
    assert one(path) == line


def test_a_day_that_could_be_two_is_none() -> None:
    assert numbers("Tagesschau/Season 1/Tagesschau 05-03-2024.mkv") == [(1, (), "")]


def test_numbers_that_disagree_with_the_folder_are_told() -> None:
    [series, first, second, third] = found(
        "Dark/Season 2/Dark S01E05.mkv", "Dark/Season 2/Dark S02E06.mkv", "Dark/2019/Dark S02E07.mkv"
    )
    assert isinstance(series, SeriesFolder)
    assert [(each.season, each.disagreement) for each in (first, second, third) if isinstance(each, EpisodeFile)] == [
        (1, "its folder says season 2, its name season 1; the name counts"),
        (2, ""),
        (2, ""),
    ]


def test_parts_and_versions_of_an_episode_are_its_files() -> None:
    everything = found(
        "Dark/Season 1/Dark S01E01 cd1.avi",
        "Dark/Season 1/Dark S01E01 cd2.avi",
        "Dark/Season 1/Dark S01E02.avi",
        "Dark/Season 1/Dark S01E02.mkv",
        "Dark/Season 1/Dark S01E03 - Lies Part 1.mkv",
        "Dark/Season 1/Dark S01E04 - Lies Part 2.mkv",
    )
    assert [(each.episodes, len(each.video.files)) for each in everything if isinstance(each, EpisodeFile)] == [
        ((1,), 2),
        ((2,), 1),
        ((2,), 1),
        ((3,), 1),
        ((4,), 1),
    ]


SEVERAL = [
    (["Show.A.S01E01.mkv", "Show.B.S01E01.mkv"], ["Show A", "Show B"]),
    (
        ["Dallas.1978.S01E01.mkv", "Dallas.2012.S01E01.mkv", "Dallas.2012.S01E02.mkv"],
        ["Dallas (1978)", "Dallas (2012)"],
    ),
    (["Dark.S01E01.mkv", "Dark (2017) S01E02.mkv"], ["Dark (2017)"]),
    (["Dark.S01E01.mkv", "dark_s01e02.mkv", "DARK - 1x03.mkv"], ["DARK"]),
]


@pytest.mark.parametrize(("names", "series"), SEVERAL)
def test_files_of_several_series_are_parted_by_their_names(names: list[str], series: list[str]) -> None:
    lines = told(*(f"Downloads/{name}" for name in names), "Downloads/Film.2010.1080p.mkv")
    assert sorted(line for line in lines if line.startswith("series: ")) == [f"series: {each}" for each in series]
    assert "Film (2010) | Film 2010" in lines


def test_where_folder_and_files_call_it_otherwise_both_are_searched() -> None:
    assert told("TV/Sitcoms/Friends.S01E01.mkv")[0] == "series: Sitcoms | Friends"
    assert told("TV/Die Simpsons/The.Simpsons.S01E01.mkv")[0] == "series: Die Simpsons | The Simpsons"
    assert told("TV/Tales from the Loop/tftl.s01e01.mkv")[0] == "series: Tales from the Loop | tftl"
    assert told("TV/Die Simpsons/Season 1/The.Simpsons.S01E01.mkv")[0] == "series: Die Simpsons"


EXTRAS = {
    "Extras/a.mkv": "an extra",
    "Featurettes/a.mkv": "a featurette",
    "Trailers/a.mkv": "a trailer",
    "Behind The Scenes/a.mkv": "from behind the scenes",
    "Season 1/Extras/a.mkv": "an extra",
    "Season 1/Dark S01E01-trailer.mkv": "a trailer",
    "Season 1/sample.mkv": "a sample",
    "Season 1/Dark - NCOP1.mkv": "an extra",
    "Season 1/Dark - NCED.mkv": "an extra",
    "Season 1/Making of.mkv": "an extra",
    "Season 1/Jantje-interview.mkv": "an interview",
}


@pytest.mark.parametrize(("name", "what"), EXTRAS.items())
def test_an_extra_of_a_series_is_no_episode(name: str, what: str) -> None:
    everything = found("Dark/Season 1/Dark S01E01.mkv", f"Dark/{name}")
    assert [each for each in everything if isinstance(each, Extra)] == [Extra(f"Dark/{name}", what)]
    assert len([each for each in everything if isinstance(each, EpisodeFile)]) == 1


def test_films_in_a_series_folder_are_films() -> None:
    everything = found(
        "Firefly/Season 1/Firefly S01E01.mkv",
        "Firefly/Serenity (2005)/Serenity.mkv",
        "Firefly/Movies/Serenity 2 (2007).mkv",
        "Firefly/Serenity 3 (2009).mkv",
    )
    assert sorted(each.videos[0].files[0] for each in everything if isinstance(each, MovieFiles)) == [
        "Firefly/Movies/Serenity 2 (2007).mkv",
        "Firefly/Serenity (2005)/Serenity.mkv",
        "Firefly/Serenity 3 (2009).mkv",
    ]


def test_what_has_no_place_among_the_numbers_has_none() -> None:
    assert numbers("Bleach/Season 1/Bleach - 01.mkv", "Bleach/OVA/Bleach - 01.mkv", "Bleach/Bleach OVA - 02.mkv") == [
        (None, (), ""),
        (1, (1,), ""),
        (None, (), ""),
    ]
    assert numbers("Bleach/Season 1/Bleach - 01.mkv", "Bleach/OVA/Bleach S00E04.mkv")[1] == (0, (4,), "")


def test_a_disc_of_a_season_is_told() -> None:
    assert told("Dark/Season 1/Dark S01E01.mkv", "Dark/Season 2/Disc 1/VIDEO_TS/VIDEO_TS.IFO")[-1] == (
        "left: is a disc, and no name tells which episodes are on it"
    )


def test_a_season_alone_is_its_series() -> None:
    [series, episode] = found("Dark E02.mkv", root="Season 1", above=("media", "TV", "Dark (2017)"))
    assert isinstance(series, SeriesFolder)
    assert isinstance(episode, EpisodeFile)
    assert (series.clues.names, series.own, episode.season) == (("Dark (2017)",), False, 1)
    assert found("02.mkv", root="Season 1") == [Left("02.mkv", "does not tell of which series it is")]
    [series, _] = found("Season 1/Dark E02.mkv", root="Dark")
    assert (isinstance(series, SeriesFolder), series) == (True, series)


@pytest.mark.parametrize("path", ["Rocky/Sequels/Rocky - 2.mkv", "Blade Runner/Later/Blade Runner - 2049.mkv"])
def test_a_film_counted_on_or_called_by_a_year_is_no_episode(path: str) -> None:
    assert not [line for line in told(path) if line.startswith("series: ")]


def test_numbered_names_alone_make_no_series() -> None:
    """Films are called so, too; who has a series of such names has a folder of a season."""
    lines = told("Star Wars/Episode 4 - A New Hope.mkv", "Star Wars/Episode 5 - The Empire Strikes Back.mkv")
    assert lines == ["Episode 4 - A New Hope", "Episode 5 - The Empire Strikes Back"]


HINTS = """
# written by hand
title: Dark
year: 2017
tvdbid: 334824
imdbid: tt5753856
guid: tmdb://70523
season: 3
"""


def test_plexmatch_tells_the_series_and_the_season() -> None:
    [series, episode] = found("TV/unnamed/02.mkv", "TV/unnamed/tvshow.nfo", hints={"TV/unnamed": HINTS})
    assert isinstance(series, SeriesFolder)
    assert isinstance(episode, EpisodeFile)
    assert series.clues.ids == {"tmdb": "70523", "imdb": "tt5753856", "tvdb": "334824"}
    assert (series.clues.title, series.clues.year, episode.season, episode.episodes) == ("Dark", 2017, 3, (2,))


def test_the_folders_plexmatch_counts_before_the_one_above() -> None:
    above = "tvdbid: 1\nseason: 1"
    everything = found(
        "Dark/Season 1/Dark E01.mkv",
        "Dark/Season 2/Dark E01.mkv",
        "Dark/Season 3/Dark E01.mkv",
        hints={"Dark": above, "Dark/Season 2": "season: 7", "Dark/Season 3": "tvdbid: 2"},
    )
    episodes = [each for each in everything if isinstance(each, EpisodeFile)]
    assert [(each.season, each.series.clues.ids["tvdb"]) for each in episodes] == [(1, "1"), (7, "1"), (3, "2")]
    assert len([each for each in everything if isinstance(each, SeriesFolder)]) == 2


@pytest.mark.parametrize(
    ("path", "folder", "own"),
    [
        ("TV/Dark (2017)/Season 1/Dark S01E01.mkv", "TV/Dark (2017)", True),
        ("TV/Dark.S01.1080p-GRP/Dark.S01E01.mkv", "TV/Dark.S01.1080p-GRP", False),
        ("TV/Dark.S01E01.1080p-GRP/abc.mkv", "TV/Dark.S01E01.1080p-GRP", False),
        ("TV/Dark/Dark S01E01.mkv", "TV/Dark", True),
        ("Downloads/Dark S01E01.mkv", "Downloads", False),
    ],
)
def test_a_series_own_folder_is_the_one_that_is_named_for_all_of_it(path: str, folder: str, own: bool) -> None:
    [series] = [each for each in found(path) if isinstance(each, SeriesFolder)]
    assert (series.folder, series.own) == (folder, own)


def test_nfo_files_go_with_their_videos() -> None:
    everything = found(
        "Dark/tvshow.nfo",
        "Dark/Season 1/Dark S01E01.mkv",
        "Dark/Season 1/dark s01e01.nfo",
        "Dark/Season 1/season.nfo",
        "Dark/Season 1/Dark S01E02.nfo",
        "Dark/Season 1/02.mkv",
    )
    [series] = [each for each in everything if isinstance(each, SeriesFolder)]
    assert series.nfos == ("Dark/tvshow.nfo",)
    assert [each.nfos for each in everything if isinstance(each, EpisodeFile)] == [
        (),
        ("Dark/Season 1/dark s01e01.nfo",),
    ]
    assert [each for each in everything if isinstance(each, LooseNfo)] == [
        LooseNfo("Dark/Season 1/Dark S01E02.nfo", series, 1),
        LooseNfo("Dark/Season 1/season.nfo", series, 1),
    ]


def test_nfo_files_without_videos_are_found() -> None:
    everything = found("Dark/tvshow.nfo", "Dark/Season 1/e1.nfo", "Film/film.nfo", "loose.nfo")
    assert [each.path for each in everything if isinstance(each, LooseNfo)] == [
        "loose.nfo",
        "Dark/Season 1/e1.nfo",
        "Film/film.nfo",
    ]
